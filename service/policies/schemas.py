from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.policies.models import CatchUp, Policy, Schedule
from service.policies.queries import Effect, timing_of
from service.policies.rules import Span, Tier, TierName
from service.policies.slots import next_slot

LONGEST_TYPED = 500
MOST_TIERS = 20
_EXAMPLE_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"
_TIERS: list[Any] = [
    {"tier": "daily", "keep": 30, "span": "days", "off_site": False},
    {"tier": "weekly", "keep": 12, "span": "weeks", "off_site": True},
    {"tier": "monthly", "keep": 24, "span": "months", "off_site": True},
    {"tier": "yearly", "keep": 7, "span": "years", "off_site": True},
]


class TierShape(BaseModel):
    """Sets of the tier are kept for `keep` × `span`; `off_site` copies belong at the vendor."""

    model_config = ConfigDict(extra="forbid")

    tier: TierName
    keep: int = Field(ge=-(2**31), le=2**31 - 1)
    span: Span
    off_site: bool

    def value(self) -> Tier:
        return Tier(self.tier, self.keep, self.span, self.off_site)


class PolicyShape(BaseModel):
    """One version. `weekly_weekday` 0 = Monday: the day whose set is the weekly one."""

    policy_id: str
    name: str
    version: int
    weekly_weekday: int
    tiers: list[TierShape]
    active: bool
    created_at: datetime

    @staticmethod
    def of(found: Policy) -> "PolicyShape":
        return PolicyShape.model_validate(found.model_dump())


class NewPolicy(BaseModel):
    """A new version of the policy of this name, or its first. A shorter retention needs a reason."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "Databases", "weekly_weekday": 3, "tiers": _TIERS}},
    )

    name: str = Field(max_length=LONGEST_TYPED)
    weekly_weekday: int = Field(ge=-(2**31), le=2**31 - 1)
    tiers: list[TierShape] = Field(max_length=MOST_TIERS)
    reason: str = Field(default="", max_length=LONGEST_TYPED)

    def values(self) -> tuple[Tier, ...]:
        return tuple(tier.value() for tier in self.tiers)


class ChangedShape(BaseModel):
    barcode: str
    before: date | None
    after: date | None


class EffectShape(BaseModel):
    """What publishing would change: media that have no tier yet. `kept` media keep the date they were given."""

    shorter: list[str]
    media: list[ChangedShape]
    kept: int
    more: int

    @staticmethod
    def of(found: Effect) -> "EffectShape":
        media = [ChangedShape(barcode=one.barcode, before=one.before, after=one.after) for one in found.media]
        return EffectShape(shorter=list(found.shorter), media=media, kept=found.kept, more=found.more)


class ScheduleShape(BaseModel):
    """`weekday` 0 = Monday; `hour` and `minute` in `time_zone`. `next_at` is null while the schedule is off."""

    schedule_id: str
    name: str
    policy_name: str
    library_id: str
    vault_id: str
    carrier_id: str
    weekday: int
    hour: int
    minute: int
    time_zone: str
    catch_up: CatchUp
    enabled: bool
    last_slot: str | None

    @staticmethod
    def of(found: Schedule) -> "ScheduleShape":
        return ScheduleShape.model_validate(found.model_dump(exclude={"created_at"}))


class SchedulePage(ScheduleShape):
    next_at: datetime | None

    @staticmethod
    def at(found: Schedule, now: datetime) -> "SchedulePage":
        next_at = next_slot(timing_of(found), now) if found.enabled else None
        return SchedulePage(**ScheduleShape.of(found).model_dump(), next_at=next_at)


class NewSchedule(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Weekly", "policy_name": "Standard", "library_id": _EXAMPLE_ID, "vault_id": _EXAMPLE_ID,
                "carrier_id": _EXAMPLE_ID, "weekday": 3, "hour": 7, "minute": 0, "time_zone": "America/New_York",
                "catch_up": "latest", "enabled": True,
            }
        },
    )  # fmt: skip

    name: str = Field(max_length=LONGEST_TYPED)
    policy_name: str = Field(max_length=LONGEST_TYPED)
    library_id: str = Field(max_length=LONGEST_TYPED)
    vault_id: str = Field(max_length=LONGEST_TYPED)
    carrier_id: str = Field(max_length=LONGEST_TYPED)
    weekday: int
    hour: int
    minute: int = 0
    time_zone: str = Field(max_length=60)
    catch_up: CatchUp = CatchUp.LATEST
    enabled: bool = True


class ScheduleEdit(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"hour": 8, "enabled": True}})

    name: str | None = Field(default=None, max_length=LONGEST_TYPED)
    policy_name: str | None = Field(default=None, max_length=LONGEST_TYPED)
    library_id: str | None = Field(default=None, max_length=LONGEST_TYPED)
    vault_id: str | None = Field(default=None, max_length=LONGEST_TYPED)
    carrier_id: str | None = Field(default=None, max_length=LONGEST_TYPED)
    weekday: int | None = None
    hour: int | None = None
    minute: int | None = None
    time_zone: str | None = Field(default=None, max_length=60)
    catch_up: CatchUp | None = None
    enabled: bool | None = None
