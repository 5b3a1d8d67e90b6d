"""Giving numbers of a series free again."""

from sqlalchemy import select

from labels.symbols import parse_series
from service.db import table
from service.errors import InvalidInputError
from service.ledger.writer import Unit
from service.media import reservations
from service.media.models import ReservationState
from service.printing.actions import LabelEvent, become
from service.printing.models import Label, LabelJob, LabelState
from service.printing.queries import one_series
from service.printing.queries import reservations as reservations_in
from service.printing.refusals import refusing

_LABEL = table(Label)
_JOB = table(LabelJob)


def release(unit: Unit, number: str, wanted: str, reason: str) -> int:
    """`wanted` written as a series; empty: all that were never printed. How many were given free."""
    found = one_series(unit.connection, number)
    rows = reservations_in(unit.connection, found.series_id, limit=found.size)
    inside = {row.barcode for row in rows}
    if wanted.strip():
        with refusing():
            barcodes = list(parse_series(wanted).barcodes)
        foreign = [barcode for barcode in barcodes if barcode not in inside]
        if foreign:
            told = f"{foreign[0]} is not in {number}."
            raise InvalidInputError(f"{told} Nothing was released.", fields={"series": told})
    else:
        barcodes = [row.barcode for row in rows if row.state is ReservationState.RESERVED]
    if not barcodes:
        told = f"Every number of {number} was printed or released before."
        raise InvalidInputError(f"{told} Nothing was released.", fields={"series": told})
    reservations.release(unit, barcodes, reason)
    _withdraw(unit, found.series_id, set(barcodes), reason.strip())
    return len(barcodes)


def _withdraw(unit: Unit, series_id: str, barcodes: set[str], reason: str) -> None:
    """The labels of these numbers are not printed any more."""
    query = select(_LABEL).join(_JOB, _JOB.c.label_job_id == _LABEL.c.label_job_id)
    planned = query.where(_JOB.c.series_id == series_id, _LABEL.c.state == LabelState.PLANNED)
    labels = [label for label in unit.connection.execute(planned) if label.payload in barcodes]
    become(unit, labels, LabelState.WITHDRAWN, LabelEvent.WITHDRAWN, reason=reason)
