"""Grandfather-father-son: which tier a set belongs to, when it expires, when a schedule is due. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from service.errors import InvalidInputError
from service.policies.models import CatchUp

DAYS_A_WEEK = 7
MAX_KEEP = 100


class TierName(StrEnum):
    """Youngest first; a set belongs to the eldest tier whose day it is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Span(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Tier:
    """Sets of this tier are kept for `keep` × `span`; `off_site` copies belong at the vendor."""

    name: TierName
    keep: int
    span: Span
    off_site: bool

    def stored(self) -> dict[str, object]:
        return {
            "tier": self.name.value,
            "keep": self.keep,
            "span": self.span.value,
            "off_site": self.off_site,
        }

    @staticmethod
    def from_stored(row: dict[str, object]) -> "Tier":
        return Tier(
            TierName(str(row["tier"])), int(str(row["keep"])), Span(str(row["span"])), bool(row["off_site"])
        )


DEFAULT_TIERS = (
    Tier(TierName.DAILY, 30, Span.DAYS, off_site=False),
    Tier(TierName.WEEKLY, 12, Span.WEEKS, off_site=True),
    Tier(TierName.MONTHLY, 24, Span.MONTHS, off_site=True),
    Tier(TierName.YEARLY, 7, Span.YEARS, off_site=True),
)


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """`weekly_weekday` 0 = Monday: the day whose set is the weekly one."""

    version: int
    weekly_weekday: int
    tiers: tuple[Tier, ...]

    def tier(self, name: TierName) -> Tier | None:
        return next((tier for tier in self.tiers if tier.name is name), None)


@dataclass(frozen=True, slots=True)
class Assignment:
    """`expires_on` is the first day on which the set need not be kept."""

    tier: TierName
    period_key: str
    expires_on: date


def check_policy(tiers: Sequence[Tier], weekly_weekday: int) -> None:
    names = [tier.name for tier in tiers]
    fields = {}
    if not names or len(set(names)) != len(names):
        fields["tiers"] = "Name every tier once, and at least one."
    if any(not 0 < tier.keep <= MAX_KEEP for tier in tiers):
        fields["keep"] = f"Keep 1 to {MAX_KEEP}."
    if not 0 <= weekly_weekday < DAYS_A_WEEK:
        fields["weekly_weekday"] = "0 (Monday) to 6 (Sunday)."
    if fields:
        raise InvalidInputError("The policy does not fit. Nothing was saved.", fields=fields)


def tier_of(written_on: date, weekly_weekday: int, names: Iterable[TierName]) -> TierName:
    """The eldest tier of the policy whose day it is: the last weekly day of a month is monthly, of a year yearly."""
    known = set(names)
    weekly = written_on.weekday() == weekly_weekday
    following = written_on + timedelta(days=DAYS_A_WEEK)
    if weekly and following.year != written_on.year and TierName.YEARLY in known:
        return TierName.YEARLY
    if weekly and following.month != written_on.month and TierName.MONTHLY in known:
        return TierName.MONTHLY
    if weekly and TierName.WEEKLY in known:
        return TierName.WEEKLY
    return TierName.DAILY


def period_key(tier: TierName, day: date) -> str:
    """2026-11-19, 2026-W47, 2026-11 or 2026; the ISO week-year, so that 1 January 2027 is in 2026-W53."""
    match tier:
        case TierName.DAILY:
            return day.isoformat()
        case TierName.WEEKLY:
            return week_key(day)
        case TierName.MONTHLY:
            return f"{day.year}-{day.month:02d}"
        case TierName.YEARLY:
            return str(day.year)
        case _:
            assert_never(tier)


def week_key(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def calendar_add(day: date, keep: int, span: Span) -> date:
    """31 January + 1 month = 28 or 29 February; 29 February + 1 year = 28 February."""
    match span:
        case Span.DAYS:
            return day + timedelta(days=keep)
        case Span.WEEKS:
            return day + timedelta(weeks=keep)
        case Span.MONTHS:
            return day + relativedelta(months=keep)
        case Span.YEARS:
            return day + relativedelta(years=keep)
        case _:
            assert_never(span)


def assign(policy: PolicyFacts, written_on: date) -> Assignment | None:
    """None when the policy has no tier for the day (no daily tier)."""
    name = tier_of(written_on, policy.weekly_weekday, [tier.name for tier in policy.tiers])
    tier = policy.tier(name)
    if tier is None:
        return None
    return Assignment(name, period_key(name, written_on), calendar_add(written_on, tier.keep, tier.span))


def due_slots(
    *, weekday: int, hour: int, minute: int, zone: ZoneInfo, catch_up: CatchUp, since: datetime, now: datetime
) -> list[date]:
    """Local dates of the slots in (since, now] that get a run, oldest first. A time that does not exist in spring is taken as the hour after."""
    day = since.astimezone(zone).date()
    day += timedelta(days=(weekday - day.weekday()) % DAYS_A_WEEK)
    passed = []
    while (at := slot_time(day, hour, minute, zone)) <= now:
        if at > since:
            passed.append(day)
        day += timedelta(days=DAYS_A_WEEK)
    match catch_up:
        case CatchUp.ALL:
            return passed
        case CatchUp.LATEST:
            return passed[-1:]
        case CatchUp.SKIP:
            fresh = passed[-1:]
            return [
                found for found in fresh if now - slot_time(found, hour, minute, zone) < timedelta(hours=1)
            ]
        case _:
            assert_never(catch_up)


def slot_time(day: date, hour: int, minute: int, zone: ZoneInfo) -> datetime:
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return local.astimezone(ZoneInfo("UTC"))


def next_slot(*, weekday: int, hour: int, minute: int, zone: ZoneInfo, now: datetime) -> datetime:
    day = now.astimezone(zone).date()
    day += timedelta(days=(weekday - day.weekday()) % DAYS_A_WEEK)
    at = slot_time(day, hour, minute, zone)
    return at if at > now else slot_time(day + timedelta(days=DAYS_A_WEEK), hour, minute, zone)
