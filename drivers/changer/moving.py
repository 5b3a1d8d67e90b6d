"""One move: look, act once, look again, judge. And the judging alone, after a crash."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.changer.model import (
    Judgement,
    MoveFlag,
    MoveOutcome,
    MoveRequest,
    MoveVerdict,
    Snapshot,
)
from drivers.changer.recovery import judge
from drivers.errors import (
    CommandAbortedError,
    CommandTimeoutError,
    DeviceError,
    DuplicateTagError,
    ElementAddressInvalidError,
    ElementEmptyError,
    ElementFullError,
    IllegalRequestError,
    MediaRemovalPreventedError,
    MoveRefusedError,
    StaleSnapshotError,
    TransportError,
    UnexpectedMediumError,
)
from drivers.scsi.exchange import RawExchange, Sense

# Evidence is worth waiting for even when the caller's time is over.
LAST_LOOK_S = 120.0
STABLE_LOOKS = 10
# After these answers the device has not begun to move anything: one look is enough.
CLEAR_REFUSALS = (
    ElementEmptyError,
    ElementFullError,
    ElementAddressInvalidError,
    MediaRemovalPreventedError,
    IllegalRequestError,
)


@dataclass(frozen=True)
class Mover:
    """What a move needs from its changer.

    `send` makes the device move, once, whatever it answers. `settle` sleeps between two looks that
    must agree. `events` collects the unit attentions of every look after the command.
    """

    send: Callable[[MoveRequest], tuple[RawExchange, DeviceError | None]]
    look: Callable[[], Snapshot]
    wait: Callable[[], None]
    settle: Callable[[], None]
    export_is_immediate: bool
    events: list[Sense] = field(default_factory=list)


def move(request: MoveRequest, mover: Mover, before: Snapshot | None = None) -> MoveOutcome:
    before = before or mover.look()
    if is_already_there(request, before):
        return MoveOutcome(request, Judgement(MoveVerdict.ALREADY_THERE, request.dst), before, before)
    refuse(request, before)
    exchange, answer = mover.send(request)
    after, judgement = _look_after(request, before, mover, answer)
    evidence = _evidence(exchange, before, after)
    return MoveOutcome(request, judgement, before, after, evidence, answer, tuple(mover.events))


def recover(request: MoveRequest, before: Snapshot, mover: Mover) -> MoveOutcome:
    after, judgement = _look_until_stable(request, before, mover)
    evidence = after.raw if after else ()
    return MoveOutcome(request, judgement, before, after, evidence, None, tuple(mover.events))


def _evidence(sent: RawExchange, before: Snapshot, after: Snapshot | None) -> tuple[RawExchange, ...]:
    return (*before.raw, sent, *(after.raw if after else ()))


def is_already_there(request: MoveRequest, before: Snapshot) -> bool:
    places = before.by_tag.get(request.expect_tag, ()) if request.expect_tag else ()
    return [place.address for place in places] == [request.dst]


def refuse(request: MoveRequest, before: Snapshot) -> None:
    """Raise when what was seen forbids the move."""
    if not before.complete:
        raise MoveRefusedError("the library could not be read completely")
    if request.expect_before_digest not in {None, before.digest}:
        raise StaleSnapshotError(str(request.expect_before_digest), before.digest)
    _refuse_route(request, before)
    _refuse_occupancy(request, before)


def _refuse_route(request: MoveRequest, before: Snapshot) -> None:
    for address in (request.src, request.dst):
        state = before.by_address.get(address)
        if state is None or not state.installed:
            raise ElementAddressInvalidError(f"element {address}")
    kinds = tuple(before.by_address[a].type for a in (request.src, request.dst))
    moves = before.topology.moves
    if request.src == request.dst or (moves is not None and kinds not in moves):
        names = " to ".join(kind.name for kind in kinds)
        raise MoveRefusedError(f"the changer does not move from {names} ({request.src} to {request.dst})")


def _refuse_occupancy(request: MoveRequest, before: Snapshot) -> None:
    src, dst = before.by_address[request.src], before.by_address[request.dst]
    places = before.by_tag.get(request.expect_tag, ()) if request.expect_tag else ()
    if len(places) > 1 and request.expect_tag:
        raise DuplicateTagError(request.expect_tag, tuple(place.address for place in places))
    if not src.full:
        raise ElementEmptyError(f"element {src.address}")
    if src.tag_text != request.expect_tag:
        raise UnexpectedMediumError(src.address, request.expect_tag, src.tag_text)
    if dst.full:
        raise ElementFullError(
            f"element {dst.address} holds {dst.tag_text or 'a medium without a readable tag'}"
        )


def _look_after(
    request: MoveRequest, before: Snapshot, mover: Mover, answer: DeviceError | None
) -> tuple[Snapshot | None, Judgement]:
    if answer is None or isinstance(answer, CLEAR_REFUSALS):
        seen = _look_once(request, before, mover)
        expected = MoveVerdict.MOVED if answer is None else MoveVerdict.NOT_MOVED
        if seen is not None and seen[1].verdict is expected:
            return seen
    after, judgement = _look_until_stable(request, before, mover)
    if isinstance(answer, OUT_OF_TOUCH) and judgement.verdict in STILL_POSSIBLE:
        flags = judgement.flags | {MoveFlag.MAY_STILL_MOVE}
        judgement = replace(judgement, flags=flags)
    return after, judgement


# The host lost the command; the robot may still be at it.
OUT_OF_TOUCH = (CommandTimeoutError, TransportError, CommandAbortedError)
STILL_POSSIBLE = frozenset({MoveVerdict.NOT_MOVED, MoveVerdict.IN_TRANSPORT})


def _look_once(request: MoveRequest, before: Snapshot, mover: Mover) -> tuple[Snapshot, Judgement] | None:
    try:
        mover.wait()
        after = mover.look()
    except DeviceError:
        return None
    mover.events.extend(after.unit_attentions)
    return after, judge(request, before, after, export_is_immediate=mover.export_is_immediate)


def _look_until_stable(
    request: MoveRequest, before: Snapshot, mover: Mover
) -> tuple[Snapshot | None, Judgement]:
    """Two consecutive equal looks decide; the robot may go on moving after its host gave up."""
    previous: Snapshot | None = None
    for _ in range(STABLE_LOOKS):
        seen = _look_once(request, before, mover)
        if seen is not None and previous is not None and seen[0].digest == previous.digest:
            return seen
        previous = seen[0] if seen is not None else None
        mover.settle()
    flag = MoveFlag.NO_SNAPSHOT if previous is None else MoveFlag.NOT_STABLE
    return previous, Judgement(MoveVerdict.INDETERMINATE, flags=frozenset({flag}))
