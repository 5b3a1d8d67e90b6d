"""One direction of a run: its consignment, its containers, and when each step began and ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from service.consignments.models import (
    Consignment,
    ConsignmentContainer,
    ConsignmentState,
    Direction,
    ManifestLine,
)
from service.containers.models import Container
from service.db import table
from service.rotation.models import RunLine

_CONSIGNMENT = table(Consignment)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_MANIFEST = table(ManifestLine)
_LINE = table(RunLine)


@dataclass(frozen=True, slots=True)
class Between:
    """When the first and the last line did a step; None while none has."""

    first: datetime | None = None
    last: datetime | None = None


NEVER = Between()


@dataclass(frozen=True, slots=True)
class Box:
    barcode: str
    sealed_at: datetime | None


@dataclass(frozen=True)
class Leg:
    """`number` and `state` are the consignment's, None before the approval."""

    number: str | None = None
    state: ConsignmentState | None = None
    due_at: datetime | None = None
    frozen_at: datetime | None = None
    released_at: datetime | None = None
    received_at: datetime | None = None
    closed_at: datetime | None = None
    boxes: tuple[Box, ...] = ()
    ejected: Between = NEVER
    loaded: Between = NEVER
    scanned: Between = NEVER
    packed: Between = NEVER
    seen: Between = NEVER
    unpacked: Between = NEVER

    @property
    def sealed(self) -> int:
        return sum(box.sealed_at is not None for box in self.boxes)

    @property
    def is_dropped(self) -> bool:
        return self.state is ConsignmentState.CANCELLED


def leg(connection: Connection, run_id: str, direction: Direction, consignment_id: str | None) -> Leg:
    lines = connection.execute(
        select(
            func.min(_LINE.c.ejected_at), func.max(_LINE.c.ejected_at), func.min(_LINE.c.loaded_at),
            func.max(_LINE.c.loaded_at),
        ).where(_LINE.c.run_id == run_id, _LINE.c.direction == direction)
    ).one()  # fmt: skip
    ejected, loaded = Between(*lines[:2]), Between(*lines[2:])
    row = connection.execute(
        select(_CONSIGNMENT).where(_CONSIGNMENT.c.consignment_id == consignment_id)
    ).one_or_none()
    if row is None:
        return Leg(ejected=ejected, loaded=loaded)
    scanned, packed, seen, unpacked = _times(connection, row.consignment_id)
    return Leg(
        number=row.number, state=row.state, due_at=row.due_at, frozen_at=row.frozen_at, released_at=row.released_at,
        received_at=row.received_at, closed_at=row.closed_at, boxes=_boxes(connection, row.consignment_id), ejected=ejected,
        loaded=loaded, scanned=scanned, packed=packed, seen=seen, unpacked=unpacked,
    )  # fmt: skip


def _times(connection: Connection, consignment_id: str) -> list[Between]:
    columns = (_MANIFEST.c.scanned_at, _MANIFEST.c.packed_at, _MANIFEST.c.seen_at, _MANIFEST.c.unpacked_at)
    ends = [end(column) for column in columns for end in (func.min, func.max)]
    found = connection.execute(select(*ends).where(_MANIFEST.c.consignment_id == consignment_id)).one()
    return [Between(found[index], found[index + 1]) for index in range(0, len(found), 2)]


def _boxes(connection: Connection, consignment_id: str) -> tuple[Box, ...]:
    query = (
        select(_CONTAINER.c.barcode, _BOX.c.sealed_at)
        .join(_CONTAINER, _CONTAINER.c.container_id == _BOX.c.container_id)
        .where(_BOX.c.consignment_id == consignment_id)
        .order_by(_CONTAINER.c.barcode)
    )
    return tuple(Box(barcode, sealed_at) for barcode, sealed_at in connection.execute(query))
