"""Label stock as data: sheets and rolls, where label n lies, and a printer's calibration."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from labels.errors import CalibrationError, StockPositionError, UnknownStockError

CALIBRATION_OFFSET_MM = 50.0
CALIBRATION_LENGTH_MM = 100.0
MOST_OFFSET_MM = 20.0
MOST_SCALE_ERROR = 0.1


class Cut(StrEnum):
    NONE = "none"
    MARKS = "marks"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Size:
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Stock:
    """Millimetres. A roll is a sheet of one label. `edge` is kept free on every side of a label."""

    name: str
    title: str
    page: Size
    label: Size
    left: float
    top: float
    pitch: Size
    columns: int
    rows: int
    corner: float
    edge: float
    cut: Cut
    roll: bool

    @property
    def per_page(self) -> int:
        return self.columns * self.rows


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a printer does to a page, undone: content is scaled first, then moved (mm)."""

    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0


UNCALIBRATED = Calibration()


@dataclass(frozen=True, slots=True)
class Spot:
    """Corner of one label; `page` counts from 0."""

    page: int
    x: float
    y: float


def stocks() -> Mapping[str, Stock]:
    return _table()


def stock(name: str) -> Stock:
    """Raises UnknownStockError."""
    if name not in _table():
        raise UnknownStockError(name, sorted(_table()))
    return _table()[name]


def spot(of: Stock, index: int, start_at: int = 1) -> Spot:
    """Where the label `index` (from 0) goes when the first goes to label `start_at` of a used sheet."""
    if not 1 <= start_at <= of.per_page:
        raise StockPositionError(start_at, of.per_page)
    page, place = divmod(index + start_at - 1, of.per_page)
    row, column = divmod(place, of.columns)
    return Spot(page, of.left + column * of.pitch.width, of.top + row * of.pitch.height)


def calibration_from(left_mm: float, top_mm: float, across_mm: float, down_mm: float) -> Calibration:
    """From the four lengths measured on the printed calibration page. Raises CalibrationError where one is implausible."""
    scale_x, scale_y = _scale("A length across", across_mm), _scale("A length down", down_mm)
    offset_x = _offset("A distance from the left", left_mm, scale_x)
    offset_y = _offset("A distance from the top", top_mm, scale_y)
    return Calibration(offset_x, offset_y, scale_x, scale_y)


def _scale(what: str, measured_mm: float) -> float:
    if abs(measured_mm / CALIBRATION_LENGTH_MM - 1) > MOST_SCALE_ERROR:
        raise CalibrationError(what, measured_mm)
    return CALIBRATION_LENGTH_MM / measured_mm


def _offset(what: str, measured_mm: float, scale: float) -> float:
    # The printer puts p at a + b p. Undone by scale 1/b and offset -a/b, which is 50 - measured/b for the line at 50.
    if abs(measured_mm - CALIBRATION_OFFSET_MM) > MOST_OFFSET_MM:
        raise CalibrationError(what, measured_mm)
    return CALIBRATION_OFFSET_MM - measured_mm * scale


@cache
def _table() -> dict[str, Stock]:
    rows = tomllib.loads(files("labels").joinpath("stocks.toml").read_text("utf-8"))["stock"]
    return {row["name"]: _stock(row) for row in rows}


def _stock(row: dict[str, Any]) -> Stock:
    label = Size(*row["label"])
    return Stock(
        name=row["name"],
        title=row["title"],
        page=Size(*row.get("page", row["label"])),
        label=label,
        left=row.get("left", 0.0),
        top=row.get("top", 0.0),
        pitch=Size(*row.get("pitch", row["label"])),
        columns=row.get("columns", 1),
        rows=row.get("rows", 1),
        corner=row.get("corner", 0.0),
        edge=row.get("edge", 0.0),
        cut=Cut(row.get("cut", "none")),
        roll=row.get("roll", False),
    )
