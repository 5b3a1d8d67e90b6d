"""Runs and what a run still has to do. Everything is read with few statements, whatever the size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col
from sqlmodel import select as select_models

from service.consignments.models import (
    Consignment,
    ConsignmentContainer,
    ConsignmentState,
    Direction,
    LineState,
    ManifestLine,
)
from service.containers.models import Container
from service.db import table
from service.errors import NotFoundError
from service.locations.models import Location, LocationKind
from service.media.barcodes import shown
from service.media.models import Content, Custody, Medium
from service.rotation.models import Run, RunLine, RunState, Step
from service.rotation.rules import is_number

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_LINE = table(RunLine)
_RUN = table(Run)
_MANIFEST = table(ManifestLine)
_CONSIGNMENT = table(Consignment)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)

OPEN_RUNS = (RunState.PLANNED, RunState.APPROVED)


@dataclass(frozen=True, slots=True)
class EjectLine:
    medium_id: str
    barcode: str
    slot_number: int
    location_id: str


@dataclass(frozen=True, slots=True)
class LoadLine:
    run_id: str
    medium_id: str
    barcode: str


def lines_to_eject(connection: Connection, run_id: str) -> list[EjectLine]:
    """Planned lines of an approved run whose medium is recorded in a slot or drive of the run's library.

    What was skipped while packing, or whose consignment was cancelled, stays in.
    """
    query = (
        select(_LINE.c.medium_id, _MEDIUM.c.barcode, _LOCATION.c.number, _MEDIUM.c.location_id)
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
        .join(_RUN, _RUN.c.run_id == _LINE.c.run_id)
        .join(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == _RUN.c.out_consignment_id)
        .join(
            _MANIFEST,
            (_MANIFEST.c.consignment_id == _CONSIGNMENT.c.consignment_id)
            & (_MANIFEST.c.medium_id == _LINE.c.medium_id),
        )
        .where(
            _LINE.c.run_id == run_id,
            _LINE.c.direction == Direction.OUT,
            _LINE.c.step == Step.PLANNED,
            _RUN.c.state == RunState.APPROVED,
            _CONSIGNMENT.c.state == ConsignmentState.OPEN,
            _MANIFEST.c.state.in_([LineState.WANTED, LineState.SCANNED]),
            _LOCATION.c.parent_id == _RUN.c.library_id,
            _LOCATION.c.kind.in_([LocationKind.SLOT, LocationKind.DRIVE]),
        )
        .order_by(_LOCATION.c.number)
    )
    return [EjectLine(*row) for row in connection.execute(query)]


def media_to_load(connection: Connection, library_id: str) -> list[LoadLine]:
    """Media that came home with an approved run of this library, are unpacked and not yet in it."""
    query = (
        select(_LINE.c.run_id, _LINE.c.medium_id, _MEDIUM.c.barcode)
        .join(_RUN, _RUN.c.run_id == _LINE.c.run_id)
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(
            _MANIFEST,
            (_MANIFEST.c.medium_id == _LINE.c.medium_id)
            & (_MANIFEST.c.consignment_id == _RUN.c.home_consignment_id),
        )
        .where(
            _RUN.c.library_id == library_id,
            _RUN.c.state == RunState.APPROVED,
            _LINE.c.direction == Direction.HOME,
            _LINE.c.step == Step.PLANNED,
            _MANIFEST.c.state == LineState.UNPACKED,
        )
        .order_by(_MEDIUM.c.barcode)
    )
    return [LoadLine(*row) for row in connection.execute(query)]


def approved_runs(connection: Connection) -> list[tuple[str, str, str]]:
    """(run_id, number, library_id)"""
    query = select(_RUN.c.run_id, _RUN.c.number, _RUN.c.library_id).where(_RUN.c.state == RunState.APPROVED)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def run_by_number(session: Session, number: str) -> Run:
    query = select_models(Run).where(Run.number == number)
    found = session.exec(query).one_or_none() if is_number(number) else None
    if found is None:
        raise NotFoundError("run", shown(number))
    return found


def run_of_slot(connection: Connection, schedule_id: str, slot: date) -> str | None:
    """The number of the run that a schedule has for a day."""
    query = select(_RUN.c.number).where(_RUN.c.schedule_id == schedule_id, _RUN.c.slot == slot.isoformat())
    return connection.execute(query).scalar_one_or_none()


def runs(session: Session, *, after: str | None = None, limit: int = 50) -> list[Run]:
    """Newest first; `after` continues below a run_id."""
    query = select_models(Run)
    if after is not None:
        query = query.where(col(Run.run_id) < after)
    return list(session.exec(query.order_by(col(Run.run_id).desc()).limit(limit)))


def open_runs(session: Session) -> list[Run]:
    return list(
        session.exec(select_models(Run).where(col(Run.state).in_(OPEN_RUNS)).order_by(col(Run.run_id)))
    )


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row of the run sheet: what the library did, and what the consignment did. Times are when it was seen.

    `source_number` is the slot that it came from, or stands in now.
    """

    medium_id: str
    barcode: str
    direction: Direction
    step: Step
    why: str
    source_number: int | None
    batch: int | None
    ejected_at: datetime | None
    emptied_at: datetime | None
    loaded_at: datetime | None
    skip_reason: str | None
    line: LineState | None
    container: str | None
    scanned_at: datetime | None
    packed_at: datetime | None
    sealed_at: datetime | None
    released_at: datetime | None
    seen_at: datetime | None
    unpacked_at: datetime | None
    received_at: datetime | None
    custody: Custody
    content: Content


