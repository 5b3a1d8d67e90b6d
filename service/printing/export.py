"""Label jobs, labels and series as CSV: exactly what is listed, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from service.ledger.format import timestamp
from service.media.models import ReservationState
from service.printing.models import LabelState
from service.printing.queries import JobView, SeriesView
from service.printing.words import where_it_goes

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate what begins so
MOST_LINES = 20_000
STATES = (
    LabelState.PLANNED, LabelState.SENDING, LabelState.SENT, LabelState.PRINTED, LabelState.SPOILED, LabelState.WITHDRAWN,
)  # fmt: skip
JOB_COLUMNS = ("number", "state", "what", "which", "stock", "where", "series", *STATES, "created_at")
LABEL_COLUMNS = ("ordinal", "label", "state", "copies", "sent_at", "printed_at")
SERIES_COLUMNS = ("number", "series", "size", *ReservationState, "verified", "label_job", "reserved_at")


def jobs_csv(jobs: Iterable[JobView]) -> bytes:
    return _csv(
        JOB_COLUMNS,
        (
            (
                one.number, one.state, one.what, one.asked, one.stock, where_it_goes(one), one.series,
                *(one.count(state) for state in STATES), timestamp(one.created_at),
            )
            for one in jobs
        ),
    )  # fmt: skip


def labels_csv(labels: Iterable[Row[Any]]) -> bytes:
    return _csv(
        LABEL_COLUMNS,
        (
            (
                one.ordinal, one.payload, one.state, one.copies, timestamp(one.sent_at) if one.sent_at else None,
                timestamp(one.printed_at) if one.printed_at else None,
            )
            for one in labels
        ),
    )  # fmt: skip


def series_csv(series: Iterable[SeriesView]) -> bytes:
    return _csv(
        SERIES_COLUMNS,
        (
            (
                one.number, one.text, one.size, *(one.count(state) for state in ReservationState), one.verified, one.job,
                timestamp(one.reserved_at),
            )
            for one in series
        ),
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
