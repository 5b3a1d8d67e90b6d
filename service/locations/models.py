"""Places: site › room or vault › shelf or library › slot, drive, mail slot. A consignment in transit is a place too."""

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from service.db import EnumText, table
from service.ledger.projection import Projection


class LocationKind(StrEnum):
    SITE = "site"
    ROOM = "room"
    VAULT = "vault"
    SHELF = "shelf"
    LIBRARY = "library"
    SLOT = "slot"
    DRIVE = "drive"
    MAIL_SLOT = "mail_slot"
    CONSIGNMENT = "consignment"


ELEMENT_KINDS = frozenset({LocationKind.SLOT, LocationKind.DRIVE, LocationKind.MAIL_SLOT})


class Location(SQLModel, table=True):
    """`party_id` answers for what stands here; `path` is the name for people ("Site 1 › Library 1 › slot 14")."""

    __tablename__ = "location"
    __table_args__ = (Index("ix_location_parent", "parent_id", "kind", "number", unique=False),)

    location_id: str = Field(primary_key=True, max_length=26)
    kind: LocationKind = Field(sa_type=EnumText(LocationKind))
    name: str = Field(max_length=120)
    path: str = Field(max_length=400, index=True)
    code: str | None = Field(default=None, max_length=40, unique=True)
    parent_id: str | None = Field(default=None, foreign_key="location.location_id", max_length=26)
    party_id: str = Field(foreign_key="party.party_id", max_length=26)
    number: int | None = None
    element_address: int | None = None
    time_zone: str | None = Field(default=None, max_length=60)
    active: bool = True


LOCATION = Projection(
    "location",
    table(Location),
    "location_id",
    frozenset(
        {"kind", "name", "code", "parent_id", "party_id", "number", "element_address", "time_zone", "active"}
    ),
)
