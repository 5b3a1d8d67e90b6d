"""What devices report, as plain values and as tables for people. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from drivers.changer.model import ElementState, ElementType, Snapshot
from drivers.scsi.attributes import KINDS, Attribute, AttributeFormat
from drivers.scsi.encryption import BlockEncryption, DecryptionMode, EncryptionMode
from drivers.scsi.exchange import Sense
from drivers.scsi.sense_table import find_row
from drivers.tape.alert_table import describe
from drivers.tape.model import EncryptionState, TapeAlerts

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


def attribute(a: Attribute) -> dict[str, Any]:
    kind = KINDS.get(a.id)
    return {
        "id": f"{a.id:04X}",
        "name": kind.name if kind else "unknown",
        "value": _attribute_value(a),
        "raw": a.value.hex(),
        "read_only": a.read_only,
    }


LONGEST_NUMBER = 8


def _attribute_value(a: Attribute) -> str:
    if a.format is not AttributeFormat.BINARY:
        return a.text
    if len(a.value) > LONGEST_NUMBER:
        return a.value.hex()
    unit = KINDS[a.id].unit if a.id in KINDS else ""
    never = set(a.value) == {0xFF}
    return "none" if never else f"{a.number} {unit}".strip()


def alert(number: int) -> dict[str, Any]:
    flag = describe(number)
    return {"number": flag.number, "name": flag.name, "severity": flag.severity, "reaction": flag.reaction}


def alerts(found: TapeAlerts) -> str:
    if not found.flags:
        return "no alerts\n"
    table = rows(("flag", "name", "severity", "reaction"), [tuple(alert(n).values()) for n in found.flags])
    return table + ("! reading has cleared them for everybody\n" if found.cleared else "")


def _name(kind: type[EncryptionMode | DecryptionMode | BlockEncryption], value: int) -> str:
    known = {int(member): member.name.lower().replace("_", " ") for member in kind}
    return known.get(value, f"code {value}")


def encryption(state: EncryptionState) -> dict[str, Any]:
    status, following = state.status, state.next_block
    value: dict[str, Any] = {"supported": status is not None}
    if status is not None:
        value |= {
            "encryption": _name(EncryptionMode, status.encryption),
            "decryption": _name(DecryptionMode, status.decryption),
            "key_instance": status.key_instance,
            "medium_holds_encrypted_blocks": status.holds_encrypted,
            "key_name": _kad(status.kads),
        }
    if following is not None:
        value |= {
            "next_block": following.object_number,
            "next_block_is": _name(BlockEncryption, following.encryption),
            "next_block_key_name": _kad(following.kads),
        }
    return value | {"algorithms": [f"{a.code:08X}" for a in state.algorithms]}


def _kad(kads: Mapping[int, bytes]) -> str | None:
    raw = next(iter(kads.values()), b"")
    return (raw.decode("ascii") if raw.isascii() and raw.decode().isprintable() else raw.hex()) or None
