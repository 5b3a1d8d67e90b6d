"""Consignments, their lines and containers, as rows with names: what lists, pages and the API show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, false, func, or_, select
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection

from service.consignments.models import (
    Consignment,
    ConsignmentContainer,
    ConsignmentState,
    Direction,
    LineState,
    ManifestLine,
    SealOutcome,
)
from service.containers.models import Container, ContainerState
from service.custody.models import Discrepancy
from service.custody.rules import is_number
from service.custody.sight import is_outsider, sees_consignment, sees_discrepancy
from service.db import table
from service.errors import InvalidInputError
from service.handlers.queries import Person
from service.locations.models import Location
from service.media.models import MediaType, Medium
from service.parties.models import Party

_CONSIGNMENT = table(Consignment)
_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_DISCREPANCY = table(Discrepancy)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
# Runs are a higher room; the number is asked of the table alone.
_RUN = named_table("run", column("run_id"), column("number"))

NOT_CLOSED = (
    ConsignmentState.OPEN, ConsignmentState.FROZEN, ConsignmentState.IN_TRANSIT, ConsignmentState.RECEIVED,
)  # fmt: skip
UNNUMBERED = 1_000_000_000  # lines without a number stand after those that have one


@dataclass(frozen=True, slots=True)
class ConsignmentRow:
    """`media` counts the lines that are not skipped; `discrepancies` those still open that the person may see."""

    consignment_id: str
    number: str
    direction: Direction
    state: ConsignmentState
    purpose: str
    created_at: datetime
    due_at: datetime | None
    frozen_at: datetime | None
    released_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    manifest_sha256: str | None
    step_total: int
    step_done: int
    from_place: str
    from_party_id: str
    from_party: str
    to_place: str
    to_party_id: str
    to_party: str
    carrier_id: str
    carrier: str
    run: str
    media: int
    containers: int
    discrepancies: int

    def is_overdue(self, now: datetime) -> bool:
        """On the road past its deadline."""
        return self.state is ConsignmentState.IN_TRANSIT and self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True)
class ConsignmentSelection:
    """`overdue_at`: only what is on the road and was due before this moment; `run` is its number."""

    states: Sequence[ConsignmentState] = ()
    direction: Direction | None = None
    overdue_at: datetime | None = None
    run: str | None = None
    number: str | None = None


def consignments(
    connection: Connection,
    person: Person,
    wanted: ConsignmentSelection,
    *,
    after: str | None = None,
    limit: int = 100,
) -> list[ConsignmentRow]:
    """Newest first, as far as the person may see them; `after` continues below a consignment_id."""
    query = _rows(person).where(sees_consignment(person, _CONSIGNMENT.c.consignment_id), *_conditions(wanted))
    if after is not None:
        query = query.where(_CONSIGNMENT.c.consignment_id < after)
    rows = connection.execute(query.order_by(_CONSIGNMENT.c.consignment_id.desc()).limit(limit))
    return [ConsignmentRow(*row) for row in rows]


def _conditions(wanted: ConsignmentSelection) -> list[ColumnElement[bool]]:
    c = _CONSIGNMENT.c
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(c.state.in_(wanted.states))
    if wanted.direction is not None:
        found.append(c.direction == wanted.direction)
    if wanted.overdue_at is not None:
        found.append(and_(c.state == ConsignmentState.IN_TRANSIT, c.due_at < wanted.overdue_at))
    if wanted.run is not None:
        found.append(_RUN.c.number == wanted.run if wanted.run.isprintable() else false())
    if wanted.number is not None:
        found.append(c.number == wanted.number if is_number(wanted.number) else false())
    return found


def _rows(person: Person) -> Select[Any]:
    c = _CONSIGNMENT.c
    start, end = _LOCATION.alias("start"), _LOCATION.alias("finish")
    giver, taker, carrier = _PARTY.alias("giver"), _PARTY.alias("taker"), _PARTY.alias("carrier")
    return (
        select(
            c.consignment_id, c.number, c.direction, c.state, c.purpose, c.created_at, c.due_at, c.frozen_at, c.released_at,
            c.received_at, c.closed_at, c.manifest_sha256, c.step_total, c.step_done,
            start.c.path, giver.c.party_id, giver.c.name, end.c.path, taker.c.party_id, taker.c.name, c.carrier_id, carrier.c.name,
            func.coalesce(_RUN.c.number, ""), *_counts(person),
        )
        .join(start, start.c.location_id == c.from_location_id)
        .join(giver, giver.c.party_id == start.c.party_id)
        .join(end, end.c.location_id == c.to_location_id)
        .join(taker, taker.c.party_id == end.c.party_id)
        .join(carrier, carrier.c.party_id == c.carrier_id)
        .outerjoin(_RUN, _RUN.c.run_id == c.run_id)
    )  # fmt: skip


def _counts(person: Person) -> tuple[Any, Any, Any]:
    own = _CONSIGNMENT.c.consignment_id
    counted = (LineState.SKIPPED, LineState.EXTRA)
    media = select(func.count()).where(_LINE.c.consignment_id == own, _LINE.c.state.not_in(counted))
    boxes = select(func.count()).where(_BOX.c.consignment_id == own)
    faults = select(func.count()).where(
        _DISCREPANCY.c.consignment_id == own,
        _DISCREPANCY.c.resolved_at.is_(None),
        sees_discrepancy(person),
    )
    return (
        media.correlate(_CONSIGNMENT).scalar_subquery(),
        boxes.correlate(_CONSIGNMENT).scalar_subquery(),
        faults.correlate(_CONSIGNMENT).scalar_subquery(),
    )


@dataclass(frozen=True, slots=True)
class LineRow:
    """One medium of a consignment; `line` is its number on the frozen manifest."""

    line: int | None
    barcode: str
    serial_number: str | None
    media_type: MediaType
    generation: str
    dataset: str
    encrypted: bool | None
    expires_on: date | None
    state: LineState
    container: str | None
    skip_reason: str | None

    @property
    def cursor(self) -> str:
        return f"{self.line or UNNUMBERED}~{self.barcode}"


def lines(
    connection: Connection,
    person: Person,
    consignment_id: str,
    *,
    after: str | None = None,
    limit: int | None = None,
) -> list[LineRow]:
    """By number, then by barcode; `after` is a line's cursor. Outsiders do not learn what stayed at home."""
    order = func.coalesce(_LINE.c.line, UNNUMBERED)
    query = (
        select(
            _LINE.c.line, _MEDIUM.c.barcode, _MEDIUM.c.serial_number, _MEDIUM.c.media_type, _MEDIUM.c.generation,
            _MEDIUM.c.dataset, _MEDIUM.c.encrypted, _MEDIUM.c.expires_on, _LINE.c.state, _CONTAINER.c.barcode, _LINE.c.skip_reason,
        )
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .outerjoin(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .where(_LINE.c.consignment_id == consignment_id)
        .order_by(order, _MEDIUM.c.barcode)
    )  # fmt: skip
    if is_outsider(person):
        query = query.where(_listed_for_outsiders())
    if after is not None:
        number, barcode = _read_cursor(after)
        query = query.where(or_(order > number, and_(order == number, _MEDIUM.c.barcode > barcode)))
    return [LineRow(*row) for row in connection.execute(query.limit(limit))]


def _listed_for_outsiders() -> ColumnElement[bool]:
    out = select(_CONSIGNMENT.c.consignment_id).where(_CONSIGNMENT.c.direction == Direction.OUT)
    return or_(_LINE.c.state != LineState.SKIPPED, _LINE.c.consignment_id.not_in(out))


def _read_cursor(text: str) -> tuple[int, str]:
    number, _, barcode = text.partition("~")
    if not number.isdecimal() or len(number) > len(str(UNNUMBERED)) or not barcode.isprintable():
        raise InvalidInputError(
            "The place to continue at is not one of this list.", fields={"after": "not a cursor"}
        )
    return int(number), barcode


def counts_by_state(connection: Connection, consignment_id: str) -> dict[LineState, int]:
    query = select(_LINE.c.state, func.count()).where(_LINE.c.consignment_id == consignment_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(_LINE.c.state))}


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One container of a consignment: as it left (`pieces`, seal, first and last line) and as it is (`inside`, `state`)."""

    barcode: str
    state: ContainerState
    capacity: int
    pieces: int
    inside: int
    seal_number: str | None
    sealed_at: datetime | None
    seal_outcome: SealOutcome
    seen_at: datetime | None
    first_line: int | None
    last_line: int | None


def boxes(connection: Connection, consignment_id: str) -> list[BoxRow]:
    mine = and_(_LINE.c.consignment_id == consignment_id, _LINE.c.container_id == _BOX.c.container_id)
    first = select(func.min(_LINE.c.line)).where(mine).correlate(_BOX).scalar_subquery()
    last = select(func.max(_LINE.c.line)).where(mine).correlate(_BOX).scalar_subquery()
    inside = select(func.count()).where(_MEDIUM.c.container_id == _BOX.c.container_id)
    query = (
        select(
            _CONTAINER.c.barcode, _CONTAINER.c.state, _CONTAINER.c.capacity, _BOX.c.pieces,
            inside.correlate(_BOX).scalar_subquery(), _BOX.c.seal_number, _BOX.c.sealed_at, _BOX.c.seal_outcome, _BOX.c.seen_at,
            first, last,
        )
        .join(_CONTAINER, _CONTAINER.c.container_id == _BOX.c.container_id)
        .where(_BOX.c.consignment_id == consignment_id)
        .order_by(_CONTAINER.c.barcode)
    )  # fmt: skip
    return [BoxRow(*row) for row in connection.execute(query)]


def manifest(connection: Connection, number: str) -> bytes | None:
    """The frozen bytes, None while the manifest is not frozen."""
    query = select(_CONSIGNMENT.c.manifest).where(_CONSIGNMENT.c.number == number)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)
