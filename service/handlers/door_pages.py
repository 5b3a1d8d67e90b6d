"""Pages before anybody is signed in: sign in, the first administrator, a new password by link. And signing out."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.errors import InvalidInputError, StrongroomError, TooManyError
from service.handlers import cookies, links, rules
from service.handlers.callers import address_of
from service.handlers.queries import secret_hash
from service.handlers.rules import Permission
from service.handlers.session_actions import end_sign_in
from service.handlers.signing_in import sign_in
from service.ledger.writer import Actor, Via
from service.runtime import Runtime
from service.web.deps import CsrfError, RuntimeDep, public
from service.web.errors import status_of
from service.web.filling import refilled, text
from service.web.framing import unframed
from service.web.kept_form import KEPT_FIELD, Kept, carried, kept_page, read_kept
from service.web.page import Page, page_for
from service.web.sign_ins import cookie_name
from service.web.templating import render
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.pages import DoorPage

router = APIRouter(include_in_schema=False)

NOBODY = Actor(None, Via.WEB)


async def _typed(request: Request) -> FormData:
    return await request.form()


Typed = Annotated[FormData, Depends(_typed)]


def _raw(typed: FormData, name: str) -> str:
    """A password as typed: spaces at its ends belong to it."""
    value = typed.get(name, "")
    return value if isinstance(value, str) else ""


def _door(request: Request, runtime: Runtime, view: DoorPage, status: int = 200) -> Response:
    token = cookies.door_token(request, runtime)
    response = HTMLResponse(render("pages/door.html", view, unframed(request, token)), status)
    cookies.set_door_token(response, runtime, token)
    return response


def _again(
    request: Request, runtime: Runtime, view: DoorPage, typed: FormData, error: StrongroomError
) -> Response:
    assert view.form is not None
    shown = replace(view, form=refilled(view.form, typed, error))
    response = _door(request, runtime, shown, status_of(error))
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _login_field(*, autofocus: bool = True) -> Field:
    return Field("login", "Login", autocomplete="username", autofocus=autofocus)


def _new_password_fields() -> tuple[Field, Field]:
    help_text = f"At least {rules.SHORTEST_PASSWORD} characters; a sentence is easy to keep in mind."
    return (
        Field("password", "Password", FieldKind.PASSWORD, help=help_text, autocomplete="new-password"),
        Field("again", "The password again", FieldKind.PASSWORD, autocomplete="new-password"),
    )


def _sign_in_view(then: str, kept: Kept | None = None) -> DoorPage:
    password = Field("password", "Password", FieldKind.PASSWORD, autocomplete="current-password")
    hidden = (("then", then),) if kept is None else ((KEPT_FIELD, carried(kept)),)
    form = Form("sign-in", "/sign-in", "Sign in", (_login_field(), password), hidden=hidden)
    lead = "" if then == "/" else "Then the page you asked for opens."
    if kept is not None:
        lead = "The sign-in has ended and nothing was done. What you typed is kept: sign in, and send it."
    forgotten = "Password forgotten: your system administrator can send you a link for a new one."
    return DoorPage("Sign in", None, "Sign in", lead, form, (forgotten,))


@router.get("/sign-in", dependencies=[public()])
def sign_in_page(request: Request, runtime: RuntimeDep, then: str = "/") -> Response:
    return _door(request, runtime, _sign_in_view(cookies.local_path(then)))


def sign_in_first(request: Request, runtime: Runtime, kept: Kept) -> Response:
    """For a form that came after its sign-in had ended."""
    return _door(request, runtime, _sign_in_view("/", kept), 401)


@router.post("/sign-in", dependencies=[public()])
def sign_in_post(request: Request, runtime: RuntimeDep, typed: Typed) -> Response:
    then, kept = cookies.local_path(text(typed, "then")), read_kept(typed)
    login, password = text(typed, "login"), _raw(typed, "password")
    try:
        cookies.check_door(request, runtime, typed)
        return _signed_in(request, runtime, login, password, then, kept)
    except StrongroomError as error:
        return _again(request, runtime, _sign_in_view(then, kept), typed, error)


def _kept_response(request: Request, kept: Kept, login: str, csrf: str) -> Response:
    view = kept_page(kept, f"Nothing was done yet. You are signed in with the login {login}.")
    return HTMLResponse(render("pages/door.html", view, unframed(request, csrf)))


def _signed_in(
    request: Request, runtime: Runtime, login: str, password: str, then: str, kept: Kept | None = None
) -> Response:
    """A sign-in that this browser had before ends."""
    opened = sign_in(runtime, login, password, address_of(request), Via.WEB)
    before = request.cookies.get(cookie_name(runtime))
    if before:
        actor = Actor(opened.handler_id, Via.WEB)
        runtime.writer.run(actor, lambda unit: end_sign_in(unit, secret_hash(before)))
        request.app.state.sign_ins.forget()
    response: Response = RedirectResponse(then, 303)
    if kept is not None:
        response = _kept_response(request, kept, rules.login_of(login), opened.csrf_token)
    cookies.set_sign_in(response, runtime, opened)
    response.delete_cookie(cookies.door_cookie(runtime), path="/")
    return response


OwnPage = Annotated[Page, page_for(Permission.OWN_ACCOUNT)]


@router.get("/sign-out")
def sign_out_page(page: OwnPage) -> Response:
    form = Form("sign-out", "/sign-out", "Sign out")
    view = DoorPage("Sign out", None, "Sign out", f"You are signed in as {page.person.name}.", form)
    return page.render("pages/door.html", view)


@router.post("/sign-out")
def sign_out(page: OwnPage) -> Response:
    session_hash = page.person.session_hash
    if session_hash is not None:
        page.runtime.writer.run(page.actor, lambda unit: end_sign_in(unit, session_hash))
    page.request.app.state.sign_ins.forget()
    response = RedirectResponse("/sign-in", 303)
    cookies.clear_sign_in(response, page.runtime)
    return response


def _setup_view(token: str) -> DoorPage:
    name = Field("name", "Name", help="As others see it in the ledger.", autocomplete="name")
    fields = (_login_field(), name, *_new_password_fields())
    form = Form("setup", f"/setup/{token}", "Make the first administrator", fields)
    lead = (
        "The system administrator gives out rights and looks after devices and places, and approves no runs."
    )
    note = "This link works once."
    return DoorPage("First administrator", None, "The first administrator", lead, form, (note,))


@router.get("/setup/{token}", dependencies=[public()])
def setup_page(request: Request, runtime: RuntimeDep, token: str) -> Response:
    links.login_of_link(runtime, token, of_handler=False)
    return _door(request, runtime, _setup_view(token))


@router.post("/setup/{token}", dependencies=[public()])
def set_up(request: Request, runtime: RuntimeDep, token: str, typed: Typed) -> Response:
    login, password = rules.login_of(text(typed, "login")), _raw(typed, "password")
    try:
        cookies.check_door(request, runtime, typed)
        again = _raw(typed, "again")
        links.set_up(
            runtime, NOBODY, token, login=login, name=text(typed, "name"), password=password, again=again
        )
    except (InvalidInputError, CsrfError) as error:
        return _again(request, runtime, _setup_view(token), typed, error)
    return _signed_in(request, runtime, login, password, "/")


def _reset_view(token: str, login: str) -> DoorPage:
    form = Form("reset", f"/reset/{token}", "Set the password", _new_password_fields())
    lead = f"For the login {login}. Its other sign-ins end."
    return DoorPage("New password", None, "A new password", lead, form, ("This link works once.",))


@router.get("/reset/{token}", dependencies=[public()])
def reset_page(request: Request, runtime: RuntimeDep, token: str) -> Response:
    return _door(request, runtime, _reset_view(token, links.login_of_link(runtime, token, of_handler=True)))


@router.post("/reset/{token}", dependencies=[public()])
def reset(request: Request, runtime: RuntimeDep, token: str, typed: Typed) -> Response:
    login = links.login_of_link(runtime, token, of_handler=True)
    try:
        cookies.check_door(request, runtime, typed)
        links.reset(runtime, NOBODY, token, password=_raw(typed, "password"), again=_raw(typed, "again"))
    except (InvalidInputError, CsrfError) as error:
        return _again(request, runtime, _reset_view(token, login), typed, error)
    request.app.state.sign_ins.forget()
    return RedirectResponse("/sign-in?" + urlencode({"then": "/account"}), 303)
