"""The parts documents are made of, other than tables; each gives strips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from labels.documents.facts import Checkpoint, Mark
from labels.documents.flow import Strip, space
from labels.documents.language import Words
from labels.documents.pen import HAIR_MM, INK, QUIET, RULE_MM, Pen
from labels.documents.table import wrapped
from labels.faces import fitting_size
from labels.layout import Anchor, Face, Modules
from labels.symbols.matrix import Correction, MatrixSymbol, qr

BODY_MM, BODY_LINE_MM = 3.1, 4.5
SMALL_MM, SMALL_LINE_MM = 2.6, 3.6
HEADING_MM = 3.7
FACT_GAP_MM = 5.0
CARD_GAP_MM = 5.0
CARD_PAD_MM, CARD_EDGE_MM = 2.5, 1.1
QR_MODULE_MM = 0.55


@dataclass(frozen=True, slots=True)
class Area:
    """The text column of the page."""

    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width


def heading(area: Area, text: str, aside: str = "", *, keeps: float = 24.0) -> Iterator[Strip]:
    yield space(5.0)

    def draw(pen: Pen, y: float) -> None:
        pen.text((area.left, y + 4.2), text, HEADING_MM, Face.SANS_BOLD)
        pen.text((area.right, y + 4.2), aside, SMALL_MM, grey=QUIET, anchor=Anchor.END)
        pen.line((area.left, y + 6.2), (area.right, y + 6.2), HAIR_MM * 1.5, QUIET)

    yield Strip(7.4, draw, keeps=keeps)


def paragraph(
    area: Area, text: str, *, face: Face = Face.SANS, size: float = BODY_MM, after: float = 1.5
) -> Iterator[Strip]:
    leading = size * BODY_LINE_MM / BODY_MM
    for line in wrapped(text, area.width, face, size):
        yield Strip(leading, partial(_line, area.left, line, face, size))
    yield space(after)


def facts(area: Area, pairs: Sequence[tuple[str, str]], columns: int = 3) -> Iterator[Strip]:
    """Small labels over their values, row by row; pairs without a value are left out."""
    shown = [pair for pair in pairs if pair[1]]
    width = (area.width - FACT_GAP_MM * (columns - 1)) / columns
    for start in range(0, len(shown), columns):
        row = shown[start : start + columns]
        cells = [(label, wrapped(value, width, Face.SANS, BODY_MM)) for label, value in row]
        height = SMALL_LINE_MM + max(len(lines) for _, lines in cells) * BODY_LINE_MM + 1.8
        yield Strip(height, partial(_facts_row, Area(area.left, width), cells))


@dataclass(frozen=True, slots=True)
class Card:
    """A thing with an identifier: a container with its seals."""

    title: str
    aside: str
    lines: tuple[tuple[str, Face], ...]


def cards(area: Area, items: Sequence[Card], columns: int = 3) -> Iterator[Strip]:
    yield space(1.5)
    width = (area.width - CARD_GAP_MM * (columns - 1)) / columns
    for start in range(0, len(items), columns):
        row = [_wrapped_card(card, width) for card in items[start : start + columns]]
        height = 8.6 + max(len(card.lines) for card in row) * SMALL_LINE_MM + 1.8
        yield Strip(height + 3.0, partial(_cards_row, Area(area.left, width), row, height))


def _wrapped_card(card: Card, width: float) -> Card:
    room = width - 2 * CARD_PAD_MM
    lines = [(piece, face) for line, face in card.lines for piece in wrapped(line, room, face, SMALL_MM)]
    return Card(card.title, card.aside, tuple(lines))


def statement(area: Area, words: Words, mark: Mark, text: str) -> Iterator[Strip]:
    """A sentence that decides, with its sign, in a box."""
    lines = wrapped(words.text(text), area.width - 14, Face.SANS_BOLD, HEADING_MM)
    height = len(lines) * 5.4 + 5.0

    def draw(pen: Pen, y: float) -> None:
        pen.box((area.left, y), (area.width, height), RULE_MM)
        pen.mark(mark, (area.left + 5.5, y + height / 2), 3.6)
        for number, line in enumerate(lines):
            pen.text((area.left + 11, y + 6.2 + number * 5.4), line, HEADING_MM, Face.SANS_BOLD)

    yield Strip(height + 2.0, draw)


def evidence(area: Area, words: Words, facts_hash: str, checkpoint: Checkpoint | None) -> Iterator[Strip]:
    """What ties this paper to the ledger: the hash of its facts and the ledger's signed head, each as a QR."""
    yield from heading(
        area, words.text("Evidence"), words.text("keep this sheet: it witnesses the ledger"), keeps=40.0
    )
    facts_code = qr(f"sha256:{facts_hash}", Correction.M)
    # The note is long; a lower correction keeps its modules large enough for a phone.
    note_code = qr(checkpoint.note, Correction.L) if checkpoint else None
    sides = [code.modules * QR_MODULE_MM for code in (facts_code, note_code) if code]
    height = max(sides) + 3.0

    def draw(pen: Pen, y: float) -> None:
        half = area.width / 2
        _evidence_half(pen, (area.left, y), half, facts_code, _facts_lines(words, facts_hash))
        if note_code and checkpoint:
            _evidence_half(pen, (area.left + half, y), half, note_code, _checkpoint_lines(words, checkpoint))

    yield Strip(height, draw)


