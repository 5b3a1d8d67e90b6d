"""The arguments that Bareos and Bacula call a changer script with. Pure."""

from typing import NamedTuple

USAGE = "usage: mtx-changer CHANGER list|listall|slots|loaded|load|unload|transfer [SLOT [ARCHIVE-DEVICE [DRIVE]]]\n"
OK, FAILED = 0, 1
# How many arguments each command needs at least; the script of Bareos asks for as many.
LEAST = {"list": 2, "listall": 2, "slots": 2, "transfer": 4, "loaded": 5, "load": 5, "unload": 5}
MOST = 5


class Order(NamedTuple):
    """`archive` is the tape device; `to_slot` is what stands in its place in a transfer."""

    changer: str
    command: str
    slot: int = 0
    archive: str = ""
    drive: int = 0
    to_slot: int = 0


def parse(arguments: list[str]) -> Order | None:
    """None when it is no order. Numbers count only where the command has a use for them."""
    if not 2 <= len(arguments) <= MOST or len(arguments) < LEAST.get(arguments[1], MOST + 1):  # noqa: PLR2004 - changer and command
        return None
    changer, command, slot, archive, drive = (*arguments, *("",) * (MOST - len(arguments)))
    numbers = {
        "loaded": (drive,),
        "load": (slot, drive),
        "unload": (slot, drive),
        "transfer": (slot, archive),
    }
    if not all(text.isdecimal() for text in numbers.get(command, ())):
        return None
    return Order(
        changer,
        command,
        int(slot) if command in {"load", "unload", "transfer"} else 0,
        archive,
        int(drive) if command in {"loaded", "load", "unload"} else 0,
        int(archive) if command == "transfer" else 0,
    )
