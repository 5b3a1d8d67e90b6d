"""When a schedule is due: its slots, by local date and as moments. Pure.

A slot is named by its local date; its moment is the schedule's local time on that date. A time that spring leaves out is
taken as the hour after, of a time that autumn repeats the first counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from service.errors import InvalidInputError
from service.policies.models import CatchUp

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
FRESH = timedelta(hours=1)  # how late a slot may be with CatchUp.SKIP
HOURS, MINUTES, DAYS = 24, 60, 7
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Timing:
    """`weekday` 0 = Monday; `hour` and `minute` are local in `zone`."""

    weekday: int
    hour: int
    minute: int
    zone: ZoneInfo
    catch_up: CatchUp = CatchUp.LATEST

    def moment(self, day: date) -> datetime:
        local = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=self.zone)
        return local.astimezone(UTC)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()


class ScheduleNameTakenError(InvalidInputError):
    title = "The schedule's name is taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a schedule named {name} already. Nothing was saved.",
            fields={"name": "This name is taken."},
            next_step="Take another name, or edit that schedule.",
        )


def check_schedule(name: str, weekday: int, hour: int, minute: int, time_zone: str) -> None:
    """Raises InvalidInputError naming the fields that do not fit."""
    fields = {}
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        fields["name"] = f"1 to {MAX_NAME} printable characters."
    if not 0 <= weekday < DAYS:
        fields["weekday"] = "0 (Monday) to 6 (Sunday)."
    if not 0 <= hour < HOURS or not 0 <= minute < MINUTES:
        fields["hour"] = "00:00 to 23:59."
    if not is_zone(time_zone):
        fields["time_zone"] = "An IANA zone such as America/New_York."
    if fields:
        raise InvalidInputError(f"The schedule was not saved. {' '.join(fields.values())}", fields=fields)


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _slots(timing: Timing, around: datetime) -> Iterator[tuple[date, datetime]]:
    """(date, moment) in order, from about `around` on; a day early, because a gap can push a slot past midnight."""
    day = around.astimezone(timing.zone).date() - A_DAY
    day += timedelta(days=(timing.weekday - day.weekday()) % DAYS)
    while True:
        yield day, timing.moment(day)
        day += A_WEEK


def passed_slots(timing: Timing, *, since: datetime, now: datetime) -> list[date]:
    """The slots in (since, now], oldest first."""
    passed = []
    for day, at in _slots(timing, since):
        if at > now:
            break
        if at > since:
            passed.append(day)
    return passed


def due_slots(timing: Timing, *, since: datetime, now: datetime) -> list[date]:
    """Those of the slots in (since, now] that get a run, oldest first."""
    passed = passed_slots(timing, since=since, now=now)
    match timing.catch_up:
        case CatchUp.ALL:
            return passed
        case CatchUp.LATEST:
            return passed[-1:]
        case CatchUp.SKIP:
            return [day for day in passed[-1:] if now - timing.moment(day) < FRESH]
        case _:
            assert_never(timing.catch_up)


def next_slot(timing: Timing, now: datetime) -> datetime:
    return next(at for _, at in _slots(timing, now) if at > now)


def latest_slot(timing: Timing, now: datetime) -> date:
    """The last slot at or before now."""
    return passed_slots(timing, since=now - A_WEEK - A_DAY, now=now)[-1]
