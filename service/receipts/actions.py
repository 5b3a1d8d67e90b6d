"""The receiving end: seals looked at, both sides sign, what is missing or extra becomes a discrepancy, and the reckoning."""

from typing import Any

from sqlalchemy import func, select

from service.consignments import rules
from service.consignments.actions import ConsignmentEvent, Facts, load, transfer_id
from service.consignments.lines import barcodes_in, begin_step, set_box, set_line
from service.consignments.models import (
    CONSIGNMENT,
    ConsignmentContainer,
    ConsignmentState,
    Direction,
    LineState,
    ManifestLine,
    SealOutcome,
)
from service.containers import actions as containers
from service.containers.models import CONTAINER, Container, Seal
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import Discrepancy, DiscrepancyKind
from service.custody.rules import Signature
from service.db import table
from service.errors import InvalidInputError
from service.ledger.writer import Unit
from service.media.models import Medium

_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_SEAL = table(Seal)
_MEDIUM = table(Medium)
_DISCREPANCY = table(Discrepancy)


def see_container(unit: Unit, number: str, barcode: str, outcome: SealOutcome) -> None:
    """The receiving end looked at a container and its seal."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "received")
    container = containers.by_barcode(unit, barcode)
    if container.consignment_id != consignment.id:
        custody.open_discrepancy(
            unit, DiscrepancyKind.EXTRA, f"{barcode} came with {number} and is not on its manifest.",
            container_id=container.container_id, consignment_id=consignment.id,
        )  # fmt: skip
        return
    set_box(unit, consignment.id, container.container_id, seal_outcome=outcome, seen_at=unit.now)
    facts = {"container": barcode, "outcome": outcome.value}
    unit.append(CONSIGNMENT.subject(consignment.id), ConsignmentEvent.CONTAINER_SEEN, facts=facts)
    _judge_seal(unit, consignment, container, outcome)
    count_seen(unit, consignment)


def look_at(unit: Unit, number: str, barcode: str, seal: str | None, *, broken: bool) -> SealOutcome:
    """What the receiving end read on the seal, compared with the manifest. Returns how the seal is."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "received")
    if not broken and not (seal and seal.strip()):
        raise InvalidInputError(
            f"The seal of {barcode} was not looked at. Nothing was recorded.",
            fields={"seal": "Type the number on the seal, or say that it is broken."},
        )
    declared = _declared_seal(unit, consignment, barcode)
    outcome = SealOutcome.BROKEN if broken else rules.judge_seal(declared, seal or "")
    see_container(unit, number, barcode, outcome)
    return outcome


def _declared_seal(unit: Unit, consignment: Facts, barcode: str) -> str | None:
    container: Any = containers.by_barcode(unit, barcode)
    query = select(_BOX.c.seal_number).where(
        _BOX.c.consignment_id == consignment.id, _BOX.c.container_id == container.container_id
    )
    found = unit.connection.execute(query).scalar_one_or_none()
    return None if found is None else str(found)


def count_seen(unit: Unit, consignment: Facts) -> int:
    """Media that arrived so far: scanned, or in a container that was seen with its seal intact."""
    seen = (_LINE.c.state == LineState.MATCHED) | (
        (_LINE.c.state == LineState.PACKED) & (_BOX.c.seal_outcome == SealOutcome.INTACT)
    )
    query = (
        select(func.count())
        .select_from(_LINE)
        .outerjoin(
            _BOX,
            (_BOX.c.container_id == _LINE.c.container_id) & (_BOX.c.consignment_id == _LINE.c.consignment_id),
        )
        .where(_LINE.c.consignment_id == consignment.id, seen)
    )
    done = unit.connection.execute(query).scalar_one()
    begin_step(unit, consignment.id, consignment.row.step_total, done)
    return done


def _judge_seal(unit: Unit, consignment: Facts, container: Any, outcome: SealOutcome) -> None:
    kinds = {
        SealOutcome.BROKEN: DiscrepancyKind.BROKEN_SEAL,
        SealOutcome.MISMATCH: DiscrepancyKind.SEAL_MISMATCH,
    }
    kind = kinds.get(outcome)
    if kind is None:
        return
    words = "a broken seal" if outcome is SealOutcome.BROKEN else "another seal than on the manifest"
    custody.open_discrepancy(
        unit, kind, f"{container.barcode} of {consignment.number} came with {words}. Its media are checked one by one.",
        container_id=container.container_id, consignment_id=consignment.id,
    )  # fmt: skip


def receive(unit: Unit, number: str, delivered: Signature, received: Signature) -> dict[str, int]:
    """The carrier delivers and the receiver signs: custody and place of everything seen go over; the rest is missing.

    Returns how many lines ended in each state. Every difference is a discrepancy.
    """
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "received")
    _check_all_containers_looked_at(unit, consignment)
    custody.sign_transfer(unit, transfer_id(unit, consignment.id, 2), delivered, received)
    counts = _conclude_lines(unit, consignment)
    facts = {**consignment.told(), "released_by": delivered.name, "received_by": received.name}
    _take_over(unit, consignment, facts)
    _declare_missing(unit, consignment, facts)
    values = {"state": ConsignmentState.RECEIVED, "received_at": unit.now}
    unit.change(CONSIGNMENT, consignment.id, values, ConsignmentEvent.RECEIVED, facts={**facts, **counts})
    begin_step(unit, consignment.id, counts.get(LineState.MATCHED, 0) + counts.get(LineState.EXTRA, 0))
    unit.keep_checkpoint = True
    return counts


