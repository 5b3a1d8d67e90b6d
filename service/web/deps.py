"""What a route asks for: the runtime, a session to read, the signed-in person, the way to act.

    @router.post("/runs/{run_id}/approve", response_model=RunShape)
    def approve(run_id: str, act: Annotated[Act, acting(Permission.APPROVE_RUN)]) -> Response:
        return act(lambda unit: actions.approve(unit, run_id, act.person.handler_id))

Every route declares its permission with `acting`, `reading`, or (for pages) `page_for`; `public` marks the few that need none.
`service.app` refuses to start with a route that declares nothing.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel
from sqlmodel import Session
from starlette.responses import Response

from service.answers import Answer, RequestKey, once
from service.errors import ForbiddenError, NotSignedInError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Actor, Unit, Via
from service.runtime import Runtime
from service.web.errors import refusal

T = TypeVar("T")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
KEY_HEADER = "idempotency-key"


class CsrfError(ForbiddenError):
    title = "The form is too old"

    def __init__(self) -> None:
        super().__init__(
            "The form does not carry this sign-in's token. Nothing was done.",
            next_step="Load the page again and repeat.",
        )


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(runtime_of)]


def _session(runtime: RuntimeDep) -> Iterator[Session]:
    with runtime.database.reading() as session:
        yield session


Reading = Annotated[Session, Depends(_session)]


async def signed_in(request: Request) -> Person:
    """The person of this request; an unsafe request by cookie must carry the sign-in's token."""
    person: Person | None = await request.app.state.sign_ins.person(request)
    if person is None:
        raise NotSignedInError
    request.state.person = person  # so that an error's page keeps the rail
    if request.method not in SAFE_METHODS and person.session_hash is not None:
        await check_csrf(request, person.csrf_token)
    await request.app.state.sign_ins.see(person)
    return person


async def check_csrf(request: Request, expected: str) -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        given = str((await request.form()).get(CSRF_FIELD, ""))
    if not same_token((given or "").encode(), expected):
        raise CsrfError


def same_token(given: bytes, expected: str) -> bool:
    return hmac.compare_digest(given, expected.encode())


async def permitted(request: Request, permission: Permission) -> Person:
    person = await signed_in(request)
    if not person.may(permission):
        raise ForbiddenError(
            f"{person.name} may not do this: it needs the permission “{permission.value.replace('_', ' ')}”. Nothing was done.",
            next_step="Ask somebody whose role allows it, or your system administrator.",
            permission=permission.value,
        )
    return person


def declared(dependency: Callable[..., Any], permission: Permission | None) -> Callable[..., Any]:
    """Mark a dependency with the permission it checks; `service.app` and the tests read the mark."""
    dependency.__dict__["permission"] = permission
    return dependency


def reading(permission: Permission) -> Any:
    """The person of a GET route of the API."""

    async def dependency(request: Request) -> Person:
        return await permitted(request, permission)

    return Depends(declared(dependency, permission))


def public() -> Any:
    """For the routes that anybody may call."""

    def dependency() -> None:
        return None

    return Depends(declared(dependency, None))


@dataclass(frozen=True, slots=True)
class Act:
    """A person about to act through the API."""

    runtime: Runtime
    person: Person
    key: RequestKey | None

    @property
    def actor(self) -> Actor:
        return Actor(self.person.handler_id, Via.API)

    @property
    def now(self) -> datetime:
        return self.runtime.clock()

    def __call__(self, work: Callable[[Unit], BaseModel], status: int = 200) -> Response:
        """Do the work in one unit and answer with what it returns, as JSON."""
        return json_answer(self.runtime.writer.run(self.actor, self.unit(work, status)))

    def raw_unit(self, work: Callable[[Unit], bytes]) -> Callable[[Unit], Answer]:
        """For answers that are JSON bytes already."""
        return once(self.key, 200, work, refusal)

    def unit(self, work: Callable[[Unit], BaseModel], status: int) -> Callable[[Unit], Answer]:
        return once(self.key, status, lambda unit: work(unit).model_dump_json().encode(), refusal)


def json_answer(answer: Answer) -> Response:
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return Response(answer.body, answer.status, headers=headers, media_type=answer.media_type)


def acting(permission: Permission) -> Any:
    """The way to act of a POST, PUT, PATCH or DELETE route of the API."""

    async def dependency(request: Request) -> Act:
        person = await permitted(request, permission)
        return Act(runtime_of(request), person, await request_key(request, person))

    return Depends(declared(dependency, permission))


async def request_key(request: Request, person: Person) -> RequestKey | None:
    given = request.headers.get(KEY_HEADER)
    if given is None:
        return None
    return RequestKey.of(person.handler_id, given, request.method, request.url.path, await request.body())
