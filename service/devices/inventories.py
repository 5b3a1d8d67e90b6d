"""An inventory of a large library, in units small enough that scans go on in between."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from service.devices.recording import Part, Recording, conclude_inventory, record_inventory, record_part
from service.devices.seen import Look
from service.devices.told_by_others import ToldMoves
from service.ledger.writer import Unit
from service.media.queries import chunks

PART = 500
LARGE = 2000
T = TypeVar("T")
Progress = Callable[[str, int, int], None]  # what, done, of


class Write(Protocol):
    """Runs work in a unit of its own."""

    def __call__(self, work: Callable[[Unit], T], /) -> T: ...


def nothing(*_: Any) -> None:
    """For those who want no progress, and for units that need no guard."""


def record_whole(
    write: Write,
    device_id: str,
    look: Look,
    told: ToldMoves,
    *,
    guard: Callable[[Unit], object] = nothing,
    progress: Progress = nothing,
) -> Recording:
    """An announced inventory. `guard` runs first in every unit and may raise.

    A crash between two units leaves the last digest on record, so that the next look compares everything again.
    """

    def whole(unit: Unit) -> Recording:
        guard(unit)
        return record_inventory(unit, device_id, look, told=told)

    if len(look.elements) <= LARGE or not look.trustworthy:
        return write(whole)

    def at(only: frozenset[int]) -> Part:
        def work(unit: Unit) -> Part:
            guard(unit)
            return record_part(unit, device_id, look, only, told)

        return write(work)

    def last(unit: Unit) -> Recording:
        guard(unit)
        return conclude_inventory(unit, device_id, look, parts)

    parts: list[Part] = []
    for addresses in chunks([element.address for element in look.elements], PART):
        parts.append(at(frozenset(addresses)))
        progress("places compared", min(len(parts) * PART, len(look.elements)), len(look.elements))
    return write(last)
