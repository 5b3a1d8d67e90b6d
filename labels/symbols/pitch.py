"""Widths of bar code elements, free or bound to a printer's dots."""

from dataclasses import dataclass

from labels.errors import DotPitchError

MM_PER_INCH = 25.4
CARTRIDGE_NARROW_MM = 0.432
CARTRIDGE_RATIO = 2.75
# The cartridge specification is quoted as 0.432 mm and as 0.423 mm (five dots at 300 dpi); both are in use.
NARROW_TOLERANCE = 0.03


@dataclass(frozen=True, slots=True)
class Pitch:
    """Element widths in mm. `dots` is (narrow, wide) in printer dots where the pitch is bound to a printer."""

    narrow_mm: float
    wide_mm: float
    dots: tuple[int, int] | None = None

    @property
    def ratio(self) -> float:
        return self.wide_mm / self.narrow_mm


CARTRIDGE_PITCH = Pitch(CARTRIDGE_NARROW_MM, CARTRIDGE_NARROW_MM * CARTRIDGE_RATIO)


def snapped(wanted: Pitch, dpi: int) -> Pitch:
    """The same pitch in whole printer dots: 300 dpi gives 5 and 14, 600 dpi 10 and 28. Raises DotPitchError."""
    dot_mm = MM_PER_INCH / dpi
    narrow = round(wanted.narrow_mm / dot_mm)
    if abs(narrow * dot_mm / wanted.narrow_mm - 1) > NARROW_TOLERANCE:
        raise DotPitchError(dpi, wanted.narrow_mm, narrow * dot_mm)
    # A tie goes up: printers' own ratio parameter has steps of 0.1, and 2.8 reads better than 2.7 with ink spread.
    wide = int(narrow * wanted.ratio + 0.5)
    return Pitch(narrow * dot_mm, wide * dot_mm, (narrow, wide))


def snapped_module(wanted_mm: float, dpi: int) -> float:
    """The module width of a code with one pitch, in whole dots, never under what was asked for by more than 10 %."""
    dot_mm = MM_PER_INCH / dpi
    dots = max(1, round(wanted_mm / dot_mm))
    return (dots if dots * dot_mm >= wanted_mm * 0.9 else dots + 1) * dot_mm
