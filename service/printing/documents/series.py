"""The record of a printed label series: every number that left for paper once, where it is on the sheets, what a scan proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labels.documents import Issue, PrintedLabel, SeriesSheet, Signature, SignedAs
from labels.stock import Stock, stock
from service.handlers.queries import Person
from service.printing import queries
from service.printing.actions import LabelEvent
from service.printing.documents import evidence
from service.printing.documents.facts import EntryRef, entry_ref
from service.printing.documents.people import Somebody, people
from service.printing.documents.rules import check_on_paper
from service.printing.documents.wording import Wording
from service.printing.models import LABEL_JOB, LabelState
from service.printing.rendering import check_look, look_of

ON_PAPER = (LabelState.SENDING, LabelState.SENT, LabelState.PRINTED)
MOST_LABELS = 100_000
STEPS = (
    LabelEvent.JOB_MADE,
    LabelEvent.SHEET_ISSUED,
    LabelEvent.SENDING_ASKED,
    LabelEvent.RESUMED,
    LabelEvent.CLOSED,
)


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """`place` is page/label on a sheet, or the running number on a roll."""

    barcode: str
    place: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """`reason` is given for a reprint; `printer` is empty where people printed the sheet themselves."""

    job: str
    label_job_id: str
    series: str
    stock: str
    printer: str
    in_specification: bool
    reason: str
    printed_by: str
    printed_by_party: str
    printed_at: datetime
    labels: tuple[LabelFacts, ...]
    entries: tuple[EntryRef, ...]


def read(session: Session, person: Person, number: str) -> SeriesFacts:
    """`number` is the label job's. Raises NotFoundError, and NothingToPrintError before anything left for paper."""
    del person
    connection = session.connection()
    job, row = queries.job(connection, number), queries.job_row(connection, number)
    found = queries.labels(connection, job.label_job_id, states=ON_PAPER, limit=MOST_LABELS)
    check_on_paper(number, len(found))
    told = evidence.entries(connection, [LABEL_JOB.subject(job.label_job_id)], STEPS)
    maker = people(connection, [job.created_by] if job.created_by else []).get(
        job.created_by or "", Somebody("", "")
    )
    return SeriesFacts(
        job=job.number,
        label_job_id=job.label_job_id,
        series=job.asked,
        stock=job.stock,
        printer=job.printer,
        in_specification=check_look(look_of(row)),
        reason=next((str(entry.fields["reason"]) for entry in told if entry.fields.get("reason")), ""),
        printed_by=maker.name,
        printed_by_party=maker.party,
        printed_at=max(label.sent_at for label in found if label.sent_at),
        labels=_labels(found, stock(job.stock), job.start_at),
        entries=tuple(map(entry_ref, told)),
    )


def _labels(found: Sequence[Any], paper: Stock, start_at: int) -> tuple[LabelFacts, ...]:
    return tuple(
        LabelFacts(label.payload, _place(label.ordinal, paper, start_at), label.printed_at) for label in found
    )


def _place(ordinal: int, paper: Stock, start_at: int) -> str:
    if paper.roll:
        return str(ordinal)
    page, label = divmod(ordinal + start_at - 2, paper.per_page)
    return f"{page + 1}/{label + 1}"


def values(facts: SeriesFacts, issue: Issue, drawings: Mapping[str, str], words: Wording) -> SeriesSheet:
    del drawings
    printed = Signature(
        SignedAs.PRINTED,
        "",
        name=facts.printed_by,
        organisation=facts.printed_by_party,
        method=words.text("signed in") if facts.printed_by else "",
        at=facts.printed_at,
    )
    return SeriesSheet(
        issue,
        facts.series,
        facts.stock,
        facts.printer or words.text("sheets printed by hand"),
        tuple(PrintedLabel(one.barcode, one.place, one.verified_at) for one in facts.labels),
        printed,
        in_specification=facts.in_specification,
        reason=facts.reason,
    )
