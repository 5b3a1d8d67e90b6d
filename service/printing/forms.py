"""The forms about one label job or series: what will happen, by name, before it happens."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from labels.stock import stocks
from service.printing import queries
from service.printing.models import LabelState
from service.printing.queries import JobView
from service.printing.rules import UNPROVED
from service.web.page import Page
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Head, Ident, Link, Tone

SHOWN = 20


def _about(job: JobView, title: str, form: Form) -> FormPage:
    head = Head((Link("Labels", "/labels"), f" · {title}"), Ident(job.number))
    return FormPage(f"{title} {job.number}", Place.MEDIA, head, form)


def resume_page(page: Page, job: JobView) -> FormPage:
    unproved = queries.labels(
        page.session.connection(),
        job.label_job_id,
        states=UNPROVED,
        limit=SHOWN + 1,
    )
    doubtful = [row for row in unproved if row.state is LabelState.SENDING]
    options = [
        Option(
            "first_unproved",
            f"From {unproved[0].payload}, the first that no scan has proved"
            if unproved
            else "With what was not sent yet",
            help="What was sent and not scanned is printed again: destroy what came out of it."
            if unproved
            else "",
        ),
    ]
    if doubtful:
        options.append(Option("next", f"After {doubtful[-1].payload}: it came out"))
    fields = [
        Field("from", "Go on", FieldKind.RADIO, "first_unproved", options=tuple(options)),
        Field(
            "reason",
            "What you saw at the printer",
            FieldKind.TEXTAREA,
            rows=2,
            help="Kept for good in the ledger.",
        ),
    ]
    if not stocks()[job.stock].roll:
        fields.insert(
            1,
            Field(
                "start_at",
                "Begin at label",
                FieldKind.NUMBER,
                "1",
                minimum="1",
                width=5,
                help="Of the sheet that is loaded now.",
            ),
        )
    form = Form(
        "resume", f"/labels/{job.number}/resume", "Go on printing", tuple(fields), danger=_again(unproved, job.count(*UNPROVED)),
        other=(Act("Scan first", f"/labels/{job.number}/verify"), Act("Back", f"/labels/{job.number}")),
    )  # fmt: skip
    return _about(job, "Resume", form)


def _again(unproved: Sequence[Row[Any]], count: int) -> Danger | None:
    if not unproved:
        return None
    named = tuple(Ident(row.payload) for row in unproved[:SHOWN])
    more = (f"and {count - SHOWN:,} more",) if count > SHOWN else ()
    return Danger("Sent and not scanned; these would be printed a second time:", (*named, *more), Tone.RED)


def spoil_page(job: JobView, barcode: str = "") -> FormPage:
    fields = (
        Field("barcode", "Label", mono=True, value=barcode, width=16, autofocus=not barcode, help="Scan it or type it."),
        Field("reason", "What is wrong with it", FieldKind.TEXTAREA, rows=2, help="Kept for good in the ledger."),
        Field("replace", "Print another one with this number", FieldKind.CHECK, "on", required=False),
    )  # fmt: skip
    danger = Danger("Destroy the label: two with one number must not exist.", tone=Tone.AMBER)
    form = Form(
        "spoil", f"/labels/{job.number}/spoil", "It is spoiled", fields, danger=danger,
        other=(Act("Back", f"/labels/{job.number}"),),
    )  # fmt: skip
    return _about(job, "Spoil a label", form)


def cancel_page(job: JobView) -> FormPage:
    field = Field(
        "reason", "Why", FieldKind.TEXTAREA, rows=2, autofocus=True, help="Kept for good in the ledger."
    )
    text = f"{job.labels:,} labels are withdrawn; none was printed. Reserved numbers stay reserved until they are released."
    form = Form(
        "cancel", f"/labels/{job.number}/cancel", "Cancel it", (field,), danger=Danger(text, tone=Tone.AMBER),
        other=(Act("Back", f"/labels/{job.number}"),),
    )  # fmt: skip
    return _about(job, "Cancel", form)


def sheet_page(job: JobView) -> FormPage:
    field = Field(
        "start_at", "Begin at label", FieldKind.NUMBER, str(job.start_at), minimum="1", width=5,
        help="Of a used sheet, counted by rows.",
    )  # fmt: skip
    count = job.count(LabelState.PLANNED)
    text = f"{count:,} labels count as sent from now on, since the sheet may be printed. Each is proved by scanning it."
    form = Form(
        "issue", f"/labels/{job.number}/issue-sheet", "Issue the sheet", (field,), danger=Danger(text, tone=Tone.BLUE),
        other=(Act("Back", f"/labels/{job.number}"),),
    )  # fmt: skip
    return _about(job, "Issue the sheet", form)


def release_page(found: queries.SeriesView) -> FormPage:
    fields = (
        Field("series", "Which", FieldKind.TEXTAREA, rows=2, mono=True, required=False, help="Written as a series; empty for all that were never printed."),
        Field("reason", "Why", FieldKind.TEXTAREA, rows=2, help="Kept for good in the ledger."),
    )  # fmt: skip
    url = f"/labels/series/{found.number}"
    text = "Released numbers may be given again; their planned labels are withdrawn."
    form = Form(
        "release",
        f"{url}/release",
        "Release",
        fields,
        danger=Danger(text, tone=Tone.AMBER),
        other=(Act("Back", url),),
    )
    head = Head(
        (Link("Label series", "/labels/series"), " · Release"), Ident(found.number), where=found.text[:200]
    )
    return FormPage(f"Release {found.number}", Place.MEDIA, head, form)
