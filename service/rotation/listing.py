"""Runs with the names of everything they touch, in one statement whatever the number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session

from service.consignments.models import Consignment, ConsignmentState, Direction
from service.db import table
from service.errors import NotFoundError
from service.locations.models import Location
from service.media.barcodes import shown
from service.parties.models import Party
from service.policies.models import Schedule
from service.rotation.models import Run, RunLine, RunState, Step
from service.rotation.queries import OPEN_RUNS
from service.rotation.rules import is_number

_RUN = table(Run)
_LINE = table(RunLine)
_SCHEDULE = table(Schedule)
_LIBRARY = table(Location).alias("library")
_VAULT = table(Location).alias("vault")
_VENDOR = table(Party).alias("vendor")
_CARRIER = table(Party).alias("carrier")
_OUT = table(Consignment).alias("out_consignment")
_HOME = table(Consignment).alias("home_consignment")


@dataclass(frozen=True, slots=True)
class RunRow:
    """`out` and `home` count the lines that are not skipped. The states are those of the consignments, None before the approval."""

    run_id: str
    number: str
    slot: str
    state: RunState
    planned_at: datetime
    approved_at: datetime | None
    approved_by: str | None
    closed_at: datetime | None
    schedule_id: str
    schedule: str
    library_id: str
    library: str
    vault_id: str
    vault: str
    vendor: str
    carrier: str
    out_number: str | None
    out_state: ConsignmentState | None
    home_number: str | None
    home_state: ConsignmentState | None
    out: int
    home: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RUNS


def _lines(direction: Direction) -> Any:
    return (
        select(func.count())
        .select_from(_LINE)
        .where(_LINE.c.run_id == _RUN.c.run_id, _LINE.c.direction == direction, _LINE.c.step != Step.SKIPPED)
        .scalar_subquery()
    )


def _rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _RUN.c.run_id, _RUN.c.number, _RUN.c.slot, _RUN.c.state, _RUN.c.planned_at, _RUN.c.approved_at, _RUN.c.approved_by,
            _RUN.c.closed_at, _RUN.c.schedule_id, _SCHEDULE.c.name, _RUN.c.library_id, _LIBRARY.c.name, _RUN.c.vault_id,
            _VAULT.c.name, _VENDOR.c.name, _CARRIER.c.name, _OUT.c.number, _OUT.c.state, _HOME.c.number, _HOME.c.state,
            _lines(Direction.OUT), _lines(Direction.HOME),
        )
        .join(_SCHEDULE, _SCHEDULE.c.schedule_id == _RUN.c.schedule_id)
        .join(_LIBRARY, _LIBRARY.c.location_id == _RUN.c.library_id)
        .join(_VAULT, _VAULT.c.location_id == _RUN.c.vault_id)
        .join(_VENDOR, _VENDOR.c.party_id == _VAULT.c.party_id)
        .join(_CARRIER, _CARRIER.c.party_id == _RUN.c.carrier_id)
        .outerjoin(_OUT, _OUT.c.consignment_id == _RUN.c.out_consignment_id)
        .outerjoin(_HOME, _HOME.c.consignment_id == _RUN.c.home_consignment_id)
        .where(*conditions)
    )  # fmt: skip


def run_rows(
    session: Session, *, state: RunState | None = None, after: str | None = None, limit: int = 50
) -> list[RunRow]:
    """Newest first; `after` continues below a run_id."""
    conditions: list[ColumnElement[bool]] = []
    if state is not None:
        conditions.append(_RUN.c.state == state)
    if after is not None:
        conditions.append(_RUN.c.run_id < after)
    query = _rows(*conditions).order_by(_RUN.c.run_id.desc()).limit(limit)
    return [RunRow(*row) for row in session.connection().execute(query)]


def open_rows(session: Session) -> list[RunRow]:
    """Planned or approved, oldest first."""
    query = _rows(_RUN.c.state.in_(OPEN_RUNS)).order_by(_RUN.c.run_id)
    return [RunRow(*row) for row in session.connection().execute(query)]


def run_row(session: Session, number: str) -> RunRow:
    query = _rows(_RUN.c.number == number)
    found = session.connection().execute(query).one_or_none() if is_number(number) else None
    if found is None:
        raise NotFoundError("run", shown(number))
    return RunRow(*found)
