"""The graduated rule: ticks, spans solid before now and pale after, deadlines, the now flag."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from service.web import times
from service.web.views.parts import Tone
from service.web.views.scale import Scale, ScaleDue, ScaleSpan

ROW = 32
BAR = 24
TOP = 24
CHARACTER = 6.5  # mean advance of the 13 px bold sans
MONO = 7.8  # advance of the 13 px monospaced face
PAD = 8
FLAG = 58  # width of the flag of now
UNDER = 44  # a deadline's label that finds no room beside its line stands under the hours


@dataclass(frozen=True, slots=True)
class Graduation:
    """Ticks from `px_per_hour` on; `label` is "hm", "h" or "day"."""

    px_per_hour: float
    minor_s: int
    major_s: int
    label: str


GRADUATIONS = (
    Graduation(150, 300, 3600, "hm"),
    Graduation(45, 900, 3600, "h"),
    Graduation(12, 3600, 4 * 3600, "hm"),
    Graduation(2, 6 * 3600, 24 * 3600, "day"),
    Graduation(0, 24 * 3600, 7 * 24 * 3600, "day"),
)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    long: bool
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    soft: bool
    tone: Tone


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    anchor: str
    tone: Tone
    ident: str
    text: str
    on: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    x: float
    top: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    rule_y: int
    bar: int
    ticks: tuple[Tick, ...]
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]
    dues: tuple[Due, ...]
    now_x: float | None
    now_text: str


@dataclass(frozen=True, slots=True)
class _Ruler:
    start: datetime
    end: datetime
    width: int

    @property
    def px_per_hour(self) -> float:
        return self.width / ((self.end - self.start).total_seconds() / 3600)

    def x(self, at: datetime) -> float:
        return round((at - self.start).total_seconds() / 3600 * self.px_per_hour, 1)

    def clipped(self, at: datetime) -> float:
        return min(max(self.x(at), 0.0), float(self.width))


def draw_scale(scale: Scale, now: datetime, zone: tzinfo, width: int, *, cut: bool) -> Drawing:
    """`cut`: only the window around now that a phone shows."""
    ruler = _Ruler(*_window(scale, now, cut=cut), width)
    spans = [span for span in scale.spans if span.end > ruler.start and span.start < ruler.end]
    dues = [due for due in scale.dues if ruler.start <= due.at <= ruler.end]
    rows = 1 + max([*(span.row for span in scale.spans), *(due.row for due in scale.dues)], default=0)
    rule_y = TOP + ROW * rows + 12
    return Drawing(
        width=width,
        height=rule_y + (34 if all(_fits_right(due, ruler) for due in dues) else UNDER + 8),
        rule_y=rule_y,
        bar=BAR,
        ticks=tuple(_ticks(ruler, zone)),
        boxes=tuple(box for span in spans for box in _boxes(span, ruler, now)),
        labels=(
            *(label for span in spans for label in _labels(span, spans, dues, ruler, now)),
            *_due_labels(dues, ruler, rule_y),
        ),
        dues=tuple(Due(ruler.x(due.at), _top(due.row) - 8, due.tone) for due in dues),
        now_x=ruler.x(now) if ruler.start <= now <= ruler.end else None,
        now_text=times.clock(now, zone),
    )


def _window(scale: Scale, now: datetime, *, cut: bool) -> tuple[datetime, datetime]:
    if not cut or scale.before_s is None or scale.after_s is None:
        return scale.start, scale.end
    start = max(scale.start, now - timedelta(seconds=scale.before_s))
    end = min(scale.end, now + timedelta(seconds=scale.after_s))
    return (start, end) if start < end else (scale.start, scale.end)


def _ticks(ruler: _Ruler, zone: tzinfo) -> Iterator[Tick]:
    graduation = next(each for each in GRADUATIONS if ruler.px_per_hour >= each.px_per_hour)
    midnight = ruler.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight
    while at <= ruler.end:
        if at >= ruler.start:
            long = (at - midnight).total_seconds() % graduation.major_s == 0
            text = _tick_text(at, graduation.label, zone) if long and ruler.x(at) <= ruler.width - 20 else ""
            yield Tick(ruler.x(at), long, text)
        at += timedelta(seconds=graduation.minor_s)


def _tick_text(at: datetime, label: str, zone: tzinfo) -> str:
    if label == "day":
        return times.day(at, at, zone)
    clock = times.clock(at, zone)
    return clock[:2] if label == "h" else clock


def _top(row: int) -> int:
    return TOP + ROW * row


def _boxes(span: ScaleSpan, ruler: _Ruler, now: datetime) -> Iterator[Box]:
    start, end, y = ruler.clipped(span.start), ruler.clipped(span.end), _top(span.row)
    if not span.start < now < span.end:
        yield Box(start, y, max(round(end - start, 1), 2.0), soft=True, tone=span.tone)
        return
    middle = ruler.clipped(now)
    yield Box(start, y, round(middle - start, 1), soft=False, tone=span.tone)
    yield Box(middle, y, round(end - middle, 1), soft=True, tone=span.tone)


def _labels(
    span: ScaleSpan, spans: list[ScaleSpan], dues: list[ScaleDue], ruler: _Ruler, now: datetime
) -> Iterator[Label]:
    start, end, base = ruler.clipped(span.start), ruler.clipped(span.end), _top(span.row) + 17
    active = span.start < now < span.end
    solid_end = ruler.clipped(now) if active else end
    needs = _width(span.label, span.ident)
    if span.above:
        yield Label(
            _beside_flag(max(start, 0), ruler, now),
            base - 25,
            "start",
            Tone.NEUTRAL,
            "",
            span.above,
            strong=True,
        )
    if span.ahead and _width(span.ahead) - PAD <= end - solid_end:
        yield Label(solid_end + PAD, base, "start", span.tone, "", span.ahead)
    if not (span.ident or span.label):
        return
    if needs <= solid_end - start:
        yield Label(start + PAD, base, "start", span.tone, span.ident, span.label, on=active)
    elif needs <= _room_right(span, spans, dues, ruler) - end:
        yield Label(end + PAD, base, "start", span.tone, span.ident, span.label)
    elif needs <= start - _room_left(span, spans, ruler):
        yield Label(start - PAD, base, "end", span.tone, span.ident, span.label)
    elif span.ident:
        room = start - _room_left(span, spans, ruler)
        yield from _ident_alone(span, start, solid_end, base, room, on=active)


def _beside_flag(x: float, ruler: _Ruler, now: datetime) -> float:
    """The flag of now stands on the same line: what begins under it begins at its right."""
    flag = ruler.x(now)
    return flag + FLAG / 2 + PAD if abs(x - flag) < FLAG / 2 + PAD else x


def _ident_alone(
    span: ScaleSpan, start: float, solid_end: float, base: int, room: float, *, on: bool
) -> Iterator[Label]:
    if _width("", span.ident) <= solid_end - start:
        yield Label(start + PAD, base, "start", span.tone, span.ident, "", on=on)
    elif _width("", span.ident) <= room:
        yield Label(start - PAD, base, "end", span.tone, span.ident, "")


def _room_left(span: ScaleSpan, spans: list[ScaleSpan], ruler: _Ruler) -> float:
    return max(
        [ruler.x(other.end) for other in spans if other.row == span.row and other.end <= span.start],
        default=0.0,
    )


def _room_right(span: ScaleSpan, spans: list[ScaleSpan], dues: list[ScaleDue], ruler: _Ruler) -> float:
    later = [ruler.x(other.start) for other in spans if other.row == span.row and other.start >= span.end]
    waiting = [ruler.x(due.at) for due in dues if due.row == span.row and due.at >= span.end]
    return min([*later, *waiting, float(ruler.width)])


def _due_labels(dues: list[ScaleDue], ruler: _Ruler, rule_y: int) -> Iterator[Label]:
    for due in dues:
        x = ruler.x(due.at)
        if _fits_right(due, ruler):
            yield Label(x + PAD, _top(due.row) + 17, "start", due.tone, "", due.label)
        else:
            yield Label(float(ruler.width), rule_y + UNDER, "end", due.tone, "", due.label)


def _fits_right(due: ScaleDue, ruler: _Ruler) -> bool:
    return _width(due.label) <= ruler.width - ruler.x(due.at)


def _width(text: str, ident: str = "") -> float:
    return len(text) * CHARACTER + (len(ident) + bool(text)) * MONO * bool(ident) + 2 * PAD
