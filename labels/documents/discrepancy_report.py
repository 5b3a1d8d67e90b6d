"""What was found other than declared, line by line, and what was done about it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labels.documents.blocks import Area, evidence, facts, heading, paragraph
from labels.documents.facts import Issue, Mark, Signature
from labels.documents.flow import Strip
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import signatures
from labels.documents.table import Column, Kind, table


class Difference(StrEnum):
    MISSING = "missing"
    EXTRA = "extra"
    WRONG_PLACE = "wrong place"
    WRONG_CONTAINER = "wrong container"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    SEAL = "seal"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class DiscrepancyLine:
    """`resolution` is empty while the discrepancy is open. `entry` is the ledger entry that recorded it, `number` its own."""

    difference: Difference
    identifier: str
    expected: str
    found: str
    resolution: str = ""
    entry: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class DiscrepancyReport:
    """`against` is the manifest or stocktake it differs from."""

    issue: Issue
    against: str
    place: str
    found_at: datetime
    found_by: str
    custodian: str
    lines: tuple[DiscrepancyLine, ...]
    reported: Signature
    acknowledged: Signature
    account: str = ""


DIFFERENCES = {
    Difference.MISSING: mark("missing"),
    Difference.EXTRA: mark("not on the list"),
    Difference.WRONG_PLACE: mark("wrong place"),
    Difference.WRONG_CONTAINER: mark("wrong container"),
    Difference.UNREADABLE: mark("label unreadable"),
    Difference.DAMAGED: mark("damaged"),
    Difference.SEAL: mark("seal"),
    Difference.SKIPPED: mark("step left out"),
}


def head(document: DiscrepancyReport, words: Words) -> Head:
    still_open = sum(not line.resolution for line in document.lines)
    if still_open:
        state, sign = words.plural("{n} open", "{n} open", still_open), Mark.WRONG
    else:
        state, sign = words.text(mark("all resolved")), Mark.DONE
    told = mark("against {number}, at {place}") if document.place else mark("against {number}")
    against = words.text(told).format(number=document.against, place=document.place)
    count = words.plural("{n} difference", "{n} differences", len(document.lines))
    stamp = words.text("Found {when}").format(when=words.moment(document.found_at))
    return Head(document.issue, words.text("Discrepancy report"), state, sign, f"{count}\n{against}", stamp)


def body(document: DiscrepancyReport, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    yield from facts(
        area,
        [
            (words.text("Found by"), document.found_by),
            (words.text("Custodian at that time"), document.custodian),
            (words.text("Differs from"), document.against),
        ],
    )
    counts = Counter(line.difference for line in document.lines)
    aside = " · ".join(
        f"{words.number(counts[kind])} {words.text(DIFFERENCES[kind])}" for kind in Difference if counts[kind]
    )
    yield from heading(area, words.text("Differences"), aside)
    yield from table(_columns(words), (_row(line, words) for line in document.lines), area.left, area.width)
    if document.account:
        yield from heading(area, words.text("Account"))
        yield from paragraph(area, document.account)
    yield from heading(
        area,
        words.text("Signatures"),
        words.text("a signature confirms the finding, not the blame"),
        keeps=34.0,
    )
    yield from signatures(area, words, (document.reported, document.acknowledged))
    yield from evidence(area, words, facts_hash, document.issue.checkpoint)


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("Number"), 9, Kind.CODE, optional=True),
        Column(words.text("Difference"), 14, Kind.STRONG),
        Column(words.text("What"), 12, Kind.CODE),
        Column(words.text("Expected"), 22),
        Column(words.text("Found"), 22),
        Column(words.text("Resolution"), 24),
        Column(words.text("Entry"), 8, Kind.NUMBER, optional=True),
    )


def _row(line: DiscrepancyLine, words: Words) -> tuple[str, ...]:
    difference = words.text(DIFFERENCES[line.difference])
    resolution = line.resolution or words.text("open")
    return line.number, difference, line.identifier, line.expected, line.found, resolution, line.entry
