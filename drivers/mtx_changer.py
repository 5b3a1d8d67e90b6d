"""A changer script for Bareos and Bacula: moves go through our driver, and each is on record.

    python -m drivers.mtx_changer CHANGER COMMAND [SLOT [ARCHIVE-DEVICE [DRIVE]]]

CHANGER is a device URL, or a path such as /dev/tape/by-id/scsi-… . COMMAND is list, listall, slots,
loaded, load, unload or transfer (there the archive device is the destination slot). Slots and drives
are numbered as mtx does. Exit code 0 or 1, as mtx. With STRONGROOM_CHANGER_RECORD set to a file,
every move is appended to it as one line of JSON.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from drivers import changer_listing, registry
from drivers.changer.model import ElementState, ElementType, MoveOutcome, MoveRequest, Snapshot
from drivers.changer.protocol import Changer
from drivers.changer_listing import Seat
from drivers.changer_order import FAILED, OK, USAGE, Order, parse
from drivers.errors import DeviceError, ElementAddressInvalidError
from drivers.tables import numbered
from drivers.tape.model import MediumCondition

DEADLINE_S, READY_S = 900.0, 300.0
RECORD = "STRONGROOM_CHANGER_RECORD"


def main(arguments: list[str]) -> int:
    order = parse(arguments)
    if order is None:
        sys.stderr.write(USAGE)
        return FAILED
    return carry_out(order)


def carry_out(order: Order) -> int:
    try:
        with registry.open_changer(_url(order.changer)) as changer:
            return COMMANDS[order.command](changer, order)
    except (DeviceError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED


def _url(changer: str) -> str:
    return changer if "://" in changer else f"sg://{changer}"


def _show(lines: list[str]) -> int:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return OK


def _look(changer: Changer) -> Snapshot:
    return changer.inventory(deadline_s=DEADLINE_S)


def _seats(snapshot: Snapshot) -> list[Seat]:
    slots, drives = numbered(snapshot, "slot"), numbered(snapshot, "drive")
    found = [_slot_seat(number, snapshot.by_address[address]) for number, address in sorted(slots.items())]
    return found + [
        _drive_seat(snapshot, number, snapshot.by_address[address])
        for number, address in sorted(drives.items())
    ]


def _slot_seat(number: int, state: ElementState) -> Seat:
    letter = changer_listing.MAIL_SLOT if state.type is ElementType.IMPORT_EXPORT else changer_listing.SLOT
    return Seat(letter, number, state.full, state.tag_text or "")


def _drive_seat(snapshot: Snapshot, number: int, state: ElementState) -> Seat:
    home = snapshot.topology.slot_numbers.get(state.source.address or -1, 0)
    return Seat(changer_listing.DRIVE, number, state.full, state.tag_text or "", home)


def _list(changer: Changer, _: Order) -> int:
    return _show(changer_listing.volumes(_seats(_look(changer))))


def _list_all(changer: Changer, _: Order) -> int:
    return _show(changer_listing.everything(_seats(_look(changer))))


def _count(changer: Changer, _: Order) -> int:
    return _show([str(changer_listing.slot_count(_seats(_look(changer))))])


def _loaded(changer: Changer, order: Order) -> int:
    snapshot = _look(changer)
    state = _at(snapshot, "drive", order.drive)
    return _show([str(changer_listing.loaded(_drive_seat(snapshot, order.drive, state)))])


def _at(snapshot: Snapshot, kind: str, number: int) -> ElementState:
    address = numbered(snapshot, kind).get(number)
    if address is None:
        raise ElementAddressInvalidError(f"{kind} {number}")
    return snapshot.by_address[address]


def _load(changer: Changer, order: Order) -> int:
    with changer.exclusive(deadline_s=DEADLINE_S):
        snapshot = _look(changer)
        drive = _at(snapshot, "drive", order.drive)
        code = _move(changer, order, _at(snapshot, "slot", order.slot), drive)
    if code != OK:
        return code
    _show([changer_listing.load_done(order.slot, order.drive)])
    return wait_ready(_drive_url(order, drive))


def wait_ready(drive_url: str | None) -> int:
    """The backup program expects a drive that can be used; where the drive cannot be asked, it may try."""
    if drive_url is None:
        return OK
    with registry.open_drive(drive_url) as tape:
        state = tape.wait_loaded(deadline_s=READY_S)
    if state.condition is MediumCondition.READY:
        return OK
    sys.stderr.write(f"the drive is not ready: {state.error or state.condition}\n")
    return FAILED


def _drive_url(order: Order, drive: ElementState) -> str | None:
    if registry.parse_url(_url(order.changer)).scheme == registry.SIMULATOR:
        joint = "&" if "?" in order.changer else "?"
        return f"{order.changer}{joint}drive={drive.drive.serial}" if drive.drive else None
    return drive_url(order.archive)


def drive_url(archive: str) -> str | None:
    """The drive behind an archive device, by its SCSI generic node; a device URL is taken as it is."""
    if "://" in archive:
        return archive
    name = Path(archive).resolve().name if archive else ""
    generic = sorted(Path("/sys/class/scsi_tape").glob(f"{name}/device/scsi_generic/*")) if name else []
    return f"sg:///dev/{generic[0].name}" if generic else None


def _unload(changer: Changer, order: Order) -> int:
    with changer.exclusive(deadline_s=DEADLINE_S):
        snapshot = _look(changer)
        drive = _at(snapshot, "drive", order.drive)
        url = _drive_url(order, drive)
        if url is not None and drive.full:
            with registry.open_drive(url) as tape:
                tape.eject(deadline_s=DEADLINE_S)
        code = _move(changer, order, drive, _at(snapshot, "slot", order.slot))
    return _show([changer_listing.unload_done(order.slot, order.drive)]) if code == OK else code


def _transfer(changer: Changer, order: Order) -> int:
    with changer.exclusive(deadline_s=DEADLINE_S):
        snapshot = _look(changer)
        return _move(changer, order, _at(snapshot, "slot", order.slot), _at(snapshot, "slot", order.to_slot))


def _move(changer: Changer, order: Order, src: ElementState, dst: ElementState) -> int:
    request = MoveRequest(src.address, dst.address, src.tag_text, f"mtx-changer-{os.getpid()}", DEADLINE_S)
    outcome = changer.move(request)
    _record(order, outcome)
    if outcome.is_done:
        return OK
    sys.stderr.write(f"{outcome.verdict}: {outcome.refusal or 'see the library'}\n")
    return FAILED


def _record(order: Order, outcome: MoveOutcome) -> None:
    path = os.environ.get(RECORD)
    if not path:
        return
    line = {
        "command": order.command,
        "changer": order.changer,
        "source": outcome.request.src,
        "destination": outcome.request.dst,
        "tag": outcome.request.expect_tag,
        "verdict": outcome.verdict,
        "found_at": outcome.found_at,
        "device_answer": str(outcome.refusal) if outcome.refusal else None,
        "before": outcome.before.digest,
        "after": outcome.after.digest if outcome.after else None,
        "at": outcome.before.taken_at.isoformat(),
    }
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


COMMANDS: dict[str, Callable[[Changer, Order], int]] = {
    "list": _list,
    "listall": _list_all,
    "slots": _count,
    "loaded": _loaded,
    "load": _load,
    "unload": _unload,
    "transfer": _transfer,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
