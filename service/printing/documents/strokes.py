"""A drawn signature, SVG path data in the box 0 0 600 168, as the polylines of the printed one."""

import re
from collections.abc import Iterator

from labels.documents.facts import Stroke

WIDTH, HEIGHT = 600.0, 168.0
STEP = re.compile(r"([MLQC])([^MLQC]*)")
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")

Point = tuple[float, float]
# Points a command takes: a curve's last is where it ends, the others pull it.
POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3}


def strokes(path: str) -> tuple[Stroke, ...]:
    """Whatever cannot be read is left out: a drawing is evidence by its hash, not by this picture."""
    found: list[list[Point]] = []
    for command, text in STEP.findall(path):
        for points in _groups(text, POINTS[command]):
            if command == "M" or not found:
                found.append([points[-1]])
            else:
                found[-1] += _drawn(found[-1][-1], points)
    return tuple(tuple(map(_in_box, stroke)) for stroke in found)


def _groups(text: str, size: int) -> Iterator[list[Point]]:
    numbers = [float(number) for number in NUMBER.findall(text)]
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    for start in range(0, len(points) - size + 1, size):
        yield points[start : start + size]


def _drawn(start: Point, points: list[Point]) -> list[Point]:
    """A line to its end; a curve over its middle, which at this size is all that can be seen."""
    if len(points) == 1:
        return points
    weights = {2: (0.25, 0.5, 0.25), 3: (0.125, 0.375, 0.375, 0.125)}[len(points)]
    pulled = list(zip(weights, (start, *points), strict=True))
    middle = sum(weight * x for weight, (x, _) in pulled), sum(weight * y for weight, (_, y) in pulled)
    return [middle, points[-1]]


def _in_box(point: Point) -> Point:
    return min(max(point[0] / WIDTH, 0.0), 1.0), min(max(point[1] / HEIGHT, 0.0), 1.0)
