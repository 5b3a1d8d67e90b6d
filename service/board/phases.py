"""Where a run stands, in one word, and the acts that are allowed now. Pure."""

from dataclasses import replace

from service.board.facts import BoardFacts
from service.consignments.models import ConsignmentState
from service.devices.models import JobState
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.rotation.models import RunState
from service.web.views.parts import Act, Chip, Method, Tone

MOVING = frozenset({JobState.RUNNING, JobState.QUEUED})


def phase(facts: BoardFacts) -> Chip:
    match facts.row.state:
        case RunState.PLANNED:
            return Chip("waits for approval", Tone.AMBER)
        case RunState.APPROVED:
            return _out_phase(facts) or _home_phase(facts) or Chip("to close", Tone.AMBER)
        case RunState.CLOSED:
            return Chip("closed", Tone.GREEN)
        case RunState.CANCELLED:
            return Chip("cancelled")


OUT_PHASES = {
    ConsignmentState.FROZEN: Chip("waits for the carrier", Tone.AMBER),
    ConsignmentState.IN_TRANSIT: Chip("in transit", Tone.BLUE),
    ConsignmentState.RECEIVED: Chip("to reconcile", Tone.AMBER),
}
HOME_PHASES = {
    ConsignmentState.OPEN: Chip("recalled", Tone.BLUE),
    ConsignmentState.FROZEN: Chip("recall packed", Tone.BLUE),
    ConsignmentState.IN_TRANSIT: Chip("coming home", Tone.BLUE),
    ConsignmentState.RECEIVED: Chip("to unpack", Tone.AMBER),
}


def _out_phase(facts: BoardFacts) -> Chip | None:
    if facts.leg_out.state is not ConsignmentState.OPEN:
        return OUT_PHASES.get(facts.leg_out.state) if facts.leg_out.state else None
    panel = facts.ejecting
    if panel is not None and panel.state in MOVING:
        return Chip("ejecting", Tone.BLUE)
    if panel is not None and panel.state is JobState.WAITING:
        return Chip("take them out", Tone.AMBER)
    if panel is not None and panel.state in {JobState.NEEDS_OPERATOR, JobState.FAILED}:
        return Chip("needs a decision", Tone.RED)
    if facts.out.packed < facts.out.wanted:
        return Chip("scan and pack", Tone.AMBER)
    sealed = facts.leg_out.sealed == len(facts.leg_out.boxes)
    return Chip("freeze the manifest" if sealed else "seal", Tone.AMBER)


def _home_phase(facts: BoardFacts) -> Chip | None:
    found = HOME_PHASES.get(facts.leg_home.state) if facts.leg_home.state else None
    if found is not None:
        return found
    to_load = facts.home.unpacked - facts.home.loaded
    return Chip("to load", Tone.AMBER) if facts.why_open and to_load > 0 else None


def is_moving(facts: BoardFacts) -> bool:
    """Something changes by itself within seconds: the library works, waits for the mail slots, or is about to begin."""
    if facts.ejecting is None and facts.has_device and facts.leg_out.state is ConsignmentState.OPEN:
        return True
    panels = (facts.ejecting, facts.loading)
    return any(panel is not None and panel.state in {*MOVING, JobState.WAITING} for panel in panels)


def head_acts(facts: BoardFacts, person: Person) -> tuple[Act, ...]:
    base = f"/runs/{facts.row.number}"
    match facts.row.state:
        case RunState.PLANNED:
            cancel = allowed(person, Permission.PLAN_RUN, Act("Cancel the run", f"{base}/cancel"))
            approve = Act("Approve", f"{base}/approve", first=True)
            return (cancel, allowed(person, Permission.APPROVE_RUN, _if_any(facts, approve)))
        case RunState.APPROVED:
            return (*_next_acts(facts, person), _close_act(facts, person, base))
        case RunState.CLOSED | RunState.CANCELLED:
            return ()


def _if_any(facts: BoardFacts, act: Act) -> Act:
    if facts.out.wanted or facts.home.wanted:
        return act
    return replace(act, enabled=False, reason="nothing is left to carry; cancel it")


def _next_acts(facts: BoardFacts, person: Person) -> tuple[Act, ...]:
    """What is done next for the way out and for the way home, one act each."""
    found = []
    if facts.leg_out.state is ConsignmentState.OPEN:
        found.append(allowed(person, Permission.PACK, _packing_act(facts)))
    elif facts.leg_out.state in OUT_PHASES:
        found.append(Act(f"Open {facts.leg_out.number}", f"/consignments/{facts.leg_out.number}"))
    if facts.leg_home.state is ConsignmentState.RECEIVED:
        unpack = Act("Unpack", f"/scan?task=unpack:{facts.leg_home.number}", first=not found)
        found.append(allowed(person, Permission.RECEIVE, unpack))
    elif facts.leg_home.state in HOME_PHASES:
        found.append(Act(f"Open {facts.leg_home.number}", f"/consignments/{facts.leg_home.number}"))
    return tuple(found)


def _packing_act(facts: BoardFacts) -> Act:
    leg = facts.leg_out
    scan = f"/scan?task=pack:{leg.number}"
    if facts.out.packed < facts.out.wanted:
        return Act("Scan out", scan, first=True)
    if leg.sealed < len(leg.boxes):
        return Act("Seal", scan, first=True)
    return Act("Freeze the manifest", f"/consignments/{leg.number}", first=True)


def _close_act(facts: BoardFacts, person: Person, base: str) -> Act:
    act = Act("Close the run", f"{base}/close", Method.POST, first=not facts.why_open)
    if facts.why_open:
        act = replace(act, enabled=False, reason=facts.why_open.partition(". Run ")[0])
    return allowed(person, Permission.PLAN_RUN, act)


WHO = {
    Permission.PLAN_RUN: "needs a backup administrator",
    Permission.APPROVE_RUN: "needs a backup administrator or security officer",
    Permission.PACK: "needs a media handler",
    Permission.RECEIVE: "needs a media handler",
    Permission.SKIP_STEP: "needs a media handler or backup administrator",
}


def allowed(person: Person, permission: Permission, act: Act) -> Act:
    """The act, or the same act dashed with whom it needs."""
    return act if person.may(permission) else replace(act, enabled=False, reason=WHO[permission])
