"""Barcodes given out for labels: reserved, issued on paper, used by a medium, or released unprinted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Row

from service.bookkeeping import next_number
from service.db import table
from service.errors import InvalidInputError, RefusedError, StateError
from service.ledger.writer import Unit
from service.media import rules
from service.media.barcodes import parse_barcode
from service.media.models import LABEL_SERIES, RESERVATION, LabelSeries, Reservation, ReservationState
from service.media.queries import chunks, ids_by_barcode

_RESERVATION = table(Reservation)
_SERIES = table(LabelSeries)
MOST_RESERVED = 10_000
MAX_TEXT = 1000
SHOWN = 5
SHOWN_FACTS = 100


class ReservationEvent(StrEnum):
    SERIES_RESERVED = "label_series:reserved"
    RESERVED = "reservation:reserved"
    ISSUED = "reservation:issued"
    VERIFIED = "reservation:verified"
    USED = "reservation:used"
    RELEASED = "reservation:released"


class BarcodesTakenError(RefusedError):
    """`taken` maps each barcode to why it is not free."""

    title = "Numbers that are taken"

    def __init__(self, taken: Mapping[str, str]) -> None:
        told = [f"{barcode} ({why})" for barcode, why in list(taken.items())[:SHOWN]]
        more = f" and {len(taken) - SHOWN:,} more" if len(taken) > SHOWN else ""
        super().__init__(
            f"A number is never given twice. Taken already: {', '.join(told)}{more}. No number was reserved.",
            next_step="Leave them out with “except”, or take the next free series.",
            taken=list(taken)[:SHOWN_FACTS],
            count=len(taken),
        )


class NotReleasableError(StateError):
    title = "Not to be given free"

    def __init__(self, kept: Mapping[str, str]) -> None:
        told = [f"{barcode} {why}" for barcode, why in list(kept.items())[:SHOWN]]
        more = f", and {len(kept) - SHOWN:,} more" if len(kept) > SHOWN else ""
        super().__init__(
            f"Only numbers that were never printed are given free: {', '.join(told)}{more}. Nothing was released.",
            next_step="Release the others, or spoil the printed labels with a reason.",
            kept=list(kept)[:SHOWN_FACTS],
        )


@dataclass(frozen=True, slots=True)
class Reserved:
    series_id: str
    number: str


def reserve(unit: Unit, text: str, barcodes: Sequence[str]) -> Reserved:
    """All of them as one series or, when one is taken, none. Raises BarcodesTakenError or InvalidInputError."""
    _check_size(text, barcodes)
    for barcode in barcodes:
        parse_barcode(barcode)
    unit.flush()
    known = reservations_of(unit.connection, barcodes)
    _refuse_taken(unit.connection, barcodes, known)
    series_id = unit.new_id()
    number = next_number(unit, "LS")
    values = {
        "series_id": series_id, "number": number, "text": text, "size": len(barcodes), "reserved_at": unit.now,
        "reserved_by": unit.actor.handler_id,
    }  # fmt: skip
    unit.create(LABEL_SERIES, values, ReservationEvent.SERIES_RESERVED)
    _give(unit, [barcode for barcode in barcodes if barcode not in known], series_id)
    again = {"series_id": series_id, "state": ReservationState.RESERVED}
    unit.change_many(
        RESERVATION,
        [barcode for barcode in barcodes if barcode in known],
        again,
        ReservationEvent.RESERVED,
    )
    return Reserved(series_id, number)


def _check_size(text: str, barcodes: Sequence[str]) -> None:
    if not 0 < len(barcodes) <= MOST_RESERVED:
        told = f"One series has 1 to {MOST_RESERVED:,} labels; this has {len(barcodes):,}."
        raise InvalidInputError(f"{told} No number was reserved.", fields={"series": told})
    if len(text) > MAX_TEXT:
        told = f"A series is written in up to {MAX_TEXT:,} characters."
        raise InvalidInputError(f"{told} No number was reserved.", fields={"series": told})


def _give(unit: Unit, barcodes: Sequence[str], series_id: str) -> None:
    rows = [
        {"barcode": barcode, "series_id": series_id, "state": ReservationState.RESERVED}
        for barcode in barcodes
    ]
    if rows:
        unit.connection.execute(insert(_RESERVATION), rows)
    for row in rows:
        unit.append(
            RESERVATION.subject(str(row["barcode"])),
            ReservationEvent.RESERVED,
            changes=RESERVATION.logged(row),
        )


def taken(connection: Connection, barcodes: Sequence[str]) -> dict[str, str]:
    """{barcode: why it is not free}"""
    return _taken(connection, barcodes, reservations_of(connection, barcodes))


def _refuse_taken(connection: Connection, barcodes: Sequence[str], known: Mapping[str, Row[Any]]) -> None:
    found = _taken(connection, barcodes, known)
    if found:
        raise BarcodesTakenError(found)


def _taken(connection: Connection, barcodes: Sequence[str], known: Mapping[str, Row[Any]]) -> dict[str, str]:
    media = ids_by_barcode(connection, barcodes)
    found: dict[str, str] = {}
    for barcode in barcodes:
        if barcode in media:
            found[barcode] = "a medium"
        elif barcode in known and known[barcode].state is not ReservationState.RELEASED:
            found[barcode] = f"{known[barcode].state.value} in {known[barcode].number}"
    return found


def reservations_of(connection: Connection, barcodes: Sequence[str]) -> dict[str, Row[Any]]:
    """{barcode: its reservation with the number of its series}"""
    query = select(_RESERVATION, _SERIES.c.number).join(
        _SERIES, _SERIES.c.series_id == _RESERVATION.c.series_id
    )
    return {
        row.barcode: row
        for part in chunks(barcodes)
        for row in connection.execute(query.where(_RESERVATION.c.barcode.in_(part)))
    }


def release(unit: Unit, barcodes: Sequence[str], reason: str) -> None:
    """All or none, and only what was never printed. Raises NotReleasableError or InvalidInputError."""
    rules.check_reason(reason)
    known = reservations_of(unit.connection, barcodes)
    kept = {
        barcode: _why_kept(known.get(barcode))
        for barcode in barcodes
        if barcode not in known or known[barcode].state is not ReservationState.RESERVED
    }
    if kept:
        raise NotReleasableError(kept)
    values = {"state": ReservationState.RELEASED}
    unit.change_many(RESERVATION, list(barcodes), values, ReservationEvent.RELEASED, reason=reason.strip())


def _why_kept(row: Row[Any] | None) -> str:
    return "is not reserved" if row is None else f"is {row.state.value}"


def issue(unit: Unit, barcodes: Sequence[str]) -> None:
    """Labels with these barcodes are about to exist; what is no reservation, or was issued before, stays."""
    known = reservations_of(unit.connection, barcodes)
    first = [barcode for barcode, row in known.items() if row.state is ReservationState.RESERVED]
    values = {"state": ReservationState.ISSUED, "issued_at": unit.now}
    unit.change_many(RESERVATION, first, values, ReservationEvent.ISSUED)


def verify(unit: Unit, barcode: str) -> None:
    """A label with this barcode was scanned."""
    if barcode in reservations_of(unit.connection, [barcode]):
        unit.change(RESERVATION, barcode, {"verified_at": unit.now}, ReservationEvent.VERIFIED)


def use(unit: Unit, medium_ids: Mapping[str, str]) -> dict[str, Row[Any]]:
    """Media with these barcodes were taken in; the reservations they consume, as they were."""
    open_states = {ReservationState.RESERVED, ReservationState.ISSUED}
    known = reservations_of(unit.connection, list(medium_ids))
    found = {barcode: row for barcode, row in known.items() if row.state in open_states}
    for barcode in found:
        values = {"state": ReservationState.USED, "medium_id": medium_ids[barcode]}
        unit.change(RESERVATION, barcode, values, ReservationEvent.USED)
    return found
