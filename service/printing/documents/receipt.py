"""The receipt of one of the two custody transfers of a consignment: who released what to whom, and how it looked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import CustodyTransfer, Issue, SealSeen, TransferredThing
from service.consignments import listing, queries
from service.consignments.actions import ConsignmentEvent
from service.consignments.listing import BoxRow, ConsignmentRow
from service.consignments.models import CONSIGNMENT, LineState, ManifestLine, SealOutcome
from service.consignments.signing import DELIVERS, RECEIVES, RELEASES
from service.containers.models import Container
from service.custody import queries as custody
from service.custody.actions import TransferEvent
from service.custody.models import TRANSFER
from service.db import table
from service.errors import NotFoundError
from service.handlers.queries import Person
from service.media.barcodes import shown
from service.media.models import Medium
from service.printing.documents import evidence, sides
from service.printing.documents.ends import ends, printed
from service.printing.documents.facts import EndFacts, EntryRef, HandoverFacts, entry_ref
from service.printing.documents.media_words import type_word
from service.printing.documents.rules import check_signed
from service.printing.documents.wording import Wording, mark

_LINE = table(ManifestLine)
_MEDIUM = table(Medium)
_CONTAINER = table(Container)
KEY = re.compile(r"(.+)-T([12])")
FIRST, SECOND = 1, 2
HERE = frozenset({LineState.MATCHED, LineState.UNPACKED})
SEEN = {
    SealOutcome.INTACT: SealSeen.INTACT,
    SealOutcome.BROKEN: SealSeen.BROKEN,
    SealOutcome.MISMATCH: SealSeen.OTHER_NUMBER,
    SealOutcome.UNCHECKED: SealSeen.NOT_LOOKED_AT,
}


@dataclass(frozen=True, slots=True)
class ThingFacts:
    """A container, or a medium that was not on the manifest. `counted` is None where an intact seal vouches for the content."""

    identifier: str
    is_container: bool
    media_type: str
    generation: str
    seal: str
    seal_seen: SealSeen
    declared: int
    counted: int | None
    arrived: bool


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    consignment: str
    consignment_id: str
    purpose: str
    sender: EndFacts
    receiver: EndFacts
    things: tuple[ThingFacts, ...]
    handover: HandoverFacts
    entries: tuple[EntryRef, ...]


def key_of(number: str, ordinal: int) -> str:
    return f"{number}-T{ordinal}"


def read(session: Session, person: Person, key: str) -> ReceiptFacts:
    """`key` is the receipt's own number. Raises NotFoundError, and NotSignedYetError while nobody has signed."""
    matched = KEY.fullmatch(key)
    if matched is None:
        raise NotFoundError("custody transfer", shown(key))
    number, ordinal, connection = matched[1], int(matched[2]), session.connection()
    row = queries.consignment(connection, person, number)
    views = custody.transfers_of(connection, person, number)
    view = next((one for one in views if one.ordinal == ordinal), None)
    check_signed(number, ordinal, frozen=view is not None, signed=view is not None and view.complete)
    assert view is not None
    told = evidence.entries(
        connection,
        [TRANSFER.subject(view.transfer_id), CONSIGNMENT.subject(row.consignment_id)],
        [*TransferEvent, *([ConsignmentEvent.DISPATCHED] if ordinal == FIRST else _LATER)],
    )
    ways = ends(connection, row)
    giver, taker = (ways.sender, ways.carrier) if ordinal == FIRST else (ways.carrier, ways.receiver)
    return ReceiptFacts(
        row.number, row.consignment_id, row.purpose, giver, taker, _things(connection, row, ordinal),
        sides.handover(session, view), tuple(map(entry_ref, told)),
    )  # fmt: skip


_LATER = (ConsignmentEvent.CONTAINER_SEEN, ConsignmentEvent.RECEIVED)


def _things(connection: Connection, row: ConsignmentRow, ordinal: int) -> tuple[ThingFacts, ...]:
    boxes = listing.boxes(connection, row.consignment_id)
    if ordinal == FIRST:
        # Both sides sign for "the listed containers with their seals intact".
        return tuple(_container(box, SealSeen.INTACT, None, arrived=True) for box in boxes)
    here, extra = _arrived(connection, row.consignment_id)
    return (*(_received(box, here.get(box.barcode, 0)) for box in boxes), *extra)


def _received(box: BoxRow, here: int) -> ThingFacts:
    arrived = box.seen_at is not None
    counted = None if box.seal_outcome is SealOutcome.INTACT else here
    return _container(box, SEEN[box.seal_outcome], counted, arrived=arrived)


def _container(box: BoxRow, seen: SealSeen, counted: int | None, *, arrived: bool) -> ThingFacts:
    return ThingFacts(
        box.barcode, True, "", "", box.seal_number or "", seen, box.pieces, counted, arrived
    )  # fmt: skip


def _arrived(connection: Connection, consignment_id: str) -> tuple[dict[str, int], list[ThingFacts]]:
    """How many declared media of each container came, and what came besides."""
    query = (
        select(
            _LINE.c.state, _MEDIUM.c.barcode, _MEDIUM.c.media_type, _MEDIUM.c.generation, _CONTAINER.c.barcode.label("box")
        )
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .outerjoin(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .where(_LINE.c.consignment_id == consignment_id)
        .order_by(_MEDIUM.c.barcode)
    )  # fmt: skip
    here: dict[str, int] = {}
    extra: list[ThingFacts] = []
    for line in connection.execute(query):
        if line.state in HERE and line.box is not None:
            here[line.box] = here.get(line.box, 0) + 1
        elif line.state is LineState.EXTRA or (line.state in HERE and line.box is None):
            extra.append(_medium(line))
    return here, extra


def _medium(line: object) -> ThingFacts:
    barcode, media_type, generation = (
        getattr(line, name) for name in ("barcode", "media_type", "generation")
    )
    return ThingFacts(
        barcode, False, media_type.value, generation, "", SealSeen.NOT_LOOKED_AT, 0, 1, True
    )  # fmt: skip


def values(facts: ReceiptFacts, issue: Issue, drawings: Mapping[str, str], words: Wording) -> CustodyTransfer:
    return CustodyTransfer(
        issue,
        facts.consignment,
        facts.purpose,
        printed(facts.sender),
        printed(facts.receiver),
        tuple(_thing(one, words) for one in facts.things),
        sides.released(facts.handover, drawings, words),
        sides.received(facts.handover, drawings, words),
        remarks=_remarks(facts.handover, words),
    )


def _thing(one: ThingFacts, words: Wording) -> TransferredThing:
    what = words.text("container") if one.is_container else type_word(one.media_type, one.generation, words)
    if not one.arrived:
        note = words.text("did not arrive")
    else:
        note = "" if one.is_container else words.text("not on the manifest")
    return TransferredThing(one.identifier, what, one.seal, one.seal_seen, one.declared, one.counted, note)


# What stands above the line that people sign (consignments.signing); the record keeps it in English.
MEANINGS = {
    RELEASES: mark("releases custody and the listed containers with their seals intact"),
    RECEIVES: mark("receives custody of the listed containers"),
    DELIVERS: mark("delivers the listed containers"),
}


def _remarks(handover: HandoverFacts, words: Wording) -> str:
    """What each signed for."""
    signed = [side for side in (handover.released, handover.received) if side and side.meaning]
    told = [
        words.text(MEANINGS[side.meaning]) if side.meaning in MEANINGS else side.meaning for side in signed
    ]
    return " · ".join(f"{side.name}: “{text}”" for side, text in zip(signed, told, strict=True))
