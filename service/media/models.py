from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, identifier, table
from service.ledger.projection import Projection


class Content(StrEnum):
    """What may be done with a medium."""

    SCRATCH = "scratch"
    ACTIVE = "active"
    FULL = "full"
    EXPIRED = "expired"
    QUARANTINED = "quarantined"
    RETIRED = "retired"
    SANITIZED = "sanitized"
    DESTROYED = "destroyed"


class Custody(StrEnum):
    """Derived from custodian and location by `media.rules.custody_of`; stored to be searched."""

    IN_LIBRARY = "in_library"
    ON_SITE = "on_site"
    PACKED = "packed"
    IN_TRANSIT = "in_transit"
    VAULTED = "vaulted"
    MISSING = "missing"
    GONE = "gone"


class MediaType(StrEnum):
    LTO = "lto"
    CLEANING = "cleaning"
    DIAGNOSTIC = "diagnostic"
    DISK = "disk"


_HELD = text("held_since IS NOT NULL")
_EXPIRES = text("expires_on IS NOT NULL")


class Medium(SQLModel, table=True):
    """One medium. Projected columns change only together with an entry of the ledger (`Unit.change`).

    `held_since` is when the oldest open hold was placed; None means that no hold is open.
    """

    __tablename__ = "medium"
    __table_args__ = (
        Index("ix_medium_custody", "custody", "barcode"),
        Index("ix_medium_content", "content", "barcode"),
        Index("ix_medium_location", "location_id", "barcode"),
        Index("ix_medium_container", "container_id", "barcode"),
        Index("ix_medium_custodian", "custodian_id", "barcode"),
        Index("ix_medium_dataset", "dataset", "barcode"),
        Index("ix_medium_custody_content", "custody", "content", "barcode"),
        Index("ix_medium_held", "barcode", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_medium_expires", "custody", "expires_on"),
        Index("ix_medium_expiry", "expires_on", "barcode", sqlite_where=_EXPIRES, postgresql_where=_EXPIRES),
    )

    medium_id: str = Field(primary_key=True, max_length=26)
    barcode: str = Field(sa_type=identifier(32), unique=True)
    serial_number: str | None = Field(default=None, sa_type=identifier(64), index=True)
    media_type: MediaType = Field(sa_type=EnumText(MediaType))
    generation: str = Field(default="", max_length=8)
    content: Content = Field(sa_type=EnumText(Content))
    custody: Custody = Field(sa_type=EnumText(Custody))
    custodian_id: str = Field(foreign_key="party.party_id", max_length=26)
    location_id: str = Field(foreign_key="location.location_id", max_length=26)
    container_id: str | None = Field(default=None, max_length=26)
    missing: bool = False
    encrypted: bool | None = None
    dataset: str = Field(default="", max_length=80)
    written_on: date | None = None
    tier: str | None = Field(default=None, max_length=20)
    period_key: str | None = Field(default=None, max_length=20)
    policy_version: int | None = None
    expires_on: date | None = None
    held_since: datetime | None = Field(default=None, sa_type=UtcTime)
    registered_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)


MEDIUM = Projection(
    "medium",
    table(Medium),
    "medium_id",
    frozenset({
        "barcode", "serial_number", "media_type", "generation", "content", "custody", "custodian_id", "location_id",
        "container_id", "missing", "encrypted", "dataset", "written_on", "tier", "period_key", "policy_version", "expires_on",
        "held_since",
    }),
)  # fmt: skip


class ReservationState(StrEnum):
    """reserved → issued (its label may exist on paper) → used (a medium carries it); reserved → released (never printed)."""

    RESERVED = "reserved"
    ISSUED = "issued"
    USED = "used"
    RELEASED = "released"


class LabelSeries(SQLModel, table=True):
    """Barcodes that were given out together; `text` as it was asked for."""

    __tablename__ = "label_series"

    series_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    text: str = Field(max_length=1000)
    size: int
    reserved_at: datetime = Field(sa_type=UtcTime)
    reserved_by: str | None = Field(default=None, max_length=26)


LABEL_SERIES = Projection(
    "label_series", table(LabelSeries), "series_id", frozenset({"number", "text", "size", "reserved_by"})
)


class Reservation(SQLModel, table=True):
    """A barcode that was given out for a label; it is never given out twice unless it was released unprinted.

    `issued_at` is when a label with it first left for a printer or a sheet, `verified_at` when one was scanned.
    """

    __tablename__ = "reservation"
    __table_args__ = (Index("ix_reservation_series", "series_id", "barcode"),)

    barcode: str = Field(primary_key=True, sa_type=identifier(32))
    series_id: str = Field(foreign_key="label_series.series_id", max_length=26)
    state: ReservationState = Field(sa_type=EnumText(ReservationState))
    medium_id: str | None = Field(default=None, max_length=26)
    issued_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)


RESERVATION = Projection(
    "reservation",
    table(Reservation),
    "barcode",
    frozenset({"series_id", "state", "medium_id", "issued_at", "verified_at"}),
)
