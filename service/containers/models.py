from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class ContainerState(StrEnum):
    OPEN = "open"
    SEALED = "sealed"
    RETIRED = "retired"


class Container(SQLModel, table=True):
    """A box that media travel in; its location and custodian are also theirs.

    `sscc` is its Serial Shipping Container Code, 18 digits; given once, with its first GS1 label, and never changed.
    """

    __tablename__ = "container"

    container_id: str = Field(primary_key=True, max_length=26)
    barcode: str = Field(max_length=32, unique=True)
    capacity: int
    state: ContainerState = Field(sa_type=EnumText(ContainerState))
    custodian_id: str = Field(foreign_key="party.party_id", max_length=26)
    location_id: str = Field(foreign_key="location.location_id", index=True, max_length=26)
    consignment_id: str | None = Field(default=None, index=True, max_length=26)
    seal_id: str | None = Field(default=None, max_length=26)
    sscc: str | None = Field(default=None, max_length=18, unique=True, index=True)


CONTAINER = Projection(
    "container",
    table(Container),
    "container_id",
    frozenset({
        "barcode", "capacity", "state", "custodian_id", "location_id", "consignment_id", "seal_id", "sscc",
    }),
)  # fmt: skip


class SealState(StrEnum):
    APPLIED = "applied"
    REMOVED = "removed"
    BROKEN = "broken"
    VOID = "void"


class Seal(SQLModel, table=True):
    """A physical numbered seal; its number is used once, ever."""

    __tablename__ = "seal"

    seal_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=32, unique=True)
    state: SealState = Field(sa_type=EnumText(SealState))
    container_id: str = Field(foreign_key="container.container_id", index=True, max_length=26)
    applied_at: datetime = Field(sa_type=UtcTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)


SEAL = Projection(
    "seal", table(Seal), "seal_id", frozenset({"number", "state", "container_id", "applied_at", "removed_at"})
)
