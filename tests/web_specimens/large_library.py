"""Library 2 with 20,000 slots."""

from web_specimens.library import AIR_GAP, DRIVE_TABLE, FAULTS, FILLED, NEXT, REST, A, B, N, R
from web_specimens.moment import bare

from service.web.views.frame import Place
from service.web.views.library import (
    LibraryMap,
    LibraryView,
    Robot,
    Slot,
    Strip,
    StripFrame,
)
from service.web.views.parts import Chip, Glyph, Head


def _cells(frame: int) -> str:
    """A thousand slots; emptier towards the end, a few in motion, two wrong: a fixed pattern, no chance in it."""
    cells = []
    for index in range(1000):
        number = frame * 1000 + index
        empty = (number * 7919 + index // 7 * 104729) % 1000 < (60 if frame < 14 else 120 * (frame - 13))
        cells.append("b" if number % 419 == 6 else "a" if number % 4003 == 1907 else "e" if empty else "f")
    if frame in {6, 13}:
        cells[588] = "r"
    return "".join(cells)


def _lens(number: int) -> Slot:
    index = number - 6561
    if index % 11 in {2, 3}:
        return Slot(str(number), f"Slot {number}: empty", f"/libraries/2?slot={number}")
    look, tone, glyphs = (
        (NEXT, B, ()) if index in {5, 6, 21, 22} else (REST, N, (Glyph.LOCK,) if index % 29 == 11 else ())
    )
    if index == 27:
        look, tone, glyphs = FILLED, R, (Glyph.STOP,)
    return Slot(
        str(number),
        f"Slot {number}: 6{1200 + 3 * index}",
        "/media",
        look,
        tone,
        f"6{1200 + 3 * index}",
        glyphs=glyphs,
    )


STRIP = Strip(
    title="20,000 slots",
    label="Library 2, 20,000 slots in 20 frames. 2 wrong, 5 need a person, 48 in motion.",
    note=(
        "20 frames × 1,000 · ",
        bare("2 wrong", R),
        " · ",
        bare("5 need a person", A),
        " · ",
        bare("48 in motion", B),
    ),
    frames=tuple(
        StripFrame(f"{frame + 1:02}", frame * 1000 + 1, _cells(frame), f"/libraries/2?at={frame * 1000 + 1}")
        for frame in range(20)
    ),
    columns=50,
    lens_first=6561,
    lens=tuple(_lens(number) for number in range(6561, 6625)),
    lens_href="/libraries/2/strip?at=",
    table_href="/libraries/2/table",
)


LARGE = LibraryView(
    title="Library 2",
    place=Place.LIBRARY,
    head=Head(
        "Library",
        "Library 2",
        "Site 2 · 20,000 slots, 16 drives, 32 mail slots",
        (Chip("at rest"), Chip("2 wrong", R)),
    ),
    map=LibraryMap(
        "Library 2, drives and mail slots",
        (),
        tuple(
            Slot(str(number), f"Drive {number}: empty, ready", "/libraries/2", word="ready")
            for number in range(1, 17)
        ),
        tuple(Slot(str(number), f"Mail slot {number}: empty", "/libraries/2") for number in range(1, 33)),
        Robot("At rest", "last move 13:40, seen 13:41"),
    ),
    faults=FAULTS[:1],
    air_gap=AIR_GAP,
    drives=DRIVE_TABLE,
    table_href="/libraries/2/table",
    strip=STRIP,
)
