"""What a consignment may do in which state, and what the receiving end concludes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.consignments.models import ConsignmentState, Direction, LineState, SealOutcome
from service.errors import RefusedError, StateError
from service.handlers.rules import Permission

ACTS: Mapping[str, frozenset[ConsignmentState]] = {
    "packed": frozenset({ConsignmentState.OPEN}),
    "frozen": frozenset({ConsignmentState.OPEN}),
    "cancelled": frozenset({ConsignmentState.OPEN, ConsignmentState.FROZEN}),
    "dispatched": frozenset({ConsignmentState.FROZEN}),
    "received": frozenset({ConsignmentState.IN_TRANSIT}),
    "unpacked": frozenset({ConsignmentState.RECEIVED}),
    "closed": frozenset({ConsignmentState.RECEIVED}),
}

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


class OtherPartyError(RefusedError):
    title = "Another party's consignment"

    def __init__(self, number: str, party: str) -> None:
        super().__init__(
            f"This step of {number} belongs to {party}. Nothing was changed.",
            next_step=f"Somebody of {party} has to do it.",
        )


def check_act(number: str, state: ConsignmentState, act: str) -> None:
    if state not in ACTS[act]:
        raise ConsignmentStateError(number, state, act)


def check_packed(number: str, wanted: Iterable[str], unsealed: Iterable[str], pieces: int) -> None:
    """A manifest is frozen when every line is packed or skipped and every container is sealed."""
    missing, open_containers = list(wanted), list(unsealed)
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")  # noqa: PLR2004 - as many as fit a sentence
        raise NotReadyError(
            f"{len(missing)} media of {number} are not packed: {shown}. The manifest was not frozen.",
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


@dataclass(frozen=True, slots=True)
class Ends:
    """The parties at the two ends of a consignment and its carrier."""

    from_party: str
    carrier: str
    to_party: str


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
