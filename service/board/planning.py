"""All runs, and planning one by hand: first the dry run, then the act."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.board.forms import barcode, run_ident
from service.board.views import day_words
from service.errors import InvalidInputError
from service.handlers.rules import Permission
from service.policies import queries as policies
from service.policies.models import Schedule
from service.policies.queries import timing_of
from service.policies.slots import next_slot
from service.rotation import actions, rules
from service.rotation.listing import RunRow, run_rows
from service.rotation.models import RunState
from service.rotation.planning import Plan, plan
from service.rotation.queries import run_of_slot
from service.rotation.rules import LeftOut, Picked
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Part,
    Quiet,
    Rich,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import Section, TableSection
from service.web.views.tables import NOT_YET, Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/runs", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Planner = Annotated[Page, page_for(Permission.PLAN_RUN)]
SHOWN = 50
MOST_NAMED = 500

STATES = {
    RunState.PLANNED: Chip("waits for approval", Tone.AMBER, Shape.BARE),
    RunState.APPROVED: Chip("under way", Tone.BLUE, Shape.BARE),
    RunState.CLOSED: Chip("closed", Tone.GREEN, Shape.BARE),
    RunState.CANCELLED: Chip("cancelled", Tone.NEUTRAL, Shape.BARE),
}
COLUMNS = (
    Column("Run"), Column("State"), Column("For", keep=Keep.TABLET), Column("Out", numeric=True), Column("Home", numeric=True),
    Column("Consignments", keep=Keep.TABLET), Column("From and to", keep=Keep.DESK), Column("Planned", keep=Keep.DESK),
    Column("Approved", keep=Keep.DESK), Column("Closed", keep=Keep.TABLET),
)  # fmt: skip


@router.get("")
def list_runs(page: Reader, after: After = None, state: RunState | None = None) -> Response:
    rows = run_rows(page.session, state=state, after=after, limit=SHOWN + 1)
    more = f"after={rows[SHOWN - 1].run_id}" if len(rows) > SHOWN else ""
    older = f"/runs?{f'state={state}&' if state else ''}{more}" if more else None
    schedules = policies.schedules(page.session)
    plan_act = Act("Plan a run", "/runs/new", first=not rows)
    if not page.person.may(Permission.PLAN_RUN):
        plan_act = Act("Plan a run", "/runs/new", enabled=False, reason="needs a backup administrator")
    head = Head("Out and home", "Runs", _next_runs(page, schedules), acts=(plan_act,))
    table = Table(
        "runs", "Runs, newest first", COLUMNS, tuple(_row(row) for row in rows[:SHOWN]), older_href=older, empty=_none(schedules)
    )  # fmt: skip
    return page.render("pages/list.html", ListPage("Runs", Place.RUNS, head, table, (_filter(state),)))


def _filter(current: RunState | None) -> Filter:
    words: dict[RunState | None, str] = {None: "all", **{one: chip.word for one, chip in STATES.items()}}
    return Filter("State", tuple(
        FilterLink(word, f"/runs?state={one}" if one else "/runs", current=one is current) for one, word in words.items()
    ))  # fmt: skip


def _next_runs(page: Page, schedules: Sequence[Schedule]) -> Rich:
    """When each schedule plans its next run."""
    parts: list[Part] = []
    for one in schedules:
        parts.append(" · " if parts else "")
        parts.append(Link(one.name, f"/schedules/{one.schedule_id}"))
        if one.enabled:
            at = next_slot(timing_of(one), page.now)
            parts += [" plans the next ", When(at, WhenStyle.STAMP), ", ", When(at, WhenStyle.AGO)]
        else:
            parts.append(" is off")
    return tuple(parts) or ("No schedule plans runs. ", Link("Set one", "/schedules/new"))


def _none(schedules: Sequence[Schedule]) -> EmptyState:
    if not schedules:
        return EmptyState(
            "No runs yet.",
            "A schedule plans a run every week: what leaves, what comes home. There is none.",
            (Act("Set a schedule", "/schedules/new", first=True),),
        )
    text = "The schedule plans the next run by itself; one can be planned by hand at any time."
    return EmptyState("No runs here.", text, (Act("Plan a run", "/runs/new"),))


def _row(row: RunRow) -> Row:
    consignments = [Ident(one, f"/consignments/{one}") for one in (row.out_number, row.home_number) if one]
    parts: list[Part] = [part for one in consignments for part in (one, " ")]
    return Row((
        Cell(run_ident(row.number), head=True), Cell(STATES[row.state]), Cell(day_words(row.slot)), Cell(str(row.out)), Cell(str(row.home)),
        Cell(tuple(parts)) if parts else NOT_YET, Cell(f"{row.library} → {row.vault}"), Cell(When(row.planned_at)),
        Cell(When(row.approved_at)) if row.approved_at else NOT_YET, Cell(When(row.closed_at)) if row.closed_at else NOT_YET,
    ))  # fmt: skip


Slot = Annotated[str, Query(max_length=10)]


@router.get("/new")
def new_run(page: Planner, schedule_id: str = "", slot: Slot = "") -> Response:
    """Choose schedule and day; with both, what the run would carry."""
    return page.render("pages/form.html", _plan_page(page, schedule_id, slot))


@router.post("")
def plan_run(page: Planner) -> Response:
    schedule_id, slot = page.text("schedule_id"), page.text("slot")

    def done(number: str) -> Response:
        return page.redirect(f"/runs/{number}", f"Run {number} is planned and waits for approval.")

    return act_or_again(
        page,
        lambda: _plan_page(page, schedule_id, slot),
        lambda unit: actions.plan_by_hand(unit, schedule_id, read_slot(slot)),
        done,
    )


def read_slot(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            f"“{text[:20]}” is not a day. Nothing was planned.", fields={"slot": "A day such as 2026-11-19."}
        ) from None


def _plan_page(page: Page, schedule_id: str, slot: str) -> FormPage:
    head = Head(Link("Runs", "/runs"), "Plan a run by hand")
    schedules = policies.schedules(page.session)
    chosen = next((one for one in schedules if one.schedule_id == schedule_id), None)
    if chosen is None or not slot:
        return FormPage("Plan a run", Place.RUNS, head, _choose(page, schedules, schedule_id, slot))
    try:
        day = read_slot(slot)
        rules.check_slot(day, timing_of(chosen).today(page.now))
    except InvalidInputError as error:
        form = _choose(page, schedules, schedule_id, slot, error.fields["slot"])
        return FormPage("Plan a run", Place.RUNS, head, form)
    found = plan(page.session.connection(), chosen, day)
    there = run_of_slot(page.session.connection(), schedule_id, day)
    return FormPage("Plan a run", Place.RUNS, head, _confirm(chosen, slot, found, there), _dry_run(found))


def _choose(page: Page, schedules: Sequence[Schedule], schedule_id: str, slot: str, error: str = "") -> Form:
    """GET: asking what a run would carry changes nothing."""
    options = tuple(Option(one.schedule_id, one.name) for one in schedules)
    today = timing_of(schedules[0]).today(page.now).isoformat() if schedules else ""
    fields = (
        Field("schedule_id", "Schedule", FieldKind.SELECT, schedule_id, options=options,
              help="It names the policy, the library, the vault and the carrier."),
        Field("slot", "Day", FieldKind.DATE, slot or today, error=error,
              help="What is due by this day is picked. A day has one run a schedule."),
    )  # fmt: skip
    return Form(
        "choose", "/runs/new", "Show what it would carry", fields, method="get", other=(Act("Back", "/runs"),),
        submit_enabled=bool(schedules), submit_reason="there is no schedule yet; set one first",
    )  # fmt: skip


def _confirm(chosen: Schedule, slot: str, found: Plan, there: str | None) -> Form:
    again = Act("Choose another day", f"/runs/new?schedule_id={chosen.schedule_id}")
    carries = bool(found.out or found.home)
    danger = Danger(
        f"{chosen.name}, {day_words(slot)}: {len(found.out)} media would leave, {len(found.home)} would come home, "
        f"{len(found.left_out)} stay that one would expect to go. Nothing is planned yet.",
        tone=Tone.BLUE if carries else Tone.AMBER,
    )  # fmt: skip
    reason = f"run {there} is there for this day" if there else "there is nothing to carry"
    other = (Act(f"Open {there}", f"/runs/{quote(there)}"), again) if there else (again,)
    return Form(
        "plan", "/runs", "Plan this run", hidden=(("schedule_id", chosen.schedule_id), ("slot", slot)), danger=danger,
        other=other, submit_enabled=carries and there is None, submit_reason=reason,
    )  # fmt: skip


def _dry_run(found: Plan) -> tuple[Section, ...]:
    return (
        _listed("Would leave", "leaves", found.out),
        _listed("Would come home", "home", found.home),
        _listed("Stay where they are", "left-out", found.left_out),
    )


def _listed(title: str, table_id: str, found: Sequence[Picked | LeftOut]) -> TableSection:
    rows = tuple(
        Row((Cell(barcode(one.barcode), head=True), Cell(Quiet(one.why)))) for one in found[:MOST_NAMED]
    )
    rest = len(found) - MOST_NAMED
    table = Table(
        table_id, title, (Column("Medium"), Column("Why")), rows, foot=f"and {rest} more" if rest > 0 else "",
        empty=EmptyState("None.", "Nothing fits this day."),
    )  # fmt: skip
    return TableSection(title, table, f"{len(found)} media")
