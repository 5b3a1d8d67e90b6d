"""A job's page: what it does, what it waits for, every step with what was told and what was seen."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import Response

from service.devices import actions, live, queries
from service.devices.actions import Resume, Stop
from service.devices.margins import library_href
from service.devices.models import Job, JobKind, JobState, JobStep
from service.devices.rules import MOVED, WORDS
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.media.words import href
from service.rotation.queries import numbers_of
from service.web.page import Page, page_for
from service.web.views.frame import Place
from service.web.views.pages import ThingPage
from service.web.views.parts import (
    Barcode,
    Chip,
    EmptyState,
    Fact,
    Head,
    Ident,
    Link,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/jobs", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Operator = Annotated[Page, page_for(Permission.OPERATE_LIBRARY)]
SHOWN_STEPS = 500


@router.get("/{job_id}")
def show_job(job_id: str, page: Reader) -> Response:
    job = queries.job(page.session, job_id)
    if job.kind is JobKind.PRINT:
        return page.redirect(_label_job(job))
    return page.render("pages/thing.html", _view(page, job))


def _label_job(job: Job) -> str:
    """A printer's job has its page where its labels are."""
    return f"/labels/{job.payload.get('label_job', '')}"


def _view(page: Page, job: Job) -> ThingPage:
    panel = queries.job_panel(page.session, job)
    shown = live.live_of(panel, may_operate=page.person.may(Permission.OPERATE_LIBRARY))
    chip = Chip(WORDS[job.state], shown.tone)
    name = f"{job.kind.value.capitalize()} of {panel.device_name}"
    head = Head(
        (Link(panel.device_name, library_href(panel.device_name)), " · job"),
        name,
        job.fault or "",
        chips=(chip,),
        acts=shown.acts,
    )
    steps = queries.steps(page.session, job.job_id, limit=SHOWN_STEPS)
    return ThingPage(
        name,
        Place.LIBRARY,
        head,
        narrow=(FactsSection("Job", tuple(_facts(page, job))),),
        sections=(TableSection("Steps", _steps(steps)),),
    )


def _facts(page: Page, job: Job) -> list[Fact]:
    facts = [
        Fact("Queued", When(job.created_at, WhenStyle.STAMP)),
        Fact("Fence", Ident(str(job.fence))),
    ]
    if job.run_id is not None:
        number = numbers_of(page.session, [job.run_id]).get(job.run_id, "")
        facts.append(Fact("Run", Ident(number, f"/runs/{number}")))
    times = (("Started", job.started_at), ("Ended", job.ended_at))
    return [*facts, *(Fact(term, When(at, WhenStyle.STAMP)) for term, at in times if at is not None)]


def _steps(found: Sequence[JobStep]) -> Table:
    columns = (
        Column("Step", numeric=True), Column("Medium"), Column("Move"), Column("Told"), Column("Answer", keep=Keep.DESK),
        Column("Seen"), Column("Verdict"), Column("Fence", numeric=True, keep=Keep.DESK),
    )  # fmt: skip
    empty = EmptyState(
        "No step yet.", "Each command to the robot stands here before it leaves, with what was seen after it."
    )
    return Table("steps", "Steps, newest first", columns, tuple(_step(step) for step in found), empty=empty)


def _step(step: JobStep) -> Row:
    intent: Any = step.intent
    outcome: Any = step.outcome or {}
    barcode = str(intent["barcode"])
    looked = "looked again: " if "looks_at" in intent else ""
    return Row((
        Cell(str(step.ordinal), head=True),
        Cell(Barcode(barcode, href(barcode))),
        Cell(f"{looked}{intent['source_name']} → {intent['destination_name']}"),
        Cell(When(step.intent_at, WhenStyle.SECOND)),
        Cell(str(outcome.get("told", ""))),
        Cell(When(step.outcome_at, WhenStyle.SECOND) if step.outcome_at else "not yet", quiet=step.outcome_at is None),
        Cell(_verdict(step)),
        Cell(str(step.fence)),
    ))  # fmt: skip


def _verdict(step: JobStep) -> Chip:
    if step.verdict is None:
        return Chip("moving", Tone.BLUE, Shape.BARE)
    return Chip(step.verdict.replace("-", " "), Tone.GREEN if step.verdict in MOVED else Tone.RED, Shape.BARE)


@router.post("/{job_id}/cancel")
def cancel(job_id: str, page: Operator) -> Response:
    state = page.act(lambda unit: actions.request_stop(unit, job_id, Stop.CANCEL, page.person.name).value)
    done = state == JobState.CANCELLED.value
    return _back(page, job_id, "The job is cancelled." if done else "The job is cancelled after this step.")


@router.post("/{job_id}/pause")
def pause(job_id: str, page: Operator) -> Response:
    state = page.act(lambda unit: actions.request_stop(unit, job_id, Stop.PAUSE, page.person.name).value)
    done = state == JobState.NEEDS_OPERATOR.value
    return _back(page, job_id, "The job is paused." if done else "The job pauses after this step.")


@router.post("/{job_id}/continue")
def go_on(job_id: str, page: Operator) -> Response:
    return _resume(page, job_id, Resume.GO_ON, "The job goes on.")


@router.post("/{job_id}/look-again")
def look_again(job_id: str, page: Operator) -> Response:
    return _resume(page, job_id, Resume.LOOK_AGAIN, "The library is looked at again.")


def _resume(page: Page, job_id: str, how: Resume, notice: str) -> Response:
    def work(unit: Unit) -> None:
        actions.resume(unit, job_id, how)

    page.act(work)
    return _back(page, job_id, notice)


@router.post("/{job_id}/look-now")
def look_now(job_id: str, page: Operator) -> Response:
    def work(unit: Unit) -> None:
        actions.look_now(unit, job_id)

    page.act(work)
    return _back(page, job_id, "The library is looked at now.")


def _back(page: Page, job_id: str, notice: str) -> Response:
    """To the page where the button stood, if that is one of ours; else to the job's library."""
    job = queries.job(page.session, job_id)
    came_from = urlsplit(page.request.headers.get("referer", ""))
    known = (
        came_from.path.startswith(("/runs/", "/libraries/", "/jobs/"))
        and came_from.netloc == page.request.url.netloc
    )
    if job.kind is JobKind.PRINT:
        url = _label_job(job)
    else:
        url = came_from.path if known else library_href(queries.device(page.session, job.resource).name)
    return page.redirect(url, notice, Tone.BLUE)
