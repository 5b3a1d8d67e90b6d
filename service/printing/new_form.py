"""The form of new labels: what, on which stock, by which printer, and how that would look."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.datastructures import FormData

from service.errors import InvalidInputError, StrongroomError
from service.media.next_series import next_series
from service.printing import queries
from service.printing.models import CARTRIDGES, Output, What
from service.printing.planning import Plan, Wish, plan
from service.printing.rendering import picture
from service.printing.stock_list import stock_list
from service.printing.style import Colours, Reading
from service.printing.words import HAND_ONLY, WANTED_HELP, WHAT_WORDS
from service.web.filling import refilled
from service.web.page import Page
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Chip, Fact, Head, Ident, Link, Number, Shape, Tone
from service.web.views.sections import (
    FactsSection,
    FormSection,
    Picture,
    PicturesSection,
    Section,
    TextSection,
)

PREVIEWS = 3
SHOWN = 20
PROPOSED = (20, 100)
USUAL_STOCK, OTHER_STOCK = "lto-79x17-a4", "avery-l7163"
FIELDS = ("what", "wanted", "stock", "reading", "colours", "output", "start_at", "reason")
ERROR_FIELDS: Mapping[str, str] = {"printer": "output", "series": "wanted", "dpi": "output"}
MOST_DIGITS = 6


def given(page: Page) -> FormData:
    """What stands in the address; a link that names only what is wanted gets the usual stock."""
    fields = dict(page.request.query_params)
    if "wanted" in fields:
        fields.setdefault("stock", _usual_stock(fields.get("what", What.SERIES)))
    return FormData(fields)


def _usual_stock(what: str) -> str:
    return USUAL_STOCK if what in CARTRIDGES else OTHER_STOCK


def wish_of(given: FormData) -> Wish:
    """From the fields of the form; raises InvalidInputError for a choice that was not offered."""

    def text(name: str) -> str:
        value = given.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    output, _, printer = text("output").partition(":")
    start_at = text("start_at") or "1"
    try:
        return Wish(
            What(text("what") or What.SERIES), text("wanted"), text("stock"),
            Reading(text("reading") or Reading.HORIZONTAL), Colours(text("colours") or Colours.DIGITS),
            Output(output or Output.SHEET), printer,
            int(start_at) if start_at.isdecimal() and len(start_at) <= MOST_DIGITS else 0, text("reason"),
        )  # fmt: skip
    except ValueError as error:
        raise InvalidInputError("That was not offered. Nothing was planned.") from error


def new_page(page: Page, given: FormData) -> FormPage:
    """The form as filled in so far; once it says what is wanted, how that would come out beside it."""
    form = _form(page, given)
    if "wanted" not in given:
        return _page(form, _hints(page, given))
    try:
        planned = plan(page.session.connection(), wish_of(given), lambda: "B-0000000000")
    except StrongroomError as error:
        return _page(refilled(form, given, _at_fields(error)), _hints(page, given))
    return _page(form, (*_preview(planned), _confirm(planned, given)))


def _at_fields(error: StrongroomError) -> StrongroomError:
    """With the names that this form's fields have."""
    if isinstance(error, InvalidInputError):
        error.fields = {ERROR_FIELDS.get(name, name): told for name, told in error.fields.items()}
    return error


def refused_page(page: Page, error: StrongroomError) -> FormPage:
    form = _form(page, page.form)
    return _page(refilled(form, page.form, _at_fields(error)), _hints(page, page.form))


def _page(form: Form, beside: tuple[Section, ...]) -> FormPage:
    return FormPage("New labels", Place.MEDIA, Head(Link("Labels", "/labels"), "New labels"), form, beside)


def _form(page: Page, given: FormData) -> Form:
    def value(name: str, usual: str = "") -> str:
        found = given.get(name, usual)
        return found if isinstance(found, str) else usual

    what = value("what", What.SERIES)
    known = What(what) if what in set(What) else What.SERIES
    return Form(
        "new-labels", "/labels/new", "Look at it",
        (
            Field("what", "Labels for", FieldKind.SELECT, known.value, options=_options(WHAT_WORDS)),
            Field("wanted", "Which", FieldKind.TEXTAREA, value("wanted"), mono=True, rows=2, autofocus=True, help=WANTED_HELP[known]),
            Field("stock", "Stock", FieldKind.SELECT, value("stock", _usual_stock(what)), options=_stocks(known)),
            Field("output", "Printed", FieldKind.SELECT, value("output", Output.SHEET.value), options=_outputs(page)),
            Field("start_at", "Begin at label", FieldKind.NUMBER, value("start_at", "1"), minimum="1", width=5, help="Of a used sheet, counted by rows."),
            Field("reading", "Text on cartridges", FieldKind.SELECT, value("reading", Reading.HORIZONTAL), options=_plain(Reading)),
            Field("colours", "Digits on cartridges", FieldKind.SELECT, value("colours", Colours.DIGITS), options=(Option("digits", "in colour"), Option("plain", "plain"))),
            Field("reason", "Reason", FieldKind.TEXTAREA, value("reason"), rows=2, required=False, help="Wanted when something gets a second label."),
        ),
        method="get", other=(Act("Back", "/labels"),),
    )  # fmt: skip


