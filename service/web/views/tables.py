"""Tables: columns, rows, cells, sort, cursor, selection."""

from dataclasses import dataclass
from enum import StrEnum

from service.web.views.parts import Act, EmptyState, Rich, Tone


class Sorted(StrEnum):
    NONE = "none"
    ASCENDING = "ascending"
    DESCENDING = "descending"


class Keep(StrEnum):
    """From which width on a column is shown."""

    ALWAYS = ""
    TABLET = "from-700"
    DESK = "from-1100"
    WIDE = "from-1280"


@dataclass(frozen=True, slots=True)
class Column:
    """`sort_href` makes the head a link; `hidden_label` is read, not seen."""

    label: str
    numeric: bool = False
    mono: bool = False
    keep: Keep = Keep.ALWAYS
    sort_href: str | None = None
    sorted: Sorted = Sorted.NONE
    hidden_label: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One value; `tone` fills the cell; `head` makes it the row's header; `act` replaces the value; `spoken` is read aloud instead of it."""

    value: Rich = ""
    tone: Tone | None = None
    head: bool = False
    quiet: bool = False
    act: Act | None = None
    spoken: str = ""


NOT_YET = Cell(value="·", quiet=True, spoken="not yet")


@dataclass(frozen=True, slots=True)
class Row:
    """`key` is the value sent when the row is selected; `tone` marks the whole row."""

    cells: tuple[Cell, ...]
    key: str = ""
    tone: Tone | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`caption` is always there and read aloud; `id` is unique on the page.

    `bulk` acts post `select=<key>` of every chosen row; with none, rows have no boxes.
    `older_href` continues after the last row (cursor), `newer_href` goes back.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption_shown: bool = False
    foot: Rich = ""
    bulk: tuple[Act, ...] = ()
    newer_href: str | None = None
    older_href: str | None = None
    empty: EmptyState | None = None
