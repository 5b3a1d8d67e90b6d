"""The steps of the board: nine on the way out, five on the way home. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from service.board.facts import BoardFacts
from service.consignments.models import ConsignmentState
from service.devices.models import JobState
from service.devices.panel import EjectPanel
from service.rotation.legs import Between, Leg
from service.rotation.models import RunState
from service.rotation.queries import Progress
from service.web.views.parts import Ident, Rich, Tone, When, WhenStyle
from service.web.views.run import Step, Ticks

STATES = {
    Tone.NEUTRAL: "to come",
    Tone.BLUE: "under way",
    Tone.GREEN: "done",
    Tone.AMBER: "waits for a person",
    Tone.RED: "wrong",
}
AFTER_RELEASE = frozenset({
    ConsignmentState.IN_TRANSIT, ConsignmentState.RECEIVED, ConsignmentState.RECONCILED,
})  # fmt: skip
AFTER_RECEIPT = frozenset({ConsignmentState.RECEIVED, ConsignmentState.RECONCILED})


def out_steps(facts: BoardFacts) -> tuple[Step, ...]:
    return tuple(make(facts) for make in OUT)


def home_steps(facts: BoardFacts) -> tuple[Step, ...]:
    """Empty where the run brings nothing home."""
    return tuple(make(facts) for make in HOME) if facts.home.total else ()


def step(name: str, tone: Tone, count: Rich, ticks: Ticks, below: Rich = "", href: str | None = None) -> Step:
    return Step(name, tone, STATES[tone], count, ticks, below, href)


def at(times: Between, *, done: bool) -> Rich:
    """When the last did it, once all have; before, since when."""
    if done and times.last is not None:
        return When(times.last, WhenStyle.SHORT)
    return ("since ", When(times.first, WhenStyle.SHORT)) if times.first is not None else ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A step that every line does: `done` of `wanted`; it may begin once `open`."""

    name: str
    wanted: int
    done: int
    times: Between
    open: bool
    going: int = 0
    below: Rich = ""
    href: str | None = None

    @property
    def is_done(self) -> bool:
        return 0 < self.wanted <= self.done

    def tone(self) -> Tone:
        if self.is_done:
            return Tone.GREEN
        return Tone.BLUE if self.open and (self.done or self.going) else Tone.NEUTRAL

    def drawn(self, tone: Tone | None = None) -> Step:
        count = f"{self.done} of {self.wanted}" if self.wanted else "nothing"
        below = self.below if self.below and not self.is_done else at(self.times, done=self.is_done)
        ticks = Ticks(self.wanted, min(self.done, self.wanted), self.going)
        return step(self.name, tone or self.tone(), count, ticks, below, self.href)


def plan_step(facts: BoardFacts) -> Step:
    media = facts.out.total + facts.home.total
    count = f"{facts.out.wanted} out, {facts.home.wanted} home"
    return step("Plan", Tone.GREEN, count, Ticks(media, media), When(facts.row.planned_at, WhenStyle.SHORT))


def approve_step(facts: BoardFacts) -> Step:
    media = facts.out.wanted + facts.home.wanted
    match facts.row.state:
        case RunState.PLANNED:
            return step("Approve", Tone.AMBER, "by an administrator", Ticks(media, 0), "waits")
        case RunState.CANCELLED:
            below = When(facts.row.closed_at, WhenStyle.SHORT) if facts.row.closed_at else ""
            return step("Approve", Tone.NEUTRAL, "cancelled", Ticks(media, 0), below)
        case RunState.APPROVED | RunState.CLOSED:
            approved = When(facts.row.approved_at, WhenStyle.SHORT) if facts.row.approved_at else ""
            by = f"by {facts.approver}" if facts.approver else "approved"
            return step("Approve", Tone.GREEN, by, Ticks(media, media), approved)


WAITING = {
    JobState.WAITING: (Tone.AMBER, "take them out"),
    JobState.NEEDS_OPERATOR: (Tone.RED, "needs a decision"),
    JobState.FAILED: (Tone.RED, "failed"),
    JobState.CANCELLED: (Tone.AMBER, "stopped"),
}


def eject_step(facts: BoardFacts) -> Step:
    going = 1 if facts.ejecting is not None and facts.ejecting.open_move else 0
    found = Counted(
        "Eject", facts.out.wanted, facts.out.ejected, facts.leg_out.ejected, facts.is_approved, going
    )
    if found.is_done or facts.out.wanted <= facts.out.scanned:
        return found.drawn(Tone.GREEN if facts.out.wanted else None)
    return _asked(found, facts.ejecting)


def _asked(found: Counted, panel: EjectPanel | None) -> Step:
    """A job of the library that waits says so in its step."""
    asked = WAITING.get(panel.state) if panel is not None else None
    if asked is None:
        return found.drawn()
    tone, below = asked
    return step(
        found.name,
        tone,
        f"{found.done} of {found.wanted}",
        Ticks(found.wanted, found.done),
        below,
        found.href,
    )


def scan_step(facts: BoardFacts) -> Step:
    number = facts.leg_out.number
    open_now = facts.leg_out.state is ConsignmentState.OPEN
    return Counted(
        "Scan out", facts.out.wanted, facts.out.scanned, facts.leg_out.scanned, open_now,
        href=f"/scan?task=pack:{number}" if open_now else None,
    ).drawn()  # fmt: skip


