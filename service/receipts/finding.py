"""A medium that was missing turns up: where, in whose hands, and why it was not where it had to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.consignments.lines import begin_step, set_line
from service.consignments.models import Consignment, ConsignmentState, Direction, LineState, ManifestLine
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import Discrepancy, DiscrepancyKind
from service.custody.rules import written
from service.db import table
from service.errors import ForbiddenError, InvalidInputError, StateError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.locations.actions import existing
from service.locations.models import Location, LocationKind
from service.media.queries import row_by_barcode

_CONSIGNMENT = table(Consignment)
_DISCREPANCY = table(Discrepancy)
_LINE = table(ManifestLine)
LONGEST_REASON = 500
NOT_THERE = (DiscrepancyKind.MISSING, DiscrepancyKind.ABSENT_FROM_LIBRARY)
# Slots and drives are the library's to report: what it sees there is found without anybody's word.
FOUND_AT = frozenset({LocationKind.SITE, LocationKind.ROOM, LocationKind.VAULT, LocationKind.SHELF})


class NotMissingError(StateError):
    title = "Not missing"

    def __init__(self, barcode: str) -> None:
        super().__init__(
            f"{barcode} is not missing. Nothing was changed.", next_step="Open its page to see where it is."
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """`resolved` are the discrepancies that this ends, `open` those that somebody else has to resolve."""

    barcode: str
    place: str
    resolved: tuple[str, ...]
    open: tuple[str, ...]


def may_find(person: Person) -> bool:
    """Who takes media in, or decides about discrepancies."""
    return person.may(Permission.RECEIVE) or person.may(Permission.RESOLVE)


def check_may_find(person: Person) -> None:
    if not may_find(person):
        raise ForbiddenError(
            f"{person.name} may not record a medium as found. Nothing was changed.",
            next_step="Give it to a media handler or a backup administrator.",
        )


def check_may_find_at(person: Person, place_party: str, path: str) -> None:
    """What another party has is that party's to say; only who resolves discrepancies may write down its word."""
    if place_party != person.party_id and not person.may(Permission.RESOLVE):
        raise ForbiddenError(
            f"{path} belongs to another party. Nothing was changed.",
            next_step="Let a backup administrator or the security officer record what they told.",
        )


def check_is_missing(barcode: str, discrepancies: int, *, missing: bool) -> None:
    """Marked missing, or reported absent by its library."""
    if not missing and not discrepancies:
        raise NotMissingError(barcode)


def check_place(place: Location) -> None:
    if place.kind not in FOUND_AT or not place.active:
        raise InvalidInputError(
            f"{place.path} is no place where people put media. Nothing was changed.",
            fields={
                "location": "Choose a site, room, vault or shelf in use; a library reports its own slots."
            },
        )


def find(unit: Unit, barcode: str, location_id: str, reason: str, person: Person) -> Finding:
    """Place and custodian from here on are those of where it was found; the medium leaves its container.

    The discrepancies about its absence end with it where the person may resolve them, with the same reason.
    """
    check_may_find(person)
    unit.flush()
    medium = row_by_barcode(unit.connection, barcode)
    waiting = _open_discrepancies(unit, medium.medium_id)
    check_is_missing(barcode, len(waiting), missing=medium.missing)
    place = _place(unit, location_id)
    check_place(place)
    check_may_find_at(person, place.party_id, place.path)
    text = written(reason, "reason", "Write where it had been and how it was found.", LONGEST_REASON)
    resolves = person.may(Permission.RESOLVE)
    facts = {"from": custody.path_of(unit, medium.location_id), "to": place.path, "discrepancies": waiting}
    custody.place(
        unit, [medium.medium_id], CustodyEvent.FOUND, location_id=location_id, custodian_id=place.party_id,
        container_id=None, facts=facts, reason=text,
    )  # fmt: skip
    for number in waiting if resolves else ():
        custody.resolve_discrepancy(unit, number, f"Found at {place.path}. {text}")
    _reckon(unit, medium.medium_id, place.party_id)
    told = tuple(waiting)
    return Finding(barcode, place.path, told if resolves else (), () if resolves else told)


def _place(unit: Unit, location_id: str) -> Location:
    if not location_id:
        raise InvalidInputError(
            "The place is missing. Nothing was changed.", fields={"location": "Choose a place."}
        )
    return existing(unit, location_id)


def _open_discrepancies(unit: Unit, medium_id: str) -> list[str]:
    query = select(_DISCREPANCY.c.number).where(
        _DISCREPANCY.c.medium_id == medium_id,
        _DISCREPANCY.c.kind.in_(NOT_THERE),
        _DISCREPANCY.c.resolved_at.is_(None),
    )
    return list(unit.connection.execute(query.order_by(_DISCREPANCY.c.discrepancy_id)).scalars())


def _reckon(unit: Unit, medium_id: str, party_id: str) -> None:
    """Where its consignment was received and is not closed yet, the line goes on as if it had come with the others."""
    for line in _missing_lines(unit, medium_id):
        if party_id != line.to_party:
            continue
        if line.direction is Direction.HOME:
            set_line(
                unit, line.consignment_id, medium_id,
                state=LineState.UNPACKED, seen_at=unit.now, unpacked_at=unit.now,
            )  # fmt: skip
            begin_step(unit, line.consignment_id, line.step_total + 1, line.step_done + 1)
        else:
            set_line(unit, line.consignment_id, medium_id, state=LineState.MATCHED, seen_at=unit.now)


def _missing_lines(unit: Unit, medium_id: str) -> Sequence[Any]:
    end = table(Location)
    query = (
        select(
            _CONSIGNMENT.c.consignment_id, _CONSIGNMENT.c.direction, _CONSIGNMENT.c.step_total, _CONSIGNMENT.c.step_done,
            end.c.party_id.label("to_party"),
        )
        .join(_LINE, _LINE.c.consignment_id == _CONSIGNMENT.c.consignment_id)
        .join(end, end.c.location_id == _CONSIGNMENT.c.to_location_id)
        .where(
            _LINE.c.medium_id == medium_id,
            _LINE.c.state == LineState.MISSING,
            _CONSIGNMENT.c.state == ConsignmentState.RECEIVED,
        )
    )  # fmt: skip
    return unit.connection.execute(query).all()
