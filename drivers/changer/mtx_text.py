"""What `mtx` prints, both ways: text in, values out. Pure.

Slot rows and drive rows differ in their spacing, and other writers vary; tags may hold spaces.
"""

import re
from dataclasses import dataclass

from drivers.errors import ProtocolError

HEADER = re.compile(
    r"^\s*Storage Changer (?P<device>.*?):\s*(?P<drives>\d+) Drives, (?P<slots>\d+) Slots"
    r" \( (?P<mail>\d+) Import/Export \)\s*$"
)
TAGS = r"(?:\s*:\s*VolumeTag\s*=\s?(?P<tag>.*?))?(?:\s*:\s*AlternateVolumeTag\s*=\s?(?P<alternate>.*))?$"
DRIVE = re.compile(
    r"^\s*Data Transfer Element(?: (?P<number>\d+))?\s*:\s*"
    r"(?:(?P<empty>Empty)|Full(?: \((?:Storage Element (?P<source>\d+)|Unknown Storage Element) Loaded\))?)\s*?"
    + TAGS
)
SLOT = re.compile(
    r"^\s*Storage Element (?P<number>\d+)(?P<mail> IMPORT/EXPORT)?\s*:\s*(?:(?P<empty>Empty)|Full)\s*?" + TAGS
)


@dataclass(frozen=True, slots=True)
class MtxElement:
    """`number` is mtx' own; `source` its guess of the slot a loaded medium came from."""

    number: int
    full: bool
    tag: str
    import_export: bool = False
    source: int | None = None


@dataclass(frozen=True, slots=True)
class MtxStatus:
    """`slots` in printed order, storage and mail slots together. The counts are the header's."""

    device: str
    announced_drives: int
    announced_slots: int
    announced_mail_slots: int
    drives: tuple[MtxElement, ...]
    slots: tuple[MtxElement, ...]


def parse_status(text: str) -> MtxStatus:
    """ProtocolError whose `kind` is the 1-based number of the offending line."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise ProtocolError("no output at all", kind="1")
    number, first = lines[0]
    header = HEADER.match(first)
    if header is None:
        raise ProtocolError("not the first line of mtx status", kind=str(number))
    drives, slots = list[MtxElement](), list[MtxElement]()
    seen = set[tuple[bool, int]]()
    for number, line in lines[1:]:
        key = _parse_row(number, line, drives, slots)
        if key in seen:
            raise ProtocolError(f"element {key[1]} appears twice", kind=str(number))
        seen.add(key)
    return MtxStatus(
        header["device"],
        int(header["drives"]),
        int(header["slots"]),
        int(header["mail"]),
        tuple(drives),
        tuple(slots),
    )


def _parse_row(number: int, line: str, drives: list[MtxElement], slots: list[MtxElement]) -> tuple[bool, int]:
    drive, slot = DRIVE.match(line), SLOT.match(line)
    if drive is not None:
        source = int(drive["source"]) if drive["source"] else None
        drives.append(MtxElement(int(drive["number"] or 0), not drive["empty"], _tag(drive), source=source))
        return False, drives[-1].number
    if slot is not None:
        slots.append(MtxElement(int(slot["number"]), not slot["empty"], _tag(slot), bool(slot["mail"])))
        return True, slots[-1].number
    raise ProtocolError(f"not a row of mtx status: {line.strip()[:60]!r}", kind=str(number))


def _tag(match: re.Match[str]) -> str:
    return (match["tag"] or "").strip("\0 ")


def render_status(status: MtxStatus) -> str:
    """The text mtx would print, with its spacing."""
    counts = f"{status.announced_drives} Drives, {status.announced_slots} Slots"
    rows = [f"  Storage Changer {status.device}:{counts} ( {status.announced_mail_slots} Import/Export )"]
    rows += [_drive_row(drive) for drive in status.drives]
    rows += [_slot_row(slot) for slot in status.slots]
    return "\n".join(rows) + "\n"


def _drive_row(drive: MtxElement) -> str:
    head = f"Data Transfer Element {drive.number}:"
    if not drive.full:
        return head + "Empty"
    origin = f"Storage Element {drive.source}" if drive.source is not None else "Unknown Storage Element"
    tag = f":VolumeTag = {drive.tag}" if drive.tag else ""
    return f"{head}Full ({origin} Loaded){tag}"


def _slot_row(slot: MtxElement) -> str:
    kind = " IMPORT/EXPORT" if slot.import_export else ""
    tag = f":VolumeTag={slot.tag}" if slot.tag else ""
    return f"      Storage Element {slot.number}{kind}:{'Full ' if slot.full else 'Empty'}{tag}"
