"""What stands around the map of a library: head, acts, what is not as recorded, air gap, drives, and all of it as a table."""

from collections.abc import Mapping
from urllib.parse import quote

from sqlalchemy.engine import Connection

from service.custody.models import DiscrepancyKind
from service.devices import live
from service.devices.models import ElementKind, JobKind, JobState, TagReading
from service.devices.scene import Held, Place, Scene, held_at
from service.devices.seen import place_name
from service.devices.troubles import WRONG_KINDS, Trouble
from service.media.words import href, word
from service.web.views.frame import Place as RailPlace
from service.web.views.library import LibraryTableView
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Fault,
    Head,
    Ident,
    Link,
    Method,
    Part,
    Quiet,
    Rich,
    Shape,
    Strong,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.tables import Cell, Column, Keep, Row, Table

DOING = {
    JobKind.INVENTORY: "taking inventory",
    JobKind.EJECT: "ejecting",
    JobKind.LOAD: "loading",
    JobKind.MOVE: "moving",
    JobKind.PRINT: "printing",
}
SHOWN_TAGS = 5
SHOWN_DRIVES = 12


def library_href(name: str) -> str:
    return f"/libraries/{quote(name, safe='')}"


def head(scene: Scene, *, may_operate: bool) -> Head:
    counts = [(ElementKind.SLOT, "slot"), (ElementKind.DRIVE, "drive"), (ElementKind.MAIL_SLOT, "mail slot")]
    numbers = [
        f"{n:,} {noun}{'' if n == 1 else 's'}" for kind, noun in counts if (n := scene.counts.get(kind, 0))
    ]
    looked: tuple[Part, ...] = ("no inventory yet",)
    if scene.device.inventory_at is not None:
        agreed = f" agrees in {scene.agreeing:,} of {scene.full:,}"
        looked = ("inventory ", When(scene.device.inventory_at, WhenStyle.AGO), agreed)
    return Head(
        "Library",
        scene.device.name,
        where=(f"{scene.where} · ", Strong(", ".join(numbers)), " · ", *looked),
        chips=chips(scene),
        acts=acts(scene, may_operate=may_operate),
    )


def chips(scene: Scene) -> tuple[Chip, ...]:
    found: list[Chip] = []
    if not scene.device.enabled:
        found.append(Chip("switched off", Tone.NEUTRAL))
    if scene.device.fault:
        found.append(Chip("not working", Tone.RED))
    if scene.panel is not None:
        found.append(_job_chip(scene))
    wrong = sum(scene.trouble_counts.get(kind, 0) for kind in WRONG_KINDS)
    waiting = scene.trouble_count - wrong
    found += [Chip(f"{wrong:,} wrong", Tone.RED)] if wrong else []
    found += [Chip(f"{waiting:,} need{'s' if waiting == 1 else ''} a person", Tone.AMBER)] if waiting else []
    return tuple(found)


def _job_chip(scene: Scene) -> Chip:
    panel = scene.panel
    assert panel is not None
    match panel.state:
        case JobState.NEEDS_OPERATOR:
            return Chip(
                "paused" if panel.paused else "waits for a decision", Tone.AMBER if panel.paused else Tone.RED
            )
        case JobState.WAITING:
            return Chip("waits for a person", Tone.AMBER)
        case JobState.QUEUED:
            return Chip("queued", Tone.NEUTRAL)
        case _:
            return Chip(DOING[panel.kind], Tone.BLUE)


def acts(scene: Scene, *, may_operate: bool) -> tuple[Act, ...]:
    base = library_href(scene.device.name)
    moving = scene.panel is not None and scene.panel.state is JobState.RUNNING
    reason = "" if may_operate else live.NOT_ALLOWED
    inventory = Act(
        "Take inventory", f"{base}/inventory", Method.POST, enabled=may_operate, reason=reason,
        note="after the job that is under way" if moving and may_operate else "",
    )  # fmt: skip
    move = Act("Move a medium", f"{base}/move", enabled=may_operate, reason=reason)
    run = (
        (Act(f"Run {scene.run_number}", f"/runs/{scene.run_number}", first=True),) if scene.run_number else ()
    )
    return (inventory, move, *run)


def faults(scene: Scene) -> tuple[Fault, ...]:
    """Open discrepancies first; then tags that stayed in empty elements, which are evidence and no discrepancy."""
    found = [_fault(trouble) for trouble in scene.troubles]
    left = [place for place in scene.places if place.phantom and not place.full and place.installed]
    found += [
        Fault(
            (
                f"{place.kind.value.replace('_', ' ').capitalize()} {place.number}: empty, tag ",
                Ident(place.phantom or ""),
                " left.",
            ),
            "The tag is evidence, not a place.",
        )
        for place in left[:SHOWN_TAGS]
    ]
    if scene.trouble_count > len(scene.troubles):
        found.append(
            Fault(
                f"{scene.trouble_count - len(scene.troubles):,} more.",
                acts=(Act("All discrepancies", "/discrepancies", slim=True),),
            )
        )
    return tuple(found)


