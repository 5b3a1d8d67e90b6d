"""One's own account: sign-ins, API tokens, password."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.errors import InvalidInputError
from service.handlers import rules
from service.handlers.account_api import with_sign_in
from service.handlers.callers import address_of
from service.handlers.credentials import new_token
from service.handlers.models import ApiToken, SignIn
from service.handlers.queries import secret_hash, sign_ins_of, tokens_of
from service.handlers.rules import Permission
from service.handlers.session_actions import NAME_LENGTH, end_own_sign_in
from service.handlers.signing_in import change_own_password
from service.handlers.token_actions import LONGEST_DAYS, create_token, revoke_token
from service.ids import new_id
from service.web.filling import refilled
from service.web.page import Page, page_for
from service.web.views.admin import NewTokenView
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.pages import FormPage, ThingPage
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Fact,
    Head,
    Ident,
    Method,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(include_in_schema=False)

OwnPage = Annotated[Page, page_for(Permission.OWN_ACCOUNT)]
DEFAULT_DAYS = "90"


@router.get("/account")
def account(page: OwnPage) -> Response:
    person = page.person
    head = Head(
        "Account",
        person.name,
        where=person.title,
        acts=(Act("Change password", "/account/password"), Act("New token", "/account/tokens/new")),
    )
    facts = (
        Fact("Login", Ident(person.login)),
        Fact("Roles", ", ".join(rules.role_word(role) for role in person.roles)),
        Fact("May", ", ".join(sorted(found.value.replace("_", " ") for found in person.permissions))),
    )
    sections = (_sign_ins_section(page), _tokens_section(page))
    view = ThingPage("Account", None, head, sections, (FactsSection("Rights", facts),))
    return page.render("pages/thing.html", view)


def _sign_ins_section(page: Page) -> TableSection:
    found = sign_ins_of(page.session, page.person.handler_id, page.now)
    columns = (
        Column("Signed in"),
        Column("Last act"),
        Column("Ends", keep=Keep.TABLET),
        Column("End it", hidden_label=True),
    )
    rows = tuple(_sign_in_row(row, page) for row in found)
    return TableSection("Sign-ins", Table("sign-ins", "Your sign-ins", columns, rows))


def _sign_in_row(found: SignIn, page: Page) -> Row:
    here = found.session_hash == page.person.session_hash
    end = Act(
        "End",
        f"/account/sign-ins/{found.session_hash[:NAME_LENGTH]}/end",
        Method.POST,
        enabled=not here,
        reason="this one",
        slim=True,
    )
    return Row(
        (
            Cell(When(found.created_at), head=True),
            Cell(When(found.seen_at, WhenStyle.AGO)),
            Cell(When(found.expires_at)),
            Cell(act=end),
        )
    )


def _tokens_section(page: Page) -> TableSection:
    columns = (
        Column("Token"),
        Column("State"),
        Column("Scopes", keep=Keep.TABLET),
        Column("Ends", keep=Keep.TABLET),
        Column("Revoke it", hidden_label=True),
    )
    rows = tuple(_token_row(found, page) for found in tokens_of(page.session, page.person.handler_id))
    empty = EmptyState(
        "No tokens", "A token lets a program act in your name, with no more than the scopes you give it."
    )
    return TableSection("API tokens", Table("tokens", "Your API tokens", columns, rows, empty=empty))


def _token_row(found: ApiToken, page: Page) -> Row:
    state = _token_state(found, page)
    alive = state.tone is Tone.GREEN
    revoke = Act("Revoke", f"/account/tokens/{found.token_id}/revoke", Method.POST, slim=True)
    return Row(
        (
            Cell(found.name, head=True),
            Cell(state),
            Cell(", ".join(scope.replace("_", " ") for scope in found.scopes)),
            Cell(When(found.expires_at, WhenStyle.DATE)),
            Cell(act=revoke) if alive else Cell("·", quiet=True),
        )
    )


def _token_state(found: ApiToken, page: Page) -> Chip:
    if found.revoked_at is not None:
        return Chip("revoked", shape=Shape.BARE)
    if found.expires_at <= page.now:
        return Chip("expired", shape=Shape.BARE)
    return Chip("valid", Tone.GREEN, Shape.BARE)


@router.post("/account/sign-ins/{name}/end")
def end_sign_in(name: str, page: OwnPage) -> Response:
    page.act(lambda unit: end_own_sign_in(unit, page.person.handler_id, name))
    page.request.app.state.sign_ins.forget()
    return page.redirect("/account", "The sign-in is ended.")


@router.post("/account/tokens/{token_id}/revoke")
def revoke(token_id: str, page: OwnPage) -> Response:
    page.act(lambda unit: revoke_token(unit, page.person.handler_id, token_id))
    page.request.app.state.sign_ins.forget()
    return page.redirect("/account", "The token is revoked. Programs that use it are refused from now on.")


def _token_page(page: Page) -> FormPage:
    scopes = tuple(
        Option(found.value, found.value.replace("_", " ").capitalize())
        for found in Permission
        if page.person.may(found)
    )
    fields = (
        Field("name", "What it is for", placeholder="Inventory script", autofocus=True),
        Field(
            "days",
            "Days until it ends",
            FieldKind.NUMBER,
            DEFAULT_DAYS,
            width=6,
            minimum="1",
            maximum=str(LONGEST_DAYS),
        ),
        Field(
            "scopes",
            "What it may do",
            FieldKind.CHECKS,
            options=scopes,
            help="Never more than your roles allow.",
        ),
    )
    form = Form("token", "/account/tokens", "Make the token", fields, other=(Act("Back", "/account"),))
    return FormPage("New token", None, Head("Account", "A new API token"), form)


@router.get("/account/tokens/new")
def new_token_page(page: OwnPage) -> Response:
    return page.render("pages/form.html", _token_page(page))


@router.post("/account/tokens")
def make_token(page: OwnPage) -> Response:
    secret, token_id, person = new_token(), new_id(page.now), with_sign_in(page.person)
    try:
        made = page.act(
            lambda unit: create_token(
                unit,
                token_id,
                handler_id=person.handler_id,
                token_hash=secret_hash(secret),
                name=page.text("name"),
                scopes=_scopes(page),
                allowed=person.permissions,
                days=_days(page.text("days")),
            )
        )
    except InvalidInputError as error:
        view = _token_page(page)
        return page.render("pages/form.html", replace(view, form=refilled(view.form, page.form, error)), 422)
    if made != token_id:  # the button was pressed twice; the first answer showed the secret
        return page.redirect(
            "/account", "This token was made and shown already. If it was not kept, revoke it.", Tone.AMBER
        )
    return _shown_once(
        page, "A new API token", secret, "Keep it now: it is shown once and stored only as a hash."
    )


def _shown_once(page: Page, name: str, secret: str, note: str) -> Response:
    view = NewTokenView("New token", None, Head("Account", name), secret, note, "/account")
    return page.render("admin/token.html", view)


def _scopes(page: Page) -> list[Permission]:
    known = {found.value for found in Permission}
    return [Permission(scope) for scope in page.texts("scopes") if scope in known]


def _days(typed: str) -> int:
    """0, which no token lasts, for what is not a number."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0  # noqa: PLR2004 - digits of a sane number


