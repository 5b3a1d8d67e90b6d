"""What leaves and what comes home with a run, and what a run may do in which state. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from service.consignments.models import Direction
from service.errors import InvalidInputError, RefusedError, StateError
from service.media.models import Content, Custody
from service.media.words import day_words
from service.policies.rules import Assignment, PolicyFacts, TierName, assign
from service.rotation.models import RunState


@dataclass(frozen=True, slots=True)
class MediumFacts:
    medium_id: str
    barcode: str
    content: Content
    custody: Custody
    held: bool
    busy: str  # the number of the open consignment or run that has it, empty when none has
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
        return LeftOut(medium.barcode, _why_no_tier(medium))
    tier = policy.tier(assignment.tier)
    if tier is None or not tier.off_site or assignment.expires_on <= today:
        return None
    obstacle = _obstacle(medium)
    if obstacle:
        return LeftOut(medium.barcode, obstacle)
    why = (
        f"{assignment.tier.value} {assignment.period_key}, off site until {day_words(assignment.expires_on)}"
    )
    return Picked(medium.medium_id, medium.barcode, why, assignment if medium.tier is None else None)


def _assignment(policy: PolicyFacts, medium: MediumFacts) -> Assignment | None:
    """What was recorded when it was written; a tier is never recomputed."""
    if medium.tier is not None and medium.expires_on is not None:
        return Assignment(medium.tier, medium.period_key or "", medium.expires_on)
    return assign(policy, medium.written_on) if medium.written_on is not None else None


def _why_no_tier(medium: MediumFacts) -> str:
    if medium.written_on is None:
        return "full, and no day is recorded on which it was written"
    return f"full, and the policy has no tier for {day_words(medium.written_on)}"


def _obstacle(medium: MediumFacts) -> str:
    if medium.busy:
        return f"in {medium.busy} already"
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
        return LeftOut(medium.barcode, f"in {medium.busy} already")
    if medium.held:
        return LeftOut(medium.barcode, "expired, and on hold")
    return Picked(medium.medium_id, medium.barcode, f"expired {day_words(medium.expires_on)}")


def obstacle_to(direction: Direction, medium: MediumFacts, today: date) -> str:
    """Why a planned line cannot be approved any more, or nothing: the world went on since the plan."""
    shared = "on hold" if medium.held else f"in {medium.busy} already" if medium.busy else ""
    match direction:
        case Direction.OUT:
            return shared or _obstacle_out(medium)
        case Direction.HOME:
            return shared or _obstacle_home(medium, today)
        case _:
            assert_never(direction)


def _obstacle_out(medium: MediumFacts) -> str:
    if medium.custody is not Custody.IN_LIBRARY:
        return f"no longer in the library ({_words(medium.custody)})"
    return "not encrypted" if medium.encrypted is False else ""


def _obstacle_home(medium: MediumFacts, today: date) -> str:
    if medium.custody is not Custody.VAULTED:
        return f"no longer at the vendor ({_words(medium.custody)})"
    return "kept longer than planned" if medium.expires_on is None or medium.expires_on > today else ""


def _words(custody: Custody) -> str:
    return custody.value.replace("_", " ")


FURTHEST_SLOT = timedelta(days=60)


def check_slot(slot: date, today: date) -> None:
    """By hand a run is planned for a day near today; what a schedule missed it makes up for itself."""
    if abs(slot - today) > FURTHEST_SLOT:
        raise InvalidInputError(
            f"{slot.isoformat()} is more than {FURTHEST_SLOT.days} days from today. Nothing was planned.",
            fields={"slot": f"Choose a day within {FURTHEST_SLOT.days} days of {today.isoformat()}."},
        )


NUMBER = re.compile(r"\d{4}-W\d{2}(-\d{1,9})?", re.ASCII)


def is_number(text: str) -> bool:
    """2026-W47, 2026-W47-2. What is not one is not looked up: a database refuses some characters."""
    return NUMBER.fullmatch(text) is not None


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


class LineNotOpenError(RefusedError):
    title = "Not an open line of this run"

    def __init__(self, number: str, barcode: str) -> None:
        super().__init__(
            f"{barcode} is not an open line of run {number}. Nothing was skipped.",
            next_step="Look at the run sheet.",
            barcode=barcode,
        )


SHOWN = 5  # as many as fit a sentence


class RunOutdatedPlanError(RefusedError):
    title = "The plan is out of date"

    def __init__(self, number: str, obstacles: Sequence[LeftOut]) -> None:
        named = "; ".join(f"{one.barcode} is {one.why}" for one in obstacles[:SHOWN])
        more = f" and {len(obstacles) - SHOWN} more" if len(obstacles) > SHOWN else ""
        super().__init__(
            f"{named}{more}. Run {number} was not approved.",
            next_step="Leave out what cannot go, with a reason, and approve again.",
            barcodes=[one.barcode for one in obstacles],
        )


RUN_ACTS: dict[str, frozenset[RunState]] = {
    "approved": frozenset({RunState.PLANNED}),
    "cancelled": frozenset({RunState.PLANNED}),
    "changed": frozenset({RunState.PLANNED}),
    "changed after its approval": frozenset({RunState.APPROVED}),
    "ejected": frozenset({RunState.APPROVED}),
    "closed": frozenset({RunState.APPROVED}),
}


def check_run_act(number: str, state: RunState, act: str) -> None:
    if state not in RUN_ACTS[act]:
        raise RunStateError(number, state, act)
