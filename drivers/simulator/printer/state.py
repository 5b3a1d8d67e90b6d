"""What the simulated label printer remembers, and what it does with a format. No clock, no files."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from drivers.printer.host_status import HostStatus

# These stop the paper; of the last two the receiving goes on as well.
AFTER_LABELS = ("paper-out", "ribbon-out")
STOPPERS = ("head-open", "paused", "over-temperature", "under-temperature", "label-waiting")
SILENCING = ("paper-out", "ribbon-out", "head-open", "over-temperature")
QUANTITY = re.compile(rb"\^PQ\s*(\d{1,8})", re.IGNORECASE)
MOST_FORMATS = 10_000


@dataclass(slots=True)
class Waiting:
    """A format in the receive buffer: its number and how many of its labels are still to come."""

    format: int
    remaining: int


@dataclass(slots=True)
class PrinterState:
    """`printed` are runs of (format number, labels); formats count from 1 in order of arrival."""

    formats: int = 0
    printed: list[tuple[int, int]] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    partial: str = ""
    answered: int = 0
    power_ons: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        fields = value | {
            "printed": [(number, count) for number, count in value["printed"]],
            "waiting": [Waiting(**item) for item in value["waiting"]],
        }
        return cls(**fields)

    @property
    def labels_printed(self) -> int:
        return sum(count for _, count in self.printed)

    def struck(self, name: str) -> bool:
        """Whether the fault is on now, its labels being used up."""
        fault = self.faults.get(name)
        return fault is not None and not fault.get("after")

    def is_stopped(self) -> bool:
        return any(map(self.struck, (*AFTER_LABELS, *STOPPERS)))

    def is_buffer_full(self) -> bool:
        most = self.faults.get("small-buffer", {}).get("formats", MOST_FORMATS)
        return bool(self.is_stopped() and len(self.waiting) >= most)


def quantity_of(data: bytes) -> int:
    """How many labels a format makes: its last ^PQ, or one."""
    found = QUANTITY.findall(data)
    return int(found[-1]) if found else 1


def accept(state: PrinterState, data: bytes) -> int:
    """A whole format has arrived; its number."""
    state.formats += 1
    eater = state.faults.get("eats-formats")
    if eater is None:
        state.waiting.append(Waiting(state.formats, quantity_of(data)))
    elif eater["times"] > 1:
        eater["times"] -= 1
    else:
        del state.faults["eats-formats"]
    return state.formats


def print_on(state: PrinterState) -> None:
    """Print what waits until nothing does, or something stops it."""
    while state.waiting and not state.is_stopped() and not state.struck("unplugged"):
        first = state.waiting[0]
        count = min([first.remaining, *_until_a_fault(state)])
        _count_down(state, count)
        if count:
            _note_printed(state, first.format, count)
        first.remaining -= count
        if first.remaining <= 0:
            del state.waiting[0]
        if state.struck("dies"):
            die(state)


def _until_a_fault(state: PrinterState) -> list[int]:
    names = [name for name in (*AFTER_LABELS, "dies") if name in state.faults]
    return [state.faults[name]["after"] for name in names]


def _count_down(state: PrinterState, count: int) -> None:
    for name in (*AFTER_LABELS, "dies"):
        if name in state.faults:
            state.faults[name]["after"] -= count


def _note_printed(state: PrinterState, number: int, count: int) -> None:
    if state.printed and state.printed[-1][0] == number:
        count += state.printed.pop()[1]
    state.printed.append((number, count))


def die(state: PrinterState) -> None:
    del state.faults["dies"]
    state.faults["unplugged"] = {}
    lose_power(state)


def lose_power(state: PrinterState) -> None:
    """Everything that was not on paper is gone, and so are the connections."""
    state.waiting.clear()
    state.partial = ""
    state.power_ons += 1


def host_status(state: PrinterState, *, partial: bool) -> HostStatus:
    first = state.waiting[0].remaining if state.waiting else 0
    return HostStatus(
        paper_out=state.struck("paper-out"),
        paused=state.struck("paused"),
        label_length_dots=200,
        formats_in_buffer=min(len(state.waiting), 999),
        buffer_full=state.is_buffer_full(),
        diagnostic_mode=state.struck("diagnostic-mode"),
        partial_format=partial,
        memory_lost=state.struck("memory-lost"),
        under_temperature=state.struck("under-temperature"),
        over_temperature=state.struck("over-temperature"),
        head_open=state.struck("head-open"),
        ribbon_out=state.struck("ribbon-out"),
        thermal_transfer=True,
        label_waiting=state.struck("label-waiting"),
        labels_remaining=first,
    )
