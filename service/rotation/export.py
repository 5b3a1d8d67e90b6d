"""The run sheet as CSV: exactly the lines and times of the page, both directions."""

import csv
import io
from datetime import datetime

from service.ledger.format import timestamp
from service.rotation.queries import SheetLine

COLUMNS = (
    "barcode", "direction", "why", "custody", "content", "slot", "batch", "ejected_at", "slot_seen_empty_at", "scanned_at",
    "container", "packed_at", "sealed_at", "signed_at", "acknowledged_at", "received_at", "unpacked_at", "loaded_at",
    "skip_reason",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate what begins so
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it spreadsheets take UTF-8 for something else


def csv_of(lines: list[SheetLine]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_values(line) for line in lines)
    return BYTE_ORDER_MARK + text.getvalue().encode()


def _values(line: SheetLine) -> list[str]:
    values = (
        line.barcode, line.direction.value, line.why, line.custody.value, line.content.value, line.source_number, line.batch,
        line.ejected_at, line.emptied_at, line.scanned_at, line.container, line.packed_at, line.sealed_at, line.released_at,
        line.seen_at, line.received_at, line.unpacked_at, line.loaded_at, line.skip_reason,
    )  # fmt: skip
    return [_text(value) for value in values]


def _text(value: object) -> str:
    text = timestamp(value) if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
