"""What leaves and what comes home with a run, and what a run may do in which state. Pure."""

from dataclasses import dataclass
from datetime import date

from service.errors import RefusedError, StateError
from service.media.models import Content, Custody
from service.policies.rules import Assignment, PolicyFacts, TierName, assign
from service.rotation.models import RunState


@dataclass(frozen=True, slots=True)
class MediumFacts:
    medium_id: str
    barcode: str
    content: Content
    custody: Custody
    held: bool
    busy: bool  # another open consignment or run has it
    encrypted: bool | None
    written_on: date | None
    tier: TierName | None
    period_key: str | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Picked:
    medium_id: str
    barcode: str
    why: str
    assignment: Assignment | None = None  # to be recorded, when the medium had none


@dataclass(frozen=True, slots=True)
class LeftOut:
    barcode: str
    why: str


def pick_out(policy: PolicyFacts, medium: MediumFacts, today: date) -> Picked | LeftOut | None:
    """Whether a medium in the library leaves with this run; None when nobody would expect it to."""
    if medium.content is not Content.FULL or medium.custody is not Custody.IN_LIBRARY:
        return None
    assignment = _assignment(policy, medium)
    if assignment is None:
        return LeftOut(medium.barcode, "full, and no day is recorded on which it was written")
    tier = policy.tier(assignment.tier)
    if tier is None or not tier.off_site or assignment.expires_on <= today:
        return None
    obstacle = _obstacle(medium)
    if obstacle:
        return LeftOut(medium.barcode, obstacle)
    why = (
        f"{assignment.tier.value} {assignment.period_key}, off site until {assignment.expires_on.isoformat()}"
    )
    return Picked(medium.medium_id, medium.barcode, why, assignment if medium.tier is None else None)


def _assignment(policy: PolicyFacts, medium: MediumFacts) -> Assignment | None:
    """What was recorded when it was written; a tier is never recomputed."""
    if medium.tier is not None and medium.expires_on is not None:
        return Assignment(medium.tier, medium.period_key or "", medium.expires_on)
    return assign(policy, medium.written_on) if medium.written_on is not None else None


def _obstacle(medium: MediumFacts) -> str:
    if medium.busy:
        return "in another consignment"
    if medium.held:
        return "on hold"
    if medium.encrypted is False:
        return "not encrypted"
    return ""


def pick_home(medium: MediumFacts, today: date) -> Picked | LeftOut | None:
    """Whether a medium at the vendor comes home: expired, not held."""
    if medium.custody is not Custody.VAULTED or medium.expires_on is None or medium.expires_on > today:
        return None
    if medium.content not in {Content.FULL, Content.ACTIVE, Content.EXPIRED, Content.SCRATCH}:
        return None
    if medium.busy:
        return LeftOut(medium.barcode, "in another consignment")
    if medium.held:
        return LeftOut(medium.barcode, "expired, and on hold")
    return Picked(medium.medium_id, medium.barcode, f"expired {medium.expires_on.isoformat()}")


class RunStateError(StateError):
    title = "Run is in another state"

    def __init__(self, number: str, state: RunState, act: str) -> None:
        super().__init__(
            f"Run {number} is {state.value}; it cannot be {act} now. Nothing was changed.",
            next_step="Open the run to see what comes next.",
            run=number,
            state=state.value,
        )


class RunNotDoneError(RefusedError):
    title = "Run is not done"


RUN_ACTS: dict[str, frozenset[RunState]] = {
    "approved": frozenset({RunState.PLANNED}),
    "cancelled": frozenset({RunState.PLANNED}),
    "changed": frozenset({RunState.PLANNED}),
    "ejected": frozenset({RunState.APPROVED}),
    "closed": frozenset({RunState.APPROVED}),
}


def check_run_act(number: str, state: RunState, act: str) -> None:
    if state not in RUN_ACTS[act]:
        raise RunStateError(number, state, act)
