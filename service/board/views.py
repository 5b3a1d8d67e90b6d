"""The board of one run as its page shows it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from service.board.facts import BoardFacts
from service.board.phases import allowed, head_acts, is_moving, phase
from service.board.sheet import SHOWN, table_of
from service.board.steps import home_steps, out_steps
from service.consignments.models import Direction
from service.devices.live import live_of
from service.devices.models import JobState
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.rotation.models import RunState
from service.rotation.queries import SheetLine
from service.web.times import MONTHS, WEEKDAYS
from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Barcode,
    Fault,
    Filter,
    FilterLink,
    Head,
    Ident,
    Method,
    Part,
    Refresh,
    Rich,
    Strong,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.run import Live, RunBoard, RunView
from service.web.views.sections import FaultsSection, Section, TimelineSection
from service.web.views.tables import Table

MOVING_S, OPEN_S = 2, 10
OVER = frozenset({RunState.CLOSED, RunState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Leaf:
    """The page of the sheet that is looked at; `lines` holds one more than is shown when there is a page after it."""

    direction: Direction
    lines: list[SheetLine]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class BoardFragment:
    """runs/_board.html alone."""

    board: RunBoard


@dataclass(frozen=True, slots=True)
class SheetFragment:
    """runs/_sheet.html alone."""

    sheet: Table
    sheet_refresh: Refresh | None


def day_words(slot: str) -> str:
    day = date.fromisoformat(slot)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month]} {day.year}"


def base(facts: BoardFacts) -> str:
    return f"/runs/{facts.row.number}"


def refresh(facts: BoardFacts, href: str) -> Refresh | None:
    """Nothing moves any more in a run that is over."""
    if facts.row.state in OVER:
        return None
    return Refresh(href, MOVING_S if is_moving(facts) else OPEN_S)


def board_view(facts: BoardFacts, person: Person) -> RunBoard:
    return RunBoard(
        steps=out_steps(facts),
        live=_live(facts, person),
        refresh=refresh(facts, f"{base(facts)}/board"),
        head=_head(facts, person),
        home_steps=home_steps(facts),
    )


def _head(facts: BoardFacts, person: Person) -> Head:
    row = facts.row
    where: tuple[Part, ...] = (
        f"{row.library} → {row.vendor}, {row.vault} · ",
        Strong(f"{facts.out.wanted} media out, {facts.home.wanted} home"),
        f" · with {row.carrier} · {row.schedule}, {day_words(row.slot)}",
        *_due(facts),
    )
    return Head("Run", Ident(row.number), where, (phase(facts),), head_acts(facts, person))


def _due(facts: BoardFacts) -> tuple[Part, ...]:
    leg = facts.leg_out
    if leg.due_at is None or leg.received_at is not None:
        return ()
    return (" · due ", When(leg.due_at, WhenStyle.SHORT), ", ", When(leg.due_at, WhenStyle.AGO))


def _live(facts: BoardFacts, person: Person) -> Live | None:
    """The library's job while it has one for this run; the way home comes first when it waits for a person."""
    if not facts.is_approved:
        return None
    may = person.may(Permission.OPERATE_LIBRARY)
    for panel in (facts.ejecting, facts.loading):
        if panel is not None and panel.state not in {JobState.DONE, JobState.CANCELLED}:
            return live_of(panel, may_operate=may)
    if facts.ejecting is None and facts.out.ejected == 0 and facts.out.wanted and not facts.out.scanned:
        return _no_job(facts)
    return live_of(facts.ejecting, may_operate=may) if facts.ejecting and facts.ejecting.left else None


def _no_job(facts: BoardFacts) -> Live:
    if facts.has_device:
        return Live(Tone.BLUE, "The library begins to eject.", "It looks for work every second.")
    return Live(
        Tone.AMBER,
        f"{facts.row.library} has no device in use. Nothing is ejected by itself.",
        "Take the media out by hand and scan them, or put the device into use.",
        acts=(Act("Scan out", f"/scan?task=pack:{facts.leg_out.number}", first=True),),
    )


