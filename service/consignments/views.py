"""The page of one consignment, from its rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from service.consignments import listing, queries
from service.consignments.doing import acts_of, arranging_acts
from service.consignments.history import TELLERS
from service.consignments.listing import ConsignmentRow, ConsignmentSelection
from service.consignments.models import CONSIGNMENT, ConsignmentState, Direction
from service.consignments.sheet import Sheet, boxes, manifest, manifest_note
from service.consignments.transfers import transfer
from service.consignments.words import counted, place_of
from service.custody import queries as custody
from service.custody.queries import DiscrepancySelection, DiscrepancyView
from service.custody.timeline import timeline
from service.handlers.queries import names_of
from service.handlers.rules import Permission
from service.ledger import store
from service.web.page import Page
from service.web.times import age, clock
from service.web.views.consignment import ConsignmentView
from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Fault,
    Head,
    Ident,
    Link,
    Part,
    Plate,
    Rich,
    Shape,
    SideItem,
    SideList,
    Strong,
    Tone,
    When,
    WhenStyle,
    WideOnly,
)
from service.web.views.scale import Scale, ScaleDue, ScaleSpan
from service.web.views.sections import TextSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

NEIGHBOURS = 12
MARGIN = 0.1  # of the span, left free at both ends of the rule


_STATE: Mapping[ConsignmentState, tuple[str, Tone]] = {
    ConsignmentState.OPEN: ("being packed", Tone.BLUE),
    ConsignmentState.FROZEN: ("to be signed", Tone.AMBER),
    ConsignmentState.IN_TRANSIT: ("in transit", Tone.BLUE),
    ConsignmentState.RECEIVED: ("received", Tone.GREEN),
    ConsignmentState.RECONCILED: ("reconciled", Tone.NEUTRAL),
    ConsignmentState.CANCELLED: ("cancelled", Tone.NEUTRAL),
}


def state_chip(row: ConsignmentRow, now: datetime, shape: Shape = Shape.CUSTODY) -> Chip:
    if row.is_overdue(now):
        return Chip("overdue", Tone.RED, shape)
    if row.discrepancies and row.state is ConsignmentState.RECEIVED:
        return Chip("disputed", Tone.RED, shape)
    word, tone = _STATE[row.state]
    if row.state is ConsignmentState.RECEIVED and row.direction is Direction.OUT:
        word = "acknowledged"
    return Chip(word, tone, shape)


def consignment_view(page: Page, sheet: Sheet) -> ConsignmentView:
    row = sheet.row
    views = custody.transfers_of(page.session.connection(), page.person, row.number)
    people = names_of(page.session, custody.checkers(views))
    inked = custody.drawings(page.session.connection(), custody.drawn(views))
    complete = sum(one.complete for one in views)
    return ConsignmentView(
        title=row.number,
        place=Place.CONSIGNMENTS,
        head=_head(page, sheet),
        printed=_printed(page, row),
        deadline=deadline(row, page.now, page.zone),
        transfers=tuple(transfer(one, row, page.now, people, inked) for one in views),
        transfers_note=f"{complete} of {len(views)} complete",
        boxes=boxes(page, sheet),
        boxes_note="" if sheet.boxes else "none is chosen yet",
        manifest=manifest(page, sheet),
        manifest_title=("Manifest, frozen ", When(row.frozen_at)) if row.frozen_at else "To pack",
        manifest_note=manifest_note(sheet),
        downloads=_downloads(row),
        faults=_faults(page, row),
        more=(
            *_more_acts(page, sheet),
            timeline(page.session, page.person, CONSIGNMENT.subject(row.consignment_id), TELLERS),
        ),
        side=side_list(page, row),
    )


def _more_acts(page: Page, sheet: Sheet) -> tuple[TextSection, ...]:
    """What arranges an open consignment stands under its list."""
    found = arranging_acts(sheet.row, sheet.counts, page.person)
    text = "More media, another container, or not at all."
    return (TextSection("Arrange it", (text,), acts=found),) if found else ()


def head_where(row: ConsignmentRow) -> Rich:
    holder = {
        ConsignmentState.OPEN: row.from_party, ConsignmentState.FROZEN: row.from_party,
        ConsignmentState.IN_TRANSIT: row.carrier, ConsignmentState.CANCELLED: row.from_party,
    }.get(row.state, row.to_party)  # fmt: skip
    return (
        f"{place_of(row.from_party, row.from_place)} → {place_of(row.to_party, row.to_place)} · ",
        Strong(f"with {holder}"),
        f" · {counted(row.media, 'medium')} in {counted(row.containers, 'container')} · purpose: {row.purpose}",
    )


def _head(page: Page, sheet: Sheet) -> Head:
    row = sheet.row
    chips = (state_chip(row, page.now),)
    return Head(
        Link("Consignments", "/consignments"),
        Ident(row.number),
        head_where(row),
        chips,
        acts_of(row, sheet.boxes, sheet.counts, page.person),
        Plate(row.number, "code39"),
    )


def _printed(page: Page, row: ConsignmentRow) -> Rich:
    told: list[Part] = []
    for word, at in (("released ", row.released_at), ("due ", row.due_at), ("received ", row.received_at)):
        if at is not None:
            told += [word, When(at, WhenStyle.BOTH), " · "]
    told += ["printed ", When(page.now, WhenStyle.BOTH)]
    if page.person.may(Permission.READ_LEDGER):
        told.append(f" · ledger {store.head(page.session.connection()).size:,}")
    return tuple(told)


def deadline(row: ConsignmentRow, now: datetime, zone: tzinfo) -> Scale | None:
    """The way from release to receipt against the deadline; none before the release."""
    if row.released_at is None or row.due_at is None:
        return None
    end = row.received_at or max(row.due_at, now)
    margin = max((max(end, row.due_at) - row.released_at) * MARGIN, timedelta(minutes=10))
    start, stop = row.released_at - margin, max(end, row.due_at) + 2 * margin
    late, took = row.is_overdue(now), age((row.received_at or now) - row.released_at)
    tone = Tone.RED if late or (row.received_at or now) > row.due_at else Tone.BLUE
    if row.received_at is not None:
        label, ahead = f"delivered in {took}", ""
    else:
        label, ahead = f"in transit {took}", "late" if late else f"{age(row.due_at - now)} left"
    span = ScaleSpan(
        row.released_at,
        stop if late else end,
        tone,
        label,
        ahead=ahead,
        above=f"released {clock(row.released_at, zone)}",
    )
    due = ScaleDue(row.due_at, f"due {clock(row.due_at, zone)}", tone=Tone.RED if late else Tone.AMBER)
    words = f"{row.number}: {label}, {'overdue' if late else ahead or 'received'}"
    return Scale(words, start, stop, (span,), (due,))


def _downloads(row: ConsignmentRow) -> tuple[Act, ...]:
    base = f"/consignments/{row.number}"
    frozen = (Act("JSON", f"{base}/manifest.json"),) if row.manifest_sha256 else ()
    return (Act("CSV", f"{base}/lines.csv"), *frozen)


def _faults(page: Page, row: ConsignmentRow) -> tuple[Fault, ...]:
    wanted = DiscrepancySelection(consignment=row.number)
    found = custody.discrepancy_views(page.session.connection(), page.person, wanted)
    resolves = page.person.may(Permission.RESOLVE)
    found.sort(key=lambda one: one.number)
    return tuple(fault(one, resolves=resolves) for one in found)


def fault(one: DiscrepancyView, *, resolves: bool = False) -> Fault:
    act = Act("Resolve", f"/discrepancies/{one.number}/resolve", slim=True)
    return Fault(
        (Ident(one.number, f"/discrepancies/{one.number}"), f": {one.sentence}"),
        ("Open for ", When(one.opened_at, WhenStyle.AGE)),
        Tone.RED,
        (act,) if resolves else (),
    )


def side_list(page: Page, current: ConsignmentRow) -> SideList:
    rows = listing.consignments(
        page.session.connection(), page.person, ConsignmentSelection(), limit=NEIGHBOURS
    )
    if all(row.number != current.number for row in rows):
        rows = [*rows[:-1], current]
    rows.sort(key=lambda row: (len(row.number), row.number), reverse=True)
    items = tuple(_side_item(row, page.now, current=row.number == current.number) for row in rows)
    return SideList("Consignments", items, more_href="/consignments")


def _side_item(row: ConsignmentRow, now: datetime, *, current: bool) -> SideItem:
    packing = row.state is ConsignmentState.OPEN
    return SideItem(
        queries.ident(row),
        f"/consignments/{row.number}",
        f"{row.step_done} of {row.step_total}" if packing else str(row.media),
        state_chip(row, now, Shape.BARE),
        when_it_matters(row, now),
        current=current,
    )


def when_it_matters(row: ConsignmentRow, now: datetime) -> Rich:
    if row.state is ConsignmentState.IN_TRANSIT and row.due_at is not None:
        late = row.due_at < now
        return f"{age(now - row.due_at)} late" if late else (WideOnly("due "), f"in {age(row.due_at - now)}")
    newest: Sequence[datetime | None] = (row.closed_at, row.received_at, row.frozen_at, row.created_at)
    return When(next(at for at in newest if at is not None))


def list_table(rows: Sequence[ConsignmentRow], now: datetime, older: str | None) -> Table:
    columns = (
        Column("Consignment"), Column("State"), Column("From", keep=Keep.DESK), Column("To", keep=Keep.TABLET),
        Column("With", keep=Keep.DESK), Column("Media", numeric=True, keep=Keep.TABLET), Column("Purpose", keep=Keep.TABLET),
        Column("When", numeric=True),
    )  # fmt: skip
    empty = EmptyState(
        "No consignment is under way.",
        "Each movement of media under one carrier stands here, with its seals and both signatures. A weekly run opens its own.",
    )
    drawn = tuple(_list_row(row, now) for row in rows)
    return Table("consignments", "Consignments", columns, drawn, older_href=older, empty=empty)


def _list_row(row: ConsignmentRow, now: datetime) -> Row:
    packing = row.state is ConsignmentState.OPEN
    return Row(
        (
            Cell(queries.ident(row), head=True),
            Cell(state_chip(row, now, Shape.BARE)),
            Cell(place_of(row.from_party, row.from_place)),
            Cell(place_of(row.to_party, row.to_place)),
            Cell(row.carrier),
            Cell(f"{row.step_done} of {row.step_total}" if packing else str(row.media)),
            Cell(row.purpose),
            Cell(when_it_matters(row, now)),
        ),
        key=row.number,
        tone=Tone.RED if row.is_overdue(now) else None,
    )
