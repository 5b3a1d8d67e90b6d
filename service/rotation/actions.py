"""Planning, approving and closing a run, and what the library did for its lines."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from service.consignments.actions import open_consignment
from service.consignments.models import Consignment, ConsignmentState, Direction, LineState, ManifestLine
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.ledger.writer import Unit
from service.locations.models import Location
from service.media.actions import change_content
from service.media.models import MEDIUM, Content, Medium
from service.rotation import queries, rules
from service.rotation.models import (
    POLICY,
    RUN,
    SCHEDULE,
    CatchUp,
    Policy,
    Run,
    RunLine,
    RunState,
    Schedule,
    Step,
)
from service.rotation.rules import LeftOut, Picked, Tier

_RUN = table(Run)
_LINE = table(RunLine)
_POLICY = table(Policy)
_SCHEDULE = table(Schedule)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_CONSIGNMENT = table(Consignment)
_MANIFEST = table(ManifestLine)


class RotationEvent(StrEnum):
    POLICY_PUBLISHED = "policy:published"
    POLICY_RETIRED = "policy:retired"
    SCHEDULE_SET = "schedule:set"
    RUN_PLANNED = "run:planned"
    RUN_APPROVED = "run:approved"
    RUN_CANCELLED = "run:cancelled"
    RUN_CLOSED = "run:closed"
    TIER_ASSIGNED = "medium:tier_assigned"


def publish_policy(unit: Unit, name: str, tiers: Sequence[Tier], weekly_weekday: int) -> int:
    """A new version of the policy; facts recorded under older versions stay. Returns the version."""
    rules.check_policy(tiers, weekly_weekday)
    if not name.strip():
        raise InvalidInputError("A policy needs a name. Nothing was saved.", fields={"name": "Type a name."})
    old = unit.connection.execute(
        select(_POLICY.c.policy_id, _POLICY.c.version).where(_POLICY.c.name == name, _POLICY.c.active)
    ).one_or_none()
    if old is not None:
        unit.change(POLICY, old.policy_id, {"active": False}, RotationEvent.POLICY_RETIRED)
    version = (old.version if old else 0) + 1
    values = {
        "policy_id": unit.new_id(), "name": name, "version": version, "weekly_weekday": weekly_weekday,
        "tiers": [tier.stored() for tier in tiers], "active": True, "created_at": unit.now,
    }  # fmt: skip
    unit.create(POLICY, values, RotationEvent.POLICY_PUBLISHED)
    return version


def set_schedule(
    unit: Unit,
    *,
    name: str,
    policy_name: str,
    library_id: str,
    vault_id: str,
    carrier_id: str,
    weekday: int,
    hour: int,
    minute: int,
    time_zone: str,
    catch_up: CatchUp = CatchUp.LATEST,
    enabled: bool = True,
) -> str:
    """Make or change the schedule of this name; returns its id."""
    _check_schedule(name, weekday, hour, minute, time_zone)
    queries.policy_facts(unit.connection, policy_name)
    values: dict[str, object] = {
        "name": name, "policy_name": policy_name, "library_id": library_id, "vault_id": vault_id, "carrier_id": carrier_id,
        "weekday": weekday, "hour": hour, "minute": minute, "time_zone": time_zone, "catch_up": catch_up, "enabled": enabled,
    }  # fmt: skip
    found = unit.connection.execute(
        select(_SCHEDULE.c.schedule_id).where(_SCHEDULE.c.name == name)
    ).scalar_one_or_none()
    if found is not None:
        unit.change(SCHEDULE, str(found), values, RotationEvent.SCHEDULE_SET)
        return str(found)
    schedule_id = unit.new_id()
    row = {"schedule_id": schedule_id, "last_slot": None, "created_at": unit.now, **values}
    unit.create(SCHEDULE, row, RotationEvent.SCHEDULE_SET)
    return schedule_id


def _check_schedule(name: str, weekday: int, hour: int, minute: int, time_zone: str) -> None:
    fields = {}
    if not name.strip():
        fields["name"] = "Type a name."
    if not 0 <= weekday < rules.DAYS_A_WEEK:
        fields["weekday"] = "0 (Monday) to 6 (Sunday)."
    if not 0 <= hour < 24 or not 0 <= minute < 60:  # noqa: PLR2004 - hours a day, minutes an hour
        fields["hour"] = "00:00 to 23:59."
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        fields["time_zone"] = "An IANA zone such as America/New_York."
    if fields:
        raise InvalidInputError("The schedule does not fit. Nothing was saved.", fields=fields)


def plan_run(unit: Unit, schedule_id: str, slot: date) -> str:
    """Create the run of this slot and pick its lines; returns its number. A slot has one run: a second try returns the first's."""
    schedule = unit.connection.execute(select(_SCHEDULE).where(_SCHEDULE.c.schedule_id == schedule_id)).one()
    existing = unit.connection.execute(
        select(_RUN.c.number).where(_RUN.c.schedule_id == schedule_id, _RUN.c.slot == slot.isoformat())
    ).scalar_one_or_none()
    if existing is not None:
        return str(existing)
    out, home, left = pick(unit, schedule, slot)
    run_id, number = unit.new_id(), _free_number(unit, slot)
    values = {
        "run_id": run_id, "number": number, "schedule_id": schedule_id, "slot": slot.isoformat(), "state": RunState.PLANNED,
        "library_id": schedule.library_id, "vault_id": schedule.vault_id, "carrier_id": schedule.carrier_id,
        "planned_at": unit.now, "approved_at": None, "approved_by": None, "out_consignment_id": None,
        "home_consignment_id": None, "closed_at": None,
    }  # fmt: skip
    facts = {
        "out": len(out),
        "home": len(home),
        "left_out": [f"{one.barcode}: {one.why}" for one in left][:200],
    }
    unit.create(RUN, values, RotationEvent.RUN_PLANNED, facts=facts)
    _add_lines(unit, run_id, Direction.OUT, out)
    _add_lines(unit, run_id, Direction.HOME, home)
    policy = queries.policy_facts(unit.connection, schedule.policy_name)
    for picked in out:
        _record_tier(unit, picked, policy.version)
    unit.connection.execute(
        update(_SCHEDULE).where(_SCHEDULE.c.schedule_id == schedule_id).values(last_slot=slot.isoformat())
    )
    return number


