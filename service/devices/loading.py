"""The job LOAD: media that came home, from the mail slots into free slots, until all that are expected are in."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.devices.duty import Duty, Facts
from service.devices.ejecting import mail_slot_location
from service.devices.models import Device, ElementKind
from service.devices.record import tag_rule
from service.devices.rules import Judgement
from service.devices.seen import Look, SeenElement
from service.devices.steps import carry, finish_open_step, intent_of
from service.ledger.writer import Unit
from service.rotation import actions as rotation
from service.rotation.queries import LoadLine, media_to_load

_DEVICE = table(Device)


@dataclass(frozen=True)
class Arrivals:
    """What is expected, by the tag it is reported under, and where it is seen."""

    expected: Mapping[str, LoadLine]
    in_mail_slots: tuple[tuple[LoadLine, SeenElement], ...]
    in_slots: tuple[tuple[LoadLine, SeenElement], ...]
    strangers: tuple[SeenElement, ...]


def load(duty: Duty) -> None:
    def effect(unit: Unit, intent: Facts) -> None:
        place = mail_slot_location(unit.connection, duty.library_id, intent["destination"])
        rotation.loaded(unit, intent["run_id"], intent["medium_id"], place)
        duty.noted(unit, approved=None)

    settled = finish_open_step(duty, effect)
    if settled is not None and settled.judgement is Judgement.ASK:
        duty.ask(settled.sentence)
    while True:
        duty.check()
        look = duty.look()
        duty.record(look)
        arrivals = _claim_loaded(duty, look, _arrivals(duty, look))
        if not arrivals.expected:
            duty.finish()
            return
        free = next((e for e in look.of_kind(ElementKind.SLOT) if e.is_free), None)
        if not arrivals.in_mail_slots or free is None:
            duty.wait(what_is_missing(arrivals, room=free is not None), has_work=bool(arrivals.in_mail_slots))
            continue
        line, at = arrivals.in_mail_slots[0]
        intent = intent_of(line.medium_id, line.barcode, str(at.tag), at, free, run_id=line.run_id)
        moved = carry(duty, intent, effect)
        if moved.judgement is Judgement.ASK:
            duty.ask(moved.sentence)


def _arrivals(duty: Duty, look: Look) -> Arrivals:
    with duty.runtime.database.reader.connect() as connection:
        approved = bool(duty.progress.get("approved"))
        return arrivals_in(connection, duty.job.device_id, duty.library_id, look, approved=approved)


def arrivals_in(
    connection: Connection, device_id: str, library_id: str, look: Look, *, approved: bool = False
) -> Arrivals:
    """`approved`: a person said that the robot may put down what it holds."""
    identity = connection.execute(
        select(_DEVICE.c.identity).where(_DEVICE.c.device_id == device_id)
    ).scalar_one()
    rule = tag_rule(identity)
    expected = {rule.reported(line.barcode): line for line in media_to_load(connection, library_id)}
    seen = [
        (line, look.by_tag[tag][0]) for tag, line in expected.items() if len(look.by_tag.get(tag, ())) == 1
    ]
    mail_slots = look.of_kind(ElementKind.MAIL_SLOT)
    sources = {ElementKind.MAIL_SLOT, ElementKind.TRANSPORT} if approved else {ElementKind.MAIL_SLOT}
    return Arrivals(
        expected=expected,
        in_mail_slots=tuple((line, at) for line, at in seen if at.kind in sources),
        in_slots=tuple((line, at) for line, at in seen if at.kind is ElementKind.SLOT),
        strangers=tuple(e for e in mail_slots if e.full and e.tag not in expected),
    )


def _claim_loaded(duty: Duty, look: Look, arrivals: Arrivals) -> Arrivals:
    """What stands in a slot already is loaded, whoever put it there."""
    if not arrivals.in_slots:
        return arrivals

    def work(unit: Unit) -> None:
        for line, at in arrivals.in_slots:
            place = mail_slot_location(unit.connection, duty.library_id, at.address)
            rotation.loaded(unit, line.run_id, line.medium_id, place)

    duty.record(look, work)
    return _arrivals(duty, look)


SHOWN = 6


def what_is_missing(arrivals: Arrivals, *, room: bool) -> str:
    """What the person at the library does next."""
    strangers = "".join(
        f" Take {element.tag or 'the medium without a readable label'} out of {element.name}: it is not expected."
        for element in arrivals.strangers
    )
    if not room:
        return f"No slot is free for the media that came home.{strangers}"
    names = sorted(line.barcode for line in arrivals.expected.values())
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    return f"Put {shown} into the mail slots.{strangers}"
