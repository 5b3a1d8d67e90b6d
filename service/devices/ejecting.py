"""The job EJECT: a run's media out through the mail slots, in batches of what fits, each batch emptied by a person.

Every turn decides from a fresh look and the run's open lines; what was done is in the record and in the job's progress,
so that a turn after a crash goes on where the last one stood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.custody.models import Discrepancy, DiscrepancyKind
from service.db import table
from service.devices.batches import (
    Batch,
    MoveNext,
    Out,
    ToEject,
    WaitFor,
    left_behind,
    plan_ejection,
    taken_out,
)
from service.devices.duty import Duty, Effect, Facts
from service.devices.models import Device, ElementKind
from service.devices.record import tag_rule
from service.devices.rules import MOVED, Judgement
from service.devices.seen import Look, SeenElement
from service.devices.steps import Settled, carry, finish_open_step, intent_of, last_step
from service.errors import UnavailableError
from service.ledger.writer import Unit
from service.locations.models import Location
from service.rotation import actions as rotation
from service.rotation.queries import EjectLine, lines_to_eject

_DEVICE = table(Device)
_DISCREPANCY = table(Discrepancy)
_LOCATION = table(Location)


class NoMailSlotError(UnavailableError):
    title = "The mail slot is not a place"


@dataclass(frozen=True)
class Ejection:
    """The facts of one turn: the lines still to go, their places in the look, and the tag of each medium."""

    lines: tuple[ToEject, ...]
    source: Mapping[str, SeenElement]
    tags: Mapping[str, str]


def eject(duty: Duty) -> None:
    def effect(unit: Unit, intent: Facts) -> None:
        _record_ejected(duty, unit, intent)

    _ask_if_needed(duty, finish_open_step(duty, effect))
    while True:
        duty.check()
        look = duty.look()
        _write_down(duty, look)
        facts = _facts(duty, look)
        mail_slots = [element for element in look.of_kind(ElementKind.MAIL_SLOT) if element.installed]
        free = [element for element in mail_slots if element.is_free]
        plan = plan_ejection(
            facts.lines,
            Batch.of_progress(duty.progress),
            free_mail_slots=len(free),
            mail_slots=len(mail_slots),
        )
        match plan:
            case MoveNext():
                _ask_if_needed(duty, _carry_out(duty, plan, facts, free[0], effect))
            case WaitFor():
                duty.wait(plan.sentence, has_work=True)
            case None:
                left = [asdict(one) for one in left_behind(facts.lines)]
                duty.finish(left=left or None, filling=None)
                return


def _carry_out(duty: Duty, plan: MoveNext, facts: Ejection, to: SeenElement, effect: Effect) -> Settled:
    duty.note(batch=plan.batch.number, batches=plan.batch.of, filling=list(plan.batch.filling))
    line = plan.line
    intent = intent_of(
        line.medium_id, line.barcode, facts.tags[line.medium_id], facts.source[line.medium_id], to,
        batch=plan.batch.number,
    )  # fmt: skip
    return carry(duty, intent, effect)


def _ask_if_needed(duty: Duty, settled: Settled | None) -> None:
    if settled is not None and settled.judgement is Judgement.ASK:
        duty.ask(settled.sentence)


def _facts(duty: Duty, look: Look) -> Ejection:
    with duty.runtime.database.reader.connect() as connection:
        lines = lines_to_eject(connection, str(duty.job.run_id))
        frozen = frozen_media(connection, [line.medium_id for line in lines])
        identity = connection.execute(
            select(_DEVICE.c.identity).where(_DEVICE.c.device_id == duty.job.device_id)
        ).scalar_one()
    rule = tag_rule(identity)
    tags = {line.medium_id: rule.reported(line.barcode) for line in lines}
    places = {line.medium_id: look.by_tag.get(tags[line.medium_id], ()) for line in lines}
    source = {medium_id: seen[0] for medium_id, seen in places.items() if len(seen) == 1}
    approved = bool(duty.progress.get("approved"))
    return Ejection(
        lines=tuple(_to_eject(line, source.get(line.medium_id), frozen, approved=approved) for line in lines),
        source=source,
        tags=tags,
    )


def _to_eject(line: EjectLine, at: SeenElement | None, frozen: frozenset[str], *, approved: bool) -> ToEject:
    """A medium in the gripper is taken on only after a person has said so."""
    takeable = {ElementKind.SLOT, ElementKind.TRANSPORT} if approved else {ElementKind.SLOT}
    return ToEject(
        medium_id=line.medium_id,
        barcode=line.barcode,
        place=at.name if at else None,
        in_slot=at is not None and at.kind in takeable,
        frozen=line.medium_id in frozen,
    )


def frozen_media(connection: Connection, medium_ids: Sequence[str]) -> frozenset[str]:
    """Media that an open discrepancy keeps out of every job."""
    found = connection.execute(
        select(_DISCREPANCY.c.medium_id).where(
            _DISCREPANCY.c.kind == DiscrepancyKind.UNEXPECTED_IN_LIBRARY,
            _DISCREPANCY.c.resolved_at.is_(None),
            _DISCREPANCY.c.medium_id.in_(medium_ids),
        )
    ).scalars()
    return frozenset(str(medium_id) for medium_id in found)


def _record_ejected(duty: Duty, unit: Unit, intent: Facts) -> None:
    place = mail_slot_location(unit.connection, duty.library_id, intent["destination"])
    source_number = intent["source_number"] if intent["source_name"].startswith("slot") else None
    rotation.ejected(unit, str(duty.job.run_id), intent["medium_id"], place, intent["batch"], source_number)
    out = Out(
        intent["medium_id"],
        intent["barcode"],
        intent["tag"],
        intent["destination"],
        intent["destination_number"],
    )
    current: list[Any] = [one for one in duty.progress.get("out", []) if one["medium_id"] != out.medium_id]
    duty.noted(unit, out=[*current, asdict(out)], approved=None)


def mail_slot_location(connection: Connection, library_id: str, address: int) -> str:
    found = connection.execute(
        select(_LOCATION.c.location_id).where(
            _LOCATION.c.parent_id == library_id, _LOCATION.c.element_address == address, _LOCATION.c.active
        )
    ).scalar_one_or_none()
    if found is None:
        raise NoMailSlotError(
            f"The library shows an element {address} that is not on the record.",
            next_step="Add the library again, so that its places are completed.",
        )
    return str(found)


def _write_down(duty: Duty, look: Look) -> None:
    """The look, and what follows from it for the run: what a person took, and what lies in a mail slot already.

    Lines are read before the look is recorded: the record of a medium in a mail slot is no longer one to eject.
    """
    out = [Out(**item) for item in duty.progress.get("out", [])]
    taken, staying = taken_out(out, look)
    claimed = _claims(duty, look, {one.medium_id for one in out})

    def work(unit: Unit) -> None:
        for one in taken:
            if one.tag not in look.by_tag:
                rotation.emptied(unit, str(duty.job.run_id), one.medium_id)
        duty.noted(unit, out=[asdict(one) for one in staying] or None)
        duty.progress["out"] = [asdict(one) for one in staying]
        for intent in claimed:
            _record_ejected(duty, unit, intent)

    changed = bool(taken or claimed) or staying != out
    duty.record(look, work if changed else None)


def _claims(duty: Duty, look: Look, known: set[str]) -> list[Facts]:
    """Intents that were fulfilled without this job: the medium lies in a mail slot, whoever put it there."""
    facts = _facts(duty, look)
    batch = max(1, int(duty.progress.get("batch", 0)))
    found = [
        intent_of(line.medium_id, line.barcode, facts.tags[line.medium_id], at, at, batch=batch)
        for line in facts.lines
        if not line.frozen
        and (at := facts.source.get(line.medium_id)) is not None
        and at.kind is ElementKind.MAIL_SLOT
    ]
    return [*found, *_decided(duty, look, known)]


def _decided(duty: Duty, look: Look, known: set[str]) -> list[Facts]:
    """The medium an operator was asked about, when they said that it is where the picture shows: in a mail slot."""
    step = last_step(duty)
    if step is None or not duty.progress.get("approved") or step.intent["medium_id"] in known:
        return []
    at = look.by_tag.get(step.intent["tag"], ())
    if len(at) != 1 or at[0].kind is not ElementKind.MAIL_SLOT or step.verdict in MOVED:
        return []
    return [{**step.intent, "destination": at[0].address, "destination_number": at[0].number}]
