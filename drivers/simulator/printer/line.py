"""The simulated printer in this process, as the ordinary driver sees it."""

import time
from pathlib import Path

from drivers.simulator.printer.machine import Machine
from drivers.simulator.printer.session import Session

POLL_S = 0.01


class SimulatedLine:
    def __init__(self, folder: Path) -> None:
        self._machine = Machine(folder)
        self._session = Session(self._machine)
        self._answer, self._reset = b"", False
        if self._session.refused:
            self._machine.close()
            raise ConnectionRefusedError("connection refused")

    def write(self, data: memoryview, *, timeout_s: float) -> int:
        end = time.monotonic() + timeout_s
        while True:
            self._check()
            taken = self._session.receive(bytes(data))
            self._answer += taken.answer
            self._reset = taken.reset
            if taken.count or time.monotonic() >= end:
                time.sleep(min(taken.pause_s, max(0.0, end - time.monotonic())))
                return taken.count
            time.sleep(POLL_S)

    def _check(self) -> None:
        if self._reset:
            raise ConnectionResetError("connection reset by peer")

    def read(self, *, timeout_s: float) -> bytes:
        self._check()
        if not self._answer:
            time.sleep(timeout_s)
        answer, self._answer = self._answer, b""
        return answer

    def waiting(self) -> int:
        return 0

    def finish(self, *, timeout_s: float) -> bool:
        assert timeout_s >= 0
        self._check()
        return True

    def close(self) -> None:
        self._session.end()
        self._machine.close()
