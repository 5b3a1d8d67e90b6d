"""The library's page, from a scene: the map, or for many slots the strip, and the robot."""

from collections.abc import Mapping

from service.devices import live
from service.devices.cells import Brush, brush, cell, drawing
from service.devices.margins import air_gap, drives, faults, head, library_href
from service.devices.models import ElementKind, JobState
from service.devices.scene import LARGE, Held, Place, Scene
from service.web.views.frame import Place as RailPlace
from service.web.views.library import (
    LibraryMap,
    LibraryView,
    Magazine,
    Robot,
    Simulator,
    Slot,
    Strip,
    StripFrame,
)
from service.web.views.parts import Chip, Ident, Part, Refresh, Rich, Shape, Strong, Tone, When, WhenStyle
from service.web.views.run import Live

FEW = 24  # more drives or mail slots than this are not all drawn
FRAME = 1000
LENS, LENS_ROW = 64, 16
STRIP_ROWS = 20
MAGAZINES = 2
BUSY_S, IDLE_S = 2, 10


def is_large(scene: Scene) -> bool:
    return scene.counts.get(ElementKind.SLOT, 0) > LARGE


def shown_places(scene: Scene, lens_first: int) -> tuple[Place, ...]:
    """The places whose media the page names."""
    slots = scene.of_kind(ElementKind.SLOT)
    others = tuple(place for place in scene.places if place.kind is not ElementKind.SLOT)
    return (*others, *(lens_of(slots, lens_first) if is_large(scene) else slots))


def lens_of(slots: tuple[Place, ...], first: int) -> tuple[Place, ...]:
    start = min(max(0, first - 1), max(0, len(slots) - LENS))
    return slots[start : start + LENS]


def lens_start(scene: Scene, asked: int | None) -> int:
    """Where the lens stands: where it was asked for, else at the first slot that is wrong or waits."""
    if asked is not None:
        return asked
    codes = slot_codes(scene)
    return lens_around(next((at for wanted in "rab" if (at := codes.find(wanted)) >= 0), 0) + 1)


def lens_around(number: int) -> int:
    """The first slot of the lens that begins with this slot's row."""
    return (number - 1) // LENS_ROW * LENS_ROW + 1


def slot_codes(scene: Scene) -> str:
    """One letter a slot, in order."""
    painted = brush(scene, "")
    return "".join(drawing(place, painted).code for place in scene.of_kind(ElementKind.SLOT))


def library_map(scene: Scene, held: Mapping[str, Held], pulse: str = "") -> LibraryMap:
    base = library_href(scene.device.name)
    painted = brush(scene, base, pulse)

    def cells(kind: ElementKind) -> list[Place]:
        return list(scene.of_kind(kind))

    busy = scene.panel is not None and scene.panel.state in {
        JobState.RUNNING,
        JobState.QUEUED,
        JobState.WAITING,
    }
    drawn_drives, drives_note = _some(cells(ElementKind.DRIVE), painted)
    drawn_ports, ports_note = _some(cells(ElementKind.MAIL_SLOT), painted)
    return LibraryMap(
        label=f"{scene.device.name}, seen from the front",
        magazines=() if is_large(scene) else _magazines(cells(ElementKind.SLOT), painted, held),
        drives=tuple(_cell(place, painted, held) for place in drawn_drives),
        mail_slots=tuple(_cell(place, painted, held) for place in drawn_ports),
        robot=robot(scene),
        refresh=Refresh(f"{base}/map", BUSY_S if busy else IDLE_S),
        drives_note=drives_note,
        mail_slots_note=ports_note,
    )


def _some(places: list[Place], painted: Brush) -> tuple[list[Place], str]:
    """Of many those that are not just empty, the first of them, and a sentence on the others."""
    if len(places) <= FEW:
        return places, ""
    news = [place for place in places if drawing(place, painted).code != "e"]
    shown, empty = news[:FEW], len(places) - len(news)
    if not shown:
        return shown, f"All {len(places):,} are empty."
    others = [(len(news) - len(shown), "more hold something"), (empty, "are empty")]
    told = " and ".join(f"{count:,} {words}" for count, words in others if count)
    return shown, f"Of {len(places):,}, {told}." if told else ""


def _cell(place: Place, painted: Brush, held: Mapping[str, Held]) -> Slot:
    return cell(place, painted, held.get(place.medium_id or ""))


