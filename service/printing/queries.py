"""Printers, label jobs and labels as read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.engine import Connection

from service.db import table
from service.devices.models import Job, JobState
from service.errors import NotFoundError
from service.media.barcodes import shown
from service.media.models import LabelSeries, Reservation, ReservationState
from service.printing.models import Label, LabelJob, LabelJobState, LabelState, Output, Printer, What

_PRINTER = table(Printer)
_JOB = table(LabelJob)
_LABEL = table(Label)
_SERIES = table(LabelSeries)
_RESERVATION = table(Reservation)
_DEVICE_JOB = table(Job)


@dataclass(frozen=True, slots=True)
class JobView:
    """`printer` and `series` are empty where there is none; `device_state` and `sentence` are of the printer's worker."""

    label_job_id: str
    number: str
    what: What
    asked: str
    output: Output
    stock: str
    reading: str
    colours: str
    dpi: int | None
    start_at: int
    state: LabelJobState
    created_at: datetime
    created_by: str | None
    printer: str
    series: str
    device_job_id: str | None
    device_state: JobState | None
    sentence: str | None
    counts: dict[LabelState, int]

    @property
    def labels(self) -> int:
        return sum(self.counts.values())

    def count(self, *states: LabelState) -> int:
        return sum(self.counts.get(state, 0) for state in states)


def job_row(connection: Connection, number: str) -> Row[Any]:
    """Raises NotFoundError."""
    query = select(_JOB).where(_JOB.c.number == number)
    found = connection.execute(query).one_or_none() if number.isprintable() else None
    if found is None:
        raise NotFoundError("label job", shown(number))
    return found


def device_job(connection: Connection, job: Row[Any]) -> Row[Any] | None:
    """The newest job of the printer's worker for this label job."""
    query = select(_DEVICE_JOB).where(_DEVICE_JOB.c.job_id == job.device_job_id)
    return connection.execute(query).one_or_none()


