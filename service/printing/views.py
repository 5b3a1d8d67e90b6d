"""What the pages of label jobs show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row

from service.custody.timeline import Saying, always, timeline
from service.devices.models import JobState
from service.handlers.rules import Permission
from service.ledger.store import Entry
from service.printing import queries
from service.printing.actions import LabelEvent
from service.printing.items import item_of
from service.printing.job_acts import NOT_YOURS, allowed, at_the_printer, job_acts
from service.printing.models import LABEL_JOB, LabelJobState, LabelState
from service.printing.queries import JobView
from service.printing.rendering import check_look, look_of, picture
from service.printing.rules import WORDS
from service.printing.words import HAND_ONLY, WHAT_WORDS, job_chip, label_chip, progress, where_it_goes
from service.web.page import Page
from service.web.views.frame import Place
from service.web.views.pages import ListPage
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Fact,
    Fault,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Number,
    Part,
    Refresh,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import (
    FactsSection,
    Picture,
    PicturesSection,
    Section,
    TableSection,
)
from service.web.views.tables import Cell, Column, Keep, Table
from service.web.views.tables import Row as TableRow

SHOWN = 100
AT_WORK = frozenset({JobState.QUEUED, JobState.RUNNING, JobState.WAITING})


def list_view(
    page: Page, found: Sequence[JobView], more: str | None, state: LabelJobState | None
) -> ListPage:
    may = "" if page.person.may(Permission.PRINT_LABELS) else NOT_YOURS
    acts = (
        Act("Printers", "/printers"),
        Act("Series", "/labels/series"),
        allowed(Act("New labels", "/labels/new", first=True), may),
    )
    links = [FilterLink("all", "/labels", current=state is None)]
    links += [FilterLink(one.value, f"/labels?state={one}", current=one is state) for one in LabelJobState]
    return ListPage(
        "Labels", Place.MEDIA, Head(Link("Media", "/media"), "Labels", acts=acts), _jobs_table(found, more),
        filters=(Filter("Show", tuple(links)),), count=f"{len(found):,} shown", csv_href="/labels.csv" + (f"?state={state}" if state else ""),
    )  # fmt: skip


def _jobs_table(found: Sequence[JobView], more: str | None) -> Table:
    columns = (
        Column("Job"), Column("State"), Column("Printed", numeric=True), Column("What", keep=Keep.TABLET), Column("Which", mono=True, keep=Keep.TABLET),
        Column("Where", keep=Keep.DESK), Column("Made", numeric=True, keep=Keep.TABLET),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (
                Cell(Ident(one.number, f"/labels/{one.number}"), head=True), Cell(job_chip(one, Shape.BARE)), Cell(progress(one)),
                Cell(WHAT_WORDS[one.what]), Cell(short(one.asked)), Cell(where_it_goes(one)),
                Cell(When(one.created_at, WhenStyle.SHORT)),
            ),
            key=one.number,
        )
        for one in found
    )  # fmt: skip
    empty = EmptyState(
        "No labels were printed here yet.",
        "A label job reserves its numbers, goes to a sheet or a printer, and is proved label by label by scanning.",
        (Act("New labels", "/labels/new", first=True),),
    )
    return Table("label-jobs", "Label jobs", columns, rows, older_href=more, empty=empty)


def short(text: str, most: int = 44) -> str:
    line = " ".join(text.split())
    return f"{line[: most - 1]}…" if len(line) > most else line


@dataclass(frozen=True, slots=True)
class LabelJobPage:
    """labels/job.html. `faults`: what the printer's worker waits for, above everything else."""

    title: str
    place: Place | None
    head: Head
    sections: tuple[Section, ...]
    narrow: tuple[Section, ...]
    faults: tuple[Fault, ...] = ()
    refresh: Refresh | None = None


def job_view(
    page: Page, job: JobView, labels: Sequence[Row[Any]], more: str | None, state: LabelState | None
) -> LabelJobPage:
    working = job.device_state in AT_WORK
    base = f"/labels/{job.number}"
    where: tuple[Part, ...] = (f"{WHAT_WORDS[job.what]} · {job.stock} · {where_it_goes(job)}",)
    head = Head(
        Link("Labels", "/labels"),
        Ident(job.number),
        where=where,
        chips=(job_chip(job),),
        acts=job_acts(page, job),
    )
    return LabelJobPage(
        job.number, Place.MEDIA, head, faults=at_the_printer(page, job),
        sections=(
            *_picture(page, job), _labels(job, labels, more, state),
            timeline(page.session, page.person, LABEL_JOB.subject(job.label_job_id), TELLERS),
        ),
        narrow=(_progress(job), _facts(page, job)),
        refresh=Refresh(f"{base}/live", every_s=2) if working else None,
    )  # fmt: skip


