"""The words of every page: tones, glyphs, chips, identifiers, times, acts, facts, lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias


class Tone(StrEnum):
    NEUTRAL = "neutral"  # at rest
    BLUE = "blue"  # in motion
    GREEN = "green"  # done, verified
    AMBER = "amber"  # needs a person
    RED = "red"  # wrong, stop


class Glyph(StrEnum):
    REST = "rest"
    GO = "go"
    OK = "ok"
    ASK = "ask"
    STOP = "stop"
    LOCK = "lock"
    UNREAD = "unread"
    CLEAN = "clean"
    PHANTOM = "phantom"
    SEAL = "seal"


GLYPH_OF_TONE: Mapping[Tone, Glyph] = {
    Tone.NEUTRAL: Glyph.REST,
    Tone.BLUE: Glyph.GO,
    Tone.GREEN: Glyph.OK,
    Tone.AMBER: Glyph.ASK,
    Tone.RED: Glyph.STOP,
}

WORD_OF_TONE: Mapping[Tone, str] = {
    Tone.NEUTRAL: "At rest",
    Tone.BLUE: "In motion",
    Tone.GREEN: "Done",
    Tone.AMBER: "Needs a person",
    Tone.RED: "Wrong",
}


class Shape(StrEnum):
    CUSTODY = "custody"  # square: custody, run, consignment and device states
    CONTENT = "content"  # pill: what may be done with what is on the medium
    HOLD = "hold"  # dashed, with a lock
    BARE = "bare"  # no edge: inside tables and sentences


class WhenStyle(StrEnum):
    CLOCK = "clock"  # 14:06
    SECOND = "second"  # 14:06:02
    DAY = "day"  # 19 Nov, or 19 Nov 2025 in another year
    DATE = "date"  # 19 Nov 2026
    SHORT = "short"  # 14:06 today, 18 Nov 14:06 this year, 18 Nov 2025 before
    STAMP = "stamp"  # 19 Nov 2026 14:06 EST
    BOTH = "both"  # 19 Nov 2026 14:06:02 EST · 19:06:02 UTC
    AGE = "age"  # 3 h 12 min (from then to now, or from now to then)
    AGO = "ago"  # 8 min ago, or in 48 min


@dataclass(frozen=True, slots=True)
class Chip:
    kind: ClassVar[str] = "chip"
    word: str
    tone: Tone = Tone.NEUTRAL
    shape: Shape = Shape.CUSTODY
    glyph: Glyph | None = None  # None: the glyph of the tone


@dataclass(frozen=True, slots=True)
class Barcode:
    """A medium's barcode: prefix and media suffix quiet, the middle bold."""

    kind: ClassVar[str] = "barcode"
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Ident:
    """Any other identifier in the monospaced face: container, seal, consignment, run, serial number, hash."""

    kind: ClassVar[str] = "ident"
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    kind: ClassVar[str] = "link"
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Strong:
    kind: ClassVar[str] = "strong"
    text: str


@dataclass(frozen=True, slots=True)
class Quiet:
    kind: ClassVar[str] = "quiet"
    text: str


@dataclass(frozen=True, slots=True)
class WideOnly:
    """Text that a phone leaves out."""

    kind: ClassVar[str] = "wide"
    text: str


@dataclass(frozen=True, slots=True)
class When:
    """A moment, aware; drawn in the site's zone with the exact time, zone and UTC in its title."""

    kind: ClassVar[str] = "when"
    at: datetime
    style: WhenStyle = WhenStyle.SHORT


@dataclass(frozen=True, slots=True)
class Number:
    """Drawn with thousands separators: 51,902."""

    kind: ClassVar[str] = "number"
    value: int
    unit: str = ""


Part: TypeAlias = str | Chip | Barcode | Ident | Link | Strong | Quiet | WideOnly | When | Number
Rich: TypeAlias = Part | tuple[Part, ...]


class Method(StrEnum):
    GET = "get"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Act:
    """One act a person can take. A POST act is drawn as its own form with the CSRF token.

    `enabled=False` draws it dashed, with `reason` beside it. `fields` are hidden name/value pairs.
    `note` stands under an allowed act ("214 kB, checks without us").
    """

    label: str
    href: str
    method: Method = Method.GET
    enabled: bool = True
    reason: str = ""
    note: str = ""
    first: bool = False
    slim: bool = False
    aria_label: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    value: Rich
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Plate:
    """A scan-able code, black on white in the dark too. `code` is "code128" or "code39"."""

    text: str
    code: str = "code128"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Page head, always in this order: kind, name, chips, where and with whom, acts.

    `name` is what the page is about; `plate` appears on paper only.
    """

    kind: Rich
    name: str | Barcode | Ident
    where: Rich = ""
    chips: tuple[Chip, ...] = ()
    acts: tuple[Act, ...] = ()
    plate: Plate | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the last act did, shown once at the top of the next page."""

    text: Rich
    tone: Tone = Tone.GREEN


@dataclass(frozen=True, slots=True)
class EmptyState:
    """What would be here, and how to get the first one in."""

    title: str
    text: Rich
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterLink:
    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    label: str
    links: tuple[FilterLink, ...]


@dataclass(frozen=True, slots=True)
class SideItem:
    name: Barcode | Ident
    href: str
    right: Rich = ""
    below: Rich = ""
    below_right: Rich = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class SideList:
    """The neighbours of the thing on the page, at its left from 1100 px on."""

    title: str
    items: tuple[SideItem, ...]
    total: int | None = None
    more_href: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something not as recorded: one sentence, one explanation, the acts that mend it."""

    text: Rich
    detail: Rich = ""
    tone: Tone = Tone.AMBER
    acts: tuple[Act, ...] = ()


EVENTS = "/events"


@dataclass(frozen=True, slots=True)
class Refresh:
    """How a fragment keeps itself current: polled every `every_s`, and at once on an event of `stream`.

    `href` answers the fragment alone; `stream` is a server-sent-events address or None. Polling goes on beside it, for
    browsers and proxies that do not let a stream through.
    """

    href: str
    every_s: int = 5
    stream: str | None = EVENTS


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature drawn on glass (`path`: SVG path data in the box 0 0 600 168) or typed (`typed`)."""

    by: str
    caption: Rich = ""
    path: str = ""
    typed: str = ""
