"""The receipt of one custody transfer: who released what to whom, and what the seals looked like."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from labels.documents.blocks import Area, evidence, facts, heading, paragraph
from labels.documents.facts import Issue, Mark, Party, Signature
from labels.documents.flow import Strip
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import transfer
from labels.documents.table import Column, Kind, table


class SealSeen(StrEnum):
    INTACT = "intact"
    BROKEN = "broken"
    OTHER_NUMBER = "other number"
    MISSING = "missing"
    NOT_LOOKED_AT = "not looked at"


@dataclass(frozen=True, slots=True)
class TransferredThing:
    """A container, or a single medium outside one. `declared` and `counted` are pieces; None was not counted."""

    identifier: str
    what: str
    seal_number: str = ""
    seal_seen: SealSeen = SealSeen.NOT_LOOKED_AT
    declared: int = 1
    counted: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CustodyTransfer:
    issue: Issue
    consignment: str
    purpose: str
    sender: Party
    receiver: Party
    things: tuple[TransferredThing, ...]
    released: Signature
    received: Signature
    remarks: str = ""


SEEN = {
    SealSeen.INTACT: mark("intact"),
    SealSeen.BROKEN: mark("BROKEN"),
    SealSeen.OTHER_NUMBER: mark("OTHER NUMBER"),
    SealSeen.MISSING: mark("MISSING"),
    SealSeen.NOT_LOOKED_AT: mark("not looked at"),
}
BAD_SEALS = frozenset({SealSeen.BROKEN, SealSeen.OTHER_NUMBER, SealSeen.MISSING})


def differs(thing: TransferredThing) -> bool:
    return thing.seal_seen in BAD_SEALS or thing.counted not in (None, thing.declared)


def head(document: CustodyTransfer, words: Words) -> Head:
    state, sign = _state(document)
    route = f"{document.sender.name} → {document.receiver.name}"
    count = words.plural("{n} piece", "{n} pieces", sum(thing.declared for thing in document.things))
    stamp = " · ".join(
        [
            words.text("Released {when}").format(when=words.moment(document.released.at) or "–"),
            words.text("Received {when}").format(when=words.moment(document.received.at) or "–"),
        ]
    )
    title = words.text("Custody transfer receipt")
    return Head(
        document.issue, title, words.text(state), sign, f"{route}\n{count} · {document.consignment}", stamp
    )


def body(document: CustodyTransfer, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    yield from facts(
        area,
        [
            (words.text("Released by"), _party(document.sender)),
            (words.text("Received by"), _party(document.receiver)),
            (words.text("Consignment"), document.consignment),
            (words.text("Purpose"), document.purpose),
        ],
    )
    yield from heading(
        area, words.text("Custody transfer"), words.text("two sides make it complete"), keeps=40.0
    )
    yield from transfer(area, words, document.released, document.received)
    aside = words.plural("{n} thing differs", "{n} things differ", sum(map(differs, document.things)))
    yield from heading(area, words.text("What changed hands"), aside)
    yield from table(
        _columns(words), (_row(thing, words) for thing in document.things), area.left, area.width
    )
    if document.remarks:
        yield from heading(area, words.text("Remarks"))
        yield from paragraph(area, document.remarks)
    yield from evidence(area, words, facts_hash, document.issue.checkpoint)


def _state(document: CustodyTransfer) -> tuple[str, Mark]:
    if document.released.at is None or document.received.at is None:
        return mark("incomplete"), Mark.WAITING
    if any(map(differs, document.things)):
        return mark("complete, with differences"), Mark.WRONG
    return mark("complete"), Mark.DONE


def _party(party: Party) -> str:
    return "\n".join(filter(None, (party.name, party.site, party.address, party.contact)))


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("Identifier"), 14, Kind.CODE),
        Column(words.text("What"), 20),
        Column(words.text("Seal"), 12, Kind.CODE),
        Column(words.text("Seal seen"), 16, Kind.STRONG),
        Column(words.text("Declared"), 9, Kind.NUMBER),
        Column(words.text("Counted"), 9, Kind.NUMBER),
        Column(words.text("Note"), 20, optional=True),
    )


def _row(thing: TransferredThing, words: Words) -> tuple[str, ...]:
    counted = "–" if thing.counted is None else words.number(thing.counted)
    seen = words.text(SEEN[thing.seal_seen]) if thing.seal_number else ""
    declared = words.number(thing.declared)
    return thing.identifier, thing.what, thing.seal_number, seen, declared, counted, thing.note
