"""A recovery list from a chosen, filtered or pasted list of media."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from labels.documents import Order
from service.errors import InvalidInputError
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.media import listing
from service.media.filters import Filters, selection
from service.printing.documents import look
from service.printing.documents.giving import give_out_recovery_list
from service.printing.documents.house import house
from service.printing.documents.recovery import MOST_MEDIA, Request, read
from service.printing.documents.schemas import LONGEST_DATASET, LONGEST_REQUEST
from service.web.errors import status_of
from service.web.filling import refilled
from service.web.page import Page, page_for
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Head, Link

router = APIRouter(prefix="/recovery-lists", include_in_schema=False)

Recaller = Annotated[Page, page_for(Permission.RECALL)]
ORDERS = (
    Option(Order.RECALL.value, "in the order of recall", "what is farthest away first"),
    Option(Order.MOUNTING.value, "as they stand here", "in the order in which the restore mounts them"),
)


@router.get("/new")
def new_list_page(page: Recaller, filters: Filters) -> Response:
    """Filled with what a filter of the media list shows."""
    if not filters.chosen():
        return page.render("pages/form.html", _form(()))
    wanted = selection(page.session, filters)
    rows = listing.page(page.session.connection(), wanted, None, MOST_MEDIA)
    return page.render("pages/form.html", _form(tuple(row.barcode for row in rows)))


def _form(barcodes: tuple[str, ...]) -> FormPage:
    fields = (
        Field("barcodes", "Barcodes", FieldKind.TEXTAREA, "\n".join(barcodes), mono=True, rows=8, help="One a line, or with spaces or commas between.", autofocus=not barcodes),
        Field("request", "Request", help="What the restore is for: a ticket, a drill.", autofocus=bool(barcodes)),
        Field("order", "Order", FieldKind.RADIO, Order.RECALL.value, options=ORDERS),
        Field("dataset", "Dataset", required=False, width=30),
        Field("restore_to", "Restore point", FieldKind.DATETIME, required=False, help="In the site's time.", width=24),
    )  # fmt: skip
    form = Form("recovery", "/recovery-lists", "Make the list", fields, other=(Act("Back", "/media"),))
    head = Head(
        Link("Documents given out", "/documents"),
        "A recovery list",
        where="Where each medium is, with whom, and in which order to bring it. Nothing is recalled by it.",
    )
    return FormPage("Recovery list", Place.MEDIA, head, form)  # fmt: skip


@router.post("")
def make_list(page: Recaller) -> Response:
    """What was chosen in the media list fills the form first. The media are looked up before the writer is asked, which has scans to answer."""
    if chosen := page.texts("select"):
        return page.render("pages/form.html", _form(tuple(chosen)))
    try:
        asked = _asked(page)
        ours = house(page.session)
        facts = read(page.session, asked, "", page.now, ours.organisation)
    except InvalidInputError as error:
        view = _form(())
        again = replace(view, form=refilled(view.form, page.form, error))
        return page.render("pages/form.html", again, status_of(error))

    def work(unit: Unit) -> str:
        return give_out_recovery_list(unit, facts, ours, look.remembered(page.request)).number

    number = page.act(work)
    return page.redirect("/documents", f"{number} is on record as given out. It stands in the first line.")


def _asked(page: Page) -> Request:
    barcodes = tuple(dict.fromkeys(page.text("barcodes").replace(",", " ").upper().split()))
    request, dataset = page.text("request"), page.text("dataset")
    fields: dict[str, str] = {}
    if not request or not request.isprintable() or len(request) > LONGEST_REQUEST:
        fields["request"] = f"Write what it is for, in at most {LONGEST_REQUEST} characters."
    if len(dataset) > LONGEST_DATASET or (dataset and not dataset.isprintable()):
        fields["dataset"] = f"At most {LONGEST_DATASET} printable characters."
    if not all(barcode.isprintable() for barcode in barcodes):
        fields["barcodes"] = "A barcode has no control characters."
    if fields:
        raise InvalidInputError("No list was made. " + " ".join(fields.values()), fields=fields)
    order = Order(page.text("order")) if page.text("order") in set(Order) else Order.RECALL
    return Request(barcodes, request, order, dataset, _restore_point(page))


def _restore_point(page: Page) -> datetime | None:
    text = page.text("restore_to")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=page.zone)
    except ValueError as error:
        raise InvalidInputError(
            "The restore point is no time. No list was made.",
            fields={"restore_to": "Choose a day and a time."},
        ) from error
