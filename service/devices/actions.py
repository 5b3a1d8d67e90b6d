"""What people and other rooms ask of the devices: jobs, and decisions about jobs."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import select, update

from service.db import table
from service.devices.engine import JobEvent, become, close_step, job_row, merge
from service.devices.models import DEVICE, JOB, Device, Job, JobKind, JobState, JobStep
from service.devices.rules import GIVEN_UP, HOLDING, JobStateError, check_transition, may_take_over
from service.ledger.writer import Unit

_DEVICE = table(Device)
_JOB = table(Job)
_STEP = table(JobStep)


class DeviceEvent(StrEnum):
    ADDED = "device:added"
    ENABLED = "device:enabled"
    DISABLED = "device:disabled"
    INVENTORIED = "device:inventoried"


class Resume(StrEnum):
    """How a job goes on after a person's decision."""

    LOOK_AGAIN = "look_again"
    GO_ON = "go_on"


class Stop(StrEnum):
    """What a person asked of a job that is moving something: done once the step has its outcome."""

    PAUSE = "pause"
    CANCEL = "cancel"


def enqueue(
    unit: Unit,
    kind: JobKind,
    device_id: str,
    payload: Mapping[str, object],
    *,
    dedupe_key: str,
    run_id: str | None = None,
) -> str:
    """The job's id; the job that has this key already, if there is one."""
    found = unit.connection.execute(
        select(_JOB.c.job_id).where(_JOB.c.dedupe_key == dedupe_key)
    ).scalar_one_or_none()
    if found is not None:
        return str(found)
    job_id = unit.new_id()
    values = {
        "job_id": job_id, "kind": kind, "resource": device_id, "state": JobState.QUEUED, "payload": dict(payload),
        "dedupe_key": dedupe_key, "run_id": run_id, "requested_by": unit.actor.handler_id, "fence": 0, "progress": {},
        "created_at": unit.now,
    }  # fmt: skip
    unit.create(JOB, values, JobEvent.QUEUED)
    return job_id


def request_stop(unit: Unit, job_id: str, stop: Stop, by: str, reason: str | None = None) -> JobState:
    """A person's wish. At once, unless a worker is at it: then after the step it is in. The state right after."""
    row = job_row(unit, job_id)
    wanted = JobState.CANCELLED if stop is Stop.CANCEL else JobState.NEEDS_OPERATOR
    check_transition(job_id, row.state, wanted)
    if row.state in HOLDING and not may_take_over(row.lease_until, unit.now, owner_gone=False):
        merge(unit, row, {"stop": stop.value, "stop_by": by})
        return JobState(row.state)
    if stop is Stop.CANCEL:
        _give_up_open_step(unit, job_id, by)
        become(unit, row, wanted, JobEvent.CANCELLED, reason=reason)
    else:
        become(unit, row, wanted, JobEvent.PAUSED, fault=f"Paused by {by}.", progress={"paused": True})
    return wanted


def cancel(unit: Unit, job_id: str, by: str, reason: str | None = None) -> JobState:
    return request_stop(unit, job_id, Stop.CANCEL, by, reason)


def _give_up_open_step(unit: Unit, job_id: str, by: str) -> None:
    step = unit.connection.execute(
        select(_STEP).where(_STEP.c.job_id == job_id, _STEP.c.outcome_at.is_(None))
    ).one_or_none()
    if step is not None:
        close_step(unit, step, {"decided_by": by}, GIVEN_UP)


def resume(unit: Unit, job_id: str, how: Resume) -> None:
    """A person decided: look again, or it is where the picture shows and the job goes on."""
    row = job_row(unit, job_id)
    if row.state is not JobState.NEEDS_OPERATOR:
        raise JobStateError(job_id, row.state, JobState.QUEUED)
    progress = {
        "resume": how.value,
        "paused": None,
        "resumed_by": unit.actor.handler_id,
        "tries": None,
        "approved": how is Resume.GO_ON or None,
    }
    become(unit, row, JobState.QUEUED, JobEvent.RESUMED, progress=progress, reason=how.value)


def look_now(unit: Unit, job_id: str) -> None:
    """A person says that something changed at the library: the waiting job looks at once."""
    row = job_row(unit, job_id)
    if row.state not in HOLDING:
        raise JobStateError(job_id, row.state, JobState.RUNNING)
    merge(unit, row, {"look": True})


def set_enabled(unit: Unit, device_id: str, *, enabled: bool) -> None:
    event = DeviceEvent.ENABLED if enabled else DeviceEvent.DISABLED
    unit.change(DEVICE, device_id, {"enabled": enabled}, event)


def note_fault(unit: Unit, device_id: str, fault: str | None) -> None:
    """What is wrong with the device itself, for people; not history."""
    text = fault[:500] if fault else None
    unit.connection.execute(update(_DEVICE).where(_DEVICE.c.device_id == device_id).values(fault=text))
