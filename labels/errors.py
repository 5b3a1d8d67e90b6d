"""Every refusal of this package; each class writes its own sentence.

LabelError
├── TextError
│   ├── UnencodableTextError      the symbology has no character for it
│   ├── OpaquePayloadError        a payload that is not an opaque identifier
│   ├── CheckCharacterError       the last character does not check the others
│   └── SsccError                 not 18 digits with their check digit
├── BarcodeError
│   ├── BarcodeLengthError
│   ├── BarcodeCharactersError
│   └── UnknownMediaIdError
├── SeriesError
│   ├── SeriesSyntaxError
│   ├── SeriesMismatchError
│   ├── SeriesOverlapError
│   └── SeriesTooLongError
├── StockError
│   ├── UnknownStockError
│   ├── StockTooSmallError
│   ├── StockPositionError
│   └── CalibrationError
├── DotPitchError                 the printer's dots cannot draw the bars to specification
├── FactsError
│   ├── NaiveTimeError            a time without a zone
│   └── StrokeError               a drawn signature that is no drawing
├── UnsnappedError                laid out without the dots of the printer it is to be printed on
└── LogoError
"""

from collections.abc import Sequence

SHOWN_AT_MOST = 5


class LabelError(Exception):
    pass


class TextError(LabelError):
    pass


class UnencodableTextError(TextError):
    def __init__(self, text: str, symbology: str) -> None:
        self.text, self.symbology = text, symbology
        super().__init__(f"{symbology} cannot hold {text!r}.")


class OpaquePayloadError(TextError):
    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not an opaque identifier: a label carries 1 to 32 of A-Z, 0-9 and single hyphens inside, "
            "never a name or free text."
        )


class CheckCharacterError(TextError):
    def __init__(self, text: str, expected: str) -> None:
        self.text, self.expected = text, expected
        super().__init__(f"{text!r} was mistyped: its last character should be {expected!r}.")


class SsccError(TextError):
    def __init__(self, text: str, reason: str) -> None:
        self.text, self.reason = text, reason
        super().__init__(f"{text!r} is not a serial shipping container code: {reason}.")


class BarcodeError(LabelError):
    pass


class BarcodeLengthError(BarcodeError):
    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} has {len(text)} characters; a cartridge label has 8: a volume serial of 6 and a media id of 2."
        )


class BarcodeCharactersError(BarcodeError):
    def __init__(self, text: str, bad: str) -> None:
        self.text, self.bad = text, bad
        hint = f" Meant {text.upper()}?" if text.upper() != text and text.isalnum() else ""
        super().__init__(
            f"{text!r} has characters a cartridge label cannot carry: {bad!r}. Only A-Z and 0-9 are allowed.{hint}"
        )


class UnknownMediaIdError(BarcodeError):
    def __init__(self, text: str, media_id: str, known: Sequence[str]) -> None:
        self.text, self.media_id, self.known = text, media_id, tuple(known)
        super().__init__(f"{text!r} ends in {media_id!r}, which is no media id. Known: {', '.join(known)}.")


class SeriesError(LabelError):
    pass


class SeriesSyntaxError(SeriesError):
    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not a series. Write FIRST..LAST, or single barcodes, separated by commas, with the gaps "
            "after 'except': ABC001L8..ABC400L8 except ABC013L8, ABC100L8..ABC109L8."
        )


class SeriesMismatchError(SeriesError):
    def __init__(self, first: str, last: str, reason: str) -> None:
        self.first, self.last, self.reason = first, last, reason
        super().__init__(f"{first}..{last} is no range: {reason}.")


class SeriesOverlapError(SeriesError):
    def __init__(self, barcodes: Sequence[str]) -> None:
        self.barcodes = tuple(barcodes)
        shown = ", ".join(barcodes[:SHOWN_AT_MOST])
        if len(barcodes) > SHOWN_AT_MOST:
            shown += f" and {len(barcodes) - SHOWN_AT_MOST} more"
        super().__init__(f"A number is never given twice. Already taken: {shown}.")


class SeriesTooLongError(SeriesError):
    def __init__(self, count: int, most: int) -> None:
        self.count, self.most = count, most
        super().__init__(f"The series has {count} labels; one series has at most {most}.")


class StockError(LabelError):
    pass


class UnknownStockError(StockError):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"There is no stock named {name!r}. Known: {', '.join(known)}.")


class StockTooSmallError(StockError):
    def __init__(self, design: str, have: tuple[float, float], need: tuple[float, float]) -> None:
        self.design, self.have, self.need = design, have, need
        super().__init__(
            f"{design} needs a label of at least {need[0]:.1f} by {need[1]:.1f} mm; "
            f"this stock has {have[0]:.1f} by {have[1]:.1f} mm."
        )


class StockPositionError(StockError):
    def __init__(self, position: int, per_page: int) -> None:
        self.position, self.per_page = position, per_page
        super().__init__(f"The sheet has labels 1 to {per_page}; there is no label {position} to start at.")


class CalibrationError(StockError):
    def __init__(self, what: str, value: float) -> None:
        self.what, self.value = what, value
        super().__init__(
            f"{what} of {value:g} is not a calibration: measure the printed calibration page again."
        )


class DotPitchError(LabelError):
    def __init__(self, dpi: int, wanted_mm: float, nearest_mm: float) -> None:
        self.dpi, self.wanted_mm, self.nearest_mm = dpi, wanted_mm, nearest_mm
        super().__init__(
            f"A {dpi} dpi printer cannot draw this bar code to specification: its narrow bar is {wanted_mm:.3f} mm and "
            f"the nearest whole number of dots gives {nearest_mm:.3f} mm. Use a 300 or 600 dpi printer."
        )


class LogoError(LabelError):
    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The logo cannot be printed: {reason}.")


class UnsnappedError(LabelError):
    def __init__(self, text: str, dpi: int) -> None:
        self.text, self.dpi = text, dpi
        super().__init__(
            f"The bars of {text!r} were not laid out for {dpi} dpi, so a printer would round their widths. "
            f"Lay the label out with dpi={dpi}."
        )


class FactsError(LabelError):
    pass


class NaiveTimeError(FactsError):
    def __init__(self, value: object) -> None:
        self.value = value
        super().__init__(f"{value} has no time zone, so nobody could say when it was.")


class StrokeError(FactsError):
    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The drawn signature cannot be printed: {reason}.")