def _check_all_containers_looked_at(unit: Unit, consignment: Facts) -> None:
    """A container that was not seen must not have lines that were; otherwise nobody looked at its seal."""
    query = (
        select(_CONTAINER.c.barcode)
        .join(_BOX, _BOX.c.container_id == _CONTAINER.c.container_id)
        .join(
            _LINE,
            (_LINE.c.container_id == _BOX.c.container_id) & (_LINE.c.consignment_id == _BOX.c.consignment_id),
        )
        .where(
            _BOX.c.consignment_id == consignment.id,
            _BOX.c.seen_at.is_(None),
            _LINE.c.state == LineState.MATCHED,
        )
    )
    found = unit.connection.execute(query).scalars().first()
    if found:
        raise rules.NotReadyError(
            f"The seal of {found} was not looked at. Nothing was received.",
            next_step=f"Scan {found} and its seal.",
        )


def _conclude_lines(unit: Unit, consignment: Facts) -> dict[str, int]:
    query = (
        select(_LINE.c.medium_id, _LINE.c.state, _BOX.c.seal_outcome, _BOX.c.seen_at)
        .outerjoin(
            _BOX,
            (_BOX.c.container_id == _LINE.c.container_id) & (_BOX.c.consignment_id == _LINE.c.consignment_id),
        )
        .where(_LINE.c.consignment_id == consignment.id)
    )
    counts: dict[str, int] = {}
    for row in unit.connection.execute(query).all():
        state = rules.received_state(row.state, row.seal_outcome, container_seen=row.seen_at is not None)
        if state is not row.state:
            seen_at = unit.now if state is LineState.MATCHED else None
            set_line(unit, consignment.id, row.medium_id, state=state, seen_at=seen_at)
        counts[state.value] = counts.get(state.value, 0) + 1
    return counts


def _take_over(unit: Unit, consignment: Facts, facts: dict[str, object]) -> None:
    """Containers that were seen, and media that were matched or extra, go to the receiver."""
    place = {"location_id": consignment.row.to_location_id, "custodian_id": consignment.to_party}
    boxes = select(_BOX.c.container_id).where(
        _BOX.c.consignment_id == consignment.id, _BOX.c.seen_at.is_not(None)
    )
    for container_id in list(unit.connection.execute(boxes).scalars()):
        unit.change(
            CONTAINER, container_id, {**place, "consignment_id": None}, containers.ContainerEvent.RECEIVED, facts=facts
        )  # fmt: skip
    for container_id, medium_ids in _arrived(unit, consignment.id).items():
        told = {**facts, **_container_told(unit, container_id)}
        custody.place(unit, medium_ids, CustodyEvent.RECEIVED, container_id=container_id, facts=told, **place)


def _arrived(unit: Unit, consignment_id: str) -> dict[str | None, list[str]]:
    query = select(_LINE.c.container_id, _LINE.c.medium_id).where(
        _LINE.c.consignment_id == consignment_id, _LINE.c.state.in_([LineState.MATCHED, LineState.EXTRA])
    )
    arrived: dict[str | None, list[str]] = {}
    for container_id, medium_id in unit.connection.execute(query):
        arrived.setdefault(container_id, []).append(medium_id)
    return arrived


def _container_told(unit: Unit, container_id: str | None) -> dict[str, object]:
    if container_id is None:
        return {}
    row = unit.connection.execute(
        select(_CONTAINER.c.barcode, _SEAL.c.number)
        .outerjoin(_SEAL, _SEAL.c.seal_id == _CONTAINER.c.seal_id)
        .where(_CONTAINER.c.container_id == container_id)
    ).one()
    return {"container": row.barcode, "seal": row.number}


def _declare_missing(unit: Unit, consignment: Facts, facts: dict[str, object]) -> None:
    query = (
        select(_LINE.c.medium_id, _MEDIUM.c.barcode)
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .where(_LINE.c.consignment_id == consignment.id, _LINE.c.state == LineState.MISSING)
    )
    rows = unit.connection.execute(query).all()
    custody.mark_missing(unit, [row.medium_id for row in rows], facts)
    for row in rows:
        custody.open_discrepancy(
            unit, DiscrepancyKind.MISSING, f"{row.barcode} is on the manifest of {consignment.number} and did not arrive.",
            medium_id=row.medium_id, consignment_id=consignment.id,
        )  # fmt: skip


def close(unit: Unit, number: str) -> None:
    """Reconciled: every discrepancy has its resolution, and at home everything is unpacked."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "closed")
    waiting = unit.connection.execute(
        select(func.count())
        .select_from(_DISCREPANCY)
        .where(_DISCREPANCY.c.consignment_id == consignment.id, _DISCREPANCY.c.resolved_at.is_(None))
    ).scalar_one()
    packed = 0
    if consignment.row.direction is Direction.HOME:
        packed = len(barcodes_in(unit, consignment.id, frozenset({LineState.MATCHED})))
    rules.check_reconciled(number, waiting, packed)
    values = {"state": ConsignmentState.RECONCILED, "closed_at": unit.now}
    unit.change(CONSIGNMENT, consignment.id, values, ConsignmentEvent.RECONCILED)
