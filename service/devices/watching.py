"""What a worker starts by itself: ejecting for an approved run, loading what came home."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.devices.actions import enqueue
from service.devices.ejecting import frozen_media
from service.devices.models import Element, ElementKind, Job, JobKind, JobState, TagReading
from service.devices.rules import ENDED
from service.ledger.writer import Unit
from service.rotation.queries import EjectLine, approved_runs, lines_to_eject, media_to_load

_JOB = table(Job)
_ELEMENT = table(Element)


def jobs_to_start(connection: Connection, device_id: str, library_id: str) -> bool:
    """A cheap look, without writing, whether `start_jobs` has anything to do."""
    return (
        bool(_ejections(connection, device_id, library_id))
        or _load_key(connection, device_id, library_id) is not None
    )


def start_jobs(unit: Unit, device_id: str, library_id: str) -> list[str]:
    """The ids of the jobs that run and arrivals ask for now."""
    started = [
        enqueue(unit, JobKind.EJECT, device_id, {"run": number}, dedupe_key=key, run_id=run_id)
        for run_id, number, key in _ejections(unit.connection, device_id, library_id)
    ]
    load_key = _load_key(unit.connection, device_id, library_id)
    if load_key is not None:
        media = sorted(line.medium_id for line in media_to_load(unit.connection, library_id))
        started.append(enqueue(unit, JobKind.LOAD, device_id, {"media": media}, dedupe_key=load_key))
    return started


def _ejections(connection: Connection, device_id: str, library_id: str) -> list[tuple[str, str, str]]:
    """(run id, number, dedupe key of the next attempt) of every approved run that this library may work on."""
    found = []
    for run_id, number, of_library in approved_runs(connection):
        if of_library != library_id:
            continue
        lines = lines_to_eject(connection, run_id)
        before = _jobs(connection, _JOB.c.run_id == run_id, _JOB.c.kind == JobKind.EJECT)
        if lines and _may_start(before) and (not before or _can_move(connection, device_id, lines)):
            found.append((run_id, number, eject_key(run_id, len(before) + 1)))
    return found


def eject_key(run_id: str, attempt: int) -> str:
    return f"eject:{run_id}:{attempt}"


def _jobs(connection: Connection, *conditions: Any) -> list[Any]:
    query = select(_JOB.c.job_id, _JOB.c.state, _JOB.c.payload).where(*conditions)
    return list(connection.execute(query.order_by(_JOB.c.created_at, _JOB.c.job_id)))


def _may_start(before: Sequence[Any]) -> bool:
    """Nothing of the kind is under way; what a person ended is started again by a person."""
    return not before or (all(job.state in ENDED for job in before) and before[-1].state is JobState.DONE)


def _can_move(connection: Connection, device_id: str, lines: Iterable[EjectLine]) -> bool:
    """After a first attempt: only when something that stayed behind stands in a slot now."""
    ids = [line.medium_id for line in lines]
    in_slots = set(connection.execute(
        select(_ELEMENT.c.medium_id).where(
            _ELEMENT.c.device_id == device_id, _ELEMENT.c.kind == ElementKind.SLOT,
            _ELEMENT.c.reading == TagReading.READ, _ELEMENT.c.medium_id.in_(ids),
        )
    ).scalars())  # fmt: skip
    return bool(in_slots - frozen_media(connection, ids))


def _load_key(connection: Connection, device_id: str, library_id: str) -> str | None:
    expected = {line.medium_id for line in media_to_load(connection, library_id)}
    if not expected:
        return None
    before = _jobs(connection, _JOB.c.resource == device_id, _JOB.c.kind == JobKind.LOAD)
    if any(job.state not in ENDED for job in before):
        return None
    ended_by_a_person = before and before[-1].state is not JobState.DONE
    if ended_by_a_person and expected <= set(before[-1].payload.get("media", [])):
        return None
    return f"load:{library_id}:{len(before) + 1}"
