"""The recovery list: where each medium of a restore is, in what, with whom, and in which order to bring it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import Issue, NeededMedium, Order, RecoveryList, Signature, SignedAs
from service.containers.models import Container
from service.custody.actions import CustodyEvent
from service.db import table
from service.errors import InvalidInputError
from service.ledger.models import LedgerEntry
from service.locations.models import Location
from service.media.actions import MediumEvent
from service.media.barcodes import shown
from service.media.history import entry_of
from service.media.models import MEDIUM, Custody, Medium
from service.media.queries import chunks
from service.parties.models import Party
from service.printing.documents.ends import worded
from service.printing.documents.facts import EntryRef, entry_ref
from service.printing.documents.media_words import type_word
from service.printing.documents.wording import Wording, mark

_ENTRY = table(LedgerEntry)
_MEDIUM = table(Medium)
_CONTAINER = table(Container)
_LOCATION = table(Location)
_PARTY = table(Party)
MOST_MEDIA = 5000
MOST_NAMED = 10  # of the barcodes that nobody knows, in one sentence
PLACING = [MediumEvent.REGISTERED, *CustodyEvent]

# How far away: what has to be asked for first comes first; what cannot come stands last.
FAR: Mapping[Custody, int] = {
    Custody.VAULTED: 0,
    Custody.IN_TRANSIT: 1,
    Custody.PACKED: 2,
    Custody.ON_SITE: 3,
    Custody.IN_LIBRARY: 4,
    Custody.MISSING: 5,
    Custody.GONE: 6,
}
CANNOT_COME = frozenset({Custody.MISSING, Custody.GONE})
TO_RECALL = frozenset({Custody.VAULTED, Custody.IN_TRANSIT, *CANNOT_COME})
NOTES = {
    Custody.MISSING: mark("missing; last known place"),
    Custody.GONE: mark("gone"),
    Custody.PACKED: mark("packed"),
    Custody.IN_TRANSIT: mark("on the road"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What an administrator asks for. `barcodes` in the order of mounting where `order` says so."""

    barcodes: tuple[str, ...]
    request: str
    order: Order
    dataset: str = ""
    restore_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class NeededFacts:
    """`entry` is the position of the entry that put it where it is."""

    order: int
    barcode: str
    medium_id: str
    media_type: str
    generation: str
    custody: Custody
    location: str
    custodian: str
    container: str
    dataset: str
    on_hold: bool
    entry: int | None


@dataclass(frozen=True, slots=True)
class RecoveryFacts:
    number: str
    request: str
    dataset: str
    restore_to: datetime | None
    order: Order
    as_of: datetime
    organisation: str
    media: tuple[NeededFacts, ...]
    entries: tuple[EntryRef, ...]


class UnknownBarcodesError(InvalidInputError):
    title = "Unknown barcodes"

    def __init__(self, unknown: Sequence[str]) -> None:
        named = ", ".join(map(shown, unknown[:MOST_NAMED])) + (" …" if len(unknown) > MOST_NAMED else "")
        super().__init__(
            f"No medium is registered as {named}. No list was made.",
            fields={"barcodes": f"Nobody knows {named}."},
            next_step="Correct or leave out these lines.",
        )


def read(session: Session, asked: Request, number: str, now: datetime, organisation: str) -> RecoveryFacts:
    """Raises UnknownBarcodesError, or InvalidInputError for no barcode or too many."""
    _check_count(asked.barcodes)
    connection = session.connection()
    rows = _rows(connection, asked.barcodes)
    unknown = [barcode for barcode in asked.barcodes if barcode not in rows]
    if unknown:
        raise UnknownBarcodesError(unknown)
    told = _placing_entries(connection, [row.medium_id for row in rows.values()])
    wanted = [rows[barcode] for barcode in asked.barcodes]
    if asked.order is Order.RECALL:
        wanted.sort(key=_distance)
    return RecoveryFacts(
        number, asked.request, asked.dataset, asked.restore_to, asked.order, now, organisation,
        tuple(_needed(place, row, told.get(row.medium_id)) for place, row in enumerate(wanted, start=1)),
        tuple(told[row.medium_id] for row in wanted if row.medium_id in told),
    )  # fmt: skip


