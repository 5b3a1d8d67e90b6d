"""An IPP printer that misbehaves as it is told: one deed per connection, in order, the last one again and again."""

import contextlib
import datetime as dt
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from drivers.printer.ipp.message import (
    Attribute,
    Group,
    GroupTag,
    Message,
    Value,
    ValueTag,
    encode_message,
    number_attribute,
    parse_message,
    text_attribute,
)

Deed = Callable[[socket.socket], None]
ABORT = struct.pack("ii", 1, 0)


def read_request(sock: socket.socket) -> tuple[bytes, bytes]:
    """The head and the body of one HTTP request."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            raise ConnectionResetError("the client hung up before it asked")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length and (piece := sock.recv(65536)):
        body += piece
    return head, body


def http(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/ipp\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def printer_group(
    state: int = 3, *reasons: str, accepting: bool = True, formats: str = "application/pdf"
) -> Group:
    return Group(
        GroupTag.PRINTER,
        (
            number_attribute(ValueTag.ENUM, "printer-state", state),
            text_attribute(ValueTag.KEYWORD, "printer-state-reasons", *(reasons or ("none",))),
            Attribute("printer-is-accepting-jobs", (Value(ValueTag.BOOLEAN, bytes([accepting])),)),
            text_attribute(ValueTag.MIME_TYPE, "document-format-supported", formats),
        ),
    )  # fmt: skip


def job_group(state: int = 5, *reasons: str, number: int | None = 17) -> Group:
    named = () if number is None else (number_attribute(ValueTag.INTEGER, "job-id", number),)
    return Group(
        GroupTag.JOB,
        (
            *named,
            number_attribute(ValueTag.ENUM, "job-state", state),
            text_attribute(ValueTag.KEYWORD, "job-state-reasons", *(reasons or ("none",))),
        ),
    )


class ScriptedPrinter:
    """`requests` are the bodies it got."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.requests: list[bytes] = []
        self.tls: ssl.SSLContext | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def documents(self) -> list[bytes]:
        """What came behind the attributes of each request that asked for printing."""
        messages = [parse_message(body) for body in self.requests]
        return [message.data for message in messages if message.code == 0x0002]

    def says(self, *groups: Group, code: int = 0, request_id: int | None = None, words: str = "") -> Deed:
        def deed(sock: socket.socket) -> None:
            _, body = read_request(sock)
            self.requests.append(body)
            told = (text_attribute(ValueTag.TEXT, "status-message", words),) if words else ()
            number = parse_message(body).request_id if request_id is None else request_id
            answer = Message(code, number, (Group(GroupTag.OPERATION, told), *groups))
            sock.sendall(http(encode_message(answer)))

        return deed

    def answers(self, raw: bytes) -> Deed:
        def deed(sock: socket.socket) -> None:
            self.requests.append(read_request(sock)[1])
            sock.sendall(raw)

        return deed

    def resets_after(self, count: int) -> Deed:
        def deed(sock: socket.socket) -> None:
            got = 0
            while got < count and (piece := sock.recv(min(4096, count - got))):
                got += len(piece)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)

        return deed

    def stalls(self, *, reading: bool) -> Deed:
        def deed(sock: socket.socket) -> None:
            if reading:
                read_request(sock)
            self._stop.wait(30)

        return deed

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            deed = self.deeds.pop(0) if len(self.deeds) > 1 else self.deeds[0]
            with sock, contextlib.suppress(OSError):
                if self.tls is None:
                    deed(sock)
                else:
                    with self.tls.wrap_socket(sock, server_side=True) as secure:
                        deed(secure)

    def close(self) -> None:
        self._stop.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@contextmanager
def scripted() -> Iterator[ScriptedPrinter]:
    printer = ScriptedPrinter()
    try:
        yield printer
    finally:
        printer.close()


def certificate(folder: Path, host: str) -> tuple[Path, ssl.SSLContext, str]:
    """A self-signed certificate as printers make them: its PEM file, the server's side, its fingerprint."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]),
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / "printer.pem", folder / "printer.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context, made.fingerprint(hashes.SHA256()).hex()
