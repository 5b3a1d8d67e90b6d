"""The table of elements as last seen: only what differs is written, in statements that carry many rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from service.db import table
from service.devices.models import Element, ElementKind
from service.devices.reconciling import Findings, LibraryRecord
from service.devices.seen import Look, SeenElement
from service.ledger.writer import Unit
from service.media.queries import chunks

_ELEMENT = table(Element)
Before = Mapping[int, RowMapping]


def write_elements(
    unit: Unit,
    device_id: str,
    look: Look,
    findings: Findings,
    record: LibraryRecord,
    *,
    only: frozenset[int] | None,
) -> None:
    """Only what differs from what was seen before; elements that are gone from the library are taken out."""
    before = _elements_before(unit, device_id, only)
    homes = _slots_by_tag(before.values())
    new, changed = [], []
    for element in look.elements if only is None else [look.by_address[address] for address in sorted(only)]:
        old = before.get(element.address)
        row = _row(device_id, element, findings, record, old, homes)
        if old is None:
            new.append({**row, "observed_at": look.taken_at})
        elif any(old[name] != value for name, value in row.items()):
            changed.append({**row, "observed_at": look.taken_at})
    for part in chunks(new):
        unit.connection.execute(insert(_ELEMENT), part)
    if changed:
        unit.connection.execute(_UPDATE, [_bound(row) for row in changed])
    if only is None:
        drop_elements(unit, device_id, look)


def drop_elements(unit: Unit, device_id: str, look: Look) -> None:
    """Those that the library does not have any more."""
    known = unit.connection.execute(select(_ELEMENT.c.address).where(_ELEMENT.c.device_id == device_id))
    for numbers in chunks(sorted(set(known.scalars()) - look.by_address.keys())):
        unit.connection.execute(
            delete(_ELEMENT).where(_ELEMENT.c.device_id == device_id, _ELEMENT.c.address.in_(numbers))
        )


_CHANGING = [column.name for column in _ELEMENT.columns if not column.primary_key]
_UPDATE = (
    update(_ELEMENT)
    .where(_ELEMENT.c.device_id == bindparam("_device_id"), _ELEMENT.c.address == bindparam("_address"))
    .values({name: bindparam(name) for name in _CHANGING})
)


def _bound(row: Mapping[str, object]) -> dict[str, object]:
    keys = {"_device_id": row["device_id"], "_address": row["address"]}
    return keys | {name: row[name] for name in _CHANGING}


def _elements_before(unit: Unit, device_id: str, only: frozenset[int] | None) -> dict[int, RowMapping]:
    of_device = select(_ELEMENT).where(_ELEMENT.c.device_id == device_id)
    if only is None:
        return {row["address"]: row for row in unit.connection.execute(of_device).mappings()}
    return {
        row["address"]: row
        for part in chunks(sorted(only))
        for row in unit.connection.execute(of_device.where(_ELEMENT.c.address.in_(part))).mappings()
    }


def _slots_by_tag(before: Iterable[RowMapping]) -> dict[str, int]:
    """Where a tag stood in a slot; one that stood in two tells nothing."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for row in before:
        if row["volume_tag"] is None or row["kind"] not in {ElementKind.SLOT, ElementKind.MAIL_SLOT}:
            continue
        if row["volume_tag"] in found:
            twice.add(row["volume_tag"])
        found[row["volume_tag"]] = row["address"]
    return {tag: address for tag, address in found.items() if tag not in twice}


def _row(
    device_id: str,
    element: SeenElement,
    findings: Findings,
    record: LibraryRecord,
    before: RowMapping | None,
    homes: Mapping[str, int],
) -> dict[str, Any]:
    medium_id = findings.media_at.get(element.address)
    if medium_id is None and element.full and element.tag is None and before is not None:
        medium_id = before["medium_id"]  # the last known one, while the label cannot be read
    return {
        "device_id": device_id,
        "address": element.address,
        "kind": element.kind,
        "number": element.number,
        "location_id": record.places.get(element.address),
        "installed": element.installed,
        "full": element.full,
        "accessible": element.accessible,
        "reading": element.reading,
        "volume_tag": element.tag[:40] if element.tag else None,
        "phantom_tag": element.phantom[:40] if element.phantom else None,
        "medium_id": medium_id,
        "drive_serial": element.drive_serial,
        "home_address": _home(element, before, homes),
    }


def _home(element: SeenElement, before: RowMapping | None, homes: Mapping[str, int]) -> int | None:
    """What the changer vouches for; else the slot the tag was seen to leave; else what was known of the same tag."""
    if element.kind is not ElementKind.DRIVE or not element.full:
        return None
    if element.source is not None:
        return element.source
    if element.tag is not None and element.tag in homes:
        return homes[element.tag]
    is_same = before is not None and before["full"] and before["volume_tag"] == element.tag
    return before["home_address"] if before is not None and is_same else None
