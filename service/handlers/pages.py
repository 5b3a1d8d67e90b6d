"""Administration of handlers."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.handlers import actions, queries, rules
from service.handlers.actions import HandlerEvent
from service.handlers.administration import history
from service.handlers.credentials import new_secret
from service.handlers.forms import deactivate_page, edit_page, new_page, roles_of, roles_page
from service.handlers.link_actions import make_password_link
from service.handlers.models import HANDLER, Handler, Role
from service.handlers.queries import secret_hash
from service.handlers.rules import Permission
from service.handlers.second_person import SecondPersonNeededError
from service.ledger.writer import Unit
from service.proposals import actions as proposing
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.admin import NewTokenView
from service.web.views.frame import Place
from service.web.views.pages import ListPage, ThingPage
from service.web.views.parts import (
    Act,
    Chip,
    Fact,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Method,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/handlers", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_HANDLERS)]
SHOWN = 100
OWN_RIGHTS = "nobody changes their own rights"
NOT_ALLOWED = "needs the system administrator"
WORDS = {
    HandlerEvent.CREATED: "Made",
    HandlerEvent.EDITED: "Name, title or party changed",
    HandlerEvent.ROLES_CHANGED: "Roles changed",
    HandlerEvent.DEACTIVATED: "Deactivated; sign-ins and tokens ended",
    HandlerEvent.REACTIVATED: "Reactivated",
    HandlerEvent.PASSWORD_SET: "Password set",
    HandlerEvent.LINK_MADE: "Link for a new password made",
    HandlerEvent.SIGNED_IN: "Signed in",
    HandlerEvent.SIGNED_OUT: "Signed out",
    HandlerEvent.SIGN_IN_REFUSED: "Too many sign-ins failed; the login waits",
}


class Which(StrEnum):
    ACTIVE = "active"
    ALL = "all"


STATE = {True: Chip("active", Tone.GREEN), False: Chip("not active")}


@router.get("")
def list_handlers(page: Reader, after: After = None, which: Which = Which.ACTIVE) -> Response:
    active = True if which is Which.ACTIVE else None
    found = queries.handlers(page.session, after=after, limit=SHOWN + 1, active=active)
    parties = queries.party_names(page.session.connection())
    more = f"/handlers?which={which}&after={found[SHOWN - 1].handler_id}" if len(found) > SHOWN else None
    columns = (
        Column("Name"),
        Column("Login", mono=True, keep=Keep.TABLET),
        Column("Roles"),
        Column("Works for", keep=Keep.DESK),
        Column("State"),
    )
    rows = tuple(_row(handler, parties) for handler in found[:SHOWN])
    act = _managed(page, Act("New handler", "/handlers/new", first=True))
    view = ListPage(
        "Handlers",
        Place.ADMINISTRATION,
        Head(Link("Administration", "/administration"), "Handlers", acts=(act,)),
        Table("handlers", "Handlers", columns, rows, older_href=more),
        filters=(
            Filter(
                "Show",
                (
                    FilterLink("active", "/handlers", current=which is Which.ACTIVE),
                    FilterLink("all", "/handlers?which=all", current=which is Which.ALL),
                ),
            ),
        ),
    )
    return page.render("pages/list.html", view)


def _row(found: Handler, parties: dict[str, str]) -> Row:
    return Row(
        (
            Cell(Link(found.name, f"/handlers/{found.handler_id}"), head=True),
            Cell(found.login),
            Cell(_role_words(found)),
            Cell(parties.get(found.party_id, "")),
            Cell(STATE[found.active]),
        ),
        key=found.handler_id,
    )


def _role_words(found: Handler) -> str:
    return ", ".join(rules.role_word(Role(role)) for role in found.roles)


def _managed(page: Page, act: Act) -> Act:
    return _unless(act, not page.person.may(Permission.MANAGE_HANDLERS), NOT_ALLOWED)


def _unless(act: Act, forbidden: bool, reason: str) -> Act:  # noqa: FBT001 - reads as a sentence
    return replace(act, enabled=False, reason=reason) if forbidden else act


@router.get("/new")
def new_handler_page(page: Manager) -> Response:
    return page.render("pages/form.html", new_page(page))


@router.post("")
def create_handler(page: Manager) -> Response:
    reason = page.text("reason") or None

    def work(unit: Unit) -> str:
        return actions.create_handler(
            unit,
            login=page.text("login"),
            name=page.text("name"),
            title=page.text("title"),
            party_id=page.text("party_id"),
            roles=roles_of(page),
            reason=reason,
            alone=page.runtime.settings.second_person,
        )

    def work_or_propose(unit: Unit) -> list[str]:
        try:
            return [work(unit), ""]
        except SecondPersonNeededError:
            named = {name: page.text(name) for name in ("login", "name", "title", "party_id")}
            return ["", proposing.propose_handler(unit, **named, roles=roles_of(page), reason=reason or "")]

    def done(made: list[str]) -> Response:
        handler_id, number = made
        if number:
            return _proposed(page, number)
        return page.redirect(f"/handlers/{handler_id}", "The handler is made. Send a link for the password.")

    return act_or_again(page, lambda: new_page(page), work_or_propose, done)


@router.get("/{handler_id}")
def show_handler(handler_id: str, page: Reader) -> Response:
    found = queries.handler(page.session, handler_id)
    party = queries.party_names(page.session.connection()).get(found.party_id, "")
    facts = (
        Fact("Login", Ident(found.login)),
        Fact("Roles", _role_words(found)),
        Fact("Works for", party),
        Fact("Made", When(found.created_at, WhenStyle.DATE)),
        Fact("Password", "set" if found.password_hash else "not set; send a link"),
    )
    head = Head(
        Link("Handlers", "/handlers"),
        found.name,
        where=found.title,
        chips=(STATE[found.active],),
        acts=_acts(found, page),
    )
    view = ThingPage(
        found.name,
        Place.ADMINISTRATION,
        head,
        (
            history(
                page.session, HANDLER.subject(handler_id), {tag.value: text for tag, text in WORDS.items()}
            ),
        ),
        (FactsSection("Handler", facts),),
    )
    return page.render("pages/thing.html", view)


def _acts(found: Handler, page: Page) -> tuple[Act, ...]:
    base = f"/handlers/{found.handler_id}"
    own = found.handler_id == page.person.handler_id
    last = (
        _unless(Act("Deactivate", f"{base}/deactivate"), own, OWN_RIGHTS)
        if found.active
        else Act("Reactivate", f"{base}/reactivate", Method.POST)
    )
    link = Act("Link for a new password", f"{base}/link", Method.POST)
    every = (
        Act("Edit", f"{base}/edit"),
        _unless(Act("Change roles", f"{base}/roles"), own, OWN_RIGHTS),
        _unless(link, not found.active, "not active"),
        last,
    )
    return tuple(_managed(page, act) for act in every)


@router.get("/{handler_id}/edit")
def edit_handler_page(handler_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", edit_page(page, queries.handler(page.session, handler_id)))


@router.post("/{handler_id}/edit")
def edit_handler(handler_id: str, page: Manager) -> Response:
    found = queries.handler(page.session, handler_id)
    typed = {name: page.text(name) for name in ("name", "title", "party_id")}
    return act_or_again(
        page,
        lambda: edit_page(page, found),
        lambda unit: actions.edit_handler(unit, handler_id, **typed),
        lambda _: page.redirect(f"/handlers/{handler_id}", "Saved."),
    )


@router.get("/{handler_id}/roles")
def change_roles_page(handler_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", roles_page(queries.handler(page.session, handler_id)))


@router.post("/{handler_id}/roles")
def change_roles(handler_id: str, page: Manager) -> Response:
    found = queries.handler(page.session, handler_id)

    reason, roles = page.text("reason"), roles_of(page)

    def work(unit: Unit) -> str:
        try:
            alone = page.runtime.settings.second_person
            actions.change_roles(unit, handler_id, roles, reason or None, alone=alone)
        except SecondPersonNeededError:
            return proposing.propose_roles(unit, handler_id, roles, reason)
        return ""

    def done(number: str) -> Response:
        if number:
            return _proposed(page, number)
        page.request.app.state.sign_ins.forget()
        return page.redirect(f"/handlers/{handler_id}", "The roles are changed.")

    return act_or_again(page, lambda: roles_page(found), work, done)


def _proposed(page: Page, number: str) -> Response:
    told = f"{number} is proposed. Nothing has changed yet: another person decides."
    return page.redirect(f"/proposals/{number}", told, Tone.AMBER)


@router.get("/{handler_id}/deactivate")
def deactivate_handler_page(handler_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", deactivate_page(page, queries.handler(page.session, handler_id)))


@router.post("/{handler_id}/deactivate")
def deactivate_handler(handler_id: str, page: Manager) -> Response:
    found = queries.handler(page.session, handler_id)

    def work(unit: Unit) -> None:
        rules.check_reason(page.text("reason"))
        actions.deactivate_handler(unit, handler_id, page.text("reason"))

    def done(_: object) -> Response:
        page.request.app.state.sign_ins.forget()
        return page.redirect(f"/handlers/{handler_id}", f"{found.name} is deactivated.")

    return act_or_again(page, lambda: deactivate_page(page, found), work, done)


@router.post("/{handler_id}/reactivate")
def reactivate_handler(handler_id: str, page: Manager) -> Response:
    page.act(lambda unit: actions.reactivate_handler(unit, handler_id))
    return page.redirect(f"/handlers/{handler_id}", "The handler is active again. Tokens stay revoked.")


@router.post("/{handler_id}/link")
def make_link(handler_id: str, page: Manager) -> Response:
    """Each press makes a new link and ends the one before: the answer is a secret and is not kept."""
    secret = new_secret()
    page.runtime.writer.run(
        page.actor, lambda unit: make_password_link(unit, handler_id, secret_hash(secret))
    )
    found = queries.handler(page.session, handler_id)
    view = NewTokenView(
        "Link for a new password",
        Place.ADMINISTRATION,
        Head(Link("Handlers", "/handlers"), found.name),
        f"{page.runtime.settings.resolved_public_url}/reset/{secret}",
        "Give this link to the handler. It works once, for 24 hours, and is shown only here.",
        f"/handlers/{handler_id}",
    )
    return page.render("admin/token.html", view)
