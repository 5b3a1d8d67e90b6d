"""Sections: the blocks a thing's page is put together from (pages/thing.html draws any of them)."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from markupsafe import Markup

from service.web.views.forms import Form
from service.web.views.parts import Act, Fact, Fault, Filter, Rich
from service.web.views.tables import Table
from service.web.views.timeline import Entry


@dataclass(frozen=True, slots=True)
class FactsSection:
    kind: ClassVar[str] = "facts"
    title: str
    facts: tuple[Fact, ...]
    note: Rich = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSection:
    kind: ClassVar[str] = "table"
    title: str
    table: Table
    note: Rich = ""
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class TextSection:
    kind: ClassVar[str] = "text"
    title: str
    paragraphs: tuple[Rich, ...]
    note: Rich = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultsSection:
    kind: ClassVar[str] = "faults"
    title: str
    faults: tuple[Fault, ...]
    note: Rich = ""


@dataclass(frozen=True, slots=True)
class CodeSection:
    """Text shown exactly as it is: a checkpoint, a command, canonical JSON."""

    kind: ClassVar[str] = "code"
    title: str
    text: str
    note: Rich = ""


@dataclass(frozen=True, slots=True)
class TimelineSection:
    kind: ClassVar[str] = "timeline"
    title: str
    entries: tuple[Entry, ...]
    note: Rich = ""
    filter: Filter | None = None
    older_href: str | None = None


@dataclass(frozen=True, slots=True)
class FormSection:
    kind: ClassVar[str] = "form"
    title: str
    form: Form
    note: Rich = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """`svg` is drawn by us, as it is; `caption` stands under it."""

    svg: Markup
    caption: Rich = ""


@dataclass(frozen=True, slots=True)
class PicturesSection:
    """Pictures at true scale: they are not made smaller, a narrow window scrolls."""

    kind: ClassVar[str] = "pictures"
    title: str
    pictures: tuple[Picture, ...]
    note: Rich = ""
    acts: tuple[Act, ...] = ()


Section: TypeAlias = (
    FactsSection
    | TableSection
    | TextSection
    | FaultsSection
    | CodeSection
    | TimelineSection
    | FormSection
    | PicturesSection
)
