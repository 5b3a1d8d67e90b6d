"""Consignments: the list, the thing itself, and the acts up to the courier's signature."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.consignments import actions, export, listing, queries
from service.consignments.api import MANIFEST_TYPE, MAX_CURSOR, csv_answer
from service.consignments.arranging import add_by_hand, open_by_hand
from service.consignments.courier_form import signed_again, typed_courier, typed_own
from service.consignments.duties import check_duty
from service.consignments.forms import (
    add_page,
    cancel_page,
    freeze_page,
    new_page,
    signing_view,
    typed_barcodes,
    typed_due,
)
from service.consignments.listing import NOT_CLOSED, ConsignmentRow, ConsignmentSelection
from service.consignments.models import ConsignmentState
from service.consignments.rules import Duty, check_act
from service.consignments.sheet import read_sheet
from service.consignments.signing import RECEIVES, RELEASES, courier_signature, own_signature
from service.consignments.views import consignment_view, list_table
from service.errors import InvalidInputError, RefusedError
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.printing.documents.shelf import consignment_shelf
from service.web.errors import status_of
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.frame import Place
from service.web.views.pages import ListPage
from service.web.views.parts import Act, Filter, FilterLink, Head

router = APIRouter(prefix="/consignments", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
# Opening by hand is ours: whoever may read the house may try, the direction decides.
Insider = Annotated[Page, page_for(Permission.READ)]
SHOWN = 50
MOST_IN_CSV = 10_000


class Which(StrEnum):
    OPEN = "not closed"
    TRANSIT = "in transit"
    OVERDUE = "overdue"
    ALL = "all"


STATES = {
    Which.OPEN: NOT_CLOSED, Which.TRANSIT: (ConsignmentState.IN_TRANSIT,), Which.OVERDUE: (), Which.ALL: (),
}  # fmt: skip


def _selection(which: Which, page: Page) -> ConsignmentSelection:
    return ConsignmentSelection(STATES[which], overdue_at=page.now if which is Which.OVERDUE else None)


@router.get("")
def list_consignments(page: Reader, *, after: After = None, which: Which = Which.OPEN) -> Response:
    connection = page.session.connection()
    found = listing.consignments(
        connection, page.person, _selection(which, page), after=after, limit=SHOWN + 1
    )
    more = {"which": which.value, "after": found[SHOWN - 1].consignment_id} if len(found) > SHOWN else None
    view = ListPage(
        "Consignments",
        Place.CONSIGNMENTS,
        Head("Custody", "Consignments", acts=_list_acts(page)),
        list_table(_by_number(found[:SHOWN]), page.now, f"/consignments?{urlencode(more)}" if more else None),
        filters=(_filter(which),),
        count=f"{len(found[:SHOWN])} shown" if found else "",
        csv_href=f"/consignments.csv?{urlencode({'which': which.value})}",
    )
    return page.render("pages/list.html", view)


def _by_number(rows: list[ConsignmentRow]) -> list[ConsignmentRow]:
    """Those opened in one unit share their moment; on the page the numbers decide."""
    return sorted(rows, key=lambda row: (len(row.number), row.number), reverse=True)


def _list_acts(page: Page) -> tuple[Act, ...]:
    found = (Act("Containers", "/containers"), Act("Discrepancies", "/discrepancies"))
    if not page.person.may(Permission.READ):
        return found
    opens = page.person.may(Permission.PACK) or page.person.may(Permission.RECALL)
    reason = "" if opens else "needs a media handler or whoever may recall"
    return (*found, Act("New consignment", "/consignments/new", enabled=opens, reason=reason, first=True))


def _filter(which: Which) -> Filter:
    links = tuple(
        FilterLink(one.value, f"/consignments?{urlencode({'which': one.value})}", current=one is which)
        for one in Which
    )
    return Filter("Show", links)


csv_router = APIRouter(include_in_schema=False)


@csv_router.get("/consignments.csv")
def export_consignments(page: Reader, which: Which = Which.OPEN) -> Response:
    rows = listing.consignments(
        page.session.connection(), page.person, _selection(which, page), limit=MOST_IN_CSV
    )
    return csv_answer(export.consignments_csv(rows, page.now), "consignments.csv")


@router.get("/new")
def new_consignment_page(page: Insider) -> Response:
    return page.render("pages/form.html", new_page(page))


@router.post("")
def open_consignment(page: Insider) -> Response:
    def work(unit: Unit) -> str:
        return open_by_hand(
            unit,
            page.person,
            from_location_id=page.text("from_location_id"),
            to_location_id=page.text("to_location_id"),
            carrier_id=page.text("carrier_id"),
            purpose=page.text("purpose"),
            barcodes=typed_barcodes(page),
        )

    def done(number: str) -> Response:
        return page.redirect(f"/consignments/{number}", f"{number} is open. Choose a container and pack.")

    return act_or_again(page, lambda: new_page(page), work, done)


@router.get("/{number}")
def show_consignment(
    number: str, page: Reader, after: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None
) -> Response:
    sheet = read_sheet(page, number, after)
    view = consignment_view(page, sheet)
    papers = consignment_shelf(page, sheet.row)
    return page.render("consignments/consignment.html", replace(view, more=(papers, *view.more)))


@router.get("/{number}/lines.csv")
def export_lines(number: str, page: Reader) -> Response:
    row = queries.consignment(page.session.connection(), page.person, number)
    lines = listing.lines(page.session.connection(), page.person, row.consignment_id)
    return csv_answer(export.lines_csv(lines), f"{number}.csv")


@router.get("/{number}/manifest.json")
def show_manifest(number: str, page: Reader) -> Response:
    content, digest = queries.frozen_manifest(page.session.connection(), page.person, number)
    return Response(content, media_type=MANIFEST_TYPE, headers={"etag": f'"{digest}"'})


@router.get("/{number}/add")
def add_form(number: str, page: Reader) -> Response:
    return page.render("pages/form.html", add_page(page, number))


@router.post("/{number}/add")
def add_media(number: str, page: Reader) -> Response:
    return act_or_again(
        page,
        lambda: add_page(page, number),
        lambda unit: add_by_hand(unit, number, typed_barcodes(page), page.person),
        lambda count: page.redirect(f"/consignments/{number}", f"{count} media are wanted in addition."),
    )


@router.get("/{number}/freeze")
def freeze_form(number: str, page: Reader) -> Response:
    return page.render("pages/form.html", freeze_page(page, number))


@router.post("/{number}/freeze")
def freeze(number: str, page: Reader) -> Response:
    def work(unit: Unit) -> str:
        check_duty(unit, number, Duty.PACK, page.person)
        return actions.freeze(unit, number)

    def done(_: str) -> Response:
        return page.redirect(f"/consignments/{number}", "The manifest is frozen. Next: the courier signs.")

    return act_or_again(page, lambda: freeze_page(page, number), work, done)


@router.get("/{number}/cancel")
def cancel_form(number: str, page: Reader) -> Response:
    return page.render("pages/form.html", cancel_page(page, number))


@router.post("/{number}/cancel")
def cancel(number: str, page: Reader) -> Response:
    def work(unit: Unit) -> None:
        check_duty(unit, number, Duty.ARRANGE, page.person)
        actions.cancel(unit, number, page.text("reason"))

    def done(_: None) -> Response:
        return page.redirect(f"/consignments/{number}", f"{number} is cancelled.")

    return act_or_again(page, lambda: cancel_page(page, number), work, done)


@router.get("/{number}/sign")
def sign_page(number: str, page: Reader) -> Response:
    """Refused in any state but frozen: there is nothing to sign for."""
    row = queries.consignment(page.session.connection(), page.person, number)
    check_act(number, row.state, "dispatched")
    return page.render("consignments/sign.html", signing_view(page, number))


@router.post("/{number}/sign")
def sign(number: str, page: Reader) -> Response:
    def work(unit: Unit) -> None:
        check_duty(unit, number, Duty.RELEASE, page.person)
        due_at = typed_due(page.text("due_at"), page.zone)
        released = own_signature(unit, page.person, RELEASES, *typed_own(page))
        received = courier_signature(typed_courier(page), page.person, RECEIVES)
        actions.dispatch(unit, number, released, received, due_at)

    try:
        page.act(work)
    except (InvalidInputError, RefusedError) as error:
        return _sign_again(page, number, error)
    return page.redirect(f"/consignments/{number}", f"{number} is with the courier; both sides are recorded.")


def _sign_again(page: Page, number: str, error: InvalidInputError | RefusedError) -> Response:
    row = queries.consignment(page.session.connection(), page.person, number)
    if row.state is not ConsignmentState.FROZEN:
        raise error
    view = signing_view(page, number)
    again = replace(view, form=signed_again(view.form, page, error))
    return page.render("consignments/sign.html", again, status_of(error))
