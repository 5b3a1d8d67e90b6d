"""One SCSI command on its way through a session, and how its answer is cut into units. Pure."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from drivers.scsi.exchange import Status
from drivers.simulator.iscsi.negotiation import Terms
from drivers.simulator.iscsi.pdu import FINAL, NO_TAG, Answer, MalformedError, Op, Pdu
from drivers.simulator.reply import Reply

READS, WRITES = 0x40, 0x20
STATUS_FLAG, OVERFLOW, UNDERFLOW = 0x01, 0x04, 0x02


@dataclass
class Task:
    """`wanted` is the initiator's expected transfer length; data out is complete when `ready` is set."""

    pdu: Pdu
    wanted: int
    received: bytearray = field(default_factory=bytearray)
    ready: threading.Event = field(default_factory=threading.Event)
    aborted: bool = False
    unsolicited: bool = False
    transfer_tag: int = NO_TAG
    burst_end: int = 0
    r2t_number: int = 0

    @property
    def tag(self) -> int:
        return self.pdu.task_tag

    @property
    def reads(self) -> bool:
        return bool(self.pdu.flags & READS)

    @property
    def complete(self) -> bool:
        return len(self.received) >= self.wanted


def task_of(pdu: Pdu, terms: Terms) -> Task:
    """A task from a SCSI Command unit with its immediate data."""
    task = Task(pdu, pdu.word(20))
    if not pdu.flags & WRITES or task.wanted == 0:
        if pdu.data:
            raise MalformedError("data with a command that does not write")
        task.ready.set()
        return task
    if len(pdu.data) > min(terms.first_burst, task.wanted) or (pdu.data and not terms.immediate_data):
        raise MalformedError("more immediate data than agreed")
    task.received += pdu.data
    task.unsolicited = not pdu.final
    return task


def take_data(task: Task, pdu: Pdu) -> bool:
    """Add one Data-Out unit; True when this burst is over."""
    if pdu.word(40) != len(task.received) or len(task.received) + len(pdu.data) > task.wanted:
        raise MalformedError("data out of order or beyond the expected length")
    if pdu.transfer_tag != (NO_TAG if task.unsolicited else task.transfer_tag):
        raise MalformedError("data for a transfer nobody asked for")
    task.received += pdu.data
    return pdu.final


def ask_for_more(task: Task, terms: Terms, transfer_tag: int) -> Answer:
    """A Ready To Transfer for the next burst; it carries a status number without consuming it."""
    offset = len(task.received)
    task.unsolicited, task.transfer_tag = False, transfer_tag
    task.burst_end = min(offset + terms.max_burst, task.wanted)
    words = {16: task.tag, 20: transfer_tag, 36: task.r2t_number, 40: offset, 44: task.burst_end - offset}
    task.r2t_number += 1
    return Answer(Op.READY_TO_TRANSFER, head=task.pdu.header[8:16], words=words, takes_number=False)


def _residual(task: Task, length: int) -> tuple[int, int]:
    if length > task.wanted:
        return OVERFLOW, length - task.wanted
    return (UNDERFLOW, task.wanted - length) if length < task.wanted else (0, 0)


def answers(task: Task, reply: Reply, terms: Terms) -> Iterator[Answer]:
    """Data-In units and, where the last of them cannot carry it, the SCSI Response."""
    data = reply.data if task.reads else b""
    moved = len(data) if task.reads else len(task.received)
    flag, residual = _residual(task, moved)
    sent = data[: task.wanted]
    number = 0
    good = reply.status == Status.GOOD
    for number, answer in enumerate(_data_in(task, sent, terms), start=1):  # noqa: B007 - counts the units
        last = answer.words[40] + len(answer.data) == len(sent)
        if last and good:
            answer.flags |= STATUS_FLAG | FINAL | flag
            answer.words[44] = residual
            answer.carries_number = answer.takes_number = True
        yield answer
    if not (good and sent):
        yield _response(task, reply, flag, residual, number)


def _data_in(task: Task, data: bytes, terms: Terms) -> Iterator[Answer]:
    step = min(terms.their_segment, terms.max_burst)
    offset, in_burst, number = 0, 0, 0
    while offset < len(data):
        part = data[offset : offset + min(step, terms.max_burst - in_burst)]
        in_burst += len(part)
        over = in_burst >= terms.max_burst or offset + len(part) == len(data)
        words = {16: task.tag, 20: NO_TAG, 36: number, 40: offset}
        yield Answer(
            Op.DATA_IN,
            flags=FINAL if over else 0,
            head=task.pdu.header[8:16],
            words=words,
            data=part,
            takes_number=False,
            carries_number=False,
        )
        offset, number = offset + len(part), number + 1
        in_burst = 0 if over else in_burst


def _response(task: Task, reply: Reply, flag: int, residual: int, data_units: int) -> Answer:
    sense = len(reply.sense).to_bytes(2, "big") + reply.sense if reply.sense else b""
    return Answer(
        Op.SCSI_RESPONSE,
        flags=FINAL | flag,
        byte_3=reply.status,
        words={16: task.tag, 36: data_units + task.r2t_number, 44: residual},
        data=sense,
    )
