"""The cartridge label: colour digits or plain text above Code 39 bars that a library's reader accepts."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from labels.errors import DotPitchError, StockTooSmallError
from labels.faces import CAP_HEIGHT, fitting_size
from labels.layout import BLACK, WHITE, Anchor, Bars, Box, Element, Face, Layout, Part, Placed, Text
from labels.stock import Size, Stock, stocks
from labels.symbols.cartridge_barcode import BARCODE_LENGTH, VOLUME_SERIAL_LENGTH, CartridgeBarcode
from labels.symbols.code39 import code39, code39_modules
from labels.symbols.pitch import CARTRIDGE_PITCH, CARTRIDGE_RATIO, Pitch, snapped

LABEL = Size(79.0, 17.0)
BAR_HEIGHT_MM = 11.2  # specification: at least 11.1
BELOW_BARS_MM = 0.3
ABOVE_BARS_MM = 0.5
ABOVE_TEXT_MM = 0.3
LEAST_TEXT_MM = 3.0
QUIET_MODULES = 10
# Under this no scanner is promised to read the bars at all.
LEAST_NARROW_MM = 0.25
CELLS = VOLUME_SERIAL_LENGTH + 1
OUTLINE_MM = 0.12
TEXT_SHARE = 0.74
MARK = "HAND SCANNER ONLY"

# Digit colours of the usual scheme; readers do not need them, people find a gap in a shelf by them.
DIGIT_COLOURS = {
    "0": "#BB282E",
    "1": "#FAE54A",
    "2": "#9AC653",
    "3": "#01A5E2",
    "4": "#9EAAB6",
    "5": "#D97E35",
    "6": "#E27B99",
    "7": "#67A945",
    "8": "#F6B855",
    "9": "#705A81",
}


class Reading(StrEnum):
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Colours(StrEnum):
    DIGITS = "digits"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class CartridgeStyle:
    reading: Reading = Reading.HORIZONTAL
    colours: Colours = Colours.DIGITS


@dataclass(frozen=True, slots=True)
class CartridgeFit:
    """How the bars come out on a stock. Out of specification means: hand scanners only, never a library's reader."""

    pitch: Pitch
    area: Size
    in_specification: bool


@lru_cache(maxsize=64)
def cartridge_fit(stock: Stock, dpi: int | None = None) -> CartridgeFit:
    """`dpi` binds the bars to a printer's dots. Raises StockTooSmallError or DotPitchError."""
    area = Size(min(stock.label.width, LABEL.width), min(stock.label.height, LABEL.height))
    modules = code39_modules(BARCODE_LENGTH, CARTRIDGE_RATIO) + 2 * QUIET_MODULES
    room = min(area.width, stock.label.width - 2 * stock.edge)
    least_height = BELOW_BARS_MM + BAR_HEIGHT_MM + ABOVE_BARS_MM + LEAST_TEXT_MM + ABOVE_TEXT_MM
    if room < modules * LEAST_NARROW_MM or area.height < least_height:
        raise StockTooSmallError(
            "A cartridge label",
            (stock.label.width, stock.label.height),
            (modules * LEAST_NARROW_MM + 2 * stock.edge, least_height),
        )
    # First, so that a printer too coarse for the specification is refused on squeezed stock too.
    nominal = snapped(CARTRIDGE_PITCH, dpi) if dpi else CARTRIDGE_PITCH
    if room >= modules * CARTRIDGE_PITCH.narrow_mm:
        return CartridgeFit(nominal, area, in_specification=True)
    narrow = room / modules
    squeezed = Pitch(narrow, narrow * CARTRIDGE_RATIO)
    return CartridgeFit(snapped(squeezed, dpi) if dpi else squeezed, area, in_specification=False)


def cartridge_stocks(dpi: int | None = None) -> dict[str, CartridgeFit]:
    """Every stock a cartridge label can be printed on, and how it comes out there."""
    fits = {}
    for name, stock in stocks().items():
        try:
            fits[name] = cartridge_fit(stock, dpi)
        except (StockTooSmallError, DotPitchError):
            continue
    return fits


def cartridge_label(
    barcode: CartridgeBarcode, stock: Stock, style: CartridgeStyle = CartridgeStyle(), dpi: int | None = None
) -> Layout:
    fit = cartridge_fit(stock, dpi)
    symbol = code39(str(barcode), fit.pitch)
    left, top = (stock.label.width - fit.area.width) / 2, (stock.label.height - fit.area.height) / 2
    bars_left = left + (fit.area.width - symbol.width_mm) / 2
    bars_top = top + fit.area.height - BELOW_BARS_MM - BAR_HEIGHT_MM
    cell = Size(round(symbol.width_mm / CELLS, 4), round(bars_top - top - ABOVE_BARS_MM - ABOVE_TEXT_MM, 4))
    texts = (*barcode.volume_serial, barcode.media_id.id)
    parts = [_cell(text, cell, style, fit.in_specification) for text in texts]
    elements: list[Element] = [
        Placed(bars_left + column * cell.width, top + ABOVE_TEXT_MM, part)
        for column, part in enumerate(parts)
    ]
    elements.append(Bars(bars_left, bars_top, BAR_HEIGHT_MM, symbol))
    if fit.area != stock.label:
        elements.extend(_outline(left, top, fit.area))
    return Layout(str(barcode), stock.label.width, stock.label.height, tuple(elements))


@lru_cache(maxsize=1024)
def _cell(text: str, size: Size, style: CartridgeStyle, in_specification: bool) -> Part:  # noqa: FBT001  a fact of the stock, cached by value
    colour = DIGIT_COLOURS.get(text, WHITE) if style.colours is Colours.DIGITS else WHITE
    frame = Box(0, 0, size.width, size.height, colour, OUTLINE_MM)
    marked = len(text) > 1 and not in_specification
    name = f"cell {text} {size.width} {size.height} {style.reading} {style.colours} {marked}"
    elements: tuple[Box | Text, ...] = (
        frame,
        _letters(text, size, style.reading, _ink(colour), marked=marked),
        *_mark(size, shown=marked),
    )
    return Part(name, size.width, size.height, elements)


def _letters(text: str, size: Size, reading: Reading, ink: str, *, marked: bool) -> Text:
    height = size.height * (0.5 if marked else TEXT_SHARE)
    middle = size.height * (0.4 if marked else 0.5)
    em = height / CAP_HEIGHT[Face.MONO_BOLD]
    if reading is Reading.HORIZONTAL or marked:
        return Text(size.width / 2, middle + height / 2, text, em, Face.MONO_BOLD, Anchor.MIDDLE, fill=ink)
    em = fitting_size(text, size.height * 1.3, Face.MONO_BOLD, size.height * 0.86)
    baseline = size.width / 2 + em * CAP_HEIGHT[Face.MONO_BOLD] / 2
    return Text(baseline, size.height / 2, text, em, Face.MONO_BOLD, Anchor.MIDDLE, turned=True, fill=ink)


def _mark(size: Size, *, shown: bool) -> tuple[Text, ...]:
    if not shown:
        return ()
    em = fitting_size(MARK, size.height * 0.24, Face.SANS_BOLD, size.width * 0.94)
    return (Text(size.width / 2, size.height * 0.9, MARK, em, Face.SANS_BOLD, Anchor.MIDDLE),)


def _ink(ground: str) -> str:
    red, green, blue = (int(ground[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.45 else WHITE  # noqa: PLR2004  half-way in perceived lightness


def _outline(left: float, top: float, area: Size) -> list[Element]:
    return [Box(left, top, area.width, area.height, None, OUTLINE_MM)]
