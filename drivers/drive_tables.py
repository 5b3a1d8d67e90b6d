"""What tape drives report, as plain values and as tables for people. Pure."""

from collections.abc import Mapping
from typing import Any

from drivers.scsi.attributes import KINDS, Attribute, AttributeFormat
from drivers.scsi.encryption import BlockEncryption, DecryptionMode, EncryptionMode
from drivers.tables import rows
from drivers.tape.alert_table import describe
from drivers.tape.model import EncryptionState, TapeAlerts


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
