"""The virtual library as the mtx program: the same arguments, the same text, the same habits.

    strongroom-sim-mtx -f FOLDER status|inquiry|inventory|load|unload|transfer …

The text is made from the library's state and not from element status bytes, so that each can be
checked against the other. Like mtx it eats a unit attention on `status` (sense on standard error, a
table without mail slots, exit 0) and invents the source slot of a loaded medium.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.changer.model import ElementType
from drivers.changer.mtx_errors import KEYS
from drivers.changer.mtx_text import MtxElement, MtxStatus, render_status
from drivers.errors import BackendUnavailableError, DeviceError
from drivers.scsi import commands
from drivers.scsi.exchange import Sense, Status
from drivers.scsi.mode import ElementAddresses, ElementRange
from drivers.scsi.sense import parse_sense
from drivers.scsi.sense_table import SenseKey
from drivers.simulator.elements import View, shown, tag_bytes, view_of
from drivers.simulator.state import HOST
from drivers.simulator.target import CHANGER_UNIT, SimulatedLibrary

LONGEST_NUMBER = 9
KEY_NAMES = {code: name for name, code in KEYS.items()}
USAGE = "Usage:\n  mtx -f DEVICE status | inquiry | inventory | load N [D] | unload N [D] | transfer N M\n"
MODE_SENSE_FAILED = "Mode sense (0x1A) for Page 0x1D failed\n"
STATUS_FAILED = "READ ELEMENT STATUS Command Failed\n"


@dataclass(frozen=True)
class Run:
    stdout: str
    stderr: str
    code: int


class StoppedError(Exception):
    """mtx gives up: what it wrote so far, and its last words."""

    def __init__(self, stdout: str, stderr: str) -> None:
        self.run = Run(stdout, stderr, 1)
        super().__init__(stderr)


def run(arguments: list[str], *, initiator: str = HOST) -> Run:
    """One call of the program in this process."""
    if len(arguments) < 3 or arguments[0] != "-f" or arguments[2] not in VERBS:  # noqa: PLR2004 - -f DEVICE verb
        return Run("", USAGE, 1)
    cannot_open = Run("", f"cannot open SCSI device '{arguments[1]}' - No such file or directory\n", 1)
    try:
        library = SimulatedLibrary(Path(arguments[1]))
    except (BackendUnavailableError, ValueError):
        return cannot_open
    try:
        return VERBS[arguments[2]](Mtx(library, arguments[1], initiator), arguments[3:])
    except StoppedError as stopped:
        return stopped.run
    except DeviceError:
        return cannot_open
    finally:
        library.folder.close()


@dataclass(frozen=True)
class Mtx:
    library: SimulatedLibrary
    device: str
    initiator: str

    def send(self, block: bytes) -> Sense | None:
        reply = self.library.execute(self.initiator, CHANGER_UNIT, block)
        if reply.host_status or reply.status not in {Status.GOOD, Status.CHECK_CONDITION}:
            return Sense(SenseKey.ABORTED_COMMAND, 0, 0)
        return parse_sense(reply.sense)


def sense_text(sense: Sense) -> str:
    fields = (
        ("Long Report", "yes"),
        ("Valid Residual", "no"),
        ("Error Code", "70 (Current)"),
        ("Sense Key", KEY_NAMES[sense.key]),
        ("FileMark", "no"),
        ("EOM", "no"),
        ("ILI", "no"),
        ("Additional Sense Code ", f" {sense.asc:02X}"),
        ("Additional Sense Qualifier ", f" {sense.ascq:02X}"),
        ("BPV", "no"),
        ("Error in CDB", "no"),
        ("SKSV", "no"),
    )
    return "".join(f"mtx: Request Sense: {name}={value}\n" for name, value in fields)


def _inquiry(mtx: Mtx, _: list[str]) -> Run:
    with mtx.library.folder.locked():
        d = mtx.library.folder.definition
    text = (
        f"Product Type: Medium Changer\nVendor ID: '{d.vendor:<8.8}'\nProduct ID: '{d.product:<16.16}'\n"
        f"Revision: '{d.revision:<4.4}'\nAttached Changer API: No\n"
    )
    return Run(text, "", 0)


def _status(mtx: Mtx, _: list[str]) -> Run:
    """The table, preceded by whatever mode sense and element status had to complain about."""
    eaten = mtx.send(commands.mode_sense(0x1D).cdb)
    failed = mtx.send(commands.read_element_status(ElementType.STORAGE, 0, 1, tags=True).cdb)
    if failed is not None:
        raise StoppedError("", sense_text(failed) + STATUS_FAILED)
    status = _table(mtx, mail_slots_known=eaten is None)
    complaint = sense_text(eaten) + MODE_SENSE_FAILED if eaten is not None else ""
    return Run(render_status(status), complaint, 0)


def _table(mtx: Mtx, *, mail_slots_known: bool = True) -> MtxStatus:
    with mtx.library.folder.locked() as state:
        view, addresses = view_of(state), shown(state, mtx.library.folder.definition)
        slots = tuple(_slots(view, addresses))
        drives = tuple(_drives(view, addresses, slots))
    announced = addresses.import_export.count if mail_slots_known else 0
    return MtxStatus(mtx.device, len(drives), len(slots), announced, drives, slots)


def _shown(mtx: Mtx) -> ElementAddresses:
    with mtx.library.folder.locked() as state:
        return shown(state, mtx.library.folder.definition)


def _numbered(addresses: ElementAddresses) -> dict[int, int]:
    """Element address → mtx' number of storage and mail slots."""
    places = [*_span(addresses.storage), *_span(addresses.import_export)]
    return {address: number for number, address in enumerate(places, start=1)}