def about(number: str) -> str:
    """A list is about no other thing of the record."""
    return f"recovery_list:{number}"


def _check_count(barcodes: Sequence[str]) -> None:
    if not barcodes:
        told = "Name at least one medium."
    elif len(barcodes) > MOST_MEDIA:
        told = f"At most {MOST_MEDIA:,} media stand on one list; these are {len(barcodes):,}."
    else:
        return
    raise InvalidInputError(f"{told} No list was made.", fields={"barcodes": told})


def _rows(connection: Connection, barcodes: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in chunks(barcodes):
        query = (
            select(
                _MEDIUM.c.barcode, _MEDIUM.c.medium_id, _MEDIUM.c.media_type, _MEDIUM.c.generation, _MEDIUM.c.custody,
                _MEDIUM.c.dataset, _MEDIUM.c.held_since, _LOCATION.c.path, _PARTY.c.name.label("custodian"),
                _CONTAINER.c.barcode.label("container"),
            )
            .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
            .join(_PARTY, _PARTY.c.party_id == _MEDIUM.c.custodian_id)
            .outerjoin(_CONTAINER, _CONTAINER.c.container_id == _MEDIUM.c.container_id)
            .where(_MEDIUM.c.barcode.in_(part))
        )  # fmt: skip
        found |= {row.barcode: row for row in connection.execute(query)}
    return found


def _placing_entries(connection: Connection, medium_ids: Sequence[str]) -> dict[str, EntryRef]:
    """The newest entry of each medium that says where it is."""
    found: dict[str, EntryRef] = {}
    for part in chunks(medium_ids):
        subjects = [MEDIUM.subject(medium_id) for medium_id in part]
        newest = (
            select(func.max(_ENTRY.c.position))
            .where(_ENTRY.c.subject.in_(subjects), _ENTRY.c.event.in_(PLACING))
            .group_by(_ENTRY.c.subject)
        )
        query = select(_ENTRY.c.position, _ENTRY.c.subject, _ENTRY.c.event, _ENTRY.c.body).where(
            _ENTRY.c.position.in_(newest)
        )
        for row in connection.execute(query):
            ref = entry_ref(entry_of(*row))
            found[ref.subject.partition(":")[2]] = ref
    return found


def _distance(row: Any) -> tuple[int, str, str, str, str]:
    return FAR[row.custody], row.custodian, row.container or "", row.path, row.barcode


def _needed(place: int, row: Any, entry: EntryRef | None) -> NeededFacts:
    return NeededFacts(
        order=place,
        barcode=row.barcode,
        medium_id=row.medium_id,
        media_type=row.media_type.value,
        generation=row.generation,
        custody=row.custody,
        location=row.path,
        custodian=row.custodian,
        container=row.container or "",
        dataset=row.dataset,
        on_hold=row.held_since is not None,
        entry=entry.position if entry else None,
    )


def values(facts: RecoveryFacts, issue: Issue, drawings: Mapping[str, str], words: Wording) -> RecoveryList:
    del drawings
    lost = [one.barcode for one in facts.media if one.custody in CANNOT_COME]
    return RecoveryList(
        issue,
        facts.request,
        facts.dataset,
        facts.restore_to,
        Signature(SignedAs.APPROVED, "", organisation=facts.organisation),
        Signature(SignedAs.RECEIVED, "", organisation=facts.organisation),
        tuple(_printed(one, words) for one in facts.media),
        complete=not lost,
        missing=", ".join(lost),
        order=facts.order,
    )


def _printed(one: NeededFacts, words: Wording) -> NeededMedium:
    return NeededMedium(
        one.order,
        one.barcode,
        type_word(one.media_type, one.generation, words),
        worded(one.location, words),
        one.custodian,
        one.container,
        recall=one.custody in TO_RECALL,
        note=_note(one, words),
    )


def _note(one: NeededFacts, words: Wording) -> str:
    told = [words.text(NOTES[one.custody])] if one.custody in NOTES else []
    return " · ".join([*told, *([words.text("on hold")] if one.on_hold else [])])
