"""The weekly run as JSON."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import Session

from service.consignments.models import Direction
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.policies.queries import schedule
from service.policies.queries import timing_of as timing
from service.rotation import actions, listing, queries, rules
from service.rotation.export import csv_of
from service.rotation.models import RunState
from service.rotation.planning import plan
from service.rotation.schemas import (
    LineReason,
    LineShape,
    PlanShape,
    PlanWish,
    ProgressShape,
    RunPage,
    RunReason,
    RunShape,
)
from service.web.deps import Act, Reading, RuntimeDep, acting, reading
from service.web.etags import tag, tagged
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/runs", tags=["runs"])

Reader = Annotated[Person, reading(Permission.READ)]
Planner = Annotated[Act, acting(Permission.PLAN_RUN)]
Approver = Annotated[Act, acting(Permission.APPROVE_RUN)]
Skipper = Annotated[Act, acting(Permission.SKIP_STEP)]
Number = Annotated[str, Path(max_length=20, examples=["2026-W47"])]
MAX_BARCODE = 32
PRINTABLE = r"^[\x20-\x7e]*$"


@router.get("")
def list_runs(
    session: Reading, person: Reader, *, after: After = None, limit: Limit = 50, state: RunState | None = None
) -> PageOf[RunShape]:
    """Newest first."""
    del person
    rows = listing.run_rows(session, state=state, after=after, limit=limit + 1)
    return paged(rows, limit, RunShape.of, lambda row: row.run_id)


@router.get("/preview")
def preview_run(
    schedule_id: str, session: Reading, person: Reader, runtime: RuntimeDep, slot: date | None = None
) -> PlanShape:
    """The dry run of planning by hand. Nothing is written; without a slot it is today in the schedule's zone."""
    del person
    found = schedule(session, schedule_id)
    today = timing(found).today(runtime.clock())
    rules.check_slot(slot or today, today)
    return PlanShape.of(plan(session.connection(), found, slot or today))


@router.post("/plan", status_code=201, response_model=RunPage)
def plan_run(typed: PlanWish, act: Planner) -> Response:
    """A slot has one run: planning it again answers with the run that is there."""

    def work(unit: Unit) -> RunPage:
        return _page(unit.session, actions.plan_by_hand(unit, typed.schedule_id, typed.slot))

    return tagged(act(work, 201))


@router.get("/{number}")
def show_run(number: Number, session: Reading, person: Reader, response: Response) -> RunPage:
    del person
    shape = _page(session, number)
    tag(response, shape)
    return shape


def _page(session: Session, number: str) -> RunPage:
    row = listing.run_row(session, number)
    run = queries.run_by_number(session, number)
    out, home = (
        ProgressShape.of(queries.progress(session, run, direction))
        for direction in (Direction.OUT, Direction.HOME)
    )
    return RunPage(**RunShape.of(row).model_dump(), progress_out=out, progress_home=home)


@router.get("/{number}/sheet")
def show_sheet(
    number: Number,
    session: Reading,
    person: Reader,
    *,
    direction: Direction = Direction.OUT,
    after: Annotated[
        str | None,
        Query(max_length=MAX_BARCODE, pattern=PRINTABLE, description="The barcode of the last line."),
    ] = None,
    limit: Limit = 100,
) -> PageOf[LineShape]:
    """Lines by barcode; the cursor is a barcode."""
    del person
    run = queries.run_by_number(session, number)
    lines = queries.sheet(session, run, direction, after=after, limit=limit + 1)
    return paged(lines, limit, LineShape.of, lambda line: line.barcode)


@router.get("/{number}/sheet.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def export_sheet(number: Number, session: Reading, person: Reader) -> Response:
    """Both directions."""
    del person
    return sheet_csv(session, number)


def sheet_csv(session: Session, number: str) -> Response:
    run = queries.run_by_number(session, number)
    lines = [line for direction in Direction for line in queries.sheet(session, run, direction)]
    headers = {"content-disposition": f'attachment; filename="run-{run.number}.csv"'}
    return Response(csv_of(lines), headers=headers, media_type="text/csv; charset=utf-8")


def _acted(act: Act, number: str, work: Callable[[Unit], None]) -> Response:
    def unit_of_work(unit: Unit) -> RunPage:
        work(unit)
        return _page(unit.session, number)

    return tagged(act(unit_of_work))


@router.post("/{number}/leave-out", response_model=RunPage)
def leave_out(number: Number, typed: LineReason, act: Planner) -> Response:
    """Take a line out of a planned run, with a reason."""
    return _acted(act, number, lambda unit: actions.leave_out(unit, number, typed.barcode, typed.reason))


@router.post("/{number}/approve", response_model=RunPage)
def approve(number: Number, act: Approver) -> Response:
    """Opens the consignments; the library begins to eject."""
    return _acted(act, number, lambda unit: actions.approve(unit, number))


@router.post("/{number}/cancel", response_model=RunPage)
def cancel(number: Number, typed: RunReason, act: Planner) -> Response:
    return _acted(act, number, lambda unit: actions.cancel(unit, number, typed.reason))


@router.post("/{number}/skip-loading", response_model=RunPage)
def skip_loading(number: Number, typed: LineReason, act: Skipper) -> Response:
    """Leave a medium that came home out of the library, with a reason."""
    return _acted(act, number, lambda unit: actions.skip_loading(unit, number, typed.barcode, typed.reason))


@router.post("/{number}/close", response_model=RunPage)
def close(number: Number, act: Planner) -> Response:
    """Refused until both consignments are reconciled and everything that came home is loaded or skipped."""
    return _acted(act, number, lambda unit: actions.close(unit, number))
