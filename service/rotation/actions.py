"""Planning, approving and closing a run, and what the library did for its lines."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, update

from service.consignments.actions import open_consignment
from service.consignments.models import Consignment, Direction
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.rules import written
from service.db import table
from service.errors import NotFoundError
from service.ids import is_id
from service.ledger.writer import Unit
from service.locations.models import Location
from service.media.actions import change_content
from service.media.barcodes import shown
from service.media.models import MEDIUM, Content, Medium
from service.policies.models import Schedule
from service.policies.queries import timing_of
from service.rotation import rules
from service.rotation.candidates import planned_media
from service.rotation.closing import not_done, outcome
from service.rotation.models import RUN, Run, RunLine, RunState, Step
from service.rotation.planning import add_lines, free_number, obstacles_to, plan
from service.rotation.queries import run_of_slot
from service.rotation.rules import Picked
from service.statements import Bulk

_RUN = table(Run)
_LINE = table(RunLine)
_SCHEDULE = table(Schedule)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_CONSIGNMENT = table(Consignment)


LONGEST_REASON = 500


class RotationEvent(StrEnum):
    RUN_PLANNED = "run:planned"
    RUN_APPROVED = "run:approved"
    RUN_CANCELLED = "run:cancelled"
    RUN_CLOSED = "run:closed"
    TIER_ASSIGNED = "medium:tier_assigned"
    SLOTS_DROPPED = "schedule:slots_dropped"


def plan_run(unit: Unit, schedule_id: str, slot: date) -> str:
    """Create the run of this slot and pick its lines; returns its number. A slot has one run: a second try returns the first's."""
    schedule = schedule_row(unit, schedule_id)
    existing = run_of_slot(unit.connection, schedule_id, slot)
    if existing is not None:
        return existing
    picked = plan(unit.connection, schedule, slot)
    run_id, number = unit.new_id(), free_number(unit.connection, slot)
    values = {
        "run_id": run_id, "number": number, "schedule_id": schedule_id, "slot": slot.isoformat(), "state": RunState.PLANNED,
        "library_id": schedule.library_id, "vault_id": schedule.vault_id, "carrier_id": schedule.carrier_id,
        "planned_at": unit.now, "approved_at": None, "approved_by": None, "out_consignment_id": None,
        "home_consignment_id": None, "closed_at": None,
    }  # fmt: skip
    unit.create(RUN, values, RotationEvent.RUN_PLANNED, facts=picked.told())
    add_lines(unit, run_id, Direction.OUT, picked.out)
    add_lines(unit, run_id, Direction.HOME, picked.home)
    _record_tiers(unit, picked.out, picked.policy_version)
    return number


def plan_by_hand(unit: Unit, schedule_id: str, slot: date | None = None) -> str:
    """The run of this slot, today without one; its number. A slot too far from today is refused."""
    today = timing_of(schedule_row(unit, schedule_id)).today(unit.now)
    rules.check_slot(slot or today, today)
    return plan_run(unit, schedule_id, slot or today)


def schedule_row(unit: Unit, schedule_id: str) -> Any:
    query = select(_SCHEDULE).where(_SCHEDULE.c.schedule_id == schedule_id)
    row = unit.connection.execute(query).one_or_none() if is_id(schedule_id) else None
    if row is None:
        raise NotFoundError("schedule", shown(schedule_id))
    return row


_ASSIGN_TIER = Bulk(  # thousands at once; scans wait for the plan that does it
    update(_MEDIUM)
    .where(_MEDIUM.c.medium_id == bindparam("_medium_id"))
    .values({name: bindparam(f"_{name}") for name in ("tier", "period_key", "expires_on", "policy_version")})
)


def _record_tiers(unit: Unit, picked: Sequence[Picked], version: int) -> None:
    rows = []
    for one in picked:
        if one.assignment is None:
            continue
        values = {
            "tier": one.assignment.tier.value, "period_key": one.assignment.period_key,
            "expires_on": one.assignment.expires_on, "policy_version": version,
        }  # fmt: skip
        rows.append({"_medium_id": one.medium_id, **{f"_{name}": value for name, value in values.items()}})
        unit.append(MEDIUM.subject(one.medium_id), RotationEvent.TIER_ASSIGNED, changes=MEDIUM.logged(values))
    _ASSIGN_TIER(unit.connection, rows)


