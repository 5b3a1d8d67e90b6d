"""Custody transfers with two sides, the evidence that supports them, and discrepancies."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class Transfer(SQLModel, table=True):
    """`released` and `received` are the signature records of the two sides; incomplete until both are there.

    A signature record: {name, organisation, badge, meaning, method, identity_checked_by, handler_id, evidence_id, at}.
    """

    __tablename__ = "custody_transfer"

    transfer_id: str = Field(primary_key=True, max_length=26)
    consignment_id: str = Field(index=True, max_length=26)
    ordinal: int
    from_party_id: str = Field(foreign_key="party.party_id", max_length=26)
    to_party_id: str = Field(foreign_key="party.party_id", max_length=26)
    released: dict[str, object] | None = Field(default=None, sa_type=JSON)
    released_at: datetime | None = Field(default=None, sa_type=UtcTime)
    received: dict[str, object] | None = Field(default=None, sa_type=JSON)
    received_at: datetime | None = Field(default=None, sa_type=UtcTime)


TRANSFER = Projection(
    "transfer",
    table(Transfer),
    "transfer_id",
    frozenset(
        {
            "consignment_id",
            "ordinal",
            "from_party_id",
            "to_party_id",
            "released",
            "released_at",
            "received",
            "received_at",
        }
    ),
)


class Evidence(SQLModel, table=True):
    """Bytes that an entry names by their SHA-256: a drawn signature, a photo."""

    __tablename__ = "evidence"

    evidence_id: str = Field(primary_key=True, max_length=26)
    sha256: str = Field(max_length=64, index=True)
    content_type: str = Field(max_length=60)
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)


class DiscrepancyKind(StrEnum):
    MISSING = "missing"
    EXTRA = "extra"
    BROKEN_SEAL = "broken_seal"
    SEAL_MISMATCH = "seal_mismatch"
    WRONG_MEDIUM = "wrong_medium"
    UNEXPECTED_IN_LIBRARY = "unexpected_in_library"
    ABSENT_FROM_LIBRARY = "absent_from_library"
    MOVED_BY_OTHERS = "moved_by_others"
    UNREADABLE_LABEL = "unreadable_label"
    UNKNOWN_BARCODE = "unknown_barcode"
    STEP_SKIPPED = "step_skipped"


class Discrepancy(SQLModel, table=True):
    """What was expected and what was found; stays until a person resolves it with a reason."""

    __tablename__ = "discrepancy"

    discrepancy_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    kind: DiscrepancyKind = Field(sa_type=EnumText(DiscrepancyKind))
    sentence: str = Field(max_length=500)
    medium_id: str | None = Field(default=None, index=True, max_length=26)
    container_id: str | None = Field(default=None, index=True, max_length=26)
    consignment_id: str | None = Field(default=None, index=True, max_length=26)
    run_id: str | None = Field(default=None, index=True, max_length=26)
    location_id: str | None = Field(default=None, max_length=26)
    opened_at: datetime = Field(sa_type=UtcTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    resolution: str | None = Field(default=None, max_length=1000)


DISCREPANCY = Projection(
    "discrepancy",
    table(Discrepancy),
    "discrepancy_id",
    frozenset({
        "number", "kind", "sentence", "medium_id", "container_id", "consignment_id", "run_id", "location_id",
        "opened_at", "resolved_at", "resolution",
    }),
)  # fmt: skip
