"""The general pages: any list, any thing, any form, search, problems, signing in."""

from dataclasses import dataclass

from service.web.views.forms import Form
from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Filter,
    Head,
    Ident,
    Link,
    Refresh,
    Rich,
    SideList,
)
from service.web.views.sections import Section
from service.web.views.tables import Table


@dataclass(frozen=True, slots=True)
class ListPage:
    """pages/list.html: filters, one table, acts on the chosen rows. `find` filters by a typed word (GET)."""

    title: str
    place: Place | None
    head: Head
    table: Table
    filters: tuple[Filter, ...] = ()
    find: Form | None = None
    count: Rich = ""
    csv_href: str | None = None
    refresh: Refresh | None = None


@dataclass(frozen=True, slots=True)
class ThingPage:
    """pages/thing.html: the page of anything without a page of its own.

    With `narrow` sections the page has two columns: those at the left (facts), `sections` at the right.
    """

    title: str
    place: Place | None
    head: Head
    sections: tuple[Section, ...]
    narrow: tuple[Section, ...] = ()
    side: SideList | None = None
    refresh: Refresh | None = None


@dataclass(frozen=True, slots=True)
class FormPage:
    """pages/form.html: one form, and beside it what helps to fill it in."""

    title: str
    place: Place | None
    head: Head
    form: Form
    beside: tuple[Section, ...] = ()
    side: SideList | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found; `matched` says by what ("serial number HM7X0K1142")."""

    name: Barcode | Ident | Link
    kind: str
    chips: tuple[Chip, ...] = ()
    where: Rich = ""
    matched: Rich = ""


@dataclass(frozen=True, slots=True)
class FoundGroup:
    title: str
    found: tuple[Found, ...]
    more_href: str | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """pages/search.html, when a search does not land on exactly one thing."""

    title: str
    place: Place | None
    query: str
    groups: tuple[FoundGroup, ...]
    empty: EmptyState


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """pages/problem.html: what happened, what was not done, what to do. Also for "not allowed" and "not found".

    `reference` is the request id a person can quote.
    """

    title: str
    place: Place | None
    status: int
    happened: Rich
    not_done: Rich
    to_do: Rich
    acts: tuple[Act, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class DoorPage:
    """pages/door.html: pages before anybody is signed in (sign in, second factor, first administrator)."""

    title: str
    place: Place | None
    heading: str
    lead: Rich
    form: Form | None
    notes: tuple[Rich, ...] = ()
    acts: tuple[Act, ...] = ()
