"""Reading media: one, many, and what a registration has to know."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, select
from sqlalchemy.engine import Connection, Row
from sqlmodel import Session

from service.db import table
from service.errors import NotFoundError
from service.locations.models import ELEMENT_KINDS, Location
from service.media.accession import Known, Place
from service.media.barcodes import shown
from service.media.models import Custody, Medium
from service.media.rules import BarcodeTakenError, Standing
from service.media.schemas import NewMedium
from service.parties.models import Party

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
MAX_TEXT = 64
CHUNK = 500  # values an IN list takes at once, on every database

Item = TypeVar("Item")
MediumRow = Row[Any]


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def row_of(connection: Connection, medium_id: str) -> MediumRow:
    found = connection.execute(select(_MEDIUM).where(_MEDIUM.c.medium_id == medium_id)).one_or_none()
    if found is None:
        raise NotFoundError("medium", shown(medium_id))
    return found


def rows_of(connection: Connection, medium_ids: Sequence[str]) -> list[MediumRow]:
    """In the order asked for; raises NotFoundError for the first that is not there."""
    found = {
        row.medium_id: row
        for part in chunks(medium_ids)
        for row in connection.execute(select(_MEDIUM).where(_MEDIUM.c.medium_id.in_(part)))
    }
    missing = next((one for one in medium_ids if one not in found), None)
    if missing is not None:
        raise NotFoundError("medium", shown(missing))
    return [found[one] for one in dict.fromkeys(medium_ids)]


def row_by_barcode(connection: Connection, barcode: str) -> MediumRow:
    """Raises NotFoundError."""
    found = None
    if barcode.isprintable():  # PostgreSQL refuses NUL in a parameter
        found = connection.execute(select(_MEDIUM).where(_MEDIUM.c.barcode == barcode)).one_or_none()
    if found is None:
        raise NotFoundError("medium", shown(barcode))
    return found


def by_barcode(session: Session, barcode: str) -> MediumRow:
    return row_by_barcode(session.connection(), barcode)


def ids_by_barcode(connection: Connection, barcodes: Sequence[str]) -> dict[str, str]:
    """{barcode: medium_id} of those that are registered."""
    return names(connection, _MEDIUM.c.barcode, _MEDIUM.c.medium_id, barcodes)


def barcodes_of(connection: Connection, medium_ids: Iterable[str]) -> dict[str, str]:
    return names(connection, _MEDIUM.c.medium_id, _MEDIUM.c.barcode, medium_ids)


def names(
    connection: Connection, key: Column[Any], value: Column[Any], wanted: Iterable[str]
) -> dict[str, str]:
    """{key: value} of the rows whose key is wanted."""
    return {
        str(found): str(told)
        for part in chunks(dict.fromkeys(wanted))
        for found, told in connection.execute(select(key, value).where(key.in_(part)))
    }


def values_of(row: MediumRow) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name for it


def standing(row: MediumRow) -> Standing:
    return Standing(row.barcode, row.media_type, row.content, row.custody, row.expires_on, row.held_since)


def check_serial_is_free(connection: Connection, serial_number: str) -> None:
    taken = names(connection, _MEDIUM.c.serial_number, _MEDIUM.c.barcode, [serial_number])
    if taken:
        raise BarcodeTakenError(f"Serial number {serial_number}", taken[serial_number])


def known_for(connection: Connection, media: Sequence[NewMedium]) -> Known:
    """What decides about taking these in, in a handful of queries however many they are."""
    places = _places(connection, {new.location_id for new in media})
    elements = [place.location_id for place in places.values() if place.kind in ELEMENT_KINDS]
    codes = _plain(new.barcode.strip() for new in media)
    serials = _plain(new.serial_number.strip() for new in media if new.serial_number)
    return Known(
        places=places,
        parties={
            row.party_id: row.kind for row in connection.execute(select(_PARTY.c.party_id, _PARTY.c.kind))
        },
        barcodes=set(ids_by_barcode(connection, codes)),
        serials=names(connection, _MEDIUM.c.serial_number, _MEDIUM.c.barcode, serials),
        occupants=_occupants(connection, elements),
    )


def _plain(texts: Iterable[str]) -> list[str]:
    """What may be looked up; what is longer or has control characters is refused by its own rule later."""
    return [text for text in texts if len(text) <= MAX_TEXT and text.isprintable()]


def _occupants(connection: Connection, location_ids: Iterable[str]) -> dict[str, str]:
    """{location_id: barcode}; what is missing or gone takes no place."""
    absent = (Custody.MISSING, Custody.GONE)
    query = select(_MEDIUM.c.location_id, _MEDIUM.c.barcode).where(_MEDIUM.c.custody.not_in(absent))
    return {
        str(place): str(barcode)
        for part in chunks(location_ids)
        for place, barcode in connection.execute(query.where(_MEDIUM.c.location_id.in_(part)))
    }


def _places(connection: Connection, location_ids: Iterable[str]) -> dict[str, Place]:
    columns = (
        _LOCATION.c.location_id, _LOCATION.c.kind, _LOCATION.c.path, _LOCATION.c.party_id, _LOCATION.c.active,
    )  # fmt: skip
    return {
        row.location_id: Place(*row)
        for part in chunks(location_ids)
        for row in connection.execute(select(*columns).where(_LOCATION.c.location_id.in_(part)))
    }
