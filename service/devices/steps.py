"""One movement of one medium: intent, command, look, verdict; and the verdict on one that was interrupted.

The intent names everything that the outcome needs, so that whoever finds the step can finish it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from drivers.changer.model import MoveRequest, Snapshot
from drivers.errors import DeviceError
from service.db import table
from service.devices import engine, faults
from service.devices.actions import Resume
from service.devices.drives import let_go
from service.devices.duty import Duty, Effect, Facts
from service.devices.evidence import Observed, kept, observed, restored
from service.devices.models import JobStep
from service.devices.recording import record_inventory
from service.devices.rules import MOVED, REFUSED, SETTLED, Judgement, OutrunError, after_move, what_was_seen
from service.devices.seen import Look, SeenElement, look_of
from service.errors import StrongroomError, WriterStoppedError
from service.ledger.writer import Unit

_STEP = table(JobStep)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a step. `sentence` is for the operator where one has to decide, or where nothing was sent.

    `at_source`: it was seen where it stood before, and nothing else is unclear.
    """

    judgement: Judgement
    verdict: str
    sentence: str = ""
    at_source: bool = False


def intent_of(
    medium_id: str, barcode: str, tag: str, source: SeenElement, destination: SeenElement, **more: object
) -> dict[str, object]:
    return {
        "medium_id": medium_id,
        "barcode": barcode,
        "tag": tag,
        "source": source.address,
        "source_name": source.name,
        "source_number": source.number,
        "destination": destination.address,
        "destination_name": destination.name,
        "destination_number": destination.number,
        **more,
    }


def carry(duty: Duty, intent: Facts, effect: Effect) -> Settled:
    """Move one medium. Nothing is sent before the intent is committed; nothing is believed before a look."""
    duty.check()
    duty.go_on()
    with duty.changer.exclusive(deadline_s=duty.timing.deadline_s):
        before = duty.snapshot()
        step_id = duty.write(
            lambda unit: engine.intend(
                unit, duty.job.job_id, duty.job.fence, {**intent, "before": kept(before)}
            )
        )
        try:
            has_waited = let_go(duty, before, intent)
            duty.check_lease()
            outcome = duty.changer.move(
                _request(duty, intent, step_id), before=None if has_waited else before
            )
        except DeviceError as error:
            return _refused(duty, step_id, intent, error)
    return _settle(duty, step_id, intent, observed(outcome), after=outcome.after, effect=effect)


def _request(duty: Duty, intent: Facts, step_id: str) -> MoveRequest:
    return MoveRequest(
        src=intent["source"],
        dst=intent["destination"],
        expect_tag=intent["tag"],
        move_id=step_id,
        deadline_s=duty.timing.move_s,
    )


def _refused(duty: Duty, step_id: str, intent: Facts, error: DeviceError) -> Settled:
    """The driver looked and sent nothing."""
    fault = faults.translate(error, duty.library_name)
    tries = _count_try(duty, intent)
    outcome = {"told": str(error), "tries": tries}
    duty.write(lambda unit: engine.conclude(unit, step_id, duty.job.fence, outcome, REFUSED))
    return Settled(after_move(REFUSED, safe_to_repeat=True, tries=tries), REFUSED, fault.message)


def _count_try(duty: Duty, intent: Facts) -> int:
    tries = dict(duty.progress.get("tries", {}))
    tries[intent["medium_id"]] = tries.get(intent["medium_id"], 0) + 1
    duty.note(tries=tries)
    return int(tries[intent["medium_id"]])


def _settle(
    duty: Duty, step_id: str, intent: Facts, seen: Observed, *, after: Snapshot | None, effect: Effect
) -> Settled:
    look = look_of(after) if after is not None else None

    def conclude(unit: Unit) -> None:
        engine.conclude(unit, step_id, duty.job.fence, seen.record(), seen.verdict)

    def work(unit: Unit) -> None:
        conclude(unit)
        if seen.verdict in MOVED:
            effect(unit, intent)
        if look is not None:
            record_inventory(unit, duty.job.device_id, look, announced=False, known=duty.recorded)

    try:
        duty.write(work)
    except (OutrunError, WriterStoppedError):
        raise
    except StrongroomError as error:
        # The medium has moved, whatever a rule says about it: the outcome stands, and a person decides.
        duty.write(conclude)
        return Settled(Judgement.ASK, seen.verdict, _not_recorded(intent, error))
    duty.refresh()
    duty.recorded = look if look is not None and look.trustworthy else None
    return _judged(duty, intent, seen, look)


def _not_recorded(intent: Facts, error: StrongroomError) -> str:
    done = f"{intent['barcode']} was moved from {intent['source_name']} to {intent['destination_name']}"
    return f"{done}, but that could not be recorded as planned. {error.message} {error.next_step}"


def _judged(duty: Duty, intent: Facts, seen: Observed, look: Look | None) -> Settled:
    if seen.verdict in MOVED:
        return Settled(Judgement.DONE, seen.verdict)
    tries = _count_try(duty, intent)
    found = look.by_address.get(seen.found_at) if look is not None and seen.found_at is not None else None
    sentence = what_was_seen(
        seen.verdict,
        str(intent["barcode"]),
        source=str(intent["source_name"]),
        destination=str(intent["destination_name"]),
        found=found.name if found else None,
        told=seen.told,
    )
    return Settled(
        after_move(seen.verdict, safe_to_repeat=seen.safe_to_repeat, tries=tries),
        seen.verdict,
        sentence,
        at_source=seen.safe_to_repeat,
    )


def finish_open_step(duty: Duty, effect: Effect) -> Settled | None:
    """The verdict on the job's last step, where it has none or a person wants another look; None when it is settled.

    By looking only: the command is never sent from here.
    """
    step = last_step(duty)
    if step is None:
        return None
    if step.outcome_at is None:
        return _recover(duty, step.step_id, step.intent, effect)
    if duty.progress.get("resume") != Resume.LOOK_AGAIN.value or step.verdict in SETTLED:
        return None
    again = {**step.intent, "looks_at": step.step_id}
    step_id = duty.write(lambda unit: engine.intend(unit, duty.job.job_id, duty.job.fence, again))
    return _recover(duty, step_id, step.intent, effect)


def last_step(duty: Duty) -> Row[Any] | None:
    query = select(_STEP).where(_STEP.c.job_id == duty.job.job_id)
    with duty.runtime.database.reader.connect() as connection:
        return connection.execute(query.order_by(_STEP.c.ordinal.desc()).limit(1)).one_or_none()


def _recover(duty: Duty, step_id: str, intent: Facts, effect: Effect) -> Settled:
    before = restored(intent["before"], intent["source"], intent["tag"], duty.changer.url)
    outcome = duty.changer.recover(_request(duty, intent, step_id), before)
    seen = observed(outcome, told="")
    return _settle(duty, step_id, intent, seen, after=outcome.after, effect=effect)
