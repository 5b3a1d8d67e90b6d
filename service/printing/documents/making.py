"""From a thing of the record to its paper: read while the database is open, draw after it is closed.

Every document goes the same way: facts are read (`read`), written down as canonical JSON (`facts.record`), worded in a
language (`values`), drawn as PDF/A-3b. The JSON is the record and has no language; the PDF is its picture.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import Attachment, Document, Issue, Paper, Rendered, render
from service.consignments.listing import manifest as frozen_manifest
from service.consignments.models import CONSIGNMENT
from service.custody.queries import drawings
from service.handlers.queries import Person
from service.printing.documents import evidence, manifest
from service.printing.documents.evidence import Witness
from service.printing.documents.facts import EntryRef, record
from service.printing.documents.house import House, house
from service.printing.documents.models import DocumentKind
from service.printing.documents.sides import drawing_digests
from service.printing.documents.wording import SOURCE_LANGUAGE, Wording

# Drawing is Python that holds the interpreter: one at a time, so that scans keep theirs.
_DRAWING = threading.Lock()
SEALS = "seal:"


@dataclass(frozen=True, slots=True)
class Look:
    """How a document is printed; nothing of it is in the facts."""

    language: str = SOURCE_LANGUAGE
    paper: Paper = Paper.A4


@dataclass(frozen=True, slots=True)
class Maker:
    """How one kind is made. `key` is how people name the thing: a consignment's number, a transfer's id."""

    read: Callable[[Session, Person, str], Any]
    values: Callable[[Any, Issue, Mapping[str, str], Wording], Document]
    number: Callable[[Any], str]
    subject: Callable[[Any], str]
    attached: Callable[[Connection, Any], tuple[Attachment, ...]] = lambda _connection, _facts: ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything a document needs, read; the database is no longer asked."""

    kind: DocumentKind
    number: str
    subject: str
    facts: Any
    record: bytes
    house: House
    drawings: Mapping[str, str]
    witness: Witness
    attachments: tuple[Attachment, ...]
    at: datetime
    by: str
    maker: Maker = field(repr=False)

    @property
    def facts_sha256(self) -> str:
        return sha256(self.record).hexdigest()


def _attached_manifest(connection: Connection, facts: manifest.ManifestFacts) -> tuple[Attachment, ...]:
    content = frozen_manifest(connection, facts.consignment)
    assert content is not None  # read() refuses what is not frozen
    name = f"{facts.consignment}.manifest.json"
    return (Attachment(name, content, relationship="Source", description="The frozen manifest"),)


MAKERS: dict[DocumentKind, Maker] = {
    DocumentKind.MANIFEST: Maker(
        manifest.read,
        manifest.values,
        lambda facts: str(facts.consignment),
        lambda facts: CONSIGNMENT.subject(facts.consignment_id),
        _attached_manifest,
    ),
    DocumentKind.COURIER_COPY: Maker(
        lambda session, person, key: manifest.without_content(manifest.read(session, person, key)),
        manifest.values,
        lambda facts: f"{facts.consignment}-C",
        lambda facts: CONSIGNMENT.subject(facts.consignment_id),
    ),
}


def prepare(session: Session, person: Person, kind: DocumentKind, key: str, now: datetime) -> Prepared:
    """Raises NotFoundError for what the person may not see, RefusedError while there is nothing to print."""
    maker, connection = MAKERS[kind], session.connection()
    facts, ours = maker.read(session, person, key), house(session)
    number = maker.number(facts)
    by = evidence.witness(connection, max((entry.position for entry in facts.entries), default=0))
    proved = [entry.position for entry in facts.entries if _is_proved(entry)]
    return Prepared(
        kind=kind,
        number=number,
        subject=maker.subject(facts),
        facts=facts,
        record=record(kind, number, ours.facts, facts),
        house=ours,
        drawings=drawings(connection, _digests(facts)),
        witness=by,
        attachments=(*maker.attached(connection, facts), *evidence.proofs(connection, proved, by)),
        at=now,
        by=person.name,
        maker=maker,
    )


def _is_proved(entry: EntryRef) -> bool:
    """Seals are many, and the manifest's hash covers them."""
    return not entry.event.startswith(SEALS)


def _digests(facts: Any) -> list[str]:
    handover = getattr(facts, "handover", None)
    return drawing_digests(handover) if handover else []


def made(prepared: Prepared, look: Look) -> Rendered:
    """The same prepared document gives the same bytes."""
    issue = Issue(
        prepared.number,
        prepared.house.organisation(),
        prepared.house.site(),
        prepared.at,
        prepared.by,
        prepared.witness.printed(),
    )
    document = prepared.maker.values(prepared.facts, issue, prepared.drawings, Wording(look.language))
    with _DRAWING:
        return render(
            document,
            language=look.language,
            paper=look.paper,
            facts=prepared.record,
            attachments=prepared.attachments,
        )