def _progress(job: JobView) -> FactsSection:
    facts = [
        Fact(
            "Printed",
            (Chip(progress(job), Tone.GREEN if job.count(LabelState.PRINTED) else Tone.NEUTRAL, Shape.BARE),),
        )
    ]
    order = (
        LabelState.SENDING,
        LabelState.SENT,
        LabelState.PLANNED,
        LabelState.SPOILED,
        LabelState.WITHDRAWN,
    )
    facts += [
        Fact(WORDS[state].capitalize(), Number(job.count(state))) for state in order if job.count(state)
    ]
    return FactsSection("Labels", tuple(facts), note="proved by scans")


def _facts(page: Page, job: JobView) -> FactsSection:
    facts = [Fact("Which", short(job.asked, 200), mono=True)]
    if job.series:
        facts.append(Fact("Series", Ident(job.series, f"/labels/series/{job.series}")))
    facts += [Fact("Stock", job.stock, mono=True), Fact("Begins at label", Number(job.start_at))]
    if job.printer:
        facts.append(Fact("Printer", Link(job.printer, f"/printers/{_printer_id(page, job)}")))
    if job.dpi:
        facts.append(Fact("Dots per inch", Number(job.dpi)))
    facts.append(Fact("Made", When(job.created_at, WhenStyle.STAMP)))
    if job.count(LabelState.SENDING, LabelState.SENT, LabelState.PRINTED):
        facts.append(Fact("Its record", Link("series sheet", f"/labels/{job.number}/series-sheet.pdf")))
    return FactsSection("Job", tuple(facts))


def _printer_id(page: Page, job: JobView) -> str:
    return str(queries.printer_row(page.session.connection(), job.printer).printer_id)


def _picture(page: Page, job: JobView) -> tuple[Section, ...]:
    """The first label, at true scale."""
    connection = page.session.connection()
    first = queries.labels(connection, job.label_job_id, limit=1)
    if not first:
        return ()
    look = look_of(queries.job_row(connection, job.number))
    drawn = Markup(picture(look, item_of(first[0])))  # noqa: S704 - drawn by us, texts escaped
    caption: tuple[Part, ...] = (Ident(first[0].payload),)
    if not check_look(look):
        caption += (" · ", Chip("hand scanner only", Tone.AMBER, Shape.BARE), f" {HAND_ONLY}")
    return (PicturesSection("The first label", (Picture(drawn, caption),), "at true scale"),)


def _labels(
    job: JobView, labels: Sequence[Row[Any]], more: str | None, state: LabelState | None
) -> TableSection:
    base = f"/labels/{job.number}"
    links = [FilterLink("all", base, job.labels, current=state is None)]
    links += [
        FilterLink(WORDS[one], f"{base}?show={one}", job.count(one), current=one is state)
        for one in LabelState
        if job.count(one) or one is state
    ]
    columns = (
        Column("#", numeric=True), Column("Label"), Column("State"), Column("Copies", numeric=True, keep=Keep.TABLET),
        Column("Sent", numeric=True, keep=Keep.TABLET), Column("Scanned", numeric=True),
    )  # fmt: skip
    rows = tuple(
        TableRow((
            Cell(str(one.ordinal), quiet=True), Cell(Barcode(one.payload), head=True), Cell(label_chip(one.state)),
            Cell(str(one.copies)), Cell(When(one.sent_at, WhenStyle.SHORT) if one.sent_at else ""),
            Cell(When(one.printed_at, WhenStyle.SHORT) if one.printed_at else ""),
        ))
        for one in labels
    )  # fmt: skip
    empty = EmptyState("No label is in this state.", "Choose another state above.")
    table = Table("labels", f"Labels of {job.number}", columns, rows, older_href=more, empty=empty)
    return TableSection("Labels", table, filter=Filter("Show", (*links, FilterLink("CSV", f"{base}.csv"))))


def _made(entry: Entry) -> Saying:
    return Saying(f"Planned, {entry.facts.get('labels', 0):,} labels.")


def _resumed(entry: Entry) -> Saying:
    again = entry.facts.get("again", 0)
    told = (
        f"{again:,} labels that no scan had proved are printed again."
        if again
        else "Nothing is printed a second time."
    )
    return Saying(f"Resumed after a look at the printer. {told}", Tone.AMBER)


TELLERS = {
    LabelEvent.JOB_MADE.value: _made,
    LabelEvent.SHEET_ISSUED.value: always("The sheet was issued."),
    LabelEvent.SENDING_ASKED.value: always("Handed to the printer."),
    LabelEvent.RESUMED.value: _resumed,
    LabelEvent.CLOSED.value: always("Closed.", Tone.GREEN),
    LabelEvent.CANCELLED.value: always("Cancelled; nothing was printed."),
}