def pack_step(facts: BoardFacts) -> Step:
    return _packing("Pack", facts.leg_out, facts.out)


def _packing(name: str, leg: Leg, progress: Progress) -> Step:
    into = next((box.barcode for box in leg.boxes if box.sealed_at is None), None)
    below: Rich = ("into ", Ident(into, f"/containers/{into}")) if into else ""
    open_now = leg.state is ConsignmentState.OPEN
    return Counted(name, progress.wanted, progress.packed, leg.packed, open_now, below=below).drawn()


def seal_step(facts: BoardFacts) -> Step:
    leg = facts.leg_out
    sealed_at = [box.sealed_at for box in leg.boxes if box.sealed_at]
    times = Between(min(sealed_at), max(sealed_at)) if sealed_at else Between()
    all_packed = 0 < facts.out.wanted <= facts.out.packed
    found = Counted("Seal", len(leg.boxes), leg.sealed, times, open=bool(leg.boxes))
    if not leg.boxes:
        return step("Seal", Tone.NEUTRAL, "containers", Ticks(1, 0))
    return found.drawn(None if found.is_done and all_packed else Tone.BLUE if leg.sealed else Tone.NEUTRAL)


def sign_step(facts: BoardFacts) -> Step:
    return _signing("Carrier signs", facts.leg_out)


def _signing(name: str, leg: Leg) -> Step:
    if leg.number is None:
        return step(name, Tone.NEUTRAL, "both sides", Ticks(1, 0))
    count = Ident(leg.number, f"/consignments/{leg.number}")
    if leg.state in AFTER_RELEASE and leg.released_at:
        return step(name, Tone.GREEN, count, Ticks(1, 1), When(leg.released_at, WhenStyle.SHORT))
    if leg.is_dropped:
        return step(name, Tone.NEUTRAL, count, Ticks(1, 0), "cancelled")
    frozen = leg.state is ConsignmentState.FROZEN
    return step(name, Tone.AMBER if frozen else Tone.NEUTRAL, count, Ticks(1, 0), "waits" if frozen else "")


def acknowledge_step(facts: BoardFacts) -> Step:
    return _receipt("Vendor acknowledges", facts, facts.leg_out, facts.out)


def _receipt(name: str, facts: BoardFacts, leg: Leg, progress: Progress) -> Step:
    if progress.missing:
        missing = f"{progress.missing} missing"
        done = progress.wanted - progress.missing
        return step(name, Tone.RED, missing, Ticks(progress.wanted, done), at(leg.seen, done=True))
    if leg.state in AFTER_RECEIPT and leg.received_at:
        done = progress.wanted
        when = When(leg.received_at, WhenStyle.SHORT)
        return step(name, Tone.GREEN, f"{done} of {done}", Ticks(done, done), when)
    if leg.state is ConsignmentState.IN_TRANSIT and leg.due_at:
        tone = Tone.AMBER if leg.due_at < facts.now else Tone.BLUE
        due: Rich = ("due ", When(leg.due_at, WhenStyle.SHORT))
        return step(
            name, tone, f"{progress.seen} of {progress.wanted}", Ticks(progress.wanted, progress.seen), due
        )
    count = f"{progress.wanted} expected" if progress.wanted else "nothing"
    return step(name, Tone.NEUTRAL, count, Ticks(progress.wanted, 0))


def reconcile_step(facts: BoardFacts) -> Step:
    leg = facts.leg_out
    if leg.state is ConsignmentState.RECONCILED and leg.closed_at:
        return step("Reconcile", Tone.GREEN, "agreed", Ticks(1, 1), When(leg.closed_at, WhenStyle.SHORT))
    open_now = len(facts.discrepancies)
    if open_now:
        return step("Reconcile", Tone.RED, f"{open_now} open", Ticks(1, 0), "discrepancies", "#h-faults")
    waits = leg.state is ConsignmentState.RECEIVED
    return step(
        "Reconcile",
        Tone.AMBER if waits else Tone.NEUTRAL,
        "both sides",
        Ticks(1, 0),
        "waits" if waits else "",
    )


def recall_step(facts: BoardFacts) -> Step:
    return _packing("Recall packed", facts.leg_home, facts.home)


def home_sign_step(facts: BoardFacts) -> Step:
    return _signing("Signed", facts.leg_home)


def receive_step(facts: BoardFacts) -> Step:
    return _receipt("Received", facts, facts.leg_home, facts.home)


def unpack_step(facts: BoardFacts) -> Step:
    leg, progress = facts.leg_home, facts.home
    open_now = leg.state is ConsignmentState.RECEIVED
    return Counted(
        "Unpacked", progress.wanted - progress.missing, progress.unpacked, leg.unpacked, open_now,
        href=f"/scan?task=unpack:{leg.number}" if open_now else None,
    ).drawn()  # fmt: skip


def load_step(facts: BoardFacts) -> Step:
    progress = facts.home
    found = Counted(
        "Loaded", progress.wanted - progress.missing, progress.loaded, facts.leg_home.loaded, open=True
    )
    return found.drawn() if found.is_done else _asked(found, facts.loading)


Make = Callable[[BoardFacts], Step]
OUT: tuple[Make, ...] = (
    plan_step, approve_step, eject_step, scan_step, pack_step, seal_step, sign_step, acknowledge_step, reconcile_step,
)  # fmt: skip
HOME: tuple[Make, ...] = (recall_step, home_sign_step, receive_step, unpack_step, load_step)
