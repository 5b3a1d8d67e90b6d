"""A medium's own entries, the names they need, and what its custody transfers add up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from service.db import table
from service.handlers.models import Handler
from service.ledger.format import parse_timestamp
from service.ledger.models import LedgerEntry
from service.ledger.store import Entry
from service.locations.models import Location, LocationKind
from service.media.models import MEDIUM
from service.media.queries import chunks
from service.media.queries import names as names_in
from service.parties.models import Party, PartyKind

_ENTRY = table(LedgerEntry)
_LOCATION = table(Location)
_PARTY = table(Party)
_HANDLER = table(Handler)
_decode = msgspec.json.Decoder().decode

RELEASED, RECEIVED = "medium:released", "medium:received"
TRANSFERS = (RELEASED, RECEIVED)


def history(
    connection: Connection,
    medium_id: str,
    *,
    events: Sequence[str] | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Newest first, by the subject's index; only `events` when given."""
    query = select(_ENTRY.c.position, _ENTRY.c.subject, _ENTRY.c.event, _ENTRY.c.body)
    query = query.where(_ENTRY.c.subject == MEDIUM.subject(medium_id))
    if events is not None:
        query = query.where(_ENTRY.c.event.in_(events))
    if before is not None:
        query = query.where(_ENTRY.c.position < before)
    rows = connection.execute(query.order_by(_ENTRY.c.position.desc()).limit(limit))
    return [entry_of(*row) for row in rows]


def entry_of(position: int, subject: str, event: str, body: bytes) -> Entry:
    return Entry(position, subject, event, bytes(body), _decode(body))


def counts(connection: Connection, medium_id: str) -> dict[str, int]:
    """How many entries of each event the medium has."""
    query = select(_ENTRY.c.event, func.count()).where(_ENTRY.c.subject == MEDIUM.subject(medium_id))
    return {str(event): number for event, number in connection.execute(query.group_by(_ENTRY.c.event))}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of what the entries name by id."""

    places: Mapping[str, tuple[str, LocationKind]]
    parties: Mapping[str, tuple[str, PartyKind]]
    handlers: Mapping[str, str]

    def place(self, location_id: str | None) -> str:
        """The way below its site, as people say it: "Library 1, slot 3"."""
        found = self.places.get(location_id or "")
        return short_place(found[0]) if found else "an unknown place"

    def is_consignment(self, location_id: str | None) -> bool:
        found = self.places.get(location_id or "")
        return found is not None and found[1] is LocationKind.CONSIGNMENT

    def party(self, party_id: str | None) -> str:
        found = self.parties.get(party_id or "")
        return found[0] if found else "an unknown party"

    def is_ours(self, party_id: str) -> bool:
        return party_id in self.parties and self.parties[party_id][1] is PartyKind.ORGANISATION

    def handler(self, handler_id: str | None) -> str:
        return "the system" if handler_id is None else self.handlers.get(handler_id, "an unknown handler")


def short_place(path: str) -> str:
    parts = path.split(" › ")
    return ", ".join(parts[1:] if len(parts) > 1 else parts)


def names_for(connection: Connection, entries: Iterable[Entry], *, also: Iterable[str] = ()) -> Names:
    """One query a kind (and 500 ids); `also` are further location and party ids."""
    kept = list(entries)
    ids = {
        str(value)
        for entry in kept
        for name, value in entry.changes.items()
        if name.endswith("_id") and value
    }
    ids |= set(also)
    people = {entry.handler_id for entry in kept if entry.handler_id}
    return Names(
        places=_pairs(connection, (_LOCATION.c.location_id, _LOCATION.c.path, _LOCATION.c.kind), ids),
        parties=_pairs(connection, (_PARTY.c.party_id, _PARTY.c.name, _PARTY.c.kind), ids),
        handlers=names_in(connection, _HANDLER.c.handler_id, _HANDLER.c.name, people),
    )


def _pairs(connection: Connection, columns: tuple[Any, Any, Any], wanted: Iterable[str]) -> dict[str, Any]:
    return {
        key: (name, kind)
        for part in chunks(wanted)
        for key, name, kind in connection.execute(select(*columns).where(columns[0].in_(part)))
    }


@dataclass(frozen=True, slots=True)
class Handing:
    """One custody transfer as a medium's entry tells it; a side without a time was not recorded."""

    released_by: str
    released_at: datetime | None
    received_by: str
    received_at: datetime | None

    @property
    def two_sided(self) -> bool:
        return self.released_at is not None and self.received_at is not None


@dataclass(frozen=True, slots=True)
class CustodyGap:
    """Time without a signed custodian; `until` None: it lasts."""

    since: datetime
    until: datetime | None

    def length(self, now: datetime) -> timedelta:
        return (self.until or now) - self.since


@dataclass(frozen=True, slots=True)
class Summary:
    transfers: int
    two_sided: int
    gaps: tuple[CustodyGap, ...]


def handing_of(entry: Entry) -> Handing:
    """The two sides from the entry's facts: names in `released_by` and `received_by`, times beside them or the entry's."""
    facts = {**entry.facts, **_mapping(entry.facts.get("transfer"))}
    released, received = str(facts.get("released_by") or ""), str(facts.get("received_by") or "")
    return Handing(
        released, _side_at(facts, "released_at", entry, recorded=bool(released)),
        received, _side_at(facts, "received_at", entry, recorded=bool(received)),
    )  # fmt: skip


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _side_at(facts: Mapping[str, Any], name: str, entry: Entry, *, recorded: bool) -> datetime | None:
    text = facts.get(name)
    if isinstance(text, str):
        return parse_timestamp(text)
    return entry.recorded_at if recorded else None


def summary_of(handings: Sequence[Handing]) -> Summary:
    """`handings` from the oldest to the newest. A release that nobody received opens a gap until the next signature."""
    gaps: list[CustodyGap] = []
    for number, one in enumerate(handings):
        if one.released_at is None or one.received_at is not None:
            continue
        later = (time for next_one in handings[number + 1 :] for time in _times(next_one))
        gaps.append(CustodyGap(one.released_at, next(later, None)))
    return Summary(len(handings), sum(one.two_sided for one in handings), tuple(gaps))


def _times(handing: Handing) -> list[datetime]:
    return sorted(at for at in (handing.released_at, handing.received_at) if at is not None)
