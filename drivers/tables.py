"""What changers report, as plain values and as tables for people. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from drivers.changer.model import ElementState, ElementType, Snapshot
from drivers.scsi.exchange import Sense
from drivers.scsi.sense_table import find_row

NAMES = {
    ElementType.TRANSPORT: "robot",
    ElementType.STORAGE: "slot",
    ElementType.IMPORT_EXPORT: "mail slot",
    ElementType.DATA_TRANSFER: "drive",
}


def plain(value: Any) -> dict[str, Any]:
    """A flat dataclass as JSON values."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(value).items()}


def rows(head: Sequence[str], body: Iterable[Sequence[Any]]) -> str:
    cells = [tuple(head), *(tuple("" if c is None else str(c) for c in row) for row in body)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def pairs(value: Mapping[str, Any]) -> str:
    return rows(("", ""), ((name.replace("_", " "), _cell(item)) for name, item in value.items())).lstrip(
        "\n"
    )


def _cell(item: Any) -> Any:
    return ", ".join(map(str, item)) if isinstance(item, list) else item


def inventory(snapshot: Snapshot) -> str:
    numbers = snapshot.topology.slot_numbers
    body = [_element_row(element, numbers) for element in snapshot.elements]
    table = rows(("place", "number", "address", "state", "tag", "from", "drive"), body)
    notes = [f"! {p.kind}: {p.detail}" for p in snapshot.problems]
    notes += [f"! event {event(sense)['meaning']} ({sense})" for sense in snapshot.unit_attentions]
    notes += [] if snapshot.complete else ["! this reading is not complete"]
    return table + "".join(note + "\n" for note in notes)


def _element_row(e: ElementState, numbers: Mapping[int, int]) -> tuple[Any, ...]:
    state = "not installed" if not e.installed else "full" if e.full else "empty"
    exception = f" ({e.exception.asc:02X}/{e.exception.ascq:02X})" if e.exception else ""
    tag = e.tag_text or (f"[{e.tag_state}]" if e.full else "")
    serial = e.drive.serial if e.drive else ""
    return NAMES[e.type], numbers.get(e.address), e.address, state + exception, tag, e.source.address, serial


def numbered(snapshot: Snapshot, kind: str) -> dict[int, int]:
    """People's numbers → element addresses, for "slot" (mail slots included) or "drive"."""
    drives = {e.address for e in snapshot.of_type(ElementType.DATA_TRANSFER)}
    is_drive = {"slot": False, "drive": True}.get(kind)
    numbers = snapshot.topology.slot_numbers
    return {number: address for address, number in numbers.items() if (address in drives) is is_drive}


def event(sense: Sense) -> dict[str, str]:
    row = find_row(sense.key, sense.asc, sense.ascq)
    return {"sense": str(sense), "meaning": row.meaning if row else "unknown event"}
