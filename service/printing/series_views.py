"""What the pages of label series show."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from service.handlers.rules import Permission
from service.media.models import ReservationState
from service.printing.job_acts import allowed
from service.printing.queries import SeriesView
from service.printing.views import short
from service.web.page import Page
from service.web.views.frame import Place
from service.web.views.pages import ListPage, ThingPage
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Fact,
    Head,
    Ident,
    Link,
    Number,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Keep, Table
from service.web.views.tables import Row as TableRow


def series_list_view(found: Sequence[SeriesView], more: str | None) -> ListPage:
    columns = (
        Column("Series"), Column("Numbers", mono=True, keep=Keep.TABLET), Column("Given", numeric=True), Column("On paper", numeric=True),
        Column("Scanned", numeric=True, keep=Keep.TABLET), Column("On media", numeric=True, keep=Keep.TABLET),
        Column("Label job", keep=Keep.TABLET), Column("Reserved", numeric=True, keep=Keep.DESK),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (
                Cell(Ident(one.number, f"/labels/series/{one.number}"), head=True), Cell(short(one.text)),
                Cell(f"{one.size - one.count(ReservationState.RELEASED):,}"), Cell(f"{one.count(ReservationState.ISSUED):,}"),
                Cell(f"{one.verified:,}"), Cell(f"{one.count(ReservationState.USED):,}"),
                Cell(Ident(one.job, f"/labels/{one.job}") if one.job else ""), Cell(When(one.reserved_at, WhenStyle.SHORT)),
            ),
            key=one.number,
        )
        for one in found
    )  # fmt: skip
    empty = EmptyState(
        "No series was reserved yet.", "Numbers given for labels stand here, so that none is ever given twice.",
        (Act("New labels", "/labels/new", first=True),),
    )  # fmt: skip
    table = Table("series", "Label series", columns, rows, older_href=more, empty=empty)
    head = Head((Link("Labels", "/labels"),), "Label series")
    return ListPage(
        "Label series", Place.MEDIA, head, table, count=f"{len(found):,} shown", csv_href="/labels/series.csv"
    )


RESERVATION_CHIPS = {
    ReservationState.RESERVED: Chip("reserved", Tone.NEUTRAL, Shape.BARE),
    ReservationState.ISSUED: Chip("on paper", Tone.BLUE, Shape.BARE),
    ReservationState.USED: Chip("on a medium", Tone.GREEN, Shape.BARE),
    ReservationState.RELEASED: Chip("released", Tone.NEUTRAL, Shape.BARE),
}


def series_view(page: Page, found: SeriesView, rows: Sequence[Row[Any]], more: str | None) -> ThingPage:
    open_numbers = found.count(ReservationState.RESERVED)
    reason = "" if page.person.may(Permission.MANAGE_MEDIA) else "needs the backup administrator"
    release = allowed(
        Act("Release numbers", f"/labels/series/{found.number}/release"),
        reason or ("" if open_numbers else "every number is on paper, used or released"),
    )
    head = Head(
        Link("Label series", "/labels/series"), Ident(found.number), where=found.text[:300], acts=(release,)
    )
    facts = [
        Fact(RESERVATION_CHIPS[state].word.capitalize(), Number(found.count(state)))
        for state in ReservationState
    ]
    facts += [
        Fact("Scanned", Number(found.verified)),
        Fact("Reserved", When(found.reserved_at, WhenStyle.STAMP)),
    ]
    if found.job:
        facts.append(Fact("Label job", Ident(found.job, f"/labels/{found.job}")))
    columns = (
        Column("Number"),
        Column("State"),
        Column("On paper", numeric=True),
        Column("Scanned", numeric=True),
    )
    table = Table(
        "reservations", f"Numbers of {found.number}", columns,
        tuple(
            TableRow((
                Cell(Barcode(row.barcode, f"/media/{row.barcode}" if row.state is ReservationState.USED else None), head=True),
                Cell(RESERVATION_CHIPS[row.state]), Cell(When(row.issued_at, WhenStyle.SHORT) if row.issued_at else ""),
                Cell(When(row.verified_at, WhenStyle.SHORT) if row.verified_at else ""),
            ))
            for row in rows
        ),
        older_href=more,
    )  # fmt: skip
    return ThingPage(
        found.number,
        Place.MEDIA,
        head,
        (TableSection("Numbers", table),),
        (FactsSection("Series", tuple(facts)),),
    )