def _evidence_half(
    pen: Pen, at: tuple[float, float], width: float, code: MatrixSymbol, lines: list[tuple[str, Face]]
) -> None:
    quiet = code.quiet_modules * QR_MODULE_MM
    pen.modules(Modules(at[0], at[1] + 1.0, QR_MODULE_MM, code))
    left = at[0] + code.modules * QR_MODULE_MM + quiet + 1.0
    y = at[1] + 3.2
    for text, face in lines:
        for line in wrapped(text, at[0] + width - left - 3.0, face, SMALL_MM):
            pen.text((left, y), line, SMALL_MM, face, grey=INK if face is not Face.SANS else QUIET)
            y += SMALL_LINE_MM


def _facts_lines(words: Words, facts_hash: str) -> list[tuple[str, Face]]:
    grouped = " ".join(facts_hash[at : at + 8] for at in range(0, len(facts_hash), 8))
    return [
        (words.text("Facts of this document"), Face.SANS_BOLD),
        (words.text("SHA-256 of the JSON embedded in the PDF file:"), Face.SANS),
        (grouped, Face.MONO),
    ]


def _checkpoint_lines(words: Words, checkpoint: Checkpoint) -> list[tuple[str, Face]]:
    size = words.text("Signed by {origin} with {n} entries; root:")
    return [
        (words.text("Ledger checkpoint"), Face.SANS_BOLD),
        (size.format(origin=checkpoint.origin, n=words.number(checkpoint.tree_size)), Face.SANS),
        (checkpoint.root_hash, Face.MONO),
        (words.text("The code holds the signed note. Any later ledger must contain this one."), Face.SANS),
    ]


def _line(left: float, line: str, face: Face, size: float, pen: Pen, y: float) -> None:
    pen.text((left, y + size), line, size, face)


def _facts_row(first: Area, cells: list[tuple[str, list[str]]], pen: Pen, y: float) -> None:
    for column, (label, lines) in enumerate(cells):
        x = first.left + column * (first.width + FACT_GAP_MM)
        pen.text((x, y + SMALL_MM), label, SMALL_MM, grey=QUIET)
        for number, line in enumerate(lines):
            pen.text((x, y + SMALL_LINE_MM + BODY_MM + 0.2 + number * BODY_LINE_MM), line, BODY_MM)


def _cards_row(first: Area, row: list[Card], height: float, pen: Pen, y: float) -> None:
    for column, card in enumerate(row):
        x, width = first.left + column * (first.width + CARD_GAP_MM), first.width
        pen.box((x, y), (width, height), HAIR_MM)
        pen.box((x, y), (width, CARD_EDGE_MM), 0.0, INK)
        size = fitting_size(card.title, BODY_MM * 1.1, Face.MONO_BOLD, width * 0.6)
        pen.text((x + CARD_PAD_MM, y + 5.6), card.title, size, Face.MONO_BOLD)
        pen.text((x + width - CARD_PAD_MM, y + 5.6), card.aside, SMALL_MM, grey=QUIET, anchor=Anchor.END)
        for number, (line, face) in enumerate(card.lines):
            pen.text((x + CARD_PAD_MM, y + 10.0 + number * SMALL_LINE_MM), line, SMALL_MM, face)
