"""Who is behind a request. Found persons are remembered for a moment, so that a scan costs no query."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request, cookie_parser

from service.errors import NotSignedInError
from service.handlers.queries import Person, person_by_session, person_by_token, secret_hash
from service.handlers.rules import is_live
from service.handlers.session_actions import see
from service.ledger.writer import Actor, Via
from service.runtime import Runtime
from service.web.headers import Headers, headers_of

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
        # What is being looked up: a crowd of requests of one person waits for one query.
        self._pending: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Task[Person | None]] = {}

    def forget(self) -> None:
        """After a sign-out or a change of anybody's rights: who asks from now on is looked up again.

        A look-up that is under way still writes what it read, but into what nobody reads any more.
        """
        self._known, self._pending = {}, {}

    async def person(self, request: Request) -> Person | None:
        """None when the request brings nothing; raises NotSignedInError when what it brings is not valid."""
        key = self._key(headers_of(request.scope))
        return await self._found(key) if key else None

    def remembered(self, headers: Headers) -> Person | None:
        """The person of this request when nothing has to be read or written to know it."""
        person = self._remembered(self._key(headers))
        return None if person is None or self._is_to_be_seen(person) else person

    def _key(self, headers: Headers) -> str:
        """t:… for a token, s:… for a session, nothing when the request brings neither."""
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer":
            return "t:" + secret_hash(token.strip())
        cookies = headers.get(b"cookie")
        secret = cookie_parser(cookies.decode("latin-1")).get(self._cookie) if cookies else None
        return "s:" + secret_hash(secret) if secret else ""

    def _remembered(self, key: str) -> Person | None:
        until, person = self._known.get(key, (0.0, None))
        return person if person is not None and until > time.monotonic() and self._live(person) else None

    async def _found(self, key: str) -> Person:
        remembered = self._remembered(key)
        if remembered is not None:
            return remembered
        loop = asyncio.get_running_loop()
        pending = self._pending.get((loop, key))
        if pending is None:
            pending = self._pending[loop, key] = loop.create_task(self._looked_up(key))
        person = await asyncio.shield(pending)
        if person is None:
            raise NotSignedInError("The sign-in has ended.")
        return person

    async def _looked_up(self, key: str) -> Person | None:
        known, pending, until = self._known, self._pending, time.monotonic() + REMEMBERED_S
        load = self._by_token if key.startswith("t:") else self._by_session
        try:
            person = await run_in_threadpool(load, key[2:])
        finally:
            pending.pop((asyncio.get_running_loop(), key), None)
        if len(known) >= MAX_REMEMBERED:
            known.clear()
        if person is not None:
            known[key] = (until, person)
        return person

    def _live(self, person: Person) -> bool:
        now = self._runtime.clock()
        if person.session_hash is None:
            return now < person.expires_at
        return is_live(person.expires_at, person.seen_at, now, self._idle)

    def _is_to_be_seen(self, person: Person) -> bool:
        return person.session_hash is not None and self._runtime.clock() - person.seen_at >= SEEN_EVERY

    async def see(self, person: Person) -> None:
        """Write down, at most once a minute, that the sign-in is in use."""
        now, session_hash = self._runtime.clock(), person.session_hash
        if session_hash is None or not self._is_to_be_seen(person):
            return
        key, known = "s:" + session_hash, self._known
        if key in known:
            known[key] = (time.monotonic() + REMEMBERED_S, replace(person, seen_at=now))
        await self._runtime.writer.run_async(
            Actor(person.handler_id, Via.WEB), lambda unit: see(unit, session_hash)
        )

    def _by_session(self, session_hash: str) -> Person | None:
        with self._runtime.database.reading() as session:
            return person_by_session(session, session_hash, self._runtime.clock(), self._idle)

    def _by_token(self, token_hash: str) -> Person | None:
        with self._runtime.database.reading() as session:
            return person_by_token(session, token_hash, self._runtime.clock())
