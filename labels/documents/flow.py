"""A document as strips that are laid below one another and broken into pages; heads of tables repeat."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labels.documents.pen import Pen

Draw = Callable[[Pen, float], None]


@dataclass(frozen=True, slots=True)
class Strip:
    """`draw(pen, y)` draws from y downwards, `height` high. A strip is never broken.

    `head` is drawn again above it when it is the first of a page. `keeps` is the height that must follow it on the
    same page (a heading without its first row is no heading).
    """

    height: float
    draw: Draw
    head: "Strip | None" = None
    keeps: float = 0.0


@dataclass(frozen=True, slots=True)
class Laid:
    y: float
    strip: Strip


@dataclass(frozen=True, slots=True)
class Frame:
    """Where strips may lie, in mm from the top: the first page begins lower, under the document's head."""

    first_top: float
    top: float
    bottom: float


def paged(strips: Iterable[Strip], frame: Frame) -> list[list[Laid]]:
    pages: list[list[Laid]] = [[]]
    y = frame.first_top
    for strip in strips:
        if strip.draw is _nothing and not pages[-1]:
            continue
        if y + strip.height + strip.keeps > frame.bottom and pages[-1]:
            pages.append([])
            y = frame.top
            if strip.head is not None:
                pages[-1].append(Laid(y, strip.head))
                y += strip.head.height
        pages[-1].append(Laid(y, strip))
        y += strip.height
    return pages


def space(height: float) -> Strip:
    return Strip(height, _nothing)


def _nothing(_pen: Pen, _y: float) -> None:
    return
