"""One movement under one carrier, and its frozen manifest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class Direction(StrEnum):
    OUT = "out"
    HOME = "home"


class ConsignmentState(StrEnum):
    """open → frozen → in_transit → receiving → received → reconciled; cancelled from open or frozen."""

    OPEN = "open"
    FROZEN = "frozen"
    IN_TRANSIT = "in_transit"
    RECEIVING = "receiving"
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


class LineOutcome(StrEnum):
    EXPECTED = "expected"
    MATCHED = "matched"
    MISSING = "missing"
    EXTRA = "extra"


class ManifestLine(SQLModel, table=True):
    """One medium of the manifest, and what became of it at the receiving end."""

    __tablename__ = "manifest_line"

    consignment_id: str = Field(primary_key=True, foreign_key="consignment.consignment_id", max_length=26)
    medium_id: str = Field(primary_key=True, foreign_key="medium.medium_id", index=True, max_length=26)
    line: int
    container_id: str | None = Field(default=None, max_length=26)
    outcome: LineOutcome = Field(sa_type=EnumText(LineOutcome))
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SealOutcome(StrEnum):
    UNCHECKED = "unchecked"
    INTACT = "intact"
    BROKEN = "broken"
    MISMATCH = "mismatch"


class ConsignmentContainer(SQLModel, table=True):
    """One container of the consignment, with the seal it left under and how it arrived."""

    __tablename__ = "consignment_container"

    consignment_id: str = Field(primary_key=True, foreign_key="consignment.consignment_id", max_length=26)
    container_id: str = Field(primary_key=True, foreign_key="container.container_id", max_length=26)
    seal_number: str = Field(max_length=32)
    pieces: int
    seal_outcome: SealOutcome = Field(sa_type=EnumText(SealOutcome))
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
