"""Units over one socket: whole ones in and out, with their digests once those are agreed on."""

import select
import socket

from drivers.simulator.iscsi.digest import DIGEST_LENGTH, digest
from drivers.simulator.iscsi.negotiation import Terms
from drivers.simulator.iscsi.pdu import HEADER_LENGTH, MalformedError, Pdu, lengths, padding

LARGEST_SEGMENT = 1 << 24
LOGIN_S = 30.0  # who takes longer to log in is no initiator


class Wire:
    """One reader at a time, one writer at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket, self._terms = sock, Terms()
        sock.settimeout(LOGIN_S)

    def begin_full_feature(self, terms: Terms) -> None:
        """The login is over: what it agreed on holds from the next unit on."""
        self._terms = terms
        self._socket.settimeout(None)

    def receive(self) -> Pdu:
        """MalformedError when the bytes cannot be trusted, EOFError or OSError when they end."""
        header = self._exactly(HEADER_LENGTH)
        extra, length = lengths(header)
        if length > LARGEST_SEGMENT:
            raise MalformedError(f"a data segment of {length} bytes")
        more = self._exactly(extra)
        if self._terms.header_digest:
            self._check_digest(header + more)
        data = self._exactly(length + padding(length))
        if data and self._terms.data_digest:
            self._check_digest(data)
        return Pdu(header, data[:length])

    def _check_digest(self, covered: bytes) -> None:
        if self._exactly(DIGEST_LENGTH) != digest(covered):
            raise MalformedError("a digest does not fit")

    def _exactly(self, count: int) -> bytes:
        whole, view = bytearray(count), 0
        while view < count:
            got = self._socket.recv_into(memoryview(whole)[view:])
            if not got:
                raise EOFError
            view += got
        return bytes(whole)

    def sealed(self, header: bytes, data: bytes) -> bytes:
        head = header + (digest(header) if self._terms.header_digest else b"")
        return head + data + (digest(data) if data and self._terms.data_digest else b"")

    def write(self, whole: bytes) -> None:
        self._socket.sendall(whole)

    def is_silent(self, for_s: float) -> bool:
        """Whether nothing came in that time."""
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return not waiting.poll(1000 * for_s)

    def local_address(self) -> tuple[str, int]:
        address: tuple[str, int] = self._socket.getsockname()
        return address

    def shut(self) -> None:
        """From any thread: who reads falls out of its wait."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
