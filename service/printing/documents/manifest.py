"""The manifest of a frozen consignment, and the courier's copy that tells no content.

Everything that was frozen is read from the frozen bytes, so that what later becomes of a medium does not change the paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import (
    Issue,
    Manifest,
    ManifestContainer,
    ManifestKind,
    ManifestLine,
    ManifestSeal,
)
from service.consignments import queries
from service.consignments.actions import ConsignmentEvent
from service.consignments.models import CONSIGNMENT, ConsignmentContainer, Direction
from service.consignments.models import ManifestLine as LineRow
from service.containers.actions import SealEvent
from service.containers.models import SEAL, Container, Seal
from service.custody import queries as custody
from service.custody.actions import TransferEvent
from service.custody.models import TRANSFER
from service.db import table
from service.handlers.queries import Person, names_of
from service.ledger.format import parse_timestamp
from service.ledger.store import Entry
from service.media.models import Medium
from service.printing.documents import evidence, sides
from service.printing.documents.ends import ends, printed
from service.printing.documents.facts import EndFacts, EntryRef, HandoverFacts, entry_ref
from service.printing.documents.media_words import type_word
from service.printing.documents.wording import Wording
from service.rotation.models import Run

_LINE = table(LineRow)
_MEDIUM = table(Medium)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_SEAL = table(Seal)
_RUN = table(Run)
FIRST = 1
STEPS = (ConsignmentEvent.OPENED, ConsignmentEvent.FROZEN, ConsignmentEvent.DISPATCHED)
KINDS = {Direction.OUT: ManifestKind.OUTBOUND, Direction.HOME: ManifestKind.INBOUND}


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """`entry` is the position of the seal's entry; None for a seal of which there is none."""

    container: str
    pieces: int
    seal: str
    sealed_at: datetime | None
    sealed_by: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """`entry` is the position of the entry that packed it."""

    line: int
    medium_id: str
    barcode: str
    serial_number: str
    media_type: str
    generation: str
    dataset: str
    encrypted: bool | None
    retain_until: date | None
    container: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class ManifestFacts:
    """`lines` is None on the courier's copy. `manifest_sha256` is that of the frozen manifest, as the ledger has it."""

    consignment: str
    consignment_id: str
    direction: Direction
    purpose: str
    run: str
    run_approved_by: str
    opened_by: str
    sender: EndFacts
    receiver: EndFacts
    carrier: EndFacts
    due_at: datetime | None
    frozen_at: datetime
    manifest_sha256: str
    media: int
    not_encrypted: int
    containers: tuple[BoxFacts, ...]
    lines: tuple[LineFacts, ...] | None
    handover: HandoverFacts
    entries: tuple[EntryRef, ...]


def read(session: Session, person: Person, number: str) -> ManifestFacts:
    """Raises NotFoundError, and NotReadyError while it is not frozen."""
    connection = session.connection()
    content, digest = queries.frozen_manifest(connection, person, number)
    frozen, row = msgspec.json.decode(content), queries.consignment(connection, person, number)
    first = next(one for one in custody.transfers_of(connection, person, number) if one.ordinal == FIRST)
    seals, ways = _seals(connection, row.consignment_id), ends(connection, row)
    subjects = [
        CONSIGNMENT.subject(row.consignment_id),
        TRANSFER.subject(first.transfer_id),
        *(SEAL.subject(found.seal_id) for found in seals.values()),
    ]
    told = evidence.entries(
        connection, subjects, [*STEPS, TransferEvent.RELEASED, TransferEvent.RECEIVED, SealEvent.APPLIED]
    )
    people = names_of(session, [entry.handler_id for entry in told if entry.handler_id])
    opened_by = next((entry.handler_id for entry in told if entry.event == ConsignmentEvent.OPENED), None)
    return ManifestFacts(
        consignment=row.number,
        consignment_id=row.consignment_id,
        direction=row.direction,
        purpose=str(frozen["purpose"]),
        run=row.run,
        run_approved_by=_approver(session, row.run),
        opened_by=people.get(opened_by or "", ""),
        sender=replace(ways.sender, place=frozen["from"]["place"]),
        receiver=replace(ways.receiver, place=frozen["to"]["place"]),
        carrier=ways.carrier,
        due_at=row.due_at,
        frozen_at=parse_timestamp(frozen["frozen_at"]),
        manifest_sha256=digest,
        media=len(frozen["media"]),
        not_encrypted=sum(one["encrypted"] is not True for one in frozen["media"]),
        containers=tuple(_box(one, seals, told, people) for one in frozen["containers"]),
        lines=_lines(connection, row.consignment_id, frozen["media"]),
        handover=sides.handover(session, first),
        entries=tuple(map(entry_ref, told)),
    )


