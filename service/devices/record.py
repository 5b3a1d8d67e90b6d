"""What the record says about a library: its places, the media recorded in it, the media behind the tags seen."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.engine import Connection

from drivers.changer.tags import TagForm, TagRule
from service.db import table
from service.devices.models import Device, Job, JobKind
from service.devices.reconciling import LibraryRecord, Recorded
from service.devices.rules import ENDED
from service.devices.seen import Look
from service.locations.models import ELEMENT_KINDS, Location
from service.media.models import Medium
from service.media.queries import chunks

_DEVICE = table(Device)
_JOB = table(Job)
_LOCATION = table(Location)
_MEDIUM = table(Medium)
TAG_FORM = "tag_form"  # in `device.identity`: how this library changes labels before it reports them


def tag_rule(identity: Mapping[str, object] | None) -> TagRule:
    return TagRule(TagForm(str((identity or {}).get(TAG_FORM, TagForm.AS_LABELLED.value))))


def library_record(
    connection: Connection, device: Row[Any], tags: Iterable[str], rule: TagRule, only: frozenset[int] | None
) -> LibraryRecord:
    """The record of the whole library, or of the places with these addresses and the media behind these tags.

    Media recorded in the library and in no place of it belong to the whole, and to its places without a look (no tags).
    """
    places, party_id = _places(connection, device.library_id, only)
    here = [*places.values(), *([device.library_id] if only is None or not tags else [])]
    rows = {row.medium_id: row for row in _media(connection, _MEDIUM.c.location_id, here)}
    rows |= {row.medium_id: row for row in _media_by_tag(connection, rule, tags)}
    return LibraryRecord(
        library_id=device.library_id,
        party_id=party_id,
        places=places,
        media=tuple(_recorded(row, rule) for row in rows.values()),
        expected_out=media_out(connection, device.device_id),
    )


def _places(
    connection: Connection, library_id: str, only: frozenset[int] | None
) -> tuple[dict[int, str], str]:
    """(location by element address, the party that answers for the library)."""
    party_id = connection.execute(
        select(_LOCATION.c.party_id).where(_LOCATION.c.location_id == library_id)
    ).scalar_one()
    inside = (
        _LOCATION.c.parent_id == library_id, _LOCATION.c.kind.in_(ELEMENT_KINDS), _LOCATION.c.active,
        _LOCATION.c.element_address.is_not(None),
    )  # fmt: skip
    parts: Iterable[Any] = [None] if only is None else chunks(sorted(only))
    places: dict[int, str] = {}
    for part in parts:
        wanted = inside if part is None else (*inside, _LOCATION.c.element_address.in_(part))
        query = select(_LOCATION.c.element_address, _LOCATION.c.location_id).where(*wanted)
        places |= {row.element_address: row.location_id for row in connection.execute(query)}
    return places, str(party_id)


def gone_addresses(connection: Connection, device: Row[Any], look: Look) -> frozenset[int]:
    """Of places on the record that the look has no element for."""
    places, _ = _places(connection, device.library_id, None)
    return frozenset(places.keys() - look.by_address.keys())


def _media(connection: Connection, column: ColumnElement[Any], values: Iterable[str]) -> Iterable[Row[Any]]:
    for part in chunks(values):
        query = (
            select(_MEDIUM, _LOCATION.c.path, _LOCATION.c.parent_id, _LOCATION.c.kind)
            .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
            .where(column.in_(part))
        )
        yield from connection.execute(query)


def _media_by_tag(connection: Connection, rule: TagRule, tags: Iterable[str]) -> Iterable[Row[Any]]:
    return _media(connection, REPORTED[rule.form](_MEDIUM.c.barcode), tags)


# How a library's tag is computed from the barcode, in SQL; the same as `TagRule.reported`.
REPORTED: Mapping[TagForm, Callable[[ColumnElement[str]], ColumnElement[Any]]] = {
    TagForm.AS_LABELLED: lambda barcode: barcode,
    TagForm.FIRST_SIX: lambda barcode: func.substr(barcode, 1, 6),
    TagForm.LAST_SIX: lambda barcode: func.substr(barcode, func.length(barcode) - 5, 6),
    TagForm.MEDIA_ID_FIRST: lambda barcode: func.substr(barcode, 7, 2).concat(func.substr(barcode, 1, 6)),
}


def _recorded(row: Row[Any], rule: TagRule) -> Recorded:
    inside = row.parent_id if row.kind in ELEMENT_KINDS else row.location_id
    return Recorded(
        row.medium_id, row.barcode, rule.reported(row.barcode), row.location_id, inside, row.path, row.custody,
        row.custodian_id, row.container_id, row.missing,
    )  # fmt: skip


def media_out(connection: Connection, device_id: str) -> frozenset[str]:
    """Media that an unfinished job of this device has put into mail slots for a person to take."""
    progresses = connection.execute(
        select(_JOB.c.progress).where(
            _JOB.c.resource == device_id, _JOB.c.kind == JobKind.EJECT, _JOB.c.state.not_in(ENDED)
        )
    ).scalars()
    return frozenset(str(item["medium_id"]) for progress in progresses for item in progress.get("out", ()))
