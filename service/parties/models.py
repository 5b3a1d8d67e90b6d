from enum import StrEnum

from sqlmodel import Field, SQLModel

from service.db import EnumText, table
from service.ledger.projection import Projection


class PartyKind(StrEnum):
    ORGANISATION = "organisation"
    VAULT_VENDOR = "vault_vendor"
    COURIER = "courier"


class Party(SQLModel, table=True):
    """Who can be custodian: our organisation, a vaulting vendor, a courier."""

    __tablename__ = "party"

    party_id: str = Field(primary_key=True, max_length=26)
    kind: PartyKind = Field(sa_type=EnumText(PartyKind))
    name: str = Field(max_length=120, unique=True)
    contact: str = Field(default="", max_length=500)
    active: bool = True


PARTY = Projection("party", table(Party), "party_id", frozenset({"kind", "name", "contact", "active"}))
