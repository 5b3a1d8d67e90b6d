"""Bars of the codes on a page (command codes, the barcode of a printed sheet)."""

from dataclasses import dataclass
from itertools import groupby

from barcode import Code39, Code128

QUIET_MODULES = 10
MODULE = 2
HEIGHT = 40


@dataclass(frozen=True, slots=True)
class Bars:
    """`path` in a box of `width` x 40 user units, quiet zones of 10 modules included."""

    width: int
    height: int
    path: str


def bars(text: str, code: str) -> Bars:
    """`code` is "code128" or "code39" (no check character). Raises `barcode` errors for text it cannot hold."""
    modules = _modules(text, code)
    x, pieces = QUIET_MODULES * MODULE, []
    for bit, run in groupby(modules):
        width = len(list(run)) * MODULE
        if bit == "1":
            pieces.append(f"M{x} 0h{width}v{HEIGHT}h-{width}z")
        x += width
    return Bars(width=x + QUIET_MODULES * MODULE, height=HEIGHT, path="".join(pieces))


def _modules(text: str, code: str) -> str:
    encoder = Code39(text, add_checksum=False) if code == "code39" else Code128(text)
    return str(encoder.build()[0]).strip("0")
