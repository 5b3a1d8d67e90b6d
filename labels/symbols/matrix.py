"""DataMatrix (ECC 200) and QR as rows of modules. zxing-cpp makes them; writers draw them as vectors."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import zxingcpp

from labels.errors import UnencodableTextError
from labels.symbols.linear import Symbology

QUIET_MODULES = {Symbology.DATA_MATRIX: 1, Symbology.QR: 4}
FORMATS = {
    Symbology.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.QR: zxingcpp.BarcodeFormat.QRCode,
}


class Correction(StrEnum):
    """QR error correction: the share of the code that may be lost. DataMatrix has one level of its own."""

    L = "L"
    M = "M"
    Q = "Q"
    H = "H"


@dataclass(frozen=True, slots=True)
class MatrixSymbol:
    """`rows` from the top; True is ink. No quiet zone inside."""

    symbology: Symbology
    text: str
    rows: tuple[tuple[bool, ...], ...]

    @property
    def modules(self) -> int:
        return len(self.rows)

    @property
    def quiet_modules(self) -> int:
        return QUIET_MODULES[self.symbology]

    def runs(self) -> list[tuple[int, int, int]]:
        """Ink as (row, first column, length)."""
        return [(y, x, length) for y, row in enumerate(self.rows) for x, length in _ink_runs(row)]


def data_matrix(text: str) -> MatrixSymbol:
    return _made(Symbology.DATA_MATRIX, text, Correction.M)


def qr(text: str, correction: Correction = Correction.M) -> MatrixSymbol:
    return _made(Symbology.QR, text, correction)


@lru_cache(maxsize=256)
def _made(symbology: Symbology, text: str, correction: Correction) -> MatrixSymbol:
    try:
        symbol = zxingcpp.create_barcode(text, FORMATS[symbology], **_options(symbology, text, correction))
    except ValueError as error:
        raise UnencodableTextError(text, symbology.value) from error
    return MatrixSymbol(symbology, text, _rows(symbol.to_image(scale=1, add_quiet_zones=False)))


def _options(symbology: Symbology, text: str, correction: Correction) -> dict[str, str]:
    # The level is QR's option; DataMatrix has none and would refuse it. Without the designator the library writes a
    # dash as Windows-1252, and a signed note read from paper would not verify.
    level = {"ec_level": correction.value} if symbology is Symbology.QR else {}
    return level if text.isascii() else {**level, "eci": "UTF-8"}


def _rows(image: Any) -> tuple[tuple[bool, ...], ...]:
    # The image offers the buffer protocol, which the library's type hints leave out.
    grey: list[list[int]] = memoryview(image).tolist()  # type: ignore[assignment]  # a two-dimensional view is a list of rows
    return tuple(tuple(value == 0 for value in row) for row in grey)


def _ink_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    edges = [x for x in range(len(row) + 1) if (x > 0 and row[x - 1]) != (x < len(row) and row[x])]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
