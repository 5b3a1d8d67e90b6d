"""Tables: fixed columns, wrapped cells, heads that repeat on every page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from labels.documents.flow import Strip
from labels.documents.pen import FAINT, HAIR_MM, INK, QUIET, RULE_MM, Pen
from labels.faces import MOST_CHARACTERS, fitting_length, text_width
from labels.layout import Anchor, Face

TEXT_MM = 2.75
LINE_MM = 3.7
PAD_MM = 0.85
HEAD_PAD_MM = 1.2
GUTTER_MM = 2.4
BOX_MM = 3.0
ASCENT = 0.92
MOST_LINES = 12
PREFIX, SUFFIX = 3, 2


class Kind(StrEnum):
    TEXT = "text"
    STRONG = "strong"
    CODE = "code"
    BARCODE = "barcode"  # prefix quiet, number strong, media id quiet: people compare the middle
    NUMBER = "number"
    TICK = "tick"  # an empty square for a pen


@dataclass(frozen=True, slots=True)
class Column:
    """`share` of the table's width. An `optional` column is left out where no row has anything in it."""

    title: str
    share: float
    kind: Kind = Kind.TEXT
    optional: bool = False


FACES = {
    Kind.TEXT: Face.SANS,
    Kind.STRONG: Face.SANS_BOLD,
    Kind.CODE: Face.MONO,
    Kind.BARCODE: Face.MONO,
    Kind.NUMBER: Face.MONO,
    Kind.TICK: Face.SANS,
}


STRONG_FACES = {
    Face.SANS: Face.SANS_BOLD,
    Face.SANS_BOLD: Face.SANS_BOLD,
    Face.MONO: Face.MONO_BOLD,
    Face.MONO_BOLD: Face.MONO_BOLD,
}


@dataclass(frozen=True, slots=True)
class _Slot:
    column: Column
    left: float
    width: float

    @property
    def anchor(self) -> Anchor:
        return Anchor.END if self.column.kind is Kind.NUMBER else Anchor.START

    @property
    def x(self) -> float:
        return self.left + self.width if self.anchor is Anchor.END else self.left


@dataclass(frozen=True, slots=True)
class _Grid:
    slots: tuple[_Slot, ...]
    left: float
    right: float
    strong: bool = False

    def head(self) -> Strip:
        titles = [wrapped(slot.column.title, slot.width, Face.SANS) for slot in self.slots]
        height = max(map(len, titles)) * LINE_MM + 2 * HEAD_PAD_MM
        return Strip(height, partial(self._draw_head, titles, height))

    def row(self, cells: tuple[str, ...], head: Strip) -> Strip:
        lines = [
            wrapped(cell, slot.width, FACES[slot.column.kind])
            for slot, cell in zip(self.slots, cells, strict=True)
        ]
        height = max(map(len, lines)) * LINE_MM + 2 * PAD_MM
        return Strip(height, partial(self._draw_row, lines, height), head)

    def _draw_head(self, titles: list[list[str]], height: float, pen: Pen, y: float) -> None:
        for slot, lines in zip(self.slots, titles, strict=True):
            first = y + height - HEAD_PAD_MM - (len(lines) - 1) * LINE_MM - 0.8
            for number, line in enumerate(lines):
                pen.text((slot.x, first + number * LINE_MM), line, TEXT_MM, grey=QUIET, anchor=slot.anchor)
        pen.line((self.left, y + height), (self.right, y + height), RULE_MM)

    def _draw_row(self, cells: list[list[str]], height: float, pen: Pen, y: float) -> None:
        base = y + PAD_MM + TEXT_MM * ASCENT
        for slot, lines in zip(self.slots, cells, strict=True):
            match slot.column.kind:
                case Kind.TICK:
                    pen.box((slot.left, base - BOX_MM + 0.3), (BOX_MM, BOX_MM), HAIR_MM * 1.6)
                case Kind.BARCODE if len(lines) == 1:
                    _barcode(pen, slot.left, base, lines[0])
                case kind:
                    for number, line in enumerate(lines):
                        at = (slot.x, base + number * LINE_MM)
                        face = STRONG_FACES[FACES[kind]] if self.strong else FACES[kind]
                        pen.text(at, line, TEXT_MM, face, anchor=slot.anchor)
        pen.line((self.left, y + height), (self.right, y + height), HAIR_MM, FAINT)


def table(
    columns: tuple[Column, ...],
    rows: Iterable[tuple[str, ...]],
    left: float,
    width: float,
    *,
    total: tuple[str, ...] | None = None,
) -> Iterator[Strip]:
    """The head, then one strip per row; every row carries the head for the page it may begin. `total` is set strong."""
    kept = list(rows)
    shown = [n for n, column in enumerate(columns) if not column.optional or any(row[n] for row in kept)]
    grid = _Grid(_slots(tuple(columns[n] for n in shown), left, width), left, left + width)
    head = grid.head()
    strips = (grid.row(tuple(row[n] for n in shown), head) for row in kept)
    first = next(strips, None)
    yield Strip(head.height, head.draw, keeps=first.height if first else 0.0)
    if first:
        yield first
        yield from strips
    if total:
        yield replace(grid, strong=True).row(tuple(total[n] for n in shown), head)


def wrapped(text: str, width: float, face: Face, size: float = TEXT_MM) -> list[str]:
    """Lines no wider than `width`; words too long for a line are cut where they must be."""
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS] + "…"
    if "\n" not in text and text_width(text, size, face) <= width:
        return [text]
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _wrapped_paragraph(paragraph, width, face, size)
    return [*lines[: MOST_LINES - 1], "…"] if len(lines) > MOST_LINES else lines


def _wrapped_paragraph(text: str, width: float, face: Face, size: float) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if text_width(joined, size, face) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width, face, size)
        lines += full
    return [*lines, line]


def _pieces(word: str, width: float, face: Face, size: float) -> list[str]:
    pieces = []
    while text_width(word, size, face) > width and len(word) > 1:
        cut = max(1, fitting_length(word, size, face, width))
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def _slots(columns: tuple[Column, ...], left: float, width: float) -> tuple[_Slot, ...]:
    total = sum(column.share for column in columns)
    room = width - GUTTER_MM * (len(columns) - 1)
    slots, x = [], left
    for column in columns:
        own = room * column.share / total
        slots.append(_Slot(column, x, own))
        x += own + GUTTER_MM
    return tuple(slots)


def _barcode(pen: Pen, x: float, base: float, barcode: str) -> None:
    if len(barcode) <= PREFIX + SUFFIX:
        pen.text((x, base), barcode, TEXT_MM, Face.MONO_BOLD)
        return
    for part, face, grey in (
        (barcode[:PREFIX], Face.MONO, QUIET),
        (barcode[PREFIX:-SUFFIX], Face.MONO_BOLD, INK),
        (barcode[-SUFFIX:], Face.MONO, QUIET),
    ):
        x += pen.text((x, base), part, TEXT_MM, face, grey=grey)
