"""Scanning out and packing: media into a chosen container."""

from itertools import groupby

from service.consignments import rules as consignment_rules
from service.consignments.lines import set_line
from service.consignments.models import Direction, LineState, ManifestLine
from service.containers import rules as container_rules
from service.containers.models import Container
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import DiscrepancyKind
from service.db import table
from service.errors import StateError, StrongroomError
from service.ledger.format import timestamp
from service.locations.models import ELEMENT_KINDS
from service.media.models import MEDIUM, Custody, Medium
from service.scanning.batch import Batch, ContainerFacts, MediumFacts, band, turned_up
from service.scanning.pack_codes import next_commands, other_code
from service.scanning.pack_refusals import refusal
from service.scanning.rules import (
    Outcome,
    PackFacts,
    PackVerdict,
    is_recorded,
    judge_pack,
)
from service.scanning.schemas import Moved, Scan, ScanOut

_MEDIUM = table(Medium)
_LINE = table(ManifestLine)
_CONTAINER = table(Container)

Answers = list[ScanOut | StrongroomError]
# As `media.rules.custody_of` derives it: what a vendor packs for the way home is still in its vault.
PACKED_BY = {Direction.OUT: Custody.PACKED, Direction.HOME: Custody.VAULTED}


def pack_many(batch: Batch, scans: list[Scan]) -> Answers:
    """Runs of media go together; a container, a seal or a command in between is handled alone, in order."""
    consignment = batch.consignment
    consignment_rules.check_act(consignment.number, consignment.row.state, "packed")
    permission = consignment_rules.packing_permission(consignment.row.direction)
    for scan in scans:
        batch.require(scan, permission, consignment.from_party)
    known = batch.media({scan.code for scan in scans})
    answers: Answers = []
    for plain, group in groupby(scans, key=lambda scan: scan.code in known and not scan.task.sealing):
        run = list(group)
        answers += _pack_media(batch, run, known) if plain else [other_code(batch, scan) for scan in run]
    return answers


def _pack_media(batch: Batch, scans: list[Scan], known: dict[str, MediumFacts]) -> Answers:
    containers = batch.containers({scan.task.container for scan in scans if scan.task.container})
    answers: Answers = [_pack_one(batch, scan, known[scan.code], containers) for scan in scans]
    batch.write_lines()
    return answers


def _pack_one(
    batch: Batch, scan: Scan, medium: MediumFacts, containers: dict[str, ContainerFacts]
) -> ScanOut:
    batch.acts_as(scan)
    container = containers.get(scan.task.container)
    _check_container(batch, scan, container)
    verdict = judge_pack(
        PackFacts(
            line=medium.line, line_container=medium.line_container, medium_container=medium.container_id,
            with_us=medium.custodian_id == batch.consignment.from_party, on_hold=medium.held,
            location_kind=medium.location_kind, container_id=container.container_id if container else None,
            room_left=container.room_left if container else 0, missing=medium.missing,
        )
    )  # fmt: skip
    match verdict:
        case PackVerdict.PACK:
            assert container is not None
            return _packed(batch, scan, medium, container)
        case PackVerdict.SCAN_OUT:
            return _scanned_out(batch, scan, medium)
        case PackVerdict.MISSING:
            return turned_up(scan, medium, batch.counts())
        case _:
            if is_recorded(verdict):
                _record_refusal(batch, medium, verdict)
            return refusal(batch, scan, medium, verdict)


def _check_container(batch: Batch, scan: Scan, container: ContainerFacts | None) -> None:
    if not scan.task.container:
        return
    if container is None or container.row.consignment_id != batch.consignment.id:
        raise StateError(
            f"{scan.task.container} is not chosen for {batch.number}. Nothing was packed.",
            next_step="Scan the container first.",
        )
    container_rules.check_open(container.barcode, container.row.state)


def _packed(batch: Batch, scan: Scan, medium: MediumFacts, container: ContainerFacts) -> ScanOut:
    unit, consignment = batch.unit, batch.consignment
    first = medium.line is not LineState.SCANNED
    custody_now = PACKED_BY[consignment.row.direction]
    values = {
        "location_id": container.location_id, "container_id": container.container_id, "custody": str(custody_now),
    }  # fmt: skip
    facts = {"consignment": batch.number, "container": container.barcode, "from": medium.path}
    if scan.scanned_at:
        facts["claimed_at"] = timestamp(scan.scanned_at)
    entry = unit.append(MEDIUM.subject(medium.medium_id), CustodyEvent.PACKED, changes=values, facts=facts)
    batch.pack({
        "_medium_id": medium.medium_id, "_consignment_id": consignment.id,
        "m_location_id": container.location_id, "m_container_id": container.container_id, "m_custody": custody_now, "m_seen_at": unit.now,
        "l_state": LineState.PACKED, "l_container_id": container.container_id, "l_scanned_at": unit.now,
        "l_packed_at": unit.now, "l_packed_by": scan.person.handler_id, "l_packed_entry": entry,
        "l_packed_from": medium.location_id,
    })  # fmt: skip
    medium.line, medium.line_container, medium.container_id = (
        LineState.PACKED,
        container.container_id,
        container.container_id,
    )
    container.inside += 1
    batch.done += 1
    counts = batch.counts()
    came = f"Out of {medium.path}. " if first else ""
    return band(
        Outcome.RIGHT, "Right", scan.code, f"Pack into {container.barcode}", detail=f"{came}{counts.done} of {counts.done + counts.left}.",
        counts=counts, commands=next_commands(scan.task, counts),
        moved=Moved(scan.code, unit.stamp, f"/scan/undo?task={scan.task}&barcode={scan.code}"),
    )  # fmt: skip


def _scanned_out(batch: Batch, scan: Scan, medium: MediumFacts) -> ScanOut:
    unit = batch.unit
    if medium.location_kind in ELEMENT_KINDS:
        custody.move(
            unit,
            medium.medium_id,
            batch.consignment.row.from_location_id,
            CustodyEvent.SCANNED_OUT,
            facts=batch.consignment.told(),
        )
    else:
        unit.append(
            MEDIUM.subject(medium.medium_id),
            CustodyEvent.SCANNED_OUT,
            facts=batch.consignment.told(),
        )
    set_line(unit, batch.consignment.id, medium.medium_id, state=LineState.SCANNED, scanned_at=unit.now)
    medium.line = LineState.SCANNED
    return band(
        Outcome.WARN,
        "Out",
        scan.code,
        "Scan a container to pack into",
        detail=f"Out of {medium.path}. Not packed yet.",
        counts=batch.counts(),
    )


def _record_refusal(batch: Batch, medium: MediumFacts, verdict: PackVerdict) -> None:
    """A medium that does not belong here was in somebody's hand: its own history says so."""
    unit = batch.unit
    facts = {**batch.consignment.told(), "verdict": verdict.value}
    unit.append(MEDIUM.subject(medium.medium_id), CustodyEvent.REFUSED, facts=facts)
    custody.open_discrepancy(
        unit, DiscrepancyKind.WRONG_MEDIUM, f"{medium.barcode} was scanned for {batch.number}: {verdict.value.replace('_', ' ')}.",
        medium_id=medium.medium_id, consignment_id=batch.consignment.id,
    )  # fmt: skip
