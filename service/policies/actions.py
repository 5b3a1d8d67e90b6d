"""Publishing policies and setting schedules."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from service.custody.rules import written
from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.handlers.rules import Permission
from service.handlers.second_person import check_alone
from service.ids import is_id
from service.ledger.writer import Unit
from service.locations.models import Location, LocationKind
from service.media.barcodes import shown
from service.parties.models import Party
from service.policies import queries, rules, slots
from service.policies.models import POLICY, SCHEDULE, CatchUp, Policy, Schedule
from service.policies.rules import PolicyFacts, Tier
from service.settings import SecondPerson

_POLICY = table(Policy)
_SCHEDULE = table(Schedule)
_LOCATION = table(Location)
_PARTY = table(Party)
LONGEST_REASON = 500


class PolicyEvent(StrEnum):
    PUBLISHED = "policy:published"
    RETIRED = "policy:retired"
    SCHEDULE_SET = "schedule:set"


def publish_policy(
    unit: Unit,
    name: str,
    tiers: Sequence[Tier],
    weekly_weekday: int,
    reason: str = "",
    *,
    alone: SecondPerson = SecondPerson.NEVER,
    facts: Mapping[str, object] | None = None,
) -> int:
    """A new version of the policy; facts recorded under older versions stay. Returns the version.

    A shorter retention needs a reason, and where `alone` says so a second person (SecondPersonNeededError).
    """
    name = name.strip()
    reason = written(reason, "reason", "Write why.", LONGEST_REASON) if reason.strip() else ""
    rules.check_policy(name, tiers, weekly_weekday)
    old = unit.connection.execute(
        select(_POLICY).where(_POLICY.c.name == name, _POLICY.c.active)
    ).one_or_none()
    version = (old.version if old else 0) + 1
    if old is not None:
        shorter = rules.shorter_tiers(
            queries.facts_of(old), PolicyFacts(version, weekly_weekday, tuple(tiers))
        )
        if shorter and not reason:
            raise rules.ShorterRetentionError(name, shorter)
        if shorter:
            check_alone(unit, alone, Permission.MANAGE_POLICY, f"{name}: {'; '.join(shorter)}. It")
            facts = facts or ({"alone": True} if alone is SecondPerson.WHEN_POSSIBLE else None)
        unit.change(POLICY, old.policy_id, {"active": False}, PolicyEvent.RETIRED)
    values = {
        "policy_id": unit.new_id(), "name": name, "version": version, "weekly_weekday": weekly_weekday,
        "tiers": [tier.stored() for tier in tiers], "active": True, "created_at": unit.now,
    }  # fmt: skip
    unit.create(POLICY, values, PolicyEvent.PUBLISHED, reason=reason or None, facts=facts)
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
    schedule_id: str | None = None,
) -> str:
    """Make a schedule, or change the one with this id, or of this name; returns its id."""
    name = name.strip()
    slots.check_schedule(name, weekday, hour, minute, time_zone)
    _check_ends(unit, library_id, vault_id, carrier_id)
    queries.policy_facts(unit.connection, policy_name)
    values: dict[str, object] = {
        "name": name, "policy_name": policy_name, "library_id": library_id, "vault_id": vault_id, "carrier_id": carrier_id,
        "weekday": weekday, "hour": hour, "minute": minute, "time_zone": time_zone, "catch_up": catch_up, "enabled": enabled,
    }  # fmt: skip
    found = _existing(unit, schedule_id, name)
    if found is None:
        row = {"schedule_id": unit.new_id(), "last_slot": None, "created_at": unit.now, **values}
        unit.create(SCHEDULE, row, PolicyEvent.SCHEDULE_SET)
        return str(row["schedule_id"])
    unit.change(SCHEDULE, found.schedule_id, values, PolicyEvent.SCHEDULE_SET)
    _count_from_now(unit, found)
    return str(found.schedule_id)


def create_schedule(unit: Unit, *, name: str, **values: Any) -> str:
    """A new one; refused where the name is taken. The values are those of `set_schedule`."""
    if _existing(unit, None, name.strip()) is not None:
        raise slots.ScheduleNameTakenError(name.strip())
    return set_schedule(unit, name=name, **values)


def _existing(unit: Unit, schedule_id: str | None, name: str) -> Any:
    query = select(_SCHEDULE).where(_SCHEDULE.c.name == name)
    named = unit.connection.execute(query).one_or_none() if name.isprintable() else None
    if schedule_id is None:
        return named
    if named is not None and named.schedule_id != schedule_id:
        raise slots.ScheduleNameTakenError(name)
    query = select(_SCHEDULE).where(_SCHEDULE.c.schedule_id == schedule_id)
    found = unit.connection.execute(query).one_or_none() if is_id(schedule_id) else None
    if found is None:
        raise NotFoundError("schedule", shown(schedule_id))
    return found


def _check_ends(unit: Unit, library_id: str, vault_id: str, carrier_id: str) -> None:
    fields = {}
    if _kind_of(unit, library_id) is not LocationKind.LIBRARY:
        fields["library_id"] = "Choose a library in use."
    if _kind_of(unit, vault_id) not in {
        LocationKind.VAULT,
        LocationKind.SHELF,
        LocationKind.ROOM,
        LocationKind.SITE,
    }:
        fields["vault_id"] = "Choose a vault in use."
    query = select(_PARTY.c.kind).where(_PARTY.c.party_id == carrier_id, _PARTY.c.active)
    if not is_id(carrier_id) or unit.connection.execute(query).first() is None:
        fields["carrier_id"] = "Choose an active party that carries."
    if fields:
        raise InvalidInputError(f"The schedule was not saved. {' '.join(fields.values())}", fields=fields)


def _kind_of(unit: Unit, location_id: str) -> LocationKind | None:
    if not is_id(location_id):
        return None
    return unit.connection.execute(
        select(_LOCATION.c.kind).where(_LOCATION.c.location_id == location_id, _LOCATION.c.active)
    ).scalar_one_or_none()


TIMING = ("weekday", "hour", "minute", "time_zone")


def _count_from_now(unit: Unit, before: Any) -> None:
    """Another time, or taken into use again: what passed until now is not made up for."""
    row = unit.connection.execute(
        select(_SCHEDULE).where(_SCHEDULE.c.schedule_id == before.schedule_id)
    ).one()
    same = all(getattr(row, name) == getattr(before, name) for name in TIMING)
    if same and not (row.enabled and not before.enabled):
        return
    slot = slots.latest_slot(queries.timing_of(row), unit.now).isoformat()
    unit.connection.execute(
        update(_SCHEDULE).where(_SCHEDULE.c.schedule_id == before.schedule_id).values(last_slot=slot)
    )
