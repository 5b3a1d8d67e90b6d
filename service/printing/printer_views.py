"""What the pages of printers show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from labels.stock import stocks
from service.custody.timeline import Saying, always, timeline
from service.handlers.rules import Permission
from service.ledger.store import Entry
from service.printing.job_acts import NOT_YOURS, allowed
from service.printing.models import PRINTER, Language
from service.printing.printers import DPI, PrinterEvent, state_words
from service.web.page import Page
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage, ThingPage
from service.web.views.parts import Act, Chip, EmptyState, Fact, Head, Ident, Link, Method, Rich, Shape, Tone
from service.web.views.sections import FactsSection, TextSection
from service.web.views.tables import Cell, Column, Keep, Table
from service.web.views.tables import Row as TableRow

NOT_ADMIN = "needs the system administrator"
LANGUAGES: Mapping[Language, str] = {
    Language.PDF: "PDF, for office printers, CUPS, IPP and folders",
    Language.ZPL: "ZPL, for label printers",
}
LENGTHS = (
    ("left_mm", "A, from the left edge of the paper to the upright rule", "50"),
    ("top_mm", "B, from the top edge of the paper to the lying rule", "50"),
    ("across_mm", "C, the lying rule from end to end", "100"),
    ("down_mm", "D, the upright rule from end to end", "100"),
)


def state_chip(printer: Row[Any], shape: Shape = Shape.CUSTODY) -> Chip:
    """Its state in words: "ready", "out of labels"."""
    words = state_words(printer)
    if not printer.enabled or not printer.url:
        return Chip(words, Tone.NEUTRAL, shape)
    if printer.fault:
        return Chip("does not answer", Tone.RED, shape)
    tones: Mapping[bool | None, Tone] = {True: Tone.GREEN, False: Tone.AMBER, None: Tone.NEUTRAL}
    return Chip(words, tones[(printer.state or {}).get("ready")], shape)


def list_view(page: Page, found: Sequence[Row[Any]]) -> ListPage:
    may = "" if page.person.may(Permission.MANAGE_DEVICES) else NOT_ADMIN
    columns = (
        Column("Printer"), Column("State"), Column("Loaded with", mono=True, keep=Keep.TABLET), Column("Sent", keep=Keep.TABLET),
        Column("Dots per inch", numeric=True, keep=Keep.DESK), Column("Address", mono=True, keep=Keep.DESK),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (
                Cell(Link(row.name, f"/printers/{row.printer_id}"), head=True), Cell(state_chip(row, Shape.BARE)),
                Cell(row.stock or ""), Cell(row.language.value.upper()), Cell(str(row.dpi or "")), Cell(row.url),
            ),
            key=row.printer_id,
        )
        for row in found
    )  # fmt: skip
    add = allowed(Act("Add a printer", "/printers/new", first=True), may)
    empty = EmptyState(
        "No printer is known yet.",
        "A label printer by its address, or an office printer that people print downloaded sheets on.",
        (add,),
    )
    head = Head(Link("Labels", "/labels"), "Printers", acts=(add,))
    return ListPage("Printers", Place.MEDIA, head, Table("printers", "Printers", columns, rows, empty=empty))


def printer_view(page: Page, printer: Row[Any]) -> ThingPage:
    base = f"/printers/{printer.printer_id}"
    prints = "" if page.person.may(Permission.PRINT_LABELS) else NOT_YOURS
    admin = "" if page.person.may(Permission.MANAGE_DEVICES) else NOT_ADMIN
    switch = (
        Act("Switch off", f"{base}/disable", Method.POST)
        if printer.enabled
        else Act("Switch on", f"{base}/enable", Method.POST)
    )
    acts = (
        allowed(switch, admin),
        allowed(Act("What is loaded", f"{base}/load"), prints),
        allowed(Act("Calibrate", f"{base}/calibrate", first=True), prints),
    )
    head = Head(
        Link("Printers", "/printers"),
        printer.name,
        where=printer.fault or "",
        chips=(state_chip(printer),),
        acts=acts,
    )
    history = timeline(page.session, page.person, PRINTER.subject(printer.printer_id), TELLERS)
    facts = (FactsSection("Printer", _facts(printer)), FactsSection("Calibration", _calibration(printer)))
    return ThingPage(printer.name, Place.MEDIA, head, (history,), facts)


def _facts(printer: Row[Any]) -> tuple[Fact, ...]:
    facts = [Fact("Says", state_words(printer)), Fact("Is sent", LANGUAGES[printer.language])]
    facts.append(
        Fact("Address", printer.url or "none: people print downloaded sheets on it", mono=bool(printer.url))
    )
    if printer.dpi:
        facts.append(Fact("Dots per inch", str(printer.dpi)))
    facts.append(Fact("Loaded with", printer.stock or "nothing in particular", mono=bool(printer.stock)))
    return tuple(facts)


def _calibration(printer: Row[Any]) -> tuple[Fact, ...]:
    def shift(um: int) -> str:
        return f"{um / 1000:+.2f} mm"

    def scale(ppm: int) -> str:
        return f"{(ppm - 1_000_000) / 10_000:+.2f} %"

    nominal = (0, 0, 1_000_000, 1_000_000)
    if (printer.offset_x_um, printer.offset_y_um, printer.scale_x_ppm, printer.scale_y_ppm) == nominal:
        return (Fact("Measured", "not yet"),)
    return (
        Fact("Moved", f"{shift(printer.offset_x_um)} across, {shift(printer.offset_y_um)} down"),
        Fact("Stretched", f"{scale(printer.scale_x_ppm)} across, {scale(printer.scale_y_ppm)} down"),
    )


def _calibrated(entry: Entry) -> Saying:
    told = ", ".join(
        f"{name} {entry.facts[name]}" for name in ("left", "top", "across", "down") if name in entry.facts
    )
    return Saying(f"Calibrated: {told}.")


def _changed(entry: Entry) -> Saying:
    stock = entry.changes.get("stock")
    text: Rich = ("Loaded with ", Ident(str(stock)), ".") if stock else "Loaded with nothing in particular."
    return Saying(text)


TELLERS = {
    PrinterEvent.ADDED.value: always("Taken into use."),
    PrinterEvent.CHANGED.value: _changed,
    PrinterEvent.CALIBRATED.value: _calibrated,
    PrinterEvent.ENABLED.value: always("Switched on."),
    PrinterEvent.DISABLED.value: always("Switched off."),
}


def _stock_field(value: str = "") -> Field:
    options = (
        Option("", "nothing in particular"),
        *(Option(one.name, one.title) for one in stocks().values()),
    )
    return Field("stock", "Loaded with", FieldKind.SELECT, value, required=False, options=options)


def new_page() -> FormPage:
    languages = tuple(Option(one.value, told) for one, told in LANGUAGES.items())
    dots = (Option("", "does not matter"), *(Option(str(dpi), f"{dpi}") for dpi in DPI))
    fields = (
        Field("name", "Name", autofocus=True, width=24),
        Field("url", "Address", mono=True, required=False, help="tcp://HOST:9100 for a label printer; nothing for one that people print downloaded sheets on."),
        Field("language", "Is sent", FieldKind.SELECT, Language.PDF.value, options=languages),
        Field("dpi", "Dots per inch", FieldKind.SELECT, "", required=False, options=dots, help="A label printer needs it; 203 is too coarse for cartridge labels."),
        _stock_field(),
    )  # fmt: skip
    form = Form("printer", "/printers", "Add the printer", fields, other=(Act("Back", "/printers"),))
    return FormPage("New printer", Place.MEDIA, Head(Link("Printers", "/printers"), "A new printer"), form)


def with_form(view: FormPage, form: Form) -> FormPage:
    return replace(view, form=form)


def load_page(printer: Row[Any]) -> FormPage:
    base = f"/printers/{printer.printer_id}"
    form = Form(
        "load", f"{base}/load", "Note it", (_stock_field(printer.stock or ""),), other=(Act("Back", base),)
    )
    return FormPage(
        f"{printer.name} is loaded", Place.MEDIA, Head(Link("Printers", "/printers"), printer.name), form
    )


def calibrate_page(printer: Row[Any]) -> FormPage:
    base = f"/printers/{printer.printer_id}"
    fields = tuple(
        Field(name, label, width=8, help=f"In millimetres; nominal {nominal}.")
        for name, label, nominal in LENGTHS
    )
    form = Form("calibrate", f"{base}/calibrate", "Calibrate", fields, other=(Act("Back", base),))
    how = TextSection(
        "First print the page",
        (
            "Print it at 100 %, without fitting to the page, on the paper of the labels. Then measure with a steel rule.",
            "Printed once more with the calibration, A and B are 50 mm, C and D 100 mm.",
        ),
        acts=(
            Act("The page", f"{base}/calibration.pdf", first=True),
            Act("With the calibration", f"{base}/calibration.pdf?calibrated=true"),
        ),
    )
    head = Head((Link("Printers", "/printers"), " · Calibrate"), printer.name)
    return FormPage(f"Calibrate {printer.name}", Place.MEDIA, head, form, (how,))
