"""What a PDF page really draws: rectangles in millimetres from the top left, read from its vector operators."""

from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Matrix, Name

POINTS_PER_MM = 72 / 25.4
FILLING = {"f", "f*", "B", "B*"}
PAINTING = {*FILLING, "S", "n"}
# The state is (matrix, whether the fill has no colour).
STATE_CHANGES = {
    "cm": lambda state, values: (Matrix(*values) @ state[0], state[1]),
    "g": lambda state, _: (state[0], True),
    "rg": lambda state, values: (state[0], len(set(values)) == 1),
}


@dataclass(frozen=True)
class Filled:
    x: float
    y: float
    width: float
    height: float
    grey: bool


def filled(pdf: bytes, page: int = 0) -> list[Filled]:
    """Filled rectangles, forms resolved; `grey` where the fill was black and white only."""
    with pikepdf.open(BytesIO(pdf)) as document:
        leaf = document.pages[page]
        height = float(leaf.mediabox[3])
        return list(_walk(leaf, Matrix(), height))


def page_size_mm(pdf: bytes, page: int = 0) -> tuple[float, float]:
    with pikepdf.open(BytesIO(pdf)) as document:
        box = document.pages[page].mediabox
        return float(box[2]) / POINTS_PER_MM, float(box[3]) / POINTS_PER_MM


def _walk(holder, matrix, height):
    state, stack, pending = (matrix, True), [], []
    for operands, operator in pikepdf.parse_content_stream(holder):
        name = str(operator)
        if name == "q":
            stack.append(state)
        elif name == "Q":
            state = stack.pop()
        elif name in STATE_CHANGES:
            state = STATE_CHANGES[name](state, [float(value) for value in operands])
        elif name == "re":
            pending.append([float(value) for value in operands])
        elif name in PAINTING:
            yield from (_box(rect, state, height) for rect in pending if name in FILLING)
            pending = []
        elif name == "Do":
            yield from _form(holder, str(operands[0]), state[0], height)


def _form(holder, name, matrix, height):
    resources = holder.Resources if hasattr(holder, "Resources") else holder.obj.Resources
    form = resources.XObject[name]
    if form.get(Name.Subtype) == Name.Form:
        inner = Matrix(*[float(value) for value in form.get(Name.Matrix, [1, 0, 0, 1, 0, 0])])
        yield from _walk(form, inner @ matrix, height)


def _box(rect, state, height):
    x, y, w, h = rect
    corners = [state[0].transform(point) for point in ((x, y), (x + w, y + h))]
    left, right = sorted(corner[0] for corner in corners)
    bottom, top = sorted(corner[1] for corner in corners)
    return Filled(
        left / POINTS_PER_MM,
        (height - top) / POINTS_PER_MM,
        (right - left) / POINTS_PER_MM,
        (top - bottom) / POINTS_PER_MM,
        state[1],
    )
