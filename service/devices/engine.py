"""What a worker does with a job: leases with a growing fence, and steps whose intent is committed before the command leaves.

Every write of a worker names its fence; a worker that was overtaken is refused with OutrunError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update

from service.db import table
from service.devices.models import JOB, Job, JobKind, JobState, JobStep
from service.devices.owners import is_gone
from service.devices.rules import (
    HOLDING,
    Queued,
    StepClosedError,
    check_fence,
    check_transition,
    may_take_over,
    next_job,
)
from service.errors import NotFoundError
from service.ledger.writer import Unit

_JOB = table(Job)
_STEP = table(JobStep)
MOST_TEXT = 1000
Progress = Mapping[str, object]


class JobEvent(StrEnum):
    QUEUED = "job:queued"
    LEASED = "job:leased"
    TAKEN_OVER = "job:taken_over"
    WAITED = "job:waited"
    WENT_ON = "job:went_on"
    GAVE_WAY = "job:gave_way"
    STEP_INTENDED = "job:step_intended"
    STEP_OBSERVED = "job:step_observed"
    ASKED = "job:asked"
    PAUSED = "job:paused"
    RESUMED = "job:resumed"
    FINISHED = "job:finished"
    FAILED = "job:failed"
    CANCELLED = "job:cancelled"


@dataclass(frozen=True, slots=True)
class Leased:
    """A job in the hands of a worker."""

    job_id: str
    kind: JobKind
    device_id: str
    run_id: str | None
    fence: int
    state: JobState
    payload: dict[str, Any]
    progress: dict[str, Any]


def lease(unit: Unit, device_id: str, owner: str, lease_s: float) -> Leased | None:
    """The device's job for this worker: one whose owner is gone, else the next of the queue; None when there is none."""
    held = unit.connection.execute(
        select(_JOB).where(_JOB.c.resource == device_id, _JOB.c.state.in_(HOLDING))
    ).one_or_none()
    if held is not None:
        gone = held.owner == owner or is_gone(held.owner or "")
        return (
            _take_over(unit, held, owner, lease_s)
            if may_take_over(held.lease_until, unit.now, owner_gone=gone)
            else None
        )
    chosen = next_job(_queued(unit, device_id), open_question=_has_question(unit, device_id))
    return None if chosen is None else _start(unit, chosen.job_id, owner, lease_s)


def _take_over(unit: Unit, held: Row[Any], owner: str, lease_s: float) -> Leased:
    fence = held.fence + 1
    values = {"fence": fence, "owner": owner, "lease_until": unit.now + timedelta(seconds=lease_s)}
    unit.connection.execute(update(_JOB).where(_JOB.c.job_id == held.job_id).values(**values))
    unit.append(JOB.subject(held.job_id), JobEvent.TAKEN_OVER, facts={"fence": fence})
    return _leased(unit, held.job_id)


def _queued(unit: Unit, device_id: str) -> list[Queued]:
    rows = unit.connection.execute(
        select(_JOB.c.job_id, _JOB.c.kind, _JOB.c.created_at, _JOB.c.progress).where(
            _JOB.c.resource == device_id, _JOB.c.state == JobState.QUEUED
        )
    )
    return [
        Queued(
            row.job_id,
            row.kind,
            row.progress.get("queued_at") or row.created_at.isoformat(),
            "resume" in row.progress,
        )
        for row in rows
    ]


def _has_question(unit: Unit, device_id: str) -> bool:
    rows = unit.connection.execute(
        select(_JOB.c.progress).where(_JOB.c.resource == device_id, _JOB.c.state == JobState.NEEDS_OPERATOR)
    ).scalars()
    return any(not progress.get("paused") for progress in rows)


def _start(unit: Unit, job_id: str, owner: str, lease_s: float) -> Leased:
    row = job_row(unit, job_id)
    check_transition(job_id, row.state, JobState.RUNNING)
    values = {
        "state": JobState.RUNNING,
        "fence": row.fence + 1,
        "owner": owner,
        "lease_until": unit.now + timedelta(seconds=lease_s),
        "started_at": row.started_at or unit.now,
        "fault": None,
    }
    unit.change(JOB, job_id, values, JobEvent.LEASED, facts={"fence": row.fence + 1})
    return _leased(unit, job_id)


def _leased(unit: Unit, job_id: str) -> Leased:
    row = job_row(unit, job_id)
    return Leased(
        row.job_id,
        row.kind,
        row.resource,
        row.run_id,
        row.fence,
        row.state,
        dict(row.payload),
        dict(row.progress),
    )


