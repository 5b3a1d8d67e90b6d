"""The robot: one move through its phases, with everything that can go wrong in each."""

import os
import signal
from collections.abc import Generator

from drivers.changer.model import ElementType
from drivers.scsi.exchange import HostStatus, Status
from drivers.simulator import drive_bay
from drivers.simulator.call import Call, Steps
from drivers.simulator.elements import is_removed, shown_type, transport_address, type_of
from drivers.simulator.faults import PHASES, active, consume
from drivers.simulator.folder import Folder
from drivers.simulator.reply import GOOD, INVALID_FIELD, Reply, refuse
from drivers.simulator.state import Cartridge, LibraryState, Motion

BUSY = Reply(status=Status.BUSY)
BLOCK_POLL_S = 0.02
BLOCKED_S = 3600.0
LOAD_FAILED, JAMMED = "4/53/00", "4/15/01"
STUCK, PLACED, PUT_BACK, ELSEWHERE = "stuck", "placed", "put-back", "elsewhere:"
PICKED_AT, PLACED_AT = 1 / 3, 2 / 3  # of the time a move takes


def move_medium(call: Call) -> Steps:
    state, src, dst = call.state, call.fields["source"], call.fields["destination"]
    if state.motion is not None:
        return BUSY
    cartridge = _checked(call, src, dst)
    struck = consume(state, "attention-on-move")
    if struck is not None:
        call.folder.save()
        raise refuse(f"6/{struck['asc']:02X}/{struck['ascq']:02X}")
    reply = yield from _phases(call, cartridge, dst)
    return reply


def _checked(call: Call, src: int, dst: int) -> Cartridge:
    """The medium to move; refused where any clear reason forbids it."""
    folder, state = call.folder, call.state
    for address in (src, dst):
        if shown_type(state, folder.definition, address) is None:
            raise refuse("5/21/01")
        if is_removed(state, address):
            raise refuse("5/3B/11")
    if type_of(folder.definition, dst) is ElementType.TRANSPORT or src == dst:
        raise refuse(INVALID_FIELD)
    cartridge = state.at(src)
    if cartridge is None:
        raise refuse("5/3B/0E")
    if state.at(dst) is not None:
        raise refuse("5/3B/0D")
    _check_held(folder, state, src)
    return cartridge


def _check_held(folder: Folder, state: LibraryState, src: int) -> None:
    hand = transport_address(folder.definition)
    if src != hand and state.at(hand) is not None:
        raise refuse("5/3B/A0")
    foreign = active(state, "foreign-partition")
    if foreign is not None and foreign["address"] == src:
        raise refuse(foreign["sense"])
    if active(state, "removal-prevented") is not None:
        raise refuse("5/53/02")
    drive = state.drive_at(src)
    if drive is not None:
        drive_bay.check_release(state, drive)


def _phases(call: Call, cartridge: Cartridge, dst: int) -> Steps:
    """Walk through the phases; a fault that strikes ends the move with its own reply."""
    folder, duration = call.folder, _duration(call.state)
    serial, src = cartridge.serial, cartridge.place
    assert src is not None
    reply = yield from _strike(call, serial, PHASES[0])
    if reply is not None:
        return reply
    start = call.now()
    ends, answer = _ending(call.state, dst)
    motion = Motion(serial, src, dst, start + duration * PICKED_AT, start + duration * PLACED_AT, ends)
    folder.state.motion = motion
    for phase, until in zip(PHASES[1:], _moments(motion, start + duration), strict=True):
        if until > call.now():
            folder.save()
            yield until - call.now()
        _reach(folder, serial, phase, call.now())
        reply = yield from _strike(call, serial, phase)
        if reply is not None:
            return reply
    return _finish(call, answer)


def _moments(motion: Motion, end: float) -> tuple[float, float, float]:
    return motion.picks_at, motion.places_at, end


def _duration(state: LibraryState) -> float:
    slow = active(state, "slow-motion")
    return float(slow["seconds"]) if slow else state.move_s


def _ending(state: LibraryState, dst: int) -> tuple[str, Reply | str]:
    """How the robot's part ends, and the answer: a reply, or sense to refuse with."""
    wrong = consume(state, "wrong-place")
    if wrong is not None:
        return f"{ELSEWHERE}{wrong['address']}", GOOD
    if state.drive_at(dst) is not None and consume(state, "load-fails") is not None:
        return "unloaded", LOAD_FAILED
    if state.drive_at(dst) is not None and consume(state, "fast-load") is not None:
        return "unloaded", GOOD
    return PLACED, GOOD


def _reach(folder: Folder, serial: str, phase: str, now: float) -> None:
    """Bring the world to this phase, whatever the clock says."""
    state = folder.state
    if phase == PHASES[-1]:
        catch_up(folder, float("inf"))
    elif state.motion is not None:
        state.cartridges[serial].place = transport_address(folder.definition)
        drive_bay.empty(state, state.motion.src, now)


