"""Receiving: container by container (its barcode, then its seal), or medium by medium."""

from sqlalchemy import func, insert, select, update

from service.consignments import rules as consignment_rules
from service.consignments.lines import new_line
from service.consignments.models import (
    Consignment,
    ConsignmentContainer,
    LineState,
    ManifestLine,
    SealOutcome,
)
from service.containers.models import Container, Seal
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import DiscrepancyKind
from service.db import table
from service.errors import StateError, StrongroomError
from service.ledger.format import timestamp
from service.media.models import MEDIUM
from service.receipts.actions import see_container
from service.scanning.batch import Batch, MediumFacts, band
from service.scanning.rules import Command, Outcome, ReceiveVerdict, Task, TaskKind, judge_receipt
from service.scanning.schemas import Counts, Moved, Scan, ScanOut

_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_SEAL = table(Seal)
_CONSIGNMENT = table(Consignment)

Answers = list[ScanOut | StrongroomError]


def receive_many(batch: Batch, scans: list[Scan]) -> Answers:
    consignment = batch.consignment
    consignment_rules.check_act(consignment.number, consignment.row.state, "received")
    permission = consignment_rules.receiving_permission(consignment.row.direction)
    for scan in scans:
        batch.require(scan, permission, consignment.to_party)
    known = batch.media({scan.code for scan in scans})
    answers: Answers = [
        _medium(batch, scan, known[scan.code]) if scan.code in known else _other(batch, scan)
        for scan in scans
    ]
    batch.write_lines()
    return answers


def _medium(batch: Batch, scan: Scan, medium: MediumFacts) -> ScanOut:
    batch.acts_as(scan)
    match judge_receipt(medium.line):
        case ReceiveVerdict.MATCHED:
            batch.set_line(medium.medium_id, state=LineState.MATCHED, seen_at=batch.unit.now)
            medium.line = LineState.MATCHED
            batch.done += 1
            counts = batch.counts()
            return band(
                Outcome.RIGHT, "Right", scan.code, "On the manifest", detail=f"{counts.done} of {counts.done + counts.left}.",
                counts=counts, moved=Moved(scan.code, timestamp(batch.unit.now)),
            )  # fmt: skip
        case ReceiveVerdict.ALREADY:
            return band(
                Outcome.REPEAT,
                "Again",
                scan.code,
                "Already scanned",
                detail="Nothing was changed.",
                counts=batch.counts(),
            )
        case ReceiveVerdict.EXTRA:
            return _extra(batch, scan, medium)


def _extra(batch: Batch, scan: Scan, medium: MediumFacts) -> ScanOut:
    unit, consignment = batch.unit, batch.consignment
    if medium.line is None:
        row = {**new_line(consignment.id, medium.medium_id, LineState.EXTRA), "seen_at": unit.now}
        unit.connection.execute(insert(_LINE), [row])
    else:
        batch.set_line(medium.medium_id, state=LineState.EXTRA, seen_at=unit.now)
    medium.line = LineState.EXTRA
    facts = {**consignment.told(), "verdict": "extra"}
    unit.append(MEDIUM.subject(medium.medium_id), CustodyEvent.REFUSED, facts=facts)
    number = custody.open_discrepancy(
        unit, DiscrepancyKind.EXTRA, f"{medium.barcode} came with {consignment.number} and is not on its manifest.",
        medium_id=medium.medium_id, consignment_id=consignment.id,
    )  # fmt: skip
    return band(
        Outcome.WRONG,
        "Extra",
        scan.code,
        f"Not on the manifest of {batch.number}",
        detail=f"Recorded as discrepancy {number}. Keep it with the consignment.",
        counts=batch.counts(),
    )


