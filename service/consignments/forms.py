"""The forms about one consignment: what will happen, by name, before it happens."""

from datetime import datetime
from zoneinfo import ZoneInfo

from service.consignments import ends, queries
from service.consignments.actions import TRANSIT
from service.consignments.courier_form import courier_fields, own_group
from service.consignments.doing import freezing_hindrance, why_not
from service.consignments.listing import ConsignmentRow
from service.consignments.models import LineState
from service.consignments.rules import STILL_TO_PACK, Duty
from service.consignments.sheet import boxes, read_sheet
from service.consignments.transfers import transfer
from service.consignments.views import head_where, side_list, state_chip
from service.consignments.words import counted, place_of
from service.custody import queries as custody
from service.errors import InvalidInputError
from service.web.page import Page
from service.web.views.consignment import SigningView
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Head, Ident, Link, Rich, Strong, Tone
from service.web.views.sections import TextSection

SHOWN = 30
LOCAL_TIME = "%Y-%m-%dT%H:%M"


def new_page(page: Page) -> FormPage:
    connection = page.session.connection()
    offered = ends.ends(connection)
    places = tuple(Option(one.location_id, one.label) for one in offered)
    ours = next((one.location_id for one in offered if one.party_id == page.person.party_id), "")
    theirs = next((one.location_id for one in offered if one.party_id != page.person.party_id), "")
    carriers = tuple(Option(party_id, name) for party_id, name in ends.carriers(connection))
    fields = (
        Field("from_location_id", "From", FieldKind.SELECT, ours, options=places, autofocus=True),
        Field("to_location_id", "To", FieldKind.SELECT, theirs, options=places, help="Out goes to a vendor, home comes to us."),
        Field("carrier_id", "Carrier", FieldKind.SELECT, options=carriers),
        Field("purpose", "Purpose", help="It stands on the manifest: monthly set October, recall for a restore."),
        _barcodes_field(required=False),
    )  # fmt: skip
    form = Form(
        "consignment", "/consignments", "Open the consignment", fields, other=(Act("Back", "/consignments"),)
    )
    head = Head(Link("Consignments", "/consignments"), "A new consignment")
    text = "The weekly run opens its own consignments. One opened by hand serves what no run carries: a recall, a single set."
    beside = (TextSection("When by hand", (text,)),)
    return FormPage("New consignment", Place.CONSIGNMENTS, head, form, beside)


def _barcodes_field(*, required: bool) -> Field:
    return Field(
        "barcodes", "Media", FieldKind.TEXTAREA, mono=True, rows=8, required=required, help="Barcodes, one a line or with spaces between."
    )  # fmt: skip


def typed_barcodes(page: Page) -> list[str]:
    return [word.strip(",;").upper() for word in page.text("barcodes").split() if word.strip(",;")]


def row_of(page: Page, number: str) -> ConsignmentRow:
    page.session.rollback()  # what was read before a refused act is old
    return queries.consignment(page.session.connection(), page.person, number)


def add_page(page: Page, number: str) -> FormPage:
    row = row_of(page, number)
    return form_page(
        page,
        row,
        "Add media",
        Form("add", f"/consignments/{number}/add", "Add them", (_barcodes_field(required=True),)),
    )


def cancel_page(page: Page, number: str) -> FormPage:
    row = row_of(page, number)
    text = f"{number} with {counted(row.media, 'medium')} is given up and never leaves. Its containers are free again; those that are sealed stay sealed."
    field = Field("reason", "Why", FieldKind.TEXTAREA, rows=2, autofocus=True)
    form = Form("cancel", f"/consignments/{number}/cancel", "Cancel it", (field,), danger=Danger(text))
    return form_page(page, row, "Cancel", form)


