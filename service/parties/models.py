from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class PartyKind(StrEnum):
    ORGANISATION = "organisation"
    VAULT_VENDOR = "vault_vendor"
    COURIER = "courier"


class Party(SQLModel, table=True):
    """Who can be custodian: our organisation, a vaulting vendor, a courier.

    `gs1_prefix`: the GS1 company prefix under which containers get their SSCC; our organisation's alone.
    """

    __tablename__ = "party"

    party_id: str = Field(primary_key=True, max_length=26)
    kind: PartyKind = Field(sa_type=EnumText(PartyKind))
    name: str = Field(max_length=120, unique=True)
    contact: str = Field(default="", max_length=500)
    active: bool = True
    gs1_prefix: str | None = Field(default=None, max_length=12)


class PartyLogo(SQLModel, table=True):
    """A party's logo, as PNG; the ledger has its hash."""

    __tablename__ = "party_logo"

    party_id: str = Field(primary_key=True, foreign_key="party.party_id", max_length=26)
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_type=LargeBinary)
    set_at: datetime = Field(sa_type=UtcTime)


PARTY = Projection(
    "party", table(Party), "party_id", frozenset({"kind", "name", "contact", "active", "gs1_prefix"})
)
