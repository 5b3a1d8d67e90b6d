"""A stocktake's result: what should be there, what was seen with a scanner, and what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from labels.documents.blocks import Area, evidence, facts, heading, paragraph, statement
from labels.documents.facts import Issue, Mark, Signature
from labels.documents.flow import Strip
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import signatures
from labels.documents.table import Column, Kind, table


@dataclass(frozen=True, slots=True)
class CountedPlace:
    """`seen` were scanned at the place where they belong."""

    place: str
    expected: int
    seen: int
    missing: int = 0
    extra: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class StocktakeCertificate:
    """`method` says how was counted (every medium scanned, a sample of n, blind); `discrepancies` are report numbers."""

    issue: Issue
    scope: str
    method: str
    started_at: datetime
    ended_at: datetime
    places: tuple[CountedPlace, ...]
    discrepancies: tuple[str, ...]
    counted: Signature
    reviewed: Signature


COUNTS = (mark("Expected"), mark("Seen"), mark("Missing"), mark("Not on the list"), mark("Label unreadable"))
CLEAN = mark("Everything expected was seen at its place, and nothing else was found.")
DIFFERS = mark("The count differs from the records; every difference is listed and has a report.")
UNREPORTED = mark("The count differs from the records, and no report has been written yet.")
LIMIT = mark(
    "This certificate says what was scanned at these places between these times by the persons who sign it. "
    "It does not say what is written on the media, and nothing about places outside its scope."
)


def head(document: StocktakeCertificate, words: Words) -> Head:
    clean = _clean(document)
    state, sign = (mark("no difference"), Mark.DONE) if clean else (mark("with differences"), Mark.WRONG)
    seen, expected = sum(p.seen for p in document.places), sum(p.expected for p in document.places)
    counts = words.text("{seen} of {expected} seen").format(
        seen=words.number(seen), expected=words.number(expected)
    )
    stamp = words.text("Counted from {start} to {end}").format(
        start=words.moment(document.started_at), end=words.moment(document.ended_at)
    )
    title = words.text("Stocktake certificate")
    return Head(document.issue, title, words.text(state), sign, f"{document.scope}\n{counts}", stamp)


def body(document: StocktakeCertificate, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    if _clean(document):
        yield from statement(area, words, Mark.DONE, CLEAN)
    else:
        yield from statement(area, words, Mark.WRONG, DIFFERS if document.discrepancies else UNREPORTED)
    reports = ", ".join(document.discrepancies) or words.text("none")
    pairs = [(words.text("Scope"), document.scope), (words.text("Method"), document.method)]
    yield from facts(area, [*pairs, (words.text("Discrepancy reports"), reports)])
    yield from heading(area, words.text("Places counted"))
    yield from table(
        _columns(words), _rows(document, words), area.left, area.width, total=_total(document, words)
    )
    yield from heading(area, words.text("What this proves"))
    yield from paragraph(area, words.text(LIMIT))
    yield from heading(area, words.text("Signatures"), keeps=34.0)
    yield from signatures(area, words, (document.counted, document.reviewed))
    yield from evidence(area, words, facts_hash, document.issue.checkpoint)


def _clean(document: StocktakeCertificate) -> bool:
    return all(p.seen == p.expected and not (p.missing or p.extra or p.unreadable) for p in document.places)


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("Place"), 40, Kind.TEXT),
        *(Column(words.text(title), 12, Kind.NUMBER) for title in COUNTS),
    )


def _rows(document: StocktakeCertificate, words: Words) -> Iterator[tuple[str, ...]]:
    return ((place.place, *map(words.number, _counts(place))) for place in document.places)


def _total(document: StocktakeCertificate, words: Words) -> tuple[str, ...]:
    sums = [sum(column) for column in zip(*map(_counts, document.places), strict=True)]
    return words.text("Total"), *map(words.number, sums)


def _counts(place: CountedPlace) -> tuple[int, int, int, int, int]:
    return place.expected, place.seen, place.missing, place.extra, place.unreadable