def _fault(trouble: Trouble) -> Fault:
    number = Ident(trouble.number, f"/discrepancies/{trouble.number}")
    wrong = trouble.kind in WRONG_KINDS
    text: Rich = trouble.sentence
    if trouble.barcode and trouble.sentence.startswith(trouble.barcode):
        text = (
            Barcode(trouble.barcode, href(trouble.barcode)),
            trouble.sentence.removeprefix(trouble.barcode),
        )
    detail: tuple[Part, ...] = ("Open since ", When(trouble.opened_at), ": ", number, ".")
    if trouble.kind is DiscrepancyKind.UNEXPECTED_IN_LIBRARY:
        detail = ("Kept out of every job until ", number, " is resolved.")
    if trouble.kind is DiscrepancyKind.UNREADABLE_LABEL:
        there = trouble.barcode
        detail = (*(("Recorded there: ", Barcode(there, href(there)), ". ") if there else ()), *detail)
    return Fault(text, detail, Tone.RED if wrong else Tone.AMBER)


def air_gap(scene: Scene, held: Mapping[str, Held]) -> Table:
    holds = Cell(Chip("holds", Tone.GREEN, Shape.BARE))
    rows = [
        Row(
            (
                Cell(
                    (gap.where, Ident(gap.container, f"/containers/{gap.container}"))
                    if gap.container
                    else gap.where
                ),
                Cell(f"{gap.media:,}"),
                holds,
            )
        )
        for gap in scene.gaps
    ]
    broken = Cell(Chip("broken", Tone.RED, Shape.BARE))
    rows += [
        Row((Cell(Barcode(held[one].barcode, href(held[one].barcode))), Cell("1"), broken))
        for one in sorted(scene.wrong)
        if one in held
    ]
    columns = (
        Column("Where", hidden_label=True),
        Column("Media", numeric=True, hidden_label=True),
        Column("Verdict", hidden_label=True),
    )
    empty = EmptyState(
        "No medium is away.", "Media that are packed or with others, and absent here, are counted here."
    )
    return Table("air-gap", "Air gap: absent here, and seen elsewhere", columns, tuple(rows), empty=empty)


def drives(scene: Scene, held: Mapping[str, Held]) -> Table:
    """Of many drives those that hold something; the others stand in the table view."""
    every = scene.of_kind(ElementKind.DRIVE)
    shown = every if len(every) <= SHOWN_DRIVES else [place for place in every if place.full][:SHOWN_DRIVES]
    rows = tuple(
        Row((
            Cell(str(place.number), head=True),
            _medium_cell(place, held),
            Cell(Ident(place.drive_serial or "not told")),
        ))
        for place in shown
    )  # fmt: skip
    columns = (Column("Drive"), Column("Medium"), Column("Serial number", mono=True))
    rest = len(every) - len(shown)
    return Table("drives", "Drives", columns, rows, foot=f"{rest} more drives in the table." if rest else "")


def _medium_cell(place: Place, held: Mapping[str, Held]) -> Cell:
    if not place.full:
        return Cell("empty", quiet=True)
    known = held.get(place.medium_id or "")
    if known is not None and place.reading is TagReading.READ:
        return Cell(Barcode(known.barcode, href(known.barcode)))
    return Cell(Ident(place.tag) if place.tag else Quiet("label not read"))


TABLE_ROWS = 1000


def table_view(connection: Connection, scene: Scene, after: int | None) -> LibraryTableView:
    """Drives, mail slots and slots as rows, with what is seen beside what is recorded."""
    order = {ElementKind.DRIVE: 0, ElementKind.MAIL_SLOT: 1, ElementKind.TRANSPORT: 2, ElementKind.SLOT: 3}
    places = sorted(scene.places, key=lambda place: (order[place.kind], place.number))
    start = after or 0
    shown = places[start : start + TABLE_ROWS]
    held = held_at(connection, shown)
    base = library_href(scene.device.name)
    more = f"{base}/table?after={start + TABLE_ROWS}" if start + TABLE_ROWS < len(places) else None
    columns = (
        Column("Place"), Column("Seen"), Column("State"), Column("Content", keep=Keep.TABLET),
        Column("Recorded", keep=Keep.DESK), Column("Element", numeric=True, keep=Keep.DESK),
    )  # fmt: skip
    rows = tuple(_table_row(place, held, scene) for place in shown)
    return LibraryTableView(
        title=f"{scene.device.name} as a table",
        place=RailPlace.LIBRARY,
        head=Head(
            Link(scene.device.name, base), f"{scene.device.name} as a table", f"{len(places):,} places"
        ),
        table=Table("places", "Places of the library", columns, rows, older_href=more),
        map_href=base,
    )


def _table_row(place: Place, held: Mapping[str, Held], scene: Scene) -> Row:
    name = place_name(place.kind, place.number)
    known = held.get(place.medium_id or "")
    state, tone = _state(place, known, scene)
    return Row(
        (
            Cell(name.capitalize(), head=True),
            _medium_cell(place, held),
            Cell(Chip(state, tone, Shape.BARE)),
            Cell(word(known.content) if known and place.full else ""),
            Cell(word(known.custody) if known and place.full else ""),
            Cell(str(place.address)),
        ),
        anchor=name.replace(" ", "-"),
    )


def _state(place: Place, known: Held | None, scene: Scene) -> tuple[str, Tone]:
    if not place.installed:
        return "not installed", Tone.NEUTRAL
    if not place.full:
        return ("tag left", Tone.AMBER) if place.phantom else ("empty", Tone.NEUTRAL)
    if place.reading is not TagReading.READ:
        return "label not read", Tone.AMBER
    if known is None:
        return "not known", Tone.AMBER
    return ("wrong", Tone.RED) if known.medium_id in scene.wrong else ("full", Tone.NEUTRAL)