def freeze_page(page: Page, number: str) -> FormPage:
    row = row_of(page, number)
    sheet = read_sheet(page, number, None)
    left = sum(sheet.counts.get(state, 0) for state in STILL_TO_PACK)
    hindrance = freezing_hindrance(sheet.boxes, left, sheet.counts.get(LineState.PACKED, 0))
    reason = why_not(row, Duty.PACK, page.person) or hindrance
    things = tuple(
        (Ident(box.barcode), f" with {counted(box.pieces, 'medium')}, seal ", Ident(box.seal_number))
        for box in sheet.boxes[:SHOWN]
        if box.seal_number
    )
    text = "From now on the list does not change: its lines are numbered, its hash stands in the ledger, and the courier signs for it."
    form = Form(
        "freeze", f"/consignments/{number}/freeze", "Freeze the manifest", danger=Danger(text, things, Tone.AMBER),
        submit_enabled=not reason, submit_reason=reason,
    )  # fmt: skip
    return form_page(page, row, "Freeze", form)


def form_page(page: Page, row: ConsignmentRow, title: str, form: Form) -> FormPage:
    """A form of one consignment, beside its neighbours."""
    back = Act("Back", f"/consignments/{row.number}")
    shown = Form(
        form.id, form.action, form.submit, form.fields, danger=form.danger, other=(*form.other, back),
        hidden=form.hidden, submit_enabled=form.submit_enabled, submit_reason=form.submit_reason,
    )  # fmt: skip
    head = Head(
        Link("Consignments", "/consignments"),
        Ident(row.number),
        head_where(row),
        (state_chip(row, page.now),),
    )
    return FormPage(f"{title} {row.number}", Place.CONSIGNMENTS, head, shown, side=side_list(page, row))


def signing_view(page: Page, number: str) -> SigningView:
    row = row_of(page, number)
    sheet = read_sheet(page, number, None)
    views = custody.transfers_of(page.session.connection(), page.person, number)
    reason = why_not(row, Duty.RELEASE, page.person)
    return SigningView(
        title=f"Sign for {number}",
        place=Place.CONSIGNMENTS,
        head=Head(
            Link("Custody transfer", f"/consignments/{number}"),
            Ident(number),
            (f"{row.from_party} → {row.carrier} · ", Strong(f"with {row.from_party}"), " until both sides are recorded"),
            (state_chip(row, page.now),),
        ),
        statement=_statement(row, [box.seal_number or "" for box in sheet.boxes]),
        boxes=boxes(page, sheet),
        transfer=transfer(views[0], row, page.now, {}, {}),
        form=_signing_form(page, row, reason),
    )  # fmt: skip


def _statement(row: ConsignmentRow, seals: list[str]) -> Rich:
    listed = ", ".join(seals[:SHOWN])
    return (
        f"You take {counted(row.containers, 'container')} with {counted(row.media, 'medium')}, seal{'s' if len(seals) > 1 else ''} {listed} intact, "
        f"for {place_of(row.to_party, row.to_place)}."
    )


def _signing_form(page: Page, row: ConsignmentRow, reason: str) -> Form:
    noun = "this container" if row.containers == 1 else f"these {row.containers} containers"
    due = Field(
        "due_at",
        "Due at the other end",
        FieldKind.DATETIME,
        (page.now + TRANSIT).astimezone(page.zone).strftime(LOCAL_TIME),
        help=f"Site time ({page.zone.key}). After it the consignment is overdue.",
    )
    return Form(
        "courier",
        f"/consignments/{row.number}/sign",
        f"I take {noun}",
        (*courier_fields(row), due),
        groups=(own_group(page),),
        other=(Act("Leave", f"/consignments/{row.number}"),),
        submit_enabled=not reason,
        submit_reason=reason,
    )


def typed_due(text: str, zone: ZoneInfo) -> datetime | None:
    """A local time of the site; None when the field was left empty."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        told = "Write it as date and time, 2026-11-19T18:00."
        raise InvalidInputError(f"{told} Nothing was dispatched.", fields={"due_at": told}) from error
