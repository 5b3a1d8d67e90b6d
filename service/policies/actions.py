"""Publishing policies and setting schedules."""

from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.db import table
from service.errors import InvalidInputError
from service.ledger.writer import Unit
from service.policies import queries, rules
from service.policies.models import POLICY, SCHEDULE, CatchUp, Policy, Schedule
from service.policies.rules import Tier

_POLICY = table(Policy)
_SCHEDULE = table(Schedule)


class PolicyEvent(StrEnum):
    PUBLISHED = "policy:published"
    RETIRED = "policy:retired"
    SCHEDULE_SET = "schedule:set"


def publish_policy(unit: Unit, name: str, tiers: Sequence[Tier], weekly_weekday: int) -> int:
    """A new version of the policy; facts recorded under older versions stay. Returns the version."""
    rules.check_policy(tiers, weekly_weekday)
    if not name.strip():
        raise InvalidInputError("A policy needs a name. Nothing was saved.", fields={"name": "Type a name."})
    old = unit.connection.execute(
        select(_POLICY.c.policy_id, _POLICY.c.version).where(_POLICY.c.name == name, _POLICY.c.active)
    ).one_or_none()
    if old is not None:
        unit.change(POLICY, old.policy_id, {"active": False}, PolicyEvent.RETIRED)
    version = (old.version if old else 0) + 1
    values = {
        "policy_id": unit.new_id(), "name": name, "version": version, "weekly_weekday": weekly_weekday,
        "tiers": [tier.stored() for tier in tiers], "active": True, "created_at": unit.now,
    }  # fmt: skip
    unit.create(POLICY, values, PolicyEvent.PUBLISHED)
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
        unit.change(SCHEDULE, str(found), values, PolicyEvent.SCHEDULE_SET)
        return str(found)
    schedule_id = unit.new_id()
    row = {"schedule_id": schedule_id, "last_slot": None, "created_at": unit.now, **values}
    unit.create(SCHEDULE, row, PolicyEvent.SCHEDULE_SET)
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
