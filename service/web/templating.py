"""Jinja2 for the pages: `render(template, view, frame)` and `static_url(path)`. Knows no room."""

import hashlib
import re
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.web import times
from service.web.drawing.bars import bars
from service.web.drawing.ladder import ladder
from service.web.drawing.scale import Drawing, draw_scale
from service.web.drawing.strip import draw_strip
from service.web.views.frame import Frame
from service.web.views.parts import GLYPH_OF_TONE, WORD_OF_TONE, When
from service.web.views.run import Ticks
from service.web.views.scale import Scale

STATIC = Path(str(resources.files("service.web") / "static"))
STATIC_URL = "/static/"
MOST_MARKS = 20

# Macros are imported without context (Jinja then keeps them compiled and cached), yet times and forms
# inside them need this request's clock, zone and CSRF token.
_frame: ContextVar[Frame] = ContextVar("frame")


def render(template: str, view: object, frame: Frame) -> str:
    """A full page, or a fragment (`room/_name.html`), from a finished view object."""
    token = _frame.set(frame)
    try:
        return environment().get_template(template).render(view=view, frame=frame)
    finally:
        _frame.reset(token)


@cache
def static_url(path: str) -> str:
    """Address of a file under static/ with a hash of its content, so that it can be kept forever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"{STATIC_URL}{path}?v={digest[:12]}"


def barcode_parts(text: str) -> tuple[str, str, str]:
    """Prefix, the part that differs, media suffix: STR147L8 -> STR, 147, L8. Anything else stays whole."""
    found = re.fullmatch(r"([A-Z]+)(\d[A-Z\d]*?)([A-Z][A-Z\d])", text)
    return (found[1], found[2], found[3]) if found else ("", text, "")


def thousands(value: float) -> str:
    return f"{value:,}"


def when_text(when: When) -> str:
    frame = _frame.get()
    return times.written(when.at, when.style, frame.now, frame.zone)


def when_title(at: datetime) -> str:
    return times.both(at, _frame.get().zone)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age(value: datetime | timedelta) -> str:
    return times.age(value if isinstance(value, timedelta) else _frame.get().now - value)


def clock(at: datetime) -> str:
    return times.clock(at, _frame.get().zone)


def second(at: datetime) -> str:
    return times.second(at, _frame.get().zone)


def entry_time(at: datetime) -> str:
    frame = _frame.get()
    return times.entry(at, frame.now, frame.zone)


def drawn(scale: Scale, width: int, cut: bool) -> Drawing:  # noqa: FBT001 - called from templates
    frame = _frame.get()
    return draw_scale(scale, frame.now, frame.zone, width, cut=cut)


def marks(ticks: Ticks) -> list[str]:
    """Class of each mark ("on", "go", ""): one a thing, or 20 in proportion where there are more things."""
    shown = min(ticks.total, MOST_MARKS)
    done = ticks.done * shown // ticks.total if ticks.total else 0
    going = min(-(-ticks.going * shown // ticks.total), shown - done) if ticks.total else 0
    return ["on"] * done + ["go"] * going + [""] * (shown - done - going)


def _csrf() -> str:
    return _frame.get().csrf


def _form_key() -> str:
    return _frame.get().form_key


def _now() -> datetime:
    return _frame.get().now


def _glyphs() -> Markup:
    # The sprite is one of our own files; it is inlined because <use> of another file is not styled everywhere.
    return Markup((STATIC / "glyphs.svg").read_text("utf-8"))  # noqa: S704


FILTERS: dict[str, Any] = {
    "age": age,
    "barcode_parts": barcode_parts,
    "clock": clock,
    "draw_scale": drawn,
    "entry_time": entry_time,
    "iso": iso,
    "marks": marks,
    "second": second,
    "thousands": thousands,
    "when_text": when_text,
    "when_title": when_title,
}


@cache
def environment() -> Environment:
    jinja = Environment(
        loader=PackageLoader("service.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    jinja.filters.update(FILTERS)
    jinja.globals.update(
        static_url=static_url,
        csrf=_csrf,
        form_key=_form_key,
        now=_now,
        glyph_of_tone=GLYPH_OF_TONE,
        word_of_tone=WORD_OF_TONE,
        glyph_sprite=_glyphs(),
        weekday=times.weekday,
        clock_in=times.clock,
        zone_name=times.zone_name,
        bars=bars,
        ladder=ladder,
        draw_strip=draw_strip,
    )
    return jinja
