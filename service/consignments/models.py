"""One movement under one carrier, and its frozen manifest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class Direction(StrEnum):
    OUT = "out"
    HOME = "home"


class ConsignmentState(StrEnum):
    """open → frozen → in_transit → received → reconciled; cancelled from open or frozen."""

    OPEN = "open"
    FROZEN = "frozen"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


class Consignment(SQLModel, table=True):
    """`location_id` is the consignment as a place: where its media are while in transit."""

    __tablename__ = "consignment"

    consignment_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    direction: Direction = Field(sa_type=EnumText(Direction))
    state: ConsignmentState = Field(sa_type=EnumText(ConsignmentState), index=True)
    purpose: str = Field(max_length=300)
    run_id: str | None = Field(default=None, index=True, max_length=26)
    from_location_id: str = Field(foreign_key="location.location_id", max_length=26)
    to_location_id: str = Field(foreign_key="location.location_id", max_length=26)
    carrier_id: str = Field(foreign_key="party.party_id", max_length=26)
    location_id: str = Field(foreign_key="location.location_id", max_length=26)
    created_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    frozen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcTime)
    received_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    step_total: int = 0  # media that the step under way is about (packing, receipt, unpacking) …
    step_done: int = 0  # … and how many of them it has seen
    manifest: bytes | None = Field(default=None, sa_type=LargeBinary)
    manifest_sha256: str | None = Field(default=None, max_length=64)


CONSIGNMENT = Projection(
    "consignment",
    table(Consignment),
    "consignment_id",
    frozenset({
        "number", "direction", "state", "purpose", "run_id", "from_location_id", "to_location_id", "carrier_id",
        "location_id", "due_at", "frozen_at", "released_at", "received_at", "closed_at", "manifest_sha256",
    }),
)  # fmt: skip


class LineState(StrEnum):
    """wanted → scanned → packed, then at the other end matched | missing, then unpacked; skipped needs a reason; extra was not listed."""

    WANTED = "wanted"
    SCANNED = "scanned"
    PACKED = "packed"
    MATCHED = "matched"
    MISSING = "missing"
    EXTRA = "extra"
    UNPACKED = "unpacked"
    SKIPPED = "skipped"


class ManifestLine(SQLModel, table=True):
    """One medium of a consignment: wanted while it is packed, `line` numbers it once the manifest is frozen."""

    __tablename__ = "manifest_line"
    __table_args__ = (Index("ix_manifest_line_state", "consignment_id", "state"),)

    consignment_id: str = Field(primary_key=True, foreign_key="consignment.consignment_id", max_length=26)
    medium_id: str = Field(primary_key=True, foreign_key="medium.medium_id", index=True, max_length=26)
    line: int | None = None
    state: LineState = Field(sa_type=EnumText(LineState))
    container_id: str | None = Field(default=None, max_length=26)
    scanned_at: datetime | None = Field(default=None, sa_type=UtcTime)
    packed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    packed_by: str | None = Field(default=None, max_length=26)
    packed_entry: int | None = Field(default=None, sa_type=BigInteger)
    packed_from: str | None = Field(default=None, max_length=26)
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    unpacked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    skip_reason: str | None = Field(default=None, max_length=500)


class SealOutcome(StrEnum):
    UNCHECKED = "unchecked"
    INTACT = "intact"
    BROKEN = "broken"
    MISMATCH = "mismatch"


class ConsignmentContainer(SQLModel, table=True):
    """One container of the consignment: the seal it left under, and how it arrived."""

    __tablename__ = "consignment_container"

    consignment_id: str = Field(primary_key=True, foreign_key="consignment.consignment_id", max_length=26)
    container_id: str = Field(primary_key=True, foreign_key="container.container_id", max_length=26)
    seal_number: str | None = Field(default=None, max_length=32)
    sealed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    pieces: int = 0
    seal_outcome: SealOutcome = Field(sa_type=EnumText(SealOutcome))
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
