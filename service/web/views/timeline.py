"""The timeline of a medium, container or consignment: newest on top, the line is the custodian."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from service.web.views.parts import Fact, Rich, Signature, Tone


@dataclass(frozen=True, slots=True)
class Photo:
    """`href` is an image of this site; `alt` says what it shows."""

    href: str
    alt: str
    caption: Rich


@dataclass(frozen=True, slots=True)
class Evidence:
    """Folds out under an entry. `summary` lists what is inside ("1 photo, 2 signatures, ledger proof")."""

    summary: str
    open: bool = False
    photos: tuple[Photo, ...] = ()
    signatures: tuple[Signature, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Who has it between two hand-overs. `outside` breaks the line: others have it."""

    kind: ClassVar[str] = "span"
    text: Rich
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    kind: ClassVar[str] = "event"
    at: datetime
    text: Rich
    detail: Rich = ""
    tone: Tone | None = None
    outside: bool = False
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a custody transfer. `at` is None while nothing is recorded; then `missing` says what that means."""

    who: str
    at: datetime | None
    missing: str = "no record"


@dataclass(frozen=True, slots=True)
class Handover:
    """A custody transfer: two dots and a bar; a side without a time is an open dot and the bar torn."""

    kind: ClassVar[str] = "handover"
    at: datetime
    text: Rich
    received: Side
    released: Side
    outside: bool = False
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Time without a signed custodian. It stays visible after it was explained."""

    kind: ClassVar[str] = "gap"
    at: datetime
    text: Rich
    detail: Rich = ""


Entry: TypeAlias = Span | Event | Handover | Gap
