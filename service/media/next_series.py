"""The next free series: as many barcodes as wanted, after the highest number that was ever given."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import InvalidInputError
from service.media.models import LabelSeries, MediaType, Medium, Reservation, ReservationState

_MEDIUM = table(Medium)
_RESERVATION = table(Reservation)
_SERIES = table(LabelSeries)
COUNTED = re.compile(r"([A-Z0-9]*?)([0-9]+)([A-Z0-9]{2})")
SERIAL_LENGTH = 6
PAGE = 500
MOST = 10_000


class NoNextSeriesError(InvalidInputError):
    title = "No next series"


def next_series(connection: Connection, count: int, like: str = "") -> str:
    """`ABC401L8..ABC500L8`. `like` gives letters, digits and media id; without it the last series, else the last medium.

    A number is passed over under any media id: libraries that report six characters could not tell the two apart.
    """
    if not 1 <= count <= MOST:
        told = f"Ask for 1 to {MOST:,} numbers."
        raise NoNextSeriesError(told, fields={"count": told})
    prefix, digits, media_id = _pattern(like.strip() or _last(connection))
    first = _highest(connection, prefix, digits) + 1
    last = first + count - 1
    if last >= 10**digits:
        left = 10**digits - first
        told = f"After {prefix}{first - 1:0{digits}}{media_id} there are {max(left, 0):,} numbers left with {digits} digits."
        raise NoNextSeriesError(told, fields={"like": told}, next_step="Begin with other letters.")
    one, other = (f"{prefix}{number:0{digits}}{media_id}" for number in (first, last))
    return one if one == other else f"{one}..{other}"


def _pattern(like: str) -> tuple[str, int, str]:
    found = COUNTED.fullmatch(like)
    if found is None or len(found[1] + found[2]) != SERIAL_LENGTH:
        told = (
            f"{like[:40]!r} is no barcode that counts, such as ABC001L8."
            if like
            else "No series and no tape is known yet."
        )
        raise NoNextSeriesError(
            told, fields={"like": told}, next_step="Say how the first one looks: ABC001L8."
        )
    return found[1], len(found[2]), found[3]


def _last(connection: Connection) -> str:
    """The highest barcode of the newest series, else the newest tape's."""
    newest = select(_SERIES.c.series_id).order_by(_SERIES.c.series_id.desc()).limit(1).scalar_subquery()
    query = select(_RESERVATION.c.barcode).where(_RESERVATION.c.series_id == newest)
    found = connection.execute(query.order_by(_RESERVATION.c.barcode.desc()).limit(1)).scalar_one_or_none()
    if found is not None:
        return str(found)
    tapes = select(_MEDIUM.c.barcode).where(_MEDIUM.c.media_type == MediaType.LTO)
    tape = connection.execute(tapes.order_by(_MEDIUM.c.medium_id.desc()).limit(1)).scalar_one_or_none()
    return str(tape or "")


def _highest(connection: Connection, prefix: str, digits: int) -> int:
    kept = _RESERVATION.c.state != ReservationState.RELEASED
    return max(
        _highest_in(connection, _MEDIUM, prefix, digits),
        _highest_in(connection, _RESERVATION, prefix, digits, kept),
    )


def _highest_in(
    connection: Connection, where: Table, prefix: str, digits: int, *conditions: ColumnElement[Any]
) -> int:
    """0 when there is none; walks down past barcodes that only begin alike."""
    counted = re.compile(rf"{prefix}([0-9]{{{digits}}})[A-Z0-9]{{2}}")
    below = f"{prefix}{'9' * digits}ZZ"
    query = select(where.c.barcode).where(where.c.barcode >= prefix, *conditions)
    while True:
        part = list(
            connection.execute(
                query.where(where.c.barcode <= below).order_by(where.c.barcode.desc()).limit(PAGE)
            ).scalars()
        )
        found = next((match for code in part if (match := counted.fullmatch(code))), None)
        if found is not None:
            return int(found[1])
        if len(part) < PAGE:
            return 0
        query = query.where(where.c.barcode < part[-1])
