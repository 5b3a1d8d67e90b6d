"""Signature boxes and the figure of a custody transfer: two dots and a bar, torn while one side is missing."""

from collections.abc import Iterator, Sequence
from functools import partial

from labels.documents.blocks import SMALL_LINE_MM, SMALL_MM, Area
from labels.documents.facts import Signature, SignedAs
from labels.documents.flow import Strip
from labels.documents.language import Words, mark
from labels.documents.pen import HAIR_MM, QUIET, RULE_MM, STRONG_MM, Pen
from labels.documents.table import wrapped
from labels.faces import fitting_size
from labels.layout import Face

SIGN_MM = 17.0
FIGURE_MM = 15.0
GAP_MM = 8.0
DOT_MM = 1.7
TITLE_MM = 3.0
TYPED_MM = 5.5

TITLES = {
    SignedAs.RELEASED: mark("Released by"),
    SignedAs.RECEIVED: mark("Received by"),
    SignedAs.COUNTED: mark("Counted by"),
    SignedAs.REVIEWED: mark("Reviewed by"),
    SignedAs.REPORTED: mark("Reported by"),
    SignedAs.ACKNOWLEDGED: mark("Acknowledged by"),
    SignedAs.APPROVED: mark("Approved by"),
    SignedAs.PICKED: mark("Picked by"),
    SignedAs.PLACED: mark("Placed by"),
    SignedAs.PRINTED: mark("Printed by"),
}


def transfer(area: Area, words: Words, released: Signature, received: Signature) -> Iterator[Strip]:
    """The two sides of one custody transfer, joined when both are signed."""
    width = (area.width - FIGURE_MM - 2 * GAP_MM) / 2
    boxes = [_box(words, side, width) for side in (released, received)]
    height = _height(boxes)

    def draw(pen: Pen, y: float) -> None:
        right = area.left + width + FIGURE_MM + 2 * GAP_MM
        _draw_box(pen, (area.left, y), width, released, boxes[0])
        _draw_box(pen, (right, y), width, received, boxes[1])
        middle = y + TITLE_MM + SIGN_MM * 0.62
        _draw_figure(pen, (area.left + width + GAP_MM, middle), bool(released.at), bool(received.at))

    yield Strip(height, draw)


def signatures(area: Area, words: Words, sides: Sequence[Signature], columns: int = 2) -> Iterator[Strip]:
    """Boxes side by side."""
    width = (area.width - 2 * GAP_MM * (columns - 1)) / columns
    for start in range(0, len(sides), columns):
        row = sides[start : start + columns]
        boxes = [_box(words, side, width) for side in row]
        yield Strip(_height(boxes), partial(_draw_row, Area(area.left, width), row, boxes))


Box = tuple[str, list[str]]


def _box(words: Words, side: Signature, width: float) -> Box:
    asked = "" if side.name or side.role else words.text("name and badge:")
    person = ", ".join(part for part in (side.name, side.role, side.organisation) if part)
    if asked and side.at is None:
        person = " · ".join(part for part in (person, asked) if part)
    badge = words.text("badge {badge}").format(badge=side.badge) if side.badge else ""
    checked = (
        words.text("identity checked by {who}").format(who=side.identity_checked_by)
        if side.identity_checked_by
        else ""
    )
    when = words.moment(side.at) or words.text("date and time:")
    details = " · ".join(part for part in (badge, checked, side.method, side.place) if part)
    lines = [*wrapped(person, width, Face.SANS_BOLD, SMALL_MM), *wrapped(when, width, Face.SANS, SMALL_MM)]
    return words.text(TITLES[side.signed_as]), [
        *lines,
        *(wrapped(details, width, Face.SANS, SMALL_MM) if details else []),
    ]


def _height(boxes: Sequence[Box]) -> float:
    return TITLE_MM + SIGN_MM + max(len(lines) for _, lines in boxes) * SMALL_LINE_MM + 4.0


def _draw_row(first: Area, row: Sequence[Signature], boxes: Sequence[Box], pen: Pen, y: float) -> None:
    for column, (side, box) in enumerate(zip(row, boxes, strict=True)):
        _draw_box(pen, (first.left + column * (first.width + 2 * GAP_MM), y), first.width, side, box)


def _draw_box(pen: Pen, at: tuple[float, float], width: float, side: Signature, box: Box) -> None:
    title, lines = box
    x, y = at
    pen.text((x, y + TITLE_MM), title, TITLE_MM, Face.SANS, grey=QUIET)
    base = y + TITLE_MM + SIGN_MM
    if side.strokes:
        pen.strokes(side.strokes, (x + 4.0, y + TITLE_MM + 1.5), (min(width - 8.0, 45.0), SIGN_MM - 2.5))
    elif side.typed:
        size = fitting_size(side.typed, TYPED_MM, Face.SANS, width - 8.0)
        pen.text((x + 4.0, base - 4.0), side.typed, size, Face.SANS)
    if side.at is None:
        pen.dashed((x, base), (x + width, base), HAIR_MM * 1.6)
    else:
        pen.line((x, base), (x + width, base), RULE_MM)
    for number, line in enumerate(lines):
        face = Face.SANS_BOLD if number == 0 else Face.SANS
        pen.text((x, base + 3.4 + number * SMALL_LINE_MM), line, SMALL_MM, face)


def _draw_figure(pen: Pen, at: tuple[float, float], released: bool, received: bool) -> None:  # noqa: FBT001  the two dots
    x, y = at
    left, right = (x + DOT_MM, y), (x + FIGURE_MM - DOT_MM, y)
    if released and received:
        pen.line(left, right, STRONG_MM)
    else:
        pen.dashed((left[0] + DOT_MM, y), (right[0] - DOT_MM, y), RULE_MM)
    pen.dot(left, DOT_MM, filled=released)
    pen.dot(right, DOT_MM, filled=received)
