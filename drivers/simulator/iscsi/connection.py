"""One TCP connection, which here is one session: login, commands, task management, the end.

The reader never executes a SCSI command: each logical unit has a worker, so that pings and task
management are answered while the robot moves.
"""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable

from drivers.errors import DeviceError
from drivers.scsi.exchange import HostStatus
from drivers.simulator.iscsi import login, task
from drivers.simulator.iscsi.negotiation import Terms
from drivers.simulator.iscsi.pdu import (
    FINAL,
    NO_TAG,
    Answer,
    MalformedError,
    Op,
    Pdu,
    encode_text,
    parse_text,
)
from drivers.simulator.iscsi.task import Task
from drivers.simulator.iscsi.wire import Wire
from drivers.simulator.reply import Reply

WINDOW = 32
MOST_UNANSWERED = 2
FUNCTION_COMPLETE, NO_SUCH_TASK, NOT_SUPPORTED = 0, 1, 5
REJECT_UNSUPPORTED, REJECT_PROTOCOL = 0x05, 0x04
MODULO = 1 << 32

Execute = Callable[[str, int, bytes, bytes], Reply]


class Connection:
    """`execute` runs one SCSI command for this session's nexus and blocks as long as it takes."""

    def __init__(self, sock: socket.socket, target: "login.TargetInfo", execute: Execute) -> None:
        self._wire, self._target, self._execute = Wire(sock), target, execute
        self._sending = threading.Lock()
        self._status_number = 0
        self._expected = 0
        self._transfer_tag = 0
        self._tasks: dict[int, Task] = {}
        self._workers: list[threading.Thread] = []
        self._queues: dict[int, queue.SimpleQueue[Task | None]] = {}
        self._unanswered_pings = 0
        self.terms = Terms()
        self.login = login.Login(target)

    @property
    def nexus(self) -> str:
        return self.login.nexus

    def serve(self) -> None:
        """Until the initiator leaves or breaks the rules."""
        try:
            while self._handle(self._next()):
                pass
        except (MalformedError, EOFError, OSError, DeviceError):
            pass
        finally:
            self._end()

    def wait_for_workers(self, until: float) -> None:
        """Until nothing of this session runs any more, or the monotonic clock says so."""
        for worker in self._workers:
            worker.join(max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """From another thread: the reader falls out of its wait."""
        self._wire.shut()

    def _end(self) -> None:
        for waiting in self._tasks.values():
            waiting.aborted = True
            waiting.ready.set()
        for pending in self._queues.values():
            pending.put(None)
        self._wire.close()
        if self.login.done:
            with contextlib.suppress(DeviceError):
                self._target.session_ended(self)

    def _next(self) -> Pdu:
        self._await_unit()
        return self._wire.receive()

    def _await_unit(self) -> None:
        """Where the target pings: an initiator that leaves two pings unanswered is gone."""
        if not (self.login.done and self._target.ping_s):
            return
        while self._wire.is_silent(self._target.ping_s):
            if self._unanswered_pings == MOST_UNANSWERED:
                raise EOFError
            self._unanswered_pings += 1
            self._transfer_tag = (self._transfer_tag + 1) % NO_TAG
            words = {16: NO_TAG, 20: self._transfer_tag}
            self.send(Answer(Op.NOP_IN, head=bytes(8), words=words, takes_number=False))

    def send(self, *answers: Answer) -> None:
        """Numbers are given and the bytes sent under one lock: they leave in the order of numbers."""
        with self._sending:
            whole = bytearray()
            for answer in answers:
                maximum = self._expected + WINDOW - 1
                parts = answer.encode(self._status_number, self._expected % MODULO, maximum % MODULO)
                whole += self._wire.sealed(*parts)
                self._status_number = (self._status_number + answer.takes_number) % MODULO
            self._wire.write(bytes(whole))

    def _handle(self, pdu: Pdu) -> bool:
        if not self.login.done:
            return self._handle_login(pdu)
        if pdu.op != Op.DATA_OUT:
            self._count(pdu)
        match pdu.op:
            case Op.SCSI_COMMAND:
                self._begin(pdu)
            case Op.DATA_OUT:
                self._take_data(pdu)
            case Op.NOP_OUT:
                self._answer_ping(pdu)
            case Op.TEXT:
                self._answer_text(pdu)
            case Op.TASK_MANAGEMENT:
                self._manage(pdu)
            case Op.LOGOUT:
                self.send(Answer(Op.LOGOUT_RESPONSE, words={16: pdu.task_tag}))
                return False
            case _:
                self._reject(pdu, REJECT_UNSUPPORTED)
        return True

    def _handle_login(self, pdu: Pdu) -> bool:
        if pdu.op != Op.LOGIN:
            raise MalformedError("a command before login")
        if not self.login.started:
            # Login itself consumes no command number; status numbers continue the initiator's.
            self._expected, self._status_number = pdu.command_number, pdu.word(28)
        answer = self.login.step(pdu)
        self.terms = self.login.terms
        if self.login.done:
            self._target.session_began(self)
        self.send(answer)
        if self.login.done:
            self._wire.begin_full_feature(self.terms)
        return not self.login.failed

    def _count(self, pdu: Pdu) -> None:
        """Commands come in order on one connection; a gap means that one of us is wrong."""
        if pdu.immediate:
            return
        if pdu.command_number != self._expected:
            raise MalformedError(f"command number {pdu.command_number} instead of {self._expected}")
        with self._sending:
            self._expected = (self._expected + 1) % MODULO

    def _begin(self, pdu: Pdu) -> None:
        if self.login.discovery:
            self._reject(pdu, REJECT_PROTOCOL)
            return
        new = task.task_of(pdu, self.terms)
        self._tasks[new.tag] = new
        self._worker(pdu.unit).put(new)
        if not new.ready.is_set() and not new.unsolicited:
            self._continue(new)

    def _worker(self, unit: int) -> "queue.SimpleQueue[Task | None]":
        if unit not in self._queues:
            self._queues[unit] = queue.SimpleQueue()
            worker = threading.Thread(target=self._work, args=(unit, self._queues[unit]), daemon=True)
            self._workers.append(worker)
            worker.start()
        return self._queues[unit]

    def _continue(self, waiting: Task) -> None:
        """Ask for the next burst, or let the worker have the task."""
        if waiting.complete:
            waiting.ready.set()
            return
        self._transfer_tag = (self._transfer_tag + 1) % NO_TAG
        self.send(task.ask_for_more(waiting, self.terms, self._transfer_tag))

    def _take_data(self, pdu: Pdu) -> None:
        waiting = self._tasks.get(pdu.task_tag)
        if waiting is not None and task.take_data(waiting, pdu):
            self._continue(waiting)

    def _work(self, unit: int, pending: "queue.SimpleQueue[Task | None]") -> None:
        while (current := pending.get()) is not None:
            current.ready.wait()
            if current.aborted:
                continue
            try:
                reply = self._execute(self.nexus, unit, current.pdu.cdb, bytes(current.received))
            except DeviceError:
                # The library's folder is gone or unreadable: there is nothing left to talk to.
                self.close()
                return
            self._finish(current, reply)

    def _finish(self, current: Task, reply: Reply) -> None:
        """An aborted task is answered by nobody, and neither is one whose answer got lost."""
        if reply.host_status != HostStatus.OK or current.aborted:
            return
        self._tasks.pop(current.tag, None)
        try:
            self.send(*task.answers(current, reply, self.terms))
        except OSError:
            self.close()

    def _answer_ping(self, pdu: Pdu) -> None:
        self._unanswered_pings = 0
        if pdu.task_tag != NO_TAG:
            words = {16: pdu.task_tag, 20: NO_TAG}
            self.send(Answer(Op.NOP_IN, head=pdu.header[8:16], words=words, data=pdu.data))

    def _answer_text(self, pdu: Pdu) -> None:
        offered = parse_text(pdu.data)
        found = self._target.listing(self._wire.local_address()) if "SendTargets" in offered else []
        words = {16: pdu.task_tag, 20: NO_TAG}
        self.send(Answer(Op.TEXT_RESPONSE, words=words, data=encode_text(found)))

    def _manage(self, pdu: Pdu) -> None:
        function = pdu.flags & 0x7F
        match function:
            case 1:
                found = self._abort(lambda t: t.tag == pdu.word(20))
                result = FUNCTION_COMPLETE if found else NO_SUCH_TASK
            case 2 | 4:
                self._abort(lambda t: t.pdu.unit == pdu.unit)
                result = FUNCTION_COMPLETE
            case 5:
                self._target.reset(pdu.unit)
                result = FUNCTION_COMPLETE
            case 6 | 7:
                self._target.reset(None)
                result = FUNCTION_COMPLETE
            case _:
                result = NOT_SUPPORTED
        self.send(Answer(Op.TASK_MANAGEMENT_RESPONSE, byte_2=result, words={16: pdu.task_tag}))

    def abort_unit(self, unit: int | None) -> None:
        self._abort(lambda t: unit is None or t.pdu.unit == unit)

    def _abort(self, concerned: Callable[[Task], bool]) -> bool:
        hit = [t for t in list(self._tasks.values()) if concerned(t)]
        for one in hit:
            one.aborted = True
            one.ready.set()
            self._tasks.pop(one.tag, None)
        return bool(hit)

    def _reject(self, pdu: Pdu, reason: int) -> None:
        self.send(Answer(Op.REJECT, flags=FINAL, byte_2=reason, words={16: NO_TAG}, data=pdu.header))