def jobs(
    connection: Connection,
    *,
    state: LabelJobState | None = None,
    what: What | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[JobView]:
    """Newest first; `after` continues below a label_job_id."""
    query = _job_views()
    if state is not None:
        query = query.where(_JOB.c.state == state)
    if what is not None:
        query = query.where(_JOB.c.what == what)
    if after is not None:
        query = query.where(_JOB.c.label_job_id < after)
    rows = connection.execute(query.order_by(_JOB.c.label_job_id.desc()).limit(limit)).all()
    return _with_counts(connection, rows)


def job(connection: Connection, number: str) -> JobView:
    """Raises NotFoundError."""
    row = job_row(connection, number)
    rows = connection.execute(_job_views().where(_JOB.c.label_job_id == row.label_job_id)).all()
    return _with_counts(connection, rows)[0]


def _job_views() -> Select[Any]:
    j = _JOB.c
    return (
        select(
            j.label_job_id, j.number, j.what, j.asked, j.output, j.stock, j.reading, j.colours, j.dpi, j.start_at, j.state,
            j.created_at, j.created_by, func.coalesce(_PRINTER.c.name, ""), func.coalesce(_SERIES.c.number, ""),
            j.device_job_id, _DEVICE_JOB.c.state, _DEVICE_JOB.c.fault,
        )
        .outerjoin(_PRINTER, _PRINTER.c.printer_id == j.printer_id)
        .outerjoin(_SERIES, _SERIES.c.series_id == j.series_id)
        .outerjoin(_DEVICE_JOB, _DEVICE_JOB.c.job_id == j.device_job_id)
    )  # fmt: skip


def _with_counts(connection: Connection, rows: Sequence[Row[Any]]) -> list[JobView]:
    query = select(_LABEL.c.label_job_id, _LABEL.c.state, func.count()).where(
        _LABEL.c.label_job_id.in_([row.label_job_id for row in rows])
    )
    counts: dict[str, dict[LabelState, int]] = {}
    for job_id, state, count in connection.execute(query.group_by(_LABEL.c.label_job_id, _LABEL.c.state)):
        counts.setdefault(job_id, {})[state] = count
    return [JobView(*[*row, counts.get(row.label_job_id, {})]) for row in rows]


def labels(
    connection: Connection,
    label_job_id: str,
    *,
    states: Sequence[LabelState] = (),
    after: int = 0,
    limit: int = 500,
) -> list[Row[Any]]:
    """In print order, behind the ordinal `after`."""
    query = select(_LABEL).where(_LABEL.c.label_job_id == label_job_id, _LABEL.c.ordinal > after)
    if states:
        query = query.where(_LABEL.c.state.in_(states))
    return list(connection.execute(query.order_by(_LABEL.c.ordinal).limit(limit)))


def newest_printed(connection: Connection, label_job_id: str, limit: int = 200) -> list[Row[Any]]:
    """The one scanned last first."""
    query = select(_LABEL).where(_LABEL.c.label_job_id == label_job_id, _LABEL.c.state == LabelState.PRINTED)
    return list(
        connection.execute(query.order_by(_LABEL.c.printed_at.desc(), _LABEL.c.ordinal.desc()).limit(limit))
    )


def labels_saying(connection: Connection, payload: str) -> list[Row[Any]]:
    """Every label with this payload, newest first, with its job's number."""
    if not payload.isprintable():
        return []
    query = select(_LABEL, _JOB.c.number).join(_JOB, _JOB.c.label_job_id == _LABEL.c.label_job_id)
    return list(
        connection.execute(query.where(_LABEL.c.payload == payload).order_by(_LABEL.c.label_id.desc()))
    )


def printers(connection: Connection, *, after: str | None = None, limit: int = 200) -> Sequence[Row[Any]]:
    query = select(_PRINTER).order_by(_PRINTER.c.printer_id).limit(limit)
    return connection.execute(query.where(_PRINTER.c.printer_id > after) if after else query).all()


def printer_row(connection: Connection, name: str) -> Row[Any]:
    """By its name or id. Raises NotFoundError."""
    named = (_PRINTER.c.name == name) | (_PRINTER.c.printer_id == name)
    found = connection.execute(select(_PRINTER).where(named)).first() if name.isprintable() else None
    if found is None:
        raise NotFoundError("printer", shown(name))
    return found


@dataclass(frozen=True, slots=True)
class SeriesView:
    series_id: str
    number: str
    text: str
    size: int
    reserved_at: datetime
    reserved_by: str | None
    job: str
    counts: dict[ReservationState, int]
    verified: int

    def count(self, state: ReservationState) -> int:
        return self.counts.get(state, 0)


def series(connection: Connection, *, after: str | None = None, limit: int = 100) -> list[SeriesView]:
    """Newest first."""
    s = _SERIES.c
    query = select(
        s.series_id, s.number, s.text, s.size, s.reserved_at, s.reserved_by, func.coalesce(_JOB.c.number, "")
    ).outerjoin(_JOB, _JOB.c.series_id == s.series_id)
    if after is not None:
        query = query.where(s.series_id < after)
    rows: Sequence[Any] = connection.execute(query.order_by(s.series_id.desc()).limit(limit)).all()
    return _with_reservations(connection, rows)


def one_series(connection: Connection, number: str) -> SeriesView:
    """Raises NotFoundError."""
    s = _SERIES.c
    query = select(
        s.series_id, s.number, s.text, s.size, s.reserved_at, s.reserved_by, func.coalesce(_JOB.c.number, "")
    ).outerjoin(_JOB, _JOB.c.series_id == s.series_id)
    found = connection.execute(query.where(s.number == number)).all() if number.isprintable() else []
    rows: Sequence[Any] = found
    if not rows:
        raise NotFoundError("series", shown(number))
    return _with_reservations(connection, rows[:1])[0]


def _with_reservations(connection: Connection, rows: Sequence[Any]) -> list[SeriesView]:
    r = _RESERVATION.c
    query = select(r.series_id, r.state, func.count(), func.count(r.verified_at)).where(
        r.series_id.in_([row.series_id for row in rows])
    )
    counts: dict[str, dict[ReservationState, int]] = {}
    verified: dict[str, int] = {}
    for series_id, state, count, scanned in connection.execute(query.group_by(r.series_id, r.state)):
        counts.setdefault(series_id, {})[state] = count
        verified[series_id] = verified.get(series_id, 0) + scanned
    return [
        SeriesView(*[*row, counts.get(row.series_id, {}), verified.get(row.series_id, 0)]) for row in rows
    ]


def reservations(
    connection: Connection, series_id: str, *, after: str = "", limit: int = 500
) -> list[Row[Any]]:
    """By barcode."""
    query = select(_RESERVATION).where(_RESERVATION.c.series_id == series_id, _RESERVATION.c.barcode > after)
    return list(connection.execute(query.order_by(_RESERVATION.c.barcode).limit(limit)))
