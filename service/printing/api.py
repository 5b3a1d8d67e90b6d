"""Label jobs and label series as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.engine import Connection

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ids import new_id
from service.ledger.writer import Unit
from service.media import next_series as proposing
from service.printing import actions, queries, releasing, resuming, verifying
from service.printing.choosing import badge_number
from service.printing.models import LabelJobState, LabelState, What
from service.printing.planning import plan
from service.printing.rendering import picture
from service.printing.rules import WORDS
from service.printing.schemas import (
    LabelJobPage,
    LabelJobShape,
    LabelPage,
    LabelProved,
    LabelScan,
    LabelShape,
    LabelWish,
    PlanShape,
    Resumption,
    ScanCounts,
    ScannedLabel,
    SheetWish,
    Spoiling,
    StockList,
    WhyLabels,
)
from service.printing.series_schemas import (
    NextSeries,
    Release,
    ReservationPage,
    ReservationShape,
    SeriesPage,
    SeriesShape,
)
from service.printing.sheets import sheet
from service.printing.stock_list import stock_list
from service.web.deps import Act, Reading, RuntimeDep, acting, reading
from service.web.paging import Limit

router = APIRouter(prefix="/api/v1", tags=["labels"])

Reader = Annotated[Person, reading(Permission.READ)]
Printing = Annotated[Act, acting(Permission.PRINT_LABELS)]
Manager = Annotated[Act, acting(Permission.MANAGE_MEDIA)]
Number = Annotated[str, Path(max_length=40)]
AfterNumber = Annotated[
    str | None, Query(max_length=40, description="The number of the last item of the page before this one.")
]
PDF_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The PDF."}
}
PREVIEWS = 3


@router.get("/label-stocks")
def list_stocks(_: Reader, *, dpi: Annotated[int | None, Query(ge=1, le=10_000)] = None) -> StockList:
    """With `dpi`, how cartridge labels come out on a printer with so many dots per inch."""
    return stock_list(dpi)


@router.get("/label-series")
def list_series(session: Reading, _: Reader, *, after: AfterNumber = None, limit: Limit = 100) -> SeriesPage:
    """Newest first."""
    connection = session.connection()
    last = queries.one_series(connection, after).series_id if after else None
    found = queries.series(connection, after=last, limit=limit + 1)
    more = found[limit - 1].number if len(found) > limit else None
    return SeriesPage(items=[SeriesShape.of(one) for one in found[:limit]], next=more)


@router.get("/label-series/next")
def next_series(
    session: Reading,
    _: Reader,
    *,
    count: Annotated[int, Query(description="How many numbers.")],
    like: Annotated[str, Query(max_length=200, description="A barcode of the kind that is wanted.")] = "",
) -> NextSeries:
    """The next free series after the highest number that was ever given. Nothing is reserved."""
    return NextSeries(series=proposing.next_series(session.connection(), count, like))


@router.get("/label-series/{number}")
def show_series(number: Number, session: Reading, _: Reader) -> SeriesShape:
    return SeriesShape.of(queries.one_series(session.connection(), number))


@router.get("/label-series/{number}/reservations")
def list_reservations(
    number: Number,
    session: Reading,
    _: Reader,
    *,
    after: Annotated[str, Query(max_length=40, pattern=r"^[ -~]*$")] = "",
    limit: Limit = 100,
) -> ReservationPage:
    """By barcode."""
    connection = session.connection()
    found = queries.reservations(
        connection, queries.one_series(connection, number).series_id, after=after, limit=limit + 1
    )
    more = found[limit - 1].barcode if len(found) > limit else None
    return ReservationPage(items=[ReservationShape.of(row) for row in found[:limit]], next=more)


@router.post("/label-series/{number}/release", response_model=SeriesShape)
def release(number: Number, typed: Release, act: Manager) -> Response:
    """Give numbers free again that were never printed."""

    def work(unit: Unit) -> SeriesShape:
        releasing.release(unit, number, typed.series, typed.reason)
        return SeriesShape.of(queries.one_series(unit.connection, number))

    return act(work)


@router.get("/label-jobs")
def list_jobs(
    session: Reading,
    _: Reader,
    *,
    after: AfterNumber = None,
    limit: Limit = 100,
    state: LabelJobState | None = None,
    what: What | None = None,
) -> LabelJobPage:
    """Newest first."""
    connection = session.connection()
    last = queries.job_row(connection, after).label_job_id if after else None
    found = queries.jobs(connection, state=state, what=what, after=last, limit=limit + 1)
    more = found[limit - 1].number if len(found) > limit else None
    return LabelJobPage(items=[LabelJobShape.of(one) for one in found[:limit]], next=more)


@router.post("/label-jobs", status_code=201, response_model=LabelJobShape)
def make_job(typed: LabelWish, act: Printing) -> Response:
    """Reserve what is new and plan every label. Nothing is printed before the sheet is issued or sending is asked for."""

    def work(unit: Unit) -> LabelJobShape:
        return _shape(unit.connection, actions.make_job(unit, typed.wish()).number)

    return act(work, 201)


@router.post("/label-jobs/preview")
def preview(typed: LabelWish, act: Printing, session: Reading, runtime: RuntimeDep) -> PlanShape:
    """What would be printed, as it would look. Nothing is reserved."""
    del act
    planned = plan(session.connection(), typed.wish(), lambda: badge_number(new_id(runtime.clock())))
    return PlanShape.of(planned, [picture(planned.look, item) for item in planned.items[:PREVIEWS]])


def _shape(connection: Connection, number: str) -> LabelJobShape:
    return LabelJobShape.of(queries.job(connection, number))


@router.get("/label-jobs/{number}")
def show_job(number: Number, session: Reading, _: Reader) -> LabelJobShape:
    return _shape(session.connection(), number)


@router.get("/label-jobs/{number}/labels")
def list_labels(
    number: Number,
    session: Reading,
    _: Reader,
    *,
    state: LabelState | None = None,
    after: Annotated[int, Query(ge=0, le=10**6, description="The ordinal to continue after.")] = 0,
    limit: Limit = 100,
) -> LabelPage:
    """In print order."""
    connection = session.connection()
    job_id = queries.job_row(connection, number).label_job_id
    wanted = [state] if state else []
    found = queries.labels(connection, job_id, states=wanted, after=after, limit=limit + 1)
    more = found[limit - 1].ordinal if len(found) > limit else None
    return LabelPage(items=[LabelShape.of(row) for row in found[:limit]], next=more)


@router.post("/label-jobs/{number}/issue-sheet", response_model=LabelJobShape)
def issue_sheet(number: Number, typed: SheetWish, act: Printing) -> Response:
    """The sheet is handed out to be printed; its labels count as sent from now on."""

    def work(unit: Unit) -> LabelJobShape:
        actions.issue_sheet(unit, number, typed.start_at)
        return _shape(unit.connection, number)

    return act(work)


@router.get("/label-jobs/{number}/sheet.pdf", response_class=Response, responses=PDF_ANSWER)
def download_sheet(
    number: Number, session: Reading, _: Annotated[Person, reading(Permission.PRINT_LABELS)]
) -> Response:
    """The issued sheet, until one of its labels was scanned."""
    return pdf_response(sheet(session.connection(), number), f"{number}.pdf")


def pdf_response(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


@router.post("/label-jobs/{number}/send", status_code=202, response_model=LabelJobShape)
def send(number: Number, act: Printing) -> Response:
    """Queue the planned labels for the job's printer."""

    def work(unit: Unit) -> LabelJobShape:
        resuming.ask_to_send(unit, number)
        return _shape(unit.connection, number)

    return act(work, 202)


