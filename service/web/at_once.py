"""POST requests that wait for nothing but the writer, answered in the server's protocol: no task, scope or response.

A saturated server spends half of a scan's time in those objects. What is not plain (an unknown or refused person, a body
that is no scan, a second request behind the first) goes the ordinary way through the framework, which tells what is wrong:
`AtOnce` answers False, and the request is handed on as if nothing had happened.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

import structlog
from fastapi import FastAPI
from starlette.datastructures import State
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.answers import Answer
from service.errors import StrongroomError
from service.web.errors import InternalError, refusal
from service.web.headers import Headers, by_name
from service.web.middleware import MAX_BODY, NO_STORE, data_headers, request_id_of
from service.web.sign_ins import is_tls

log = structlog.get_logger("access")

Answered = Callable[[Answer | None, BaseException | None], None]


class AtOnce(Protocol):
    def __call__(self, state: State, headers: Headers, body: bytes, answered: Answered) -> bool:
        """Queue what the request asks for and see to it that `answered` is called in the event loop, or answer False."""


class _Nobody:
    """Stands where the ordinary way has an event for a waiting task."""

    def set(self) -> None:
        pass


class _Exchange:
    """A request that waits for its answer: what the server's protocol asks of the cycle it runs."""

    message_event = _Nobody()

    def __init__(self, protocol: "AtOnceProtocol", path: bytes, headers: Headers) -> None:
        self.protocol = protocol
        self.path = path
        self.request_id = request_id_of(headers)
        self.started = time.perf_counter()
        self.keep_alive = True  # the protocol sets it to False when the server ends
        self.disconnected = False
        self.response_complete = False

    def answered(self, answer: Answer | None, error: BaseException | None) -> None:
        if answer is None:
            answer = refusal(error if isinstance(error, StrongroomError) else InternalError(self.request_id))
        self.response_complete = True
        protocol = self.protocol
        if not (self.disconnected or protocol.transport.is_closing()):
            protocol.transport.write(protocol.written(self, answer))
            if not self.keep_alive:
                protocol.transport.close()
            protocol.on_response_complete()
        took_ms = round((time.perf_counter() - self.started) * 1000, 1)
        log.debug("request", id=self.request_id, method="POST", path=self.path.decode(), status=answer.status, ms=took_ms)  # fmt: skip


class AtOnceProtocol(HttpToolsProtocol):
    """Made for one application by `at_once_protocol`."""

    state: ClassVar[State]
    routes: ClassVar[Mapping[bytes, AtOnce]]
    constant_headers: ClassVar[bytes]
    held: bytes | None = None  # the body so far of a request that may be answered at once

    def on_headers_complete(self) -> None:
        if self.url in self.routes and self._is_plain():
            self.held = b""
        else:
            super().on_headers_complete()

    def _is_plain(self) -> bool:
        """POST over HTTP/1.1, nothing before it unanswered, nothing special asked of the connection."""
        parser = self.parser
        return (
            parser.get_method() == b"POST"
            and parser.get_http_version() == "1.1"
            and (self.cycle is None or self.cycle.response_complete)
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self.expect_100_continue
        )

    def on_body(self, body: bytes) -> None:
        if self.held is None:
            super().on_body(body)
            return
        self.held += body
        if len(self.held) > MAX_BODY:
            self._hand_on()

    def on_message_complete(self) -> None:
        if self.held is not None and self._begun(self.held):
            self.held = None
            return
        if self.held is not None:
            self._hand_on()
        super().on_message_complete()

    def _begun(self, body: bytes) -> bool:
        headers = by_name(self.headers)
        exchange = _Exchange(self, self.url, headers)
        if not self.routes[self.url](self.state, headers, body, exchange.answered):
            return False
        self.cycle = exchange  # type: ignore[assignment] # has what the protocol asks of a cycle
        return True

    def _hand_on(self) -> None:
        body, self.held = self.held, None
        super().on_headers_complete()
        super().on_body(body or b"")

    def written(self, exchange: _Exchange, answer: Answer) -> bytes:
        """The whole answer as it goes over the wire."""
        lines = [STATUS_LINE[answer.status]]
        for name, value in self.server_state.default_headers:
            lines += (name, b": ", value, b"\r\n")
        lines.append(self.constant_headers)
        lines.append(
            f"content-type: {answer.media_type}\r\ncontent-length: {len(answer.body)}\r\nx-request-id: {exchange.request_id}\r\n".encode()
        )
        if answer.repeated:
            lines.append(b"idempotency-replayed: true\r\n")
        if not exchange.keep_alive:
            lines.append(b"connection: close\r\n")
        lines += (b"\r\n", answer.body)
        return b"".join(lines)


def at_once_protocol(app: FastAPI) -> type[asyncio.Protocol]:
    """The protocol for uvicorn's `http` option."""
    constant = [*data_headers(tls=is_tls(app.state.runtime)), NO_STORE]
    facts: dict[str, Any] = {
        "state": app.state,
        "routes": app.state.at_once,
        "constant_headers": b"".join(name + b": " + value + b"\r\n" for name, value in constant),
    }
    return type("BoundAtOnceProtocol", (AtOnceProtocol,), facts)
