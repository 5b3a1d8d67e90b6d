"""The tree of places, and one page for each with what stands there."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from service.errors import InvalidInputError
from service.handlers.administration import history
from service.handlers.rules import Permission, check_reason
from service.ledger.writer import Unit
from service.locations import actions, forms, occupants, queries
from service.locations.actions import LocationEvent
from service.locations.models import LOCATION, Location, LocationKind
from service.locations.occupants import CONTAINERS, MEDIA
from service.locations.rules import KIND_WORD, MADE_BY_PEOPLE, Occupants
from service.locations.tree_pages import OUT_OF_USE, managed
from service.parties.queries import parties, party
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ThingPage
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Fact,
    Head,
    Ident,
    Link,
    Method,
    Part,
    Plate,
    Rich,
    Tone,
)
from service.web.views.sections import FactsSection, Section, TableSection
from service.web.views.tables import Cell, Column, Row, Table

router = APIRouter(prefix="/locations", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_LOCATIONS)]
SHOWN = 200
WORDS = {
    LocationEvent.CREATED.value: "Made",
    LocationEvent.RENAMED.value: "Name or code changed",
    LocationEvent.READDRESSED.value: "Element address changed",
    LocationEvent.DEACTIVATED.value: "Taken out of use",
    LocationEvent.REACTIVATED.value: "Taken into use again",
}


def _new_page(page: Page, parent_id: str) -> FormPage:
    parent = queries.location(page.session, parent_id) if parent_id else None
    return forms.new_page(parent, parties(page.session, active=True))


@router.get("/new")
def new_location_page(page: Manager, parent: str = "") -> Response:
    return page.render("pages/form.html", _new_page(page, parent))


@router.post("")
def create_location(page: Manager) -> Response:
    parent_id = page.text("parent_id")

    def work(unit: Unit) -> str:
        return actions.create_location(
            unit,
            _kind(page.text("kind")),
            page.text("name"),
            parent_id=parent_id or None,
            party_id=page.text("party_id") or None,
            code=page.text("code") or None,
            time_zone=page.text("time_zone") or None,
        )

    return act_or_again(
        page,
        lambda: _new_page(page, parent_id),
        work,
        lambda location_id: page.redirect(f"/locations/{location_id}", "The place is made."),
    )


def _kind(typed: str) -> LocationKind:
    if typed not in {kind.value for kind in MADE_BY_PEOPLE}:
        raise InvalidInputError("Nothing was made.", fields={"kind": "Choose what it is."})
    return LocationKind(typed)


@router.get("/{location_id}")
def show_location(location_id: str, page: Reader) -> Response:
    place = queries.location(page.session, location_id)
    found = occupants.occupants(page.session.connection(), queries.subtree(location_id))
    head = Head(
        _trail(place, page.session),
        place.name,
        where=f"{KIND_WORD[place.kind]} · with {party(page.session, place.party_id).name}",
        chips=() if place.active else (OUT_OF_USE,),
        acts=_acts(place, found, page),
        plate=Plate(place.code) if place.code else None,
    )
    sections: tuple[Section, ...] = (
        *_standing(place, page.session),
        *_places_in(place, page.session),
        history(page.session, LOCATION.subject(location_id), WORDS),
    )
    view = ThingPage(place.path, Place.ADMINISTRATION, head, sections, (_facts(place, found, page.session),))
    return page.render("pages/thing.html", view)


def _trail(place: Location, session: Session) -> Rich:
    parts: list[Part] = [Link("Locations", "/locations")]
    for above in queries.ancestors(session, place):
        parts += [" › ", Link(above.name, f"/locations/{above.location_id}")]
    return tuple(parts)


def _facts(place: Location, found: list[Occupants], session: Session) -> FactsSection:
    answers = party(session, place.party_id)
    facts = [
        Fact("Code", Ident(place.code or "none")),
        Fact("Answers for it", Link(answers.name, f"/parties/{answers.party_id}")),
        *([Fact("Element address", str(place.element_address))] if place.element_address is not None else []),
        *([Fact("Time zone", place.time_zone)] if place.time_zone else []),
        *(
            Fact(one.noun.capitalize(), f"{one.count:,}")
            for one in found
            if one.count or one.noun == MEDIA.noun
        ),
    ]
    return FactsSection("Place", tuple(facts), note="Counts include everything under it.")


def _acts(place: Location, found: list[Occupants], page: Page) -> tuple[Act, ...]:
    base = f"/locations/{place.location_id}"
    every: list[Act] = []
    if forms.kinds_under(place):
        every.append(Act("New place in it", f"/locations/new?parent={place.location_id}"))
    if place.kind in MADE_BY_PEOPLE or place.kind is LocationKind.LIBRARY:
        every.append(Act("Rename", f"{base}/rename"))
        there = [f"{one.count} {one.noun}" for one in found if one.count]
        close = Act("Take out of use", f"{base}/deactivate")
        again = Act("Take into use", f"{base}/reactivate", Method.POST)
        last = close if place.active else again
        every.append(
            replace(last, enabled=False, reason=f"not empty: {', '.join(there)}")
            if there and place.active
            else last
        )
    return tuple(managed(page, act) for act in every)


def _standing(place: Location, session: Session) -> list[TableSection]:
    """Media and containers at the place itself; for a library, in its elements."""
    within = queries.subtree(place.location_id) if place.kind is LocationKind.LIBRARY else [place.location_id]
    names = {place.location_id: place.name}
    sections = []
    for kind in (MEDIA, CONTAINERS):
        found = list(occupants.standing(session.connection(), kind, within, SHOWN + 1))
        if not found and kind is not MEDIA:
            continue
        names |= queries.names_of(session, [one.location_id for one in found if one.location_id not in names])
        rows = tuple(
            Row((Cell(Barcode(one.name, one.href), head=True), Cell(names[one.location_id])))
            for one in found[:SHOWN]
        )
        foot = f"The first {SHOWN} are shown." if len(found) > SHOWN else ""
        empty = EmptyState(f"No {kind.noun}", "What stands at this place itself is listed here.")
        columns = (Column("Barcode", mono=True), Column("Where"))
        table = Table(kind.noun, f"{kind.noun} at {place.name}", columns, rows, foot=foot, empty=empty)
        sections.append(TableSection(f"{kind.noun.capitalize()} here", table))
    return sections


def _places_in(place: Location, session: Session) -> list[TableSection]:
    found = queries.children(session, place.location_id, limit=SHOWN + 1)
    if not found and not forms.kinds_under(place):
        return []
    rows = tuple(_place_row(child) for child in found[:SHOWN])
    foot = f"The first {SHOWN} are shown." if len(found) > SHOWN else ""
    empty = EmptyState("No places in it", "Rooms, vaults, shelves or slots in this place are listed here.")
    columns = (Column("Name"), Column("Kind"), Column("Code", mono=True), Column("State"))
    table = Table("places", f"Locations in {place.name}", columns, rows, foot=foot, empty=empty)
    return [TableSection("Locations in it", table)]


def _place_row(child: Location) -> Row:
    return Row(
        (
            Cell(Link(child.name, f"/locations/{child.location_id}"), head=True),
            Cell(KIND_WORD[child.kind]),
            Cell(child.code or ""),
            Cell(Chip("in use", Tone.GREEN) if child.active else OUT_OF_USE),
        )
    )


@router.get("/{location_id}/rename")
def rename_page(location_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", forms.rename_page(queries.location(page.session, location_id)))


@router.post("/{location_id}/rename")
def rename(location_id: str, page: Manager) -> Response:
    place = queries.location(page.session, location_id)
    code = page.text("code") or None
    return act_or_again(
        page,
        lambda: forms.rename_page(place),
        lambda unit: actions.rename_location(unit, location_id, page.text("name"), code),
        lambda _: page.redirect(f"/locations/{location_id}", "Saved."),
    )


def _deactivate_page(place: Location, session: Session) -> FormPage:
    found = occupants.occupants(session.connection(), queries.subtree(place.location_id))
    return forms.deactivate_page(place, queries.count_under(session, place.location_id), found)


@router.get("/{location_id}/deactivate")
def deactivate_page(location_id: str, page: Manager) -> Response:
    place = queries.location(page.session, location_id)
    return page.render("pages/form.html", _deactivate_page(place, page.session))


@router.post("/{location_id}/deactivate")
def deactivate(location_id: str, page: Manager) -> Response:
    place = queries.location(page.session, location_id)

    def work(unit: Unit) -> None:
        check_reason(page.text("reason"))
        actions.deactivate_location(unit, location_id, page.text("reason"))

    return act_or_again(
        page,
        lambda: _deactivate_page(place, page.session),
        work,
        lambda _: page.redirect(f"/locations/{location_id}", f"{place.name} is out of use."),
    )


@router.post("/{location_id}/reactivate")
def reactivate(location_id: str, page: Manager) -> Response:
    page.act(lambda unit: actions.reactivate_location(unit, location_id))
    return page.redirect(f"/locations/{location_id}", "The place is in use again.")
