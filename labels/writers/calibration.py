"""The calibration page: two rules to measure, and how to enter what was measured."""

from dataclasses import replace
from typing import BinaryIO

from labels.errors import StockTooSmallError
from labels.layout import Anchor, Box, Element, Face, Layout, Text
from labels.stock import CALIBRATION_LENGTH_MM, CALIBRATION_OFFSET_MM, UNCALIBRATED, Calibration, Cut, Stock
from labels.writers.pdf import labels_to_pdf

HAIR_MM = 0.1
LEAST_PAGE_MM = 180.0
TICK_MM = 2.0
LONG_TICK_MM = 4.0
STEPS = (
    "1. Print at 100 %, without fitting to the page, on the paper of the labels.",
    "2. Measure with a steel rule, to a tenth of a millimetre if you can:",
    "    A  from the left edge of the paper to the upright rule",
    "    B  from the top edge of the paper to the lying rule",
    "    C  the lying rule from end to end          D  the upright rule from end to end",
    "3. Enter A, B, C and D for this printer. Nominal: A 50, B 50, C 100, D 100.",
)


def calibration_to_pdf(stock: Stock, out: BinaryIO, calibration: Calibration = UNCALIBRATED) -> None:
    """With a calibration the page shows how well that fits. Raises StockTooSmallError for a roll."""
    if min(stock.page.width, stock.page.height) < LEAST_PAGE_MM:
        have = (stock.page.width, stock.page.height)
        raise StockTooSmallError("A calibration page", have, (LEAST_PAGE_MM, LEAST_PAGE_MM))
    labels_to_pdf([_page(stock)], _whole(stock), out, title="Calibration page", calibration=calibration)


def _whole(stock: Stock) -> Stock:
    return replace(stock, label=stock.page, left=0.0, top=0.0, columns=1, rows=1, cut=Cut.NONE)


def _page(stock: Stock) -> Layout:
    start, length = CALIBRATION_OFFSET_MM, CALIBRATION_LENGTH_MM
    elements: list[Element] = [*_rule(upright=False), *_rule(upright=True)]
    marks = (
        ("A", start / 2, start + 30),
        ("B", start + 30, start / 2),
        ("C", start + length + 5, start),
        ("D", start, start + length + 8),
    )
    elements += [Text(x, y + 1.5, letter, 6, Face.SANS_BOLD, Anchor.MIDDLE) for letter, x, y in marks]
    elements.append(Text(start + 12, start + 18, "Calibration", 6, Face.SANS_BOLD))
    elements.append(Text(start + 12, start + 25, stock.name, 3.6, Face.MONO))
    elements += [Text(start + 12, start + 36 + 6 * row, step, 3.3) for row, step in enumerate(STEPS)]
    return Layout("", stock.page.width, stock.page.height, tuple(elements))


def _rule(*, upright: bool) -> list[Element]:
    start, length = CALIBRATION_OFFSET_MM, CALIBRATION_LENGTH_MM
    line = (
        Box(start - HAIR_MM / 2, start, HAIR_MM, length)
        if upright
        else Box(start, start - HAIR_MM / 2, length, HAIR_MM)
    )
    return [line, *(_tick(start + at, at, upright=upright) for at in range(0, int(length) + 1, 5))]


def _tick(place: float, at: int, *, upright: bool) -> Box:
    reach = LONG_TICK_MM if at % 10 == 0 else TICK_MM
    start = CALIBRATION_OFFSET_MM
    if upright:
        return Box(start - reach, place - HAIR_MM / 2, reach, HAIR_MM)
    return Box(place - HAIR_MM / 2, start - reach, HAIR_MM, reach)
