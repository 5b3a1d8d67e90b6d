"""What a job may do next. Pure: facts and `now` in, decision or error out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from drivers.changer.model import MoveVerdict
from service.devices.models import ElementKind, JobKind, JobState
from service.errors import RefusedError, StateError
from service.media.models import Content
from service.media.rules import ContentError, HeldError

HOLDING = frozenset({JobState.RUNNING, JobState.WAITING})  # at most one a resource
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})

TRANSITIONS: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.NEEDS_OPERATOR, JobState.CANCELLED}),
    JobState.RUNNING: frozenset({
        JobState.WAITING, JobState.NEEDS_OPERATOR, JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED,
    }),
    JobState.WAITING: frozenset({
        JobState.RUNNING, JobState.NEEDS_OPERATOR, JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED,
    }),
    JobState.NEEDS_OPERATOR: frozenset({JobState.QUEUED, JobState.CANCELLED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}  # fmt: skip

WORDS: Mapping[JobState, str] = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "running",
    JobState.WAITING: "waiting for a person",
    JobState.NEEDS_OPERATOR: "waiting for a decision",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


class JobStateError(StateError):
    def __init__(self, job_id: str, state: JobState, wanted: JobState) -> None:
        super().__init__(
            f"The job is {WORDS[state]}; it cannot become {WORDS[wanted]}. Nothing was changed.",
            next_step="Look at the job's page.",
            job_id=job_id,
            state=state.value,
        )


class OutrunError(RefusedError):
    """Another worker holds the job by now; whatever this one knew is old."""

    title = "Another worker holds this job"

    def __init__(self, job_id: str, fence: int) -> None:
        super().__init__(
            f"Job {job_id} is no longer held with fence {fence}. Nothing was recorded.",
            next_step="The worker that holds it looks for itself.",
            job_id=job_id,
            fence=fence,
        )


class StepClosedError(StateError):
    title = "The step has its outcome already"


def check_transition(job_id: str, state: JobState, wanted: JobState) -> None:
    if wanted not in TRANSITIONS[state]:
        raise JobStateError(job_id, state, wanted)


def check_fence(job_id: str, state: JobState, current: int, given: int) -> None:
    if current != given or state not in HOLDING:
        raise OutrunError(job_id, given)


def may_take_over(lease_until: datetime | None, now: datetime, *, owner_gone: bool) -> bool:
    """A job that somebody holds changes hands when its lease ran out or its owner is known to be dead."""
    return owner_gone or lease_until is None or lease_until <= now


# Looks and single moves are short; they go in between while a longer job waits for a person.
SHORT = frozenset({JobKind.INVENTORY, JobKind.MOVE})


@dataclass(frozen=True, slots=True)
class Queued:
    """`since` is when it was put in the queue, or back into it; `resumed` after a person's decision."""

    job_id: str
    kind: JobKind
    since: str  # RFC 3339, UTC
    resumed: bool = False


def next_job(queued: Iterable[Queued], *, open_question: bool) -> Queued | None:
    """A resumed job first, then the short ones, then by age; with an open question only looks and what was resumed."""
    allowed = [job for job in queued if not open_question or job.resumed or job.kind is JobKind.INVENTORY]
    return min(
        allowed, key=lambda job: (not job.resumed, job.kind not in SHORT, job.since, job.job_id), default=None
    )


def gives_way(waiting: JobKind, behind: Iterable[JobKind], *, has_work: bool) -> bool:
    """Whether a job that waits for a person lets one from the queue go first.

    `has_work`: the mail slots hold something this job waits for, so that they are not free for another.
    """
    others = set(behind)
    if others & SHORT:
        return True
    return waiting is JobKind.LOAD and not has_work and JobKind.EJECT in others


class Judgement(StrEnum):
    """What follows from a move's verdict."""

    DONE = "done"
    AGAIN = "again"
    ASK = "ask"


MOST_TRIES = 2
REFUSED = "refused"  # the driver looked and sent nothing
ACCEPTED = "accepted"  # a person decided: it is where the picture shows
GIVEN_UP = "given-up"
MOVED = frozenset({MoveVerdict.MOVED.value, MoveVerdict.ALREADY_THERE.value})
SETTLED = frozenset({*MOVED, REFUSED, ACCEPTED, GIVEN_UP, MoveVerdict.NOT_MOVED.value})


def after_move(verdict: str, *, safe_to_repeat: bool, tries: int) -> Judgement:
    """A move is issued again at most once, and only after the medium was seen at its source."""
    if verdict in MOVED:
        return Judgement.DONE
    if verdict == REFUSED or (verdict == MoveVerdict.NOT_MOVED.value and safe_to_repeat):
        return Judgement.AGAIN if tries < MOST_TRIES else Judgement.ASK
    return Judgement.ASK


SEEN: Mapping[str, str] = {
    MoveVerdict.NOT_MOVED.value: "is still in {source}; the robot did not move it",
    MoveVerdict.IN_TRANSPORT.value: "is in the robot's gripper, between {source} and {destination}",
    MoveVerdict.ELSEWHERE.value: "is in {found}, neither in {source} nor in {destination}",
    MoveVerdict.LOST.value: "is not to be seen anywhere in the library",
    MoveVerdict.INDETERMINATE.value: "may be in {source} or in {destination}; the two looks do not tell",
    MoveVerdict.EXPORTED_UNVERIFIABLE.value: "left {source}; this library does not show what lies in {destination}",
    REFUSED: "was not moved from {source}",
}


def what_was_seen(
    verdict: str, barcode: str, *, source: str, destination: str, found: str | None, told: str
) -> str:
    """The sentence an operator decides on."""
    seen = SEEN[verdict].format(source=source, destination=destination, found=found or "an unknown place")
    answer = "" if told in {"", "GOOD"} else f" The library said: {told.rstrip('.')}."
    return f"{barcode} {seen}.{answer} It is not moved again before somebody has looked."


# A backup program writes on what it loads.
NOT_TO_BE_LOADED = frozenset({Content.QUARANTINED, Content.RETIRED, Content.SANITIZED, Content.DESTROYED})


class GoingOutError(RefusedError):
    title = "On its way out"

    def __init__(self, barcode: str, run: str) -> None:
        super().__init__(
            f"{barcode} leaves with run {run}. It was not loaded.",
            next_step="Take it off the run first, or load another medium.",
            barcode=barcode,
            run=run,
        )


def check_told_move(
    barcode: str, content: Content, to: ElementKind, *, held_since: datetime | None, run: str | None
) -> None:
    """Whether a backup program may have this moved. `run` is the one that sends it out now.

    Raises HeldError, ContentError or GoingOutError. Back into a slot everything may go.
    """
    if to is ElementKind.SLOT:
        return
    if held_since is not None:
        what = "loading it for a backup program" if to is ElementKind.DRIVE else "putting it into a mail slot"
        raise HeldError(barcode, held_since, what)
    if to is ElementKind.DRIVE and content in NOT_TO_BE_LOADED:
        raise ContentError(
            f"{barcode} is {content.value}; it is not loaded for a backup program. Nothing was queued.",
            next_step="A person can move it from the library's page.",
            content=content.value,
        )
    if to is ElementKind.DRIVE and run is not None:
        raise GoingOutError(barcode, run)


def is_too_late(not_after: str | None, now: datetime) -> bool:
    """Whether whoever asked for a job has stopped waiting for it."""
    return not_after is not None and datetime.fromisoformat(not_after) < now
