"""A medium: facts at the left, its timeline at the right."""

from dataclasses import dataclass

from service.web.views.frame import Place
from service.web.views.parts import Fault, Filter, Head, Rich, SideList
from service.web.views.sections import Section
from service.web.views.timeline import Entry


@dataclass(frozen=True, slots=True)
class MediumView:
    """media/medium.html. `facts` are sections of the narrow column: facts, holds, sets, custody.

    `faults` (open discrepancies) stand above everything else.
    """

    title: str
    place: Place | None
    head: Head
    facts: tuple[Section, ...]
    entries: tuple[Entry, ...]
    filter: Filter | None = None
    older_href: str | None = None
    faults: tuple[Fault, ...] = ()
    printed: Rich = ""
    side: SideList | None = None
