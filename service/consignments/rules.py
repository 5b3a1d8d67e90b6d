"""What a consignment may do in which state, and what the receiving end concludes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from service.consignments.models import ConsignmentState, Direction, LineState, SealOutcome
from service.errors import ForbiddenError, InvalidInputError, RefusedError, StateError
from service.handlers.rules import Permission
from service.parties.models import PartyKind

ACTS: Mapping[str, frozenset[ConsignmentState]] = {
    "packed": frozenset({ConsignmentState.OPEN}),
    "frozen": frozenset({ConsignmentState.OPEN}),
    "cancelled": frozenset({ConsignmentState.OPEN, ConsignmentState.FROZEN}),
    "dispatched": frozenset({ConsignmentState.FROZEN}),
    "received": frozenset({ConsignmentState.IN_TRANSIT}),
    "unpacked": frozenset({ConsignmentState.RECEIVED}),
    "closed": frozenset({ConsignmentState.RECEIVED}),
}

LONGEST_TRANSIT = timedelta(days=30)
STILL_TO_PACK = frozenset({LineState.WANTED, LineState.SCANNED})


class ConsignmentStateError(StateError):
    title = "Consignment is in another state"

    def __init__(self, number: str, state: ConsignmentState, act: str) -> None:
        super().__init__(
            f"{number} is {state.value.replace('_', ' ')}; it cannot be {act} now. Nothing was changed.",
            next_step="Open the consignment to see what comes next.",
            consignment=number,
            state=state.value,
        )


class NotReadyError(RefusedError):
    title = "Not ready"


class OtherPartyError(ForbiddenError):
    """Without `party` for who may not even know whose it is."""

    title = "Another party's consignment"

    def __init__(self, number: str, party: str = "") -> None:
        whose = party or "another party"
        super().__init__(
            f"This step of {number} belongs to {whose}. Nothing was changed.",
            next_step=f"Somebody of {whose} has to do it.",
        )


def check_act(number: str, state: ConsignmentState, act: str) -> None:
    if state not in ACTS[act]:
        raise ConsignmentStateError(number, state, act)


def check_packed(number: str, wanted: Iterable[str], unsealed: Iterable[str], pieces: int) -> None:
    """A manifest is frozen when every line is packed or skipped and every container is sealed."""
    missing, open_containers = list(wanted), list(unsealed)
    if missing:
        raise NotReadyError(
            f"{len(missing)} media of {number} are not packed: {_some(missing)}. The manifest was not frozen.",
            next_step="Pack them, or skip them with a reason.",
        )
    if open_containers:
        raise NotReadyError(
            f"{', '.join(open_containers)} of {number} are not sealed. The manifest was not frozen.",
            next_step="Seal them.",
        )
    if not pieces:
        raise NotReadyError(
            f"{number} holds nothing. The manifest was not frozen.", next_step="Pack a medium, or cancel it."
        )


def check_may_leave(
    number: str, astray: Sequence[str], unlisted: Sequence[str], on_hold: Sequence[str]
) -> None:
    """The list says what is inside, and nothing leaves that a hold keeps here."""
    if astray:
        raise NotReadyError(
            f"{_some(astray)} of {number} is on record outside its container. Nothing was released.",
            next_step="Look where it is, and pack it again.",
        )
    if unlisted:
        raise NotReadyError(
            f"{_some(unlisted)} is in a container of {number} and not on its list. Nothing was released.",
            next_step="Take it out.",
        )
    if on_hold:
        raise NotReadyError(
            f"A hold forbids the release of {_some(on_hold)}. Nothing was released.",
            next_step="Take it out, or let the hold be released.",
        )


def _some(barcodes: Sequence[str]) -> str:
    return ", ".join(barcodes[:5]) + (" …" if len(barcodes) > 5 else "")  # noqa: PLR2004 - as many as fit a sentence


def check_due(due_at: datetime, now: datetime) -> None:
    if due_at.tzinfo is None or not now < due_at <= now + LONGEST_TRANSIT:
        told = f"Choose a time from now on, at most {LONGEST_TRANSIT.days} days ahead."
        raise InvalidInputError(
            "The consignment cannot be due then. Nothing was dispatched.", fields={"due_at": told}
        )


def direction_of(giver: PartyKind, taker: PartyKind) -> Direction:
    """Out goes from us to a vendor, home comes from a vendor to us."""
    ways = {
        (PartyKind.ORGANISATION, PartyKind.VAULT_VENDOR): Direction.OUT,
        (PartyKind.VAULT_VENDOR, PartyKind.ORGANISATION): Direction.HOME,
    }
    found = ways.get((giver, taker))
    if found is None:
        told = "A consignment goes from one of our places to a vendor's, or from a vendor's to ours."
        raise InvalidInputError(f"{told} Nothing was opened.", fields={"to_location_id": told})
    return found


class Duty(StrEnum):
    """What a person does for a consignment; who may do which follows from its direction."""

    ARRANGE = "arrange"  # open by hand, want more media, cancel
    PACK = "pack"  # choose, seal and open containers, freeze
    SKIP = "skip"
    RELEASE = "release"
    RECEIVE = "receive"
    CLOSE = "close"


class End(StrEnum):
    FROM = "from"
    TO = "to"


def end_of(duty: Duty, direction: Direction) -> End:
    """At which end the people stand who do it; arranging and closing are always ours."""
    match duty:
        case Duty.PACK | Duty.SKIP | Duty.RELEASE:
            return End.FROM
        case Duty.RECEIVE:
            return End.TO
        case Duty.ARRANGE | Duty.CLOSE:
            return End.FROM if direction is Direction.OUT else End.TO
        case _:
            assert_never(duty)


def permission_for(duty: Duty, direction: Direction) -> Permission:
    out = direction is Direction.OUT
    match duty:
        case Duty.ARRANGE:
            return Permission.PACK if out else Permission.RECALL
        case Duty.PACK:
            return packing_permission(direction)
        case Duty.SKIP:
            return Permission.SKIP_STEP if out else Permission.ACKNOWLEDGE
        case Duty.RELEASE:
            return releasing_permission(direction)
        case Duty.RECEIVE:
            return receiving_permission(direction)
        case Duty.CLOSE:
            return Permission.RELEASE if out else Permission.RECEIVE
        case _:
            assert_never(duty)


def packing_permission(direction: Direction) -> Permission:
    """Who packs and releases: our handlers on the way out, the vendor's custodian on the way home."""
    return Permission.PACK if direction is Direction.OUT else Permission.ACKNOWLEDGE


