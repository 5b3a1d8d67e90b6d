"""Labels in the browser: jobs, a new one with its preview, sheets, resuming, spoiling; series and their numbers."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from service.errors import InvalidInputError, RefusedError
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.printing import (
    actions,
    export,
    forms,
    new_form,
    queries,
    releasing,
    resuming,
    series_views,
    verifying,
    views,
)
from service.printing.api import pdf_response
from service.printing.models import LabelJobState, LabelState
from service.printing.resuming import From
from service.printing.sheets import sheet
from service.printing.verify_page import verify_answer, verify_view
from service.web.errors import status_of
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.pages import FormPage
from service.web.views.parts import Tone

router = APIRouter(include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Printing = Annotated[Page, page_for(Permission.PRINT_LABELS)]
Manager = Annotated[Page, page_for(Permission.MANAGE_MEDIA)]
Number = Annotated[str, Path(max_length=40)]
AfterNumber = Annotated[str | None, Query(max_length=40)]
SHOWN = 100


@router.get("/labels")
def list_jobs(page: Reader, *, after: AfterNumber = None, state: LabelJobState | None = None) -> Response:
    connection = page.session.connection()
    last = queries.job_row(connection, after).label_job_id if after else None
    found = queries.jobs(connection, state=state, after=last, limit=SHOWN + 1)
    chosen = f"state={state}&" if state else ""
    more = f"/labels?{chosen}after={found[SHOWN - 1].number}" if len(found) > SHOWN else None
    return page.render("pages/list.html", views.list_view(page, found[:SHOWN], more, state))


@router.get("/labels.csv")
def export_jobs(page: Reader, *, state: LabelJobState | None = None) -> Response:
    found = queries.jobs(page.session.connection(), state=state, limit=export.MOST_LINES)
    return _csv(export.jobs_csv(found), "labels.csv")


def _csv(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/labels/new")
def new_labels(page: Printing) -> Response:
    return page.render("pages/form.html", new_form.new_page(page, new_form.given(page)))


@router.post("/labels")
def make_labels(page: Printing) -> Response:
    def work(unit: Unit) -> str:
        return actions.make_job(unit, new_form.wish_of(page.form)).number

    try:
        number = page.act(work)
    except (InvalidInputError, RefusedError) as error:
        return page.render("pages/form.html", new_form.refused_page(page, error), status_of(error))
    return page.redirect(f"/labels/{number}", f"{number} is planned.")


@router.get("/labels/series")
def list_series(page: Reader, *, after: AfterNumber = None) -> Response:
    connection = page.session.connection()
    last = queries.one_series(connection, after).series_id if after else None
    found = queries.series(connection, after=last, limit=SHOWN + 1)
    more = f"/labels/series?after={found[SHOWN - 1].number}" if len(found) > SHOWN else None
    return page.render("pages/list.html", series_views.series_list_view(found[:SHOWN], more))


@router.get("/labels/series.csv")
def export_series(page: Reader) -> Response:
    found = queries.series(page.session.connection(), limit=export.MOST_LINES)
    return _csv(export.series_csv(found), "series.csv")


@router.get("/labels/series/{number}")
def show_series(
    number: Number, page: Reader, *, after: Annotated[str, Query(max_length=40, pattern=r"^[ -~]*$")] = ""
) -> Response:
    connection = page.session.connection()
    found = queries.one_series(connection, number)
    rows = queries.reservations(connection, found.series_id, after=after, limit=SHOWN + 1)
    more = f"/labels/series/{number}?after={rows[SHOWN - 1].barcode}" if len(rows) > SHOWN else None
    return page.render("pages/thing.html", series_views.series_view(page, found, rows[:SHOWN], more))


@router.get("/labels/series/{number}/release")
def release_form(number: Number, page: Manager) -> Response:
    return page.render("pages/form.html", _release_page(number, page))


def _release_page(number: str, page: Page) -> FormPage:
    return forms.release_page(queries.one_series(page.session.connection(), number))


@router.post("/labels/series/{number}/release")
def release(number: Number, page: Manager) -> Response:
    return act_or_again(
        page,
        lambda: _release_page(number, page),
        lambda unit: releasing.release(unit, number, page.text("series"), page.text("reason")),
        lambda count: page.redirect(f"/labels/series/{number}", f"{count:,} numbers are released."),
    )


@router.get("/labels/{number}.csv")
def export_labels(number: Number, page: Reader) -> Response:
    connection = page.session.connection()
    job_id = queries.job_row(connection, number).label_job_id
    return _csv(
        export.labels_csv(queries.labels(connection, job_id, limit=export.MOST_LINES)), f"{number}.csv"
    )


Shown = Annotated[LabelState | None, Query(alias="show")]
AfterOrdinal = Annotated[int, Query(ge=0, le=10**6)]


@router.get("/labels/{number}")
def show_job(number: Number, page: Reader, *, show: Shown = None, after: AfterOrdinal = 0) -> Response:
    return page.render("labels/job.html", _job_view(page, number, show, after))


def _job_view(page: Page, number: str, show: LabelState | None, after: int) -> views.LabelJobPage:
    connection = page.session.connection()
    job = queries.job(connection, number)
    wanted = [show] if show else []
    found = queries.labels(connection, job.label_job_id, states=wanted, after=after, limit=SHOWN + 1)
    chosen = f"show={show}&" if show else ""
    more = f"/labels/{number}?{chosen}after={found[SHOWN - 1].ordinal}" if len(found) > SHOWN else None
    return views.job_view(page, job, found[:SHOWN], more, show)


@router.get("/labels/{number}/live")
def live_fragment(number: Number, page: Reader) -> Response:
    return page.fragment("labels/_job.html", _job_view(page, number, None, 0))


def _job(number: str, page: Page) -> queries.JobView:
    page.session.rollback()  # what was read before a refused act is old
    return queries.job(page.session.connection(), number)


def _back(page: Page, number: str, notice: str, tone: Tone = Tone.GREEN) -> Response:
    return page.redirect(f"/labels/{number}", notice, tone)


@router.get("/labels/{number}/issue-sheet")
def issue_form(number: Number, page: Printing) -> Response:
    return page.render("pages/form.html", forms.sheet_page(_job(number, page)))


@router.post("/labels/{number}/issue-sheet")
def issue_sheet(number: Number, page: Printing) -> Response:
    return act_or_again(
        page,
        lambda: forms.sheet_page(_job(number, page)),
        lambda unit: actions.issue_sheet(unit, number, _whole(page.text("start_at"))),
        lambda count: _back(
            page, number, f"The sheet with {count:,} labels is issued. Download it, print it at 100 %."
        ),
    )


def _whole(typed: str) -> int:
    """0, which no sheet has, for what is no number."""
    return int(typed) if typed.isdecimal() and len(typed) <= new_form.MOST_DIGITS else 0


@router.get("/labels/{number}/sheet.pdf")
def download_sheet(number: Number, page: Printing) -> Response:
    return pdf_response(sheet(page.session.connection(), number), f"{number}.pdf")


@router.post("/labels/{number}/send")
def send(number: Number, page: Printing) -> Response:
    page.act(lambda unit: resuming.ask_to_send(unit, number))
    return _back(page, number, f"{number} is with its printer.", Tone.BLUE)


@router.get("/labels/{number}/resume")
def resume_form(number: Number, page: Printing) -> Response:
    return page.render("pages/form.html", forms.resume_page(page, _job(number, page)))


@router.post("/labels/{number}/resume")
def resume(number: Number, page: Printing) -> Response:
    def work(unit: Unit) -> int:
        wanted = page.text("from")
        if wanted not in set(From):
            told = "Choose one of these."
            raise InvalidInputError(f"{told} Nothing was printed.", fields={"from": told})
        start_at = _whole(page.text("start_at")) or 1
        return resuming.resume(unit, number, From(wanted), page.text("reason"), start_at=start_at)

    return act_or_again(
        page,
        lambda: forms.resume_page(page, _job(number, page)),
        work,
        lambda again: _back(page, number, f"It goes on; {again:,} labels are printed again.", Tone.BLUE),
    )


@router.get("/labels/{number}/spoil")
def spoil_form(
    number: Number, page: Printing, *, barcode: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    return page.render("pages/form.html", forms.spoil_page(_job(number, page), barcode))


@router.post("/labels/{number}/spoil")
def spoil(number: Number, page: Printing) -> Response:
    barcode = page.text("barcode")

    def work(unit: Unit) -> None:
        replace = page.text("replace") == "on"
        verifying.spoil(unit, number, barcode, page.text("reason"), replace=replace)

    return act_or_again(
        page,
        lambda: forms.spoil_page(_job(number, page)),
        work,
        lambda _: _back(page, number, f"{barcode.upper()} is spoiled. Destroy it.", Tone.AMBER),
    )


@router.get("/labels/{number}/cancel")
def cancel_form(number: Number, page: Printing) -> Response:
    return page.render("pages/form.html", forms.cancel_page(_job(number, page)))


@router.post("/labels/{number}/cancel")
def cancel(number: Number, page: Printing) -> Response:
    return act_or_again(
        page,
        lambda: forms.cancel_page(_job(number, page)),
        lambda unit: actions.cancel(unit, number, page.text("reason")),
        lambda _: _back(page, number, f"{number} is cancelled."),
    )


@router.post("/labels/{number}/close")
def close(number: Number, page: Printing) -> Response:
    page.act(lambda unit: actions.close(unit, number))
    return _back(page, number, f"{number} is closed.")


@router.get("/labels/{number}/verify")
def verify_page(number: Number, page: Printing) -> Response:
    return page.render("labels/verify.html", verify_view(page, number, None))


@router.post("/labels/{number}/verify")
def verify_by_form(number: Number, page: Printing) -> Response:
    """One scan of a page without JavaScript; the answer is the page again, with the band."""
    answer = verify_answer(page, number)
    page.session.rollback()  # what was read before the scan is old
    return page.render("labels/verify.html", verify_view(page, number, answer))