def _options(words: Mapping[What, str]) -> tuple[Option, ...]:
    return tuple(Option(what.value, told) for what, told in words.items())


def _plain(values: Any) -> tuple[Option, ...]:
    return tuple(Option(one.value, one.value) for one in values)


def _stocks(what: What) -> tuple[Option, ...]:
    """Those that take cartridge labels say how; the others are left out for cartridges."""
    found = [
        Option(one.name, one.title + (" – hand scanner only" if what in CARTRIDGES and one.cartridges == "hand scanner only" else ""))
        for one in stock_list().items
        if what not in CARTRIDGES or one.cartridges
    ]  # fmt: skip
    return tuple(found)


def _outputs(page: Page) -> tuple[Option, ...]:
    sheets = [Option(Output.SHEET.value, "on a sheet: a PDF to download")]
    printers = []
    for row in queries.printers(page.session.connection()):
        if row.url:
            off = "" if row.enabled else "switched off"
            printers.append(Option(f"printer:{row.name}", f"by {row.name}", disabled_reason=off))
        sheets.append(Option(f"sheet:{row.name}", f"on a sheet, calibrated for {row.name}"))
    return (*printers, *sheets)


def _hints(page: Page, given: FormData) -> tuple[Section, ...]:
    """The next free series, to begin with."""
    if str(given.get("what", What.SERIES)) != What.SERIES:
        return ()
    acts = []
    for count in PROPOSED:
        try:
            text = next_series(page.session.connection(), count)
        except InvalidInputError:
            continue
        acts.append(Act(f"The next {count}: {text}", f"/labels/new?what=series&wanted={text}", slim=True))
    said = (
        "After the highest number that was ever given:"
        if acts
        else "No series was printed yet; say how the first one looks."
    )
    return (TextSection("Next free series", (said,), acts=tuple(acts)),)


def _preview(planned: Plan) -> tuple[Section, ...]:
    shown = planned.items[:PREVIEWS]
    pictures = tuple(Picture(Markup(picture(planned.look, item)), Ident(item.payload)) for item in shown)  # noqa: S704 - drawn by us, texts escaped
    count = len(planned.items)
    note = f"the first {len(shown)} of {count:,}, at true scale" if count > len(shown) else "at true scale"
    mark = (
        ()
        if planned.in_specification
        else (TextSection("Mind", ((Chip("hand scanner only", Tone.AMBER, Shape.BARE), f" {HAND_ONLY}"),)),)
    )
    return (PicturesSection("Preview", pictures, note), *mark, FactsSection("It will be", _facts(planned)))


def _facts(planned: Plan) -> tuple[Fact, ...]:
    paper = planned.look.paper
    first, last = planned.items[0].payload, planned.items[-1].payload
    facts = [Fact("Labels", Number(len(planned.items))), Fact("From", Ident(first)), Fact("To", Ident(last))]
    facts.append(Fact("Stock", paper.title))
    if not paper.roll:
        facts.append(Fact("Sheets", Number(planned.pages)))
    return tuple(facts)


def _confirm(planned: Plan, given: FormData) -> FormSection:
    count = len(planned.items)
    new = planned.wish.what is What.SERIES
    submit = (
        f"Reserve {count:,} {'number' if count == 1 else 'numbers'}"
        if new
        else f"Plan {count:,} {'label' if count == 1 else 'labels'}"
    )
    hidden = tuple((name, str(given.get(name, ""))) for name in FIELDS)
    told = (
        "These numbers are then given, and never again; nothing is printed yet."
        if new
        else "Nothing is printed yet."
    )
    form = Form("make-labels", "/labels", submit, hidden=hidden, danger=Danger(told, tone=Tone.BLUE))
    return FormSection("Go on", form)
