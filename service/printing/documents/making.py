"""From a thing of the record to its paper: read while the database is open, draw after it is closed.

Every document goes the same way: facts are read, written down as canonical JSON (`facts.record`), worded in a language
(`values`), drawn as PDF/A-3b. The JSON is the record and has no language; the PDF is its picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import Attachment, Issue, Paper
from service.custody.queries import drawings
from service.handlers.queries import Person
from service.printing.documents import evidence, issued
from service.printing.documents.apart import Order, draw
from service.printing.documents.evidence import Witness
from service.printing.documents.facts import EntryRef, HouseFacts, record
from service.printing.documents.house import House, house, logo
from service.printing.documents.issued import Issued
from service.printing.documents.makers import MAKERS
from service.printing.documents.models import DocumentKind
from service.printing.documents.sides import drawing_digests
from service.printing.documents.wording import SOURCE_LANGUAGE, Wording

SEALS = "seal:"


@dataclass(frozen=True, slots=True)
class Look:
    """How a document is printed; nothing of it is in the facts."""

    language: str = SOURCE_LANGUAGE
    paper: Paper = Paper.A4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document's facts under its number, before anybody prints them."""

    kind: DocumentKind
    number: str
    about: str
    facts: Any
    house: HouseFacts
    record: bytes

    @property
    def facts_sha256(self) -> str:
        return sha256(self.record).hexdigest()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that drawing needs; the database is no longer asked. `entry` is where its issue stands, None for a copy."""

    sheet: Sheet
    house: House
    drawings: Mapping[str, str]
    witness: Witness
    attachments: tuple[Attachment, ...]
    at: datetime
    by: str
    entry: int | None


def sheet(session: Session, person: Person, kind: DocumentKind, key: str) -> Sheet:
    """Raises NotFoundError for what the person may not see, RefusedError while there is nothing to print."""
    return sheet_of(session, kind, MAKERS[kind].read(session, person, key))


def sheet_of(session: Session, kind: DocumentKind, facts: Any) -> Sheet:
    maker, ours = MAKERS[kind], house(session)
    number = maker.number(facts)
    return Sheet(kind, number, maker.about(facts), facts, ours, record(kind, number, ours, facts))


def prepare(session: Session, person: Person, kind: DocumentKind, key: str, now: datetime) -> Prepared:
    """The document as it stands now; as it was given out, where exactly these facts were."""
    return prepared(session, sheet(session, person, kind, key), now, person.name)


def prepared(session: Session, found: Sheet, now: datetime, by: str) -> Prepared:
    known = issued.by_facts(session.connection(), found.number, found.facts_sha256)
    return _prepared(session, found, known, now, by)


def prepare_issued(session: Session, document_id: str) -> Prepared:
    """A document as it was given out, from its own record. Raises NotFoundError."""
    connection = session.connection()
    known = issued.by_id(connection, document_id)
    kept = issued.record_of(connection, document_id)
    told, maker = msgspec.json.decode(kept), MAKERS[known.kind]
    facts: Any = msgspec.convert(told["facts"], maker.facts)
    ours = msgspec.convert(told["house"], HouseFacts)
    found = Sheet(known.kind, known.number, known.about, facts, ours, kept)
    return _prepared(session, found, known, known.issued_at, known.issued_by)


def _prepared(session: Session, found: Sheet, known: Issued | None, now: datetime, by: str) -> Prepared:
    connection = session.connection()
    positions = [entry.position for entry in found.facts.entries if _is_proved(entry)]
    positions += [known.entry] if known else []
    newest = max((*positions, *(entry.position for entry in found.facts.entries)), default=0)
    witness = evidence.witness(connection, newest)
    return Prepared(
        sheet=found,
        house=House(found.house, logo(session)),
        drawings=drawings(connection, _digests(found.facts)),
        witness=witness,
        attachments=_attachments(connection, found, positions, witness),
        at=known.issued_at if known else now,
        by=known.issued_by if known else by,
        entry=known.entry if known else None,
    )


def _attachments(
    connection: Connection, found: Sheet, positions: Iterable[int], witness: Witness
) -> tuple[Attachment, ...]:
    attached = MAKERS[found.kind].attached(connection, found.facts)
    return (*attached, *evidence.proofs(connection, positions, witness))


def _is_proved(entry: EntryRef) -> bool:
    """Seals are many, and the manifest's hash covers them."""
    return not entry.event.startswith(SEALS)


def _digests(facts: Any) -> list[str]:
    handover = getattr(facts, "handover", None)
    return drawing_digests(handover) if handover else []


def issue_of(found: Prepared) -> Issue:
    return Issue(
        found.sheet.number,
        found.house.organisation(),
        found.house.site(),
        found.at,
        found.by,
        found.witness.printed(),
        found.entry,
    )


def made(found: Prepared, look: Look) -> bytes:
    """The PDF; the same prepared document gives the same bytes."""
    values = MAKERS[found.sheet.kind].values
    document = values(found.sheet.facts, issue_of(found), found.drawings, Wording(look.language))
    return draw(document, Order(look.language, look.paper, found.sheet.record, found.attachments))
