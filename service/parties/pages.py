"""Administration of parties."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from service.handlers.administration import AREAS, history
from service.handlers.queries import Person, handlers_of
from service.handlers.rules import Permission, check_reason
from service.ledger.writer import Unit
from service.parties import actions, queries
from service.parties.actions import PartyEvent
from service.parties.models import PARTY, Party, PartyKind
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.admin import Area
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage, ThingPage
from service.web.views.parts import Act, Chip, EmptyState, Fact, Head, Ident, Link, Method, Number, Tone
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/parties", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_PARTIES)]
SHOWN = 100
NOT_ALLOWED = "needs an administrator"
KIND_WORD = {
    PartyKind.ORGANISATION: "our organisation",
    PartyKind.VAULT_VENDOR: "vault vendor",
    PartyKind.COURIER: "courier",
}
STATE = {True: Chip("active", Tone.GREEN), False: Chip("not active")}
WORDS = {
    PartyEvent.CREATED.value: "Made",
    PartyEvent.EDITED.value: "Details changed",
    PartyEvent.DEACTIVATED.value: "Deactivated",
    PartyEvent.REACTIVATED.value: "Reactivated",
    PartyEvent.LOGO_SET.value: "Logo set",
    PartyEvent.LOGO_REMOVED.value: "Logo removed",
}


def _area(session: Session, person: Person) -> Area:
    del person
    text = "Who can have media in custody: we, vault vendors, couriers."
    return Area("Parties", "/parties", text, f"{queries.party_count(session)} active")


AREAS.append(_area)


def _managed(page: Page, act: Act) -> Act:
    allowed = page.person.may(Permission.MANAGE_PARTIES)
    return act if allowed else replace(act, enabled=False, reason=NOT_ALLOWED)


@router.get("")
def list_parties(page: Reader, after: After = None) -> Response:
    found = queries.parties(page.session, after=after, limit=SHOWN + 1)
    columns = (Column("Name"), Column("Kind"), Column("Contact", keep=Keep.TABLET), Column("State"))
    rows = tuple(
        Row(
            (
                Cell(Link(party.name, f"/parties/{party.party_id}"), head=True),
                Cell(KIND_WORD[party.kind]),
                Cell(party.contact),
                Cell(STATE[party.active]),
            ),
            key=party.party_id,
        )
        for party in found[:SHOWN]
    )
    more = f"/parties?after={found[SHOWN - 1].party_id}" if len(found) > SHOWN else None
    act = _managed(page, Act("New party", "/parties/new", first=True))
    head = Head(Link("Administration", "/administration"), "Parties", acts=(act,))
    table = Table("parties", "Parties", columns, rows, older_href=more)
    return page.render("pages/list.html", ListPage("Parties", Place.ADMINISTRATION, head, table))


def _name_and_contact(name: str = "", contact: str = "") -> tuple[Field, Field]:
    return (
        Field("name", "Name", value=name, autofocus=True),
        Field(
            "contact",
            "Contact",
            FieldKind.TEXTAREA,
            contact,
            required=False,
            help="How to reach their desk; no private numbers.",
        ),
    )


def _new_page() -> FormPage:
    options = tuple(
        Option(kind.value, KIND_WORD[kind].capitalize())
        for kind in PartyKind
        if kind is not PartyKind.ORGANISATION
    )
    kind = Field("kind", "Kind", FieldKind.RADIO, PartyKind.VAULT_VENDOR.value, options=options)
    form = Form(
        "party", "/parties", "Make the party", (kind, *_name_and_contact()), other=(Act("Back", "/parties"),)
    )
    return FormPage("New party", Place.ADMINISTRATION, Head(Link("Parties", "/parties"), "A new party"), form)


@router.get("/new")
def new_party_page(page: Manager) -> Response:
    return page.render("pages/form.html", _new_page())


@router.post("")
def create_party(page: Manager) -> Response:
    kind = PartyKind.COURIER if page.text("kind") == PartyKind.COURIER else PartyKind.VAULT_VENDOR
    return act_or_again(
        page,
        _new_page,
        lambda unit: actions.create_party(unit, kind, page.text("name"), page.text("contact")),
        lambda party_id: page.redirect(f"/parties/{party_id}", "The party is made."),
    )


@router.get("/{party_id}")
def show_party(party_id: str, page: Reader) -> Response:
    found = queries.party(page.session, party_id)
    media = queries.media_in_custody(page.session.connection(), party_id)
    facts = (
        Fact("Kind", KIND_WORD[found.kind]),
        Fact("Contact", found.contact or "none written down"),
        Fact("Media in custody", Number(media)),
        *_logo(found, page),
        *_gs1_prefix(found),
    )
    head = Head(
        Link("Parties", "/parties"), found.name, chips=(STATE[found.active],), acts=_acts(found, media, page)
    )
    sections = (_people(found, page), history(page.session, PARTY.subject(party_id), WORDS))
    view = ThingPage(found.name, Place.ADMINISTRATION, head, sections, (FactsSection("Party", facts),))
    return page.render("pages/thing.html", view)


def _people(found: Party, page: Page) -> TableSection:
    rows = tuple(
        Row(
            (
                Cell(Link(one.name, f"/handlers/{one.handler_id}"), head=True),
                Cell(one.title),
                Cell(STATE[one.active]),
            )
        )
        for one in handlers_of(page.session, found.party_id, SHOWN)
    )
    empty = EmptyState("Nobody", "Handlers who work for this party are listed here.")
    columns = (Column("Name"), Column("Title"), Column("State"))
    return TableSection("Handlers", Table("people", f"Handlers of {found.name}", columns, rows, empty=empty))


def _acts(found: Party, media: int, page: Page) -> tuple[Act, ...]:
    base = f"/parties/{found.party_id}"
    last = (
        Act("Deactivate", f"{base}/deactivate")
        if found.active
        else Act("Reactivate", f"{base}/reactivate", Method.POST)
    )
    if found.kind is PartyKind.ORGANISATION:
        last = replace(last, enabled=False, reason="it is our organisation")
    elif found.active and media:
        last = replace(last, enabled=False, reason=f"{media} media are in its custody")
    logo = (Act("Logo", f"{base}/logo"),) if found.kind is PartyKind.ORGANISATION else ()
    return tuple(_managed(page, act) for act in (Act("Edit", f"{base}/edit"), *logo, last))


def _logo(found: Party, page: Page) -> tuple[Fact, ...]:
    """Only ours stands on documents."""
    if found.kind is not PartyKind.ORGANISATION:
        return ()
    has = queries.logo_of(page.session.connection(), found.party_id) is not None
    shown = Link("a PNG picture", f"/parties/{found.party_id}/logo.png") if has else "none"
    return (Fact("Logo on documents", shown),)


def _gs1_prefix(found: Party) -> tuple[Fact, ...]:
    """Containers are numbered under ours alone."""
    if found.kind is not PartyKind.ORGANISATION:
        return ()
    return (Fact("GS1 company prefix", Ident(found.gs1_prefix) if found.gs1_prefix else "none"),)


def _gs1_prefix_field(found: Party) -> tuple[Field, ...]:
    if found.kind is not PartyKind.ORGANISATION:
        return ()
    told = (
        "4 to 12 digits, with leading zeros. Labels of containers are GS1-128 with an SSCC where it is known, Code 128 "
        "where it is not. A number that was given stays."
    )
    return (
        Field("gs1_prefix", "GS1 company prefix", value=found.gs1_prefix or "", required=False, help=told),
    )


def _edit_page(found: Party) -> FormPage:
    base = f"/parties/{found.party_id}"
    form = Form(
        "party",
        f"{base}/edit",
        "Save",
        (*_name_and_contact(found.name, found.contact), *_gs1_prefix_field(found)),
        other=(Act("Back", base),),
    )
    return FormPage(
        f"Edit {found.name}", Place.ADMINISTRATION, Head(Link("Parties", "/parties"), found.name), form
    )


@router.get("/{party_id}/edit")
def edit_party_page(party_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", _edit_page(queries.party(page.session, party_id)))


@router.post("/{party_id}/edit")
def edit_party(party_id: str, page: Manager) -> Response:
    found = queries.party(page.session, party_id)
    return act_or_again(
        page,
        lambda: _edit_page(found),
        lambda unit: actions.edit_party(
            unit, party_id, page.text("name"), page.text("contact"), page.text("gs1_prefix")
        ),
        lambda _: page.redirect(f"/parties/{party_id}", "Saved."),
    )


def _deactivate_page(found: Party) -> FormPage:
    base = f"/parties/{found.party_id}"
    danger = Danger(
        f"{found.name} can no longer be chosen as carrier or vendor. Its history stays.", tone=Tone.AMBER
    )
    reason = Field("reason", "Reason", FieldKind.TEXTAREA, help="It stands in the ledger.", rows=2)
    form = Form(
        "deactivate", f"{base}/deactivate", "Deactivate", (reason,), danger=danger, other=(Act("Back", base),)
    )
    head = Head(Link("Parties", "/parties"), found.name, where="Deactivate")
    return FormPage(f"Deactivate {found.name}", Place.ADMINISTRATION, head, form)


@router.get("/{party_id}/deactivate")
def deactivate_party_page(party_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", _deactivate_page(queries.party(page.session, party_id)))


@router.post("/{party_id}/deactivate")
def deactivate_party(party_id: str, page: Manager) -> Response:
    found = queries.party(page.session, party_id)

    def work(unit: Unit) -> None:
        check_reason(page.text("reason"))
        actions.deactivate_party(unit, party_id, page.text("reason"))

    return act_or_again(
        page,
        lambda: _deactivate_page(found),
        work,
        lambda _: page.redirect(f"/parties/{party_id}", f"{found.name} is deactivated."),
    )


@router.post("/{party_id}/reactivate")
def reactivate_party(party_id: str, page: Manager) -> Response:
    page.act(lambda unit: actions.reactivate_party(unit, party_id))
    return page.redirect(f"/parties/{party_id}", "The party is active again.")
