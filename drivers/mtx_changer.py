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
from dataclasses import dataclass
from pathlib import Path

from drivers import registry
from drivers.changer.model import ElementState, ElementType, MoveOutcome, MoveRequest, Snapshot
from drivers.changer.protocol import Changer
from drivers.errors import DeviceError, ElementAddressInvalidError
from drivers.tables import numbered
from drivers.tape.model import MediumCondition

DEADLINE_S, READY_S = 900.0, 300.0
RECORD = "STRONGROOM_CHANGER_RECORD"
USAGE = "usage: mtx_changer CHANGER list|listall|slots|loaded|load|unload|transfer [SLOT [DEVICE [DRIVE]]]\n"
OK, FAILED = 0, 1


@dataclass(frozen=True)
class Order:
    """The script's arguments; `archive` is the tape device, or the destination slot of a transfer."""

    changer: str
    command: str
    slot: str = "0"
    archive: str = ""
    drive: str = "0"


def main(arguments: list[str]) -> int:
    if not 2 <= len(arguments) <= 5 or arguments[1] not in COMMANDS:  # noqa: PLR2004 - the script's arguments
        sys.stderr.write(USAGE)
        return FAILED
    order = Order(*arguments)
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


def _slots(snapshot: Snapshot) -> list[tuple[int, ElementState]]:
    """Storage and mail slots by number."""
    found = numbered(snapshot, "slot")
    return [(number, snapshot.by_address[address]) for number, address in sorted(found.items())]


def _drives(snapshot: Snapshot) -> list[tuple[int, ElementState]]:
    found = numbered(snapshot, "drive")
    return [(number, snapshot.by_address[address]) for number, address in sorted(found.items())]


def _home(snapshot: Snapshot, drive: ElementState) -> int:
    """The slot a loaded medium came from; 0 when the changer does not know it. Never a guess."""
    return snapshot.topology.slot_numbers.get(drive.source.address or -1, 0)


def _list(changer: Changer, _: Order) -> int:
    """Loaded media too, with slot 0 when their slot is unknown: none may vanish."""
    snapshot = _look(changer)
    lines = [f"{_home(snapshot, e)}:{e.tag_text or ''}" for _, e in _drives(snapshot) if e.full]
    return _show(lines + [f"{n}:{e.tag_text or ''}" for n, e in _slots(snapshot) if e.full])


def _list_all(changer: Changer, _: Order) -> int:
    snapshot = _look(changer)
    lines = [
        f"D:{n}:F:{_home(snapshot, e)}:{e.tag_text or ''}" if e.full else f"D:{n}:E"
        for n, e in _drives(snapshot)
    ]
    for number, state in _slots(snapshot):
        letter = "I" if state.type is ElementType.IMPORT_EXPORT else "S"
        lines.append(f"{letter}:{number}:F:{state.tag_text or ''}" if state.full else f"{letter}:{number}:E")
    return _show(lines)


def _count(changer: Changer, _: Order) -> int:
    return _show([str(len(_slots(_look(changer))))])


def _loaded(changer: Changer, order: Order) -> int:
    snapshot = _look(changer)
    state = _at(snapshot, "drive", order.drive)
    return _show([str(_home(snapshot, state) if state.full else 0)])


def _at(snapshot: Snapshot, kind: str, number: str) -> ElementState:
    address = numbered(snapshot, kind).get(int(number))
    if address is None:
        raise ElementAddressInvalidError(f"{kind} {number}")
    return snapshot.by_address[address]


def _load(changer: Changer, order: Order) -> int:
    with changer.exclusive(deadline_s=DEADLINE_S):
        snapshot = _look(changer)
        drive = _at(snapshot, "drive", order.drive)
        code = _move(changer, order, _at(snapshot, "slot", order.slot), drive)
        return code if code != OK else _wait_ready(order, drive)


def _wait_ready(order: Order, drive: ElementState) -> int:
    """The backup program expects a drive that can be used; where the drive cannot be asked, it may try."""
    url = _drive_url(order, drive)
    if url is None:
        return OK
    with registry.open_drive(url) as tape:
        state = tape.wait_loaded(deadline_s=READY_S)
    if state.condition is MediumCondition.READY:
        return OK
    sys.stderr.write(f"the drive is not ready: {state.error or state.condition}\n")
    return FAILED


def _drive_url(order: Order, drive: ElementState) -> str | None:
    if registry.parse_url(_url(order.changer)).scheme == registry.SIMULATOR:
        joint = "&" if "?" in order.changer else "?"
        return f"{order.changer}{joint}drive={drive.drive.serial}" if drive.drive else None
    name = Path(order.archive).resolve().name if order.archive else ""
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
        return _move(changer, order, drive, _at(snapshot, "slot", order.slot))


def _transfer(changer: Changer, order: Order) -> int:
    with changer.exclusive(deadline_s=DEADLINE_S):
        snapshot = _look(changer)
        return _move(changer, order, _at(snapshot, "slot", order.slot), _at(snapshot, "slot", order.archive))


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