def _other(batch: Batch, scan: Scan) -> ScanOut:
    batch.acts_as(scan)
    if scan.code == Command.BROKEN:
        return _look_at(batch, scan, SealOutcome.BROKEN)
    if scan.code in set(Command):
        raise StateError(f"{scan.code} does nothing while receiving. Nothing was recorded.")
    if batch.containers({scan.code}):
        return _container(batch, scan)
    if scan.task.container:
        return _look_at(
            batch, scan, consignment_rules.judge_seal(_declared_seal(batch, scan.task.container), scan.code)
        )
    custody.open_discrepancy(
        batch.unit, DiscrepancyKind.UNKNOWN_BARCODE, f"{scan.code} came with {batch.number} and is not registered.",
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


def _container(batch: Batch, scan: Scan) -> ScanOut:
    declared = _declared_seal(batch, scan.code)
    if declared is None:
        see_container(batch.unit, batch.number, scan.code, SealOutcome.UNCHECKED)
        return band(
            Outcome.WRONG,
            "Extra",
            scan.code,
            f"Not on the manifest of {batch.number}",
            detail="Recorded. Keep it closed.",
            counts=batch.counts(),
        )
    task = Task(TaskKind.RECEIVE, batch.number, scan.code)
    return band(
        Outcome.COMMAND,
        "Container",
        scan.code,
        f"Look at seal {declared} and scan it",
        detail="Broken or missing: scan SR-BROKEN.",
        counts=batch.counts(),
        task=str(task),
    )


def _declared_seal(batch: Batch, barcode: str) -> str | None:
    query = (
        select(_BOX.c.seal_number)
        .join(_CONTAINER, _CONTAINER.c.container_id == _BOX.c.container_id)
        .where(_BOX.c.consignment_id == batch.consignment.id, _CONTAINER.c.barcode == barcode)
    )
    found = batch.unit.connection.execute(query).scalar_one_or_none()
    return None if found is None else str(found)


def _look_at(batch: Batch, scan: Scan, outcome: SealOutcome) -> ScanOut:
    """The verdict over a container's seal; with an intact one all its lines count as seen."""
    if not scan.task.container:
        raise StateError(
            "No container is chosen. Nothing was recorded.", next_step="Scan the container first."
        )
    batch.write_lines()
    see_container(batch.unit, batch.number, scan.task.container, outcome)
    counts = recount(batch)
    task = str(Task(TaskKind.RECEIVE, batch.number))
    match outcome:
        case SealOutcome.INTACT:
            return band(
                Outcome.RIGHT,
                "Intact",
                scan.task.container,
                f"Seal {scan.code} fits",
                counts=counts,
                task=task,
            )
        case SealOutcome.BROKEN:
            return band(
                Outcome.WRONG,
                "Broken",
                scan.task.container,
                "Scan every medium inside",
                detail="Recorded as a discrepancy.",
                counts=counts,
                task=task,
            )
        case _:
            return band(
                Outcome.WRONG,
                "Other seal",
                scan.task.container,
                f"{scan.code} is not its seal",
                detail="Recorded as a discrepancy. Scan every medium inside.",
                counts=counts,
                task=task,
            )


def recount(batch: Batch) -> Counts:
    """Count what is seen: scanned, or in a container that was seen with its seal intact."""
    consignment = batch.consignment
    seen = (_LINE.c.state == LineState.MATCHED) | (
        (_LINE.c.state == LineState.PACKED) & (_BOX.c.seal_outcome == SealOutcome.INTACT)
    )
    query = (
        select(func.count())
        .select_from(_LINE)
        .outerjoin(
            _BOX,
            (_BOX.c.container_id == _LINE.c.container_id) & (_BOX.c.consignment_id == _LINE.c.consignment_id),
        )
        .where(_LINE.c.consignment_id == consignment.id, seen)
    )
    done = batch.unit.connection.execute(query).scalar_one()
    batch.unit.connection.execute(
        update(_CONSIGNMENT).where(_CONSIGNMENT.c.consignment_id == consignment.id).values(step_done=done)
    )
    batch.done = 0
    return Counts(left=consignment.row.step_total - done, done=done)
