"""The form that records where a missing medium was found."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from service.consignments.ends import ends
from service.handlers.rules import Permission
from service.ids import is_id
from service.ledger.writer import Unit
from service.media.history import short_place
from service.media.listing import shapes
from service.media.queries import by_barcode
from service.media.words import chips, href
from service.receipts.finding import FOUND_AT, check_may_find, find
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Barcode, Head, Link, Strong

router = APIRouter(prefix="/media", include_in_schema=False)

# Who takes media in or resolves discrepancies; the rule decides.
Insider = Annotated[Page, page_for(Permission.READ)]
Code = Annotated[str, Path(max_length=64)]


@router.get("/{barcode}/found")
def found_page(barcode: Code, page: Insider) -> Response:
    check_may_find(page.person)
    return page.render("pages/form.html", _form(page, barcode))


def _form(page: Page, barcode: str) -> FormPage:
    one = shapes(page.session.connection(), [by_barcode(page.session, barcode)])[0]
    places = ends(page.session.connection(), tuple(FOUND_AT))
    options = (Option("", "Choose a place"), *(Option(place.location_id, place.label) for place in places))
    fields = (
        Field("location", "Where it is now", FieldKind.SELECT, options=options, help="A library reports what stands in its slots itself."),
        Field("reason", "Where it had been, and how it was found", FieldKind.TEXTAREA, help="It stands in the ledger for good.", autofocus=True),
    )  # fmt: skip
    back = href(barcode)
    form = Form("found", f"{back}/found", "Record it as found", fields, other=(Act("Back", back),))
    where = ("last known: ", short_place(one.location.name), " · ", Strong(f"with {one.custodian.name}"))
    head = Head(Link("Media", "/media"), Barcode(barcode), where, chips(one))
    return FormPage(f"{barcode} is found", Place.MEDIA, head, form)


@router.post("/{barcode}/found")
def found(barcode: Code, page: Insider) -> Response:
    check_may_find(page.person)

    def work(unit: Unit) -> str:
        location_id = page.text("location")
        done = find(
            unit, barcode, location_id if is_id(location_id) else "", page.text("reason"), page.person
        )
        if done.open:
            return f"{barcode} is found. {', '.join(done.open)} waits to be resolved."
        return f"{barcode} is found" + (
            f"; {', '.join(done.resolved)} is resolved." if done.resolved else "."
        )

    return act_or_again(
        page, lambda: _form(page, barcode), work, lambda told: page.redirect(href(barcode), told)
    )
