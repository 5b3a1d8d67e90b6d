"""What makes a library: its places by what the changer shows, its first inventory, the media found in it; in one unit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never
from urllib.parse import parse_qsl

from sqlalchemy import select

from drivers.changer.tags import TagForm
from drivers.errors import DeviceError
from drivers.registry import open_changer
from service.db import table
from service.devices import faults
from service.devices.actions import DeviceEvent
from service.devices.models import DEVICE, Device, ElementKind
from service.devices.record import TAG_FORM
from service.devices.recording import Recording, record_inventory
from service.devices.seen import Look, look_of
from service.errors import InvalidInputError, RefusedError
from service.ledger.writer import Unit
from service.locations.first_site import FIRST_ROOM
from service.locations.library import LibraryPlaces, ensure_library
from service.media.actions import register_many
from service.media.barcodes import parse_barcode
from service.media.models import Content, MediaType
from service.media.queries import ids_by_barcode
from service.media.schemas import NewMedium
from service.runtime import recall

_DEVICE = table(Device)
FIRST_LOOK_S = 300.0
SIMULATORS = "simulators"
MAX_URL = 500
# Registers media of a library whose places were just made; gives their number.
TakeIn = Callable[[Unit, Look, LibraryPlaces], int]


class DeviceTakenError(RefusedError):
    title = "The library is in use already"


@dataclass(frozen=True, slots=True)
class Added:
    device_id: str
    library_id: str
    registered: int
    recording: Recording


def check_new(name: str, url: str) -> None:
    fields = {}
    if not name.strip() or len(name) > 120 or "/" in name:  # noqa: PLR2004 - the column's length
        fields["name"] = "1 to 120 characters, without a slash."
    if "://" not in url or len(url) > MAX_URL:
        fields["url"] = "A device URL such as sg:///dev/tape/by-id/…"
    elif "program" in dict(parse_qsl(url.partition("?")[2], keep_blank_values=True)):
        # It would run as the service, for whoever may add a library.
        fields["url"] = "It may not name a program: the service runs the mtx that is installed."
    if fields:
        raise InvalidInputError("The library was not added.", fields=fields)


def first_look(url: str, name: str) -> Look:
    try:
        with open_changer(url) as changer:
            changer.wait_ready(deadline_s=FIRST_LOOK_S)
            return look_of(changer.inventory(deadline_s=FIRST_LOOK_S))
    except DeviceError as error:
        raise faults.translate(error, name) from error


def add(
    unit: Unit,
    name: str,
    url: str,
    look: Look,
    *,
    parent_id: str | None = None,
    take_in: TakeIn | None = None,
    tag_form: TagForm = TagForm.AS_LABELLED,
) -> Added:
    """Device, places, media and first inventory from a look at the changer."""
    check_free(unit, name, url)
    places = _places(unit, name, parent_id or first_room(unit), look)
    device_id = unit.new_id()
    values = {
        "device_id": device_id, "name": name, "url": url, "library_id": places.library_id, "enabled": True,
        "identity": {**look.identity, TAG_FORM: tag_form.value},
    }  # fmt: skip
    unit.create(DEVICE, values, DeviceEvent.ADDED, facts=look.identity)
    registered = take_in(unit, look, places) if take_in is not None else 0
    return Added(device_id, places.library_id, registered, record_inventory(unit, device_id, look))


def check_free(unit: Unit, name: str, url: str) -> None:
    taken = select(_DEVICE.c.name).where((_DEVICE.c.name == name) | (_DEVICE.c.url == url))
    if unit.connection.execute(taken).first() is not None:
        raise DeviceTakenError(
            f"A library named {name} or with this address is there already. Nothing was added.",
            next_step="Look at the list of libraries.",
        )


def first_room(unit: Unit) -> str:
    found = recall(unit.connection, FIRST_ROOM)
    if found is None:
        raise InvalidInputError(
            "There is no place for the library yet. It was not added.",
            fields={"parent_id": "Make a site first."},
        )
    return found


def _places(unit: Unit, name: str, parent_id: str, look: Look) -> LibraryPlaces:
    def of(kind: ElementKind) -> list[tuple[int, int]]:
        return [(element.number, element.address) for element in look.of_kind(kind)]

    return ensure_library(
        unit,
        name,
        parent_id,
        slots=of(ElementKind.SLOT),
        drives=of(ElementKind.DRIVE),
        mail_slots=of(ElementKind.MAIL_SLOT),
    )


@dataclass(frozen=True, slots=True)
class AsFound:
    """Takes in every medium whose label is read and that nobody knows, with this content; also part by part."""

    content: Content

    def __call__(self, unit: Unit, look: Look, places: LibraryPlaces) -> int:
        return _register(unit, look, places, self.content)


def as_found(content: Content) -> AsFound:
    return AsFound(content)


def _register(unit: Unit, look: Look, places: LibraryPlaces, content: Content) -> int:
    tags = [tag for tag, elements in look.by_tag.items() if len(elements) == 1]
    known = ids_by_barcode(unit.connection, tags)
    found = [look.by_tag[tag][0] for tag in tags if tag not in known]
    new = [
        NewMedium(str(one.tag), place, _content(str(one.tag), content))
        for one in found
        if (place := place_of(places, one.kind, one.number)) is not None and _is_barcode(str(one.tag))
    ]
    return len(register_many(unit, new, facts={"found_in": look.identity.get("serial", "")}))


def place_of(places: LibraryPlaces, kind: ElementKind, number: int) -> str | None:
    match kind:
        case ElementKind.SLOT:
            return places.slots.get(number)
        case ElementKind.DRIVE:
            return places.drives.get(number)
        case ElementKind.MAIL_SLOT:
            return places.mail_slots.get(number)
        case ElementKind.TRANSPORT:
            return None
        case _:
            assert_never(kind)


def _content(barcode: str, content: Content) -> Content:
    return Content.ACTIVE if parse_barcode(barcode).media_type is MediaType.CLEANING else content


def _is_barcode(tag: str) -> bool:
    """What is none stays a discrepancy of the first inventory."""
    try:
        parse_barcode(tag)
    except InvalidInputError:
        return False
    return True


def simulator_url(data_dir: Path, name: str) -> str:
    return f"sim://{simulator_path(data_dir, name)}"


def simulator_path(data_dir: Path, name: str) -> Path:
    folder = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "library"
    return (data_dir / SIMULATORS / folder).absolute()
