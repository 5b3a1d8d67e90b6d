"""Devices, jobs and their steps as read."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col
from sqlmodel import select as select_objects

from service.db import table
from service.devices.models import Device, Element, ElementKind, Job, JobKind, JobState, JobStep
from service.devices.panel import SHOWN_MOVES, EjectPanel, panel_of
from service.devices.rules import ENDED
from service.errors import NotFoundError

_JOB = table(Job)
_ELEMENT = table(Element)
SIMULATED = "sim://"


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


def slot_counts(session: Session, device_id: str) -> tuple[int, int]:
    """(slots that hold something, slots)"""
    query = select(func.count().filter(_ELEMENT.c.full), func.count()).where(
        _ELEMENT.c.device_id == device_id, _ELEMENT.c.kind == ElementKind.SLOT
    )
    full, slots = session.connection().execute(query).one()
    return full, slots


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


def attempts(connection: Connection, run_id: str) -> int:
    """How many ejecting jobs the run has had."""
    query = (
        select(func.count()).select_from(_JOB).where(_JOB.c.run_id == run_id, _JOB.c.kind == JobKind.EJECT)
    )
    return connection.execute(query).scalar_one()


def eject_panel(session: Session, run_id: str) -> EjectPanel | None:
    """The newest ejecting job of the run; None before the library has begun."""
    query = select_objects(Job).where(Job.run_id == run_id, Job.kind == JobKind.EJECT)
    found = session.exec(query.order_by(col(Job.job_id).desc()).limit(1)).first()
    return None if found is None else job_panel(session, found)


def job_panel(session: Session, found: Job) -> EjectPanel:
    """The same for any job."""
    name = device(session, found.resource).name
    return panel_of(session.connection(), found, name, steps(session, found.job_id, limit=SHOWN_MOVES))