def pick(unit: Unit, schedule: Any, today: date) -> tuple[list[Picked], list[Picked], list[LeftOut]]:
    """(what leaves, what comes home, what one would expect and why it stays)"""
    policy = queries.policy_facts(unit.connection, schedule.policy_name)
    vendor = unit.connection.execute(
        select(_LOCATION.c.party_id).where(_LOCATION.c.location_id == schedule.vault_id)
    ).scalar_one()
    here = queries.media_in_library(unit.connection, schedule.library_id)
    there = queries.media_due_home(unit.connection, vendor, today)
    out = [rules.pick_out(policy, medium, today) for medium in here]
    home = [rules.pick_home(medium, today) for medium in there]
    return (
        [found for found in out if isinstance(found, Picked)],
        [found for found in home if isinstance(found, Picked)],
        [found for found in (*out, *home) if isinstance(found, LeftOut)],
    )


def _free_number(unit: Unit, slot: date) -> str:
    key = rules.week_key(slot)
    taken = unit.connection.execute(
        select(func.count())
        .select_from(_RUN)
        .where((_RUN.c.number == key) | _RUN.c.number.startswith(f"{key}-"))
    ).scalar_one()
    return key if not taken else f"{key}-{taken + 1}"


def _add_lines(unit: Unit, run_id: str, direction: Direction, picked: Sequence[Picked]) -> None:
    rows = [
        {
            "run_id": run_id, "medium_id": one.medium_id, "direction": direction, "step": Step.PLANNED, "why": one.why,
            "source_number": None, "batch": None, "ejected_at": None, "emptied_at": None, "loaded_at": None, "skip_reason": None,
        }
        for one in picked
    ]  # fmt: skip
    if rows:
        unit.connection.execute(insert(_LINE), rows)


def _record_tier(unit: Unit, picked: Picked, version: int) -> None:
    if picked.assignment is None:
        return
    values = {
        "tier": picked.assignment.tier.value, "period_key": picked.assignment.period_key,
        "expires_on": picked.assignment.expires_on, "policy_version": version,
    }  # fmt: skip
    unit.change(MEDIUM, picked.medium_id, values, RotationEvent.TIER_ASSIGNED)


def _load(unit: Unit, number: str) -> Any:
    row = unit.connection.execute(select(_RUN).where(_RUN.c.number == number)).one_or_none()
    if row is None:
        raise NotFoundError("run", number)
    return row


