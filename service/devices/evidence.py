"""What a step keeps of the looks before and after a move, small enough for libraries of any size.

The verdict on an interrupted move needs from the look before it: which elements were there, which held something without
a readable tag, and the tag at the source. That much is kept, and given back to the driver as a snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from drivers.changer.model import (
    ChangerIdentity,
    ElementState,
    ElementType,
    MoveOutcome,
    Snapshot,
    TagState,
    Topology,
    VolumeTag,
)
from drivers.errors import DeviceError
from drivers.scsi.exchange import RawExchange
from drivers.scsi.mode import ElementAddresses, ElementRange


def kept(before: Snapshot) -> dict[str, object]:
    """JSON values: `ranges` by element type, `unread` and `gaps` by address."""
    addresses = before.topology.addresses
    return {
        "digest": before.digest,
        "taken_at": before.taken_at.isoformat(),
        "ranges": [[addresses.of(kind).first, addresses.of(kind).count] for kind in ElementType],
        "unread": [e.address for e in before.elements if e.full and e.tag_state is not TagState.READ],
        "gaps": [e.address for e in before.elements if not e.installed],
    }


def restored(record: Mapping[str, Any], source: int, tag: str | None, url: str) -> Snapshot:
    ranges = [ElementRange(first, count) for first, count in record["ranges"]]
    unread, gaps = frozenset(record["unread"]), frozenset(record["gaps"])
    elements = tuple(
        _element(kind, address, unread, gaps, tag if address == source else None)
        for kind, part in zip(ElementType, ranges, strict=True)
        for address in range(part.first, part.first + part.count)
    )
    return Snapshot(
        changer=ChangerIdentity("", "", "", "", (), "", url),
        topology=Topology(ElementAddresses(*ranges), None),
        elements=elements,
        taken_at=datetime.fromisoformat(record["taken_at"]),
        duration_ms=0,
    )


def _element(
    kind: ElementType, address: int, unread: frozenset[int], gaps: frozenset[int], tag: str | None
) -> ElementState:
    full = address in unread or tag is not None
    return ElementState(
        kind,
        address,
        full,
        tag=VolumeTag(tag.encode(), tag) if tag else None,
        tag_state=TagState.READ if tag else TagState.UNREADABLE if full else TagState.ABSENT,
        installed=address not in gaps,
    )


@dataclass(frozen=True, slots=True)
class Observed:
    """A move's outcome in plain values. `told` is what the changer answered, `found_at` where the medium was seen."""

    verdict: str
    found_at: int | None
    flags: tuple[str, ...]
    told: str
    safe_to_repeat: bool
    before_digest: str
    after_digest: str | None
    evidence_sha256: str

    def record(self) -> dict[str, object]:
        return {
            "verdict": self.verdict,
            "found_at": self.found_at,
            "flags": list(self.flags),
            "told": self.told,
            "safe_to_repeat": self.safe_to_repeat,
            "before": self.before_digest,
            "after": self.after_digest,
            "evidence_sha256": self.evidence_sha256,
        }


def observed(outcome: MoveOutcome, *, told: str | None = None) -> Observed:
    return Observed(
        verdict=outcome.verdict.value,
        found_at=outcome.found_at,
        flags=tuple(sorted(flag.value for flag in outcome.judgement.flags)),
        told=told if told is not None else answer_of(outcome.refusal),
        safe_to_repeat=outcome.safe_to_repeat,
        before_digest=outcome.before.digest,
        after_digest=outcome.after.digest if outcome.after else None,
        evidence_sha256=digest_of(outcome.exchanges),
    )


def answer_of(refusal: DeviceError | None) -> str:
    """What the device answered, for people: without the way to it, with its sense."""
    if refusal is None:
        return "GOOD"
    detail = f": {refusal.detail}" if refusal.detail else ""
    sense = f" [sense {refusal.sense}]" if refusal.sense else ""
    return f"{refusal.sentence}{detail}{sense}"


def digest_of(exchanges: Sequence[RawExchange]) -> str:
    whole = sha256()
    for exchange in exchanges:
        whole.update(bytes.fromhex(exchange.digest()))
    return whole.hexdigest()
