"""Whose step it is: the static permission lets somebody in, here the direction and the party decide."""

from sqlalchemy import select

from service.consignments import rules
from service.consignments.actions import Facts, check_party, load
from service.consignments.models import Direction
from service.consignments.rules import Duty, End
from service.custody.sight import consignments_of, is_outsider
from service.errors import ForbiddenError
from service.handlers.queries import Person
from service.ledger.writer import Unit


def check_duty(unit: Unit, number: str, duty: Duty, person: Person) -> Facts:
    """The consignment, for the one whose step it is. Raises OtherPartyError or ForbiddenError."""
    consignment = load(unit, number)
    if is_outsider(person) and not _is_theirs(unit, consignment, person):
        raise rules.OtherPartyError(number)
    direction = consignment.row.direction
    check_party(unit, consignment, _party(consignment, duty, direction), person.party_id)
    check_permission(person, duty, direction, number)
    return consignment


def check_permission(person: Person, duty: Duty, direction: Direction, what: str) -> None:
    needed = rules.permission_for(duty, direction)
    if not person.may(needed):
        raise ForbiddenError(
            f"{person.name} may not do this for {what}: it needs the permission “{needed.value.replace('_', ' ')}”. Nothing was changed.",
            next_step="Ask somebody whose role allows it.",
            permission=needed.value,
        )


def _party(consignment: Facts, duty: Duty, direction: Direction) -> str:
    at_start = rules.end_of(duty, direction) is End.FROM
    return consignment.from_party if at_start else consignment.to_party


def _is_theirs(unit: Unit, consignment: Facts, person: Person) -> bool:
    found = consignments_of(person).subquery()
    query = select(found.c.consignment_id).where(found.c.consignment_id == consignment.id)
    return unit.connection.execute(query).first() is not None
