"""Media by filter, in pages that cost the same however many media there are: every filter and order has its index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import InvalidInputError
from service.locations.models import Location
from service.locations.queries import subtree
from service.media.models import Content, Custody, MediaType, Medium
from service.media.queries import MediumRow, names
from service.media.schemas import MediumShape, Named
from service.parties.models import Party

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
LAST = "\U0010ffff"
PAGE = 50
MAX_PAGE = 500
EXPORT_PAGE = 2000
COUNTED = 10_000
MERGED = 200  # places whose media are merged by index; libraries have more, but one medium a slot


class Order(StrEnum):
    """`expires` lists only media that have a date."""

    BARCODE = "barcode"
    BARCODE_DOWN = "-barcode"
    EXPIRES = "expires"


@dataclass(frozen=True, slots=True)
class Selection:
    """`location_id` means the place and everything under it; `prefix` is the beginning of the barcode."""

    custody: Custody | None = None
    content: Content | None = None
    media_type: MediaType | None = None
    location_id: str | None = None
    custodian_id: str | None = None
    container_id: str | None = None
    dataset: str | None = None
    held: bool = False
    prefix: str = ""
    order: Order = Order.BARCODE


def page(connection: Connection, wanted: Selection, after: str | None, limit: int) -> list[MediumRow]:
    """The media after the cursor; `cursor_of` makes it from the last one."""
    where = [*_conditions(wanted), *_after(wanted.order, after)]
    places = _places(connection, wanted.location_id)
    if places is not None and len(places) > 1:
        query = _of_places(places, wanted, where, limit)
    else:
        at = [] if places is None else [_MEDIUM.c.location_id.in_(places)]
        query = _ordered(select(_MEDIUM).where(*at, *where), wanted.order)
    return list(connection.execute(query.limit(limit)))


def pages(connection: Connection, wanted: Selection, size: int = EXPORT_PAGE) -> Iterator[list[MediumRow]]:
    """All of them, in pieces."""
    after: str | None = None
    while rows := page(connection, wanted, after, size):
        yield rows
        after = cursor_of(rows[-1], wanted.order)


def count(connection: Connection, wanted: Selection) -> int:
    """How many there are, counted up to COUNTED."""
    at = [_MEDIUM.c.location_id.in_(subtree(wanted.location_id))] if wanted.location_id else []
    some = select(_MEDIUM.c.medium_id).where(*at, *_conditions(wanted)).limit(COUNTED).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def cursor_of(row: MediumRow, order: Order) -> str:
    match order:
        case Order.BARCODE | Order.BARCODE_DOWN:
            return str(row.barcode)
        case Order.EXPIRES:
            return f"{row.expires_on.isoformat()}~{row.barcode}"
        case _:
            assert_never(order)


def _conditions(wanted: Selection) -> list[ColumnElement[bool]]:
    equal = {
        "custody": wanted.custody, "content": wanted.content, "media_type": wanted.media_type,
        "custodian_id": wanted.custodian_id, "container_id": wanted.container_id, "dataset": wanted.dataset,
    }  # fmt: skip
    found = [_MEDIUM.c[name] == value for name, value in equal.items() if value is not None]
    if wanted.held:
        found.append(_MEDIUM.c.held_since.is_not(None))
    if wanted.order is Order.EXPIRES:
        found.append(_MEDIUM.c.expires_on.is_not(None))
    return found + starting_with(_MEDIUM.c.barcode, wanted.prefix)


def starting_with(column: Any, prefix: str) -> list[ColumnElement[bool]]:
    """A range of the column's index; the column is ordered byte by byte (`db.identifier`)."""
    return [column >= prefix, column < prefix + LAST] if prefix else []


def _after(order: Order, after: str | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    match order:
        case Order.BARCODE:
            return [_MEDIUM.c.barcode > after]
        case Order.BARCODE_DOWN:
            return [_MEDIUM.c.barcode < after]
        case Order.EXPIRES:
            return [_after_expiry(after)]
        case _:
            assert_never(order)


def _after_expiry(after: str) -> ColumnElement[bool]:
    text, _, barcode = after.partition("~")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            "The place to continue at is not one of this list.", fields={"after": "not a cursor"}
        ) from error
    same_day = and_(_MEDIUM.c.expires_on == day, _MEDIUM.c.barcode > barcode)
    return and_(_MEDIUM.c.expires_on >= day, or_(_MEDIUM.c.expires_on > day, same_day))


def _ordered(query: Select[Any], order: Order) -> Select[Any]:
    match order:
        case Order.BARCODE:
            return query.order_by(_MEDIUM.c.barcode)
        case Order.BARCODE_DOWN:
            return query.order_by(_MEDIUM.c.barcode.desc())
        case Order.EXPIRES:
            return query.order_by(_MEDIUM.c.expires_on, _MEDIUM.c.barcode)
        case _:
            assert_never(order)


def _places(connection: Connection, location_id: str | None) -> list[str] | None:
    """The ids of the place and of what is under it, no more than tell whether they can be merged."""
    if location_id is None:
        return None
    return [str(found) for (found,) in connection.execute(subtree(location_id).limit(MERGED + 1))]


def _of_places(
    places: Sequence[str], wanted: Selection, where: list[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """The first of each place, merged: no place's media are sorted. Many places are searched as one."""
    if len(places) > MERGED:
        found = select(_MEDIUM).where(_MEDIUM.c.location_id.in_(subtree(str(wanted.location_id))), *where)
        return _ordered(found, wanted.order)
    each = [
        _ordered(
            select(_MEDIUM.c.medium_id).where(_MEDIUM.c.location_id == place, *where), wanted.order
        ).limit(limit)
        for place in places
    ]
    ids = union_all(*(select(one.subquery().c.medium_id) for one in each)).subquery()
    return _ordered(select(_MEDIUM).where(_MEDIUM.c.medium_id.in_(select(ids.c.medium_id))), wanted.order)


def shapes(connection: Connection, rows: Sequence[MediumRow]) -> list[MediumShape]:
    """With the names of places and custodians, one query a kind."""
    places = names(connection, _LOCATION.c.location_id, _LOCATION.c.path, {row.location_id for row in rows})
    parties = names(connection, _PARTY.c.party_id, _PARTY.c.name, {row.custodian_id for row in rows})
    return [
        MediumShape(
            medium_id=row.medium_id, barcode=row.barcode, serial_number=row.serial_number, media_type=row.media_type,
            generation=row.generation, content=row.content, custody=row.custody,
            custodian=Named(id=row.custodian_id, name=parties[row.custodian_id]),
            location=Named(id=row.location_id, name=places[row.location_id]),
            container_id=row.container_id, missing=row.missing, encrypted=row.encrypted, dataset=row.dataset,
            written_on=row.written_on, tier=row.tier, expires_on=row.expires_on, held_since=row.held_since,
            registered_at=row.registered_at, seen_at=row.seen_at,
        )
        for row in rows
    ]  # fmt: skip
