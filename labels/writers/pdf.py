"""Labels to PDF: exact millimetres, vector bars, embedded faces. What recurs is drawn once and referred to."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import BinaryIO

from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase.pdfdoc import xObjectName

from labels.faces import EMBEDDING, register_faces
from labels.layout import Bars, Box, Element, Layout, Modules, Part, Placed, Text
from labels.stock import UNCALIBRATED, Calibration, Cut, Size, Stock, spot
from labels.writers.flat_canvas import new_canvas
from labels.writers.ink import POINTS_PER_MM, draw_box, draw_glyph, draw_modules, draw_text

CUT_MARK_MM = 1.1
CUT_GAP_MM = 0.3
CUT_LINE_MM = 0.1
CUT_GREY = 0.55


def labels_to_pdf(
    layouts: Iterable[Layout],
    stock: Stock,
    out: BinaryIO,
    *,
    title: str,
    start_at: int = 1,
    calibration: Calibration = UNCALIBRATED,
) -> int:
    """Writes the sheets and returns their number. The same labels give the same bytes. Raises StockPositionError."""
    sheet = _Sheet(stock, out, title, calibration)
    for index, layout in enumerate(layouts):
        place = spot(stock, index, start_at)
        sheet.turn_to(place.page)
        sheet.label(layout, place.x, place.y)
    return sheet.close()


class _Sheet:
    """The open page. Lengths that come in are millimetres from the top left."""

    def __init__(self, stock: Stock, out: BinaryIO, title: str, calibration: Calibration) -> None:
        register_faces()
        self.stock, self.calibration = stock, calibration
        self.canvas = new_canvas(out, stock.page)
        self.canvas.setTitle(title)
        self.canvas.setCreator("Strongroom")
        self.forms: dict[object, str] = {}
        self.named: set[str] = set()
        self.page = -1

    def turn_to(self, page: int) -> None:
        while self.page < page:
            if self.page >= 0:
                self.canvas.showPage()
            self.page += 1
            self._begin()

    def close(self) -> int:
        self.turn_to(0)
        self.canvas.showPage()
        with EMBEDDING:
            self.canvas.save()
        return self.page + 1

    def label(self, layout: Layout, x: float, y: float) -> None:
        # One move to the label, and everything in it relative: labels then differ in their characters alone, which
        # is what the compression of the page lives on.
        self.canvas.addLiteral(_into(x, y))
        for element in layout.elements:
            self.draw(element)
        self.canvas.addLiteral("Q")

    def draw(self, element: Element) -> None:
        match element:
            case Placed(x, y, part):
                self.canvas.addLiteral(_into(x, y))
                self._refer(("part", part.name), Size(part.width, part.height), partial(self._part, part))
                self.canvas.addLiteral("Q")
            case Bars():
                self._bars(element)
            case Modules():
                draw_modules(self.canvas, element, 0, 0)
            case Box():
                draw_box(self.canvas, element, 0, 0)
            case Text():
                draw_text(self.canvas, element, 0, 0)

    def _begin(self) -> None:
        self.named.clear()
        use = self.calibration
        height = self.stock.page.height * POINTS_PER_MM
        # Scaling is about the top left corner, where the offsets are measured from.
        self.canvas.translate(use.offset_x_mm * POINTS_PER_MM, height - use.offset_y_mm * POINTS_PER_MM)
        self.canvas.scale(use.scale_x, use.scale_y)
        if self.stock.cut is not Cut.NONE:
            self._refer("cut", self.stock.page, self._cuts)

    def _refer(self, key: object, size: Size, draw: Callable[[], None]) -> None:
        """Draws `key` at the origin; the first time as a form of its own."""
        if key not in self.forms:
            name = f"s{len(self.forms)}"
            self.canvas.beginForm(name, 0, -size.height * POINTS_PER_MM, size.width * POINTS_PER_MM, 0)
            draw()
            self.canvas.endForm()
            self.forms[key] = name
        name = self.forms[key]
        if name in self.named:
            # The page names the form already; the shared string costs a pointer where doForm would keep a new one.
            self.canvas.addLiteral(_done(name))
        else:
            self.canvas.doForm(name)
            self.named.add(name)

    def _part(self, part: Part) -> None:
        for element in part.elements:
            self.draw(element)

    def _bars(self, bars: Bars) -> None:
        symbol = bars.symbol
        self.canvas.addLiteral(_into(bars.x, bars.y))
        for glyph in symbol.glyphs:
            key = (symbol.symbology, glyph.name, symbol.narrow_mm, bars.height)
            draw = partial(draw_glyph, self.canvas, glyph, bars.height)
            self._refer(key, Size(glyph.advance_mm, bars.height), draw)
            self.canvas.addLiteral(_moved(glyph.advance_mm, 0))
        self.canvas.addLiteral("Q")

    def _cuts(self) -> None:
        self.canvas.setStrokeGray(CUT_GREY)
        self.canvas.setLineWidth(CUT_LINE_MM * POINTS_PER_MM)
        for index in range(self.stock.per_page):
            place = spot(self.stock, index)
            for line in _cut_lines(self.stock, place.x, place.y):
                x1, y1, x2, y2 = (value * POINTS_PER_MM for value in line)
                self.canvas.line(x1, -y1, x2, -y2)


@lru_cache(maxsize=4096)
def _done(name: str) -> str:
    return f"/{xObjectName(name)} Do"


@lru_cache(maxsize=4096)
def _into(x: float, y: float) -> str:
    return f"q {_moved(x, y)}"


@lru_cache(maxsize=4096)
def _moved(x: float, y: float) -> str:
    return f"1 0 0 1 {fp_str(x * POINTS_PER_MM, -y * POINTS_PER_MM)} cm"


def _cut_lines(stock: Stock, x: float, y: float) -> list[tuple[float, float, float, float]]:
    """Marks stand outside the label's corners; lines are its edges."""
    right, bottom = x + stock.label.width, y + stock.label.height
    if stock.cut is Cut.LINES:
        return [(x, y, right, y), (x, bottom, right, bottom), (x, y, x, bottom), (right, y, right, bottom)]
    near, far = CUT_GAP_MM, CUT_GAP_MM + CUT_MARK_MM
    across = [
        (edge + sign * near, at, edge + sign * far, at)
        for at in (y, bottom)
        for edge, sign in ((x, -1), (right, 1))
    ]
    upright = [
        (at, edge + sign * near, at, edge + sign * far)
        for at in (x, right)
        for edge, sign in ((y, -1), (bottom, 1))
    ]
    return across + upright
