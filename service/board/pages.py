"""The board of one run and the acts on it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.board import forms
from service.board.facts import BoardFacts, board_facts
from service.board.sheet import SHOWN
from service.board.views import BoardFragment, Leaf, board_view, run_view, sheet_fragment_view
from service.consignments.models import Direction
from service.handlers.administration import history
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.printing.documents.shelf import run_shelf
from service.rotation import actions, queries
from service.rotation.actions import RotationEvent
from service.rotation.api import MAX_BARCODE, PRINTABLE, sheet_csv
from service.rotation.models import RUN
from service.rotation.planning import obstacles_to
from service.rotation.queries import SheetLine
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.pages import FormPage
from service.web.views.parts import Tone

router = APIRouter(prefix="/runs/{number}", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Planner = Annotated[Page, page_for(Permission.PLAN_RUN)]
Approver = Annotated[Page, page_for(Permission.APPROVE_RUN)]
Skipper = Annotated[Page, page_for(Permission.SKIP_STEP)]
After = Annotated[str | None, Query(max_length=MAX_BARCODE, pattern=PRINTABLE)]

WORDS = {
    RotationEvent.RUN_PLANNED.value: "Planned",
    RotationEvent.RUN_APPROVED.value: "Approved",
    RotationEvent.RUN_CANCELLED.value: "Cancelled",
    RotationEvent.RUN_CLOSED.value: "Closed",
}


def _facts(page: Page, number: str) -> BoardFacts:
    return board_facts(page.session, number, page.now)


def _leaf(page: Page, facts: BoardFacts, direction: Direction, after: str | None) -> Leaf:
    lines = queries.sheet(page.session, facts.run, direction, after=after, limit=SHOWN + 1)
    return Leaf(direction, lines, after)


@router.get("")
def run_page(number: str, page: Reader, leg: Direction | None = None, after: After = None) -> Response:
    facts = _facts(page, number)
    direction = leg or (Direction.OUT if facts.out.total or not facts.home.total else Direction.HOME)
    told = history(page.session, RUN.subject(facts.run.run_id), WORDS)
    view = run_view(facts, page.person, _leaf(page, facts, direction, after), told)
    papers = run_shelf(page, facts.row)
    return page.render("runs/run.html", replace(view, more=(papers, *view.more)))


@router.get("/board")
def board_fragment(number: str, page: Reader) -> Response:
    """The parts that change, alone."""
    board = board_view(_facts(page, number), page.person)
    return page.fragment("runs/_board.html", BoardFragment(board))


@router.get("/sheet")
def sheet_fragment(
    number: str, page: Reader, leg: Direction = Direction.OUT, after: After = None
) -> Response:
    facts = _facts(page, number)
    view = sheet_fragment_view(facts, page.person, _leaf(page, facts, leg, after))
    return page.fragment("runs/_sheet.html", view)


@router.get("/sheet.csv")
def export_sheet(number: str, page: Reader) -> Response:
    return sheet_csv(page.session, number)


@router.get("/approve")
def approve_page(number: str, page: Approver) -> Response:
    return page.render("pages/form.html", _approve_form(page, number))


def _approve_form(page: Page, number: str) -> FormPage:
    facts = _facts(page, number)
    obstacles = obstacles_to(page.session.connection(), facts.run, page.now) if facts.is_planned else []
    lines: list[SheetLine] = []
    for direction in Direction:
        lines += queries.sheet(page.session, facts.run, direction)
    return forms.approve_page(facts, lines, obstacles)


@router.post("/approve")
def approve(number: str, page: Approver) -> Response:
    return act_or_again(
        page,
        lambda: _approve_form(page, number),
        lambda unit: actions.approve(unit, number),
        lambda _: page.redirect(f"/runs/{number}", f"Run {number} is approved. The library begins to eject."),
    )


@router.get("/cancel")
def cancel_page(number: str, page: Planner) -> Response:
    return page.render("pages/form.html", forms.cancel_page(_facts(page, number)))


@router.post("/cancel")
def cancel(number: str, page: Planner) -> Response:
    return act_or_again(
        page,
        lambda: forms.cancel_page(_facts(page, number)),
        lambda unit: actions.cancel(unit, number, page.text("reason")),
        lambda _: page.redirect(f"/runs/{number}", f"Run {number} is cancelled."),
    )


Skip = Callable[[Unit, str, str, str], None]
Form = Callable[[BoardFacts, Sequence[str]], FormPage]


@router.post("/leave-out")
def leave_out(number: str, page: Planner) -> Response:
    """First the chosen lines by name with a field for the reason, then the act."""
    return _skip(page, number, forms.leave_out_page, actions.leave_out, "left out")


@router.post("/skip-loading")
def skip_loading(number: str, page: Skipper) -> Response:
    return _skip(page, number, forms.skip_loading_page, actions.skip_loading, "left out of the library")


def _skip(page: Page, number: str, form: Form, skip: Skip, done: str) -> Response:
    barcodes = sorted(set(page.texts("select")))
    if not barcodes:
        return page.redirect(f"/runs/{number}", "No line was chosen. Nothing was left out.", Tone.AMBER)
    if page.text("chosen") != "yes":
        return page.render("pages/form.html", form(_facts(page, number), barcodes))

    def work(unit: Unit) -> None:
        for barcode in barcodes:
            skip(unit, number, barcode, page.text("reason"))

    return act_or_again(
        page,
        lambda: form(_facts(page, number), barcodes),
        work,
        lambda _: page.redirect(f"/runs/{number}", f"{len(barcodes)} media are {done}."),
    )


@router.post("/close")
def close(number: str, page: Planner) -> Response:
    page.act(lambda unit: actions.close(unit, number))
    return page.redirect(f"/runs/{number}", f"Run {number} is closed.")
