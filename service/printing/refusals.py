"""Refusals of the label package as refusals of a request, at the field they belong to."""

from collections.abc import Iterator
from contextlib import contextmanager

from labels.errors import (
    BarcodeError,
    CalibrationError,
    DotPitchError,
    LabelError,
    SeriesError,
    StockPositionError,
    StockTooSmallError,
    TextError,
    UnknownStockError,
)
from service.errors import InvalidInputError

# The first kind that fits decides.
FIELD_OF: tuple[tuple[type[LabelError], str], ...] = (
    (BarcodeError, "wanted"),
    (SeriesError, "wanted"),
    (TextError, "wanted"),
    (StockPositionError, "start_at"),
    (CalibrationError, "left_mm"),
    (UnknownStockError, "stock"),
    (StockTooSmallError, "stock"),
    (DotPitchError, "output"),
)


class NotPrintableError(InvalidInputError):
    title = "Not printable like this"


@contextmanager
def refusing() -> Iterator[None]:
    """Raises NotPrintableError in place of a LabelError."""
    try:
        yield
    except LabelError as error:
        field = next((field for kind, field in FIELD_OF if isinstance(error, kind)), "wanted")
        raise NotPrintableError(
            f"{error} No number was reserved and no label was planned.", fields={field: str(error)}
        ) from error
