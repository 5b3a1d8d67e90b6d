"""The folder a simulated label printer lives in: shared between processes, safe against kill -9.

state.json             what it remembers
formats/000001.zpl     every format as it arrived
"""

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from drivers.errors import BackendUnavailableError
from drivers.simulator.printer.state import PrinterState, accept, print_on

STATE, LOCK, FORMATS = "printer.json", "lock", "formats"


def create(path: Path) -> None:
    """Make a printer in an empty or missing folder; leave an existing one alone."""
    try:
        (path / FORMATS).mkdir(parents=True, exist_ok=True)
        if not (path / STATE).exists():
            _replace(path / STATE, json.dumps(PrinterState().to_json()))
    except OSError as error:
        raise BackendUnavailableError(f"{path}: {error.strerror}") from error


def _replace(path: Path, text: str) -> None:
    temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


class Machine:
    """One process' view of the printer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / STATE).is_file():
            raise BackendUnavailableError(f"{path} holds no simulated printer")
        self._threads = threading.RLock()
        self._fd = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    @contextlib.contextmanager
    def changing(self) -> Iterator[PrinterState]:
        """The current state, alone; it is kept, and what can be printed is printed."""
        with self._threads:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                before = (self.path / STATE).read_text(encoding="utf-8")
                state = PrinterState.from_json(json.loads(before))
                yield state
                print_on(state)
                after = json.dumps(state.to_json())
                if after != before:
                    _replace(self.path / STATE, after)
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def take_format(self, state: PrinterState, data: bytes) -> None:
        self._format_path(accept(state, data)).write_bytes(data)
        print_on(state)

    def format(self, number: int) -> bytes:
        return self._format_path(number).read_bytes()

    def _format_path(self, number: int) -> Path:
        return self.path / FORMATS / f"{number:06}.zpl"

    def close(self) -> None:
        os.close(self._fd)
