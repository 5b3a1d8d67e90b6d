"""Open discrepancies, transfers and the evidence behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, column, false, func
from sqlalchemy import select as select_core
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection, Row
from sqlmodel import Session, col, select

from service.custody.models import Discrepancy, DiscrepancyKind, Evidence, Transfer
from service.custody.rules import is_number
from service.custody.sight import sees_consignment, sees_discrepancy
from service.db import table
from service.errors import NotFoundError
from service.handlers.queries import Person
from service.ids import is_id
from service.locations.models import Location
from service.media.barcodes import shown
from service.media.models import Medium
from service.parties.models import Party

_DISCREPANCY = table(Discrepancy)
_TRANSFER = table(Transfer)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
# Containers, consignments and runs are higher rooms; their names are asked of the tables alone.
_CONTAINER = named_table("container", column("container_id"), column("barcode"))
_CONSIGNMENT = named_table("consignment", column("consignment_id"), column("number"))
_RUN = named_table("run", column("run_id"), column("number"))


def discrepancies(
    session: Session,
    *,
    open_only: bool = True,
    consignment_id: str | None = None,
    run_id: str | None = None,
    medium_id: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[Discrepancy]:
    """Newest first; `after` continues below a discrepancy_id."""
    query = select(Discrepancy)
    if open_only:
        query = query.where(col(Discrepancy.resolved_at).is_(None))
    for found, value in (
        (Discrepancy.consignment_id, consignment_id),
        (Discrepancy.run_id, run_id),
        (Discrepancy.medium_id, medium_id),
    ):
        if value is not None:
            query = query.where(found == value)
    if after is not None:
        query = query.where(col(Discrepancy.discrepancy_id) < after)
    return list(session.exec(query.order_by(col(Discrepancy.discrepancy_id).desc()).limit(limit)))


def count_open(session: Session) -> int:
    return session.exec(
        select(func.count()).select_from(Discrepancy).where(col(Discrepancy.resolved_at).is_(None))
    ).one()


@dataclass(frozen=True, slots=True)
class DiscrepancyView:
    """A discrepancy with the names of what it is about; a name is empty where it is about no such thing."""

    discrepancy_id: str
    number: str
    kind: DiscrepancyKind
    sentence: str
    opened_at: datetime
    resolved_at: datetime | None
    resolution: str
    medium: str
    container: str
    consignment: str
    run: str
    place: str

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class DiscrepancySelection:
    """`consignment` and `medium` are its number and its barcode."""

    open: bool | None = True
    kind: DiscrepancyKind | None = None
    consignment: str | None = None
    medium: str | None = None


def discrepancy_views(
    connection: Connection,
    person: Person,
    wanted: DiscrepancySelection,
    *,
    after: str | None = None,
    limit: int = 100,
) -> list[DiscrepancyView]:
    """Newest first, as far as the person may see them; `after` continues below a discrepancy_id."""
    query = _views().where(sees_discrepancy(person), *_conditions(wanted))
    if after is not None:
        query = query.where(_DISCREPANCY.c.discrepancy_id < after)
    rows = connection.execute(query.order_by(_DISCREPANCY.c.discrepancy_id.desc()).limit(limit))
    return [_view(row) for row in rows]


def discrepancy_view(connection: Connection, person: Person, number: str) -> DiscrepancyView:
    """Raises NotFoundError, also for what the person may not see."""
    query = _views().where(_DISCREPANCY.c.number == number, sees_discrepancy(person))
    found = connection.execute(query).one_or_none() if is_number(number) else None
    if found is None:
        raise NotFoundError("discrepancy", shown(number))
    return _view(found)


def _views() -> Select[Any]:
    d = _DISCREPANCY.c
    return (
        select_core(
            d.discrepancy_id, d.number, d.kind, d.sentence, d.opened_at, d.resolved_at, d.resolution,
            _MEDIUM.c.barcode.label("medium"), _CONTAINER.c.barcode.label("container"),
            _CONSIGNMENT.c.number.label("consignment"), _RUN.c.number.label("run"), _LOCATION.c.path.label("place"),
        )
        .outerjoin(_MEDIUM, _MEDIUM.c.medium_id == d.medium_id)
        .outerjoin(_CONTAINER, _CONTAINER.c.container_id == d.container_id)
        .outerjoin(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == d.consignment_id)
        .outerjoin(_RUN, _RUN.c.run_id == d.run_id)
        .outerjoin(_LOCATION, _LOCATION.c.location_id == d.location_id)
    )  # fmt: skip


def _view(row: Row[Any]) -> DiscrepancyView:
    names = {
        name: getattr(row, name) or "" for name in ("medium", "container", "consignment", "run", "place")
    }
    return DiscrepancyView(
        row.discrepancy_id, row.number, row.kind, row.sentence, row.opened_at, row.resolved_at,
        row.resolution or "", **names,
    )  # fmt: skip


def _conditions(wanted: DiscrepancySelection) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.open is not None:
        resolved = _DISCREPANCY.c.resolved_at
        found.append(resolved.is_(None) if wanted.open else resolved.is_not(None))
    if wanted.kind is not None:
        found.append(_DISCREPANCY.c.kind == wanted.kind)
    if wanted.consignment is not None:
        found.append(
            _CONSIGNMENT.c.number == wanted.consignment if is_number(wanted.consignment) else false()
        )
    if wanted.medium is not None:
        found.append(_MEDIUM.c.barcode == wanted.medium if wanted.medium.isprintable() else false())
    return found


@dataclass(frozen=True, slots=True)
class TransferView:
    """A custody transfer with the names of its parties; `released` and `received` are signature records or None."""

    transfer_id: str
    consignment_id: str
    consignment: str
    ordinal: int
    from_party: str
    to_party: str
    released: dict[str, Any] | None
    released_at: datetime | None
    received: dict[str, Any] | None
    received_at: datetime | None

    @property
    def complete(self) -> bool:
        return self.released is not None and self.received is not None


def transfer_views(
    connection: Connection,
    person: Person,
    *,
    consignment: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[TransferView]:
    """In the order in which they were opened; `consignment` is its number."""
    query = _transfers().where(sees_consignment(person, _TRANSFER.c.consignment_id))
    if consignment is not None:
        query = query.where(_CONSIGNMENT.c.number == consignment if is_number(consignment) else false())
    if after is not None:
        query = query.where(_TRANSFER.c.transfer_id > after)
    rows = connection.execute(query.order_by(_TRANSFER.c.transfer_id).limit(limit))
    return [TransferView(*row) for row in rows]


def transfers_of(connection: Connection, person: Person, consignment: str) -> list[TransferView]:
    """Both legs of a consignment, in the order of the way; none before its manifest is frozen."""
    found = transfer_views(connection, person, consignment=consignment)
    return sorted(found, key=lambda view: view.ordinal)


def transfer_view(connection: Connection, person: Person, transfer_id: str) -> TransferView:
    query = _transfers().where(
        _TRANSFER.c.transfer_id == transfer_id, sees_consignment(person, _TRANSFER.c.consignment_id)
    )
    found = connection.execute(query).one_or_none() if is_id(transfer_id) else None
    if found is None:
        raise NotFoundError("custody transfer", shown(transfer_id))
    return TransferView(*found)


def _transfers() -> Select[Any]:
    t, giver, taker = _TRANSFER.c, _PARTY.alias("giver"), _PARTY.alias("taker")
    return (
        select_core(
            t.transfer_id, t.consignment_id, _CONSIGNMENT.c.number, t.ordinal, giver.c.name, taker.c.name,
            t.released, t.released_at, t.received, t.received_at,
        )
        .join(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == t.consignment_id)
        .join(giver, giver.c.party_id == t.from_party_id)
        .join(taker, taker.c.party_id == t.to_party_id)
    )  # fmt: skip


def _sides(views: Sequence[TransferView]) -> list[dict[str, Any]]:
    return [side for view in views for side in (view.released, view.received) if side]


def drawn(views: Sequence[TransferView]) -> list[str]:
    """The SHA-256 of their drawn signatures."""
    return [str(side["evidence_sha256"]) for side in _sides(views) if side.get("evidence_sha256")]


def checkers(views: Sequence[TransferView]) -> list[str]:
    """Handler ids of those who saw an identity."""
    return [str(side["checked_by"]) for side in _sides(views) if side.get("checked_by")]


def drawings(connection: Connection, digests: Iterable[str]) -> dict[str, str]:
    """{sha256: SVG path data} of drawn signatures."""
    evidence = table(Evidence)
    query = select_core(evidence.c.sha256, evidence.c.content).where(
        evidence.c.sha256.in_(list(dict.fromkeys(digests)))
    )
    return {digest: bytes(content).decode() for digest, content in connection.execute(query)}