def _magazines(slots: list[Place], painted: Brush, held: Mapping[str, Held]) -> tuple[Magazine, ...]:
    half = -(-len(slots) // MAGAZINES)
    parts = [slots[:half], slots[half:]] if len(slots) > half else [slots]
    names = ("Left magazine", "Right magazine") if len(parts) == MAGAZINES else ("Slots",)
    return tuple(
        Magazine(
            f"{name}, slots {part[0].number} to {part[-1].number}",
            tuple(_cell(place, painted, held) for place in part),
        )
        for name, part in zip(names, parts, strict=True)
        if part
    )


def robot(scene: Scene) -> Robot:
    if scene.device.fault:
        return Robot(Strong("Not working"), scene.device.fault)
    panel = scene.panel
    move = panel.open_move if panel else None
    if move is not None:
        told: tuple[Part, ...] = (
            "told ",
            When(move.told_at, WhenStyle.SECOND),
            ", ",
            When(move.told_at, WhenStyle.AGO),
        )
        return Robot(
            (Ident(move.barcode), f", {move.source} → {move.destination}"),
            (*told, f" · not yet seen there · fence {move.fence}"),
        )
    held = next((place for place in scene.of_kind(ElementKind.TRANSPORT) if place.full), None)
    if held is not None:
        return Robot((Ident(held.tag or "A medium"), " is in the gripper"), "The robot stands still with it.")
    last = panel.moves[0] if panel and panel.moves else None
    if last is None or last.seen_at is None:
        return Robot("At rest")
    return Robot(
        "At rest",
        (
            "last ",
            Ident(last.barcode),
            f", {last.source} → {last.destination}, seen ",
            When(last.seen_at, WhenStyle.SECOND),
        ),
    )


def strip(scene: Scene, held: Mapping[str, Held], lens_first: int, pulse: str = "") -> Strip:
    """Every slot is one letter; the lens shows 64 of them as cells."""
    base = library_href(scene.device.name)
    painted = brush(scene, base, pulse)
    slots = scene.of_kind(ElementKind.SLOT)
    codes = slot_codes(scene)
    lens = lens_of(slots, lens_first)
    frames = tuple(
        StripFrame(
            f"{number:02d}", slots[start].number, codes[start : start + FRAME],
            f"{base}?at={slots[start].number}#strip",
        )
        for number, start in enumerate(range(0, len(slots), FRAME), 1)
    )  # fmt: skip
    return Strip(
        title=f"{len(slots):,} slots",
        label=f"{scene.device.name}: {len(slots):,} slots in {len(frames)} frames",
        note=_strip_note(codes, len(frames)),
        frames=frames,
        columns=FRAME // STRIP_ROWS,
        lens_first=lens[0].number if lens else 1,
        lens=tuple(_cell(place, painted, held) for place in lens),
        lens_href=f"{base}/strip?at=",
        table_href=f"{base}/table",
    )


def _strip_note(codes: str, frames: int) -> Rich:
    counted: list[Part] = [f"{frames} frames × {FRAME:,}"]
    for code, words, tone in (
        ("r", "wrong", Tone.RED),
        ("a", "need a person", Tone.AMBER),
        ("b", "in motion", Tone.BLUE),
    ):
        if codes.count(code):
            counted += [" · ", Chip(f"{codes.count(code):,} {words}", tone, Shape.BARE)]
    return (*counted, f" · {codes.count('e'):,} empty")


def library_view(
    scene: Scene,
    held: Mapping[str, Held],
    *,
    may_operate: bool,
    lens_first: int = 1,
    pulse: str = "",
    simulator: Simulator | None = None,
) -> LibraryView:
    base = library_href(scene.device.name)
    return LibraryView(
        title=scene.device.name,
        place=RailPlace.LIBRARY,
        head=head(scene, may_operate=may_operate),
        map=library_map(scene, held, pulse),
        faults=faults(scene),
        air_gap=air_gap(scene, held),
        drives=drives(scene, held),
        table_href=f"{base}/table",
        table_note=f"{sum(scene.counts.values()):,} rows",
        strip=strip(scene, held, lens_first, pulse) if is_large(scene) else None,
        simulator=simulator,
        live=live_view(scene, may_operate=may_operate),
    )


def live_view(scene: Scene, *, may_operate: bool) -> Live:
    panel = scene.panel
    refresh = Refresh(f"{library_href(scene.device.name)}/live", BUSY_S if panel else IDLE_S)
    return live.live_of(panel, may_operate=may_operate, refresh=refresh) if panel else live.idle(refresh)
