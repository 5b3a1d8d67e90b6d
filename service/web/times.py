"""Times as people read them: ages, site time beside UTC. Pure; every moment is aware."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import assert_never

from service.web.views.parts import WhenStyle

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def age(span: timedelta) -> str:
    """Reads 6 s, 8 min, 3 h 12 min, 1 d 2 h, 266 d; a negative span reads as its length."""
    seconds = int(abs(span.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return _two(seconds, HOUR, "h", MINUTE, "min")
    if seconds < 10 * DAY:
        return _two(seconds, DAY, "d", HOUR, "h")
    return f"{seconds // DAY} d"


def _two(seconds: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    rest = seconds % large // small
    head = f"{seconds // large} {large_unit}"
    return f"{head} {rest} {small_unit}" if rest else head


def ago(at: datetime, now: datetime) -> str:
    if at > now:
        return f"in {age(at - now)}"
    return f"{age(now - at)} ago"


def clock(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def second(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%H:%M:%S")


def date(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month]} {local.year}"


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    if local.year != now.astimezone(zone).year:
        return date(at, zone)
    return f"{local.day} {MONTHS[local.month]}"


def weekday(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month]}"


def zone_name(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).tzname() or "local"


def short(at: datetime, now: datetime, zone: tzinfo) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return clock(at, zone)
    if local.year == today.year:
        return f"{day(at, now, zone)} {clock(at, zone)}"
    return date(at, zone)


def entry(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The time column of a timeline: always with its date, the clock only within this year."""
    if at.astimezone(zone).year != now.astimezone(zone).year:
        return date(at, zone)
    return f"{day(at, now, zone)} {clock(at, zone)}"


def both(at: datetime, zone: tzinfo) -> str:
    """Site time first, UTC beside it where it is another; the UTC date only where it differs."""
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    if zone_name(at, zone) == "UTC":
        return f"{date(at, zone)} {second(at, zone)} UTC"
    utc_date = "" if local.date() == utc.date() else f"{date(at, UTC)} "
    return f"{date(at, zone)} {second(at, zone)} {zone_name(at, zone)} · {utc_date}{second(at, UTC)} UTC"


def written(at: datetime, style: WhenStyle, now: datetime, zone: tzinfo) -> str:  # noqa: PLR0911 - one a style
    match style:
        case WhenStyle.CLOCK:
            return clock(at, zone)
        case WhenStyle.SECOND:
            return second(at, zone)
        case WhenStyle.DAY:
            return day(at, now, zone)
        case WhenStyle.DATE:
            return date(at, zone)
        case WhenStyle.SHORT:
            return short(at, now, zone)
        case WhenStyle.STAMP:
            return f"{date(at, zone)} {clock(at, zone)} {zone_name(at, zone)}"
        case WhenStyle.BOTH:
            return both(at, zone)
        case WhenStyle.AGE:
            return age(now - at)
        case WhenStyle.AGO:
            return ago(at, now)
        case _:
            assert_never(style)
