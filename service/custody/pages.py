"""Discrepancies: what was expected and what was found, until somebody says why."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.custody import actions, queries
from service.custody.actions import DiscrepancyEvent
from service.custody.models import DISCREPANCY, DiscrepancyKind
from service.custody.queries import DiscrepancySelection, DiscrepancyView
from service.custody.sight import is_outsider
from service.custody.timeline import always, timeline
from service.handlers.rules import Permission
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.forms import Danger, Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage, ThingPage
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Fact,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Part,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection, TextSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/discrepancies", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
Resolver = Annotated[Page, page_for(Permission.RESOLVE)]
SHOWN = 50
KIND_WORD = {kind: kind.value.replace("_", " ") for kind in DiscrepancyKind}
TELLERS = {
    DiscrepancyEvent.OPENED.value: always("Opened.", Tone.RED),
    DiscrepancyEvent.RESOLVED.value: always("Resolved.", Tone.GREEN),
}


class Which(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"


OPEN_OF = {Which.OPEN: True, Which.RESOLVED: False, Which.ALL: None}


def state_chip(found: DiscrepancyView, shape: Shape = Shape.CUSTODY) -> Chip:
    return Chip("open", Tone.RED, shape) if found.is_open else Chip("resolved", Tone.NEUTRAL, shape)


@router.get("")
def list_discrepancies(
    page: Reader,
    *,
    after: After = None,
    which: Which = Which.OPEN,
    consignment: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:
    wanted = DiscrepancySelection(OPEN_OF[which], consignment=consignment)
    connection = page.session.connection()
    found = queries.discrepancy_views(connection, page.person, wanted, after=after, limit=SHOWN + 1)
    base = {"consignment": consignment} if consignment else {}
    more = (
        f"/discrepancies?{urlencode({**base, 'which': which.value, 'after': found[SHOWN - 1].discrepancy_id})}"
        if len(found) > SHOWN
        else None
    )
    about = (Ident(consignment, f"/consignments/{consignment}"),) if consignment else ()
    view = ListPage(
        "Discrepancies",
        Place.CONSIGNMENTS,
        Head("Custody", "Discrepancies", where=("of ", *about) if about else ""),
        _table(_by_number(found[:SHOWN]), page, more),
        filters=(_filter(which, base),),
    )
    return page.render("pages/list.html", view)


def _by_number(found: list[DiscrepancyView]) -> list[DiscrepancyView]:
    """Those opened in one unit share their moment; on the page the numbers decide."""
    return sorted(found, key=lambda one: (len(one.number), one.number), reverse=True)


def _filter(which: Which, base: dict[str, str]) -> Filter:
    links = tuple(
        FilterLink(
            one.value, f"/discrepancies?{urlencode({**base, 'which': one.value})}", current=one is which
        )
        for one in Which
    )
    return Filter("Show", links)


def _table(found: list[DiscrepancyView], page: Page, more: str | None) -> Table:
    columns = (
        Column("Number"),
        Column("What"),
        Column("About", keep=Keep.TABLET),
        Column("Opened", numeric=True),
        Column("State"),
    )
    empty = EmptyState(
        "No discrepancy is open.",
        "What is missing, extra, broken or not where it was recorded stands here until somebody resolves it with a reason.",
    )
    rows = tuple(_row(one, page) for one in found)
    return Table("discrepancies", "Discrepancies", columns, rows, older_href=more, empty=empty)


def _row(one: DiscrepancyView, page: Page) -> Row:
    return Row(
        (
            Cell(Ident(one.number, f"/discrepancies/{one.number}"), head=True),
            Cell(one.sentence),
            Cell(_about(one, page)),
            Cell(When(one.opened_at)),
            Cell(state_chip(one, Shape.BARE)),
        ),
        key=one.number,
    )


def _about(one: DiscrepancyView, page: Page) -> tuple[Part, ...]:
    parts = [
        Ident(one.consignment, f"/consignments/{one.consignment}") if one.consignment else None,
        Ident(one.container, f"/containers/{one.container}") if one.container else None,
        medium_part(one.medium, page) if one.medium else None,
    ]
    named = [part for part in parts if part is not None]
    return tuple(part for one_part in named for part in (one_part, " "))[:-1]


def medium_part(barcode: str, page: Page) -> Barcode:
    """Its barcode; a link for those who may open its page."""
    return Barcode(barcode, None if is_outsider(page.person) else f"/media/{barcode}")


@router.get("/{number}")
def show_discrepancy(number: str, page: Reader) -> Response:
    found = queries.discrepancy_view(page.session.connection(), page.person, number)
    history = timeline(page.session, page.person, DISCREPANCY.subject(found.discrepancy_id), TELLERS)
    view = ThingPage(
        number,
        Place.CONSIGNMENTS,
        _head(found, (Act("Report (PDF)", f"/discrepancies/{number}/report.pdf"), _resolve_act(found, page))),
        (*_resolution(found), history),
        (FactsSection("Discrepancy", _facts(found, page)),),
    )
    return page.render("pages/thing.html", view)


def _head(found: DiscrepancyView, acts: tuple[Act, ...] = ()) -> Head:
    return Head(
        Link("Discrepancies", "/discrepancies"),
        Ident(found.number),
        where=found.sentence,
        chips=(state_chip(found),),
        acts=acts,
    )


def _resolve_act(found: DiscrepancyView, page: Page) -> Act:
    act = Act("Resolve", f"/discrepancies/{found.number}/resolve", first=True)
    if not found.is_open:
        return replace(act, enabled=False, reason="resolved already")
    if not page.person.may(Permission.RESOLVE):
        reason = "a backup administrator or the security officer resolves it"
        return replace(act, enabled=False, reason=reason)
    return act


def _resolution(found: DiscrepancyView) -> tuple[TextSection, ...]:
    return () if found.is_open else (TextSection("Resolution", (found.resolution,)),)


def _facts(found: DiscrepancyView, page: Page) -> tuple[Fact, ...]:
    run = found.run if is_outsider(page.person) else Ident(found.run, f"/runs/{found.run}")
    told = (
        (found.medium, Fact("Medium", medium_part(found.medium, page))),
        (found.container, Fact("Container", Ident(found.container, f"/containers/{found.container}"))),
        (
            found.consignment,
            Fact("Consignment", Ident(found.consignment, f"/consignments/{found.consignment}")),
        ),
        (found.run, Fact("Run", run)),
        (found.place, Fact("Place", found.place)),
    )
    opened = Fact("Opened", When(found.opened_at, WhenStyle.BOTH))
    lasted = (
        Fact("Open for", When(found.opened_at, WhenStyle.AGE))
        if found.resolved_at is None
        else Fact("Resolved", When(found.resolved_at, WhenStyle.BOTH))
    )
    return (
        Fact("Kind", KIND_WORD[found.kind]), *(fact for name, fact in told if name), opened, lasted,
    )  # fmt: skip


@router.get("/{number}/resolve")
def resolve_page(number: str, page: Resolver) -> Response:
    return page.render("pages/form.html", _form_page(number, page))


@router.post("/{number}/resolve")
def resolve_discrepancy(number: str, page: Resolver) -> Response:
    return act_or_again(
        page,
        lambda: _form_page(number, page),
        lambda unit: actions.resolve_discrepancy(unit, number, page.text("resolution")),
        lambda _: page.redirect(f"/discrepancies/{number}", f"{number} is resolved."),
    )


def _form_page(number: str, page: Page) -> FormPage:
    found = queries.discrepancy_view(page.session.connection(), page.person, number)
    field = Field(
        "resolution",
        "What was found, and what follows",
        FieldKind.TEXTAREA,
        help="It stands in the ledger for good.",
        autofocus=True,
    )
    text = f"{number} is closed with your reason and stays visible. A missing medium stays missing until it is scanned or moved."
    form = Form(
        "resolve",
        f"/discrepancies/{number}/resolve",
        "Resolve",
        (field,),
        danger=Danger(text, tone=Tone.AMBER),
        other=(Act("Back", f"/discrepancies/{number}"),),
        submit_enabled=found.is_open,
        submit_reason="" if found.is_open else "resolved already",
    )
    beside = (FactsSection("Discrepancy", _facts(found, page)),)
    return FormPage(f"Resolve {number}", Place.CONSIGNMENTS, _head(found), form, beside)
