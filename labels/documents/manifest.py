"""The manifest: what one consignment carries, sealed in what, released to whom."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from labels.documents.blocks import Area, Card, cards, evidence, facts, heading, paragraph
from labels.documents.facts import Issue, Mark, Party, Signature
from labels.documents.flow import Strip, space
from labels.documents.language import Words, mark
from labels.documents.sheet import Head
from labels.documents.signatures import transfer
from labels.documents.table import Column, Kind, table
from labels.layout import Face


class ManifestKind(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"
    RECALL = "recall"
    INTER_SITE = "inter-site"
    DESTRUCTION = "destruction"
    LOAN = "loan"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class ManifestSeal:
    number: str
    kind: str = ""
    position: str = ""
    applied_by: str = ""
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestContainer:
    container_id: str
    kind: str
    pieces: int
    seals: tuple[ManifestSeal, ...] = ()
    gross_weight_g: int | None = None
    handling: str = ""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """`encryption` names the key, never holds it; `dataset` is a code. `disposition` notes holds and condition."""

    barcode: str
    serial_number: str
    media_type: str
    container_id: str
    dataset: str = ""
    encryption: str = ""
    return_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Without `lines` it is the courier's copy: containers and seals only, no content."""

    issue: Issue
    kind: ManifestKind
    purpose: str
    authority: str
    sender: Party
    receiver: Party
    carrier: Party
    containers: tuple[ManifestContainer, ...]
    lines: tuple[ManifestLine, ...]
    released: Signature
    received: Signature
    frozen_at: datetime
    vehicle: str = ""
    planned_from: datetime | None = None
    planned_to: datetime | None = None
    checks: tuple[str, ...] = ()


MOST_CARDS = 12
COURIER_COPY = mark("This copy lists containers and seals only; what they hold stays with the sender.")
SEEN = mark("□ intact   □ broken   □ other number")
KINDS = {
    ManifestKind.OUTBOUND: mark("Outbound manifest"),
    ManifestKind.INBOUND: mark("Inbound manifest"),
    ManifestKind.RECALL: mark("Recall manifest"),
    ManifestKind.INTER_SITE: mark("Inter-site manifest"),
    ManifestKind.DESTRUCTION: mark("Manifest for destruction"),
    ManifestKind.LOAN: mark("Loan manifest"),
    ManifestKind.RETURN: mark("Return manifest"),
}


def head(document: Manifest, words: Words) -> Head:
    state, sign = _state(document)
    pieces = sum(container.pieces for container in document.containers)
    counts = " · ".join(
        [
            words.plural("{n} medium", "{n} media", pieces),
            words.plural("{n} container", "{n} containers", len(document.containers)),
        ]
    )
    route = f"{_place(document.sender)} → {_place(document.receiver)}"
    stamp = words.text("Frozen {when}").format(when=words.moment(document.frozen_at))
    kind = words.text(KINDS[document.kind])
    return Head(
        document.issue,
        kind if document.lines else " · ".join([kind, words.text("courier's copy")]),
        words.text(state),
        sign,
        f"{route}\n{counts}",
        stamp,
    )


def body(document: Manifest, words: Words, area: Area, facts_hash: str) -> Iterator[Strip]:
    yield from facts(area, _facts(document, words))
    both = document.released.at and document.received.at
    aside = words.text("both sides recorded") if both else words.text("complete with both signatures")
    yield from heading(area, words.text("Custody transfer"), aside, keeps=40.0)
    yield from transfer(area, words, document.released, document.received)
    yield from _containers(document, words, area)
    if not document.lines:
        yield from paragraph(area, words.text(COURIER_COPY))
    yield from evidence(area, words, facts_hash, document.issue.checkpoint)
    if document.lines:
        yield from _lines(document, words, area)


def _state(document: Manifest) -> tuple[str, Mark]:
    if document.released.at and document.received.at:
        return mark("released and received"), Mark.DONE
    if document.released.at:
        return mark("released, receipt missing"), Mark.WAITING
    return mark("ready for release"), Mark.NEUTRAL


def _place(party: Party) -> str:
    return ", ".join(part for part in (party.name, party.site) if part)


