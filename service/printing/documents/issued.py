"""Documents that were given out: found again, by number, by facts, by what they are about."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import NotFoundError
from service.handlers.models import Handler
from service.ids import is_id
from service.ledger.models import LedgerEntry
from service.media.barcodes import shown
from service.printing.documents.models import DOCUMENT, DocumentKind, IssuedDocument

_DOCUMENT = table(IssuedDocument)
_HANDLER = table(Handler)
_ENTRY = table(LedgerEntry)
COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Issued:
    """`entry` is the position of the entry that first put it on record; `times` counts every issue of these facts."""

    document_id: str
    kind: DocumentKind
    number: str
    about: str
    facts_sha256: str
    issued_at: datetime
    issued_by: str
    entry: int
    times: int


def by_facts(connection: Connection, number: str, facts_sha256: str) -> Issued | None:
    """The issue of exactly these facts under this number."""
    d = _DOCUMENT.c
    found = _issued(connection, d.number == number, d.facts_sha256 == facts_sha256)
    return found[0] if found else None


def by_id(connection: Connection, document_id: str) -> Issued:
    """Raises NotFoundError."""
    found = _issued(connection, _DOCUMENT.c.document_id == document_id) if is_id(document_id) else []
    if not found:
        raise NotFoundError("document", shown(document_id))
    return found[0]


def row_of(connection: Connection, document_id: str) -> Issued:
    """Inside the unit that issues it: `times` counts the issues before."""
    return _issued(connection, _DOCUMENT.c.document_id == document_id)[0]


def newest_about(connection: Connection, about: str) -> dict[str, Issued]:
    """By number: the newest issue of each document about a subject."""
    return {one.number: one for one in reversed(_issued(connection, _DOCUMENT.c.about == about))}


def listed(
    connection: Connection, *, number: str | None, facts_sha256: str | None, after: str | None, limit: int
) -> list[Issued]:
    """Newest first; `after` continues below a document_id."""
    d, wanted = _DOCUMENT.c, []
    if number is not None:
        wanted.append(d.number == number)
    if facts_sha256 is not None:
        wanted.append(d.facts_sha256 == facts_sha256)
    if after is not None:
        wanted.append(d.document_id < after)
    return _issued(connection, *wanted, limit=limit)


def record_of(connection: Connection, document_id: str) -> bytes:
    """The embedded JSON, byte for byte as it was issued. Raises NotFoundError."""
    query = select(_DOCUMENT.c.record).where(_DOCUMENT.c.document_id == document_id)
    found = connection.execute(query).scalar_one_or_none() if is_id(document_id) else None
    if found is None:
        raise NotFoundError("document", shown(document_id))
    return zlib.decompress(found)


def _issued(connection: Connection, *wanted: Any, limit: int | None = None) -> list[Issued]:
    d = _DOCUMENT.c
    query = (
        select(d.document_id, d.kind, d.number, d.about, d.facts_sha256, d.issued_at, _HANDLER.c.name)
        .outerjoin(_HANDLER, _HANDLER.c.handler_id == d.issued_by)
        .where(*wanted)
        .order_by(d.document_id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    positions = _positions(connection, [row.document_id for row in rows])
    return [_one(row, positions.get(DOCUMENT.subject(row.document_id), [])) for row in rows]


def _one(row: Any, positions: Sequence[int]) -> Issued:
    return Issued(
        row.document_id, row.kind, row.number, row.about, row.facts_sha256, row.issued_at, row.name or COMMAND_LINE,
        positions[0] if positions else -1, len(positions),
    )  # fmt: skip


def _positions(connection: Connection, document_ids: Sequence[str]) -> dict[str, list[int]]:
    """Every entry of a document is an issue of it."""
    subjects = [DOCUMENT.subject(document_id) for document_id in document_ids]
    query = select(_ENTRY.c.subject, _ENTRY.c.position).where(_ENTRY.c.subject.in_(subjects))
    found: dict[str, list[int]] = {}
    for subject, position in connection.execute(query.order_by(_ENTRY.c.position)):
        found.setdefault(subject, []).append(position)
    return found
