"""Reading a changer: identity, capabilities and snapshots, over one session."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from drivers.changer.elements import drive_identity, element_state, tag_problems
from drivers.changer.model import (
    Answer,
    Capabilities,
    ChangerIdentity,
    DriveIdentity,
    DriveIdRead,
    ElementState,
    ElementType,
    Freshness,
    Problem,
    ProblemKind,
    Snapshot,
    TagState,
    Topology,
)
from drivers.errors import IllegalRequestError, ProtocolError
from drivers.scsi import commands, inquiry, mode
from drivers.scsi.element_status import Descriptor, parse_element_status
from drivers.scsi.mode import ElementAddresses, ElementRange, MoveMatrix
from drivers.scsi.session import Session
from drivers.scsi.transport import Deadline

SMALL_COMMAND_S, INQUIRY_S, INVENTORY_S, INITIALIZE_S = 60.0, 30.0, 1800.0, 1800.0
STABLE_READS = 3
MOVE_OPCODE, EXCHANGE_OPCODE, OPEN_IE_OPCODE, PREVENT_OPCODE = 0xA5, 0xA6, 0x1B, 0x1E


def identify(session: Session, deadline: Deadline, *, url: str, backend: str) -> ChangerIdentity:
    basic = inquiry.parse_inquiry(session.run(commands.inquiry(), deadline, INQUIRY_S).data_in)
    serial = session.attempt(commands.inquiry_page(inquiry.SERIAL_PAGE), deadline, INQUIRY_S)
    more = session.attempt(commands.inquiry_page(inquiry.DESIGNATOR_PAGE), deadline, INQUIRY_S)
    designators = inquiry.parse_designators(more.data_in) if more else ()
    return ChangerIdentity(
        vendor=basic.vendor,
        product=basic.product,
        revision=basic.revision,
        serial=inquiry.parse_serial(serial.data_in) if serial else "",
        designators=tuple(f"{d.kind}:{d.text}" for d in designators),
        backend=backend,
        url=url,
    )


def probe_capabilities(session: Session, deadline: Deadline) -> Capabilities:
    basic = inquiry.parse_inquiry(session.run(commands.inquiry(), deadline, INQUIRY_S).data_in)
    matrix = session.attempt(commands.mode_sense(mode.CAPABILITIES_PAGE), deadline, SMALL_COMMAND_S)
    listed = session.attempt(commands.report_opcodes(), deadline, SMALL_COMMAND_S)
    known = {c.opcode: c for c in inquiry.parse_opcodes(listed.data_in)} if listed else None
    move = known.get(MOVE_OPCODE) if known else None
    return Capabilities(
        has_barcode=Answer.YES if basic.barcode_reader else Answer.UNKNOWN,
        drive_ids=DriveIdRead.SEPARATE,
        move_matrix=mode.parse_move_matrix(matrix.data_in) if matrix else None,
        exchange=known is not None and EXCHANGE_OPCODE in known,
        opens_mail_slot=_offered(known, OPEN_IE_OPCODE),
        prevents_removal=_offered(known, PREVENT_OPCODE),
        export_is_immediate=False,
        needs_eject_before_move=Answer.UNKNOWN,
        fast_load=Answer.UNKNOWN,
        max_element_status_bytes=commands.ELEMENT_STATUS_LENGTH,
        all_types_in_one_read=False,
        move_timeout_s=move.recommended_s if move else 0,
    )


def _offered(known: dict[int, inquiry.CommandTimeout] | None, opcode: int) -> Answer:
    if known is None:
        return Answer.UNKNOWN
    return Answer.YES if opcode in known else Answer.NO


@dataclass(frozen=True)
class Look:
    """What one look at the changer needs to know beforehand."""

    changer: ChangerIdentity
    moves: MoveMatrix | None
    drive_ids: DriveIdRead
    freshness: Freshness
    taken_at: datetime


@dataclass
class _Reading:
    """What accumulates while reading; `problems` decide whether the snapshot is complete."""

    elements: list[ElementState] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    drive_ids: DriveIdRead = DriveIdRead.NONE


def take_snapshot(session: Session, deadline: Deadline, look: Look) -> tuple[Snapshot, DriveIdRead]:
    """Read everything; start again when an event arrives in the middle. Also says how drive ids came."""
    session.take_exchanges()
    if look.freshness is Freshness.ROBOT_VERIFIED:
        session.run(commands.initialize_element_status(), deadline, INITIALIZE_S)
    for _ in range(STABLE_READS):
        addresses = _addresses(session, deadline)
        events = session.attentions_seen
        reading = _read_all(session, deadline, addresses, look.drive_ids)
        if session.attentions_seen == events:
            break
    else:
        reading.problems.append(
            Problem(ProblemKind.SENSE_DURING_READ, "events kept arriving during the read")
        )
    return _assemble(session, look, addresses, reading), reading.drive_ids


def _addresses(session: Session, deadline: Deadline) -> ElementAddresses:
    try:
        small = session.run(commands.mode_sense(mode.ELEMENT_ADDRESS_PAGE), deadline, SMALL_COMMAND_S)
        return mode.parse_element_addresses(small.data_in)
    except IllegalRequestError:
        large = session.run(commands.mode_sense_10(mode.ELEMENT_ADDRESS_PAGE), deadline, SMALL_COMMAND_S)
        return mode.parse_element_addresses(large.data_in, header=mode.HEADER_10)


def _read_all(
    session: Session, deadline: Deadline, addresses: ElementAddresses, how: DriveIdRead
) -> _Reading:
    reading = _Reading()
    for kind in ElementType:
        part = addresses.of(kind)
        items = list(_read_type(session, deadline, kind, part, reading)) if part.count else []
        reading.elements += [element_state(item) for item in items]
        _check_count(kind, part, items, reading)
    reading.problems += tag_problems(reading.elements)
    _join_drive_ids(session, deadline, addresses.drives, how, reading)
    return reading


def _read_type(
    session: Session, deadline: Deadline, kind: ElementType, part: ElementRange, reading: _Reading
) -> Iterator[Descriptor]:
    """Page through one element type; a response without progress ends it."""
    start, seen = part.first, set[int]()
    while len(seen) < part.count and start <= part.last:
        command = commands.read_element_status(kind, start, part.last - start + 1, tags=True)
        pages = parse_element_status(session.run(command, deadline, INVENTORY_S).data_in)
        reading.problems += [Problem(ProblemKind.SHORT_DATA, text) for text in pages.problems]
        fresh = [d for d in pages.descriptors if d.element_type == kind and d.address not in seen]
        if len(fresh) < len(pages.descriptors):
            reading.problems.append(Problem(ProblemKind.OVERLAP, f"repeated descriptors of type {kind.name}"))
        if not fresh:
            return
        yield from fresh
        seen.update(d.address for d in fresh)
        start = max(seen) + 1


def _check_count(kind: ElementType, part: ElementRange, items: list[Descriptor], reading: _Reading) -> None:
    """Announced elements that were not reported are gaps: their addresses stay reserved."""
    if len(items) != part.count:
        text = f"{len(items)} elements of type {kind.name} reported, {part.count} announced"
        reading.problems.append(Problem(ProblemKind.COUNT_MISMATCH, text))
        seen = {item.address for item in items}
        missing = (a for a in range(part.first, part.first + part.count) if a not in seen)
        reading.elements += [ElementState(kind, address, full=False, installed=False) for address in missing]
    if items and all(item.tag is None for item in items) and any(item.full for item in items):
        reading.problems.append(Problem(ProblemKind.TAGS_SUPPRESSED, f"no volume tags for {kind.name}"))
        reading.elements = [_suppressed(e) if e.type is kind else e for e in reading.elements]


def _suppressed(state: ElementState) -> ElementState:
    return replace(state, tag_state=TagState.SUPPRESSED) if state.full else state


def _join_drive_ids(
    session: Session, deadline: Deadline, part: ElementRange, how: DriveIdRead, reading: _Reading
) -> None:
    """A second, optional read: occupancy is never taken from it."""
    if not part.count or how is DriveIdRead.NONE:
        return
    ids, reading.drive_ids = _read_drive_ids(session, deadline, part, how)
    reading.elements = [replace(e, drive=ids[e.address]) if e.address in ids else e for e in reading.elements]
    if not ids:
        reading.problems.append(
            Problem(ProblemKind.NO_DRIVE_IDENTITY, "the changer does not name its drives")
        )


def _read_drive_ids(
    session: Session, deadline: Deadline, part: ElementRange, how: DriveIdRead
) -> tuple[dict[int, DriveIdentity], DriveIdRead]:
    order = (DriveIdRead.SEPARATE, DriveIdRead.NEEDS_TAGS)
    for way in order[order.index(how) :]:
        command = commands.read_element_status(
            ElementType.DATA_TRANSFER,
            part.first,
            part.count,
            tags=way is DriveIdRead.NEEDS_TAGS,
            drive_ids=True,
        )
        exchange = session.attempt(command, deadline, INVENTORY_S)
        ids = _drive_ids(exchange.data_in) if exchange else {}
        if ids:
            return ids, way
    return {}, DriveIdRead.NONE


def _drive_ids(data: bytes) -> dict[int, DriveIdentity]:
    try:
        items = parse_element_status(data).descriptors
    except ProtocolError:
        return {}
    found = {
        item.address: drive_identity(item) for item in items if item.element_type == ElementType.DATA_TRANSFER
    }
    return {address: identity for address, identity in found.items() if identity is not None}


INCOMPLETE = frozenset({ProblemKind.SENSE_DURING_READ, ProblemKind.TAGS_SUPPRESSED})


def _assemble(session: Session, look: Look, addresses: ElementAddresses, reading: _Reading) -> Snapshot:
    exchanges = session.take_exchanges()
    return Snapshot(
        changer=look.changer,
        topology=Topology(addresses, look.moves, slot_numbers(reading.elements)),
        elements=tuple(reading.elements),
        taken_at=look.taken_at,
        duration_ms=sum(exchange.duration_ms for exchange in exchanges),
        unit_attentions=tuple(session.take_attentions()),
        fresh=look.freshness,
        complete=not any(p.kind in INCOMPLETE for p in reading.problems),
        problems=tuple(reading.problems),
        raw=exchanges,
    )


def slot_numbers(elements: list[ElementState]) -> dict[int, int]:
    """Numbers for people, as mtx counts: storage from 1, mail slots after it, drives from 0."""
    of = {kind: [e.address for e in elements if e.type is kind] for kind in ElementType}
    places = of[ElementType.STORAGE] + of[ElementType.IMPORT_EXPORT]
    drives = of[ElementType.DATA_TRANSFER]
    return {a: n for n, a in enumerate(places, start=1)} | {a: n for n, a in enumerate(drives)}
