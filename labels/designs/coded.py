"""Labels of one opaque identifier: a heading for people, one code for scanners, one caption."""

import re
from dataclasses import dataclass

from labels.errors import OpaquePayloadError, StockTooSmallError
from labels.faces import CAP_HEIGHT, drawable, fitting_size, shortened
from labels.layout import Anchor, Bars, Element, Face, Layout, Modules, Text
from labels.stock import Size, Stock
from labels.symbols.code128 import SSCC_APPLICATION_ID, code128, gs1_sscc
from labels.symbols.linear import LinearSymbol, Symbology
from labels.symbols.matrix import Correction, MatrixSymbol, data_matrix, qr
from labels.symbols.pitch import MM_PER_INCH, snapped_module

OPAQUE = re.compile(r"[A-Z0-9](?:-?[A-Z0-9]){0,31}")
MOST_CHARACTERS = 32
LEAST_MARGIN_MM = 1.0
MOST_MARGIN_MM = 4.0
LEAST_MATRIX_MM = 10.0
MOST_MODULE_MM = 1.6
LEAST_NARROW_MM = 0.25
MOST_NARROW_MM = 0.75
LEAST_BARS_MM = 5.0
MOST_BARS_MM = 40.0
GAP_MM = 1.2


@dataclass(frozen=True, slots=True)
class Coded:
    """`payload` is what the code says; `heading` what people read from afar; `caption` and `reading` are small lines."""

    what: str
    payload: str
    symbology: Symbology
    heading: str
    caption: str = ""
    reading: str = ""


def opaque(payload: str) -> str:
    """Raises OpaquePayloadError for anything that could be a name or free text."""
    if len(payload) > MOST_CHARACTERS or OPAQUE.fullmatch(payload) is None:
        raise OpaquePayloadError(payload)
    return payload


def coded_label(label: Coded, stock: Stock, dpi: int | None = None) -> Layout:
    """Raises OpaquePayloadError or StockTooSmallError."""
    margin = _margin(stock)
    room = Size(stock.label.width - 2 * margin, stock.label.height - 2 * margin)
    if label.symbology in (Symbology.DATA_MATRIX, Symbology.QR):
        elements = _beside(label, stock, room, margin, dpi)
    else:
        elements = _under(label, stock, room, dpi)
    payload = SSCC_APPLICATION_ID + label.payload if label.symbology is Symbology.GS1_128 else label.payload
    return Layout(payload, stock.label.width, stock.label.height, tuple(elements))


def _margin(stock: Stock) -> float:
    return max(stock.edge, LEAST_MARGIN_MM, min(MOST_MARGIN_MM, stock.label.height * 0.05))


def _beside(label: Coded, stock: Stock, room: Size, margin: float, dpi: int | None) -> list[Element]:
    symbol = _matrix(label)
    module, side = _module(label, symbol, stock, room, dpi)
    quiet = module * symbol.quiet_modules
    code = Modules(margin + quiet, (stock.label.height - side) / 2 + quiet, module, symbol)
    left = margin + side + GAP_MM
    return [
        code,
        *_lines(label, left, stock.label.height / 2, Size(stock.label.width - margin - left, room.height)),
    ]


def _module(
    label: Coded, symbol: MatrixSymbol, stock: Stock, room: Size, dpi: int | None
) -> tuple[float, float]:
    """Module and side of the code with its quiet zone; at most the height, and never the whole width."""
    modules = symbol.modules + 2 * symbol.quiet_modules
    module = min(MOST_MODULE_MM, room.height / modules, room.width * 0.45 / modules)
    if dpi:
        module = int(module * dpi / MM_PER_INCH) * MM_PER_INCH / dpi
    if module * symbol.modules < LEAST_MATRIX_MM:
        need = LEAST_MATRIX_MM * modules / symbol.modules + 2 * _margin(stock)
        raise StockTooSmallError(label.what, (stock.label.width, stock.label.height), (need * 2, need))
    return module, module * modules


