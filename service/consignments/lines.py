"""The lines and containers of a consignment, and the count of the step under way."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from service.consignments import rules
from service.consignments.models import (
    Consignment,
    ConsignmentContainer,
    ConsignmentState,
    LineState,
    ManifestLine,
)
from service.db import table
from service.ledger.writer import Unit
from service.media.models import Medium
from service.media.queries import chunks

_CONSIGNMENT = table(Consignment)
_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_MEDIUM = table(Medium)
NOT_ARRIVED = (ConsignmentState.OPEN, ConsignmentState.FROZEN, ConsignmentState.IN_TRANSIT)


def add_media(unit: Unit, consignment_id: str, medium_ids: Sequence[str]) -> None:
    """Want these media; a medium that another open consignment wants is refused, one that was skipped here is wanted again."""
    for part in chunks(medium_ids):
        _check_not_wanted(unit, part)
        again = _skipped(unit, consignment_id, part)
        for medium_id in again:
            set_line(unit, consignment_id, medium_id, state=LineState.WANTED, skip_reason=None)
        rows = [
            new_line(consignment_id, medium_id, LineState.WANTED)
            for medium_id in part
            if medium_id not in again
        ]
        if rows:
            unit.connection.execute(insert(_LINE), rows)
    row = _CONSIGNMENT.c.consignment_id == consignment_id
    total = _CONSIGNMENT.c.step_total + len(medium_ids)
    unit.connection.execute(update(_CONSIGNMENT).where(row).values(step_total=total))


def _check_not_wanted(unit: Unit, medium_ids: Sequence[str]) -> None:
    busy = (
        select(_MEDIUM.c.barcode, _CONSIGNMENT.c.number)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .join(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == _LINE.c.consignment_id)
        .where(
            _MEDIUM.c.medium_id.in_(medium_ids),
            _CONSIGNMENT.c.state.in_(NOT_ARRIVED),
            _LINE.c.state != LineState.SKIPPED,
        )
    )
    taken = unit.connection.execute(busy).first()
    if taken is not None:
        raise rules.NotReadyError(f"{taken.barcode} is in {taken.number} already. Nothing was added.")


def _skipped(unit: Unit, consignment_id: str, medium_ids: Sequence[str]) -> set[str]:
    query = select(_LINE.c.medium_id).where(
        _LINE.c.consignment_id == consignment_id, _LINE.c.medium_id.in_(medium_ids)
    )
    return set(unit.connection.execute(query).scalars())


def begin_step(unit: Unit, consignment_id: str, total: int, done: int = 0) -> None:
    """Count anew for the step that begins: how many media it is about, how many it has seen."""
    row = _CONSIGNMENT.c.consignment_id == consignment_id
    unit.connection.execute(update(_CONSIGNMENT).where(row).values(step_total=total, step_done=done))


def new_line(consignment_id: str, medium_id: str, state: LineState) -> dict[str, object]:
    return {
        "consignment_id": consignment_id, "medium_id": medium_id, "line": None, "state": state, "container_id": None,
        "scanned_at": None, "packed_at": None, "packed_by": None, "packed_entry": None, "packed_from": None, "seen_at": None,
        "unpacked_at": None, "skip_reason": None,
    }  # fmt: skip


def set_line(unit: Unit, consignment_id: str, medium_id: str, **values: object) -> None:
    unit.connection.execute(
        update(_LINE)
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.medium_id == medium_id)
        .values(**values)
    )


def set_box(unit: Unit, consignment_id: str, container_id: str, **values: object) -> None:
    unit.connection.execute(
        update(_BOX)
        .where(_BOX.c.consignment_id == consignment_id, _BOX.c.container_id == container_id)
        .values(**values)
    )


def barcodes_in(unit: Unit, consignment_id: str, states: frozenset[LineState]) -> list[str]:
    query = (
        select(_MEDIUM.c.barcode)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state.in_(states))
    )
    return list(unit.connection.execute(query.order_by(_MEDIUM.c.barcode)).scalars())


def box_ids(unit: Unit, consignment_id: str) -> list[str]:
    return list(
        unit.connection.execute(
            select(_BOX.c.container_id).where(_BOX.c.consignment_id == consignment_id)
        ).scalars()
    )
