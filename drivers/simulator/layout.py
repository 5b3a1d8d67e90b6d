"""Where the elements of a virtual library are, from its definition. Pure."""

import itertools
import json
from dataclasses import asdict, replace
from typing import Any

from drivers.changer.model import ElementType
from drivers.errors import ProtocolError
from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.media_types import is_worm_barcode
from drivers.scsi.mode import ElementAddresses, ElementRange
from drivers.simulator.state import HOST, Cartridge, Drive, LibraryState

TYPE_OF_PLACE = {
    Place.STORAGE: ElementType.STORAGE,
    Place.MAIL_SLOT: ElementType.IMPORT_EXPORT,
    Place.DRIVE: ElementType.DATA_TRANSFER,
}
MAX_ADDRESS = 0xFFFF


def addresses_of(definition: LibraryDefinition) -> ElementAddresses:
    """The element ranges; where the usual first addresses would overlap they follow one another."""
    plain = ElementAddresses(
        ElementRange(definition.first_transport, 1),
        ElementRange(definition.first_storage, definition.storage_slots),
        ElementRange(definition.first_mail_slot, definition.mail_slots),
        ElementRange(definition.first_drive, len(definition.drives)),
    )
    return plain if _fits(plain) else _packed(definition)


def _fits(addresses: ElementAddresses) -> bool:
    parts = sorted((addresses.of(kind) for kind in ElementType), key=lambda part: part.first)
    pairs = itertools.pairwise(parts)
    return parts[-1].last <= MAX_ADDRESS and all(a.last < b.first for a, b in pairs)


def _packed(definition: LibraryDefinition) -> ElementAddresses:
    first_drive = definition.first_transport + 1
    first_mail = first_drive + len(definition.drives)
    first_storage = first_mail + definition.mail_slots
    return ElementAddresses(
        ElementRange(definition.first_transport, 1),
        ElementRange(first_storage, definition.storage_slots),
        ElementRange(first_mail, definition.mail_slots),
        ElementRange(first_drive, len(definition.drives)),
    )


def address_of(definition: LibraryDefinition, place: Place, slot: int) -> int:
    part = addresses_of(definition).of(TYPE_OF_PLACE[place])
    if not 1 <= slot <= part.count:
        raise ProtocolError(f"there is no {place} {slot}; the library has {part.count}")
    return part.first + slot - 1


def initial_state(definition: LibraryDefinition) -> LibraryState:
    first = addresses_of(definition).drives.first
    drives = [
        Drive(first + n, d.vendor, d.product, d.serial, d.generation) for n, d in enumerate(definition.drives)
    ]
    state = LibraryState(drives=drives, attentions={HOST: {}})
    for number, item in enumerate(definition.cartridges, start=1):
        cartridge = new_cartridge(
            f"MED{number:08d}", item.barcode, address_of(definition, item.place, item.slot)
        )
        cartridge.readable, cartridge.cleaning = item.readable, item.cleaning
        state.cartridges[cartridge.serial] = cartridge
    for drive in state.drives:
        drive.seated = drive.loaded = state.at(drive.address) is not None
    return state


def new_cartridge(serial: str, barcode: str, place: int | None) -> Cartridge:
    return Cartridge(serial, barcode, place, worm=is_worm_barcode(barcode))


def definition_to_json(definition: LibraryDefinition) -> str:
    return json.dumps(asdict(definition), indent=1)


def definition_from_json(text: str) -> LibraryDefinition:
    value: dict[str, Any] = json.loads(text)
    drives = tuple(DriveDefinition(**d) for d in value["drives"])
    cartridges = tuple(CartridgeDefinition(**c | {"place": Place(c["place"])}) for c in value["cartridges"])
    return LibraryDefinition(**value | {"drives": drives, "cartridges": cartridges})


def with_mail_slots(definition: LibraryDefinition, count: int) -> LibraryDefinition:
    """The same library in another mail-slot mode: mail slots take storage slots away and give them back."""
    lost = count - definition.mail_slots
    return replace(definition, mail_slots=count, storage_slots=definition.storage_slots - lost)
