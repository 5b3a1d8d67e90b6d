"""Where the elements of a virtual library are, from its definition. Pure."""

import functools
import itertools
import json
from dataclasses import fields, replace
from typing import Any

from drivers.changer.model import ElementType
from drivers.errors import BackendUnavailableError, ProtocolError
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
    d = definition
    firsts = (d.first_transport, d.first_storage, d.first_mail_slot, d.first_drive)
    return _addresses(firsts, (1, d.storage_slots, d.mail_slots, len(d.drives)))


def is_as_defined(definition: LibraryDefinition) -> bool:
    """Whether every kind begins where the definition says."""
    d, made = definition, addresses_of(definition)
    firsts = (d.first_transport, d.first_storage, d.first_mail_slot, d.first_drive)
    return firsts == tuple(made.of(kind).first for kind in ElementType)


@functools.cache
def _addresses(firsts: tuple[int, int, int, int], counts: tuple[int, int, int, int]) -> ElementAddresses:
    plain = ElementAddresses(
        *(ElementRange(first, count) for first, count in zip(firsts, counts, strict=True))
    )
    return plain if _fits(plain) else _packed(firsts[0], counts)


def _fits(addresses: ElementAddresses) -> bool:
    parts = sorted((addresses.of(kind) for kind in ElementType), key=lambda part: part.first)
    pairs = itertools.pairwise(parts)
    return parts[-1].last <= MAX_ADDRESS and all(a.last < b.first for a, b in pairs)


def _packed(first: int, counts: tuple[int, int, int, int]) -> ElementAddresses:
    """The hand, the drives, the mail slots, then the slots."""
    _, storage, mail, drives = counts
    first_mail = first + 1 + drives
    return ElementAddresses(
        ElementRange(first, 1),
        ElementRange(first_mail + mail, storage),
        ElementRange(first_mail, mail),
        ElementRange(first + 1, drives),
    )


def check_fits(definition: LibraryDefinition) -> None:
    """BackendUnavailableError when there are more elements than addresses."""
    d = definition
    total = 1 + d.storage_slots + d.mail_slots + len(d.drives)
    if d.first_transport + total > MAX_ADDRESS:
        raise BackendUnavailableError(
            f"a library of {total} elements; there are only {MAX_ADDRESS} addresses"
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
    parts = {"drives": _plain(definition.drives), "cartridges": _plain(definition.cartridges)}
    return json.dumps({f.name: getattr(definition, f.name) for f in fields(definition)} | parts)


def _plain(items: tuple[DriveDefinition, ...] | tuple[CartridgeDefinition, ...]) -> list[dict[str, Any]]:
    return [{name: getattr(item, name) for name in item.__slots__} for item in items]


def definition_from_json(text: str) -> LibraryDefinition:
    value: dict[str, Any] = json.loads(text)
    drives = tuple(DriveDefinition(**d) for d in value["drives"])
    cartridges = tuple(CartridgeDefinition(**c | {"place": Place(c["place"])}) for c in value["cartridges"])
    return LibraryDefinition(**value | {"drives": drives, "cartridges": cartridges})


def with_mail_slots(definition: LibraryDefinition, count: int) -> LibraryDefinition:
    """The same library in another mail-slot mode: mail slots take storage slots away and give them back."""
    lost = count - definition.mail_slots
    return replace(definition, mail_slots=count, storage_slots=definition.storage_slots - lost)
