"""One label to ZPL II for 300 and 600 dpi printers: native bar codes, the printer's scalable font, no colour."""

from labels.errors import UnsnappedError
from labels.faces import CAP_HEIGHT, text_width
from labels.layout import WHITE, Anchor, Bars, Box, Layout, Modules, Text
from labels.stock import UNCALIBRATED, Calibration, Size
from labels.symbols.linear import LinearSymbol, Symbology
from labels.symbols.matrix import MatrixSymbol
from labels.symbols.pitch import MM_PER_INCH

# Everything that is not one of these goes out as a hexadecimal escape: no text can end a field or start a command.
PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;-+*/()$%#'=&!?@")
MOST_COPIES = 999
DOT_TOLERANCE = 0.01
# Cap height of the printer's font 0 as a share of its character height.
FONT_0_CAP = 0.73
FONT_0_WIDTH = 0.5
HALVES = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}
JUSTIFIED = {Anchor.START: "L", Anchor.MIDDLE: "C", Anchor.END: "R"}


def label_to_zpl(
    layout: Layout, dpi: int, *, copies: int = 1, calibration: Calibration = UNCALIBRATED
) -> bytes:
    """One format, `^XA` to `^XZ`. Of the calibration the offsets apply. Raises UnsnappedError: lay out with the same dpi."""
    dots = _Dots(dpi, Size(layout.width, layout.height))
    shift = (dots(calibration.offset_x_mm), dots(calibration.offset_y_mm))
    head = [
        "^XA",
        "^CI28",
        f"^PW{dots(layout.width)}",
        f"^LL{dots(layout.height)}",
        "^LH0,0",
        f"^LS{-shift[0]}" if shift[0] else "",
        f"^LT{shift[1]}" if shift[1] else "",
    ]
    body = [_element(element, dots) for element in layout.flat()]
    tail = [f"^PQ{min(max(copies, 1), MOST_COPIES)}", "^XZ"]
    return ("\n".join(line for line in (*head, *body, *tail) if line) + "\n").encode("ascii")


class _Dots:
    """Millimetres to whole dots of a printer; `size` of the label in mm."""

    def __init__(self, dpi: int, size: Size) -> None:
        self.dpi, self.size = dpi, size

    def __call__(self, mm: float) -> int:
        return round(mm * self.dpi / MM_PER_INCH)


def field(text: str) -> str:
    """`text` as field data after `^FH_`: whatever could steer the printer, and all but plain ASCII, as `_XX`."""
    data = text.encode("utf-8")
    return "^FH_^FD" + "".join(chr(byte) if byte in PLAIN else f"_{byte:02X}" for byte in data) + "^FS"


def _element(element: Box | Text | Bars | Modules, dots: _Dots) -> str:
    match element:
        case Box():
            return _box(element, dots)
        case Text():
            return _text(element, dots)
        case Bars():
            return _bars(element, dots)
        case Modules():
            return _modules(element, dots)


def _at(x: float, y: float, dots: _Dots) -> str:
    return f"^FO{max(0, dots(x))},{max(0, dots(y))}"


def _box(box: Box, dots: _Dots) -> str:
    width, height = dots(box.x + box.width) - dots(box.x), dots(box.y + box.height) - dots(box.y)
    if box.fill not in (None, WHITE) and not box.stroke_mm:
        return f"{_at(box.x, box.y, dots)}^GB{width},{height},{min(width, height)}^FS"
    # A coloured or white cell is its outline on a printer with one colour.
    line = max(1, dots(box.stroke_mm))
    return f"{_at(box.x, box.y, dots)}^GB{width},{height},{line}^FS" if box.stroke_mm else ""


def _text(text: Text, dots: _Dots) -> str:
    """The scalable font at the layout's cap height, about as wide as the layout's own text."""
    cap = text.size_mm * CAP_HEIGHT[text.face]
    height = dots(cap / FONT_0_CAP)
    room = dots(text_width(text.text, text.size_mm, text.face))
    width = min(height, max(1, int(room / max(1, len(text.text)) / FONT_0_WIDTH)))
    along, most = (text.y, dots.size.height) if text.turned else (text.x, dots.size.width)
    block, start = _block(dots(along), dots(most), room + height, text.anchor, turned=text.turned)
    x, y = (dots(text.x - cap), start) if text.turned else (start, dots(text.y - cap))
    font = f"^A0{'B' if text.turned else 'N'},{height},{width}"
    return f"^FO{max(0, x)},{max(0, y)}{font}^FB{block},1,0,{JUSTIFIED[text.anchor]}{field(text.text)}"


def _block(at: int, most: int, wanted: int, anchor: Anchor, *, turned: bool) -> tuple[int, int]:
    """Length and start of the line's block. It wraps when it is tight, so it is longer than the text, but stays inside."""
    before, after = (most - at, at) if turned else (at, most - at)
    share = HALVES[anchor]
    room = min(before / share if share else wanted, after / (1 - share) if share < 1 else wanted)
    block = min(wanted, int(room))
    ahead = 1 - share if turned else share
    return block, at - round(block * ahead)


def _bars(bars: Bars, dots: _Dots) -> str:
    height = dots(bars.height)
    place = _at(bars.x, bars.y, dots)
    return f"{place}{_native_bars(bars.symbol, height, dots)}"


def _native_bars(symbol: LinearSymbol, height: int, dots: _Dots) -> str:
    narrow = _whole_dots(symbol, dots)
    match symbol.symbology:
        case Symbology.CODE_39:
            wide = _wide_dots(symbol, narrow, dots)
            return f"^BY{narrow},{wide / narrow:.1f},{height}^B3N,N,{height},N,N{field(symbol.text)}"
        case Symbology.GS1_128:
            return f"^BY{narrow}^BCN,{height},N,N,N,N{field('>;>8' + symbol.text)}"
        case _:
            return f"^BY{narrow}^BCN,{height},N,N,N,A{field(symbol.text)}"


def _whole_dots(symbol: LinearSymbol, dots: _Dots) -> int:
    narrow = dots(symbol.narrow_mm)
    if narrow < 1 or abs(symbol.narrow_mm * dots.dpi / MM_PER_INCH - narrow) > DOT_TOLERANCE:
        raise UnsnappedError(symbol.text, dots.dpi)
    return narrow


def _wide_dots(symbol: LinearSymbol, narrow: int, dots: _Dots) -> int:
    if symbol.dots is None or symbol.dots[0] != narrow:
        raise UnsnappedError(symbol.text, dots.dpi)
    return symbol.dots[1]


def _modules(modules: Modules, dots: _Dots) -> str:
    module = max(1, dots(modules.module_mm))
    if modules.symbol.symbology is Symbology.DATA_MATRIX:
        side = modules.symbol.modules
        native = f"^BXN,{module},200,{side},{side}"  # no escape character: the usual one is ~, which begins a command
        return f"{_at(modules.x, modules.y, dots)}{native}{field(modules.symbol.text)}"
    return f"{_at(modules.x, modules.y, dots)}{_graphic(modules.symbol, module)}"


def _graphic(symbol: MatrixSymbol, module: int) -> str:
    """`^GFA`: every row of modules as `module` rows of dots. QR as a picture, since printers differ in where `^BQ` starts."""
    row_bytes = -(-symbol.modules * module // 8)
    rows = []
    for row in symbol.rows:
        bits = "".join(("1" if ink else "0") * module for ink in row).ljust(row_bytes * 8, "0")
        rows.append(f"{int(bits, 2):0{row_bytes * 2}X}" * module)
    data = "".join(rows)
    return f"^GFA,{len(data) // 2},{len(data) // 2},{row_bytes},{data}^FS"
