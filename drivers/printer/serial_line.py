"""A serial line through pyserial: a device of this host, or any URL that pyserial knows."""

import contextlib
import fcntl
import io
import queue
import select
import socket
import struct
import termios
import time
from dataclasses import dataclass

import serial

POLL_S = 0.05
PIECE_BYTES = 256
# Without a file descriptor a piece that times out may have gone in part: keep it small.
BLIND_PIECE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """As printers come from the factory: 9600 8N1 with XON/XOFF."""

    baud: int = 9600
    bytesize: int = 8
    parity: str = "N"
    stopbits: int = 1
    xonxoff: bool = True
    rtscts: bool = False
    dsrdtr: bool = False


class SerialLine:
    """`port` is a device path or a pyserial URL. ValueError for one pyserial does not know."""

    def __init__(self, port: str, settings: SerialSettings, *, timeout_s: float) -> None:
        self._finished = self._doubtful = False
        try:
            self._port = _opened(port, settings)
            self._fd = _descriptor(self._port)
            # Lines as of RFC 2217 know no such timeout; theirs is never written to before it has room.
            with contextlib.suppress(NotImplementedError):
                self._port.write_timeout = timeout_s if self._fd is None else 0
        except termios.error as error:
            raise OSError(error.args[0], f"the port cannot be set like this: {error.args[1]}") from error

    def write(self, data: memoryview, *, timeout_s: float) -> int:
        if self._fd is None:
            return self._write_blindly(bytes(data[:BLIND_PIECE_BYTES]))
        _, writable, _ = select.select([], [self._fd], [], timeout_s)
        count: int = self._port.write(bytes(data[:PIECE_BYTES])) if writable else 0
        return count

    def _write_blindly(self, piece: bytes) -> int:
        """After a timeout nobody knows how much of the piece went: it counts as gone, and the job as unfinished."""
        try:
            self._port.write(piece)
        except (serial.SerialTimeoutException, queue.Full):
            self._doubtful = True
        return len(piece)

    def read(self, *, timeout_s: float) -> bytes:
        end = time.monotonic() + timeout_s
        while True:
            first: bytes = self._port.read(1)
            if first or time.monotonic() >= end:
                return first + self._port.read(self._port.in_waiting) if first else b""

    def waiting(self) -> int:
        """In the driver's buffer: held by XOFF, by a full wire, or not acknowledged yet."""
        if self._fd is None:
            return 0
        raw = fcntl.ioctl(self._fd, termios.TIOCOUTQ, bytes(4))
        count: int = struct.unpack("i", raw)[0]
        return max(count, 0)

    def finish(self, *, timeout_s: float) -> bool:
        end = time.monotonic() + timeout_s
        while self.waiting() and time.monotonic() < end:
            time.sleep(POLL_S / 5)
        self._finished = self.waiting() == 0 and not self._doubtful
        # A broken line shows when something is read from it.
        self.read(timeout_s=POLL_S)
        return self._finished

    def close(self) -> None:
        """What was not taken is dropped: closing would wait half a minute for a printer that said XOFF."""
        with contextlib.suppress(OSError, termios.error):
            if not self._finished:
                self._port.reset_output_buffer()
        # pyserial forgets to close the socket of a line whose other end is gone.
        inner = _socket_of(self._port)
        with contextlib.suppress(OSError):
            self._port.close()
        if inner is not None:
            inner.close()


def _opened(port: str, settings: SerialSettings) -> "serial.SerialBase":
    return serial.serial_for_url(
        port,
        baudrate=settings.baud,
        bytesize=settings.bytesize,
        parity=settings.parity,
        stopbits=settings.stopbits,
        xonxoff=settings.xonxoff,
        rtscts=settings.rtscts,
        dsrdtr=settings.dsrdtr,
        timeout=POLL_S,
    )


def _socket_of(port: "serial.SerialBase") -> socket.socket | None:
    inner = getattr(port, "_socket", None)
    return inner if isinstance(inner, socket.socket) else None


def _descriptor(port: "serial.SerialBase") -> int | None:
    """What to wait on for room; None where pyserial keeps the bytes itself."""
    inner = _socket_of(port)
    try:
        descriptor: int = inner.fileno() if inner is not None else port.fileno()
    except (io.UnsupportedOperation, AttributeError):
        return None
    return descriptor
