"""Many discrepancies at once: an inventory of a large library may find thousands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.engine import Connection

from service.bookkeeping import next_numbers
from service.custody.actions import DiscrepancyEvent
from service.custody.models import DISCREPANCY, Discrepancy, DiscrepancyKind
from service.db import table
from service.ledger.writer import Unit
from service.media.queries import chunks

_DISCREPANCY = table(Discrepancy)
Key = tuple[DiscrepancyKind, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Wished:
    """A discrepancy in the making, about a medium, a place, or both."""

    kind: DiscrepancyKind
    sentence: str
    medium_id: str | None
    location_id: str | None

    @property
    def key(self) -> Key:
        return self.kind, self.medium_id, self.location_id


def open_discrepancies(unit: Unit, wished: Sequence[Wished]) -> int:
    """How many were opened: those of whose kind none about the same things is open. A barcode nobody knows is always news."""
    known = _open_ones(unit.connection, wished)
    new: list[Wished] = []
    for one in wished:
        if one.kind is not DiscrepancyKind.UNKNOWN_BARCODE:
            if one.key in known:
                continue
            known.add(one.key)
        new.append(one)
    if new:
        numbers = next_numbers(unit, "D", len(new))
        rows = [_row(unit, number, one) for number, one in zip(numbers, new, strict=True)]
        for part in chunks(rows):
            unit.create_many(DISCREPANCY, part, DiscrepancyEvent.OPENED)
    return len(new)


def _row(unit: Unit, number: str, one: Wished) -> dict[str, object]:
    return {
        "discrepancy_id": unit.new_id(), "number": number, "kind": one.kind, "sentence": one.sentence[:500], "run_id": None,
        "opened_at": unit.now, "resolved_at": None, "resolution": None, "medium_id": one.medium_id, "container_id": None,
        "consignment_id": None, "location_id": one.location_id,
    }  # fmt: skip


def _open_ones(connection: Connection, wished: Iterable[Wished]) -> set[Key]:
    found: set[Key] = set()
    for part in chunks(wished):
        media = {one.medium_id for one in part if one.medium_id is not None}
        places = {one.location_id for one in part if one.medium_id is None and one.location_id is not None}
        about: list[ColumnElement[bool]] = [_DISCREPANCY.c.medium_id.in_(media)] if media else []
        about += (
            [and_(_DISCREPANCY.c.medium_id.is_(None), _DISCREPANCY.c.location_id.in_(places))]
            if places
            else []
        )
        if not about:
            continue
        rows = connection.execute(
            select(_DISCREPANCY.c.kind, _DISCREPANCY.c.medium_id, _DISCREPANCY.c.location_id).where(
                _DISCREPANCY.c.resolved_at.is_(None),
                _DISCREPANCY.c.container_id.is_(None),
                _DISCREPANCY.c.consignment_id.is_(None),
                or_(*about),
            )
        )
        found |= {(row.kind, row.medium_id, row.location_id) for row in rows}
    return found