def _approver(session: Session, run: str) -> str:
    query = select(_RUN.c.approved_by).where(_RUN.c.number == run)
    handler_id = session.connection().execute(query).scalar_one_or_none() if run else None
    return names_of(session, [handler_id]).get(handler_id, "") if handler_id else ""


def _seals(connection: Connection, consignment_id: str) -> dict[str, Any]:
    """By number: the seals that the containers of the consignment left under."""
    query = (
        select(_SEAL.c.number, _SEAL.c.seal_id, _BOX.c.sealed_at)
        .join(_BOX, (_BOX.c.container_id == _SEAL.c.container_id) & (_BOX.c.seal_number == _SEAL.c.number))
        .where(_BOX.c.consignment_id == consignment_id)
    )
    return {found.number: found for found in connection.execute(query)}


def _box(
    one: Mapping[str, Any], seals: Mapping[str, Any], told: Sequence[Entry], people: Mapping[str, str]
) -> BoxFacts:
    seal = seals.get(one["seal"] or "")
    subject = SEAL.subject(seal.seal_id) if seal else ""
    entry = next((found for found in told if found.subject == subject), None)
    return BoxFacts(
        container=one["container"],
        pieces=one["pieces"],
        seal=one["seal"] or "",
        sealed_at=seal.sealed_at if seal else None,
        sealed_by=people.get(entry.handler_id or "", "") if entry else "",
        entry=entry.position if entry else None,
    )


def _lines(
    connection: Connection, consignment_id: str, frozen: Sequence[Mapping[str, Any]]
) -> tuple[LineFacts, ...]:
    query = (
        select(_MEDIUM.c.barcode, _MEDIUM.c.medium_id, _MEDIUM.c.generation, _LINE.c.packed_entry)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .where(_LINE.c.consignment_id == consignment_id)
    )
    known = {row.barcode: row for row in connection.execute(query)}
    return tuple(_line(one, known[one["barcode"]]) for one in frozen)


def _line(one: Mapping[str, Any], known: Any) -> LineFacts:
    return LineFacts(
        line=one["line"],
        medium_id=known.medium_id,
        barcode=one["barcode"],
        serial_number=one["serial_number"] or "",
        media_type=one["media_type"],
        generation=known.generation,
        dataset=one["dataset"],
        encrypted=one["encrypted"],
        retain_until=date.fromisoformat(one["retain_until"]) if one["retain_until"] else None,
        container=one["container"],
        entry=known.packed_entry,
    )


def values(facts: ManifestFacts, issue: Issue, drawings: Mapping[str, str], words: Wording) -> Manifest:
    outbound = facts.direction is Direction.OUT
    return Manifest(
        issue=issue,
        kind=KINDS[facts.direction],
        purpose=facts.purpose,
        authority=_authority(facts, words),
        sender=printed(facts.sender),
        receiver=printed(facts.receiver),
        carrier=printed(facts.carrier),
        containers=tuple(_container(box) for box in facts.containers),
        lines=tuple(_printed_line(line, words, outbound=outbound) for line in facts.lines or ()),
        released=sides.released(facts.handover, drawings, words),
        received=sides.received(facts.handover, drawings, words),
        frozen_at=facts.frozen_at,
        planned_to=facts.due_at,
        checks=(_encryption(facts, words),),
    )


def _authority(facts: ManifestFacts, words: Wording) -> str:
    if facts.run and facts.run_approved_by:
        return words.text("run {run}, approved by {who}", run=facts.run, who=facts.run_approved_by)
    if facts.run:
        return words.text("run {run}", run=facts.run)
    return words.text("opened by {who}", who=facts.opened_by) if facts.opened_by else ""


def _encryption(facts: ManifestFacts, words: Wording) -> str:
    if not facts.not_encrypted:
        return words.text("all encrypted")
    return words.plural(
        "{n} medium not known as encrypted", "{n} media not known as encrypted", facts.not_encrypted
    )


def _container(box: BoxFacts) -> ManifestContainer:
    seals = (ManifestSeal(box.seal, applied_by=box.sealed_by, applied_at=box.sealed_at),) if box.seal else ()
    return ManifestContainer(box.container, "", box.pieces, seals)


def _printed_line(line: LineFacts, words: Wording, *, outbound: bool) -> ManifestLine:
    return ManifestLine(
        line.barcode,
        line.serial_number,
        type_word(line.media_type, line.generation, words),
        line.container,
        dataset=line.dataset,
        return_on=line.retain_until if outbound else None,
        note="" if line.encrypted else _not_encrypted(line.encrypted, words),
    )


def _not_encrypted(encrypted: bool | None, words: Wording) -> str:  # noqa: FBT001  what the record says
    return words.text("encryption not known") if encrypted is None else words.text("not encrypted")
