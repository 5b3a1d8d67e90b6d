"""Snapshots as JSON values and back, so that a move survives the process that planned it."""

from datetime import datetime
from typing import Any

from drivers.changer.model import (
    ChangerIdentity,
    DriveIdentity,
    ElementState,
    ElementType,
    Freshness,
    MailSlotBits,
    MediumType,
    Problem,
    ProblemKind,
    Snapshot,
    SourceAuthority,
    SourceRef,
    TagState,
    Topology,
    VolumeTag,
)
from drivers.errors import ProtocolError
from drivers.scsi.exchange import Sense
from drivers.scsi.mode import ElementAddresses, ElementRange

FORMAT = 1


def snapshot_to_json(snapshot: Snapshot) -> dict[str, Any]:
    """Everything but the raw exchanges; of those only their digests."""
    topology = snapshot.topology
    return {
        "format": FORMAT,
        "changer": vars(snapshot.changer) | {"designators": list(snapshot.changer.designators)},
        "ranges": [[topology.addresses.of(k).first, topology.addresses.of(k).count] for k in ElementType],
        "moves": sorted(map(list, topology.moves)) if topology.moves is not None else None,
        "slot_numbers": [[address, number] for address, number in topology.slot_numbers.items()],
        "elements": [element_to_json(element) for element in snapshot.elements],
        "taken_at": snapshot.taken_at.isoformat(),
        "duration_ms": snapshot.duration_ms,
        "unit_attentions": [sense.raw.hex() or str(sense) for sense in snapshot.unit_attentions],
        "fresh": snapshot.fresh.value,
        "complete": snapshot.complete,
        "problems": [[p.kind.value, p.detail, p.address] for p in snapshot.problems],
        "digest": snapshot.digest,
        "evidence": [exchange.digest() for exchange in snapshot.raw],
    }


def element_to_json(e: ElementState) -> dict[str, Any]:
    return {
        "type": e.type.name.lower(),
        "address": e.address,
        "full": e.full,
        "access": e.access,
        "exception": [e.exception.asc, e.exception.ascq] if e.exception else None,
        "tag": _tag_to_json(e.tag),
        "tag_state": e.tag_state.value,
        "phantom_tag": _tag_to_json(e.phantom_tag),
        "source": [e.source.address, e.source.authority.value],
        "mail_slot": _bits_to_json(e.mail_slot),
        "drive": _drive_to_json(e.drive),
        "medium_type": e.medium_type.name.lower(),
        "installed": e.installed,
    }


def _tag_to_json(tag: VolumeTag | None) -> dict[str, Any] | None:
    return {"raw": tag.raw.hex(), "text": tag.text, "sequence": tag.sequence} if tag else None


def _bits_to_json(bits: MailSlotBits | None) -> list[bool] | None:
    if bits is None:
        return None
    return [bits.oir, bits.cmc, bits.in_enable, bits.ex_enable, bits.placed_by_operator]


def _drive_to_json(drive: DriveIdentity | None) -> list[Any] | None:
    return [drive.vendor, drive.product, drive.serial, drive.id_type] if drive else None


def snapshot_from_json(value: dict[str, Any]) -> Snapshot:
    """The inverse without raw exchanges; ProtocolError when it is not such a value."""
    try:
        return _snapshot(value)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ProtocolError(f"not a stored snapshot: {error}") from error


def _snapshot(value: dict[str, Any]) -> Snapshot:
    changer = value["changer"]
    ranges = (ElementRange(first, count) for first, count in value["ranges"])
    moves = frozenset((a, b) for a, b in value["moves"]) if value["moves"] is not None else None
    return Snapshot(
        changer=ChangerIdentity(**changer | {"designators": tuple(changer["designators"])}),
        topology=Topology(ElementAddresses(*ranges), moves, dict(value["slot_numbers"])),
        elements=tuple(_element(element) for element in value["elements"]),
        taken_at=datetime.fromisoformat(value["taken_at"]),
        duration_ms=value["duration_ms"],
        fresh=Freshness(value["fresh"]),
        complete=value["complete"],
        problems=tuple(Problem(ProblemKind(kind), text, at) for kind, text, at in value["problems"]),
    )


def _element(v: dict[str, Any]) -> ElementState:
    address, authority = v["source"]
    return ElementState(
        type=ElementType[v["type"].upper()],
        address=v["address"],
        full=v["full"],
        access=v["access"],
        exception=Sense(0, *v["exception"]) if v["exception"] else None,
        tag=_tag(v["tag"]),
        tag_state=TagState(v["tag_state"]),
        phantom_tag=_tag(v["phantom_tag"]),
        source=SourceRef(address, SourceAuthority(authority)),
        mail_slot=MailSlotBits(*v["mail_slot"]) if v["mail_slot"] else None,
        drive=DriveIdentity(*v["drive"]) if v["drive"] else None,
        medium_type=MediumType[v["medium_type"].upper()],
        installed=v["installed"],
    )


def _tag(v: dict[str, Any] | None) -> VolumeTag | None:
    return VolumeTag(bytes.fromhex(v["raw"]), v["text"], v["sequence"]) if v else None
