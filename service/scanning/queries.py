"""What a scan task shows: what is left, what is done, what else waits for a scanner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_models

from service.consignments.models import (
    Consignment,
    ConsignmentContainer,
    ConsignmentState,
    Direction,
    LineState,
    ManifestLine,
    SealOutcome,
)
from service.containers.models import Container
from service.custody.sight import sees_consignment
from service.db import table
from service.errors import NotFoundError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.locations.models import Location
from service.media.models import Medium
from service.scanning.rules import Task, TaskKind

_LINE = table(ManifestLine)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_CONSIGNMENT = table(Consignment)

SHOWN = 200

LEFT: dict[TaskKind, tuple[LineState, ...]] = {
    TaskKind.PACK: (LineState.WANTED, LineState.SCANNED),
    TaskKind.RECEIVE: (LineState.PACKED,),
    TaskKind.UNPACK: (LineState.MATCHED, LineState.EXTRA),
}
DONE: dict[TaskKind, tuple[LineState, ...]] = {
    TaskKind.PACK: (LineState.PACKED,),
    TaskKind.RECEIVE: (LineState.MATCHED,),
    TaskKind.UNPACK: (LineState.UNPACKED,),
}
WHEN = {
    TaskKind.PACK: _LINE.c.packed_at,
    TaskKind.RECEIVE: _LINE.c.seen_at,
    TaskKind.UNPACK: _LINE.c.unpacked_at,
}
STATE_OF_TASK = {
    ConsignmentState.OPEN: TaskKind.PACK,
    ConsignmentState.IN_TRANSIT: TaskKind.RECEIVE,
    ConsignmentState.RECEIVED: TaskKind.UNPACK,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    barcode: str
    place: str


@dataclass(frozen=True, slots=True)
class Done:
    barcode: str
    at: datetime
    undoable: bool


def consignment_of(session: Session, person: Person, number: str) -> Consignment:
    """A consignment that this person may see; others are not there for them."""
    query = select_models(Consignment).where(Consignment.number == number)
    found = session.exec(query.where(sees_consignment(person, _CONSIGNMENT.c.consignment_id))).one_or_none()
    if found is None:
        raise NotFoundError("consignment", number)
    return found


def left(session: Session, task: Task, consignment_id: str) -> list[Waiting]:
    """The first of what is still to scan, with where each should be."""
    query = (
        select(_MEDIUM.c.barcode, _CONTAINER.c.barcode, _LOCATION.c.name)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
        .outerjoin(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .outerjoin(_BOX, (_BOX.c.container_id == _LINE.c.container_id) & (_BOX.c.consignment_id == _LINE.c.consignment_id))
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state.in_(LEFT[task.kind]))
        .order_by(_MEDIUM.c.barcode)
        .limit(SHOWN)
    )  # fmt: skip
    if task.kind is TaskKind.RECEIVE:
        query = query.where((_BOX.c.seal_outcome.is_(None)) | (_BOX.c.seal_outcome != SealOutcome.INTACT))
    return [
        Waiting(barcode, container or place)
        for barcode, container, place in session.connection().execute(query)
    ]


def done(session: Session, task: Task, consignment_id: str) -> list[Done]:
    """The newest of what was scanned."""
    at = WHEN[task.kind]
    query = (
        select(_MEDIUM.c.barcode, at, _BOX.c.seal_number)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .outerjoin(_BOX, (_BOX.c.container_id == _LINE.c.container_id) & (_BOX.c.consignment_id == _LINE.c.consignment_id))
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state.in_(DONE[task.kind]))
        .order_by(at.desc(), _MEDIUM.c.barcode)
        .limit(SHOWN)
    )  # fmt: skip
    undoable = task.kind is TaskKind.PACK
    return [
        Done(barcode, when, undoable and seal is None)
        for barcode, when, seal in session.connection().execute(query)
    ]


@dataclass(frozen=True, slots=True)
class OpenTask:
    task: Task
    consignment: Consignment


def open_tasks(session: Session, person: Person) -> list[OpenTask]:
    """Consignments that wait for this person's scanner: the step is their party's and their permission."""
    query = select_models(Consignment).where(col(Consignment.state).in_(list(STATE_OF_TASK)))
    found = []
    for consignment in session.exec(query.order_by(col(Consignment.consignment_id))):
        kind = STATE_OF_TASK[consignment.state]
        if _is_theirs(session, person, consignment, kind) and not _is_done(consignment, kind):
            found.append(OpenTask(Task(kind, consignment.number), consignment))
    return found


def _is_theirs(session: Session, person: Person, consignment: Consignment, kind: TaskKind) -> bool:
    place_id = consignment.from_location_id if kind is TaskKind.PACK else consignment.to_location_id
    place = session.get(Location, place_id)
    assert place is not None
    outward = consignment.direction is Direction.OUT
    ours = outward if kind is TaskKind.PACK else not outward
    needed = (
        (Permission.PACK if kind is TaskKind.PACK else Permission.RECEIVE) if ours else Permission.ACKNOWLEDGE
    )
    return place.party_id == person.party_id and person.may(needed)


def _is_done(consignment: Consignment, kind: TaskKind) -> bool:
    """Unpacking at the vendor is the vendor's own business."""
    return kind is TaskKind.UNPACK and (
        consignment.direction is Direction.OUT or consignment.step_done >= consignment.step_total
    )


def containers_of(session: Session, consignment_id: str) -> Sequence[str]:
    """Barcodes of the consignment's containers that are still open."""
    query = (
        select(_CONTAINER.c.barcode)
        .join(_BOX, _BOX.c.container_id == _CONTAINER.c.container_id)
        .where(_BOX.c.consignment_id == consignment_id, _BOX.c.seal_number.is_(None))
        .order_by(_CONTAINER.c.barcode)
    )
    return list(session.connection().execute(query).scalars())
