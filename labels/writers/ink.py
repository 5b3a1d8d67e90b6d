"""Single elements on a reportlab canvas whose origin is the top left corner. Lengths in mm, y down; points below here."""

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from labels.faces import drawable, font, text_width
from labels.layout import Anchor, Bars, Box, Modules, Text
from labels.symbols.linear import Glyph

POINTS_PER_MM = 72 / 25.4
SHARE_LEFT_OF_ANCHOR = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}


def draw_box(canvas: Canvas, box: Box, x: float, y: float) -> None:
    inset = box.stroke_mm / 2
    left, top = (x + box.x + inset) * POINTS_PER_MM, -(y + box.y + inset) * POINTS_PER_MM
    width, height = (box.width - 2 * inset) * POINTS_PER_MM, (box.height - 2 * inset) * POINTS_PER_MM
    if box.fill:
        canvas.setFillColor(HexColor(box.fill))
    if box.stroke_mm:
        canvas.setLineWidth(box.stroke_mm * POINTS_PER_MM)
    fill, stroke = int(box.fill is not None), int(box.stroke_mm > 0)
    if box.radius_mm:
        canvas.roundRect(
            left, top - height, width, height, box.radius_mm * POINTS_PER_MM, stroke=stroke, fill=fill
        )
    else:
        canvas.rect(left, top - height, width, height, stroke=stroke, fill=fill)


def draw_text(canvas: Canvas, text: Text, x: float, y: float) -> None:
    font(text.face)
    shown = drawable(text.text, text.face)
    size = text.size_mm * POINTS_PER_MM
    shift = -text_width(shown, size, text.face) * SHARE_LEFT_OF_ANCHOR[text.anchor]
    left, base = (x + text.x) * POINTS_PER_MM, -(y + text.y) * POINTS_PER_MM
    canvas.setFillColor(HexColor(text.fill))
    canvas.setFont(text.face.value, size)
    if not text.turned:
        canvas.drawString(left + shift, base, shown)
        return
    canvas.saveState()
    canvas.translate(left, base)
    canvas.rotate(90)
    canvas.drawString(shift, 0, shown)
    canvas.restoreState()


def draw_glyph(canvas: Canvas, glyph: Glyph, height_mm: float, x: float = 0.0, y: float = 0.0) -> None:
    """One path for all bars of the glyph, with the current fill."""
    path = canvas.beginPath()
    bottom, height = -(y + height_mm) * POINTS_PER_MM, height_mm * POINTS_PER_MM
    for at, width in glyph.bars:
        path.rect((x + at) * POINTS_PER_MM, bottom, width * POINTS_PER_MM, height)
    canvas.drawPath(path, stroke=0, fill=1)


def draw_bars(canvas: Canvas, bars: Bars, x: float, y: float) -> None:
    at = x + bars.x
    canvas.setFillGray(0)
    for glyph in bars.symbol.glyphs:
        draw_glyph(canvas, glyph, bars.height, at, y + bars.y)
        at += glyph.advance_mm


def draw_modules(canvas: Canvas, modules: Modules, x: float, y: float) -> None:
    path = canvas.beginPath()
    side = modules.module_mm * POINTS_PER_MM
    left, top = (x + modules.x) * POINTS_PER_MM, -(y + modules.y) * POINTS_PER_MM
    for row, column, length in modules.symbol.runs():
        path.rect(left + column * side, top - (row + 1) * side, length * side, side)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
