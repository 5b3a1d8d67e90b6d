"""Devices, jobs and their steps as read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col
from sqlmodel import select as select_objects

from service.db import table
from service.devices.models import Device, Element, ElementKind, Job, JobKind, JobState, JobStep
from service.devices.rules import ENDED, MOVED
from service.errors import NotFoundError

_DEVICE = table(Device)
_JOB = table(Job)
_STEP = table(JobStep)
_ELEMENT = table(Element)
SIMULATED = "sim://"
SHOWN_MOVES = 5


def devices(session: Session, *, after: str | None = None, limit: int = 200) -> Sequence[Device]:
    query = select_objects(Device).order_by(col(Device.device_id)).limit(limit)
    return session.exec(query.where(col(Device.device_id) > after) if after else query).all()


def device(session: Session, device_id: str) -> Device:
    found = session.get(Device, device_id)
    if found is None:
        raise NotFoundError("library", device_id)
    return found


def device_by_name(session: Session, name: str) -> Device:
    found = session.exec(select_objects(Device).where(Device.name == name)).one_or_none()
    if found is None:
        raise NotFoundError("library", name)
    return found


def device_of_library(session: Session, library_id: str) -> Device | None:
    return session.exec(select_objects(Device).where(Device.library_id == library_id)).one_or_none()


def is_any_simulated(session: Session) -> bool:
    query = select_objects(Device.device_id).where(col(Device.url).startswith(SIMULATED), col(Device.enabled))
    return session.exec(query.limit(1)).first() is not None


def elements(
    session: Session, device_id: str, *, after: int | None = None, limit: int = 500
) -> Sequence[Element]:
    query = select_objects(Element).where(Element.device_id == device_id)
    if after is not None:
        query = query.where(col(Element.address) > after)
    return session.exec(query.order_by(col(Element.address)).limit(limit)).all()


def jobs(
    session: Session,
    *,
    device_id: str | None = None,
    run_id: str | None = None,
    state: JobState | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Sequence[Job]:
    """Newest first; `after` continues below a job_id."""
    query = select_objects(Job).order_by(col(Job.job_id).desc()).limit(limit)
    if device_id is not None:
        query = query.where(Job.resource == device_id)
    if run_id is not None:
        query = query.where(Job.run_id == run_id)
    if state is not None:
        query = query.where(Job.state == state)
    return session.exec(query.where(col(Job.job_id) < after) if after else query).all()


def job(session: Session, job_id: str) -> Job:
    found = session.get(Job, job_id, populate_existing=True)
    if found is None:
        raise NotFoundError("job", job_id)
    return found


def steps(session: Session, job_id: str, *, limit: int | None = None) -> Sequence[JobStep]:
    """Newest first."""
    query = select_objects(JobStep).where(JobStep.job_id == job_id).order_by(col(JobStep.ordinal).desc())
    return session.exec(query.limit(limit) if limit else query).all()


def jobs_under_way(session: Session, device_id: str) -> Sequence[Job]:
    """Not ended, in the order in which a person wants to see them: what asks, what is held, what is queued."""
    order = [JobState.NEEDS_OPERATOR, JobState.RUNNING, JobState.WAITING, JobState.QUEUED]
    found = session.exec(
        select_objects(Job).where(Job.resource == device_id, col(Job.state).not_in(ENDED))
    ).all()
    return sorted(found, key=lambda one: (order.index(one.state), one.job_id))


def questions(session: Session) -> Sequence[Job]:
    """Jobs of any device that wait for a decision or for a person at the mail slots."""
    wanted = [JobState.NEEDS_OPERATOR, JobState.WAITING]
    return session.exec(
        select_objects(Job).where(col(Job.state).in_(wanted)).order_by(col(Job.job_id)).limit(100)
    ).all()


class MailSlotState(StrEnum):
    EMPTY = "empty"
    COMING = "coming"  # the next medium of the batch goes here
    ARRIVING = "arriving"  # the robot was told, nothing seen yet
    EJECTED = "ejected"  # seen there, waits to be taken
    FOREIGN = "foreign"  # something else lies there
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class MailSlotPicture:
    number: int
    state: MailSlotState
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class ToldAndSeen:
    """One command to the robot. `verdict` and `seen_at` are None while nothing was seen yet."""

    told_at: datetime
    barcode: str
    source: str
    destination: str
    verdict: str | None
    seen_at: datetime | None
    fence: int

    @property
    def moved(self) -> bool:
        return self.verdict in MOVED


@dataclass(frozen=True)
class EjectPanel:
    """The library's part in a run: the job that ejects, the mail slots, what was told and what was seen."""

    job_id: str
    device_id: str
    device_name: str
    state: JobState
    kind: JobKind
    batch: int
    batches: int
    sentence: str
    mail_slots: tuple[MailSlotPicture, ...]
    moves: tuple[ToldAndSeen, ...]
    left: tuple[tuple[str, str], ...]  # (barcode, why it stays)

    @property
    def open_move(self) -> ToldAndSeen | None:
        return next((move for move in self.moves if move.verdict is None), None)


