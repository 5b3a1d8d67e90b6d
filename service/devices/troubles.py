"""Open discrepancies of a library: how many of each kind, and those a page shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Connection

from service.custody.models import Discrepancy, DiscrepancyKind
from service.db import table
from service.locations.models import Location
from service.media.models import Medium

_DISCREPANCY = table(Discrepancy)
_LOCATION = table(Location)
_MEDIUM = table(Medium)
SHOWN_FAULTS = 30
SHOWN_OF_MANY = 8  # beside a strip: what is wrong, not the list of every label
WRONG_KINDS = (DiscrepancyKind.UNEXPECTED_IN_LIBRARY, DiscrepancyKind.ABSENT_FROM_LIBRARY)
IN_LIBRARY_KINDS = (
    DiscrepancyKind.UNEXPECTED_IN_LIBRARY,
    DiscrepancyKind.ABSENT_FROM_LIBRARY,
    DiscrepancyKind.UNKNOWN_BARCODE,
    DiscrepancyKind.UNREADABLE_LABEL,
    DiscrepancyKind.MOVED_BY_OTHERS,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An open discrepancy of this library. `barcode` is what it is about, or what is recorded where a label is not read."""

    number: str
    kind: DiscrepancyKind
    sentence: str
    medium_id: str | None
    location_id: str | None
    barcode: str | None
    opened_at: datetime


def _of_library(library_id: str) -> ColumnElement[bool]:
    inside = select(_LOCATION.c.location_id).where(_LOCATION.c.parent_id == library_id)
    return and_(
        _DISCREPANCY.c.resolved_at.is_(None),
        _DISCREPANCY.c.kind.in_(IN_LIBRARY_KINDS),
        or_(_DISCREPANCY.c.location_id == library_id, _DISCREPANCY.c.location_id.in_(inside)),
    )


def trouble_counts(connection: Connection, library_id: str) -> dict[DiscrepancyKind, int]:
    query = select(_DISCREPANCY.c.kind, func.count()).where(_of_library(library_id))
    return {row[0]: row[1] for row in connection.execute(query.group_by(_DISCREPANCY.c.kind))}


def troubles(connection: Connection, library_id: str, most: int = SHOWN_FAULTS) -> tuple[Trouble, ...]:
    """What is wrong before what only needs a person, then the newest."""
    newest = (
        select(_DISCREPANCY)
        .where(_of_library(library_id))
        .order_by(_DISCREPANCY.c.kind.not_in(WRONG_KINDS), _DISCREPANCY.c.discrepancy_id.desc())
        .limit(most)
        .subquery()
    )
    about = _MEDIUM.c.medium_id == newest.c.medium_id
    recorded_there = and_(
        newest.c.kind == DiscrepancyKind.UNREADABLE_LABEL, _MEDIUM.c.location_id == newest.c.location_id
    )
    query = (
        select(
            newest.c.number, newest.c.kind, newest.c.sentence, newest.c.medium_id, newest.c.location_id,
            _MEDIUM.c.barcode, newest.c.opened_at,
        )
        .outerjoin(_MEDIUM, or_(about, recorded_there))
        .order_by(newest.c.kind.not_in(WRONG_KINDS), newest.c.discrepancy_id.desc())
    )  # fmt: skip
    return tuple(Trouble(*row) for row in connection.execute(query))
