"""Who is behind a request. Found persons are remembered for a moment, so that a scan costs no query."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from service.errors import NotSignedInError
from service.handlers.queries import Person, person_by_session, person_by_token, secret_hash
from service.handlers.rules import is_live
from service.handlers.session_actions import see
from service.ledger.writer import Actor, Via
from service.runtime import Runtime

SEEN_EVERY = timedelta(minutes=1)
REMEMBERED_S = 3.0  # a revoked session or role lives on for no longer than this on other replicas
MAX_REMEMBERED = 4096


def cookie_name(runtime: Runtime) -> str:
    """Browsers take a `__Host-` cookie over TLS only."""
    return "__Host-strongroom" if is_tls(runtime) else "strongroom"


def is_tls(runtime: Runtime) -> bool:
    return runtime.settings.resolved_public_url.startswith("https://")


class SignIns:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._cookie = cookie_name(runtime)
        self._idle = timedelta(minutes=runtime.settings.session_idle_minutes)
        self._known: dict[str, tuple[float, Person]] = {}

    def forget(self) -> None:
        """After a sign-out or a change of anybody's rights."""
        self._known.clear()

    async def person(self, request: Request) -> Person | None:
        """None when the request brings nothing; raises NotSignedInError when what it brings is not valid."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self._found("t:" + secret_hash(token.strip()), self._by_token)
        secret = request.cookies.get(self._cookie)
        return None if not secret else await self._found("s:" + secret_hash(secret), self._by_session)

    async def _found(self, key: str, load: Callable[[str], Person | None]) -> Person:
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and known[0] > now and self._live(known[1]):
            return known[1]
        person = await run_in_threadpool(load, key[2:])
        if person is None:
            self._known.pop(key, None)
            raise NotSignedInError("The sign-in has ended.")
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[key] = (now + REMEMBERED_S, person)
        return person

    def _live(self, person: Person) -> bool:
        now = self._runtime.clock()
        if person.session_hash is None:
            return now < person.expires_at
        return is_live(person.expires_at, person.seen_at, now, self._idle)

    async def see(self, person: Person) -> None:
        """Write down, at most once a minute, that the sign-in is in use."""
        now, session_hash = self._runtime.clock(), person.session_hash
        if session_hash is None or now - person.seen_at < SEEN_EVERY:
            return
        self._known["s:" + session_hash] = (time.monotonic() + REMEMBERED_S, replace(person, seen_at=now))
        await self._runtime.writer.run_async(
            Actor(person.handler_id, Via.WEB), lambda unit: see(unit, session_hash)
        )

    def _by_session(self, session_hash: str) -> Person | None:
        with self._runtime.database.reading() as session:
            return person_by_session(session, session_hash, self._runtime.clock(), self._idle)

    def _by_token(self, token_hash: str) -> Person | None:
        with self._runtime.database.reading() as session:
            return person_by_token(session, token_hash, self._runtime.clock())