def _load(unit: Unit, number: str) -> Any:
    query = select(_RUN).where(_RUN.c.number == number)
    row = unit.connection.execute(query).one_or_none() if rules.is_number(number) else None
    if row is None:
        raise NotFoundError("run", shown(number))
    return row


def leave_out(unit: Unit, number: str, barcode: str, reason: str) -> None:
    """Skip a line of a planned run, with a reason, as its own flagged entry."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "changed")
    _skip_line(unit, run, barcode, reason)


def skip_loading(unit: Unit, number: str, barcode: str, reason: str) -> None:
    """Leave a medium that came home out of the library, with a reason."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "changed after its approval")
    _skip_line(unit, run, barcode, reason, _LINE.c.direction == Direction.HOME)


def _skip_line(unit: Unit, run: Any, barcode: str, reason: str, *which: Any) -> None:
    text = written(reason, "reason", "Write why it stays.", LONGEST_REASON)
    query = (
        select(_LINE.c.medium_id)
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .where(
            _LINE.c.run_id == run.run_id, _MEDIUM.c.barcode == barcode, _LINE.c.step == Step.PLANNED, *which
        )
    )
    found = unit.connection.execute(query).scalar_one_or_none() if barcode.isprintable() else None
    if found is None:
        raise rules.LineNotOpenError(run.number, shown(barcode))
    medium_id = str(found)
    _set_line(unit, run.run_id, medium_id, step=Step.SKIPPED, skip_reason=text)
    facts = {"run": run.number, "step": "run"}
    unit.append(MEDIUM.subject(medium_id), CustodyEvent.STEP_SKIPPED, facts=facts, reason=text)


def _set_line(unit: Unit, run_id: str, medium_id: str, **values: object) -> None:
    unit.connection.execute(
        update(_LINE).where(_LINE.c.run_id == run_id, _LINE.c.medium_id == medium_id).values(**values)
    )


