"""A linear bar code as glyphs, one per symbol character, so that a writer can draw each character once."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby


class Symbology(StrEnum):
    CODE_39 = "code39"
    CODE_128 = "code128"
    GS1_128 = "gs1-128"
    DATA_MATRIX = "datamatrix"
    QR = "qr"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One symbol character: `bars` as (x_mm, width_mm) from its left edge, and how far the next one starts."""

    name: str
    bars: tuple[tuple[float, float], ...]
    advance_mm: float


@dataclass(frozen=True)
class LinearSymbol:
    """`text` is what a reader returns; `narrow_mm` is X; `dots` as in Pitch."""

    symbology: Symbology
    text: str
    narrow_mm: float
    glyphs: tuple[Glyph, ...]
    dots: tuple[int, int] | None = None

    @cached_property
    def width_mm(self) -> float:
        """From the first bar's left edge to the last bar's right edge."""
        last = self.glyphs[-1].bars[-1]
        return sum(glyph.advance_mm for glyph in self.glyphs[:-1]) + last[0] + last[1]

    def quiet_mm(self, modules: int = 10) -> float:
        return self.narrow_mm * modules


def glyph_of(name: str, modules: str, widths_mm: dict[int, float]) -> Glyph:
    """A glyph from a string of module values ('1' is ink); `widths_mm` gives the width of a run by its module count."""
    bars, x = [], 0.0
    for ink, run in groupby(modules):
        width = widths_mm[len(list(run))]
        if ink == "1":
            bars.append((x, width))
        x += width
    return Glyph(name, tuple(bars), x)
