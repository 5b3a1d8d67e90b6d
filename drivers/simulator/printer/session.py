"""One connection to the simulated printer: bytes in, answers out, with whatever fault is on."""

import re
from dataclasses import dataclass

from drivers.printer.host_status import QUERY, encode_host_status
from drivers.simulator.printer.machine import Machine
from drivers.simulator.printer.state import SILENCING, PrinterState, host_status

COMMAND = re.compile(rb"~HS|~JA|~PP|~PS|\^XA|\^XZ", re.IGNORECASE)
COMMAND_BEGUN = re.compile(rb"[~^][A-Z]?\Z", re.IGNORECASE)
SLOW_STEP_S = 0.05
FULL_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Taken:
    """`count` bytes were read, `answer` goes back; `pause_s` until it reads again; `reset`: it is gone."""

    count: int
    answer: bytes = b""
    pause_s: float = 0.0
    reset: bool = False


class Session:
    """Not for several threads. `_format` is the format that has begun, None between formats."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._begun = machine, b""
        with machine.changing() as state:
            self.refused = state.struck("unplugged")
            self._power_ons = state.power_ons
            self._format = bytearray(state.partial, "latin-1") if state.partial else None

    def receive(self, data: bytes) -> Taken:
        """Take as much as the printer would read now."""
        with self._machine.changing() as state:
            if self._is_cut(state):
                return Taken(0, reset=True)
            allowed, pause_s = _allowance(state, data)
            count, answer = self._read(state, data[:allowed])
            reset = self._breaks(state, data, count) or self._is_cut(state)
            full = FULL_PAUSE_S if count < allowed else 0.0
        return Taken(count, b"" if reset else answer, max(pause_s, full), reset)

    def _is_cut(self, state: PrinterState) -> bool:
        return state.struck("unplugged") or state.power_ons != self._power_ons

    def _breaks(self, state: PrinterState, data: bytes, count: int) -> bool:
        fault = state.faults.get("gone-mid-job")
        if fault is None or data == QUERY:
            return False
        fault["after_bytes"] -= count
        if fault["after_bytes"] > 0:
            return False
        del state.faults["gone-mid-job"]
        return True

    def _read(self, state: PrinterState, data: bytes) -> tuple[int, bytes]:
        """Command by command, until the data end, the buffer is full or power fails."""
        text, known, at, answer = self._begun + data, len(self._begun), 0, b""
        for found in COMMAND.finditer(text):
            if state.is_buffer_full() and found.group().upper() == b"^XZ":
                return self._stop(text, known, at, found.start()), answer
            self._keep(text[at : found.start()])
            answer += self._obey(state, found.group())
            at = found.end()
            if self._is_cut(state):
                return at - known, b""
        begun = COMMAND_BEGUN.search(text, at)
        end = begun.start() if begun else len(text)
        self._keep(text[at:end])
        self._begun = text[end:]
        return len(data), answer

    def _stop(self, text: bytes, known: int, at: int, end: int) -> int:
        """Before a format that finds no room: what stands before its end is in memory already."""
        self._keep(text[at:end])
        self._begun = text[end : max(end, known)]
        return max(end, known) - known

    def _keep(self, text: bytes) -> None:
        if self._format is not None:
            self._format += text

    def _obey(self, state: PrinterState, command: bytes) -> bytes:
        match command.upper():
            case b"^XA":
                if self._format is None:
                    self._format = bytearray()
                self._keep(command)
            case b"^XZ" if self._format is not None:
                self._keep(command)
                self._machine.take_format(state, bytes(self._format))
                self._format = None
            case b"~HS":
                return self._host_status(state)
            case b"~JA":
                self._format = None
                state.waiting.clear()
            case b"~PP":
                state.faults["paused"] = {}
            case b"~PS":
                state.faults.pop("paused", None)
        return b""

    def _host_status(self, state: PrinterState) -> bytes:
        state.answered += 1
        garbled = state.faults.get("garbled-status")
        silenced = "silent-when-stopped" in state.faults and any(map(state.struck, SILENCING))
        if "silent-status" in state.faults or silenced:
            return b""
        if garbled is not None:
            text: str = garbled["text"]
            return text.encode("latin-1", "replace")
        return encode_host_status(host_status(state, partial=self._format is not None))

    def end(self) -> None:
        """The connection is over; an unfinished format goes with it unless the printer keeps it."""
        with self._machine.changing() as state:
            if self._is_cut(state):
                return
            keeps = "keeps-partial-format" in state.faults
            state.partial = bytes(self._format or b"").decode("latin-1") if keeps else ""


def _allowance(state: PrinterState, data: bytes) -> tuple[int, float]:
    """How many of these bytes are read at once, and how long that takes."""
    allowed, pause_s = len(data), 0.0
    slow = state.faults.get("slow")
    if slow is not None:
        allowed = min(allowed, max(1, int(slow["bytes_per_s"] * SLOW_STEP_S)))
        pause_s = allowed / max(1, slow["bytes_per_s"])
    gone = state.faults.get("gone-mid-job")
    if gone is not None and data != QUERY:
        allowed = min(allowed, gone["after_bytes"])
    return allowed, pause_s
