"""Raw TCP, usually port 9100: bytes in, and no word about what becomes of them."""

import fcntl
import socket
import struct
import sys
import time

# How many bytes the other side has not acknowledged (tcp(7)).
SIOCOUTQ = 0x5411
POLL_S = 0.05
READ_BYTES = 4096


class TcpLine:
    """`linger_s`: after everything was acknowledged, how long to wait for the printer to close as well.

    A printer that has read to the end closes; one that dies resets. Many only close much later, so
    that silence means nothing.
    """

    def __init__(self, host: str, port: int, *, timeout_s: float, linger_s: float) -> None:
        self._linger_s = linger_s
        self._socket = socket.create_connection((host, port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: memoryview, *, timeout_s: float) -> int:
        self._socket.settimeout(timeout_s)
        try:
            return self._socket.send(data)
        except TimeoutError:
            return 0

    def read(self, *, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        try:
            data = self._socket.recv(READ_BYTES)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def waiting(self) -> int:
        if sys.platform != "linux":
            return 0
        raw = fcntl.ioctl(self._socket.fileno(), SIOCOUTQ, bytes(4))
        count: int = struct.unpack("i", raw)[0]
        return max(count, 0)

    def finish(self, *, timeout_s: float) -> bool:
        self._socket.shutdown(socket.SHUT_WR)
        start = time.monotonic()
        end, patience = start + timeout_s, None
        while not self._has_closed():
            now = time.monotonic()
            if self.waiting() == 0:
                patience = patience or now + self._linger_s
            if now >= min(end, patience or end):
                break
        return self.waiting() == 0

    def _has_closed(self) -> bool:
        """Reads on, because a reset shows only there; whatever a printer says now is of no interest."""
        self._socket.settimeout(POLL_S)
        try:
            return not self._socket.recv(READ_BYTES)
        except TimeoutError:
            return False

    def close(self) -> None:
        self._socket.close()
