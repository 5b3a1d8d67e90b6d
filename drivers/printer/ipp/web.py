"""IPP's transport: one HTTP POST a message, over TLS for ipps."""

import contextlib
import hashlib
import http.client
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import ProtocolError
from drivers.scsi.transport import Deadline

PIECE_BYTES = 16 * 1024
LONGEST_ANSWER = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IppAddress:
    """`fingerprint`: SHA-256 of the printer's certificate in hex, instead of a chain of trust; `ca`: a PEM file."""

    host: str
    port: int
    path: str
    tls: bool
    fingerprint: str | None = None
    ca: Path | None = None

    @property
    def uri(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ipps' if self.tls else 'ipp'}://{host}:{self.port}{self.path}"


@dataclass(slots=True)
class Progress:
    """The most bytes of a request that can have left, also when it failed."""

    handed_over: int = 0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    reason: str
    body: bytes


def post(address: IppAddress, body: bytes, deadline: Deadline, progress: Progress) -> HttpAnswer:
    """OSError (TimeoutError among them) when the way fails; ProtocolError for what is no HTTP or too long."""
    connection = _connection(address, deadline)
    try:
        connection.connect()
        _check_fingerprint(connection, address)
        return _exchange(connection, address.path, body, deadline, progress)
    except http.client.RemoteDisconnected as error:
        raise ConnectionResetError("it hung up without an answer") from error
    except http.client.HTTPException as error:
        raise ProtocolError(f"that is no HTTP: {error or type(error).__name__}") from error
    finally:
        connection.close()


def _left(deadline: Deadline) -> float:
    left = deadline.left_s()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _connection(address: IppAddress, deadline: Deadline) -> http.client.HTTPConnection:
    if not address.tls:
        return http.client.HTTPConnection(address.host, address.port, timeout=_left(deadline))
    context = ssl.create_default_context(cafile=address.ca)
    if address.fingerprint is not None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(address.host, address.port, timeout=_left(deadline), context=context)


def _check_fingerprint(connection: http.client.HTTPConnection, address: IppAddress) -> None:
    if address.fingerprint is None or not isinstance(connection.sock, ssl.SSLSocket):
        return
    found = hashlib.sha256(connection.sock.getpeercert(binary_form=True) or b"").hexdigest()
    if found != address.fingerprint:
        raise ssl.SSLCertVerificationError(f"the certificate's fingerprint is {found}")


def _exchange(
    connection: http.client.HTTPConnection, path: str, body: bytes, deadline: Deadline, progress: Progress
) -> HttpAnswer:
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "application/ipp")
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Connection", "close")
    connection.endheaders()
    sock = connection.sock
    # A server that refuses early says so before it hangs up: whatever happens, its answer is read.
    with contextlib.suppress(ConnectionError):
        _send(connection, sock, body, deadline, progress)
    sock.settimeout(_left(deadline))
    with contextlib.closing(connection.getresponse()) as answer:
        body = _read(answer, lambda: sock.settimeout(_left(deadline)))
        return HttpAnswer(answer.status, answer.reason, body)


def _send(
    connection: http.client.HTTPConnection, sock: socket.socket, body: bytes, deadline: Deadline, progress: Progress
) -> None:  # fmt: skip
    view = memoryview(body)
    while progress.handed_over < len(body):
        sock.settimeout(_left(deadline))
        piece = view[progress.handed_over : progress.handed_over + PIECE_BYTES]
        # A piece that fails half-way may have gone in part.
        progress.handed_over += len(piece)
        connection.send(piece)


def _read(answer: http.client.HTTPResponse, before_each: Callable[[], None]) -> bytes:
    body = b""
    while len(body) <= LONGEST_ANSWER:
        before_each()
        piece = answer.read1(PIECE_BYTES)
        if not piece:
            return body
        body += piece
    raise ProtocolError(f"the answer is longer than {LONGEST_ANSWER} bytes")
