"""Media as CSV, in pieces: exactly what a list with the same filters shows."""

import csv
import io
from collections.abc import Iterator

from service.db import Database
from service.media import listing
from service.media.listing import Selection
from service.media.schemas import MediumShape

COLUMNS = (
    "barcode", "type", "generation", "content", "custody", "custodian", "where", "serial_number", "dataset", "written_on",
    "expires_on", "encrypted", "tier", "held_since", "seen_at",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate what begins so
YES_NO = {None: "", True: "yes", False: "no"}


def csv_of(database: Database, wanted: Selection) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, as spreadsheets want it; on a connection of its own."""
    yield b"\xef\xbb\xbf" + _lines([COLUMNS])
    with database.reading() as session:
        for rows in listing.pages(session.connection(), wanted):
            yield _lines([_values(shape) for shape in listing.shapes(session.connection(), rows)])


def _lines(rows: "list[tuple[str, ...]]") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _values(one: MediumShape) -> tuple[str, ...]:
    values = (
        one.barcode, one.media_type, one.generation, one.content, one.custody, one.custodian.name, one.location.name,
        one.serial_number, one.dataset, one.written_on, one.expires_on, YES_NO[one.encrypted], one.tier, one.held_since,
        one.seen_at,
    )  # fmt: skip
    return tuple(_safe("" if value is None else str(value)) for value in values)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
