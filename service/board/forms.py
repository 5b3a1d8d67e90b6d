"""Forms of a run: approving with what will happen by name, cancelling, leaving media out."""

from collections.abc import Sequence

from service.board.facts import BoardFacts
from service.board.views import base
from service.consignments.models import Direction
from service.rotation.models import Step
from service.rotation.queries import SheetLine
from service.rotation.rules import LeftOut
from service.web.views.forms import Danger, Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Barcode, Head, Ident, Link, Quiet, Rich, Tone
from service.web.views.sections import Section, TableSection
from service.web.views.tables import Cell, Column, Row, Table

MOST_NAMED = 500


def barcode(text: str) -> Barcode:
    return Barcode(text, f"/media/{text}")


def _page(facts: BoardFacts, title: str, form: Form, beside: tuple[Section, ...] = ()) -> FormPage:
    number = facts.row.number
    head = Head(("Run ", Link(number, base(facts))), title)
    return FormPage(f"{title} · Run {number}", Place.RUNS, head, form, beside)


def back(facts: BoardFacts) -> Act:
    return Act("Back to the run", base(facts))


def reason(label: str, help_text: str) -> Field:
    return Field("reason", label, FieldKind.TEXTAREA, help=help_text, rows=2, autofocus=True)


def approve_page(facts: BoardFacts, lines: Sequence[SheetLine], obstacles: Sequence[LeftOut]) -> FormPage:
    """Submitting is closed while something cannot go as planned; it is named with its reason."""
    out, home = (
        [line for line in lines if line.direction is one and line.step is Step.PLANNED] for one in Direction
    )
    form = Form(
        "approve",
        f"{base(facts)}/approve",
        f"Approve {facts.row.number}",
        danger=_danger(facts, len(out), len(home), obstacles),
        other=(back(facts),),
        submit_enabled=not obstacles,
        submit_reason="leave out what cannot go as planned first",
    )
    beside = (_listed("Leaves", "leaves", out), _listed("Comes home", "home", home))
    return _page(facts, "Approve", form, tuple(one for one in beside if one is not None))


def _danger(facts: BoardFacts, out: int, home: int, obstacles: Sequence[LeftOut]) -> Danger:
    if obstacles:
        things: tuple[Rich, ...] = tuple((barcode(one.barcode), f" {one.why}") for one in obstacles)
        return Danger("Since the plan was made this has changed:", things, Tone.RED)
    row = facts.row
    acts: list[Rich] = []
    if out:
        acts.append(
            f"A consignment of {out} media from {row.library} to {row.vendor}, {row.vault}, with {row.carrier}."
        )
        acts.append(f"{row.library} begins to eject them through its mail slots.")
    if home:
        acts.append(
            f"{home} media at {row.vendor} are marked as expired and recalled in a consignment of their own."
        )
    return Danger("With the approval begins:", tuple(acts), Tone.AMBER)


def _listed(title: str, table_id: str, lines: Sequence[SheetLine]) -> TableSection | None:
    if not lines:
        return None
    rows = tuple(
        Row((Cell(barcode(line.barcode), head=True), Cell(Quiet(line.why)))) for line in lines[:MOST_NAMED]
    )
    rest = len(lines) - MOST_NAMED
    foot = f"and {rest} more on the run sheet" if rest > 0 else ""
    columns = (Column("Medium"), Column("Why"))
    return TableSection(title, Table(table_id, title, columns, rows, foot=foot), f"{len(lines)} media")


def cancel_page(facts: BoardFacts) -> FormPage:
    media = facts.out.wanted + facts.home.wanted
    danger = Danger(
        f"Run {facts.row.number} ends here. Its {media} media stay where they are and are free for the next run.",
        tone=Tone.AMBER,
    )
    form = Form(
        "cancel", f"{base(facts)}/cancel", "Cancel the run", (reason("Why", "It stands in the ledger."),),
        danger=danger, other=(back(facts),),
    )  # fmt: skip
    return _page(facts, "Cancel", form)


def leave_out_page(facts: BoardFacts, barcodes: Sequence[str]) -> FormPage:
    return _skip_page(
        facts, barcodes, "Leave out", "leave-out", "stay where they are and are free for the next run"
    )


def skip_loading_page(facts: BoardFacts, barcodes: Sequence[str]) -> FormPage:
    return _skip_page(
        facts, barcodes, "Leave out of the library", "skip-loading", "stay on site and are not loaded"
    )


def _skip_page(facts: BoardFacts, barcodes: Sequence[str], title: str, verb: str, what: str) -> FormPage:
    names: tuple[Rich, ...] = tuple(barcode(one) for one in barcodes)
    form = Form(
        verb, f"{base(facts)}/{verb}", title, (reason("Why", "It stands in the ledger, with each medium."),),
        hidden=(("chosen", "yes"), *(("select", one) for one in barcodes)),
        danger=Danger(f"{len(names)} media {what}:", names, Tone.AMBER), other=(back(facts),),
    )  # fmt: skip
    return _page(facts, title, form)


def run_ident(number: str) -> Ident:
    return Ident(number, f"/runs/{number}")