def _facts(document: Manifest, words: Words) -> list[tuple[str, str]]:
    window = " – ".join(
        filter(None, (words.short_moment(document.planned_from), words.short_moment(document.planned_to)))
    )
    return [
        (words.text("From"), _lines_of(document.sender)),
        (words.text("To"), _lines_of(document.receiver)),
        (words.text("Carrier"), "\n".join(filter(None, (_lines_of(document.carrier), document.vehicle)))),
        (words.text("Purpose"), document.purpose),
        (words.text("Authority"), document.authority),
        (words.text("Planned"), window),
    ]


def _lines_of(party: Party) -> str:
    return "\n".join(filter(None, (_place(party), party.address, party.contact)))


def _containers(document: Manifest, words: Words, area: Area) -> Iterator[Strip]:
    aside = " · ".join(words.text(check) for check in document.checks)
    yield from heading(area, words.text("Containers and seals"), aside)
    if len(document.containers) <= MOST_CARDS:
        yield from cards(area, [_card(container, words) for container in document.containers])
        return
    columns = (
        Column(words.text("Container"), 10, Kind.CODE),
        Column(words.text("Kind"), 12, optional=True),
        Column(words.text("Media"), 6, Kind.NUMBER),
        Column(words.text("Seals"), 20),
        Column(words.text("Weight"), 9, Kind.NUMBER, optional=True),
        Column(words.text("Seen at receipt"), 36),
    )
    rows = (_container_row(container, words) for container in document.containers)
    yield from table(columns, rows, area.left, area.width)


def _container_row(container: ManifestContainer, words: Words) -> tuple[str, ...]:
    return (
        container.container_id,
        " · ".join(filter(None, (container.kind, container.handling))),
        words.number(container.pieces),
        "\n".join(" · ".join(filter(None, (seal.number, seal.kind))) for seal in container.seals),
        words.kilograms(container.gross_weight_g),
        words.text(SEEN),
    )


def _card(container: ManifestContainer, words: Words) -> Card:
    seals = [line for seal in container.seals for line in _seal(seal, words)]
    details = " · ".join(
        filter(None, (container.kind, words.kilograms(container.gross_weight_g), container.handling))
    )
    lines = [
        *(seals or [(words.text("no seal"), Face.SANS_BOLD)]),
        (details, Face.SANS),
        (words.text(SEEN), Face.SANS),
    ]
    pieces = words.plural("{n} medium", "{n} media", container.pieces)
    return Card(container.container_id, pieces, tuple(line for line in lines if line[0]))


def _seal(seal: ManifestSeal, words: Words) -> list[tuple[str, Face]]:
    number = words.text("Seal {number}").format(number=seal.number)
    when = (
        words.text("applied {when}").format(when=words.short_moment(seal.applied_at))
        if seal.applied_at
        else ""
    )
    by = words.text("by {who}").format(who=seal.applied_by) if seal.applied_by else ""
    details = " · ".join(filter(None, (seal.kind, seal.position, by, when)))
    return [(number, Face.SANS_BOLD), (details, Face.SANS)]


def _lines(document: Manifest, words: Words, area: Area) -> Iterator[Strip]:
    types = Counter(line.media_type for line in document.lines)
    aside = " · ".join(f"{words.number(count)} {media_type}" for media_type, count in sorted(types.items()))
    yield from heading(area, words.text("Media"), aside)
    columns = (
        Column("#", 5, Kind.NUMBER),
        Column(words.text("Medium"), 11, Kind.BARCODE),
        Column(words.text("Serial number"), 13, Kind.CODE, optional=True),
        Column(words.text("Type"), 9),
        Column(words.text("Container"), 10, Kind.CODE),
        Column(words.text("Dataset"), 15, optional=True),
        Column(words.text("Key"), 12, Kind.CODE, optional=True),
        Column(words.text("Return"), 12, optional=True),
        Column(words.text("Note"), 12, optional=True),
    )
    rows = (_row(number, line, words) for number, line in enumerate(document.lines, start=1))
    yield from table(columns, rows, area.left, area.width)
    yield space(2.0)
    total = words.plural("{n} line, the list ends here", "{n} lines, the list ends here", len(document.lines))
    yield from paragraph(area, total)


def _row(number: int, line: ManifestLine, words: Words) -> tuple[str, ...]:
    return (
        str(number),
        line.barcode,
        line.serial_number,
        line.media_type,
        line.container_id,
        line.dataset,
        line.encryption,
        words.day(line.return_on),
        line.note,
    )
