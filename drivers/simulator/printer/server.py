"""The simulated printer on a TCP port, as a print server card would be: one connection after the other."""

import contextlib
import socket
import struct
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.errors import BackendUnavailableError
from drivers.simulator.printer.machine import Machine
from drivers.simulator.printer.session import Session

READ_BYTES = 16 * 1024
# Close by reset instead of by saying goodbye.
ABORT = struct.pack("ii", 1, 0)
SMALL_WINDOW_BYTES = 8 * 1024


class PrinterServer:
    """Listens from the start, serves from `start`, `serve_forever` or entering it as a context."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        self._machine = Machine(folder)
        self._closing = threading.Event()
        self._open: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._socket = _listen(host, port)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]

    @property
    def url(self) -> str:
        return f"tcp://{self.address[0]}:{self.address[1]}"

    def serve_forever(self) -> None:
        """Accept until `close`."""
        while not self._closing.is_set():
            try:
                self._open, _ = self._socket.accept()
            except OSError:
                return
            with self._open, contextlib.suppress(OSError):
                _converse(self._open, self._machine, self._closing)

    def start(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        self._closing.set()
        for sock in (self._socket, self._open):
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if self._thread is not None:
            self._thread.join()
        self._machine.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _listen(host: str, port: int) -> socket.socket:
    """With a small window: a printer that reads no further is felt after some kilobytes."""
    try:
        sock = socket.create_server((host, port))
    except OSError as error:
        raise BackendUnavailableError(f"{host}:{port}: {error.strerror}") from error
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW_BYTES)
    return sock


def _converse(sock: socket.socket, machine: Machine, closing: threading.Event) -> None:
    session = Session(machine)
    try:
        if session.refused:
            _abort(sock)
            return
        while not closing.is_set():
            data = sock.recv(READ_BYTES)
            if not data or not _feed(sock, session, data, closing):
                return
    finally:
        session.end()


def _feed(sock: socket.socket, session: Session, data: bytes, closing: threading.Event) -> bool:
    """False when the printer has gone away."""
    while data and not closing.is_set():
        taken = session.receive(data)
        data = data[taken.count :]
        if taken.reset:
            _abort(sock)
            return False
        if taken.answer:
            sock.sendall(taken.answer)
        time.sleep(taken.pause_s)
    return True


def _abort(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