def leave_out(unit: Unit, number: str, barcode: str, reason: str) -> None:
    """Skip a line of a planned run, with a reason, as its own flagged entry."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "changed")
    skip_line(unit, run, barcode, reason)


def skip_line(unit: Unit, run: Any, barcode: str, reason: str) -> None:
    text = reason.strip()
    if not text:
        raise InvalidInputError(
            "Skipping needs a reason. Nothing was skipped.", fields={"reason": "Write why it stays."}
        )
    query = (
        select(_LINE.c.medium_id)
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .where(_LINE.c.run_id == run.run_id, _MEDIUM.c.barcode == barcode, _LINE.c.step != Step.SKIPPED)
    )
    medium_id = unit.connection.execute(query).scalar_one_or_none()
    if medium_id is None:
        raise NotFoundError(f"medium in run {run.number} with the barcode", barcode)
    _set_line(unit, run.run_id, str(medium_id), step=Step.SKIPPED, skip_reason=text[:500])
    facts = {"run": run.number, "step": "run"}
    unit.append(MEDIUM.subject(str(medium_id)), CustodyEvent.STEP_SKIPPED, facts=facts, reason=text)


def _set_line(unit: Unit, run_id: str, medium_id: str, **values: object) -> None:
    unit.connection.execute(
        update(_LINE).where(_LINE.c.run_id == run_id, _LINE.c.medium_id == medium_id).values(**values)
    )


def approve(unit: Unit, number: str) -> None:
    """Open the consignments out and home; the library may now eject. What is expired is marked so."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "approved")
    out, home = _planned(unit, run.run_id, Direction.OUT), _planned(unit, run.run_id, Direction.HOME)
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


def _planned(unit: Unit, run_id: str, direction: Direction) -> list[str]:
    query = select(_LINE.c.medium_id).where(
        _LINE.c.run_id == run_id, _LINE.c.direction == direction, _LINE.c.step == Step.PLANNED
    )
    return list(unit.connection.execute(query).scalars())


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
    if not reason.strip():
        raise InvalidInputError(
            "Cancelling needs a reason. Nothing was cancelled.", fields={"reason": "Write why."}
        )
    values = {"state": RunState.CANCELLED, "closed_at": unit.now}
    unit.change(RUN, run.run_id, values, RotationEvent.RUN_CANCELLED, reason=reason.strip())


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
    _check_consignments(unit, run)
    _check_loaded(unit, run)
    values = {"state": RunState.CLOSED, "closed_at": unit.now}
    unit.change(RUN, run.run_id, values, RotationEvent.RUN_CLOSED, facts=_outcome(unit, run))
    unit.keep_checkpoint = True


def _check_consignments(unit: Unit, run: Any) -> None:
    ids = [one for one in (run.out_consignment_id, run.home_consignment_id) if one]
    query = select(_CONSIGNMENT.c.number, _CONSIGNMENT.c.state).where(
        _CONSIGNMENT.c.consignment_id.in_(ids),
        _CONSIGNMENT.c.state.not_in([ConsignmentState.RECONCILED, ConsignmentState.CANCELLED]),
    )
    waiting = unit.connection.execute(query).first()
    if waiting is not None:
        raise rules.RunNotDoneError(
            f"{waiting.number} is {waiting.state.value.replace('_', ' ')}. Run {run.number} was not closed.",
            next_step=f"Finish {waiting.number}.",
        )


def _check_loaded(unit: Unit, run: Any) -> None:
    if run.home_consignment_id is None:
        return
    query = (
        select(func.count())
        .select_from(_LINE)
        .join(
            _MANIFEST,
            (_MANIFEST.c.medium_id == _LINE.c.medium_id)
            & (_MANIFEST.c.consignment_id == run.home_consignment_id),
        )
        .where(
            _LINE.c.run_id == run.run_id,
            _LINE.c.step == Step.PLANNED,
            _MANIFEST.c.state == LineState.UNPACKED,
        )
    )
    waiting = unit.connection.execute(query).scalar_one()
    if waiting:
        raise rules.RunNotDoneError(
            f"{waiting} media are home and not in the library. Run {run.number} was not closed.",
            next_step="Put them into the mail slots, or skip them with a reason.",
        )


def _outcome(unit: Unit, run: Any) -> Mapping[str, object]:
    query = select(_LINE.c.direction, _LINE.c.step, func.count()).where(_LINE.c.run_id == run.run_id)
    rows = unit.connection.execute(query.group_by(_LINE.c.direction, _LINE.c.step))
    return {f"{direction.value}_{step.value}": count for direction, step, count in rows}


def skip_loading(unit: Unit, number: str, barcode: str, reason: str) -> None:
    """Leave a medium that came home out of the library, with a reason."""
    run = _load(unit, number)
    rules.check_run_act(number, run.state, "closed")
    skip_line(unit, run, barcode, reason)
