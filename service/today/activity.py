"""What happened and happens today, read once for the day's rule, the motions and what is done."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_models

from service.consignments.listing import ConsignmentRow, ConsignmentSelection, consignments
from service.consignments.models import ConsignmentContainer, ConsignmentState
from service.containers.models import Container
from service.custody.sight import is_outsider
from service.db import table
from service.devices.models import Device, Job, JobState
from service.devices.queries import devices
from service.handlers.queries import Person
from service.ledger import store
from service.ledger.models import LedgerEntry
from service.policies.queries import schedules, timing_of
from service.policies.slots import next_slot
from service.rotation.listing import RunRow, run_rows
from service.rotation.queries import numbers_of

_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_ENTRY = table(LedgerEntry)
ON_THE_WAY = (
    ConsignmentState.FROZEN, ConsignmentState.IN_TRANSIT, ConsignmentState.RECEIVED, ConsignmentState.RECONCILED,
)  # fmt: skip
RECENT = 60  # consignments; newer than any day's


@dataclass(frozen=True, slots=True)
class Sealed:
    container: str
    seal: str
    at: datetime


@dataclass(frozen=True)
class Activity:
    """`start` is the local midnight. `working` are jobs under way, `worked` those that ended today."""

    now: datetime
    zone: tzinfo
    start: datetime
    consignments: Sequence[ConsignmentRow]
    runs: Sequence[RunRow] = ()
    working: Sequence[Job] = ()
    worked: Sequence[Job] = ()
    sealed: Sequence[Sealed] = ()
    devices: Sequence[Device] = ()
    run_numbers: dict[str, str] | None = None
    coming: tuple[tuple[str, datetime], ...] = ()
    acts: int = 0
    ledger_size: int = 0
    signed_at: datetime | None = None

    def is_today(self, at: datetime | None) -> bool:
        return at is not None and at >= self.start

    def number_of(self, job: Job) -> str:
        return (self.run_numbers or {}).get(job.run_id or "", "")


def midnight(now: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def activity(session: Session, person: Person, now: datetime, zone: tzinfo) -> Activity:
    """An outsider sees the consignments of their own party alone."""
    connection, start = session.connection(), midnight(now, zone)
    rows = consignments(connection, person, ConsignmentSelection(ON_THE_WAY), limit=RECENT)
    if is_outsider(person):
        return Activity(now, zone, start, rows)
    working = _jobs(session, col(Job.state) == JobState.RUNNING)
    worked = _jobs(
        session, (col(Job.state) == JobState.DONE) & (col(Job.created_at) >= start - timedelta(days=1))
    )
    head = store.head(connection)
    return Activity(
        now=now,
        zone=zone,
        start=start,
        consignments=rows,
        runs=run_rows(session, limit=20),
        working=working,
        worked=[job for job in worked if job.ended_at is not None and job.ended_at >= start],
        sealed=_sealed(session, start),
        devices=devices(session),
        run_numbers=numbers_of(session, [job.run_id for job in (*working, *worked) if job.run_id]),
        coming=tuple((one.name, next_slot(timing_of(one), now)) for one in schedules(session) if one.enabled),
        acts=head.size - _first_since(session, head.size, start),
        ledger_size=head.size,
        signed_at=head.signed_at if head.size else None,
    )


def _jobs(session: Session, condition: object) -> Sequence[Job]:
    query = select_models(Job).where(condition)  # type: ignore[arg-type] # a column expression
    return session.exec(query.order_by(col(Job.created_at).desc()).limit(50)).all()


def _sealed(session: Session, start: datetime) -> list[Sealed]:
    query = (
        select(_CONTAINER.c.barcode, _BOX.c.seal_number, _BOX.c.sealed_at)
        .join(_CONTAINER, _CONTAINER.c.container_id == _BOX.c.container_id)
        .where(_BOX.c.sealed_at >= start)
        .order_by(_BOX.c.sealed_at.desc())
        .limit(20)
    )
    return [Sealed(*row) for row in session.connection().execute(query)]


def _first_since(session: Session, size: int, start: datetime) -> int:
    """Position of the first entry of the day: entries stand in the order of their time, so some twenty look-ups find it."""

    def recorded_at(position: int) -> datetime:
        query = select(_ENTRY.c.recorded_at).where(_ENTRY.c.position == position)
        found: datetime = session.connection().execute(query).scalar_one()
        return found

    return bisect_left(range(size), start, key=recorded_at)