def eject_panel(session: Session, run_id: str) -> EjectPanel | None:
    """The newest ejecting job of the run; None before the library has begun."""
    query = select_objects(Job).where(Job.run_id == run_id, Job.kind == JobKind.EJECT)
    found = session.exec(query.order_by(col(Job.job_id).desc()).limit(1)).first()
    return None if found is None else job_panel(session, found)


def job_panel(session: Session, found: Job) -> EjectPanel:
    progress = found.progress
    moves = tuple(_told(step) for step in steps(session, found.job_id, limit=SHOWN_MOVES))
    left: Any = progress.get("left", [])
    return EjectPanel(
        job_id=found.job_id,
        device_id=found.resource,
        device_name=device(session, found.resource).name,
        state=found.state,
        kind=found.kind,
        batch=int(str(progress.get("batch", 0))),
        batches=int(str(progress.get("batches", 0))),
        sentence=found.fault or "",
        mail_slots=_mail_slots(session.connection(), found, moves),
        moves=moves,
        left=tuple((one["barcode"], one["why"]) for one in left),
    )


def _told(step: JobStep) -> ToldAndSeen:
    intent: Any = step.intent
    return ToldAndSeen(
        told_at=step.intent_at,
        barcode=intent["barcode"],
        source=intent["source_name"],
        destination=intent["destination_name"],
        verdict=step.verdict,
        seen_at=step.outcome_at,
        fence=step.fence,
    )


def _mail_slots(
    connection: Connection, found: Job, moves: Sequence[ToldAndSeen]
) -> tuple[MailSlotPicture, ...]:
    out: Any = found.progress.get("out", [])
    ejected = {one["address"]: one["barcode"] for one in out}
    arriving = {move.destination: move.barcode for move in moves if move.verdict is None}
    rows = connection.execute(
        select(_ELEMENT)
        .where(
            _ELEMENT.c.device_id == found.resource,
            _ELEMENT.c.kind == ElementKind.MAIL_SLOT,
            _ELEMENT.c.installed,
        )
        .order_by(_ELEMENT.c.number)
    )
    return tuple(_mail_slot(row, ejected, arriving) for row in rows)


def _mail_slot(row: Row[Any], ejected: dict[int, str], arriving: dict[str, str]) -> MailSlotPicture:
    coming = arriving.get(f"mail slot {row.number}")
    if coming is not None:
        return MailSlotPicture(row.number, MailSlotState.ARRIVING, coming)
    if row.address in ejected:
        return MailSlotPicture(row.number, MailSlotState.EJECTED, ejected[row.address])
    if row.full:
        state = MailSlotState.FOREIGN if row.volume_tag else MailSlotState.UNREAD
        return MailSlotPicture(row.number, state, row.volume_tag)
    return MailSlotPicture(row.number, MailSlotState.EMPTY)


def attempts(connection: Connection, run_id: str) -> int:
    """How many ejecting jobs the run has had."""
    query = (
        select(func.count()).select_from(_JOB).where(_JOB.c.run_id == run_id, _JOB.c.kind == JobKind.EJECT)
    )
    return connection.execute(query).scalar_one()
