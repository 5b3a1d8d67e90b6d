"""Packing for a consignment that is open: containers chosen, sealed and opened again, media left out with a reason."""

from typing import Any

from sqlalchemy import insert, select

from service.consignments import rules
from service.consignments.actions import Facts, load, party_name
from service.consignments.lines import begin_step, set_box, set_line
from service.consignments.models import ConsignmentContainer, LineState, ManifestLine, SealOutcome
from service.containers import actions as containers
from service.containers import rules as container_rules
from service.custody.actions import CustodyEvent
from service.custody.rules import written
from service.db import table
from service.errors import NotFoundError
from service.ledger.writer import Unit
from service.media.barcodes import shown
from service.media.models import MEDIUM, Medium

_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_MEDIUM = table(Medium)
LONGEST_REASON = 500


def skip(unit: Unit, number: str, barcode: str, reason: str) -> None:
    """Leave a wanted medium out, with a reason, as its own flagged entry and discrepancy."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "packed")
    text = written(reason, "reason", "Write why it stays behind.", LONGEST_REASON)
    medium_id, state = line_of(unit, consignment, barcode)
    if state not in rules.STILL_TO_PACK:
        raise rules.NotReadyError(
            f"{barcode} is {state.value} in {number}. It was not skipped.",
            next_step="Undo its packing first.",
        )
    set_line(unit, consignment.id, medium_id, state=LineState.SKIPPED, skip_reason=text)
    begin_step(unit, consignment.id, consignment.row.step_total - 1, consignment.row.step_done)
    unit.append(
        MEDIUM.subject(medium_id),
        CustodyEvent.STEP_SKIPPED,
        facts={**consignment.told(), "step": "pack"},
        reason=text,
    )


def line_of(unit: Unit, consignment: Facts, barcode: str) -> tuple[str, LineState]:
    query = (
        select(_LINE.c.medium_id, _LINE.c.state)
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .where(_LINE.c.consignment_id == consignment.id, _MEDIUM.c.barcode == barcode)
    )
    row = unit.connection.execute(query).one_or_none() if barcode.isprintable() else None
    if row is None:
        raise NotFoundError(f"medium in {consignment.number} with the barcode", shown(barcode))
    return row.medium_id, row.state


def choose_container(unit: Unit, number: str, barcode: str) -> str:
    """Take an open container for this consignment; returns its id."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "packed")
    container = containers.by_barcode(unit, barcode)
    container_rules.check_open(barcode, container.state)
    if container.custodian_id != consignment.from_party:
        raise rules.NotReadyError(
            f"{barcode} is with {party_name(unit, container.custodian_id)}. It was not chosen."
        )
    if container.consignment_id not in {None, consignment.id}:
        raise rules.NotReadyError(
            f"{barcode} belongs to another consignment. It was not chosen.",
            next_step="Scan another container.",
        )
    _check_empty_of_others(unit, consignment, container)
    if container.consignment_id is None:
        containers.assign(unit, container.container_id, consignment.id)
        row = {
            "consignment_id": consignment.id, "container_id": container.container_id, "seal_number": None, "sealed_at": None,
            "pieces": 0, "seal_outcome": SealOutcome.UNCHECKED, "seen_at": None,
        }  # fmt: skip
        unit.connection.execute(insert(_BOX), [row])
    return str(container.container_id)


def _check_empty_of_others(unit: Unit, consignment: Facts, container: Any) -> None:
    """What is inside and not packed for this consignment would travel unlisted."""
    packed = select(_LINE.c.medium_id).where(
        _LINE.c.consignment_id == consignment.id,
        _LINE.c.container_id == container.container_id,
        _LINE.c.state == LineState.PACKED,
    )
    query = select(_MEDIUM.c.barcode).where(
        _MEDIUM.c.container_id == container.container_id, _MEDIUM.c.medium_id.not_in(packed)
    )
    found = unit.connection.execute(query.order_by(_MEDIUM.c.barcode).limit(1)).scalar_one_or_none()
    if found is not None:
        raise rules.NotReadyError(
            f"{container.barcode} holds {found}, which is not packed for {consignment.number}. It was not chosen.",
            next_step="Empty it first, or take another container.",
        )


def _its_container(unit: Unit, consignment: Facts, barcode: str, past: str) -> Any:
    container: Any = containers.by_barcode(unit, barcode)
    if container.consignment_id != consignment.id:
        raise rules.NotReadyError(
            f"{barcode} is not part of {consignment.number}. It was not {past}.",
            next_step="Choose it for the consignment first.",
        )
    return container


def seal_container(unit: Unit, number: str, barcode: str, seal: str) -> str:
    """Seal one of the consignment's containers; returns the seal number as recorded."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "packed")
    container = _its_container(unit, consignment, barcode, "sealed")
    recorded = containers.seal(unit, barcode, seal)
    pieces = containers.count_in(unit, container.container_id)
    set_box(
        unit, consignment.id, container.container_id, seal_number=recorded, sealed_at=unit.now, pieces=pieces
    )
    return recorded


def reopen_container(unit: Unit, number: str, barcode: str, reason: str) -> None:
    """Take the seal off again before the manifest is frozen; the seal number stays used."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "packed")
    text = written(reason, "reason", "Write why it is opened.", LONGEST_REASON)
    container = _its_container(unit, consignment, barcode, "opened")
    containers.open_container(unit, barcode, intact=True, reason=text)
    set_box(unit, consignment.id, container.container_id, seal_number=None, sealed_at=None, pieces=0)