def job_row(unit: Unit, job_id: str) -> Row[Any]:
    row = unit.connection.execute(select(_JOB).where(_JOB.c.job_id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError("job", job_id)
    return row


def held(unit: Unit, job_id: str, fence: int) -> Row[Any]:
    """The job, if this fence still holds it. Raises OutrunError."""
    row = job_row(unit, job_id)
    check_fence(job_id, row.state, row.fence, fence)
    return row


def heartbeat(unit: Unit, job_id: str, fence: int, lease_s: float) -> None:
    held(unit, job_id, fence)
    until = unit.now + timedelta(seconds=lease_s)
    unit.connection.execute(update(_JOB).where(_JOB.c.job_id == job_id).values(lease_until=until))


def note(unit: Unit, job_id: str, fence: int, progress: Progress) -> dict[str, Any]:
    """Merge into the job's progress; None takes a key away. The progress as it is now."""
    return merge(unit, held(unit, job_id, fence), progress)


def merge(unit: Unit, row: Row[Any], progress: Progress) -> dict[str, Any]:
    merged = {key: value for key, value in {**row.progress, **progress}.items() if value is not None}
    if merged != row.progress:
        unit.connection.execute(update(_JOB).where(_JOB.c.job_id == row.job_id).values(progress=merged))
    return merged


def intend(unit: Unit, job_id: str, fence: int, intent: Mapping[str, object]) -> str:
    """The step's id. Once this unit is committed the command may leave, and not before."""
    held(unit, job_id, fence)
    last = unit.connection.execute(
        select(_STEP.c.ordinal).where(_STEP.c.job_id == job_id).order_by(_STEP.c.ordinal.desc()).limit(1)
    ).scalar_one_or_none()
    step_id, ordinal = unit.new_id(), (last or 0) + 1
    row = {
        "step_id": step_id, "job_id": job_id, "ordinal": ordinal, "fence": fence, "intent": dict(intent),
        "intent_at": unit.now,
    }  # fmt: skip
    unit.connection.execute(insert(_STEP), [row])
    facts = {name: value for name, value in intent.items() if name != "before"}
    unit.append(JOB.subject(job_id), JobEvent.STEP_INTENDED, facts={"step": ordinal, "fence": fence, **facts})
    return step_id


def conclude(unit: Unit, step_id: str, fence: int, outcome: Mapping[str, object], verdict: str) -> None:
    """What was seen after the step; once."""
    step = unit.connection.execute(select(_STEP).where(_STEP.c.step_id == step_id)).one_or_none()
    if step is None:
        raise NotFoundError("step", step_id)
    held(unit, step.job_id, fence)
    if step.outcome_at is not None:
        raise StepClosedError(
            f"Step {step.ordinal} was concluded as {step.verdict} before. Nothing was recorded."
        )
    close_step(unit, step, outcome, verdict)


def close_step(unit: Unit, step: Row[Any], outcome: Mapping[str, object], verdict: str) -> None:
    values = {"outcome": dict(outcome), "outcome_at": unit.now, "verdict": verdict}
    unit.connection.execute(update(_STEP).where(_STEP.c.step_id == step.step_id).values(**values))
    known = {name: step.intent[name] for name in ("barcode", "requested_by") if name in step.intent}
    facts = {"step": step.ordinal, **known, **outcome, "verdict": verdict}
    unit.append(JOB.subject(step.job_id), JobEvent.STEP_OBSERVED, facts=facts)


def become(
    unit: Unit, row: Row[Any], state: JobState, event: JobEvent, *, fault: str | None = None,
    progress: Progress | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    check_transition(row.job_id, row.state, state)
    merge(unit, row, progress or {})
    ends = state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
    values: dict[str, object] = {"state": state, "fault": fault[:MOST_TEXT] if fault else None}
    if state not in HOLDING:
        values |= {"owner": None, "lease_until": None}
    if ends:
        values["ended_at"] = unit.now
    unit.change(JOB, row.job_id, values, event, facts={"sentence": fault} if fault else None, reason=reason)


def finish(unit: Unit, job_id: str, fence: int, progress: Progress | None = None) -> None:
    become(unit, held(unit, job_id, fence), JobState.DONE, JobEvent.FINISHED, progress=progress)


def fail(unit: Unit, job_id: str, fence: int, sentence: str) -> None:
    become(unit, held(unit, job_id, fence), JobState.FAILED, JobEvent.FAILED, fault=sentence)


def wait_for_person(
    unit: Unit, job_id: str, fence: int, sentence: str, progress: Progress | None = None
) -> None:
    """The job keeps the device and says what it waits for; an entry only when that changes."""
    row = held(unit, job_id, fence)
    if row.state is JobState.WAITING and row.fault == sentence:
        merge(unit, row, progress or {})
        return
    if row.state is JobState.WAITING:
        unit.connection.execute(
            update(_JOB).where(_JOB.c.job_id == job_id).values(fault=sentence[:MOST_TEXT])
        )
        unit.append(JOB.subject(job_id), JobEvent.WAITED, facts={"sentence": sentence})
        merge(unit, row, progress or {})
        return
    become(unit, row, JobState.WAITING, JobEvent.WAITED, fault=sentence, progress=progress)


def go_on(unit: Unit, job_id: str, fence: int) -> None:
    """What the job waited for has come."""
    row = held(unit, job_id, fence)
    if row.state is JobState.WAITING:
        become(unit, row, JobState.RUNNING, JobEvent.WENT_ON)


def give_way(unit: Unit, job_id: str, fence: int) -> None:
    """Back into the queue, behind what waits there; the job goes on from what it then sees."""
    progress = {"queued_at": unit.now.isoformat(), "resume": None}
    become(unit, held(unit, job_id, fence), JobState.QUEUED, JobEvent.GAVE_WAY, progress=progress)


def ask_operator(
    unit: Unit, job_id: str, fence: int, sentence: str, progress: Progress | None = None
) -> None:
    patch = {"resume": None, **(progress or {})}
    become(
        unit,
        held(unit, job_id, fence),
        JobState.NEEDS_OPERATOR,
        JobEvent.ASKED,
        fault=sentence,
        progress=patch,
    )


def pause(unit: Unit, job_id: str, fence: int, by: str) -> None:
    """A worker's answer to a person's wish, between two steps."""
    row = held(unit, job_id, fence)
    become(
        unit, row, JobState.NEEDS_OPERATOR, JobEvent.PAUSED, fault=f"Paused by {by}.",
        progress={"paused": True, "stop": None, "stop_by": None},
    )  # fmt: skip


def abandon(unit: Unit, job_id: str, fence: int, by: str) -> None:
    """A worker's answer to a person's wish to cancel, between two steps."""
    progress = {"stop": None, "stop_by": None}
    become(
        unit,
        held(unit, job_id, fence),
        JobState.CANCELLED,
        JobEvent.CANCELLED,
        progress=progress,
        reason=f"Cancelled by {by}.",
    )
