"""Series of cartridge barcodes: ranges, single barcodes and gaps."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from labels.errors import SeriesMismatchError, SeriesOverlapError, SeriesSyntaxError, SeriesTooLongError
from labels.symbols.cartridge_barcode import CartridgeBarcode, parse_cartridge_barcode

MOST_LABELS = 100_000
EXCEPT = re.compile(r"\s+except\s+")
NUMBER = re.compile(r"(.*?)([0-9]+)")


@dataclass(frozen=True, slots=True)
class Run:
    """`first` to `last` inclusive, counted in the decimal digits at the end of the volume serial; no digits, one barcode."""

    prefix: str
    digits: int
    first: int
    last: int
    media_id: str

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[str]:
        return (self.prefix + self._number(n) + self.media_id for n in range(self.first, self.last + 1))

    def _number(self, n: int) -> str:
        return f"{n:0{self.digits}}" if self.digits else ""


@dataclass(frozen=True, slots=True)
class Series:
    """`text` as it was asked for; `barcodes` in print order, each once."""

    text: str
    barcodes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.barcodes)


def parse_series(text: str) -> Series:
    """`ABC001L8..ABC400L8, ABC500L8 except ABC013L8`. Raises a SeriesError or a BarcodeError."""
    wanted, *gaps = EXCEPT.split(text.strip())
    if len(gaps) > 1:
        raise SeriesSyntaxError(text)
    runs, holes = _runs(wanted, text), _runs(gaps[0], text) if gaps else []
    _bounded(sum(map(len, runs)))
    _bounded(sum(map(len, holes)))
    left_out = {barcode for hole in holes for barcode in hole}
    barcodes = [barcode for run in runs for barcode in run]
    _each_once(barcodes)
    kept = tuple(barcode for barcode in barcodes if barcode not in left_out)
    if not kept:
        raise SeriesSyntaxError(text)
    return Series(text.strip(), kept)


def refuse_taken(series: Series, taken: Collection[str]) -> Series:
    """The series itself, or SeriesOverlapError naming what is in use or reserved already."""
    overlap = [barcode for barcode in series.barcodes if barcode in taken]
    if overlap:
        raise SeriesOverlapError(overlap)
    return series


def _runs(text: str, whole: str) -> list[Run]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise SeriesSyntaxError(whole)
    return [_run(part, whole) for part in parts]


def _run(part: str, whole: str) -> Run:
    ends = [end.strip() for end in part.split("..")]
    match ends:
        case [only]:
            barcode = parse_cartridge_barcode(only)
            return Run(barcode.volume_serial, 0, 0, 0, barcode.media_id.id)
        case [first, last] if first and last:
            return _between(parse_cartridge_barcode(first), parse_cartridge_barcode(last))
        case _:
            raise SeriesSyntaxError(whole)


def _between(first: CartridgeBarcode, last: CartridgeBarcode) -> Run:
    prefix, digits, low = _split(first, last)
    end_prefix, end_digits, high = _split(last, first)
    if first.media_id != last.media_id:
        raise SeriesMismatchError(str(first), str(last), "the media ids differ")
    if (prefix, digits) != (end_prefix, end_digits):
        raise SeriesMismatchError(
            str(first), str(last), "they must be alike up to the number that is counted"
        )
    if low > high:
        raise SeriesMismatchError(str(first), str(last), "it runs backwards")
    return Run(prefix, digits, low, high, first.media_id.id)


def _split(barcode: CartridgeBarcode, other: CartridgeBarcode) -> tuple[str, int, int]:
    match = NUMBER.fullmatch(barcode.volume_serial)
    if match is None:
        reason = f"{barcode.volume_serial} does not end in a number to count"
        raise SeriesMismatchError(str(barcode), str(other), reason)
    return match[1], len(match[2]), int(match[2])


def _bounded(count: int) -> None:
    if count > MOST_LABELS:
        raise SeriesTooLongError(count, MOST_LABELS)


def _each_once(barcodes: list[str]) -> None:
    twice = [barcode for barcode, times in Counter(barcodes).items() if times > 1]
    if twice:
        raise SeriesOverlapError(twice)
