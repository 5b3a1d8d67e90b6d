"""Around every request, as plain ASGI: request id, size limit, security headers, access log."""

import asyncio
import random
import re
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import UnavailableError
from service.web.errors import TooLargeError, problem_response
from service.web.headers import Headers, headers_of

log = structlog.get_logger("access")

MAX_BODY = 1 << 20
MAX_UPLOAD = 64 << 20
UPLOAD_PATHS = ("/media/import", "/api/v1/media/import")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000")
# What a program gets is no document: it may load nothing, and the rest has no meaning for it.
DATA_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
]
NO_STORE = (b"cache-control", b"no-store")


class StoppingError(UnavailableError):
    title = "The server ends"

    def __init__(self) -> None:
        super().__init__(
            "The server ended while it worked on this. It may have been done or not.",
            next_step="Look, or send it again; with the same Idempotency-Key it is done once.",
        )


def data_headers(*, tls: bool) -> list[tuple[bytes, bytes]]:
    return [*DATA_HEADERS, HSTS] if tls else DATA_HEADERS


class Surroundings:
    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self.app = app
        self.headers = [*HEADERS, HSTS] if tls else HEADERS
        self.data_headers = data_headers(tls=tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(headers_of(scope))
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        seen: dict[str, Any] = {"status": 0}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                self._dress(scope, message, request_id)
            await send(message)

        try:
            limit = MAX_UPLOAD if scope["path"].startswith(UPLOAD_PATHS) else MAX_BODY
            await self.app(scope, _Limited(scope, receive, limit), send_with_headers)
        except TooLargeError as error:
            if not seen["status"]:
                await problem_response(error)(scope, receive, send_with_headers)
        except asyncio.CancelledError:  # nothing but the end of the server cancels a request
            if not seen["status"]:
                await problem_response(StoppingError())(scope, receive, send_with_headers)
        finally:
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            log.debug(
                "request",
                id=request_id,
                method=scope["method"],
                path=scope["path"],
                status=seen["status"],
                ms=took_ms,
            )

    def _dress(self, scope: Scope, message: Message, request_id: str) -> None:
        headers, path = message["headers"], scope["path"]
        headers += self.data_headers if path.startswith("/api/") else self.headers
        headers.append((b"x-request-id", request_id.encode()))
        if not path.startswith("/static/") and not any(name == b"cache-control" for name, _ in headers):
            headers.append(NO_STORE)


def request_id_of(headers: Headers) -> str:
    """The caller's own when it is a plain one, else a new one."""
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"


class _Limited:
    """A receive channel that gives up on a body over the limit."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.taken = 0
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        self.declared = int(declared) if declared.isdigit() else 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        if max(self.taken, self.declared) > self.limit:
            raise TooLargeError(
                f"The request is larger than {self.limit:,} bytes. Nothing was done.",
                next_step="Send less at once.",
            )
        return message
