"""Thousands of slots as a strip: one line per row of a frame, one path per kind of cell."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby

from service.web.views.library import Strip, StripFrame

GAP_CELLS = 3
WIDTH = 1196
HEIGHT = 120
WIDEN = 0.7  # cells to each side: one slot of 20,000 is a pixel wide, too little to be found by eye
RARE = 200  # more of a kind are found without, and would hide what stands between them
KINDS = {"b": "in-motion", "a": "waiting", "r": "wrong"}


@dataclass(frozen=True, slots=True)
class FrameBox:
    """x and width in user units (the strip is 1196 x 120); `marks` are the signs above it."""

    name: str
    href: str
    x: float
    width: float
    marks: tuple[str, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class StripDrawing:
    """`full` and `toned` are paths in cells; `sx`, `sy` scale a cell to user units."""

    sx: float
    sy: float
    rows: int
    full: str
    toned: tuple[tuple[str, str], ...]
    frames: tuple[FrameBox, ...]
    lens: tuple[float, float, float, float]


def draw_strip(strip: Strip) -> StripDrawing:
    offsets = [index * (strip.columns + GAP_CELLS) for index in range(len(strip.frames))]
    cells_wide = offsets[-1] + strip.columns
    rows = max(-(-len(frame.cells) // strip.columns) for frame in strip.frames)
    sx, sy = WIDTH / cells_wide, HEIGHT / rows
    placed = list(zip(strip.frames, offsets, strict=True))
    counts = Counter(chain.from_iterable(frame.cells for frame in strip.frames))
    return StripDrawing(
        sx=round(sx, 4),
        sy=round(sy, 4),
        rows=rows,
        full="".join(_path(frame.cells, strip.columns, offset, set("fbar")) for frame, offset in placed),
        toned=tuple(
            (
                name,
                "".join(
                    _path(
                        frame.cells, strip.columns, offset, {code}, widen=WIDEN if counts[code] <= RARE else 0
                    )
                    for frame, offset in placed
                ),
            )
            for code, name in KINDS.items()
        ),
        frames=tuple(_box(frame, offset, sx, strip) for frame, offset in placed),
        lens=_lens(strip, placed, sx, sy),
    )


def _path(cells: str, columns: int, offset: int, wanted: set[str], widen: float = 0) -> str:
    pieces = []
    for row in range(-(-len(cells) // columns)):
        at: float | None = None
        for start, length in _runs(cells[row * columns : (row + 1) * columns], wanted):
            left, right = start - widen, start + length + widen
            move = f"M{offset + left:g} {row}.5" if at is None else f"m{left - at:g} 0"
            pieces.append(f"{move}h{right - left:g}")
            at = right
    return "".join(pieces)


def _runs(line: str, wanted: set[str]) -> Iterator[tuple[int, int]]:
    at = 0
    for is_wanted, group in groupby(line, key=lambda cell: cell in wanted):
        length = len(list(group))
        if is_wanted:
            yield at, length
        at += length


def _box(frame: StripFrame, offset: int, sx: float, strip: Strip) -> FrameBox:
    marks = tuple(glyph for code, glyph in (("r", "stop"), ("a", "ask")) if code in frame.cells)
    current = frame.first <= strip.lens_first < frame.first + len(frame.cells)
    return FrameBox(
        frame.name, frame.href, round(offset * sx, 1), round(strip.columns * sx, 1), marks, current
    )


def _lens(
    strip: Strip, placed: list[tuple[StripFrame, int]], sx: float, sy: float
) -> tuple[float, float, float, float]:
    for frame, offset in placed:
        index = strip.lens_first - frame.first
        if 0 <= index < len(frame.cells):
            top, left = divmod(index, strip.columns)
            count = len(strip.lens)
            width = min(count, strip.columns)
            left = 0 if count > strip.columns else min(left, strip.columns - width)
            rows = -(-count // strip.columns)
            return (
                round((offset + left) * sx - 1, 1),
                round(top * sy - 1, 1),
                round(width * sx + 2, 1),
                round(rows * sy + 2, 1),
            )
    return (0, 0, 0, 0)
