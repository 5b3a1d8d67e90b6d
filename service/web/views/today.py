"""Today: what needs a person, most urgent first, one act each."""

from dataclasses import dataclass

from service.web.views.frame import Place
from service.web.views.parts import Act, Chip, EmptyState, Head, Refresh, Rich, Tone, When
from service.web.views.scale import Scale


@dataclass(frozen=True, slots=True)
class Need:
    """`open_for` and `due` are short ("8 min", "now", When(..., AGE)); one `act`."""

    tone: Tone
    text: Rich
    detail: Rich
    open_for: Rich
    due: Rich
    act: Act


@dataclass(frozen=True, slots=True)
class Motion:
    chip: Chip
    what: Rich
    progress: str


@dataclass(frozen=True, slots=True)
class Holder:
    name: str
    media: int
    tone: Tone = Tone.NEUTRAL
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    at: When
    text: Rich


@dataclass(frozen=True, slots=True)
class TodayView:
    """today/today.html; today/_today.html is the part that refreshes."""

    title: str
    place: Place | None
    head: Head
    day: Scale | None
    needs: tuple[Need, ...]
    nothing_needed: EmptyState
    moving: tuple[Motion, ...]
    holders: tuple[Holder, ...]
    holders_total: int
    done: tuple[Done, ...]
    refresh: Refresh | None = None
