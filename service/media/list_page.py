"""The list of media: filters in the address, one table, CSV of exactly what it shows."""

from collections.abc import Iterable
from enum import StrEnum

from sqlmodel import Session

from service.errors import InvalidInputError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.media import listing
from service.media.filters import Words, selection
from service.media.history import short_place
from service.media.listing import Order
from service.media.models import Content, Custody
from service.media.schemas import MediumShape
from service.media.words import HELD_IN_TABLE, content_chip, custody_chip, day_words, href, list_href, word
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import ListPage
from service.web.views.parts import (
    Act,
    Barcode,
    EmptyState,
    Filter,
    FilterLink,
    Head,
    Link,
    Method,
    Part,
    Shape,
    When,
    WhenStyle,
)
from service.web.views.tables import Cell, Column, Keep, Row, Sorted, Table

NEEDS = "needs the backup administrator"
KIND = ("What is kept · ", Link("holds", "/holds"), " · ", Link("labels", "/labels"))


def list_view(session: Session, person: Person, given: Words, after: str | None) -> ListPage:
    """A filter that names nothing shows an empty list that says so."""
    connection = session.connection()
    try:
        wanted = selection(session, given)
    except InvalidInputError as error:
        return _view(person, given, (), None, error.message)
    rows = listing.page(connection, wanted, after, listing.PAGE + 1)
    shown = listing.shapes(connection, rows[: listing.PAGE])
    more = listing.cursor_of(rows[listing.PAGE - 1], wanted.order) if len(rows) > listing.PAGE else None
    return _view(person, given, shown, more, _count(listing.count(connection, wanted)))


def _bulk(person: Person) -> tuple[Act, ...]:
    """What can be done with chosen media; nobody chooses who could do nothing with them."""
    if not person.may(Permission.RECALL):
        return ()
    return (Act("Recovery list", "/recovery-lists", Method.POST, slim=True),)


def _count(number: int) -> str:
    many = f"more than {number - 1:,}" if number >= listing.COUNTED else f"{number:,}"
    return f"{many} media" if number != 1 else "1 medium"


def _view(
    person: Person, given: Words, shown: Iterable[MediumShape], more: str | None, count: str
) -> ListPage:
    chosen = given.chosen()
    manages = person.may(Permission.MANAGE_MEDIA)
    table = Table(
        "media", "Media", _columns(given), tuple(_row(one) for one in shown),
        older_href=list_href(**chosen, after=more) if more else None, empty=_empty(chosen), bulk=_bulk(person),
    )  # fmt: skip
    recalls = person.may(Permission.RECALL)
    acts = (
        Act(
            "Recovery list",
            f"/recovery-lists/new{list_href(**chosen).removeprefix('/media')}",
            enabled=recalls,
            reason="needs somebody who may recall",
        ),
        Act("Import a file", "/media/import", enabled=manages, reason=NEEDS),
        Act("Register a medium", "/media/new", enabled=manages, reason=NEEDS, first=True),
    )
    return ListPage(
        "Media", Place.MEDIA, Head(KIND, "Media", acts=acts), table,
        filters=(_filter("Custody", "custody", Custody, chosen), _filter("Content", "content", Content, chosen), _others(chosen)),
        find=_find(given), count=count, csv_href=f"/media.csv{list_href(**chosen).removeprefix('/media')}",
    )  # fmt: skip


def _find(given: Words) -> Form:
    field = Field("q", "Barcode begins with", FieldKind.SEARCH, given.q, mono=True, required=False, width=12)
    return Form("find-media", "/media", "Find", (field,), method="get")


def _filter(label: str, name: str, values: type[StrEnum], chosen: dict[str, str]) -> Filter:
    rest = {key: value for key, value in chosen.items() if key != name}
    links = [FilterLink("all", list_href(**rest), current=name not in chosen)]
    for value in values:
        target = list_href(**rest, **{name: value.value})
        links.append(FilterLink(word(value), target, current=chosen.get(name) == value.value))  # type: ignore[arg-type] # Custody or Content
    return Filter(label, tuple(links))


def _others(chosen: dict[str, str]) -> Filter:
    """On hold or not, and whatever else narrows the list, each to be taken off."""
    rest = {key: value for key, value in chosen.items() if key != "held"}
    links = [
        FilterLink(
            "on hold",
            list_href(**rest, held="true") if "held" not in chosen else list_href(**rest),
            current="held" in chosen,
        )
    ]
    for name in ("location", "custodian", "container", "dataset", "q", "media_type"):
        if name in chosen:
            target = list_href(**{key: value for key, value in chosen.items() if key != name})
            links.append(FilterLink(f"{name.replace('_', ' ')} {chosen[name]} ×", target, current=True))
    return Filter("Narrowed by", tuple(links))


def _columns(given: Words) -> tuple[Column, ...]:
    chosen = {key: value for key, value in given.chosen().items() if key != "order"}
    up = given.order is Order.BARCODE
    barcode = list_href(**chosen, order=Order.BARCODE_DOWN) if up else list_href(**chosen)
    ways = {
        Order.BARCODE: Sorted.ASCENDING,
        Order.BARCODE_DOWN: Sorted.DESCENDING,
        Order.EXPIRES: Sorted.NONE,
    }
    expires = Sorted.ASCENDING if given.order is Order.EXPIRES else Sorted.NONE
    return (
        Column("Barcode", mono=True, sort_href=barcode, sorted=ways[given.order]),
        Column("Custody"),
        Column("Content"),
        Column("Where", keep=Keep.TABLET),
        Column("With", keep=Keep.DESK),
        Column("Dataset", keep=Keep.DESK),
        Column("Retain until", numeric=True, keep=Keep.TABLET, sort_href=list_href(**chosen, order=Order.EXPIRES), sorted=expires),
        Column("Seen", numeric=True, keep=Keep.WIDE),
    )  # fmt: skip


def _row(one: MediumShape) -> Row:
    held: tuple[Part, ...] = () if one.held_since is None else (" ", HELD_IN_TABLE)
    return Row(
        (
            Cell(Barcode(one.barcode, href(one.barcode)), head=True),
            Cell(custody_chip(one.custody, Shape.BARE)),
            Cell((content_chip(one.content, Shape.BARE), *held)),
            Cell(short_place(one.location.name)),
            Cell(one.custodian.name),
            Cell(one.dataset),
            Cell(day_words(one.expires_on)),
            Cell(When(one.seen_at, WhenStyle.SHORT) if one.seen_at else ""),
        ),
        key=one.barcode,
    )


def _empty(chosen: dict[str, str]) -> EmptyState:
    if chosen:
        return EmptyState(
            "No medium fits.", "Nothing here has all of these.", (Act("Show all media", "/media"),)
        )
    acts = (Act("Import a file", "/media/import", first=True), Act("Register a medium", "/media/new"))
    return EmptyState("No media yet.", "Here stands every medium ever owned, from whatever source.", acts)
