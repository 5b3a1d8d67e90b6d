"""Writing down what an inventory saw: elements as seen, media as observed, and what does not agree.

The record is never overwritten in silence: a medium seen at another place of its library is observed there (an entry of
its own); one that the record has elsewhere stays there and becomes a discrepancy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select, update

from service.custody import actions as custody
from service.custody.discrepancies import Wished, open_discrepancies
from service.custody.models import Discrepancy, DiscrepancyKind
from service.db import table
from service.devices.actions import DeviceEvent
from service.devices.models import DEVICE, Device
from service.devices.reconciling import Findings, LibraryRecord, news, reconcile, stranger
from service.devices.record import TAG_FORM, gone_addresses, library_record, tag_rule
from service.devices.seen import Look
from service.devices.sightings import drop_elements, write_elements
from service.devices.told_by_others import ToldMoves, told_facts
from service.errors import NotFoundError
from service.ledger.writer import Unit
from service.media.models import Medium
from service.media.queries import chunks

_DEVICE = table(Device)
_MEDIUM = table(Medium)
_DISCREPANCY = table(Discrepancy)


@dataclass(frozen=True, slots=True)
class Recording:
    """Counts of one inventory; `agreeing` media stand where the record has them, of `media` seen."""

    slots: int
    media: int
    agreeing: int
    observed: int
    discrepancies: int
    trustworthy: bool = True

    @property
    def sentence(self) -> str:
        if not self.trustworthy:
            return "The library could not be read completely. Nothing was recorded."
        news = [
            f"{count} {text}"
            for count, text in (
                (self.observed, "observed at another place"),
                (self.discrepancies, "new discrepancies"),
            )
            if count
        ]
        return (
            f"Inventory agrees in {self.agreeing} of {self.media} media"
            + "".join(f", {text}" for text in news)
            + "."
        )


def record_inventory(
    unit: Unit,
    device_id: str,
    look: Look,
    *,
    announced: bool = True,
    known: Look | None = None,
    told: ToldMoves = MappingProxyType({}),
) -> Recording:
    """`announced` inventories get an entry of their own, compare everything, and renew when their media were seen.

    `known` is the look that was recorded last: then only what differs from it is compared, however large the library. Another
    than that is not taken for it.
    `told` is what others wrote down of their own moves.
    """
    device = _device(unit, device_id)
    if not look.trustworthy:
        return _not_trusted(unit, device, look)
    fits = known is not None and known.digest == (device.identity or {}).get("digest")
    only = None if announced or known is None or not fits else changed_since(known, look)
    part = _record(unit, device, look, only, told)
    recording = _counted(look, part)
    if announced:
        _touch(unit, part.findings.agreeing)
        unit.append(DEVICE.subject(device_id), DeviceEvent.INVENTORIED, facts=_facts(look, recording))
    _touch_device(unit, device, look)
    return recording


@dataclass(frozen=True, slots=True)
class Part:
    """What was found at some addresses, and what came of it."""

    findings: Findings
    observed: int
    opened: int


def _record(unit: Unit, device: Row[Any], look: Look, only: frozenset[int] | None, told: ToldMoves) -> Part:
    tags = look.by_tag if only is None else tags_at(look, only)
    record = library_record(unit.connection, device, tags, tag_rule(device.identity), only)
    findings = reconcile(look, record, only)
    observed = _observe(unit, device, findings, record, told)
    opened = _open_discrepancies(unit, findings, record)
    write_elements(unit, device.device_id, look, findings, record, only=only)
    return Part(findings, observed, opened)


def record_part(unit: Unit, device_id: str, look: Look, only: frozenset[int], told: ToldMoves) -> Part:
    """The same for some addresses of a look that is recorded in several units; `conclude_inventory` is the last."""
    part = _record(unit, _device(unit, device_id), look, only, told)
    _touch(unit, part.findings.agreeing)
    return part


def conclude_inventory(unit: Unit, device_id: str, look: Look, parts: Sequence[Part]) -> Recording:
    """What belongs to no address that was seen: places and elements that are gone; then the entry of the whole."""
    device = _device(unit, device_id)
    record = library_record(
        unit.connection, device, (), tag_rule(device.identity), gone_addresses(unit.connection, device, look)
    )
    findings = reconcile(look, record, frozenset())
    opened = _open_discrepancies(unit, findings, record)
    drop_elements(unit, device_id, look)
    recording = _counted(look, *parts, Part(findings, 0, opened))
    unit.append(DEVICE.subject(device_id), DeviceEvent.INVENTORIED, facts=_facts(look, recording))
    _touch_device(unit, device, look)
    return recording


def _device(unit: Unit, device_id: str) -> Row[Any]:
    device = unit.connection.execute(select(_DEVICE).where(_DEVICE.c.device_id == device_id)).one_or_none()
    if device is None:
        raise NotFoundError("device", device_id)
    return device


def changed_since(known: Look, look: Look) -> frozenset[int] | None:
    """The addresses that differ; None when the library itself is another than before."""
    if known.topology != look.topology or not known.trustworthy:
        return None
    return frozenset(
        element.address for element in look.elements if known.by_address.get(element.address) != element
    )


def tags_at(look: Look, only: frozenset[int]) -> list[str]:
    found = (look.by_address[address].tag for address in only)
    return [tag for tag in found if tag is not None]


def _not_trusted(unit: Unit, device: Row[Any], look: Look) -> Recording:
    text = "The library could not be read completely: " + "; ".join(look.problems)
    unit.connection.execute(
        update(_DEVICE).where(_DEVICE.c.device_id == device.device_id).values(fault=text[:500])
    )
    return Recording(0, 0, 0, 0, 0, trustworthy=False)


def _observe(unit: Unit, device: Row[Any], findings: Findings, record: LibraryRecord, told: ToldMoves) -> int:
    count = 0
    for found in findings.moved:
        location_id = record.places.get(found.at.address)
        if location_id is None:
            continue
        facts = told_facts(told, found.medium.reported, found.at.address, device.inventory_at)
        custody.observe(unit, found.medium.medium_id, location_id, facts={"device": device.name, **facts})
        count += 1
    return count


def _open_discrepancies(unit: Unit, findings: Findings, record: LibraryRecord) -> int:
    """A barcode nobody knows is news once, wherever it moves to."""
    wanted = news(findings, record)
    known = _known_strangers(unit) if any(one.about for one in wanted) else frozenset()
    return open_discrepancies(
        unit,
        [
            Wished(one.kind, one.sentence, one.medium_id, one.location_id)
            for one in wanted
            if one.about not in known
        ],
    )


def _known_strangers(unit: Unit) -> frozenset[str]:
    """How the sentences of the open ones begin; the same as `News.about`."""
    sentences = unit.connection.execute(
        select(_DISCREPANCY.c.sentence).where(
            _DISCREPANCY.c.kind == DiscrepancyKind.UNKNOWN_BARCODE, _DISCREPANCY.c.resolved_at.is_(None)
        )
    ).scalars()
    return frozenset(stranger(sentence) for sentence in sentences)


def _counted(look: Look, *parts: Part) -> Recording:
    full = sum(element.full for element in look.elements)
    return Recording(
        len(look.elements),
        full,
        sum(len(part.findings.agreeing) for part in parts),
        sum(part.observed for part in parts),
        sum(part.opened for part in parts),
    )


def _facts(look: Look, recording: Recording) -> dict[str, object]:
    facts: dict[str, object] = {"digest": look.digest, "taken_at": look.taken_at, **asdict(recording)}
    if look.attentions:
        facts["attentions"] = list(look.attentions)
    if look.problems:
        facts["problems"] = list(look.problems[:20])
    return facts


def _touch(unit: Unit, medium_ids: Iterable[str]) -> None:
    for part in chunks(medium_ids):
        unit.connection.execute(update(_MEDIUM).where(_MEDIUM.c.medium_id.in_(part)).values(seen_at=unit.now))


def nothing_new(unit: Unit, device_id: str) -> None:
    """The library was looked at, and shows what it showed before."""
    values = {"inventory_at": unit.now, "fault": None}
    unit.connection.execute(update(_DEVICE).where(_DEVICE.c.device_id == device_id).values(**values))


def _touch_device(unit: Unit, device: Row[Any], look: Look) -> None:
    kept = {TAG_FORM: device.identity[TAG_FORM]} if device.identity and TAG_FORM in device.identity else {}
    values = {
        "inventory_at": unit.now,
        "topology_digest": look.topology,
        "identity": {**look.identity, **kept, "digest": look.digest},
        "fault": None,
    }
    unit.connection.execute(update(_DEVICE).where(_DEVICE.c.device_id == device.device_id).values(**values))
