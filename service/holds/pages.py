"""Holds: the list, one, placing and releasing."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session, col, select
from starlette.responses import Response

from service.errors import InvalidInputError
from service.handlers.models import Handler
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.holds import actions, queries
from service.holds.queries import HoldView
from service.ledger.writer import Unit
from service.media.queries import by_barcode
from service.media.words import day_words, href
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
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
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Placer = Annotated[Page, page_for(Permission.PLACE_HOLD)]
Number = Annotated[str, Path(max_length=20)]
Code = Annotated[str, Path(max_length=64)]
SHOWN = 50
MOST_PEOPLE = 500
OPEN = Chip("on hold", Tone.AMBER, Shape.HOLD)


@router.get("/holds")
def list_holds(page: Reader, after: After = None, *, everything: bool = False) -> Response:
    rows = queries.holds(page.session, open_only=not everything, after=after, limit=SHOWN + 1)
    query = "?everything=true&" if everything else "?"
    older = f"/holds{query}after={rows[SHOWN - 1].hold_id}" if len(rows) > SHOWN else None
    columns = (
        Column("Hold", mono=True), Column("Medium", mono=True), Column("Reason"), Column("Owner", keep=Keep.TABLET),
        Column("Placed", numeric=True, keep=Keep.TABLET), Column("Review", numeric=True, keep=Keep.TABLET), Column("State", keep=Keep.TABLET),
    )  # fmt: skip
    empty = EmptyState("No holds.", "A hold keeps a medium from being written over, retired or sanitized. It is placed on the medium's page.", (Act("Media", "/media"),))  # fmt: skip
    links = (
        FilterLink("open", "/holds", current=not everything),
        FilterLink("all", "/holds?everything=true", current=everything),
    )
    view = ListPage(
        "Holds", Place.MEDIA, Head(Link("Media", "/media"), "Holds"),
        Table("holds", "Holds", columns, tuple(_row(hold) for hold in rows[:SHOWN]), older_href=older, empty=empty),
        filters=(Filter("Show", links),),
    )  # fmt: skip
    return page.render("pages/list.html", view)


def _row(hold: HoldView) -> Row:
    return Row(
        (
            Cell(Ident(hold.number, f"/holds/{hold.number}"), head=True),
            Cell(Barcode(hold.barcode, href(hold.barcode))),
            Cell(hold.reason),
            Cell(hold.owner),
            Cell(When(hold.placed_at, WhenStyle.DATE)),
            Cell(day_words(hold.review_on)),
            Cell(_state(hold)),
        ),
        key=hold.number,
    )


def _state(hold: HoldView) -> Chip:
    return OPEN if hold.released_at is None else Chip("released", Tone.NEUTRAL)


@router.get("/holds/{number}")
def hold_page(page: Reader, number: Number) -> Response:
    hold = queries.hold(page.session.connection(), number)
    return page.render("pages/thing.html", _thing(hold, page.person))


def _thing(hold: HoldView, person: Person) -> ThingPage:
    facts: tuple[Fact, ...] = (
        Fact("Reason", hold.reason),
        Fact("Owner", hold.owner),
        Fact("Approved by", hold.approver or "nobody"),
        Fact("Placed", (hold.placed_by or "the system", ", ", When(hold.placed_at, WhenStyle.BOTH))),
        Fact("Review", day_words(hold.review_on) or "no date"),
    )
    if hold.released_at is not None:
        facts += (Fact("Released", (hold.released_by, ", ", When(hold.released_at, WhenStyle.BOTH))),)
    facts += (Fact("In the ledger", Link("its entries", f"/ledger?subject=hold:{hold.hold_id}")),)
    head = Head(
        Link("Holds", "/holds"), Ident(hold.number), where=("on ", Barcode(hold.barcode, href(hold.barcode))),
        chips=(_state(hold),), acts=() if hold.released_at else (_release_act(hold, person),),
    )  # fmt: skip
    return ThingPage(f"Hold {hold.number}", Place.MEDIA, head, (FactsSection("Facts", facts),))


def _release_act(hold: HoldView, person: Person) -> Act:
    may = person.may(Permission.PLACE_HOLD)
    own = hold.placed_by_id == person.handler_id
    reason = "you placed it; release needs a second person" if own else "needs a security officer"
    return Act("Release", f"/holds/{hold.number}/release", enabled=may and not own, reason=reason, first=True)


@router.get("/holds/{number}/release")
def release_page(page: Placer, number: Number) -> Response:
    return page.render("pages/form.html", _release_form(queries.hold(page.session.connection(), number)))


@router.post("/holds/{number}/release")
def release_hold(page: Placer, number: Number) -> Response:
    hold = queries.hold(page.session.connection(), number)

    def work(unit: Unit) -> None:
        actions.release(unit, number, page.text("reason"))

    done = f"Hold {number} is released."
    return act_or_again(
        page, lambda: _release_form(hold), work, lambda _: page.redirect(href(hold.barcode), done)
    )


def _release_form(hold: HoldView) -> FormPage:
    form = Form(
        "release", f"/holds/{hold.number}/release", "Release the hold",
        (Field("reason", "Reason", FieldKind.TEXTAREA, autofocus=True, help="Kept for good in the ledger."),),
        danger=Danger(("After this ", Barcode(hold.barcode), " may be written over, retired or sanitized, if nothing else keeps it.")),
        other=(Act("Back", f"/holds/{hold.number}"),),
    )  # fmt: skip
    head = Head((Link("Holds", "/holds"), " · Release"), Ident(hold.number))
    return FormPage(f"Release {hold.number}", Place.MEDIA, head, form)


@router.get("/media/{barcode}/place-hold")
def place_page(page: Placer, barcode: Code) -> Response:
    return page.render("pages/form.html", _place_form(page, by_barcode(page.session, barcode).barcode))


@router.post("/media/{barcode}/place-hold")
def place_hold(page: Placer, barcode: Code) -> Response:
    medium = by_barcode(page.session, barcode)

    def work(unit: Unit) -> str:
        return actions.place(
            unit, medium.medium_id, page.text("reason"),
            owner_id=page.text("owner"), approver_id=page.text("approver") or None, review_on=_review(page),
        )  # fmt: skip

    return act_or_again(
        page,
        lambda: _place_form(page, barcode),
        work,
        lambda number: page.redirect(href(barcode), f"Hold {number} is placed on {barcode}."),
    )


def _review(page: Page) -> date | None:
    text = page.text("review_on")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        reason = "A date is written like 2026-11-19."
        raise InvalidInputError(f"{reason} Nothing was changed.", fields={"review_on": reason}) from error


def _place_form(page: Page, barcode: str) -> FormPage:
    people = _people(page.session)
    approvers = tuple(one for one in people if one.value != page.person.handler_id)
    form = Form(
        "hold", href(barcode, "/place-hold"), "Place the hold",
        (
            Field("reason", "Reason", FieldKind.TEXTAREA, autofocus=True, help="Kept for good in the ledger. No names of patients or customers."),
            Field("owner", "Owner", FieldKind.SELECT, page.person.handler_id, options=people, help="Who answers for it."),
            Field("approver", "Approved by", FieldKind.SELECT, required=False, options=(Option("", "nobody"), *approvers), help="Somebody other than who places it."),
            Field("review_on", "Review on", FieldKind.DATE, required=False),
        ),
        other=(Act("Back", href(barcode)),),
    )  # fmt: skip
    return FormPage(
        f"Hold {barcode}",
        Place.MEDIA,
        Head((Link("Media", "/media"), " · Place a hold"), Barcode(barcode)),
        form,
    )


def _people(session: Session) -> tuple[Option, ...]:
    query = select(Handler.handler_id, Handler.name, Handler.login).where(col(Handler.active))
    rows = session.exec(query.order_by(col(Handler.name)).limit(MOST_PEOPLE)).all()
    return tuple(Option(handler_id, f"{name} ({login})") for handler_id, name, login in rows)
