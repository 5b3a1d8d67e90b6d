from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.web import times
from service.web.views.parts import WhenStyle

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 19, 19, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3 * 3600 + 12 * 60 + 59, "3 h 12 min"),
        (24 * 3600, "1 d"),
        (26 * 3600, "1 d 2 h"),
        (266 * 24 * 3600 + 5, "266 d"),
        (-48 * 60, "48 min"),
    ],
)
def test_an_age_reads_in_its_two_largest_units(seconds: int, expected: str) -> None:
    assert times.age(timedelta(seconds=seconds)) == expected


def test_site_time_comes_first_and_utc_beside_it() -> None:
    assert times.both(NOW, ZONE) == "19 Nov 2026 14:06:02 EST · 19:06:02 UTC"


def test_utc_says_its_date_where_it_is_another_day() -> None:
    late = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    assert times.both(late, ZONE) == "19 Nov 2026 22:00:00 EST · 20 Nov 2026 03:00:00 UTC"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (WhenStyle.CLOCK, "13:58"),
        (WhenStyle.SECOND, "13:58:00"),
        (WhenStyle.DAY, "19 Nov"),
        (WhenStyle.DATE, "19 Nov 2026"),
        (WhenStyle.SHORT, "13:58"),
        (WhenStyle.STAMP, "19 Nov 2026 13:58 EST"),
        (WhenStyle.BOTH, "19 Nov 2026 13:58:00 EST · 18:58:00 UTC"),
        (WhenStyle.AGE, "8 min"),
        (WhenStyle.AGO, "8 min ago"),
    ],
)
def test_every_style_writes_the_same_moment(style: WhenStyle, expected: str) -> None:
    seen = datetime(2026, 11, 19, 18, 58, tzinfo=UTC)
    assert times.written(seen, style, NOW, ZONE) == expected


def test_a_short_time_grows_with_its_distance() -> None:
    assert times.short(datetime(2026, 11, 12, 7, 14, tzinfo=UTC), NOW, ZONE) == "12 Nov 02:14"
    assert times.short(datetime(2025, 12, 11, 16, 0, tzinfo=UTC), NOW, ZONE) == "11 Dec 2025"


def test_what_lies_ahead_is_said_so() -> None:
    assert times.ago(NOW + timedelta(minutes=48), NOW) == "in 48 min"
