"""A job's panel as people see it, on the run's page and on the library's: what is done, how far, what comes next."""

from service.devices.models import JobKind, JobState
from service.devices.outlook import Outlook
from service.devices.panel import EjectPanel, MailSlotPicture, MailSlotState, ToldAndSeen
from service.devices.rules import REFUSED
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    Ident,
    Method,
    Part,
    Refresh,
    Rich,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.run import Live, MailSlot, Told

TONES = {
    JobState.QUEUED: Tone.NEUTRAL,
    JobState.RUNNING: Tone.BLUE,
    JobState.WAITING: Tone.AMBER,
    JobState.NEEDS_OPERATOR: Tone.RED,
    JobState.DONE: Tone.GREEN,
    JobState.FAILED: Tone.RED,
    JobState.CANCELLED: Tone.NEUTRAL,
}
DOING = {
    JobKind.INVENTORY: "Taking inventory.",
    JobKind.EJECT: "Ejecting.",
    JobKind.LOAD: "Loading what came home.",
    JobKind.MOVE: "Moving one medium.",
    JobKind.PRINT: "Printing labels.",
}
QUEUED = {
    JobKind.INVENTORY: "A look at the library is queued.",
    JobKind.EJECT: "Ejecting is queued.",
    JobKind.LOAD: "Loading what came home is queued.",
    JobKind.MOVE: "A move is queued.",
    JobKind.PRINT: "Printing is queued.",
}
NOT_ALLOWED = "needs somebody who may operate the library"


def idle(refresh: Refresh | None = None) -> Live:
    """Nothing to say, but the place where it will be said."""
    return Live(Tone.NEUTRAL, "", "", refresh=refresh)


def live_of(panel: EjectPanel, *, may_operate: bool, refresh: Refresh | None = None) -> Live:
    """Acts are shown disabled, with the reason, to those who may not."""
    has_mail = panel.kind in {JobKind.EJECT, JobKind.LOAD}
    return Live(
        tone=Tone.AMBER if panel.paused else TONES[panel.state],
        say=_say(panel),
        next=_next(panel),
        mail=tuple(mail_slot(one) for one in panel.mail_slots) if has_mail else (),
        told=tuple(told(move) for move in panel.moves),
        acts=tuple(_acts(panel, may_operate=may_operate)),
        refresh=refresh,
    )


def _say(panel: EjectPanel) -> Rich:
    match panel.state:
        case JobState.RUNNING:
            return _under_way(panel)
        case JobState.QUEUED:
            return QUEUED[panel.kind]
        case JobState.DONE:
            return _done(panel)
        case JobState.CANCELLED:
            return "The job was cancelled."
        case JobState.WAITING | JobState.NEEDS_OPERATOR | JobState.FAILED:
            return _first_sentence(panel.sentence)[0]


def _first_sentence(text: str) -> tuple[str, str]:
    """What is large, and what stands under it."""
    first, _, rest = text.partition(". ")
    return (f"{first}." if rest else first), rest


def _under_way(panel: EjectPanel) -> Rich:
    move = panel.open_move
    if move is None:
        return DOING[panel.kind]
    on_its_way: tuple[Part, ...] = (Ident(move.barcode), " is on its way.")
    if panel.kind is not JobKind.EJECT:
        return on_its_way
    slots = len(panel.mail_slots)
    return (f"{panel.ejected} of {slots} mail slot{'s' if slots != 1 else ''} ejected. ", *on_its_way)


def _done(panel: EjectPanel) -> Rich:
    if panel.kind is JobKind.EJECT:
        return "Everything that could go out is out." if panel.left else "Everything is out."
    return "Done."


def _next(panel: EjectPanel) -> Rich:
    if panel.left:
        return tuple(part for barcode, why in panel.left for part in (Ident(barcode), f": {why}. "))
    if panel.state is not JobState.RUNNING:
        return _first_sentence(panel.sentence)[1]
    if panel.kind is not JobKind.EJECT:
        return ""
    batch = f"Batch {panel.batch} of {max(panel.batch, panel.batches)}."
    coming = next((one for one in panel.mail_slots if one.state is MailSlotState.NEXT), None)
    if coming is None or coming.barcode is None:
        return f"Then the library waits for you to empty the mail slots. {batch}"
    return (
        "Then ",
        Ident(coming.barcode),
        f" to mail slot {coming.number}. Then the library waits for you to empty the mail slots. {batch}",
    )


def mail_slot(one: MailSlotPicture) -> MailSlot:
    name = f"Mail slot {one.number}"
    barcode = Barcode(one.barcode, f"/media/{one.barcode}") if one.barcode else None
    match one.state:
        case MailSlotState.EMPTY:
            return MailSlot(name, None, Tone.NEUTRAL, "empty", waiting=True)
        case MailSlotState.NEXT:
            return MailSlot(name, barcode, Tone.NEUTRAL, f"next, from {one.source}", waiting=True)
        case MailSlotState.ARRIVING:
            age: tuple[Part, ...] = (", ", When(one.at, WhenStyle.AGE)) if one.at else ()
            return MailSlot(name, barcode, Tone.BLUE, (f"from {one.source}", *age), moving=True)
        case MailSlotState.EJECTED:
            at: tuple[Part, ...] = (" ", When(one.at, WhenStyle.SECOND)) if one.at else ()
            return MailSlot(name, barcode, Tone.GREEN, ("ejected", *at))
        case MailSlotState.FOREIGN:
            return MailSlot(name, barcode, Tone.AMBER, "not of this run")
        case MailSlotState.UNREAD:
            return MailSlot(name, None, Tone.AMBER, "label cannot be read")


def told(move: ToldAndSeen) -> Told:
    """What was told and what was seen never share a column."""
    return Told(When(move.told_at, WhenStyle.SECOND), f"{move.source} → {move.destination}", _seen(move))


def _seen(move: ToldAndSeen) -> Rich:
    barcode = Barcode(move.barcode, f"/media/{move.barcode}")
    if move.verdict is None:
        return (barcode, " ", Chip("moving", Tone.BLUE, Shape.BARE))
    if move.moved:
        return (barcode, " there")
    tone = Tone.AMBER if move.verdict == REFUSED else Tone.RED
    return (barcode, " ", Chip(move.verdict.replace("-", " "), tone, Shape.BARE))


def _acts(panel: EjectPanel, *, may_operate: bool) -> list[Act]:
    def act(label: str, verb: str, *, first: bool = False, note: str = "") -> Act:
        return Act(
            label, f"/jobs/{panel.job_id}/{verb}", Method.POST, enabled=may_operate,
            reason="" if may_operate else NOT_ALLOWED, first=first, note=note,
        )  # fmt: skip

    match panel.state:
        case JobState.WAITING:
            done = "I have emptied them" if panel.kind is JobKind.EJECT else "I have put them in"
            return [act(done, "look-now", first=True), act("Pause", "pause"), act("Cancel the job", "cancel")]
        case JobState.NEEDS_OPERATOR if panel.paused:
            return [act("Go on", "continue", first=True), act("Cancel the job", "cancel")]
        case JobState.NEEDS_OPERATOR:
            told = panel.outlook or Outlook("", "", "")
            return [
                act("Look again", "look-again", first=True, note=told.look_again),
                act("It is where the picture shows: go on", "continue", note=told.go_on),
                act("Give up", "cancel", note=told.give_up),
            ]
        case JobState.RUNNING:
            return [act("Pause after this move", "pause")]
        case JobState.QUEUED:
            return [act("Cancel the job", "cancel")]
        case _:
            return []