@router.post("/label-jobs/{number}/resume", status_code=202, response_model=LabelJobShape)
def resume(number: Number, typed: Resumption, act: Printing) -> Response:
    """A person has looked at the printer: go on from the first label that no scan has proved, or after those in doubt."""

    def work(unit: Unit) -> LabelJobShape:
        resuming.resume(unit, number, typed.from_, typed.reason, start_at=typed.start_at)
        return _shape(unit.connection, number)

    return act(work, 202)


@router.post("/label-jobs/{number}/verify", response_model=LabelProved)
def verify(number: Number, typed: LabelScan, act: Printing) -> Response:
    """A label was scanned. Anything but an unproved label of this job is refused by name."""
    return act(lambda unit: proved(unit, number, typed.barcode))


def proved(unit: Unit, number: str, barcode: str) -> LabelProved:
    done = verifying.verify(unit, number, barcode)
    counts = queries.job(unit.connection, number)
    left = counts.count(LabelState.SENDING, LabelState.SENT)
    to_come = counts.count(LabelState.PLANNED)
    rest = f" {to_come:,} {WORDS[LabelState.PLANNED]}." if to_come else ""
    return LabelProved(
        barcode=done.payload,
        sentence=f"{number} is complete" if done.closed else f"A label of {number}",
        detail=f"{done.done:,} printed, {left:,} still to be scanned.{rest}",
        counts=ScanCounts(left=left, done=done.done),
        moved=ScannedLabel(barcode=done.payload, at=unit.now),
        closed=done.closed,
    )


@router.post("/label-jobs/{number}/spoil", response_model=LabelJobShape)
def spoil(number: Number, typed: Spoiling, act: Printing) -> Response:
    """The label is no good; with `replace` another one with its number is planned."""

    def work(unit: Unit) -> LabelJobShape:
        verifying.spoil(unit, number, typed.barcode, typed.reason, replace=typed.replace)
        return _shape(unit.connection, number)

    return act(work)


@router.post("/label-jobs/{number}/close", response_model=LabelJobShape)
def close(number: Number, act: Printing) -> Response:
    """What is not on paper is withdrawn; what was not scanned stays sent."""

    def work(unit: Unit) -> LabelJobShape:
        actions.close(unit, number)
        return _shape(unit.connection, number)

    return act(work)


@router.post("/label-jobs/{number}/cancel", response_model=LabelJobShape)
def cancel(number: Number, typed: WhyLabels, act: Printing) -> Response:
    """Only while nothing of it was printed; its numbers stay reserved until they are released."""

    def work(unit: Unit) -> LabelJobShape:
        actions.cancel(unit, number, typed.reason)
        return _shape(unit.connection, number)

    return act(work)
