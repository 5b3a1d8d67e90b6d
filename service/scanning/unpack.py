"""Unpacking what came: the container's seal comes off, every medium is scanned out of it."""

from sqlalchemy import select

from service.consignments import rules as consignment_rules
from service.consignments.models import ConsignmentContainer, LineState, SealOutcome
from service.containers.actions import by_id, open_container
from service.containers.models import ContainerState
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import DiscrepancyKind
from service.db import table
from service.errors import StateError, StrongroomError
from service.ledger.format import timestamp
from service.scanning.batch import Batch, MediumFacts, band, turned_up
from service.scanning.rules import Outcome, UnpackVerdict, judge_unpack
from service.scanning.schemas import Moved, Scan, ScanOut

_BOX = table(ConsignmentContainer)

Answers = list[ScanOut | StrongroomError]


def unpack_many(batch: Batch, scans: list[Scan]) -> Answers:
    consignment = batch.consignment
    consignment_rules.check_act(consignment.number, consignment.row.state, "unpacked")
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
    sealed = (
        medium.container_id is not None
        and by_id(batch.unit, medium.container_id).state is ContainerState.SEALED
    )
    match judge_unpack(medium.line, sealed=sealed):
        case UnpackVerdict.UNPACK:
            return _unpacked(batch, scan, medium)
        case UnpackVerdict.ALREADY:
            return band(
                Outcome.REPEAT,
                "Again",
                scan.code,
                "Already unpacked",
                detail="Nothing was changed.",
                counts=batch.counts(),
            )
        case UnpackVerdict.STILL_SEALED:
            return band(
                Outcome.WARN,
                "Sealed",
                scan.code,
                "Its container is still sealed",
                detail="Nothing was recorded. Scan the container first.",
                counts=batch.counts(),
            )
        case UnpackVerdict.MISSING:
            return turned_up(scan, medium, batch.counts())
        case UnpackVerdict.NOT_HERE:
            custody.open_discrepancy(
                batch.unit, DiscrepancyKind.WRONG_MEDIUM, f"{medium.barcode} was unpacked from {batch.number}, which did not bring it.",
                medium_id=medium.medium_id, consignment_id=batch.consignment.id,
            )  # fmt: skip
            return band(
                Outcome.WRONG,
                "Wrong",
                scan.code,
                f"{batch.number} did not bring it",
                detail="Put it aside. Recorded.",
                counts=batch.counts(),
            )


def _unpacked(batch: Batch, scan: Scan, medium: MediumFacts) -> ScanOut:
    consignment = batch.consignment
    custody.place(
        batch.unit, [medium.medium_id], CustodyEvent.UNPACKED, location_id=consignment.row.to_location_id,
        custodian_id=consignment.to_party, container_id=None, facts=consignment.told(),
    )  # fmt: skip
    batch.set_line(medium.medium_id, state=LineState.UNPACKED, unpacked_at=batch.unit.now)
    medium.line, medium.container_id = LineState.UNPACKED, None
    batch.done += 1
    counts = batch.counts()
    return band(
        Outcome.RIGHT, "Home", scan.code, "Unpacked", detail=f"{medium.content.value}. {counts.done} of {counts.done + counts.left}.",
        counts=counts, moved=Moved(scan.code, timestamp(batch.unit.now)),
    )  # fmt: skip


def _other(batch: Batch, scan: Scan) -> ScanOut:
    batch.acts_as(scan)
    found = batch.containers({scan.code}).get(scan.code)
    if found is None:
        raise StateError(
            f"{scan.code} is neither a medium nor a container. Nothing was recorded.",
            next_step="Scan it again.",
        )
    outcome = batch.unit.connection.execute(
        select(_BOX.c.seal_outcome).where(
            _BOX.c.consignment_id == batch.consignment.id, _BOX.c.container_id == found.container_id
        )
    ).scalar_one_or_none()
    if outcome is None:
        raise StateError(f"{scan.code} did not come with {batch.number}. Nothing was opened.")
    if found.row.state is not ContainerState.SEALED:
        return band(
            Outcome.REPEAT,
            "Open",
            scan.code,
            "Already open",
            detail="Scan the media inside.",
            counts=batch.counts(),
        )
    open_container(batch.unit, scan.code, intact=outcome is SealOutcome.INTACT)
    return band(Outcome.COMMAND, "Open", scan.code, "Seal off. Scan every medium", counts=batch.counts())