def _lines(label: Coded, left: float, middle: float, room: Size) -> list[Element]:
    """Caption, heading and reading as one block, centred on `middle`."""
    heading_em = fitting_size(label.heading, min(12.0, room.height * 0.34), Face.MONO_BOLD, room.width * 0.96)
    small_em = max(1.9, min(4.2, room.height * 0.1))
    rows = [
        (label.caption, small_em, Face.SANS),
        (label.heading, heading_em, Face.MONO_BOLD),
        (label.reading, small_em, Face.MONO),
    ]
    shown = [(drawable(text, face), em, face) for text, em, face in rows if text]
    heights = [em * CAP_HEIGHT[face] for _, em, face in shown]
    y = middle - (sum(heights) + GAP_MM * 1.3 * (len(shown) - 1)) / 2
    elements: list[Element] = []
    for (text, em, face), height in zip(shown, heights, strict=True):
        y += height
        elements.append(Text(left, y, shortened(text, em, face, room.width), em, face))
        y += GAP_MM * 1.3
    return elements


def _under(label: Coded, stock: Stock, room: Size, dpi: int | None) -> list[Element]:
    """Caption, heading, bars and reading below one another, the block centred on the label."""
    symbol = _bars(label, stock, room, dpi)
    small_em = max(1.9, min(4.0, room.height * 0.1))
    heading_em = fitting_size(label.heading, min(26.0, room.height * 0.34), Face.MONO_BOLD, room.width * 0.96)
    small, heading = small_em * CAP_HEIGHT[Face.SANS], heading_em * CAP_HEIGHT[Face.MONO_BOLD]
    gap = max(GAP_MM, room.height * 0.022)
    above = (small + gap if label.caption else 0.0) + heading + gap
    below = small + gap if label.reading else 0.0
    height = min(MOST_BARS_MM, room.height - above - below)
    if height < LEAST_BARS_MM:
        need = stock.label.height + LEAST_BARS_MM - height
        raise StockTooSmallError(
            label.what, (stock.label.width, stock.label.height), (stock.label.width, need)
        )
    centre, bars_top = stock.label.width / 2, (stock.label.height + above - below - height) / 2
    top = bars_top - above
    caption = shortened(drawable(label.caption, Face.SANS), small_em, Face.SANS, room.width)
    texts = [
        Text(centre, top + small, caption, small_em, Face.SANS, Anchor.MIDDLE),
        Text(
            centre,
            bars_top - gap,
            drawable(label.heading, Face.MONO_BOLD),
            heading_em,
            Face.MONO_BOLD,
            Anchor.MIDDLE,
        ),
        Text(centre, bars_top + height + below, label.reading, small_em, Face.MONO, Anchor.MIDDLE),
    ]
    bars = Bars((stock.label.width - symbol.width_mm) / 2, bars_top, height, symbol)
    return [bars, *(text for text in texts if text.text)]


def _bars(label: Coded, stock: Stock, room: Size, dpi: int | None) -> LinearSymbol:
    modules = _linear(label, 1.0).width_mm + 20
    narrow = min(MOST_NARROW_MM, room.width / modules)
    if dpi:
        narrow = min(snapped_module(narrow, dpi), int(narrow * dpi / MM_PER_INCH) * MM_PER_INCH / dpi)
    if narrow < LEAST_NARROW_MM:
        need = modules * LEAST_NARROW_MM + stock.label.width - room.width
        raise StockTooSmallError(
            label.what, (stock.label.width, stock.label.height), (need, stock.label.height)
        )
    return _linear(label, narrow)


def _linear(label: Coded, narrow_mm: float) -> LinearSymbol:
    if label.symbology is Symbology.GS1_128:
        return gs1_sscc(label.payload, narrow_mm)
    return code128(opaque(label.payload), narrow_mm)


def _matrix(label: Coded) -> MatrixSymbol:
    payload = opaque(label.payload)
    return qr(payload, Correction.Q) if label.symbology is Symbology.QR else data_matrix(payload)
