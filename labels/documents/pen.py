"""Drawing on a document's page in millimetres from the top left corner."""

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from labels.documents.facts import Mark, Stroke
from labels.faces import drawable, text_width
from labels.layout import Anchor, Bars, Face, Modules
from labels.writers.ink import POINTS_PER_MM, SHARE_LEFT_OF_ANCHOR, draw_bars, draw_modules

INK, QUIET, FAINT = 0.08, 0.33, 0.75
HAIR_MM, RULE_MM, STRONG_MM = 0.12, 0.3, 0.7
STROKE_MM = 0.35


class Pen:
    """The canvas with its origin moved to the top left; remembers face, size and grey so as not to repeat them."""

    def __init__(self, canvas: Canvas, height_mm: float) -> None:
        self.canvas = canvas
        self.height = height_mm * POINTS_PER_MM
        self._set: tuple[Face, float, float] | None = None

    def new_page(self) -> None:
        self._set = None
        self.canvas.translate(0, self.height)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        face: Face = Face.SANS,
        *,
        grey: float = INK,
        anchor: Anchor = Anchor.START,
    ) -> float:
        """Returns the width drawn, in mm."""
        if not text:
            return 0.0
        shown = drawable(text, face)
        width = text_width(shown, size, face)
        self._use(face, size, grey)
        left = at[0] - width * SHARE_LEFT_OF_ANCHOR[anchor]
        self.canvas.drawString(left * POINTS_PER_MM, -at[1] * POINTS_PER_MM, shown)
        return width

    def line(
        self, start: tuple[float, float], end: tuple[float, float], width: float = HAIR_MM, grey: float = INK
    ) -> None:
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(width * POINTS_PER_MM)
        x1, y1, x2, y2 = (value * POINTS_PER_MM for value in (*start, *end))
        self.canvas.line(x1, -y1, x2, -y2)

    def dashed(self, start: tuple[float, float], end: tuple[float, float], width: float = HAIR_MM) -> None:
        self.canvas.setDash(2, 2)
        self.line(start, end, width)
        self.canvas.setDash()

    def box(
        self,
        at: tuple[float, float],
        size: tuple[float, float],
        width: float = HAIR_MM,
        fill: float | None = None,
    ) -> None:
        x, y, w, h = (value * POINTS_PER_MM for value in (*at, *size))
        self._fill(fill)
        self.canvas.setStrokeGray(INK)
        self.canvas.setLineWidth(width * POINTS_PER_MM)
        self.canvas.rect(x, -y - h, w, h, stroke=int(width > 0), fill=int(fill is not None))

    def dot(self, at: tuple[float, float], radius: float, *, filled: bool) -> None:
        x, y, r = (value * POINTS_PER_MM for value in (*at, radius))
        self._fill(INK if filled else 1.0)
        self.canvas.setStrokeGray(INK)
        self.canvas.setLineWidth(RULE_MM * POINTS_PER_MM)
        self.canvas.circle(x, -y, r, stroke=1, fill=1)

    def mark(self, mark: Mark, at: tuple[float, float], size: float) -> None:
        """The shape of a state, `size` high, its middle at `at`: ring, triangle, tick, diamond, crossed box."""
        x, y, r = at[0], at[1], size / 2
        match mark:
            case Mark.NEUTRAL:
                self.dot(at, r * 0.8, filled=False)
            case Mark.MOVING:
                self._shape([(x - r * 0.7, y - r), (x + r, y), (x - r * 0.7, y + r)])
            case Mark.DONE:
                self.line((x - r, y), (x - r * 0.3, y + r * 0.7), RULE_MM * 1.4)
                self.line((x - r * 0.3, y + r * 0.7), (x + r, y - r * 0.8), RULE_MM * 1.4)
            case Mark.WAITING:
                self._shape([(x, y - r), (x + r, y), (x, y + r), (x - r, y)])
            case Mark.WRONG:
                self.line((x - r, y - r), (x + r, y + r), RULE_MM * 1.6)
                self.line((x - r, y + r), (x + r, y - r), RULE_MM * 1.6)

    def bars(self, bars: Bars) -> None:
        self._set = None
        draw_bars(self.canvas, bars, 0, 0)

    def modules(self, modules: Modules) -> None:
        self._set = None
        draw_modules(self.canvas, modules, 0, 0)

    def strokes(
        self, strokes: tuple[Stroke, ...], at: tuple[float, float], size: tuple[float, float]
    ) -> None:
        """A drawn signature, scaled into the box."""
        self.canvas.setLineWidth(STROKE_MM * POINTS_PER_MM)
        self.canvas.setStrokeGray(INK)
        self.canvas.setLineCap(1)
        self.canvas.setLineJoin(1)
        for stroke in strokes:
            path = self.canvas.beginPath()
            points = [
                ((at[0] + x * size[0]) * POINTS_PER_MM, -(at[1] + y * size[1]) * POINTS_PER_MM)
                for x, y in stroke
            ]
            path.moveTo(*points[0])
            # A dot is a line to itself with a round end.
            for point in points[1:] or points:
                path.lineTo(*point)
            self.canvas.drawPath(path, stroke=1, fill=0)
        self.canvas.setLineCap(0)
        self.canvas.setLineJoin(0)

    def image(self, reader: ImageReader, at: tuple[float, float], size: tuple[float, float]) -> None:
        x, y, w, h = (value * POINTS_PER_MM for value in (*at, *size))
        self.canvas.drawImage(reader, x, -y - h, w, h)

    def _shape(self, points: list[tuple[float, float]]) -> None:
        path = self.canvas.beginPath()
        self._fill(INK)
        path.moveTo(points[0][0] * POINTS_PER_MM, -points[0][1] * POINTS_PER_MM)
        for x, y in points[1:]:
            path.lineTo(x * POINTS_PER_MM, -y * POINTS_PER_MM)
        path.close()
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _use(self, face: Face, size: float, grey: float) -> None:
        if self._set == (face, size, grey):
            return
        self.canvas.setFont(face.value, size * POINTS_PER_MM)
        self.canvas.setFillGray(grey)
        self._set = (face, size, grey)

    def _fill(self, grey: float | None) -> None:
        self._set = None
        if grey is not None:
            self.canvas.setFillGray(grey)
