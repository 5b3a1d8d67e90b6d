"""When a schedule is due: gaps, folds, downtime, clocks that jump."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InvalidInputError
from service.policies.models import CatchUp
from service.policies.slots import (
    Timing,
    check_schedule,
    due_slots,
    latest_slot,
    next_slot,
    passed_slots,
)

NEW_YORK = ZoneInfo("America/New_York")
THURSDAY, SUNDAY = 3, 6
WEEKLY = Timing(THURSDAY, 7, 0, NEW_YORK, CatchUp.ALL)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_slot_is_due_at_its_local_time_in_winter_and_in_summer():
    assert WEEKLY.moment(date(2026, 11, 19)) == utc(2026, 11, 19, 12)
    assert WEEKLY.moment(date(2026, 7, 16)) == utc(2026, 7, 16, 11)


def test_a_time_that_spring_leaves_out_is_taken_an_hour_later():
    gap = Timing(SUNDAY, 2, 30, NEW_YORK)
    assert gap.moment(date(2026, 3, 8)).astimezone(NEW_YORK).strftime("%H:%M") == "03:30"
    assert passed_slots(gap, since=utc(2026, 3, 8, 0), now=utc(2026, 3, 8, 12)) == [date(2026, 3, 8)]


def test_a_time_that_autumn_repeats_counts_once_the_first_time():
    fold = Timing(SUNDAY, 1, 30, NEW_YORK)
    assert fold.moment(date(2026, 11, 1)) == utc(2026, 11, 1, 5, 30)
    assert passed_slots(fold, since=utc(2026, 11, 1, 5, 30), now=utc(2026, 11, 1, 7)) == []


def test_a_slot_pushed_past_midnight_by_a_gap_is_not_lost():
    nuuk = Timing(5, 23, 30, ZoneInfo("America/Nuuk"), CatchUp.ALL)  # clocks go from 23:00 to 00:00 there
    slot = date(2026, 3, 28)
    at = nuuk.moment(slot)
    assert at.astimezone(nuuk.zone).date() == slot + timedelta(days=1)
    assert due_slots(nuuk, since=at - timedelta(minutes=20), now=at) == [slot]


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        (CatchUp.ALL, [date(2026, 11, 5), date(2026, 11, 12), date(2026, 11, 19)]),
        (CatchUp.LATEST, [date(2026, 11, 19)]),
        (CatchUp.SKIP, []),
    ],
)
def test_after_three_weeks_of_downtime(catch_up, expected):
    timing = Timing(THURSDAY, 7, 0, NEW_YORK, catch_up)
    assert due_slots(timing, since=utc(2026, 10, 29, 12), now=utc(2026, 11, 21)) == expected


def test_skip_still_runs_a_slot_that_is_fresh():
    timing = Timing(THURSDAY, 7, 0, NEW_YORK, CatchUp.SKIP)
    since = utc(2026, 11, 12, 12)
    assert due_slots(timing, since=since, now=utc(2026, 11, 19, 12, 59)) == [date(2026, 11, 19)]
    assert due_slots(timing, since=since, now=utc(2026, 11, 19, 13, 0)) == []


def test_a_clock_that_jumps_back_makes_nothing_due():
    assert due_slots(WEEKLY, since=utc(2026, 11, 19, 12), now=utc(2026, 11, 1)) == []


TIMINGS = st.builds(
    Timing,
    st.integers(0, 6),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(
        ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Nuuk", "Asia/Kolkata", "UTC"]
    ).map(ZoneInfo),
    st.just(CatchUp.ALL),
)
STEPS = st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=20)), min_size=1, max_size=12)
STARTS = st.integers(0, 5 * 365 * 24 * 3600).map(lambda s: utc(2025, 1, 1) + timedelta(seconds=s))


@given(TIMINGS, STARTS, STEPS)
def test_looking_often_or_seldom_finds_every_slot_once(timing, start, steps):
    """`since` moves to the last slot that was found, as the scheduler does it."""
    since = now = start
    found = []
    for step in steps:
        now += step
        due = due_slots(timing, since=since, now=now)
        found += due
        if due:
            since = timing.moment(due[-1])
    assert found == due_slots(timing, since=start, now=now)
    assert len(set(found)) == len(found)
    every_day = [start.date() + timedelta(days=n) for n in range(-2, (now - start).days + 4)]
    expected = [
        day for day in every_day if day.weekday() == timing.weekday and start < timing.moment(day) <= now
    ]
    assert found == expected


@given(TIMINGS, STARTS)
def test_the_latest_slot_is_at_most_a_week_ago_and_the_next_at_most_a_week_ahead(timing, now):
    assert timing.moment(latest_slot(timing, now)) <= now < next_slot(timing, now)
    assert next_slot(timing, now) - timing.moment(latest_slot(timing, now)) <= timedelta(days=7, hours=1)


def test_a_schedule_names_every_field_that_does_not_fit():
    with pytest.raises(InvalidInputError) as refused:
        check_schedule(" \n", 7, 24, 0, "Mars/Olympus")
    assert set(refused.value.fields) == {"name", "weekday", "hour", "time_zone"}