def catch_up(folder: Folder, now: float) -> bool:
    """Let a robot whose host went away get on with its move; True when something changed."""
    state, motion = folder.state, folder.state.motion
    if motion is None or now < motion.picks_at:
        return False
    cartridge, hand = state.cartridges[motion.cartridge], transport_address(folder.definition)
    if now < motion.places_at:
        changed = cartridge.place != hand
        cartridge.place = hand
        return changed
    drive_bay.empty(state, motion.src, motion.picks_at)
    _put_down(folder, cartridge, motion)
    state.motion = None
    state.moves_done += 1
    return True


def _put_down(folder: Folder, cartridge: Cartridge, motion: Motion) -> None:
    match motion.ends.partition(":"):
        case ("stuck", _, _):
            cartridge.place = transport_address(folder.definition)
        case ("put-back", _, _):
            cartridge.place = motion.src
        case ("elsewhere", _, address):
            cartridge.place, cartridge.source = int(address), motion.src
        case ("unloaded", _, _):
            cartridge.place, cartridge.source = motion.dst, motion.src
            _refuse_load(folder.state, motion.dst)
        case _:
            _place(folder, cartridge, motion)


def _refuse_load(state: LibraryState, address: int) -> None:
    drive = state.drive_at(address)
    if drive is not None:
        drive.seated, drive.refusal = True, LOAD_FAILED


def _place(folder: Folder, cartridge: Cartridge, motion: Motion) -> None:
    state = folder.state
    if type_of(folder.definition, motion.src) is not ElementType.TRANSPORT:
        cartridge.source = motion.src
    cartridge.place = motion.dst
    drive = state.drive_at(motion.dst)
    if drive is not None:
        drive_bay.seat(state, drive, cartridge, motion.places_at)
    is_mail_slot = type_of(folder.definition, motion.dst) is ElementType.IMPORT_EXPORT
    if is_mail_slot and active(state, "export-immediate") is not None:
        cartridge.place = None


def _finish(call: Call, answer: Reply | str) -> Reply:
    _raise_attention_after(call)
    call.folder.save()
    if isinstance(answer, str):
        raise refuse(answer)
    return answer


def _strike(call: Call, serial: str, phase: str) -> Generator[float, None, Reply | None]:
    """Whatever was switched on for this phase; None when the move goes on."""
    state = call.state
    killed = consume(state, "kill-process", phase=phase)
    if killed is not None:
        _leave_robot(call, str(killed["then"]))
        os.kill(os.getpid(), signal.SIGKILL)
    yield from _block(call, phase)
    if consume(call.state, "jam", phase=phase) is not None:
        _stop_robot(call)
        raise refuse(JAMMED)
    if consume(call.state, "put-back", phase=phase) is not None:
        _put_back(call, serial)
        raise refuse(LOAD_FAILED)
    late = consume(call.state, "timeout", phase=phase)
    if late is not None:
        _leave_to_finish(call, serial, float(late["finishes_after_s"]))
        return Reply(host_status=HostStatus.TIME_OUT)
    if consume(call.state, "lost-status", phase=phase) is not None:
        _stop_robot(call)
        return Reply(host_status=HostStatus.ERROR)
    return None


def _block(call: Call, phase: str) -> Generator[float, None, None]:
    """Robot and host both stand still; a host that is killed meanwhile leaves the robot so."""
    while (fault := active(call.state, "block-process")) and fault["phase"] == phase:
        if call.state.motion is not None:
            call.state.motion.places_at = call.now() + BLOCKED_S
        call.folder.save()
        yield BLOCK_POLL_S


def _stop_robot(call: Call) -> None:
    """The robot stands still where this phase has it."""
    call.state.motion = None
    _raise_attention_after(call)
    call.folder.save()


def _put_back(call: Call, serial: str) -> None:
    """However far it came: the library's own recovery returns the medium."""
    drive_bay.empty(call.state, call.fields["destination"], call.now())
    call.state.cartridges[serial].place = call.fields["source"]
    _stop_robot(call)


def _raise_attention_after(call: Call) -> None:
    after = consume(call.state, "attention-after-move")
    if after is not None:
        call.state.raise_attention(call.unit, after["asc"], after["ascq"])


def _leave_robot(call: Call, then: str) -> None:
    """What the robot does once its host is gone: it stays, finishes, or returns the medium."""
    state, motion = call.state, call.state.motion
    if then == "stays" or motion is None:
        state.motion = None
    else:
        motion.picks_at = motion.places_at = call.now()
        motion.ends = PUT_BACK if then == "returns" else PLACED
    _raise_attention_after(call)
    call.folder.save()


def _leave_to_finish(call: Call, serial: str, after_s: float) -> None:
    state = call.state
    if after_s < 0:
        state.motion = None
    elif state.motion is None and state.cartridges[serial].place != call.fields["destination"]:
        end = call.now() + after_s
        state.motion = Motion(serial, call.fields["source"], call.fields["destination"], end, end)
    elif state.motion is not None:
        state.motion.places_at = call.now() + after_s
    _raise_attention_after(call)
    call.folder.save()
