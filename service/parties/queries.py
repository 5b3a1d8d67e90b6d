"""Reading parties."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import column, func
from sqlalchemy import select as select_core
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection
from sqlmodel import Session, col, select

from service.bookkeeping import ORGANISATION, Installation
from service.db import table
from service.errors import NotFoundError
from service.ids import is_id
from service.parties.models import Party, PartyKind, PartyLogo

_INSTALLATION = table(Installation)
_PARTY = table(Party)
_LOGO = table(PartyLogo)
# Media and consignments are higher rooms; how many a party has is asked of their tables alone.
_MEDIUM = named_table("medium", column("custodian_id"), column("custody"))
_CONSIGNMENT = named_table("consignment", column("carrier_id"), column("state"))
GONE = "gone"
OVER = ("reconciled", "cancelled")


def party(session: Session, party_id: str) -> Party:
    found = session.get(Party, party_id) if is_id(party_id) else None
    if found is None:
        raise NotFoundError("party", party_id)
    return found


def parties(
    session: Session, *, after: str | None = None, limit: int = 200, active: bool | None = None
) -> Sequence[Party]:
    """By id: about the order in which they were made."""
    query = select(Party).order_by(col(Party.party_id)).limit(limit)
    if after is not None:
        query = query.where(col(Party.party_id) > after)
    if active is not None:
        query = query.where(col(Party.active) == active)
    return session.exec(query).all()


def party_count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Party).where(col(Party.active))).one()


def party_by_name(connection: Connection, name: str) -> str | None:
    found = connection.execute(select_core(_PARTY.c.party_id).where(_PARTY.c.name == name))
    return found.scalar_one_or_none()


def media_in_custody(connection: Connection, party_id: str) -> int:
    query = (
        select_core(func.count())
        .select_from(_MEDIUM)
        .where(_MEDIUM.c.custodian_id == party_id, _MEDIUM.c.custody != GONE)
    )
    return connection.execute(query).scalar_one()


def open_consignments(connection: Connection, party_id: str) -> int:
    """Consignments under this carrier that are not over."""
    query = (
        select_core(func.count())
        .select_from(_CONSIGNMENT)
        .where(_CONSIGNMENT.c.carrier_id == party_id, _CONSIGNMENT.c.state.not_in(OVER))
    )
    return connection.execute(query).scalar_one()


def organisation_id(connection: Connection) -> str:
    """The party whose media these are; made at the first start."""
    query = select_core(_INSTALLATION.c.value).where(_INSTALLATION.c.key == ORGANISATION)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFoundError("organisation", "before the first start")
    return str(found)


def gs1_prefix(connection: Connection) -> str | None:
    """Our organisation's; None where it has none."""
    query = select_core(_PARTY.c.gs1_prefix).where(_PARTY.c.kind == PartyKind.ORGANISATION)
    return connection.execute(query.where(_PARTY.c.gs1_prefix.is_not(None))).scalars().first()


@dataclass(frozen=True, slots=True)
class Logo:
    """`content` is PNG."""

    sha256: str
    content: bytes


def logo_of(connection: Connection, party_id: str) -> Logo | None:
    query = select_core(_LOGO.c.sha256, _LOGO.c.content).where(_LOGO.c.party_id == party_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else Logo(row.sha256, bytes(row.content))
