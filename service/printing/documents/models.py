"""The papers that custody is proved with, and which of them were given out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class DocumentKind(StrEnum):
    MANIFEST = "manifest"
    COURIER_COPY = "courier_copy"
    PICK_LIST = "pick_list"
    DISTRIBUTION_LIST = "distribution_list"
    CUSTODY_TRANSFER = "custody_transfer"
    DISCREPANCY_REPORT = "discrepancy_report"
    RECOVERY_LIST = "recovery_list"
    SERIES_SHEET = "series_sheet"


class IssuedDocument(SQLModel, table=True):
    """A document that was given out: `record` is its embedded JSON (zlib), `about` the subject it is about.

    Giving out the same facts again is another entry and no other row: number and facts stay the same.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_facts", "number", "facts_sha256", unique=True),)

    document_id: str = Field(primary_key=True, max_length=26)
    kind: DocumentKind = Field(sa_type=EnumText(DocumentKind))
    number: str = Field(max_length=40)
    about: str = Field(max_length=64, index=True)
    facts_sha256: str = Field(max_length=64, index=True)
    record: bytes = Field(sa_type=LargeBinary)
    issued_at: datetime = Field(sa_type=UtcTime)
    issued_by: str | None = Field(default=None, max_length=26)


DOCUMENT = Projection(
    "document",
    table(IssuedDocument),
    "document_id",
    frozenset({"kind", "number", "about", "facts_sha256", "issued_at", "issued_by"}),
)