def approve(unit: Unit, number: str) -> None:
    """Open the consignments out and home; the library may now eject. What is expired is marked so."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "approved")
    out, home = _approvable(unit, run)
    if not out and not home:
        raise rules.RunNotDoneError(
            f"Run {number} has nothing to carry. It was not approved.", next_step="Cancel it."
        )
    site_id = _standing_place(unit, run.library_id)
    values: dict[str, object] = {
        "state": RunState.APPROVED, "approved_at": unit.now, "approved_by": unit.actor.handler_id,
    }  # fmt: skip
    if out:
        values["out_consignment_id"] = _open(unit, run, Direction.OUT, site_id, run.vault_id, out)
    if home:
        for medium_id in home:
            _expire(unit, medium_id)
        values["home_consignment_id"] = _open(unit, run, Direction.HOME, run.vault_id, site_id, home)
    unit.change(
        RUN, run.run_id, values, RotationEvent.RUN_APPROVED, facts={"out": len(out), "home": len(home)}
    )


def _approvable(unit: Unit, run: Any) -> tuple[list[str], list[str]]:
    """Ids of what leaves and what comes home, judged again by what holds now. Raises RunOutdatedPlanError."""
    obstacles = obstacles_to(unit.connection, run, unit.now)
    if obstacles:
        raise rules.RunOutdatedPlanError(run.number, obstacles)
    out, home = (planned_media(unit.connection, run.run_id, one) for one in (Direction.OUT, Direction.HOME))
    return [medium.medium_id for medium in out], [medium.medium_id for medium in home]


def _standing_place(unit: Unit, library_id: str) -> str:
    """The room that the library stands in: where media are once they are out of it."""
    found = unit.connection.execute(
        select(_LOCATION.c.parent_id).where(_LOCATION.c.location_id == library_id)
    ).scalar_one_or_none()
    return str(found or library_id)


def _open(
    unit: Unit, run: Any, direction: Direction, from_id: str, to_id: str, medium_ids: Sequence[str]
) -> str:
    purpose = f"run {run.number}" if direction is Direction.OUT else f"run {run.number}, expired media home"
    number = open_consignment(
        unit, direction=direction, from_location_id=from_id, to_location_id=to_id, carrier_id=run.carrier_id,
        purpose=purpose, medium_ids=medium_ids, run_id=run.run_id,
    )  # fmt: skip
    query = select(_CONSIGNMENT.c.consignment_id).where(_CONSIGNMENT.c.number == number)
    return str(unit.connection.execute(query).scalar_one())


def _expire(unit: Unit, medium_id: str) -> None:
    content = unit.connection.execute(
        select(_MEDIUM.c.content).where(_MEDIUM.c.medium_id == medium_id)
    ).scalar_one()
    if content in {Content.FULL, Content.ACTIVE}:
        change_content(unit, medium_id, Content.EXPIRED, "retention has ended")


def cancel(unit: Unit, number: str, reason: str) -> None:
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "cancelled")
    text = written(reason, "reason", "Write why.", LONGEST_REASON)
    values = {"state": RunState.CANCELLED, "closed_at": unit.now}
    unit.change(RUN, run.run_id, values, RotationEvent.RUN_CANCELLED, reason=text)


def ejected(
    unit: Unit, run_id: str, medium_id: str, mail_slot_id: str, batch: int, source_number: int | None
) -> None:
    """The library put the medium into a mail slot, and it was seen there."""
    facts = {"run": _number(unit, run_id)}
    custody.move(unit, medium_id, mail_slot_id, CustodyEvent.EJECTED, facts=facts)
    _set_line(
        unit,
        run_id,
        medium_id,
        step=Step.EJECTED,
        ejected_at=unit.now,
        batch=batch,
        source_number=source_number,
    )


def emptied(unit: Unit, run_id: str, medium_id: str) -> None:
    """The mail slot was seen empty; unless it was scanned by then, the medium is in somebody's hands in the library's room."""
    row = unit.connection.execute(
        select(_LOCATION.c.kind, _RUN.c.library_id, _RUN.c.number)
        .select_from(_MEDIUM)
        .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
        .join(_RUN, _RUN.c.run_id == run_id)
        .where(_MEDIUM.c.medium_id == medium_id)
    ).one()
    if row.kind == "mail_slot":
        custody.move(
            unit,
            medium_id,
            _standing_place(unit, row.library_id),
            CustodyEvent.TAKEN_OUT,
            facts={"run": row.number},
        )
    _set_line(unit, run_id, medium_id, emptied_at=unit.now)


def loaded(unit: Unit, run_id: str, medium_id: str, slot_location_id: str) -> None:
    """Back in the library; what was expired is scratch from now on."""
    custody.move(unit, medium_id, slot_location_id, CustodyEvent.LOADED, facts={"run": _number(unit, run_id)})
    _set_line(unit, run_id, medium_id, step=Step.LOADED, loaded_at=unit.now)
    content = unit.connection.execute(
        select(_MEDIUM.c.content).where(_MEDIUM.c.medium_id == medium_id)
    ).scalar_one()
    if content is Content.EXPIRED:
        change_content(unit, medium_id, Content.SCRATCH, "home from the vendor after its retention")


def _number(unit: Unit, run_id: str) -> str:
    return str(unit.connection.execute(select(_RUN.c.number).where(_RUN.c.run_id == run_id)).scalar_one())


def close(unit: Unit, number: str) -> None:
    """Both consignments are reconciled and everything that came home is loaded or skipped."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "closed")
    obstacle = not_done(unit.connection, run)
    if obstacle is not None:
        raise obstacle
    values = {"state": RunState.CLOSED, "closed_at": unit.now}
    unit.change(RUN, run.run_id, values, RotationEvent.RUN_CLOSED, facts=outcome(unit.connection, run))
    unit.keep_checkpoint = True
