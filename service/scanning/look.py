"""A scan without a task: say what it is, where and with whom. Nothing is recorded."""

from sqlalchemy import select

from service.db import table
from service.errors import ForbiddenError, StrongroomError
from service.handlers.rules import Permission
from service.parties.models import Party
from service.scanning.batch import Batch, MediumFacts, band, turned_up
from service.scanning.rules import Outcome, Tone
from service.scanning.schemas import Scan, ScanOut

_PARTY = table(Party)


def look_many(batch: Batch, scans: list[Scan]) -> list[ScanOut | StrongroomError]:
    known = batch.media({scan.code for scan in scans})
    return [_tell(batch, scan, known.get(scan.code)) for scan in scans]


def _tell(batch: Batch, scan: Scan, medium: MediumFacts | None) -> ScanOut | StrongroomError:
    if not scan.person.may(Permission.READ):
        return ForbiddenError(
            f"{scan.person.name} scans inside a task. Nothing was recorded.",
            next_step="Open the consignment and choose its task.",
        )
    if medium is None:
        containers = batch.containers({scan.code})
        if scan.code in containers:
            box = containers[scan.code]
            return band(
                Outcome.COMMAND,
                "Container",
                scan.code,
                f"{box.inside} of {box.capacity}, {box.row.state.value}",
            )
        return band(
            Outcome.WRONG, "Unknown", scan.code, "No medium has this barcode", detail="Nothing was recorded."
        )
    if medium.missing:
        return turned_up(scan, medium)
    name = batch.unit.connection.execute(
        select(_PARTY.c.name).where(_PARTY.c.party_id == medium.custodian_id)
    ).scalar_one()
    held = " · on hold" if medium.held else ""
    tone = Tone.AMBER if medium.held else Tone.BLUE
    return band(
        Outcome.COMMAND,
        medium.content.value.capitalize(),
        scan.code,
        medium.path,
        detail=f"With {name}{held}.",
        tone=tone,
    )