def _password_page() -> FormPage:
    help_text = f"At least {rules.SHORTEST_PASSWORD} characters; a sentence is easy to keep in mind."
    fields = (
        Field(
            "current", "Present password", FieldKind.PASSWORD, autocomplete="current-password", autofocus=True
        ),
        Field("password", "New password", FieldKind.PASSWORD, help=help_text, autocomplete="new-password"),
        Field("again", "The new password again", FieldKind.PASSWORD, autocomplete="new-password"),
    )
    form = Form(
        "password", "/account/password", "Change the password", fields, other=(Act("Back", "/account"),)
    )
    return FormPage("Change password", None, Head("Account", "A new password"), form)


@router.get("/account/password")
def password_page(page: OwnPage) -> Response:
    return page.render("pages/form.html", _password_page())


@router.post("/account/password")
def change_password(page: OwnPage) -> Response:
    """Not kept for a repeat: what is kept is hashed fast, and this form holds a password."""
    typed = {name: str(page.form.get(name, "")) for name in ("current", "password", "again")}
    try:
        change_own_password(
            page.runtime, with_sign_in(page.person), **typed, address=address_of(page.request)
        )
    except InvalidInputError as error:
        view = _password_page()
        return page.render("pages/form.html", replace(view, form=refilled(view.form, page.form, error)), 422)
    page.request.app.state.sign_ins.forget()
    return page.redirect("/account", "The password is changed. Your other sign-ins are ended.")
