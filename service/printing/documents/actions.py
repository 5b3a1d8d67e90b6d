"""Giving out documents: what leaves the house as evidence is on record with the hash of its facts."""

import zlib
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select

from service.db import table
from service.errors import RefusedError
from service.ledger.writer import Unit
from service.printing.documents.models import DOCUMENT, DocumentKind, IssuedDocument

_DOCUMENT = table(IssuedDocument)
# What proves something to others. The lists are tools of the day: nobody will hold them against us.
EVIDENCE = frozenset({
    DocumentKind.MANIFEST, DocumentKind.COURIER_COPY, DocumentKind.CUSTODY_TRANSFER, DocumentKind.DISCREPANCY_REPORT,
    DocumentKind.RECOVERY_LIST,
})  # fmt: skip


class DocumentEvent(StrEnum):
    ISSUED = "document:issued"
    REISSUED = "document:reissued"


class NoEvidenceError(RefusedError):
    title = "Not a document of record"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} is a working list; it is printed and not put on record. Nothing was recorded.",
            next_step="Print it.",
        )


def issue(
    unit: Unit, kind: DocumentKind, number: str, about: str, record: bytes, facts: Mapping[str, object]
) -> str:
    """Put these facts on record as given out; returns the document's id. The same facts again are a reissue of the same document.

    A checkpoint is kept, so that the paper can carry one that covers its own entry.
    """
    if kind not in EVIDENCE:
        raise NoEvidenceError(number)
    digest = sha256(record).hexdigest()
    unit.keep_checkpoint = True
    query = select(_DOCUMENT.c.document_id).where(
        _DOCUMENT.c.number == number, _DOCUMENT.c.facts_sha256 == digest
    )
    known = unit.connection.execute(query).scalar_one_or_none()
    if known is not None:
        told = {"number": number, "facts_sha256": digest, **facts}
        unit.append(DOCUMENT.subject(known), DocumentEvent.REISSUED, facts=told)
        return str(known)
    document_id = unit.new_id()
    values = {
        "document_id": document_id, "kind": kind, "number": number, "about": about, "facts_sha256": digest,
        "record": zlib.compress(record), "issued_at": unit.now, "issued_by": unit.actor.handler_id,
    }  # fmt: skip
    unit.create(DOCUMENT, values, DocumentEvent.ISSUED, facts=facts)
    return document_id
