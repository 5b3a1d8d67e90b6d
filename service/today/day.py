"""The day on one rule: consignments on the road, runs under way, what is due. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from service.consignments.listing import ConsignmentRow
from service.consignments.models import ConsignmentState, Direction
from service.rotation.listing import RunRow
from service.rotation.models import RunState
from service.today.activity import Activity
from service.web import times
from service.web.views.parts import Tone
from service.web.views.scale import Scale, ScaleDue, ScaleSpan

MORNING, EVENING = timedelta(hours=6), timedelta(hours=18)
A_DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MOST_ROWS = 4
LABEL = timedelta(hours=2, minutes=30)  # about as long as a label is wide
AHEAD = timedelta(minutes=30)  # what has no known end is drawn a little beyond now
SHORTEST = timedelta(minutes=12)
PHONE_BEFORE_S, PHONE_AFTER_S = 3600, 3 * 3600


def day_rule(seen: Activity) -> Scale | None:
    """None on a day without anything to draw."""
    found = [*_spans(seen)]
    if not found:
        return None
    start, end = _window(seen, [span for span, _ in found])
    rows = _in_rows([one for one in found if one[0].end > start and one[0].start < end])
    spans = tuple(span for span, _ in rows)
    dues = tuple(due for _, due in rows if due is not None and start <= due.at <= end)
    return Scale(_told(spans, dues), start, end, spans, dues, PHONE_BEFORE_S, PHONE_AFTER_S)


Drawn = tuple[ScaleSpan, ScaleDue | None]


def _spans(seen: Activity) -> Iterator[Drawn]:
    for row in seen.consignments:
        found = _consignment(row, seen)
        if found is not None:
            yield found
    for run in seen.runs:
        span = _run(run, seen)
        if span is not None:
            yield span, None
    for name, at in seen.coming:
        if at < seen.start + A_DAY:
            yield ScaleSpan(at, at + SHORTEST, Tone.NEUTRAL, f"{name} plans a run"), None


def _consignment(row: ConsignmentRow, seen: Activity) -> Drawn | None:
    if row.released_at is None:
        return None
    if row.state is ConsignmentState.IN_TRANSIT:
        late = row.is_overdue(seen.now)
        end = max(row.due_at or seen.now, seen.now + AHEAD)
        tone = Tone.RED if late else Tone.BLUE
        span = ScaleSpan(row.released_at, end, tone, f"in transit to {row.to_party}", row.number)
        return span, _due(row, seen, late=late)
    if row.received_at is None or not seen.is_today(row.received_at):
        return None
    where = "home" if row.direction is Direction.HOME else f"at {row.to_party}"
    return ScaleSpan(
        row.released_at, row.received_at, Tone.GREEN, f"{where}, {row.media:,} media", row.number
    ), None


def _due(row: ConsignmentRow, seen: Activity, *, late: bool) -> ScaleDue | None:
    if row.due_at is None:
        return None
    label = f"due {times.clock(row.due_at, seen.zone)}, {times.ago(row.due_at, seen.now)}"
    return ScaleDue(row.due_at, label, tone=Tone.RED if late else Tone.AMBER)


def _run(run: RunRow, seen: Activity) -> ScaleSpan | None:
    match run.state:
        case RunState.PLANNED if seen.is_today(run.planned_at):
            return ScaleSpan(run.planned_at, seen.now + AHEAD, Tone.AMBER, "waits for approval", run.number)
        case RunState.APPROVED if run.approved_at is not None:
            return ScaleSpan(run.approved_at, seen.now + AHEAD, Tone.BLUE, "under way", run.number)
        case RunState.CLOSED if seen.is_today(run.closed_at):
            start, end = run.approved_at or run.planned_at, run.closed_at or seen.now
            return ScaleSpan(start, end, Tone.GREEN, "closed", run.number)
        case _:
            return None


def _window(seen: Activity, spans: list[ScaleSpan]) -> tuple[datetime, datetime]:
    """From six to six, wider where something of today lies outside, never beyond the day."""
    begins = [span.start for span in spans if span.start >= seen.start]
    first = min([seen.start + MORNING, seen.now - HOUR, *begins])
    last = max([seen.start + EVENING, seen.now + HOUR, *(span.end for span in spans)])
    start = seen.start + (first - seen.start) // HOUR * HOUR
    end = seen.start - (seen.start - last) // HOUR * HOUR
    return max(start, seen.start), min(end, seen.start + A_DAY)


def _in_rows(found: list[Drawn]) -> list[Drawn]:
    """Each into the first row where it and its label find room; what finds none is in the lists below."""
    free: list[datetime] = []
    placed: list[Drawn] = []
    for span, due in sorted(found, key=lambda one: one[0].start):
        span = replace(span, end=max(span.end, span.start + SHORTEST))  # noqa: PLW2901 - the same span, wide enough to see
        row = next((number for number, at in enumerate(free) if at <= span.start), len(free))
        if row == MOST_ROWS:
            continue
        end = span.end + LABEL
        free[row : row + 1] = [end]
        placed.append((replace(span, row=row), replace(due, row=row) if due is not None else None))
    return placed


def _told(spans: tuple[ScaleSpan, ...], dues: tuple[ScaleDue, ...]) -> str:
    """The picture in words."""
    parts = [f"{span.ident} {span.label}".strip() for span in spans]
    late = sum(due.tone is Tone.RED for due in dues)
    return "The day: " + "; ".join(parts) + (f"; {late} overdue" if late else "") + "."
