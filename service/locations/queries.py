"""Reading places."""

from collections.abc import Sequence

from sqlalchemy import Select, func
from sqlalchemy import select as select_core
from sqlalchemy.engine import Connection
from sqlmodel import Session, col, select

from service.bookkeeping import Installation
from service.db import table
from service.errors import NotFoundError
from service.ids import is_id
from service.locations.models import ELEMENT_KINDS, LOCATION, Location, LocationKind

FIRST_SITE = "site_id"
_L = LOCATION.table
_INSTALLATION = table(Installation)


def location(session: Session, location_id: str) -> Location:
    found = session.get(Location, location_id) if is_id(location_id) else None
    if found is None:
        raise NotFoundError("place", location_id)
    return found


def location_by_code(session: Session, code: str) -> Location | None:
    return session.exec(select(Location).where(Location.code == code)).one_or_none()


def children(
    session: Session, parent_id: str | None, *, after: str | None = None, limit: int = 500
) -> Sequence[Location]:
    """By kind, number and name: as they stand."""
    query = select(Location).where(col(Location.parent_id) == parent_id)
    if after is not None:
        query = query.where(col(Location.location_id) > after).order_by(col(Location.location_id))
    else:
        query = query.order_by(col(Location.kind), col(Location.number), col(Location.name))
    return session.exec(query.limit(limit)).all()


def locations(
    session: Session,
    *,
    after: str | None = None,
    limit: int = 200,
    kind: LocationKind | None = None,
    parent_id: str | None = None,
    party_id: str | None = None,
) -> Sequence[Location]:
    """By id: about the order in which they were made."""
    query = select(Location).order_by(col(Location.location_id)).limit(limit)
    if after is not None:
        query = query.where(col(Location.location_id) > after)
    if kind is not None:
        query = query.where(col(Location.kind) == kind)
    if parent_id is not None:
        query = query.where(col(Location.parent_id) == parent_id)
    if party_id is not None:
        query = query.where(col(Location.party_id) == party_id)
    return session.exec(query).all()


def tree_rows(session: Session) -> Sequence[Location]:
    """Every place people made, and libraries; their elements and the consignments are not in the tree."""
    left_out = [*ELEMENT_KINDS, LocationKind.CONSIGNMENT]
    query = select(Location).where(col(Location.kind).not_in(left_out))
    return session.exec(query.order_by(col(Location.kind), col(Location.number), col(Location.name))).all()


def site_count(session: Session) -> int:
    query = select(func.count()).select_from(Location)
    return session.exec(query.where(col(Location.kind) == LocationKind.SITE, col(Location.active))).one()


def subtree(location_id: str) -> Select[tuple[str]]:
    """Ids of a place and everything under it."""
    under = select_core(_L.c.location_id).where(_L.c.location_id == location_id).cte("under", recursive=True)
    child = select_core(_L.c.location_id).join(under, _L.c.parent_id == under.c.location_id)
    return select_core(under.union_all(child).c.location_id)


def ancestors(session: Session, place: Location) -> list[Location]:
    """From the site down to the place's parent."""
    found: list[Location] = []
    parent_id = place.parent_id
    while parent_id is not None:
        parent = location(session, parent_id)
        found.append(parent)
        parent_id = parent.parent_id
    return found[::-1]


def names_of(session: Session, location_ids: Sequence[str]) -> dict[str, str]:
    rows = session.exec(
        select(Location.location_id, Location.name).where(col(Location.location_id).in_(location_ids))
    )
    return dict(rows.all())


def count_under(session: Session, location_id: str) -> int:
    """How many places in use there are below this one."""
    query = (
        select(func.count())
        .select_from(Location)
        .where(
            col(Location.location_id).in_(subtree(location_id)),
            col(Location.location_id) != location_id,
            col(Location.active),
        )
    )
    return session.exec(query).one()


def element_counts(session: Session) -> dict[tuple[str, LocationKind], int]:
    """How many slots, drives and mail slots each library has."""
    rows = session.exec(
        select(Location.parent_id, Location.kind, func.count())
        .where(col(Location.kind).in_(ELEMENT_KINDS), col(Location.active))
        .group_by(col(Location.parent_id), col(Location.kind))
    )
    return {(str(parent), LocationKind(kind)): count for parent, kind, count in rows}


def name_taken(connection: Connection, name: str, parent_id: str | None, besides: str | None = None) -> bool:
    query = select_core(_L.c.location_id).where(_L.c.name == name, _L.c.parent_id == parent_id, _L.c.active)
    if besides is not None:
        query = query.where(_L.c.location_id != besides)
    return connection.execute(query.limit(1)).first() is not None


def code_taken(connection: Connection, code: str | None, besides: str | None = None) -> bool:
    if code is None:
        return False
    query = select_core(_L.c.location_id).where(_L.c.code == code)
    if besides is not None:
        query = query.where(_L.c.location_id != besides)
    return connection.execute(query.limit(1)).first() is not None


def first_site_id(connection: Connection) -> str:
    """The site made at the first start."""
    query = select_core(_INSTALLATION.c.value).where(_INSTALLATION.c.key == FIRST_SITE)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFoundError("site", "before the first start")
    return str(found)