def sheet(
    session: Session, run: Run, direction: Direction, *, after: str | None = None, limit: int | None = None
) -> list[SheetLine]:
    """Lines of one direction by barcode; `after` continues behind a barcode."""
    consignment_id = run.out_consignment_id if direction is Direction.OUT else run.home_consignment_id
    stands = case((_LOCATION.c.kind == LocationKind.SLOT, _LOCATION.c.number))
    slot = func.coalesce(_LINE.c.source_number, stands)
    query = (
        select(
            _LINE.c.medium_id, _MEDIUM.c.barcode, _LINE.c.direction, _LINE.c.step, _LINE.c.why, slot, _LINE.c.batch,
            _LINE.c.ejected_at, _LINE.c.emptied_at, _LINE.c.loaded_at, func.coalesce(_LINE.c.skip_reason, _MANIFEST.c.skip_reason),
            _MANIFEST.c.state, _CONTAINER.c.barcode, _MANIFEST.c.scanned_at, _MANIFEST.c.packed_at, _BOX.c.sealed_at,
            _CONSIGNMENT.c.released_at, _MANIFEST.c.seen_at, _MANIFEST.c.unpacked_at, _CONSIGNMENT.c.received_at,
            _MEDIUM.c.custody, _MEDIUM.c.content,
        )
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
        .outerjoin(_MANIFEST, (_MANIFEST.c.medium_id == _LINE.c.medium_id) & (_MANIFEST.c.consignment_id == consignment_id))
        .outerjoin(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == _MANIFEST.c.consignment_id)
        .outerjoin(_BOX, (_BOX.c.consignment_id == _MANIFEST.c.consignment_id) & (_BOX.c.container_id == _MANIFEST.c.container_id))
        .outerjoin(_CONTAINER, _CONTAINER.c.container_id == _MANIFEST.c.container_id)
        .where(_LINE.c.run_id == run.run_id, _LINE.c.direction == direction)
        .order_by(_MEDIUM.c.barcode)
    )  # fmt: skip
    if after is not None:
        query = query.where(_MEDIUM.c.barcode > after)
    if limit is not None:
        query = query.limit(limit)
    return [SheetLine(*tuple(row)) for row in session.connection().execute(query)]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many lines of a direction have done which step."""

    total: int = 0
    skipped: int = 0
    ejected: int = 0
    emptied: int = 0
    scanned: int = 0
    packed: int = 0
    sealed: int = 0
    released: int = 0
    seen: int = 0
    missing: int = 0
    received: int = 0
    unpacked: int = 0
    loaded: int = 0

    @property
    def wanted(self) -> int:
        return self.total - self.skipped


def progress(session: Session, run: Run, direction: Direction) -> Progress:
    """Counted in the database, for the nine steps of the board."""
    consignment_id = run.out_consignment_id if direction is Direction.OUT else run.home_consignment_id
    skipped = (_LINE.c.step == Step.SKIPPED) | (
        func.coalesce(_MANIFEST.c.state, "") == LineState.SKIPPED.value
    )
    live = ~skipped

    def count(condition: Any) -> Any:
        return func.count().filter(live & condition)

    arrived = _MANIFEST.c.state.in_([LineState.MATCHED, LineState.UNPACKED, LineState.EXTRA])
    query = (
        select(
            func.count(), func.count().filter(skipped), count(_LINE.c.ejected_at.is_not(None)), count(_LINE.c.emptied_at.is_not(None)),
            count(_MANIFEST.c.scanned_at.is_not(None)), count(_MANIFEST.c.packed_at.is_not(None)), count(_BOX.c.sealed_at.is_not(None)),
            count(_CONSIGNMENT.c.released_at.is_not(None)), count(_MANIFEST.c.seen_at.is_not(None)),
            count(_MANIFEST.c.state == LineState.MISSING), count(arrived & _CONSIGNMENT.c.received_at.is_not(None)),
            count(_MANIFEST.c.unpacked_at.is_not(None)), count(_LINE.c.loaded_at.is_not(None)),
        )
        .select_from(_LINE)
        .outerjoin(_MANIFEST, (_MANIFEST.c.medium_id == _LINE.c.medium_id) & (_MANIFEST.c.consignment_id == consignment_id))
        .outerjoin(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == _MANIFEST.c.consignment_id)
        .outerjoin(_BOX, (_BOX.c.consignment_id == _MANIFEST.c.consignment_id) & (_BOX.c.container_id == _MANIFEST.c.container_id))
        .where(_LINE.c.run_id == run.run_id, _LINE.c.direction == direction)
    )  # fmt: skip
    return Progress(*tuple(session.connection().execute(query).one()))


def numbers_of(session: Session, run_ids: Sequence[str]) -> dict[str, str]:
    query = select(_RUN.c.run_id, _RUN.c.number).where(_RUN.c.run_id.in_(list(run_ids)))
    return {row[0]: row[1] for row in session.connection().execute(query)}
