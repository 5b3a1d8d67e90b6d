"""Which media a restore needs, where each is now, and how soon it can be here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labels.documents.blocks import Area, evidence, facts, heading, paragraph
from labels.documents.facts import Issue, Mark, Signature
from labels.documents.flow import Strip, space
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import signatures
from labels.documents.table import Column, Kind, table


@dataclass(frozen=True, slots=True)
class NeededMedium:
    """`order` counts the mounts. One to `recall` is here `available_at`, None where nobody knows yet; the others are at hand.

    `alternative` is a copy that does as well.
    """

    order: int
    barcode: str
    media_type: str
    location: str
    custodian: str
    container_id: str = ""
    encryption: str = ""
    available_at: datetime | None = None
    alternative: str = ""
    recall: bool = False
    note: str = ""


class Order(StrEnum):
    MOUNTING = "mounting"
    RECALL = "recall"


ORDERS = {
    Order.MOUNTING: mark("Media in the order of mounting"),
    Order.RECALL: mark("Media in the order of recall, the farthest first"),
}


@dataclass(frozen=True, slots=True)
class RecoveryList:
    """`restore_to` is None where the request names no restore point."""

    issue: Issue
    request: str
    dataset: str
    restore_to: datetime | None
    approved: Signature
    received: Signature
    media: tuple[NeededMedium, ...]
    complete: bool = True
    missing: str = ""
    order: Order = Order.MOUNTING


def head(document: RecoveryList, words: Words) -> Head:
    away = sum(map(_away, document.media))
    state, sign = (mark("complete"), Mark.DONE) if document.complete else (mark("NOT COMPLETE"), Mark.WRONG)
    count = words.plural("{n} medium", "{n} media", len(document.media))
    recall = words.plural("{n} to recall", "{n} to recall", away)
    about = words.text("Restore {dataset}").format(dataset=document.dataset) if document.dataset else ""
    stamp = words.text("As of {when}").format(when=words.moment(document.issue.issued_at))
    if document.restore_to:
        point = words.text("Restore point {when}").format(when=words.moment(document.restore_to))
        stamp = f"{point}\n{stamp}"
    return Head(
        document.issue,
        words.text("Recovery list"),
        words.text(state),
        sign,
        "\n".join(filter(None, (about or document.request, f"{count} · {recall}"))),
        stamp,
    )


def body(document: RecoveryList, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    yield from facts(
        area,
        [
            (words.text("Request"), document.request),
            (words.text("Dataset"), document.dataset),
            (words.text("All media here by"), _all_here(document, words)),
            (words.text("Missing"), document.missing),
        ],
    )
    yield from heading(
        area, words.text(ORDERS[document.order]), words.text("keys travel apart from the media")
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
        Column(words.text("Container"), 10, Kind.CODE, optional=True),
        Column(words.text("Key"), 11, Kind.CODE, optional=True),
        Column(words.text("Here by"), 13),
        Column(words.text("Or instead"), 11, Kind.BARCODE, optional=True),
        Column(words.text("Note"), 11, optional=True),
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
        _here_by(medium, words),
        medium.alternative,
        medium.note,
    )


def _away(medium: NeededMedium) -> bool:
    return medium.recall or medium.available_at is not None


def _here_by(medium: NeededMedium, words: Words) -> str:
    if not _away(medium):
        return words.text("at hand")
    return words.short_moment(medium.available_at) or words.text("to recall")


def _all_here(document: RecoveryList, words: Words) -> str:
    away = [medium.available_at for medium in document.media if _away(medium)]
    known = [at for at in away if at is not None]
    if not away:
        return words.text("now")
    return words.text("not known yet") if len(known) < len(away) else words.short_moment(max(known))
