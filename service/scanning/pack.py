"""Scanning out and packing: media into a chosen container, seals, and taking the last one back."""

from collections.abc import Callable
from itertools import groupby
from typing import assert_never

from sqlalchemy import select

from service.consignments import rules as consignment_rules
from service.consignments.actions import freeze
from service.consignments.lines import set_line
from service.consignments.models import Direction, LineState, ManifestLine
from service.containers import rules as container_rules
from service.containers.models import Container, ContainerState
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import DiscrepancyKind
from service.db import table
from service.errors import StateError, StrongroomError
from service.ledger.format import timestamp
from service.locations.models import ELEMENT_KINDS
from service.media.models import MEDIUM, Custody, Medium
from service.packing.actions import choose_container, seal_container
from service.scanning.batch import Batch, ContainerFacts, MediumFacts, band, turned_up
from service.scanning.rules import (
    Command,
    Outcome,
    PackFacts,
    PackVerdict,
    Task,
    TaskKind,
    is_recorded,
    judge_pack,
)
from service.scanning.schemas import Counts, Moved, NextCommand, Scan, ScanOut

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
        answers += _pack_media(batch, run, known) if plain else [_other(batch, scan) for scan in run]
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
            return _refusal(batch, scan, medium, verdict)


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


def _refusal(batch: Batch, scan: Scan, medium: MediumFacts, verdict: PackVerdict) -> ScanOut:  # noqa: PLR0911 - one sentence a verdict
    counts, code = batch.counts(), scan.code
    match verdict:
        case PackVerdict.NOT_WANTED:
            return band(
                Outcome.WRONG,
                "Wrong",
                code,
                f"Not in {batch.number}",
                detail=f"Recorded at {medium.path}, {medium.content.value}. Put it aside. Recorded.",
                counts=counts,
            )
        case PackVerdict.SKIPPED:
            return band(
                Outcome.WRONG,
                "Skipped",
                code,
                f"Left out of {batch.number} with a reason",
                detail="Put it back. Nothing was packed.",
                counts=counts,
            )
        case PackVerdict.ON_HOLD:
            return band(
                Outcome.WRONG,
                "On hold",
                code,
                "It must stay",
                detail="A hold forbids its release. Put it back. Recorded.",
                counts=counts,
            )
        case PackVerdict.STILL_IN_LIBRARY:
            return band(
                Outcome.WRONG,
                "Not ejected",
                code,
                f"Recorded in {medium.path}",
                detail="Nothing was packed. Take inventory of the library, then scan it again.",
                counts=counts,
            )
        case PackVerdict.OTHER_CUSTODIAN:
            return band(
                Outcome.WRONG,
                "Wrong",
                code,
                "Another custodian has it on record",
                detail=f"Recorded at {medium.path}. Put it aside. Recorded.",
                counts=counts,
            )
        case PackVerdict.CONTAINER_FULL:
            return band(
                Outcome.WARN,
                "Full",
                code,
                f"{scan.task.container} is full",
                detail="Nothing was packed. Scan another container.",
                counts=counts,
            )
        case PackVerdict.ELSEWHERE | PackVerdict.IN_OTHER_CONTAINER:
            return band(
                Outcome.WRONG,
                "Other container",
                code,
                "Packed in another container",
                detail="Nothing was changed. Take it out there first.",
                counts=counts,
            )
        case PackVerdict.ALREADY:
            return band(
                Outcome.REPEAT, "Again", code, "Already scanned", detail="Nothing was changed.", counts=counts
            )
        case PackVerdict.PACK | PackVerdict.SCAN_OUT | PackVerdict.MISSING:
            raise AssertionError(verdict)
        case _:
            assert_never(verdict)


def _other(batch: Batch, scan: Scan) -> ScanOut:
    """A seal, a command, a container, or a barcode that nobody knows."""
    batch.acts_as(scan)
    if scan.code in set(Command):
        return _COMMANDS[Command(scan.code)](batch, scan)
    if scan.task.sealing:
        return _seal(batch, scan)
    if batch.containers({scan.code}):
        choose_container(batch.unit, batch.number, scan.code)
        task = Task(TaskKind.PACK, batch.number, scan.code)
        counts = batch.counts()
        return band(
            Outcome.COMMAND,
            "Container",
            scan.code,
            f"Now pack into {scan.code}",
            counts=counts,
            task=str(task),
            about=f"{batch.number}, into {scan.code}",
            commands=next_commands(task, counts),
        )
    custody.open_discrepancy(
        batch.unit, DiscrepancyKind.UNKNOWN_BARCODE, f"{scan.code} was scanned for {batch.number} and is not registered.",
        consignment_id=batch.consignment.id,
    )  # fmt: skip
    return band(
        Outcome.WRONG,
        "Unknown",
        scan.code,
        "No medium has this barcode",
        detail="Put it aside. Recorded.",
        counts=batch.counts(),
    )


