"""Signing in and administering handlers, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.handlers import actions, cookies, queries, schemas
from service.handlers.callers import address_of
from service.handlers.credentials import new_secret
from service.handlers.link_actions import LASTS, make_password_link
from service.handlers.queries import Person, secret_hash
from service.handlers.rules import Permission
from service.handlers.session_actions import end_sign_in
from service.handlers.signing_in import sign_in
from service.ledger.writer import Unit, Via
from service.web.deps import Act, Reading, RuntimeDep, acting, public, reading
from service.web.etags import IfMatch, check_if_match, tag, tagged
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1", tags=["handlers"])

MANAGE = Permission.MANAGE_HANDLERS


@router.post("/sign-ins", status_code=201, response_model=schemas.OpenedShape, dependencies=[public()])
def open_sign_in(request: Request, runtime: RuntimeDep, typed: schemas.SignInRequest) -> Response:
    """Sign in; the answer sets the session cookie. An Idempotency-Key is not honoured: its kept answer would hold a secret."""
    cookies.check_same_site(request)
    opened = sign_in(runtime, typed.login, typed.password.get_secret_value(), address_of(request), Via.API)
    shape = schemas.OpenedShape(
        handler_id=opened.handler_id, csrf_token=opened.csrf_token, expires_at=opened.expires_at
    )
    response = JSONResponse(shape.model_dump(mode="json"), 201)
    cookies.set_sign_in(response, runtime, opened)
    return response


@router.delete("/sign-ins/current", status_code=204)
def sign_out(request: Request, act: Annotated[Act, acting(Permission.OWN_ACCOUNT)]) -> Response:
    session_hash = act.person.session_hash
    if session_hash is not None:
        act.runtime.writer.run(act.actor, lambda unit: end_sign_in(unit, session_hash))
    request.app.state.sign_ins.forget()
    response = Response(status_code=204)
    cookies.clear_sign_in(response, act.runtime)
    return response


@router.get("/handlers", response_model=PageOf[schemas.HandlerShape])
def list_handlers(
    session: Reading,
    person: Annotated[Person, reading(Permission.READ)],
    *,
    after: After = None,
    limit: Limit = 100,
    active: bool | None = None,
) -> PageOf[schemas.HandlerShape]:
    del person
    rows = queries.handlers(session, after=after, limit=limit + 1, active=active)
    return paged(rows, limit, schemas.HandlerShape.of, lambda row: row.handler_id)


@router.get("/handlers/{handler_id}", response_model=schemas.HandlerShape)
def show_handler(
    handler_id: str, session: Reading, person: Annotated[Person, reading(Permission.READ)], response: Response
) -> schemas.HandlerShape:
    del person
    shape = schemas.HandlerShape.of(queries.handler(session, handler_id))
    tag(response, shape)
    return shape


def _shape(unit: Unit, handler_id: str) -> schemas.HandlerShape:
    return schemas.HandlerShape.of(actions.existing(unit, handler_id))


@router.post("/handlers", status_code=201, response_model=schemas.HandlerShape)
def create_handler(typed: schemas.NewHandler, act: Annotated[Act, acting(MANAGE)]) -> Response:
    """A new handler has no password: make them a link."""

    def work(unit: Unit) -> schemas.HandlerShape:
        return _shape(
            unit, actions.create_handler(unit, **typed.model_dump(), alone=act.runtime.settings.second_person)
        )

    return tagged(act(work, 201))


@router.patch("/handlers/{handler_id}", response_model=schemas.HandlerShape)
def edit_handler(
    handler_id: str,
    typed: schemas.HandlerEdit,
    act: Annotated[Act, acting(MANAGE)],
    if_match: IfMatch = None,
) -> Response:
    def work(unit: Unit) -> schemas.HandlerShape:
        shape = _shape(unit, handler_id)
        check_if_match(if_match, shape, "handler")
        kept = {name: getattr(shape, name) for name in ("name", "title", "party_id")}
        actions.edit_handler(unit, handler_id, **kept | typed.model_dump(exclude_none=True))
        return _shape(unit, handler_id)

    return tagged(act(work))


@router.post("/handlers/{handler_id}/change-roles", response_model=schemas.HandlerShape)
def change_roles(
    request: Request,
    handler_id: str,
    typed: schemas.RolesRequest,
    act: Annotated[Act, acting(MANAGE)],
    if_match: IfMatch = None,
) -> Response:
    def work(unit: Unit) -> schemas.HandlerShape:
        check_if_match(if_match, _shape(unit, handler_id), "handler")
        actions.change_roles(
            unit, handler_id, typed.roles, typed.reason, alone=act.runtime.settings.second_person
        )
        return _shape(unit, handler_id)

    answer = act(work)
    request.app.state.sign_ins.forget()
    return tagged(answer)


@router.post("/handlers/{handler_id}/deactivate", response_model=schemas.HandlerShape)
def deactivate_handler(
    request: Request, handler_id: str, typed: schemas.ReasonRequest, act: Annotated[Act, acting(MANAGE)]
) -> Response:
    """Ends the handler's sign-ins and tokens."""

    def work(unit: Unit) -> schemas.HandlerShape:
        actions.deactivate_handler(unit, handler_id, typed.reason)
        return _shape(unit, handler_id)

    answer = act(work)
    request.app.state.sign_ins.forget()
    return tagged(answer)


@router.post("/handlers/{handler_id}/reactivate", response_model=schemas.HandlerShape)
def reactivate_handler(handler_id: str, act: Annotated[Act, acting(MANAGE)]) -> Response:
    def work(unit: Unit) -> schemas.HandlerShape:
        actions.reactivate_handler(unit, handler_id)
        return _shape(unit, handler_id)

    return tagged(act(work))


@router.post("/handlers/{handler_id}/make-link", status_code=201, response_model=schemas.LinkShape)
def make_link(handler_id: str, act: Annotated[Act, acting(MANAGE)]) -> Response:
    """A one-time link to a new password; earlier ones end. A repeat makes another: the answer is not kept, it is a secret."""
    secret = new_secret()
    act.runtime.writer.run(act.actor, lambda unit: make_password_link(unit, handler_id, secret_hash(secret)))
    shape = schemas.LinkShape(
        link=f"{act.runtime.settings.resolved_public_url}/reset/{secret}", expires_at=act.now + LASTS
    )
    return JSONResponse(shape.model_dump(mode="json"), 201)
