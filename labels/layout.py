"""One picture of a label in millimetres, origin top left, y down; every writer draws this and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from labels.symbols.linear import LinearSymbol
from labels.symbols.matrix import MatrixSymbol

BLACK, WHITE = "#000000", "#ffffff"


class Face(StrEnum):
    SANS = "StrongroomSans-Regular"
    SANS_BOLD = "StrongroomSans-Bold"
    MONO = "StrongroomMono-Regular"
    MONO_BOLD = "StrongroomMono-Bold"


class Anchor(StrEnum):
    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Box:
    """`stroke_mm` is drawn inside the box's edge; 0 is no outline."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = BLACK
    stroke_mm: float = 0.0
    radius_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """(x, y) is the anchor on the baseline; `size_mm` the em; `turned` reads from bottom to top."""

    x: float
    y: float
    text: str
    size_mm: float
    face: Face = Face.SANS
    anchor: Anchor = Anchor.START
    turned: bool = False
    fill: str = BLACK


@dataclass(frozen=True, slots=True)
class Bars:
    x: float
    y: float
    height: float
    symbol: LinearSymbol


@dataclass(frozen=True, slots=True)
class Modules:
    """(x, y) is the corner of the first module; the quiet zone lies outside."""

    x: float
    y: float
    module_mm: float
    symbol: MatrixSymbol


@dataclass(frozen=True, slots=True)
class Part:
    """Elements that recur; two parts of one name are the same drawing, so a writer may draw it once and refer to it."""

    name: str
    width: float
    height: float
    elements: tuple["Box | Text", ...]


@dataclass(frozen=True, slots=True)
class Placed:
    x: float
    y: float
    part: Part


Element = Box | Text | Bars | Modules | Placed


@dataclass(frozen=True, slots=True)
class Layout:
    """`payload` is what a scanner must return for this label."""

    payload: str
    width: float
    height: float
    elements: tuple[Element, ...]

    def flat(self) -> Iterator[Box | Text | Bars | Modules]:
        """The elements with parts resolved."""
        for element in self.elements:
            if isinstance(element, Placed):
                yield from (_moved(inner, element.x, element.y) for inner in element.part.elements)
            else:
                yield element


def _moved(element: Box | Text, x: float, y: float) -> Box | Text:
    return replace(element, x=element.x + x, y=element.y + y)
