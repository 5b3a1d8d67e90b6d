"""Creates the runs that are due, in the background of the server process."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import structlog
from sqlalchemy import update

from service.db import table
from service.errors import StrongroomError, WriterStoppedError
from service.ledger.writer import SYSTEM, Unit
from service.policies.models import SCHEDULE, Schedule
from service.policies.queries import schedules, since_of, timing_of
from service.policies.slots import due_slots, passed_slots
from service.rotation.actions import RotationEvent, cancel, plan_run, schedule_row
from service.rotation.planning import MOST_TOLD, is_empty
from service.rotation.queries import run_of_slot
from service.runtime import Runtime

log = structlog.get_logger(__name__)

_SCHEDULE = table(Schedule)
EVERY_S = 30.0
STOP_S = 1.0


def tick(runtime: Runtime) -> list[str]:
    """Plan what is due now; numbers of the new runs. Replicas may do so at once: a slot gets one run."""
    return [number for schedule_id in _due(runtime) for number in _plan(runtime, schedule_id)]


def _due(runtime: Runtime) -> list[str]:
    now = runtime.clock()

    def has_passed(schedule: Schedule) -> bool:
        return bool(passed_slots(timing_of(schedule), since=since_of(schedule), now=now))

    with runtime.database.reading() as session:
        return [one.schedule_id for one in schedules(session) if one.enabled and has_passed(one)]


def _plan(runtime: Runtime, schedule_id: str) -> list[str]:
    """A schedule that cannot be planned is told of and does not hold up the others; Today shows it as overdue."""
    try:
        numbers = runtime.writer.run(SYSTEM, partial(plan_due, schedule_id=schedule_id))
    except WriterStoppedError:
        raise
    except StrongroomError as error:
        log.warning("schedule_not_planned", schedule=schedule_id, error=error.message)
        return []
    for number in numbers:
        log.info("run_planned", run=number, schedule=schedule_id)
    return numbers


def plan_due(unit: Unit, schedule_id: str) -> list[str]:
    """Plan the runs of the slots that passed since the last time, as the schedule catches up; numbers of the new ones.

    A run that has nothing to carry is cancelled at once; slots that get no run are noted.
    """
    schedule = schedule_row(unit, schedule_id)
    timing, since = timing_of(schedule), since_of(schedule)
    passed = passed_slots(timing, since=since, now=unit.now) if schedule.enabled else []
    if not passed:
        return []
    due = due_slots(timing, since=since, now=unit.now)
    _note_dropped(unit, schedule, [slot for slot in passed if slot not in due])
    numbers = [number for slot in due if (number := _plan_slot(unit, schedule_id, slot)) is not None]
    row = _SCHEDULE.c.schedule_id == schedule_id
    unit.connection.execute(update(_SCHEDULE).where(row).values(last_slot=passed[-1].isoformat()))
    return numbers


def _note_dropped(unit: Unit, schedule: Any, dropped: list[date]) -> None:
    if not dropped:
        return
    slots = [slot.isoformat() for slot in dropped[-MOST_TOLD:]]
    facts = {"slots": slots, "count": len(dropped), "catch_up": schedule.catch_up.value}
    unit.append(SCHEDULE.subject(schedule.schedule_id), RotationEvent.SLOTS_DROPPED, facts=facts)


def _plan_slot(unit: Unit, schedule_id: str, slot: date) -> str | None:
    if run_of_slot(unit.connection, schedule_id, slot) is not None:
        return None
    number = plan_run(unit, schedule_id, slot)
    if is_empty(unit.connection, number):
        cancel(unit, number, "nothing to carry")
    return number


class Scheduler:
    def __init__(self, runtime: Runtime, every_s: float = EVERY_S) -> None:
        self._runtime, self._every_s = runtime, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> "Scheduler":
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                tick(self._runtime)
            except WriterStoppedError as error:
                log.info("scheduler_waits", error=error.message)
            except Exception as error:  # worker boundary: what fails now is tried again at the next tick
                log.exception("scheduler_failed", error=repr(error))
            self._stopping.wait(self._every_s)

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(STOP_S)


def start_scheduler(runtime: Runtime) -> Callable[[], None]:
    """For the server process; what it returns ends it within a second."""
    if not runtime.settings.scheduler:
        return lambda: None
    return Scheduler(runtime).start().stop
