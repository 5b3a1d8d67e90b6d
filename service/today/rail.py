"""The numbers beside the places of the rail. Every page pays for them: two statements over what is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlmodel import Session

from service.consignments.listing import NOT_CLOSED
from service.consignments.models import Consignment, ConsignmentState, Direction, LineState, ManifestLine
from service.consignments.rules import Duty, End, end_of, permission_for
from service.custody.models import Discrepancy
from service.custody.sight import is_outsider, sees_consignment
from service.db import table
from service.devices.models import Device, Job, JobState
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.locations.models import Location
from service.proposals.models import Proposal
from service.proposals.queries import to_decide
from service.rotation.models import Run, RunLine, RunState, Step
from service.web.views.frame import Count, Place
from service.web.views.parts import Tone

_CONSIGNMENT = table(Consignment)
_LINE = table(ManifestLine)
_DISCREPANCY = table(Discrepancy)
_JOB = table(Job)
_DEVICE = table(Device)
_RUN = table(Run)
_PROPOSAL = table(Proposal)
_RUN_LINE = table(RunLine)
_FROM = table(Location).alias("from_place")
_TO = table(Location).alias("to_place")
_OUT = table(Consignment).alias("out_consignment")
_HOME = table(Consignment).alias("home_consignment")
OVER = (ConsignmentState.RECONCILED, ConsignmentState.CANCELLED)


def rail_counts(session: Session, person: Person, now: datetime) -> Mapping[Place, Count]:
    connection = session.connection()
    roads = [_Road(*row) for row in connection.execute(_open_consignments(person))]
    house = NOBODYS if is_outsider(person) else _house(connection, person)
    wanted = [need for road in roads if (need := road.need(person, now))]
    found = {
        Place.TODAY: _today(wanted, house, may_resolve=person.may(Permission.RESOLVE)),
        Place.RUNS: _runs(house),
        Place.CONSIGNMENTS: _consignments(roads, wanted, now),
        Place.LIBRARY: _library(house),
    }
    return {place: count for place, count in found.items() if count is not None}


@dataclass(frozen=True, slots=True)
class _Road:
    """An open consignment, with no more of it than tells whose turn it is."""

    state: ConsignmentState
    direction: Direction
    from_party: str
    to_party: str
    due_at: datetime | None
    not_unpacked: bool
    in_dispute: bool

    def may(self, duty: Duty, person: Person) -> bool:
        party = self.from_party if end_of(duty, self.direction) is End.FROM else self.to_party
        return party == person.party_id and person.may(permission_for(duty, self.direction))

    def is_late(self, now: datetime) -> bool:
        return self.state is ConsignmentState.IN_TRANSIT and self.due_at is not None and self.due_at < now

    def need(self, person: Person, now: datetime) -> Tone | None:
        """As `consignments.queries.needs` finds it: a tone where this waits for the person."""
        match self.state:
            case ConsignmentState.OPEN:
                return Tone.BLUE if self.may(Duty.PACK, person) else None
            case ConsignmentState.FROZEN:
                return Tone.AMBER if self.may(Duty.RELEASE, person) else None
            case ConsignmentState.IN_TRANSIT:
                late = self.is_late(now)
                told = self.may(Duty.RECEIVE, person) or (late and self.may(Duty.CLOSE, person))
                return (Tone.RED if late else Tone.AMBER) if told else None
            case ConsignmentState.RECEIVED:
                return self._received(person)
            case _:
                return None

    def _received(self, person: Person) -> Tone | None:
        if self.direction is Direction.HOME and self.not_unpacked:
            return Tone.AMBER if self.may(Duty.RECEIVE, person) else None
        return Tone.BLUE if not self.in_dispute and self.may(Duty.CLOSE, person) else None


def _open_consignments(person: Person) -> Any:
    not_unpacked = (
        select(_LINE.c.medium_id)
        .where(_LINE.c.consignment_id == _CONSIGNMENT.c.consignment_id, _LINE.c.state == LineState.MATCHED)
        .exists()
    )
    disputed = (
        select(_DISCREPANCY.c.discrepancy_id)
        .where(
            _DISCREPANCY.c.consignment_id == _CONSIGNMENT.c.consignment_id,
            _DISCREPANCY.c.resolved_at.is_(None),
        )
        .exists()
    )
    return (
        select(
            _CONSIGNMENT.c.state, _CONSIGNMENT.c.direction, _FROM.c.party_id, _TO.c.party_id, _CONSIGNMENT.c.due_at,
            not_unpacked, disputed,
        )
        .join(_FROM, _FROM.c.location_id == _CONSIGNMENT.c.from_location_id)
        .join(_TO, _TO.c.location_id == _CONSIGNMENT.c.to_location_id)
        .where(_CONSIGNMENT.c.state.in_(NOT_CLOSED), sees_consignment(person, _CONSIGNMENT.c.consignment_id))
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _House:
    to_approve: int = 0
    under_way: int = 0
    to_close: int = 0
    asking: int = 0
    waiting: int = 0
    working: int = 0
    faults: int = 0
    discrepancies: int = 0
    proposals: int = 0


NOBODYS = _House()


def _house(connection: Connection, person: Person) -> _House:
    discrepancies = (
        select(
            func.count(func.coalesce(_DISCREPANCY.c.consignment_id, _DISCREPANCY.c.discrepancy_id).distinct())
        )
        .where(_DISCREPANCY.c.resolved_at.is_(None))
        .scalar_subquery()
    )
    return _House(*connection.execute(select(
        _count(_RUN, _RUN.c.state == RunState.PLANNED), _count(_RUN, _RUN.c.state == RunState.APPROVED), _to_close(),
        _count(_JOB, _JOB.c.state == JobState.NEEDS_OPERATOR), _count(_JOB, _JOB.c.state == JobState.WAITING),
        _count(_JOB, _JOB.c.state == JobState.RUNNING),
        _count(_DEVICE, and_(_DEVICE.c.enabled, _DEVICE.c.fault.is_not(None), _DEVICE.c.fault != "")), discrepancies,
        _count(_PROPOSAL, to_decide(person)),
    )).one())  # fmt: skip


def _count(of: Any, condition: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(of).where(condition).scalar_subquery()


def _to_close() -> ScalarSelect[int]:
    """Approved runs of which everything is reconciled and loaded."""
    not_loaded = (
        select(_RUN_LINE.c.medium_id)
        .select_from(_RUN_LINE)
        .join(_LINE, _LINE.c.medium_id == _RUN_LINE.c.medium_id)
        .where(
            _RUN_LINE.c.run_id == _RUN.c.run_id,
            _RUN_LINE.c.step == Step.PLANNED,
            _LINE.c.consignment_id == _RUN.c.home_consignment_id,
            _LINE.c.state == LineState.UNPACKED,
        )
        .exists()
    )
    return (
        select(func.count())
        .select_from(_RUN)
        .outerjoin(_OUT, _OUT.c.consignment_id == _RUN.c.out_consignment_id)
        .outerjoin(_HOME, _HOME.c.consignment_id == _RUN.c.home_consignment_id)
        .where(
            _RUN.c.state == RunState.APPROVED,
            or_(_OUT.c.state.is_(None), _OUT.c.state.in_(OVER)),
            or_(_HOME.c.state.is_(None), _HOME.c.state.in_(OVER)),
            ~not_loaded,
        )
        .scalar_subquery()
    )


def _today(wanted: list[Tone], house: _House, *, may_resolve: bool) -> Count | None:
    discrepancies = house.discrepancies if may_resolve else 0
    red = house.asking + house.faults + discrepancies
    number = len(wanted) + house.to_approve + house.to_close + house.waiting + house.proposals + red
    tone = Tone.RED if red or Tone.RED in wanted else Tone.AMBER
    return Count(number, tone, "things need a person") if number else None


def _runs(house: _House) -> Count | None:
    if house.to_approve:
        return Count(house.to_approve, Tone.AMBER, "wait for approval")
    return Count(house.under_way, Tone.BLUE, "under way") if house.under_way else None


def _consignments(roads: Iterable[_Road], wanted: list[Tone], now: datetime) -> Count | None:
    late = sum(road.is_late(now) for road in roads)
    if late:
        return Count(late, Tone.RED, "overdue")
    signatures = wanted.count(Tone.AMBER)
    if signatures:
        return Count(signatures, Tone.AMBER, "wait for a person")
    moving = sum(road.state is ConsignmentState.IN_TRANSIT for road in roads)
    return Count(moving, Tone.BLUE, "in transit") if moving else None


def _library(house: _House) -> Count | None:
    if house.asking or house.faults:
        return Count(house.asking + house.faults, Tone.RED, "wrong")
    if house.waiting:
        return Count(house.waiting, Tone.AMBER, "wait for a person")
    return Count(house.working, Tone.BLUE, "under way") if house.working else None
