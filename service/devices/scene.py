"""Everything the library page shows, read in a few queries that cost the same for 24 and for 20,000 slots but for the slots.

Those are left out where a fragment does not show them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Unicode, and_, func, select, type_coerce
from sqlalchemy.engine import Connection
from sqlmodel import Session

from service.containers.models import Container
from service.custody.models import Discrepancy, DiscrepancyKind
from service.db import table
from service.devices.models import Device, Element, ElementKind, Job, JobKind, TagReading
from service.devices.panel import EjectPanel
from service.devices.queries import job_panel, jobs_under_way
from service.devices.troubles import SHOWN_FAULTS, SHOWN_OF_MANY, Trouble, trouble_counts, troubles
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
LARGE = 500  # more slots than this are drawn as a strip


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
class Gap:
    """Media that are absent here and proved to be somewhere else."""

    where: str
    container: str | None
    media: int


@dataclass(frozen=True)
class Scene:
    """`wrong` media are kept out of every job; `going` leave with the job under way; `queued` is the number of jobs behind it.

    `counts` are of all places, also where `places` lacks the slots; `troubles` are some, what is wrong first, `trouble_counts` all.
    """

    device: Device
    where: str
    places: tuple[Place, ...]
    counts: Mapping[ElementKind, int]
    full: int
    troubles: tuple[Trouble, ...]
    trouble_counts: Mapping[DiscrepancyKind, int]
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
    def trouble_count(self) -> int:
        return sum(self.trouble_counts.values())


def load_scene(session: Session, device: Device, *, with_slots: bool = True) -> Scene:
    connection = session.connection()
    jobs = jobs_under_way(session, device.device_id)
    job = jobs[0] if jobs else None
    counts, full = _counts(connection, device.device_id)
    is_large = counts.get(ElementKind.SLOT, 0) > LARGE
    return Scene(
        device=device,
        where=_parent_path(connection, device.library_id),
        places=_places(connection, device.device_id, with_slots=with_slots),
        counts=counts,
        full=full,
        troubles=troubles(connection, device.library_id, SHOWN_OF_MANY if is_large else SHOWN_FAULTS),
        trouble_counts=trouble_counts(connection, device.library_id),
        wrong=_wrong(connection, device.device_id),
        going=_going(connection, job),
        agreeing=_agreeing(connection, device.device_id),
        panel=job_panel(session, job) if job else None,
        run_number=numbers_of(session, [job.run_id]).get(job.run_id) if job and job.run_id else None,
        queued=max(0, len(jobs) - 1),
        gaps=_gaps(connection),
    )


def has_many_slots(session: Session, device_id: str) -> bool:
    """Whether the page draws a strip."""
    return _counts(session.connection(), device_id)[0].get(ElementKind.SLOT, 0) > LARGE


# Plain text, looked up: twenty thousand rows are read for one page.
_KIND = type_coerce(_ELEMENT.c.kind, Unicode)
_READING = type_coerce(_ELEMENT.c.reading, Unicode)
_KINDS = {kind.value: kind for kind in ElementKind}
_READINGS = {reading.value: reading for reading in TagReading}


def _places(connection: Connection, device_id: str, *, with_slots: bool) -> tuple[Place, ...]:
    query = select(
        _ELEMENT.c.address, _KIND, _ELEMENT.c.number, _ELEMENT.c.installed, _ELEMENT.c.full, _READING,
        _ELEMENT.c.volume_tag, _ELEMENT.c.phantom_tag, _ELEMENT.c.medium_id, _ELEMENT.c.drive_serial,
    ).where(_ELEMENT.c.device_id == device_id)  # fmt: skip
    wanted = query if with_slots else query.where(_ELEMENT.c.kind != ElementKind.SLOT)
    rows = connection.execute(wanted.order_by(_ELEMENT.c.kind, _ELEMENT.c.number))
    return tuple(
        Place(address, _KINDS[kind], number, installed, full, _READINGS[reading], *rest)
        for address, kind, number, installed, full, reading, *rest in rows
    )


def _counts(connection: Connection, device_id: str) -> tuple[dict[ElementKind, int], int]:
    """(places by kind, places that hold something)"""
    rows = connection.execute(
        select(_ELEMENT.c.kind, func.count(), func.count().filter(_ELEMENT.c.full))
        .where(_ELEMENT.c.device_id == device_id)
        .group_by(_ELEMENT.c.kind)
    ).all()
    return {kind: count for kind, count, _ in rows}, sum(full for _, _, full in rows)


def _wrong(connection: Connection, device_id: str) -> frozenset[str]:
    """Media seen here that an open discrepancy keeps out of every job."""
    query = (
        select(_DISCREPANCY.c.medium_id)
        .join(_ELEMENT, _ELEMENT.c.medium_id == _DISCREPANCY.c.medium_id)
        .where(
            _ELEMENT.c.device_id == device_id,
            _DISCREPANCY.c.kind == DiscrepancyKind.UNEXPECTED_IN_LIBRARY,
            _DISCREPANCY.c.resolved_at.is_(None),
        )
    )
    return frozenset(connection.execute(query).scalars())


def _parent_path(connection: Connection, library_id: str) -> str:
    parent = select(_LOCATION.c.parent_id).where(_LOCATION.c.location_id == library_id).scalar_subquery()
    return str(
        connection.execute(
            select(_LOCATION.c.path).where(_LOCATION.c.location_id == parent)
        ).scalar_one_or_none()
        or ""
    )


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
