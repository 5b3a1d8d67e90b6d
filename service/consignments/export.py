"""Lists as CSV: exactly what is shown, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from service.consignments.listing import ConsignmentRow, LineRow
from service.ledger.format import timestamp

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate what begins so
LINE_COLUMNS = (
    "line", "barcode", "serial_number", "type", "generation", "dataset", "encrypted", "container", "state",
    "expires_on", "skip_reason",
)  # fmt: skip
CONSIGNMENT_COLUMNS = (
    "number", "state", "overdue", "direction", "from", "to", "carrier", "purpose", "run", "media", "containers",
    "open_discrepancies", "due_at", "released_at", "received_at",
)  # fmt: skip
YES_NO = {None: "", True: "yes", False: "no"}


def lines_csv(rows: Iterable[LineRow]) -> bytes:
    return _csv(LINE_COLUMNS, (_line(row) for row in rows))


def consignments_csv(rows: Iterable[ConsignmentRow], now: datetime) -> bytes:
    return _csv(CONSIGNMENT_COLUMNS, (_consignment(row, now) for row in rows))


def _line(row: LineRow) -> Sequence[object]:
    return (
        row.line, row.barcode, row.serial_number, row.media_type, row.generation, row.dataset, YES_NO[row.encrypted],
        row.container, row.state, row.expires_on, row.skip_reason,
    )  # fmt: skip


def _consignment(row: ConsignmentRow, now: datetime) -> Sequence[object]:
    times = (timestamp(at) if at else None for at in (row.due_at, row.released_at, row.received_at))
    return (
        row.number, row.state, YES_NO[row.is_overdue(now)], row.direction, row.from_place, row.to_place, row.carrier,
        row.purpose, row.run, row.media, row.containers, row.discrepancies, *times,
    )  # fmt: skip


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_safe("" if value is None else str(value)) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