def releasing_permission(direction: Direction) -> Permission:
    return Permission.RELEASE if direction is Direction.OUT else Permission.ACKNOWLEDGE


def receiving_permission(direction: Direction) -> Permission:
    return Permission.ACKNOWLEDGE if direction is Direction.OUT else Permission.RECEIVE


def judge_seal(declared: str | None, seen: str) -> SealOutcome:
    return (
        SealOutcome.INTACT
        if declared is not None and seen.strip().upper() == declared
        else SealOutcome.MISMATCH
    )


def received_state(
    state: LineState, container_outcome: SealOutcome | None, *, container_seen: bool
) -> LineState:
    """What becomes of a packed line at receipt: scanned itself, or in a container that came with its seal intact."""
    if state is not LineState.PACKED:
        return state
    by_container = container_seen and container_outcome is SealOutcome.INTACT
    return LineState.MATCHED if by_container else LineState.MISSING


def check_reconciled(number: str, open_discrepancies: int, still_packed: int) -> None:
    if open_discrepancies:
        raise NotReadyError(
            f"{number} has {open_discrepancies} open discrepancies. It was not closed.",
            next_step="Resolve each with a reason.",
        )
    if still_packed:
        raise NotReadyError(
            f"{still_packed} media of {number} are not unpacked. It was not closed.", next_step="Unpack them."
        )