def sheet_view(facts: BoardFacts, person: Person, leaf: Leaf) -> Table:
    shown = leaf.lines[:SHOWN]
    more = len(leaf.lines) > SHOWN
    older = f"{base(facts)}?leg={leaf.direction}&after={quote(shown[-1].barcode)}#h-sheet" if more else None
    move = facts.ejecting.open_move if facts.ejecting is not None else None
    bulk = _bulk(facts, person, leaf.direction)
    return table_of(shown, leaf.direction, moving=move.barcode if move else None, bulk=bulk, older_href=older)


def _bulk(facts: BoardFacts, person: Person, direction: Direction) -> tuple[Act, ...]:
    if facts.is_planned:
        act = Act("Leave out", f"{base(facts)}/leave-out", Method.POST, slim=True)
        return (allowed(person, Permission.PLAN_RUN, act),)
    if facts.is_approved and direction is Direction.HOME and facts.home.unpacked > facts.home.loaded:
        act = Act("Leave out of the library", f"{base(facts)}/skip-loading", Method.POST, slim=True)
        return (allowed(person, Permission.SKIP_STEP, act),)
    return ()


def run_view(facts: BoardFacts, person: Person, leaf: Leaf, history: TimelineSection) -> RunView:
    return RunView(
        title=f"Run {facts.row.number}",
        place=Place.RUNS,
        head=_head(facts, person),
        board=board_view(facts, person),
        sheet=sheet_view(facts, person, leaf),
        sheet_note=_note(facts, leaf.direction),
        csv_href=f"{base(facts)}/sheet.csv",
        faults=tuple(_fault(facts)),
        filter=_legs(facts, leaf.direction),
        more=(*_left_out(facts), history),
        sheet_refresh=_sheet_refresh(facts, leaf),
    )


def _sheet_refresh(facts: BoardFacts, leaf: Leaf) -> Refresh | None:
    """In a planned run only people act, and what one has chosen on the sheet must stay chosen."""
    if not facts.is_approved:
        return None
    after = f"&after={quote(leaf.after)}" if leaf.after else ""
    return refresh(facts, f"{base(facts)}/sheet?leg={leaf.direction}{after}")


def sheet_fragment_view(facts: BoardFacts, person: Person, leaf: Leaf) -> SheetFragment:
    return SheetFragment(sheet_view(facts, person, leaf), _sheet_refresh(facts, leaf))


def _note(facts: BoardFacts, direction: Direction) -> Rich:
    if facts.row.state is RunState.PLANNED:
        return "choose what stays, approve the rest"
    media = facts.out.total if direction is Direction.OUT else facts.home.total
    return f"{media} media · every time is when it was seen, not when it was told"


def _legs(facts: BoardFacts, current: Direction) -> Filter:
    labels = {Direction.OUT: ("out", facts.out.total), Direction.HOME: ("home", facts.home.total)}
    links = tuple(
        FilterLink(label, f"{base(facts)}?leg={one}#h-sheet", count, current=one is current)
        for one, (label, count) in labels.items()
    )
    return Filter("Direction", links)


def _fault(facts: BoardFacts) -> list[Fault]:
    return [
        Fault(
            one.sentence,
            ("Open since ", When(one.opened_at), "."),
            Tone.RED,
            (Act(f"Open {one.number}", f"/discrepancies/{one.number}"),),
        )
        for one in facts.discrepancies
    ]


def _left_out(facts: BoardFacts) -> tuple[Section, ...]:
    """What one would expect in the run and why the plan left it where it is."""
    if not facts.left_out:
        return ()
    faults = []
    for told in facts.left_out:
        barcode, _, why = told.partition(": ")
        faults.append(Fault((Barcode(barcode, f"/media/{barcode}"), f" {why}"), tone=Tone.NEUTRAL))
    return (FaultsSection("Left out by the plan", tuple(faults), f"{len(faults)} media"),)
