"""What every document's facts are made of: values without a language, as they go into the embedded JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from service.ledger import tree
from service.ledger.format import canonical_bytes
from service.ledger.store import Entry
from service.printing.documents.models import DocumentKind


@dataclass(frozen=True, slots=True)
class EntryRef:
    """An entry that the facts stand on: its position in the ledger and the hash of its leaf."""

    position: int
    event: str
    subject: str
    leaf: str


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """Whose paper it is. `zone` is an IANA name."""

    organisation: str
    contact: str
    site: str
    zone: str


@dataclass(frozen=True, slots=True)
class EndFacts:
    """One end of a way: the party and its place; a carrier has none."""

    party: str
    contact: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class SideFacts:
    """A signature as it is recorded; `drawing_sha256` names the drawing that is kept as evidence."""

    name: str
    organisation: str
    badge: str
    meaning: str
    method: str
    handler_id: str
    identity_checked_by: str
    drawing_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    transfer_id: str
    ordinal: int
    from_party: str
    to_party: str
    released: SideFacts | None
    received: SideFacts | None


def entry_ref(entry: Entry) -> EntryRef:
    return EntryRef(entry.position, entry.event, entry.subject, tree.leaf_hash(entry.body).hex())


def record(kind: DocumentKind, number: str, house: HouseFacts, facts: Any) -> bytes:
    """The authoritative record of a document: canonical JSON, the same for the same facts in every language."""
    told: Mapping[str, object] = {
        "document": kind.value,
        "number": number,
        "house": _plain(house),
        "facts": _plain(facts),
    }
    return canonical_bytes(told)


def _plain(value: Any) -> Any:
    """Maps and lists; times stay times, which the ledger's format writes."""
    return msgspec.to_builtins(value, builtin_types=(datetime, date))
