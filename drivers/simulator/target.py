"""The virtual library as a SCSI target: command blocks in, data, status and sense out."""

import time
from collections.abc import Callable
from pathlib import Path

from drivers.scsi import cdb
from drivers.scsi.cdb import DeviceType, Layout
from drivers.scsi.exchange import HostStatus, Sense, Status
from drivers.scsi.sense import encode_fixed_sense
from drivers.scsi.sense_table import SenseKey
from drivers.simulator import changer_unit, tape_unit
from drivers.simulator.call import Call, Handler, Steps
from drivers.simulator.common_pages import SMALL_COMMAND_S, opcode_list
from drivers.simulator.drive_view import check_ready
from drivers.simulator.faults import active, consume
from drivers.simulator.folder import Folder
from drivers.simulator.reply import UNKNOWN_COMMAND, RefusedError, Reply, check_condition, refuse
from drivers.simulator.robot import catch_up

CHANGER_UNIT = 0
FOREVER = float("inf")
NO_SUCH_UNIT = Sense(SenseKey.ILLEGAL_REQUEST, 0x25, 0x00)
NO_SENSE = encode_fixed_sense(Sense(0, 0, 0))
# These are answered whatever happened, and leave unit attentions queued.
EXEMPT = frozenset({cdb.INQUIRY, cdb.REPORT_LUNS, cdb.REQUEST_SENSE})
STRIKES_STATUS = {"busy": Status.BUSY, "reserved": Status.RESERVATION_CONFLICT}


class SimulatedLibrary:
    """One process' way to a virtual library; any number of initiators and logical units."""

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = Folder(path)
        self._now, self._sleep = now, sleep

    def execute(
        self, initiator: str, unit: int, block: bytes, data_out: bytes = b"", *, timeout_s: float = FOREVER
    ) -> Reply:
        """Blocks as long as the device would, at most `timeout_s`; the robot then goes on alone.

        Data is cut to the block's allocation length.
        """
        with self.folder.locked():
            if catch_up(self.folder, self._now()):
                self.folder.save()
            result = self._begin(initiator, unit, block, data_out)
        left_s = timeout_s
        while not isinstance(result, Reply):
            with self.folder.locked():
                outcome = _advance(result)
            if isinstance(outcome, Reply):
                return outcome
            wait_s = max(0.0, outcome)  # a late answer leaves no time to wait
            self._sleep(min(wait_s, left_s))
            left_s -= wait_s
            if left_s <= 0:
                return Reply(host_status=HostStatus.TIME_OUT)
        return result

    def units(self) -> int:
        with self.folder.locked() as state:
            return 1 + len(state.drives)

    def _begin(self, initiator: str, unit: int, block: bytes, data_out: bytes) -> Reply | Steps:
        device = self._device(unit)
        layout = cdb.find_layout(device, block) if device is not None else None
        if device is None or layout is None:
            return _answer_unknown(device, block)
        try:
            call = Call(self.folder, initiator, unit, block, layout.decode(block), data_out, self._now)
            return self._dispatch(call, layout, device)
        except RefusedError as refused:
            return check_condition(refused.sense, refused.data)

    def _device(self, unit: int) -> DeviceType | None:
        if unit == CHANGER_UNIT:
            return DeviceType.CHANGER
        return DeviceType.TAPE if 1 <= unit <= len(self.folder.state.drives) else None

    def _dispatch(self, call: Call, layout: Layout, device: DeviceType) -> Reply | Steps:
        if layout not in EXEMPT:
            status = _struck_status(call)
            if status is not None:
                return Reply(status=status)
            _check_attention(call)
        handlers, needs_ready, require = UNITS[device]
        handler = handlers.get(layout) or COMMON.get(layout)
        if handler is None:
            return check_condition(UNKNOWN_COMMAND)
        if layout in needs_ready:
            require(call)
        try:
            return _cut(handler(call), call)
        finally:
            if layout in tape_unit.MOVES_TAPE:
                self.folder.save_heads()


UNITS = {
    DeviceType.CHANGER: (changer_unit.HANDLERS, changer_unit.NEEDS_READY, changer_unit.check_ready),
    DeviceType.TAPE: (tape_unit.HANDLERS, tape_unit.NEEDS_READY, check_ready),
}


def _cut(result: Reply | Steps, call: Call) -> Reply | Steps:
    alloc = call.fields.get("alloc")
    if not isinstance(result, Reply) or alloc is None or len(result.data) <= alloc:
        return result
    return Reply(result.data[:alloc], result.status, result.sense)


def _advance(steps: Steps) -> Reply | float:
    try:
        return next(steps)
    except StopIteration as done:
        reply: Reply = done.value
        return reply
    except RefusedError as refused:
        return check_condition(refused.sense, refused.data)


def _answer_unknown(device: DeviceType | None, block: bytes) -> Reply:
    """An absent logical unit still answers INQUIRY, saying that nothing is there."""
    if device is None and block[:1] == bytes((cdb.INQUIRY.opcode,)):
        return Reply(bytes((0x7F, 0, 5, 2, 31)).ljust(36, b"\0"))
    return check_condition(UNKNOWN_COMMAND if device is not None else NO_SUCH_UNIT)


def _struck_status(call: Call) -> int | None:
    for fault, status in STRIKES_STATUS.items():
        wanted = active(call.state, fault) or {}
        if wanted.get("only_moves") and call.cdb[0] != cdb.MOVE_MEDIUM.opcode:
            continue
        if consume(call.state, fault) is not None:
            call.folder.save()
            return status
    return None


def _check_attention(call: Call) -> None:
    if call.initiator not in call.state.attentions:
        call.state.attentions[call.initiator] = {}
        call.folder.save()
    event = call.state.next_attention(call.initiator, call.unit)
    if event is not None:
        call.folder.save()
        raise refuse(f"6/{event[0]:02X}/{event[1]:02X}")


def _request_sense(call: Call) -> Reply:
    event = call.state.next_attention(call.initiator, call.unit)
    if event is None:
        return Reply(NO_SENSE)
    call.folder.save()
    return Reply(encode_fixed_sense(Sense(SenseKey.UNIT_ATTENTION, *event)))


def _report_luns(call: Call) -> Reply:
    units = range(1 + len(call.state.drives))
    body = b"".join(bytes((0, unit)) + bytes(6) for unit in units)
    return Reply(len(body).to_bytes(4, "big") + bytes(4) + body)


def _report_opcodes(call: Call) -> Reply:
    handlers = UNITS[DeviceType.CHANGER if call.unit == CHANGER_UNIT else DeviceType.TAPE][0]
    layouts: list[Layout] = [*COMMON, *handlers]
    return Reply(opcode_list({layout: TIMEOUTS_S.get(layout, SMALL_COMMAND_S) for layout in layouts}))


TIMEOUTS_S = changer_unit.TIMEOUTS_S | tape_unit.TIMEOUTS_S
COMMON: dict[Layout, Handler] = {
    cdb.REQUEST_SENSE: _request_sense,
    cdb.REPORT_LUNS: _report_luns,
    cdb.REPORT_OPCODES: _report_opcodes,
}
