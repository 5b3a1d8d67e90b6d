"""The record of a printed label series: every number once, where on the sheets it is, ticked when it has been scanned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from labels.documents.blocks import Area, evidence, facts, heading, paragraph
from labels.documents.facts import Issue, Mark, Signature
from labels.documents.flow import Strip, space
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import signatures
from labels.documents.table import Column, Kind, table

LABELS_A_ROW = 4


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """`place` is page/label on a sheet stock, or the running number on a roll."""

    barcode: str
    place: str
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeriesSheet:
    """`reason` is given for a reprint. `in_specification` as the stock's fit said."""

    issue: Issue
    series: str
    stock: str
    printer: str
    labels: tuple[PrintedLabel, ...]
    printed: Signature
    in_specification: bool = True
    reason: str = ""


def head(document: SeriesSheet, words: Words) -> Head:
    verified = sum(label.verified_at is not None for label in document.labels)
    done = verified == len(document.labels)
    state, sign = (
        (mark("all verified"), Mark.DONE) if done else (mark("sent, not all verified"), Mark.WAITING)
    )
    counts = words.text("{verified} of {total} verified by scanning")
    counted = counts.format(verified=words.number(verified), total=words.number(len(document.labels)))
    stamp = words.text("Printed {when}").format(when=words.moment(document.issue.issued_at))
    return Head(
        document.issue,
        words.text("Label series"),
        words.text(state),
        sign,
        f"{document.series}\n{counted}",
        stamp,
    )


def body(document: SeriesSheet, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    inside, outside = words.text("in specification"), words.text("hand scanner only")
    yield from facts(
        area,
        [
            (words.text("Stock"), document.stock),
            (words.text("Printer"), document.printer),
            (words.text("Bar code"), inside if document.in_specification else outside),
            (words.text("Reason for the reprint"), document.reason),
        ],
    )
    yield from heading(area, words.text("Labels"), words.text("a number is never given twice"))
    yield from table(_columns(words), _rows(document), area.left, area.width)
    yield space(2.0)
    end = words.plural(
        "{n} label, the list ends here", "{n} labels, the list ends here", len(document.labels)
    )
    yield from paragraph(area, end)
    yield from heading(area, words.text("Signatures"), keeps=34.0)
    yield from signatures(area, words, (document.printed,))
    if document.issue.checkpoint:
        yield from evidence(area, words, facts_hash, document.issue.checkpoint)


def _columns(words: Words) -> tuple[Column, ...]:
    one = (
        Column(words.text("Label"), 12, Kind.BARCODE),
        Column(words.text("Place"), 8, Kind.CODE),
        Column("", 5, Kind.STRONG),
    )
    return one * LABELS_A_ROW


def _rows(document: SeriesSheet) -> Iterator[tuple[str, ...]]:
    """Down the columns, so that neighbours on the shelf are neighbours on the paper: row r holds r, r + n, r + 2n …"""
    count = len(document.labels)
    depth = -(-count // LABELS_A_ROW)
    for row in range(depth):
        cells: list[str] = []
        for index in range(row, row + depth * LABELS_A_ROW, depth):
            label = document.labels[index] if index < count else PrintedLabel("", "")
            cells += [label.barcode, label.place, _sign(label)]
        yield tuple(cells)


def _sign(label: PrintedLabel) -> str:
    if not label.barcode:
        return ""
    return "✓" if label.verified_at else "□"