def _seal(batch: Batch, scan: Scan) -> ScanOut:
    number = seal_container(batch.unit, batch.number, scan.task.container, scan.code)
    task = Task(TaskKind.PACK, batch.number)
    counts = batch.counts()
    return band(
        Outcome.RIGHT, "Sealed", number, f"{scan.task.container} is closed", counts=counts, task=str(task),
        about=batch.number, commands=next_commands(task, counts),
    )  # fmt: skip


def _close(batch: Batch, scan: Scan) -> ScanOut:
    if not scan.task.container:
        raise StateError("No container is chosen. Nothing was closed.", next_step="Scan the container first.")
    task = Task(TaskKind.PACK, batch.number, scan.task.container, sealing=True)
    return band(
        Outcome.COMMAND,
        "Seal",
        scan.task.container,
        "Put the seal on and scan its number",
        counts=batch.counts(),
        task=str(task),
    )


def _freeze(batch: Batch, _scan: Scan) -> ScanOut:
    freeze(batch.unit, batch.number)
    return band(
        Outcome.RIGHT,
        "Frozen",
        batch.number,
        "The manifest is frozen",
        detail="Next: the courier signs.",
        href=f"/consignments/{batch.number}",
    )


def _undo(batch: Batch, scan: Scan) -> ScanOut:
    """Take back the newest packing of this person in this consignment."""
    query = (
        select(_MEDIUM.c.barcode)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .where(_LINE.c.consignment_id == batch.consignment.id, _LINE.c.state == LineState.PACKED, _LINE.c.packed_by == scan.person.handler_id)
        .order_by(_LINE.c.packed_entry.desc())
        .limit(1)
    )  # fmt: skip
    barcode = batch.unit.connection.execute(query).scalar_one_or_none()
    if barcode is None:
        raise StateError("There is nothing of yours to undo here. Nothing was changed.")
    return undo_packing(batch, str(barcode))


def _broken(_batch: Batch, scan: Scan) -> ScanOut:
    raise StateError(f"{scan.code} belongs to receiving. Nothing was recorded.")


_COMMANDS: dict[Command, Callable[[Batch, Scan], ScanOut]] = {
    Command.CLOSE: _close, Command.FREEZE: _freeze, Command.UNDO: _undo, Command.BROKEN: _broken,
}  # fmt: skip


def undo_packing(batch: Batch, barcode: str) -> ScanOut:
    """Take a medium out again while its container is open; the correcting entry names the one it corrects."""
    unit, consignment = batch.unit, batch.consignment
    consignment_rules.check_act(consignment.number, consignment.row.state, "packed")
    row = unit.connection.execute(
        select(_LINE.c.medium_id, _LINE.c.state, _LINE.c.packed_entry, _LINE.c.packed_from, _CONTAINER.c.barcode, _CONTAINER.c.state.label("box"))
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .where(_LINE.c.consignment_id == consignment.id, _MEDIUM.c.barcode == barcode)
    ).one_or_none()  # fmt: skip
    if row is None or row.state is not LineState.PACKED:
        raise StateError(f"{barcode} is not packed for {batch.number}. Nothing was undone.")
    if row.box is not ContainerState.OPEN:
        raise container_rules.ContainerSealedError(row.barcode)
    custody.move(
        unit, row.medium_id, consignment.row.from_location_id, CustodyEvent.PACKING_UNDONE,
        facts={**consignment.told(), "container": row.barcode}, corrects=row.packed_entry,
    )  # fmt: skip
    set_line(
        unit, consignment.id, row.medium_id, state=LineState.SCANNED, container_id=None, packed_at=None, packed_by=None,
        packed_entry=None, packed_from=None,
    )  # fmt: skip
    batch.done -= 1
    batch.write_lines()
    return band(
        Outcome.COMMAND,
        "Undone",
        barcode,
        f"Take it out of {row.barcode}",
        counts=batch.counts(),
        unmoved=barcode,
    )


_FREEZE_LATER = NextCommand(
    Command.FREEZE, "Freeze the manifest", enabled=False, reason="opens when all are sealed"
)


def next_commands(task: Task, counts: Counts) -> list[NextCommand]:
    """The codes that are offered now: close the container once everything is in, then freeze."""
    undo = NextCommand(
        Command.UNDO, "Undo the last scan", enabled=counts.done > 0, reason="nothing is packed"
    )
    missing = f"{counts.left} are still to pack" if counts.left else ""
    if not task.container:
        freeze_now = NextCommand(
            Command.FREEZE, "Freeze the manifest", enabled=counts.left == 0, reason=missing
        )
        return [
            NextCommand(
                Command.CLOSE, "Close and seal a container", enabled=False, reason="scan the container"
            ),
            freeze_now,
            undo,
        ]
    close = NextCommand(
        Command.CLOSE, f"Close and seal {task.container}", enabled=counts.done > 0 and not task.sealing, reason=missing or "scan the seal"
    )  # fmt: skip
    return [close, _FREEZE_LATER, undo]
