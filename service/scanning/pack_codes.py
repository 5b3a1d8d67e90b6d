"""What else is scanned while packing: containers, seals, commands; and taking the last packing back."""

from collections.abc import Callable

from sqlalchemy import select

from service.consignments import rules as consignment_rules
from service.consignments.actions import freeze
from service.consignments.lines import set_line
from service.consignments.models import LineState, ManifestLine
from service.containers import rules as container_rules
from service.containers.models import Container, ContainerState
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import DiscrepancyKind
from service.db import table
from service.errors import StateError
from service.media.models import Medium
from service.packing.actions import choose_container, seal_container
from service.scanning.batch import Batch, band
from service.scanning.rules import (
    Command,
    Outcome,
    Task,
    TaskKind,
)
from service.scanning.schemas import Counts, NextCommand, Scan, ScanOut

_MEDIUM = table(Medium)
_LINE = table(ManifestLine)
_CONTAINER = table(Container)


def other_code(batch: Batch, scan: Scan) -> ScanOut:
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
