"""The short jobs: one look, or one medium from where it is to where a person wants it."""

from drivers.changer.model import Freshness
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.devices.duty import Duty, Facts
from service.devices.rules import REFUSED, Judgement, is_too_late
from service.devices.seen import Look, SeenElement, look_of
from service.devices.steps import Settled, carry, finish_open_step, intent_of
from service.ledger.writer import Unit

ASKED = ("asked", "requested_by")


def take_inventory(duty: Duty) -> None:
    """`payload.robot` lets the robot look itself, which takes minutes on real libraries."""
    robot = bool(duty.job.payload.get("robot"))
    duty.changer.wait_ready(deadline_s=duty.timing.deadline_s)
    freshness = Freshness.ROBOT_VERIFIED if robot else Freshness.CACHED
    deadline_s = duty.timing.move_s if robot else duty.timing.deadline_s
    look = look_of(duty.changer.inventory(freshness=freshness, deadline_s=deadline_s))
    duty.record(look, announced=True)
    if not look.trustworthy:
        duty.fail("The library could not be read completely. Nothing was recorded.")
    duty.finish()


def move_one(duty: Duty) -> None:
    """`payload`: medium_id, barcode, tag, to (element address), to_location_id.

    Where a backup program asked, also: from (the address it named), asked (its words), requested_by (its token's handler),
    eject_first (the drive lets go first), not_after (it waits no longer).
    """
    asked = {name: duty.job.payload[name] for name in ASKED if name in duty.job.payload}

    def effect(unit: Unit, intent: Facts) -> None:
        facts = {"job": duty.job.job_id, "device": duty.library_name, **asked}
        custody.move(
            unit, intent["medium_id"], intent["destination_location_id"], CustodyEvent.MOVED, facts=facts
        )

    settled = finish_open_step(duty, effect)
    begun = settled is not None or bool(duty.progress.get("approved"))
    if not begun and is_too_late(duty.job.payload.get("not_after"), duty.runtime.clock()):
        duty.fail("Nobody waits for this move any more. Nothing was moved.")
    while settled is None or settled.judgement is not Judgement.DONE:
        if settled is not None:
            _decide(duty, settled)
        look = duty.look()
        duty.record(look)
        source, destination = _ends(duty, look)
        if source == destination:
            break
        payload = duty.job.payload
        intent = intent_of(
            payload["medium_id"], payload["barcode"], payload["tag"], source, destination,
            destination_location_id=payload["to_location_id"], eject_first=bool(payload.get("eject_first")), **asked,
        )  # fmt: skip
        settled = carry(duty, intent, effect)
    duty.finish()


def _decide(duty: Duty, settled: Settled) -> None:
    """Nothing was sent, or it stands where it stood after a second try: the job has failed and says why.

    Anything unclear: a person decides.
    """
    if settled.verdict == REFUSED or (settled.judgement is Judgement.ASK and settled.at_source):
        duty.fail(settled.sentence)
    if settled.judgement is Judgement.ASK:
        duty.ask(settled.sentence)


def _ends(duty: Duty, look: Look) -> tuple[SeenElement, SeenElement]:
    payload = duty.job.payload
    places = look.by_tag.get(payload["tag"], ())
    destination = look.by_address.get(payload["to"])
    if len(places) != 1:
        seen = "is not seen" if not places else "is reported in more than one place"
        duty.fail(f"{payload['barcode']} {seen} in {duty.library_name}. Nothing was moved.")
    if destination is None:
        duty.fail(f"{duty.library_name} has no element {payload['to']} any more. Nothing was moved.")
    expected = payload.get("from")
    is_free = expected is None or duty.progress.get("approved")  # a person said: from where it is
    if not is_free and places[0].address not in {expected, payload["to"]}:
        duty.fail(f"{payload['barcode']} is in {places[0].name} by now. Nothing was moved.")
    return places[0], destination
