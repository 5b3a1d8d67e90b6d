"""Tiers, periods and expiry against the calendar's awkward days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InvalidInputError
from service.policies.rules import (
    DEFAULT_TIERS,
    PolicyFacts,
    Span,
    Tier,
    TierName,
    assign,
    calendar_add,
    check_policy,
    period_key,
    shorter_tiers,
    tier_of,
    week_key,
)

THURSDAY = 3
POLICY = PolicyFacts(1, THURSDAY, DEFAULT_TIERS)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 12, 28), "2026-W53"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2026, 11, 19), "2026-W47"),
    ],
)
def test_a_week_belongs_to_the_iso_week_year(day, week):
    assert week_key(day) == week
    assert period_key(TierName.WEEKLY, day) == week


def test_periods_are_named_by_day_month_and_year():
    day = date(2026, 11, 19)
    assert period_key(TierName.DAILY, day) == "2026-11-19"
    assert period_key(TierName.MONTHLY, day) == "2026-11"
    assert period_key(TierName.YEARLY, day) == "2026"


@pytest.mark.parametrize(
    ("day", "keep", "span", "until"),
    [
        (date(2026, 1, 31), 1, Span.MONTHS, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, Span.MONTHS, date(2028, 2, 29)),
        (date(2028, 2, 29), 1, Span.YEARS, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, Span.YEARS, date(2032, 2, 29)),
        (date(2026, 3, 7), 1, Span.DAYS, date(2026, 3, 8)),
        (date(2026, 12, 31), 1, Span.WEEKS, date(2027, 1, 7)),
        (date(2026, 10, 31), 13, Span.MONTHS, date(2027, 11, 30)),
    ],
)
def test_a_missing_day_becomes_the_last_of_its_month(day, keep, span, until):
    assert calendar_add(day, keep, span) == until


@pytest.mark.parametrize(
    ("day", "tier"),
    [
        (date(2026, 11, 18), TierName.DAILY),
        (date(2026, 11, 19), TierName.WEEKLY),
        (date(2026, 11, 26), TierName.MONTHLY),
        (date(2026, 12, 31), TierName.YEARLY),
        (date(2027, 12, 30), TierName.YEARLY),
        (date(2027, 12, 23), TierName.WEEKLY),
    ],
)
def test_the_last_weekly_day_is_the_months_and_the_years(day, tier):
    assert tier_of(day, THURSDAY, TierName) is tier


@given(DAYS, st.integers(0, 6))
def test_every_month_has_one_elder_set_and_every_year_one_yearly(day, weekday):
    year = [date(day.year, 1, 1) + timedelta(days=n) for n in range(365)]
    if (last := date(day.year, 12, 31)) not in year:
        year.append(last)
    tiers = [(found, tier_of(found, weekday, TierName)) for found in year]
    elder = [found for found, tier in tiers if tier in {TierName.MONTHLY, TierName.YEARLY}]
    assert [found.month for found in elder] == list(range(1, 13))
    assert [found for found, tier in tiers if tier is TierName.YEARLY] == elder[-1:]


def test_a_policy_without_elder_tiers_falls_back_to_the_younger():
    assert tier_of(date(2026, 12, 31), THURSDAY, [TierName.DAILY, TierName.MONTHLY]) is TierName.MONTHLY
    assert tier_of(date(2026, 12, 31), THURSDAY, [TierName.DAILY, TierName.WEEKLY]) is TierName.WEEKLY
    assert tier_of(date(2026, 12, 31), THURSDAY, [TierName.DAILY]) is TierName.DAILY


def test_a_day_without_a_tier_is_assigned_nothing():
    weekly_only = PolicyFacts(1, THURSDAY, (Tier(TierName.WEEKLY, 4, Span.WEEKS, off_site=True),))
    assert assign(weekly_only, date(2026, 11, 18)) is None
    assert assign(weekly_only, date(2026, 11, 19)).expires_on == date(2026, 12, 17)


@given(DAYS)
def test_a_set_expires_after_the_day_it_was_written(day):
    found = assign(POLICY, day)
    assert found is not None
    assert found.expires_on > day


def test_a_policy_names_every_field_that_does_not_fit():
    twice = (*DEFAULT_TIERS, Tier(TierName.DAILY, 0, Span.DAYS, off_site=False))
    with pytest.raises(InvalidInputError) as refused:
        check_policy("", twice, 7)
    assert set(refused.value.fields) == {"name", "tiers", "keep", "weekly_weekday"}


@pytest.mark.parametrize(
    ("keep", "span", "shorter"),
    [
        (12, Span.WEEKS, False),
        (84, Span.DAYS, False),
        (3, Span.MONTHS, False),
        (83, Span.DAYS, True),
        (2, Span.MONTHS, True),
        (1, Span.YEARS, False),
    ],
)
def test_a_shorter_retention_is_told_by_the_calendar(keep, span, shorter):
    tiers = tuple(
        Tier(TierName.WEEKLY, keep, span, off_site=True) if tier.name is TierName.WEEKLY else tier
        for tier in DEFAULT_TIERS
    )
    assert bool(shorter_tiers(POLICY, PolicyFacts(2, THURSDAY, tiers))) is shorter


def test_a_tier_taken_away_counts_as_shorter():
    assert shorter_tiers(POLICY, PolicyFacts(2, THURSDAY, DEFAULT_TIERS[:3])) == [
        "yearly sets are no longer kept apart"
    ]