def _span(part: ElementRange) -> range:
    return range(part.first, part.first + part.count)


def _tag(view: View, address: int) -> str:
    return tag_bytes(view, address, view.at.get(address))[:32].decode("latin-1").strip("\0 ")


def _slots(view: View, addresses: ElementAddresses) -> Iterator[MtxElement]:
    mail = _span(addresses.import_export)
    for address, number in _numbered(addresses).items():
        yield MtxElement(number, address in view.at, _tag(view, address), address in mail)


def _drives(view: View, addresses: ElementAddresses, slots: tuple[MtxElement, ...]) -> Iterator[MtxElement]:
    numbers, taken = _numbered(addresses), {slot.number for slot in slots if slot.full}
    for number, address in enumerate(_span(addresses.drives)):
        cartridge = view.at.get(address)
        source = numbers.get(cartridge.source or -1) if cartridge else None
        if cartridge is not None and (source is None or source in taken):
            source = next((slot.number for slot in slots if not slot.full), None)
        yield MtxElement(number, cartridge is not None, _tag(view, address), source=source)


def _inventory(mtx: Mtx, _: list[str]) -> Run:
    failed = mtx.send(commands.initialize_element_status().cdb)
    if failed is not None:
        raise StoppedError("", sense_text(failed) + "mtx:inventory failed\n")
    return Run("", "", 0)


def _number(arguments: list[str], index: int, verb: str, name: str, known: range) -> int:
    text = arguments[index] if index < len(arguments) else "0" if name == "drive" else ""
    if not text.isascii() or not text.isdigit() or int(text[:LONGEST_NUMBER]) not in known:
        raise StoppedError("", f"illegal <{name}-number> argument '{text}' to '{verb}' command\n")
    return int(text)


def _load(mtx: Mtx, arguments: list[str]) -> Run:
    table = _table(mtx)
    slot = _slot_number(arguments, 0, "load", table)
    drive = _number(arguments, 1, "load", "drive", range(len(table.drives)))
    head = f"Loading media from Storage Element {slot} into drive {drive}..."
    taken = table.drives[drive]
    if taken.full:
        raise StoppedError("", f"Drive {drive} Full (Storage Element {taken.source or 0} loaded)\n")
    return _move(mtx, _slot_address(mtx, slot), _drive_address(mtx, drive), head)


def _unload(mtx: Mtx, arguments: list[str]) -> Run:
    """Without a slot into the one that the table says the medium came from."""
    table = _table(mtx)
    if not arguments:
        source = table.drives[0].source if table.drives and table.drives[0].full else None
        arguments = [str(source)] if source is not None else []
    slot = _slot_number(arguments, 0, "unload", table)
    drive = _number(arguments, 1, "unload", "drive", range(len(table.drives)))
    head = f"Unloading drive {drive} into Storage Element {slot}..."
    if not table.drives[drive].full:
        raise StoppedError("", f"Data Transfer Element {drive} is Empty\n")
    if table.slots[slot - 1].full:
        raise StoppedError("", f"Storage Element {slot} is Already Full\n")
    return _move(mtx, _drive_address(mtx, drive), _slot_address(mtx, slot), head)


def _transfer(mtx: Mtx, arguments: list[str]) -> Run:
    table = _table(mtx)
    source, destination = (_slot_number(arguments, n, "transfer", table) for n in (0, 1))
    return _move(mtx, _slot_address(mtx, source), _slot_address(mtx, destination), "")


def _slot_number(arguments: list[str], index: int, verb: str, table: MtxStatus) -> int:
    return _number(arguments, index, verb, "storage-element", range(1, len(table.slots) + 1))


def _slot_address(mtx: Mtx, number: int) -> int:
    return next(address for address, n in _numbered(_shown(mtx)).items() if n == number)


def _drive_address(mtx: Mtx, number: int) -> int:
    return _shown(mtx).drives.first + number


# Mtx says these in its own words instead of printing the sense.
WORDS = {
    (0x3B, 0x0E): "Source Element Address {src} is Empty\n",
    (0x3B, 0x0D): "Destination Element Address {dst} is Already Full\n",
    (0x3A, 0x00): "Drive needs offline before move\n",
}


def _move(mtx: Mtx, src: int, dst: int, head: str) -> Run:
    sense = mtx.send(commands.move_medium(0, src, dst).cdb)
    if sense is None:
        return Run(f"{head}done\n" if head else "", "", 0)
    words = WORDS.get((sense.asc, sense.ascq))
    if words is not None:
        raise StoppedError(head, words.format(src=src, dst=dst))
    raise StoppedError(head, f"{sense_text(sense)}MOVE MEDIUM from Element Address {src} to {dst} Failed\n")


VERBS = {
    "status": _status,
    "inquiry": _inquiry,
    "inventory": _inventory,
    "load": _load,
    "unload": _unload,
    "transfer": _transfer,
}


def with_device(arguments: list[str], environment: Mapping[str, str]) -> list[str]:
    """Without -f the program takes $CHANGER, then $TAPE, then /dev/changer."""
    if arguments[:1] == ["-f"]:
        return arguments
    device = environment.get("CHANGER") or environment.get("TAPE") or "/dev/changer"
    return ["-f", device, *arguments]


def main() -> None:
    done = run(with_device(sys.argv[1:], os.environ))
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    sys.exit(done.code)


if __name__ == "__main__":
    main()
