"""The board of the weekly run: nine steps, the live panel, the run sheet."""

from dataclasses import dataclass

from service.web.views.frame import Place
from service.web.views.parts import Act, Barcode, Fault, Filter, Head, Refresh, Rich, SideList, Tone, When
from service.web.views.sections import Section
from service.web.views.tables import Table


@dataclass(frozen=True, slots=True)
class Ticks:
    """How much of a step is done, as marks. `going` are under way now. At most 20 marks are drawn, in proportion."""

    total: int
    done: int
    going: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is read aloud ("done", "under way", "to come", "skipped"); `below` is when, or into what."""

    name: str
    tone: Tone
    state: str
    count: Rich
    ticks: Ticks
    below: Rich
    href: str | None = None


@dataclass(frozen=True, slots=True)
class MailSlot:
    """`waiting` draws it dashed (next), `moving` with stripes under it (on its way)."""

    name: str
    barcode: Barcode | None
    tone: Tone
    state: Rich
    waiting: bool = False
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One command to the robot, and what was seen afterwards; never one column for both."""

    at: When
    move: str
    seen: Rich


@dataclass(frozen=True, slots=True)
class Live:
    """runs/_live.html: what is being done, how far, what comes next."""

    tone: Tone
    say: Rich
    next: Rich
    mail: tuple[MailSlot, ...] = ()
    told: tuple[Told, ...] = ()
    acts: tuple[Act, ...] = ()
    refresh: Refresh | None = None


@dataclass(frozen=True, slots=True)
class RunBoard:
    """runs/_board.html: the parts that change while the run goes on. `head` is drawn in it, `home_steps` in a row of their own."""

    steps: tuple[Step, ...]
    live: Live | None
    refresh: Refresh | None = None
    head: Head | None = None
    home_steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class RunView:
    """runs/run.html; the head is drawn by the board where that has one. `more` follows the sheet (the plan, the timeline)."""

    title: str
    place: Place | None
    head: Head
    board: RunBoard
    sheet: Table
    sheet_note: Rich = ""
    csv_href: str | None = None
    faults: tuple[Fault, ...] = ()
    filter: Filter | None = None
    more: tuple[Section, ...] = ()
    side: SideList | None = None
    sheet_refresh: Refresh | None = None
