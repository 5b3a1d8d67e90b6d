"""Grandfather-father-son: which tier a set belongs to, and when it expires. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from dateutil.relativedelta import relativedelta

from service.errors import InvalidInputError, RefusedError

DAYS_A_WEEK = 7
MAX_KEEP = 100
MAX_NAME = 120


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


def check_policy(name: str, tiers: Sequence[Tier], weekly_weekday: int) -> None:
    """Raises InvalidInputError naming the fields that do not fit."""
    names = [tier.name for tier in tiers]
    fields = {}
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        fields["name"] = f"1 to {MAX_NAME} printable characters."
    if not names or len(set(names)) != len(names):
        fields["tiers"] = "Name every tier once, and at least one."
    if any(not 0 < tier.keep <= MAX_KEEP for tier in tiers):
        fields["keep"] = f"Keep 1 to {MAX_KEEP}."
    if not 0 <= weekly_weekday < DAYS_A_WEEK:
        fields["weekly_weekday"] = "0 (Monday) to 6 (Sunday)."
    if fields:
        raise InvalidInputError(f"The policy was not saved. {' '.join(fields.values())}", fields=fields)


class ShorterRetentionError(RefusedError):
    """Lengthening is free; shortening wants its reason in writing."""

    title = "Retention gets shorter"

    def __init__(self, name: str, shorter: Sequence[str]) -> None:
        super().__init__(
            f"{name}: {'; '.join(shorter)}. Nothing was published.",
            next_step="Look at the media that it concerns, and publish with a reason in writing.",
            shorter=list(shorter),
        )


def shorter_tiers(old: PolicyFacts, new: PolicyFacts) -> list[str]:
    """What the new version keeps for less time than the old one, in words; moving the weekly day is not counted."""
    return [text for tier in old.tiers if (text := _shortened(tier, new.tier(tier.name)))]


def _shortened(old: Tier, new: Tier | None) -> str:
    if new is None:
        return f"{old.name.value} sets are no longer kept apart"
    starts = [date(2027, month, 1) for month in range(1, 13)]  # 4 weeks are less than a month in all but one
    if all(calendar_add(day, new.keep, new.span) >= calendar_add(day, old.keep, old.span) for day in starts):
        return ""
    return (
        f"{old.name.value} sets are kept {new.keep} {new.span.value} instead of {old.keep} {old.span.value}"
    )


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
