"""One's own account as JSON: who I am, my sign-ins, my tokens, my password."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Request, Response

from service.errors import ForbiddenError
from service.handlers import queries, schemas
from service.handlers.callers import address_of
from service.handlers.credentials import new_token
from service.handlers.models import ApiToken
from service.handlers.queries import Person, secret_hash
from service.handlers.rules import Permission
from service.handlers.session_actions import end_own_sign_in
from service.handlers.signing_in import change_own_password
from service.handlers.token_actions import create_token, revoke_token
from service.ids import new_id
from service.ledger.writer import Unit
from service.web.deps import Act, Reading, RuntimeDep, acting, reading

router = APIRouter(prefix="/api/v1", tags=["account"])

OWN = Permission.OWN_ACCOUNT


class NeedsSignInError(ForbiddenError):
    title = "Needs a sign-in"

    def __init__(self) -> None:
        super().__init__(
            "A token cannot do this: it would outlive itself. Nothing was done.",
            next_step="Sign in with login and password.",
        )


def with_sign_in(person: Person) -> Person:
    """Who has only a token can neither make tokens nor set the password."""
    if person.session_hash is None:
        raise NeedsSignInError
    return person


@router.get("/account", response_model=schemas.PersonShape)
def show_account(person: Annotated[Person, reading(OWN)]) -> schemas.PersonShape:
    return schemas.PersonShape.of(person)


@router.put("/account/password", status_code=204)
def change_password(
    request: Request, typed: schemas.PasswordRequest, act: Annotated[Act, acting(OWN)]
) -> Response:
    """Ends every other sign-in of yours."""
    password = typed.password.get_secret_value()
    change_own_password(
        act.runtime,
        with_sign_in(act.person),
        current=typed.current.get_secret_value(),
        password=password,
        again=password,
        address=address_of(request),
    )
    request.app.state.sign_ins.forget()
    return Response(status_code=204)


@router.get("/account/sign-ins", response_model=schemas.SignInList)
def list_sign_ins(
    session: Reading, runtime: RuntimeDep, person: Annotated[Person, reading(OWN)]
) -> schemas.SignInList:
    found = queries.sign_ins_of(session, person.handler_id, runtime.clock())
    return schemas.SignInList(items=[schemas.SignInShape.of(row, person.session_hash) for row in found])


@router.delete("/account/sign-ins/{name}", status_code=204)
def end_sign_in(request: Request, name: str, act: Annotated[Act, acting(OWN)]) -> Response:
    act.runtime.writer.run(act.actor, lambda unit: end_own_sign_in(unit, act.person.handler_id, name))
    request.app.state.sign_ins.forget()
    return Response(status_code=204)


@router.get("/tokens", response_model=schemas.TokenList)
def list_tokens(session: Reading, person: Annotated[Person, reading(OWN)]) -> schemas.TokenList:
    """Your own tokens, the newest first."""
    found = queries.tokens_of(session, person.handler_id)
    return schemas.TokenList(items=[schemas.TokenShape.of(row) for row in found])


@router.post("/tokens", status_code=201, response_model=schemas.NewTokenShape)
def make_token(typed: schemas.NewToken, act: Annotated[Act, acting(OWN)]) -> Response:
    person, secret, token_id = with_sign_in(act.person), new_token(), new_id(act.now)

    def work(unit: Unit) -> schemas.TokenShape:
        create_token(
            unit,
            token_id,
            handler_id=person.handler_id,
            token_hash=secret_hash(secret),
            name=typed.name.strip(),
            scopes=typed.scopes,
            allowed=person.permissions,
            days=typed.days,
        )
        return schemas.TokenShape.of(unit.session.get_one(ApiToken, token_id))

    return _with_secret(act(work, 201), token_id, secret)


def _with_secret(answer: Response, token_id: str, secret: str) -> Response:
    """The secret is added after the answer was kept, and only to the answer that made the token."""
    if answer.status_code != 201:  # noqa: PLR2004 - HTTP status
        return answer
    shape = orjson.loads(bytes(answer.body))
    shape["secret"] = secret if shape["token_id"] == token_id else None
    headers = {name: value for name, value in answer.headers.items() if name == "idempotency-replayed"}
    return Response(orjson.dumps(shape), 201, headers=headers, media_type="application/json")


@router.post("/tokens/{token_id}/revoke", response_model=schemas.TokenShape)
def end_token(request: Request, token_id: str, act: Annotated[Act, acting(OWN)]) -> Response:
    def work(unit: Unit) -> schemas.TokenShape:
        revoke_token(unit, act.person.handler_id, token_id)
        unit.session.expire_all()
        return schemas.TokenShape.of(unit.session.get_one(ApiToken, token_id))

    answer = act(work)
    request.app.state.sign_ins.forget()
    return answer
