"""Containers with what is in them, under which seal, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, or_, select, true
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection

from service.containers.models import Container, ContainerState, Seal, SealState
from service.containers.rules import CONTAINER_BARCODE
from service.custody.sight import consignments_of, is_outsider
from service.db import table
from service.errors import NotFoundError
from service.handlers.models import Handler
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.store import Entry
from service.locations.models import Location
from service.media.barcodes import shown
from service.media.models import Content, Medium
from service.parties.models import Party

_CONTAINER = table(Container)
_SEAL = table(Seal)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
_HANDLER = table(Handler)
# Consignments are a higher room; the number is asked of the table alone.
_CONSIGNMENT = named_table("consignment", column("consignment_id"), column("number"))


@dataclass(frozen=True, slots=True)
class ContainerView:
    """`seal`, `consignment` and `sscc` are empty where there is none; `pieces` counts the media inside."""

    container_id: str
    barcode: str
    capacity: int
    state: ContainerState
    custodian_id: str
    custodian: str
    place: str
    consignment: str
    seal: str
    sealed_at: datetime | None
    pieces: int
    sscc: str


@dataclass(frozen=True, slots=True)
class ContainerSelection:
    state: ContainerState | None = None
    custodian_id: str | None = None
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class SealView:
    number: str
    state: SealState
    applied_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Inside:
    barcode: str
    dataset: str
    content: Content
    held: bool


def sees_container(person: Person) -> ColumnElement[bool]:
    """Outsiders see what they hold and what belongs to their consignments."""
    if not is_outsider(person):
        return true()
    return or_(
        _CONTAINER.c.custodian_id == person.party_id,
        _CONTAINER.c.consignment_id.in_(consignments_of(person)),
    )


def containers(
    connection: Connection,
    person: Person,
    wanted: ContainerSelection,
    *,
    after: str | None = None,
    limit: int = 100,
) -> list[ContainerView]:
    """By id, which is the order in which they were registered."""
    query = _views().where(sees_container(person))
    for name in ("state", "custodian_id", "barcode"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(_CONTAINER.c[name] == value)
    if after is not None:
        query = query.where(_CONTAINER.c.container_id > after)
    return [
        ContainerView(*row)
        for row in connection.execute(query.order_by(_CONTAINER.c.container_id).limit(limit))
    ]


def container(connection: Connection, person: Person, barcode: str) -> ContainerView:
    """Raises NotFoundError, also for what the person may not see."""
    found = (
        containers(connection, person, ContainerSelection(barcode=barcode), limit=1)
        if CONTAINER_BARCODE.fullmatch(barcode)
        else []
    )
    if not found:
        raise NotFoundError("container", shown(barcode))
    return found[0]


def _views() -> Select[Any]:
    c = _CONTAINER.c
    pieces = (
        select(func.count())
        .select_from(_MEDIUM)
        .where(_MEDIUM.c.container_id == c.container_id)
        .scalar_subquery()
    )
    return (
        select(
            c.container_id, c.barcode, c.capacity, c.state, c.custodian_id, _PARTY.c.name, _LOCATION.c.path,
            func.coalesce(_CONSIGNMENT.c.number, ""), func.coalesce(_SEAL.c.number, ""), _SEAL.c.applied_at, pieces,
            func.coalesce(c.sscc, ""),
        )
        .join(_PARTY, _PARTY.c.party_id == c.custodian_id)
        .join(_LOCATION, _LOCATION.c.location_id == c.location_id)
        .outerjoin(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == c.consignment_id)
        .outerjoin(_SEAL, _SEAL.c.seal_id == c.seal_id)
    )  # fmt: skip


def inside(connection: Connection, container_id: str, *, limit: int = 500) -> list[Inside]:
    m = _MEDIUM.c
    query = select(m.barcode, m.dataset, m.content, m.held_since.is_not(None))
    rows = connection.execute(query.where(m.container_id == container_id).order_by(m.barcode).limit(limit))
    return [Inside(barcode, dataset, content, bool(held)) for barcode, dataset, content, held in rows]


def seals(connection: Connection, container_id: str, *, limit: int = 100) -> list[SealView]:
    """The newest first."""
    s = _SEAL.c
    query = select(s.number, s.state, s.applied_at, s.removed_at).where(s.container_id == container_id)
    return [SealView(*row) for row in connection.execute(query.order_by(s.seal_id.desc()).limit(limit))]


@dataclass(frozen=True, slots=True)
class Sight:
    """Which entries of a container's history a person may see; None where it is all of them."""

    consignments: frozenset[str] | None
    handlers: frozenset[str]

    def sees(self, entry: Entry) -> bool:
        if self.consignments is None:
            return True
        return entry.facts.get("consignment") in self.consignments or entry.handler_id in self.handlers


def sight(connection: Connection, person: Person) -> Sight:
    """A container travels for many; outsiders see what their own people and consignments did with it."""
    if not is_outsider(person):
        return Sight(None, frozenset())
    numbers = select(_CONSIGNMENT.c.number).where(_CONSIGNMENT.c.consignment_id.in_(consignments_of(person)))
    people = select(_HANDLER.c.handler_id).where(_HANDLER.c.party_id == person.party_id)
    return Sight(
        frozenset(connection.execute(numbers).scalars()), frozenset(connection.execute(people).scalars())
    )


def standing_places(connection: Connection, person: Person, kinds: frozenset[Any]) -> list[tuple[str, str]]:
    """(location_id, path) of the places where the person may register a container."""
    query = select(_LOCATION.c.location_id, _LOCATION.c.path).where(
        _LOCATION.c.kind.in_(list(kinds)), _LOCATION.c.active
    )
    if not person.may(Permission.MANAGE_MEDIA):
        query = query.where(_LOCATION.c.party_id == person.party_id)
    return [(row.location_id, row.path) for row in connection.execute(query.order_by(_LOCATION.c.path))]


def visible_barcodes(connection: Connection, person: Person, barcodes: Sequence[str]) -> set[str]:
    """Those of them whose page the person may open."""
    query = select(_CONTAINER.c.barcode).where(_CONTAINER.c.barcode.in_(barcodes), sees_container(person))
    return set(connection.execute(query).scalars())
