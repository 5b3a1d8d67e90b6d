"""The person at a virtual library: door, mail slots, and a switch for every fault."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from drivers.changer.model import ElementType
from drivers.errors import (
    ElementAddressInvalidError,
    ElementEmptyError,
    ElementFullError,
    MediaRemovalPreventedError,
)
from drivers.media_types import is_cleaning_barcode
from drivers.simulator import drive_bay, faults
from drivers.simulator.elements import type_of
from drivers.simulator.folder import Folder
from drivers.simulator.layout import addresses_of, new_cartridge, with_mail_slots
from drivers.simulator.robot import catch_up
from drivers.simulator.state import Cartridge, LibraryState

CHANGER = 0
ANOTHER_HOST = "another host"
FOREIGN_DRIVE = ("FOREIGN", "FOREIGN001")
DOOR_OPENED, MAIL_SLOT_USED, POWERED_ON, TARGETS_CHANGED = (0x28, 0), (0x28, 1), (0x29, 0), (0x3F, 0x0E)


@dataclass(frozen=True, slots=True)
class Door:
    """What lies in the mail slots (by address) and in hand, whether the door is open, which faults are on."""

    mail_slots: dict[int, str]
    outside: tuple[str, ...]
    is_open: bool
    faults: tuple[str, ...]


class Hands:
    """Everything is done at once and is durable when the call returns."""

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path)

    def take_from_mail_slot(self, address: int) -> str:
        """The barcode of the medium taken out; "" when it has none."""
        self._need_mail_slot(address)
        return self.take(address)

    def put_in_mail_slot(self, address: int, barcode: str, *, readable: bool = True) -> None:
        """A medium this library has seen comes back with its contents; any other is new."""
        self._need_mail_slot(address)
        self.put(address, barcode, readable=readable)

    def take(self, address: int) -> str:
        """Reach in at any place: through the mail slot or, elsewhere, through the open door."""
        with self._folder.locked() as state:
            catch_up(self._folder, time.time())
            cartridge = state.at(address)
            if cartridge is None:
                raise ElementEmptyError(f"element {address}")
            self._check_lock(state, address)
            cartridge.place = cartridge.source = None
            drive_bay.empty(state, address, time.time())
            self._note_access(state, address)
            return cartridge.barcode

    def put(self, address: int, barcode: str, *, readable: bool = True) -> None:
        with self._folder.locked() as state:
            catch_up(self._folder, time.time())
            if type_of(self._folder.definition, address) is None:
                raise ElementAddressInvalidError(f"element {address}")
            if state.at(address) is not None:
                raise ElementFullError(f"element {address}")
            self._check_lock(state, address)
            cartridge = _outside(state, barcode) or _brand_new(state, barcode)
            cartridge.place, cartridge.source, cartridge.readable = address, None, readable
            drive = state.drive_at(address)
            if drive is not None:
                drive_bay.seat(state, drive, cartridge, time.time())
            self._note_access(state, address)

    def swap(self, first: int, second: int) -> None:
        """Exchange the contents of two places, as a person sorting slots would."""
        with self._folder.locked() as state:
            one, other = state.at(first), state.at(second)
            for cartridge, address in ((one, second), (other, first)):
                if cartridge is not None:
                    cartridge.place, cartridge.source = address, None
            self._note_access(state, first)

    def outside(self) -> tuple[str, ...]:
        """Barcodes of the media the person has in hand or on the desk."""
        with self._folder.locked() as state:
            return tuple(sorted(c.barcode for c in state.cartridges.values() if c.place is None))

    def open_door(self) -> None:
        with self._folder.locked() as state:
            state.door_open = True
            self._folder.save()

    def close_door(self, *, becoming_ready_s: float = 0.0) -> None:
        """The library takes stock for `becoming_ready_s` seconds and reports the event."""
        with self._folder.locked() as state:
            state.door_open = False
            state.not_ready_until = time.time() + becoming_ready_s
            state.raise_attention(CHANGER, *DOOR_OPENED)
            self._folder.save()

    def close_mail_slot(self) -> None:
        with self._folder.locked() as state:
            state.mail_slot_open = False
            state.raise_attention(CHANGER, *MAIL_SLOT_USED)
            self._folder.save()

    def power_cycle(self) -> None:
        """Locks, sources, robot and drives forget; every initiator is told."""
        with self._folder.locked() as state:
            state.motion, state.prevented_by = None, []
            for cartridge in state.cartridges.values():
                cartridge.source = None
            for unit, drive in enumerate(state.drives, start=1):
                drive.prevented_by, drive.encryption, drive.position = [], {}, 0
                state.raise_attention(unit, *POWERED_ON)
            state.raise_attention(CHANGER, *POWERED_ON)
            self._folder.save()

    def set_mail_slots(self, count: int) -> None:
        """Change the mail-slot mode: the topology changes under everybody's feet."""
        with self._folder.locked() as state:
            self._folder.definition = with_mail_slots(self._folder.definition, count)
            state.raise_attention(CHANGER, *TARGETS_CHANGED)
            self._folder.save_definition(self._folder.definition)

    def replace_drive(self, address: int, serial: str) -> None:
        """Another drive of the same kind stands at the same address now."""
        with self._folder.locked() as state:
            drive = state.drive_at(address)
            if drive is None:
                raise ElementAddressInvalidError(f"element {address}")
            drive.serial = serial
            state.raise_attention(CHANGER, 0x3B, 0x1B)
            self._folder.save()

    def set_timing(self, *, move_s: float | None = None, load_s: float | None = None) -> None:
        with self._folder.locked() as state:
            state.move_s = state.move_s if move_s is None else move_s
            state.load_s = state.load_s if load_s is None else load_s
            self._folder.save()

    def raise_attention(self, asc: int, ascq: int, *, unit: int = CHANGER) -> None:
        with self._folder.locked() as state:
            state.raise_attention(unit, asc, ascq)
            self._folder.save()

    def raise_alert(self, unit: int, flag: int) -> None:
        """TapeAlert: unit 0 is the library with flags of its own, n the n-th drive."""
        with self._folder.locked() as state:
            alerts = state.drives[unit - 1].alerts if unit else state.library_alerts
            if flag not in alerts:
                alerts.append(flag)
            self._folder.save()

    def hold_by_another_host(self, address: int, *, on: bool = True) -> None:
        """A host that died with the tape mounted leaves its drive locked."""
        with self._folder.locked() as state:
            drive = state.drive_at(address)
            if drive is None:
                raise ElementAddressInvalidError(f"element {address}")
            others = set(drive.prevented_by) - {ANOTHER_HOST}
            drive.prevented_by = sorted(others | ({ANOTHER_HOST} if on else set()))
            self._folder.save()

    def load_elsewhere(self, barcode: str, *, written_bytes: int = 0) -> None:
        """Somebody loaded a medium outside this library: its own memory tells, nothing else does."""
        with self._folder.locked() as state:
            cartridge = _outside(state, barcode)
            if cartridge is None:
                raise ElementEmptyError(f"{barcode} is not outside")
            drive_bay.count_load(cartridge, FOREIGN_DRIVE)
            if written_bytes:
                cartridge.written_bytes += written_bytes
                cartridge.written_this_load = written_bytes
                cartridge.change_reference += 1
            self._folder.save()

    def set_write_protect(self, barcode: str, *, on: bool) -> None:
        with self._folder.locked() as state:
            _known(state, barcode).write_protected = on
            self._folder.save()

    def set_cleanings_left(self, barcode: str, count: int) -> None:
        with self._folder.locked() as state:
            _known(state, barcode).cleanings_left = count
            self._folder.save()

    def kill_memory_chip(self, barcode: str) -> None:
        with self._folder.locked() as state:
            _known(state, barcode).memory_dead = True
            self._folder.save()

    def set_fault(self, name: str, **parameters: Any) -> None:
        """See `drivers.simulator.faults.FAULTS`; ProtocolError for an unknown one."""
        with self._folder.locked() as state:
            faults.set_fault(state, name, **parameters)
            self._folder.save()

    def clear_fault(self, name: str) -> None:
        with self._folder.locked() as state:
            state.faults.pop(name, None)
            self._folder.save()

    def mail_slots(self) -> tuple[int, ...]:
        with self._folder.locked():
            part = addresses_of(self._folder.definition).import_export
            return tuple(range(part.first, part.last + 1))

    def at_the_door(self) -> Door:
        """What a person who stands there sees."""
        with self._folder.locked() as state:
            if catch_up(self._folder, time.time()):
                self._folder.save()
            part = addresses_of(self._folder.definition).import_export
            held = {c.place: c.barcode for c in state.cartridges.values() if c.place is not None}
            return Door(
                {address: held.get(address, "") for address in range(part.first, part.last + 1)},
                tuple(sorted(c.barcode for c in state.cartridges.values() if c.place is None)),
                state.door_open,
                tuple(sorted(state.faults)),
            )

    def dump(self) -> dict[str, Any]:
        """The whole state as JSON values."""
        with self._folder.locked() as state:
            if catch_up(self._folder, time.time()):
                self._folder.save()
            value: dict[str, Any] = json.loads(json.dumps(state.to_json()))
            return value

    def _need_mail_slot(self, address: int) -> None:
        with self._folder.locked():
            if type_of(self._folder.definition, address) is not ElementType.IMPORT_EXPORT:
                raise ElementAddressInvalidError(f"element {address} is not a mail slot")

    def _check_lock(self, state: LibraryState, address: int) -> None:
        is_mail_slot = type_of(self._folder.definition, address) is ElementType.IMPORT_EXPORT
        if is_mail_slot and state.prevented_by:
            raise MediaRemovalPreventedError("the mail slot is locked by a host", kind="library")

    def _note_access(self, state: LibraryState, address: int) -> None:
        is_mail_slot = type_of(self._folder.definition, address) is ElementType.IMPORT_EXPORT
        state.raise_attention(CHANGER, *(MAIL_SLOT_USED if is_mail_slot else DOOR_OPENED))
        self._folder.save()

    def close(self) -> None:
        self._folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _outside(state: LibraryState, barcode: str) -> Cartridge | None:
    return next((c for c in state.cartridges.values() if c.barcode == barcode and c.place is None), None)


def _known(state: LibraryState, barcode: str) -> Cartridge:
    found = next((c for c in state.cartridges.values() if c.barcode == barcode), None)
    if found is None:
        raise ElementEmptyError(f"the virtual library has never seen {barcode}")
    return found


def _brand_new(state: LibraryState, barcode: str) -> Cartridge:
    cartridge = new_cartridge(f"MED{len(state.cartridges) + 1:08d}", barcode, None)
    cartridge.cleaning = is_cleaning_barcode(barcode)
    state.cartridges[cartridge.serial] = cartridge
    return cartridge
