"""Pick list and distribution list: the two halves of one errand, what to take from where and what goes where."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from labels.documents.blocks import Area, evidence, facts, heading, paragraph
from labels.documents.facts import Issue, Mark, Signature
from labels.documents.flow import Strip, space
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import signatures
from labels.documents.table import Column, Kind, table


class ListKind(StrEnum):
    PICK = "pick"
    DISTRIBUTION = "distribution"


@dataclass(frozen=True, slots=True)
class ListLine:
    """`origin` and `target` as people say them: a slot, a shelf, a container."""

    barcode: str
    media_type: str
    origin: str
    target: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MovementList:
    """`lines` in walking order. `pair` is the number of the other half; `run` is empty where none asked for it."""

    issue: Issue
    kind: ListKind
    run: str
    pair: str
    place: str
    lines: tuple[ListLine, ...]
    done_by: Signature
    checked_by: Signature
    consignment: str = ""


TITLES = {ListKind.PICK: mark("Pick list"), ListKind.DISTRIBUTION: mark("Distribution list")}
PAIRS = {ListKind.PICK: mark("Distribution list"), ListKind.DISTRIBUTION: mark("Pick list")}


def head(document: MovementList, words: Words) -> Head:
    done = document.done_by.at is not None
    state, sign = (mark("done"), Mark.DONE) if done else (mark("to do"), Mark.WAITING)
    count = words.plural("{n} medium", "{n} media", len(document.lines))
    stamp = words.text("Printed {when}").format(when=words.moment(document.issue.issued_at))
    title = words.text(TITLES[document.kind])
    return Head(document.issue, title, words.text(state), sign, f"{document.place}\n{count}", stamp)


def body(document: MovementList, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    pairs = [(words.text("Run"), document.run), (words.text("Consignment"), document.consignment)]
    pair = (words.text(PAIRS[document.kind]), document.pair)
    yield from facts(area, [*pairs, pair, (words.text("Place"), document.place)])
    yield from heading(
        area, words.text("In walking order"), words.text("tick, or write what you found instead")
    )
    yield from table(_columns(words), _rows(document), area.left, area.width)
    yield space(2.0)
    end = words.plural("{n} line, the list ends here", "{n} lines, the list ends here", len(document.lines))
    yield from paragraph(area, end)
    yield from heading(area, words.text("Signatures"), keeps=34.0)
    yield from signatures(area, words, (document.done_by, document.checked_by))
    if document.issue.checkpoint:
        yield from evidence(area, words, facts_hash, document.issue.checkpoint)


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column("#", 5, Kind.NUMBER),
        Column("", 4, Kind.TICK),
        Column(words.text("Medium"), 13, Kind.BARCODE),
        Column(words.text("Type"), 11),
        Column(words.text("Take from"), 26, Kind.STRONG),
        Column(words.text("Put into"), 26, Kind.STRONG),
        Column(words.text("Note"), 15),
    )


def _rows(document: MovementList) -> Iterator[tuple[str, ...]]:
    for number, line in enumerate(document.lines, start=1):
        yield str(number), "", line.barcode, line.media_type, line.origin, line.target, line.note
