"""Writing down what an inventory saw: elements as seen, media as observed, and what does not agree.

The record is never overwritten in silence: a medium seen at another place of its library is observed there (an entry of
its own); one that the record has elsewhere stays there and becomes a discrepancy.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select, update

from service.custody import actions as custody
from service.custody.models import Discrepancy, DiscrepancyKind
from service.db import table
from service.devices.actions import DeviceEvent
from service.devices.models import DEVICE, Device
from service.devices.reconciling import Findings, LibraryRecord, News, news, reconcile
from service.devices.record import TAG_FORM, library_record, tag_rule
from service.devices.seen import Look
from service.devices.sightings import write_elements
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

    `known` is a look that was recorded before: then only what differs from it is compared, however large the library.
    `told` is what others wrote down of their own moves.
    """
    device = unit.connection.execute(select(_DEVICE).where(_DEVICE.c.device_id == device_id)).one_or_none()
    if device is None:
        raise NotFoundError("device", device_id)
    if not look.trustworthy:
        return _not_trusted(unit, device, look)
    only = None if announced or known is None else changed_since(known, look)
    tags = look.by_tag if only is None else tags_at(look, only)
    record = library_record(unit.connection, device, tags, tag_rule(device.identity), only)
    findings = reconcile(look, record, only)
    observed = _observe(unit, device, findings, record, told)
    opened = _open_discrepancies(unit, findings, record)
    write_elements(unit, device_id, look, findings, record, only=only)
    recording = _counted(look, findings, observed, opened)
    if announced:
        _touch(unit, findings.agreeing)
        unit.append(DEVICE.subject(device_id), DeviceEvent.INVENTORIED, facts=_facts(look, recording))
    _touch_device(unit, device, look)
    return recording


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
    numbers = [_open(unit, one) for one in news(findings, record)]
    return sum(number is not None for number in numbers)


def _open(unit: Unit, one: News) -> str | None:
    """Its number; None when it is open already. A barcode nobody knows is news once, wherever it moves to."""
    if one.kind is DiscrepancyKind.UNKNOWN_BARCODE and _is_known(unit, one.about):
        return None
    return custody.open_discrepancy(
        unit, one.kind, one.sentence, medium_id=one.medium_id, location_id=one.location_id
    )


def _is_known(unit: Unit, about: str) -> bool:
    query = select(_DISCREPANCY.c.discrepancy_id).where(
        _DISCREPANCY.c.kind == DiscrepancyKind.UNKNOWN_BARCODE,
        _DISCREPANCY.c.resolved_at.is_(None),
        _DISCREPANCY.c.sentence.startswith(about, autoescape=True),
    )
    return unit.connection.execute(query.limit(1)).first() is not None


def _counted(look: Look, findings: Findings, observed: int, opened: int) -> Recording:
    full = sum(element.full for element in look.elements)
    return Recording(len(look.elements), full, len(findings.agreeing), observed, opened)


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
