"""One label to SVG at true scale: presentation attributes only, so that it may stand in a page with a strict policy."""

from xml.sax.saxutils import escape, quoteattr

from labels.faces import drawable
from labels.layout import Anchor, Bars, Box, Face, Layout, Modules, Text

FAMILIES = {
    Face.SANS: ("'Strongroom Sans', 'Inter', sans-serif", 400),
    Face.SANS_BOLD: ("'Strongroom Sans', 'Inter', sans-serif", 700),
    Face.MONO: ("'Strongroom Mono', 'JetBrains Mono', monospace", 400),
    Face.MONO_BOLD: ("'Strongroom Mono', 'JetBrains Mono', monospace", 700),
}
ANCHORS = {Anchor.START: "start", Anchor.MIDDLE: "middle", Anchor.END: "end"}


def label_to_svg(layout: Layout) -> str:
    """The label's own white ground included; `<title>` is the payload, for people who do not see it."""
    width, height = _n(layout.width), _n(layout.height)
    body = "\n".join(_element(element) for element in layout.flat())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}">\n<title>{escape(layout.payload)}</title>\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _element(element: Box | Text | Bars | Modules) -> str:
    match element:
        case Box():
            return _box(element)
        case Text():
            return _text(element)
        case Bars():
            return _bars(element)
        case Modules():
            return _modules(element)


def _box(box: Box) -> str:
    inset = box.stroke_mm / 2
    stroke = f' stroke="#000000" stroke-width="{_n(box.stroke_mm)}"' if box.stroke_mm else ""
    corner = f' rx="{_n(box.radius_mm)}"' if box.radius_mm else ""
    place = _rect(box.x + inset, box.y + inset, box.width - 2 * inset, box.height - 2 * inset)
    return f'<rect {place} fill="{box.fill or "none"}"{stroke}{corner}/>'


def _rect(x: float, y: float, width: float, height: float) -> str:
    return f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'


def _text(text: Text) -> str:
    family, weight = FAMILIES[text.face]
    turned = f' transform="rotate(-90 {_n(text.x)} {_n(text.y)})"' if text.turned else ""
    return (
        f'<text x="{_n(text.x)}" y="{_n(text.y)}" font-family={quoteattr(family)} font-weight="{weight}" '
        f'font-size="{_n(text.size_mm)}" text-anchor="{ANCHORS[text.anchor]}" fill="{text.fill}"{turned}>'
        f"{escape(drawable(text.text, text.face))}</text>"
    )


def _bars(bars: Bars) -> str:
    at, steps = bars.x, []
    for glyph in bars.symbol.glyphs:
        steps += [_path_rect(at + x, bars.y, width, bars.height) for x, width in glyph.bars]
        at += glyph.advance_mm
    return f'<path shape-rendering="crispEdges" d="{"".join(steps)}"/>'


def _modules(modules: Modules) -> str:
    side = modules.module_mm
    steps = [
        _path_rect(modules.x + column * side, modules.y + row * side, length * side, side)
        for row, column, length in modules.symbol.runs()
    ]
    return f'<path shape-rendering="crispEdges" d="{"".join(steps)}"/>'


def _path_rect(x: float, y: float, width: float, height: float) -> str:
    return f"M{_n(x)} {_n(y)}h{_n(width)}v{_n(height)}h-{_n(width)}z"


def _n(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
