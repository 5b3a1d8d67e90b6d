"""Which media a restore needs, where each is now, and how soon it can be here."""

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


@dataclass(frozen=True, slots=True)
class NeededMedium:
    """`order` counts the mounts. `available_at` is None where it is at hand. `alternative` is a copy that does as well."""

    order: int
    barcode: str
    media_type: str
    location: str
    custodian: str
    container_id: str = ""
    encryption: str = ""
    available_at: datetime | None = None
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryList:
    issue: Issue
    request: str
    dataset: str
    restore_to: datetime
    approved: Signature
    received: Signature
    media: tuple[NeededMedium, ...]
    complete: bool = True
    missing: str = ""


def head(document: RecoveryList, words: Words) -> Head:
    away = sum(medium.available_at is not None for medium in document.media)
    state, sign = (mark("complete"), Mark.DONE) if document.complete else (mark("NOT COMPLETE"), Mark.WRONG)
    count = words.plural("{n} medium", "{n} media", len(document.media))
    recall = words.plural("{n} to recall", "{n} to recall", away)
    about = words.text("Restore {dataset}").format(dataset=document.dataset)
    stamp = words.text("Restore point {when}").format(when=words.moment(document.restore_to))
    return Head(
        document.issue,
        words.text("Recovery list"),
        words.text(state),
        sign,
        f"{about}\n{count} · {recall}",
        stamp,
    )


def body(document: RecoveryList, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    last = max((medium.available_at for medium in document.media if medium.available_at), default=None)
    yield from facts(
        area,
        [
            (words.text("Request"), document.request),
            (words.text("Dataset"), document.dataset),
            (words.text("All media here by"), words.short_moment(last) or words.text("now")),
            (words.text("Missing"), document.missing),
        ],
    )
    yield from heading(
        area, words.text("Media in the order of mounting"), words.text("keys travel apart from the media")
    )
    yield from table(
        _columns(words), (_row(medium, words) for medium in document.media), area.left, area.width
    )
    yield space(2.0)
    end = words.plural("{n} line, the list ends here", "{n} lines, the list ends here", len(document.media))
    yield from paragraph(area, end)
    yield from heading(area, words.text("Signatures"), keeps=34.0)
    yield from signatures(area, words, (document.approved, document.received))
    yield from evidence(area, words, facts_hash, document.issue.checkpoint)


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column("#", 4, Kind.NUMBER),
        Column("", 3.4, Kind.TICK),
        Column(words.text("Medium"), 11, Kind.BARCODE),
        Column(words.text("Type"), 8),
        Column(words.text("Where now"), 20, Kind.STRONG),
        Column(words.text("With"), 13),
        Column(words.text("Container"), 10, Kind.CODE),
        Column(words.text("Key"), 11, Kind.CODE),
        Column(words.text("Here by"), 13),
        Column(words.text("Or instead"), 11, Kind.BARCODE),
    )


def _row(medium: NeededMedium, words: Words) -> tuple[str, ...]:
    return (
        str(medium.order),
        "",
        medium.barcode,
        medium.media_type,
        medium.location,
        medium.custodian,
        medium.container_id,
        medium.encryption,
        words.short_moment(medium.available_at) or words.text("at hand"),
        medium.alternative,
    )
