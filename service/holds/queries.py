"""Reading holds."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row
from sqlmodel import Session

from service.db import table
from service.errors import NotFoundError
from service.handlers.models import Handler
from service.holds.models import Hold
from service.media.barcodes import shown
from service.media.queries import barcodes_of, chunks

_HOLD = table(Hold)
NUMBER = re.compile(r"H-[0-9]{4,12}")
_HANDLER = table(Handler)


@dataclass(frozen=True, slots=True)
class Held:
    """An open hold on a medium."""

    hold_id: str
    number: str
    medium_id: str
    reason: str
    placed_at: datetime
    placed_by: str | None
    review_on: date | None


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold with the names of its people."""

    number: str
    hold_id: str
    medium_id: str
    barcode: str
    reason: str
    owner: str
    approver: str
    placed_by: str
    placed_by_id: str | None
    placed_at: datetime
    review_on: date | None
    released_at: datetime | None
    released_by: str


def held(reader: Session | Connection, medium_ids: Iterable[str]) -> dict[str, list[Held]]:
    """The open holds of these media, oldest first; a medium without any is not in it."""
    connection = reader.connection() if isinstance(reader, Session) else reader
    columns = [_HOLD.c[name] for name in Held.__dataclass_fields__]
    found: dict[str, list[Held]] = {}
    for part in chunks(dict.fromkeys(medium_ids)):
        query = select(*columns).where(_HOLD.c.medium_id.in_(part), _HOLD.c.released_at.is_(None))
        for row in connection.execute(query.order_by(_HOLD.c.hold_id)):
            found.setdefault(row.medium_id, []).append(Held(*row))
    return found


def row_by_number(connection: Connection, number: str) -> Row[Any]:
    known = NUMBER.fullmatch(number) is not None
    found = connection.execute(select(_HOLD).where(_HOLD.c.number == number)).one_or_none() if known else None
    if found is None:
        raise NotFoundError("hold", shown(number))
    return found


def hold(connection: Connection, number: str) -> HoldView:
    """Raises NotFoundError."""
    found = _views(connection, _HOLD.c.number == number, 1) if NUMBER.fullmatch(number) else []
    if not found:
        raise NotFoundError("hold", shown(number))
    return found[0]


def holds_of(session: Session, medium_id: str, *, open_only: bool = True) -> list[HoldView]:
    """Newest first."""
    only = _HOLD.c.medium_id == medium_id
    return _views(session.connection(), only & _HOLD.c.released_at.is_(None) if open_only else only, 100)


def holds(
    session: Session, *, open_only: bool = True, after: str | None = None, limit: int = 50
) -> list[HoldView]:
    """Newest first; `after` continues below a hold_id."""
    only = _HOLD.c.released_at.is_(None) if open_only else _HOLD.c.hold_id.is_not(None)
    return _views(session.connection(), only if after is None else only & (_HOLD.c.hold_id < after), limit)


def _views(connection: Connection, only: Any, limit: int) -> list[HoldView]:
    query = select(_HOLD).where(only).order_by(_HOLD.c.hold_id.desc()).limit(limit)
    rows = connection.execute(query).all()
    people = _names(connection, rows)
    media = barcodes_of(connection, [row.medium_id for row in rows])
    return [
        HoldView(
            number=row.number, hold_id=row.hold_id, medium_id=row.medium_id, barcode=media[row.medium_id], reason=row.reason,
            owner=people.get(row.owner_id, ""), approver=people.get(row.approver_id, ""),
            placed_by=people.get(row.placed_by, ""), placed_by_id=row.placed_by, placed_at=row.placed_at,
            review_on=row.review_on, released_at=row.released_at, released_by=people.get(row.released_by, ""),
        )
        for row in rows
    ]  # fmt: skip


def _names(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str | None, str]:
    wanted = {one for row in rows for one in (row.owner_id, row.approver_id, row.placed_by, row.released_by)}
    query = select(_HANDLER.c.handler_id, _HANDLER.c.name)
    return {
        found: name
        for part in chunks(wanted - {None})
        for found, name in connection.execute(query.where(_HANDLER.c.handler_id.in_(part)))
    }


def handler_name(connection: Connection, handler_id: str | None) -> str | None:
    """The name of an active handler, None when there is none."""
    if handler_id is None or not handler_id.isprintable():  # PostgreSQL refuses NUL in a parameter
        return None
    query = select(_HANDLER.c.name).where(_HANDLER.c.handler_id == handler_id, _HANDLER.c.active)
    return connection.execute(query).scalar_one_or_none()


def oldest_open(connection: Connection, medium_id: str) -> datetime | None:
    query = select(_HOLD.c.placed_at).where(_HOLD.c.medium_id == medium_id, _HOLD.c.released_at.is_(None))
    return connection.execute(query.order_by(_HOLD.c.placed_at).limit(1)).scalar_one_or_none()
