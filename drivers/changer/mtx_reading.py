"""mtx' text → identity and snapshot. Pure."""

import re
from datetime import datetime

from drivers.changer.elements import tag_problems
from drivers.changer.model import (
    NO_SOURCE,
    ChangerIdentity,
    ElementState,
    ElementType,
    Freshness,
    Problem,
    ProblemKind,
    Snapshot,
    SourceAuthority,
    SourceRef,
    TagState,
    Topology,
    VolumeTag,
)
from drivers.changer.mtx_text import MtxElement, MtxStatus, parse_status
from drivers.errors import ProtocolError
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.mode import ElementAddresses, ElementRange

DRIVE_BASE = 0x8000
INQUIRY_LINE = re.compile(r"^(?P<name>Vendor ID|Product ID|Revision):\s*'(?P<value>.*)'\s*$", re.MULTILINE)
WARNING = re.compile(r"^Warning:\s*Too Many .*$", re.MULTILINE)


def parse_inquiry(text: str, url: str) -> ChangerIdentity:
    found = {match["name"]: match["value"].strip() for match in INQUIRY_LINE.finditer(text)}
    if "Vendor ID" not in found:
        raise ProtocolError("mtx inquiry printed no vendor")
    vendor, product, revision = (found.get(name, "") for name in ("Vendor ID", "Product ID", "Revision"))
    return ChangerIdentity(vendor, product, revision, "", (), "mtx", url)


def snapshot_of(
    exchange: RawExchange,
    identity: ChangerIdentity,
    freshness: Freshness,
    taken_at: datetime,
    events: tuple[Sense, ...],
) -> Snapshot:
    status = parse_status(exchange.data_in.decode("latin-1"))
    elements = tuple(_slot(row) for row in status.slots) + tuple(_drive(row) for row in status.drives)
    problems = (*tag_problems(elements), *_count_problems(status), *_warnings(exchange))
    return Snapshot(
        changer=identity,
        topology=_topology(status),
        elements=elements,
        taken_at=taken_at,
        duration_ms=exchange.duration_ms,
        unit_attentions=events,
        fresh=freshness,
        complete=not _count_problems(status),
        problems=problems,
        raw=(exchange,),
    )


def _tag(row: MtxElement) -> VolumeTag | None:
    return VolumeTag(row.tag.encode("latin-1", "replace"), row.tag) if row.tag else None


def _state(row: MtxElement) -> TagState:
    return TagState.READ if row.tag and row.full else TagState.ABSENT


def _slot(row: MtxElement) -> ElementState:
    kind = ElementType.IMPORT_EXPORT if row.import_export else ElementType.STORAGE
    tag = _tag(row)
    return ElementState(
        type=kind,
        address=row.number,
        full=row.full,
        tag=tag if row.full else None,
        tag_state=_state(row),
        phantom_tag=None if row.full else tag,
    )


def _drive(row: MtxElement) -> ElementState:
    tag = _tag(row)
    source = SourceRef(row.source, SourceAuthority.MTX_DERIVED) if row.source is not None else NO_SOURCE
    return ElementState(
        type=ElementType.DATA_TRANSFER,
        address=DRIVE_BASE + row.number,
        full=row.full,
        tag=tag if row.full else None,
        tag_state=_state(row),
        phantom_tag=None if row.full else tag,
        source=source,
    )


def _range(numbers: list[int]) -> ElementRange:
    return ElementRange(min(numbers), len(numbers)) if numbers else ElementRange(0, 0)


def _topology(status: MtxStatus) -> Topology:
    storage = [row.number for row in status.slots if not row.import_export]
    mail = [row.number for row in status.slots if row.import_export]
    drives = [DRIVE_BASE + row.number for row in status.drives]
    addresses = ElementAddresses(ElementRange(0, 0), _range(storage), _range(mail), _range(drives))
    numbers = {n: n for n in (*storage, *mail)} | {
        DRIVE_BASE + row.number: row.number for row in status.drives
    }
    return Topology(addresses, None, numbers)


def _count_problems(status: MtxStatus) -> tuple[Problem, ...]:
    mail = sum(row.import_export for row in status.slots)
    announced = (status.announced_drives, status.announced_slots, status.announced_mail_slots)
    printed = (len(status.drives), len(status.slots), mail)
    if announced == printed:
        return ()
    text = f"drives, slots and mail slots: {announced} announced, {printed} printed"
    return (Problem(ProblemKind.COUNT_MISMATCH, text),)


def _warnings(exchange: RawExchange) -> tuple[Problem, ...]:
    lines = WARNING.findall(exchange.sense.decode("latin-1"))
    return tuple(Problem(ProblemKind.COUNT_MISMATCH, line) for line in lines)
