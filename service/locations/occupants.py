"""What stands at a place. The rooms above this one own these tables; they are read here by name alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement, Select, TableClause, case, column, func, not_, select
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection

from service.locations.models import ELEMENT_KINDS, LOCATION
from service.locations.rules import Occupants

_L = LOCATION.table


@dataclass(frozen=True, slots=True)
class Kind:
    """`place` is the column with the location's id; rows whose `state` is in `past` do not stand anywhere."""

    noun: str
    table: TableClause
    place: str
    name: str
    state: str
    past: tuple[str, ...] | tuple[bool, ...]
    href: str

    def here(self, location_ids: Sequence[str] | Select[tuple[str]]) -> ColumnElement[bool]:
        return self.table.c[self.place].in_(location_ids) & not_(self.table.c[self.state].in_(self.past))


def _kind(
    noun: str,
    table: str,
    name: str,
    state: str,
    *,
    past: tuple[str, ...] | tuple[bool, ...],
    href: str,
    place: str = "location_id",
) -> Kind:
    named = named_table(table, column(place), column(name), column(state))
    return Kind(noun, named, place, name, state, past, href)


MEDIA = _kind("media", "medium", "barcode", "custody", past=("gone",), href="/media/")
CONTAINERS = _kind("containers", "container", "barcode", "state", past=("retired",), href="/containers/")
_OPEN = partial(
    _kind,
    table="consignment",
    name="number",
    state="state",
    past=("reconciled", "cancelled"),
    href="/consignments/",
)
CONSIGNMENTS_FROM = _OPEN("consignments from here", place="from_location_id")
CONSIGNMENTS_TO = _OPEN("consignments to here", place="to_location_id")
_PLANNED = partial(_kind, table="schedule", name="name", state="enabled", past=(False,), href="/schedules/")
SCHEDULES_FROM = _PLANNED("schedules from here", place="library_id")
SCHEDULES_TO = _PLANNED("schedules to here", place="vault_id")
DEVICES = _kind("devices", "device", "name", "enabled", past=(False,), href="/devices/", place="library_id")
OCCUPYING = (
    MEDIA,
    CONTAINERS,
    CONSIGNMENTS_FROM,
    CONSIGNMENTS_TO,
    SCHEDULES_FROM,
    SCHEDULES_TO,
    DEVICES,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing at a place."""

    name: str
    location_id: str
    href: str


def occupants(connection: Connection, location_ids: Select[tuple[str]]) -> list[Occupants]:
    """`location_ids` is a query of the ids of a place and everything under it."""
    return [
        Occupants(
            kind.noun,
            connection.execute(
                select(func.count()).select_from(kind.table).where(kind.here(location_ids))
            ).scalar_one(),
        )
        for kind in OCCUPYING
    ]


def counts(connection: Connection, kind: Kind) -> dict[str, int]:
    """How many of the kind stand at each place itself; what is in a library's elements counts for the library."""
    at = case((_L.c.kind.in_(ELEMENT_KINDS), _L.c.parent_id), else_=_L.c.location_id)
    query = (
        select(at, func.count())
        .select_from(kind.table.join(_L, _L.c.location_id == kind.table.c[kind.place]))
        .where(not_(kind.table.c[kind.state].in_(kind.past)))
        .group_by(at)
    )
    return {str(where): count for where, count in connection.execute(query)}


def standing(
    connection: Connection, kind: Kind, location_ids: Sequence[str] | Select[tuple[str]], limit: int
) -> Iterator[Standing]:
    name, place = kind.table.c[kind.name], kind.table.c[kind.place]
    query = select(name, place).where(kind.here(location_ids)).order_by(name).limit(limit)
    for found, where in connection.execute(query):
        yield Standing(found, where, f"{kind.href}{found}")
