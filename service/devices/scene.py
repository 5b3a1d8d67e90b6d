"""Everything the library page shows, read in a few queries that cost the same for 24 and for 20,000 slots but for the slots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlmodel import Session

from service.containers.models import Container
from service.custody.models import Discrepancy, DiscrepancyKind
from service.db import table
from service.devices.ejecting import frozen_media
from service.devices.models import Device, Element, ElementKind, Job, JobKind, TagReading
from service.devices.panel import EjectPanel
from service.devices.queries import job_panel, jobs_under_way
from service.locations.models import Location
from service.media.models import Content, Custody, MediaType, Medium
from service.media.queries import chunks
from service.parties.models import Party
from service.rotation.queries import lines_to_eject, numbers_of

_CONTAINER = table(Container)
_DISCREPANCY = table(Discrepancy)
_ELEMENT = table(Element)
_LOCATION = table(Location)
_MEDIUM = table(Medium)
_PARTY = table(Party)
SHOWN_FAULTS = 30
IN_LIBRARY_KINDS = (
    DiscrepancyKind.UNEXPECTED_IN_LIBRARY,
    DiscrepancyKind.ABSENT_FROM_LIBRARY,
    DiscrepancyKind.UNKNOWN_BARCODE,
    DiscrepancyKind.UNREADABLE_LABEL,
    DiscrepancyKind.MOVED_BY_OTHERS,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One element as last seen."""

    address: int
    kind: ElementKind
    number: int
    installed: bool
    full: bool
    reading: TagReading
    tag: str | None
    phantom: str | None
    medium_id: str | None
    drive_serial: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """The medium behind a tag, as the record has it."""

    medium_id: str
    barcode: str
    content: Content
    custody: Custody
    media_type: MediaType
    held: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """An open discrepancy of this library. `barcode` is what it is about, or what is recorded where a label is not read."""

    number: str
    kind: DiscrepancyKind
    sentence: str
    medium_id: str | None
    location_id: str | None
    barcode: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Media that are absent here and proved to be somewhere else."""

    where: str
    container: str | None
    media: int


@dataclass(frozen=True)
class Scene:
    """`wrong` media are kept out of every job; `going` leave with the job under way; `queued` is the number of jobs behind it."""

    device: Device
    where: str
    places: tuple[Place, ...]
    troubles: tuple[Trouble, ...]
    trouble_count: int
    wrong: frozenset[str]
    going: frozenset[str]
    agreeing: int
    panel: EjectPanel | None
    run_number: str | None
    queued: int
    gaps: tuple[Gap, ...]

    def of_kind(self, kind: ElementKind) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.kind is kind)

    @property
    def full(self) -> int:
        return sum(place.full for place in self.places)


def load_scene(session: Session, device: Device) -> Scene:
    connection = session.connection()
    places = _places(connection, device.device_id)
    troubles = _troubles(connection, device.library_id)
    jobs = jobs_under_way(session, device.device_id)
    job = jobs[0] if jobs else None
    ids = [place.medium_id for place in places if place.medium_id is not None]
    wrong = frozenset[str]().union(*(frozen_media(connection, part) for part in chunks(ids)))
    return Scene(
        device=device,
        where=_parent_path(connection, device.library_id),
        places=places,
        troubles=troubles[:SHOWN_FAULTS],
        trouble_count=len(troubles),
        wrong=wrong,
        going=_going(connection, job),
        agreeing=_agreeing(connection, device.device_id),
        panel=job_panel(session, job) if job else None,
        run_number=numbers_of(session, [job.run_id]).get(job.run_id) if job and job.run_id else None,
        queued=max(0, len(jobs) - 1),
        gaps=_gaps(connection),
    )


def _places(connection: Connection, device_id: str) -> tuple[Place, ...]:
    rows = connection.execute(
        select(
            _ELEMENT.c.address, _ELEMENT.c.kind, _ELEMENT.c.number, _ELEMENT.c.installed, _ELEMENT.c.full,
            _ELEMENT.c.reading, _ELEMENT.c.volume_tag, _ELEMENT.c.phantom_tag, _ELEMENT.c.medium_id, _ELEMENT.c.drive_serial,
        )
        .where(_ELEMENT.c.device_id == device_id)
        .order_by(_ELEMENT.c.kind, _ELEMENT.c.number)
    )  # fmt: skip
    return tuple(Place(*tuple(row)) for row in rows)


def _parent_path(connection: Connection, library_id: str) -> str:
    parent = select(_LOCATION.c.parent_id).where(_LOCATION.c.location_id == library_id).scalar_subquery()
    return str(
        connection.execute(
            select(_LOCATION.c.path).where(_LOCATION.c.location_id == parent)
        ).scalar_one_or_none()
        or ""
    )


def _troubles(connection: Connection, library_id: str) -> tuple[Trouble, ...]:
    inside = select(_LOCATION.c.location_id).where(_LOCATION.c.parent_id == library_id)
    about = _MEDIUM.c.medium_id == _DISCREPANCY.c.medium_id
    recorded_there = and_(
        _DISCREPANCY.c.kind == DiscrepancyKind.UNREADABLE_LABEL,
        _MEDIUM.c.location_id == _DISCREPANCY.c.location_id,
    )
    query = (
        select(
            _DISCREPANCY.c.number, _DISCREPANCY.c.kind, _DISCREPANCY.c.sentence, _DISCREPANCY.c.medium_id,
            _DISCREPANCY.c.location_id, _MEDIUM.c.barcode, _DISCREPANCY.c.opened_at,
        )
        .outerjoin(_MEDIUM, or_(about, recorded_there))
        .where(
            _DISCREPANCY.c.resolved_at.is_(None), _DISCREPANCY.c.kind.in_(IN_LIBRARY_KINDS),
            or_(_DISCREPANCY.c.location_id == library_id, _DISCREPANCY.c.location_id.in_(inside)),
        )
        .order_by(_DISCREPANCY.c.discrepancy_id.desc())
    )  # fmt: skip
    return tuple(Trouble(*row) for row in connection.execute(query))


def _going(connection: Connection, job: Job | None) -> frozenset[str]:
    if job is None or job.kind is not JobKind.EJECT or job.run_id is None:
        return frozenset()
    return frozenset(line.medium_id for line in lines_to_eject(connection, job.run_id))


def _agreeing(connection: Connection, device_id: str) -> int:
    """Media seen exactly where the record has them."""
    query = (
        select(func.count())
        .select_from(_ELEMENT)
        .join(
            _MEDIUM,
            and_(
                _MEDIUM.c.medium_id == _ELEMENT.c.medium_id, _MEDIUM.c.location_id == _ELEMENT.c.location_id
            ),
        )
        .where(_ELEMENT.c.device_id == device_id, _ELEMENT.c.full, _ELEMENT.c.reading == TagReading.READ)
    )
    return connection.execute(query).scalar_one()


def _gaps(connection: Connection) -> tuple[Gap, ...]:
    """What is packed, by container; what others have, by custodian. Media seen in any library are not among them."""
    seen = (
        select(_ELEMENT.c.medium_id)
        .where(_ELEMENT.c.medium_id == _MEDIUM.c.medium_id, _ELEMENT.c.full)
        .exists()
    )
    packed = (
        select(_CONTAINER.c.barcode, func.count())
        .join(_MEDIUM, _MEDIUM.c.container_id == _CONTAINER.c.container_id)
        .where(_MEDIUM.c.custody == Custody.PACKED, ~seen)
        .group_by(_CONTAINER.c.barcode)
        .order_by(_CONTAINER.c.barcode)
    )
    away = (
        select(_PARTY.c.name, func.count())
        .join(_MEDIUM, _MEDIUM.c.custodian_id == _PARTY.c.party_id)
        .where(_MEDIUM.c.custody == Custody.VAULTED, ~seen)
        .group_by(_PARTY.c.name)
        .order_by(_PARTY.c.name)
    )
    return (
        *(Gap("Scanned into ", container, count) for container, count in connection.execute(packed)),
        *(Gap(f"With {name}", None, count) for name, count in connection.execute(away)),
    )


def held_at(connection: Connection, places: Sequence[Place]) -> Mapping[str, Held]:
    """The media of these places, by id."""
    found: dict[str, Held] = {}
    for part in chunks([place.medium_id for place in places if place.medium_id is not None]):
        rows = connection.execute(select(_MEDIUM).where(_MEDIUM.c.medium_id.in_(part)))
        found |= {row.medium_id: _held(row) for row in rows}
    return found


def _held(row: Row[Any]) -> Held:
    return Held(
        row.medium_id, row.barcode, row.content, row.custody, row.media_type, row.held_since is not None
    )
