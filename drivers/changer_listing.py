"""What Bareos' and Bacula's changer script prints, from plain values. Pure; nothing is imported, so that a command starts at once."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Letter = Literal["D", "S", "I"]
DRIVE: Letter = "D"
SLOT: Letter = "S"
MAIL_SLOT: Letter = "I"
ORDER: tuple[Letter, ...] = (DRIVE, SLOT, MAIL_SLOT)


class Seat(NamedTuple):
    """A place as the script numbers it: slots from 1 with the mail slots after them, drives from 0.

    `home` is the slot that the medium in a drive came from, 0 when nobody knows. Never a guess.
    """

    letter: Letter
    number: int
    full: bool
    tag: str = ""
    home: int = 0


def volumes(seats: Iterable[Seat]) -> list[str]:
    """`list`: what stands in slots, then what is loaded, under the slot it came from; none may vanish."""
    full = [seat for seat in seats if seat.full]
    slots = [f"{seat.number}:{seat.tag}" for seat in full if seat.letter != DRIVE]
    return slots + [f"{seat.home}:{seat.tag}" for seat in full if seat.letter == DRIVE]


def everything(seats: Iterable[Seat]) -> list[str]:
    """`listall`: drives, then slots, then mail slots."""
    return [_line(seat) for seat in sorted(seats, key=lambda seat: (ORDER.index(seat.letter), seat.number))]


def _line(seat: Seat) -> str:
    if not seat.full:
        return f"{seat.letter}:{seat.number}:E"
    home = f":{seat.home}" if seat.letter == DRIVE else ""
    return f"{seat.letter}:{seat.number}:F{home}:{seat.tag}"


def slot_count(seats: Iterable[Seat]) -> int:
    return sum(seat.letter != DRIVE for seat in seats)


def loaded(drive: Seat) -> int:
    """The slot that what the drive holds came from; 0 when it is empty or nobody knows."""
    return drive.home if drive.full else 0


def load_done(slot: int, drive: int) -> str:
    return f"Loading media from Storage Element {slot} into drive {drive}...done"


def unload_done(slot: int, drive: int) -> str:
    return f"Unloading drive {drive} into Storage Element {slot}...done"
