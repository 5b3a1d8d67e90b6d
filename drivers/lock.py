"""A lock between processes that dies with its owner."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from drivers.errors import BackendUnavailableError, DeviceBusyError

POLL_S = 0.02


class ProcessLock:
    """flock on `path` (a lock file, or the device node itself); re-entrant within this object.

    Not for several threads: every device belongs to one thread.
    """

    def __init__(self, path: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path, self._monotonic = path, monotonic
        self._depth, self._fd = 0, -1

    @contextlib.contextmanager
    def held(self, *, deadline_s: float) -> Iterator[None]:
        if self._depth == 0:
            self._take(deadline_s)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                os.close(self._fd)

    def _take(self, deadline_s: float) -> None:
        end = self._monotonic() + deadline_s
        fd = self._open()
        while not _try_lock(fd):
            if self._monotonic() >= end:
                os.close(fd)
                raise DeviceBusyError(f"another process holds {self._path}")
            time.sleep(POLL_S)
        self._fd = fd

    def _open(self) -> int:
        flags = os.O_CLOEXEC | os.O_NONBLOCK | (os.O_RDWR if self._path.exists() else os.O_RDWR | os.O_CREAT)
        try:
            return os.open(self._path, flags, 0o666)
        except OSError as error:
            raise BackendUnavailableError(f"{self._path}: {error.strerror}") from error


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
