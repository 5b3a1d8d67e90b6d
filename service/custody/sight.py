"""What an outsider may see: a vendor's people see the consignments of their own party, and nothing else.

Whoever may read the house sees everything; the conditions here are for the others.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, or_, select, true
from sqlalchemy import table as named_table

from service.custody.models import Discrepancy
from service.db import table
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.locations.models import Location

# Consignments are a higher room; whose they are is asked of the table alone.
_CONSIGNMENT = named_table(
    "consignment", column("consignment_id"), column("direction"), column("from_location_id"),
    column("to_location_id"), column("carrier_id"), column("frozen_at"), column("released_at"),
)  # fmt: skip
_LOCATION = table(Location)
_DISCREPANCY = table(Discrepancy)
OUT, HOME = "out", "home"


def is_outsider(person: Person) -> bool:
    return not person.may(Permission.READ)


def consignments_of(person: Person) -> Select[Any]:
    """Ids of the outsider's consignments: coming to them once the manifest is frozen, or to be sent home by them."""
    own = select(_LOCATION.c.location_id).where(_LOCATION.c.party_id == person.party_id)
    announced = _CONSIGNMENT.c.frozen_at.is_not(None)
    coming = and_(_CONSIGNMENT.c.direction == OUT, announced, _CONSIGNMENT.c.to_location_id.in_(own))
    going = and_(_CONSIGNMENT.c.direction == HOME, _CONSIGNMENT.c.from_location_id.in_(own))
    carried = and_(announced, _CONSIGNMENT.c.carrier_id == person.party_id)
    return select(_CONSIGNMENT.c.consignment_id).where(or_(coming, going, carried))


def sees_consignment(person: Person, consignment_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return consignment_id.in_(consignments_of(person)) if is_outsider(person) else true()


def sees_discrepancy(person: Person) -> ColumnElement[bool]:
    """Outsiders see what was found in their consignments, but not what happened before one left for them."""
    if not is_outsider(person):
        return true()
    since = or_(_CONSIGNMENT.c.direction == HOME, _DISCREPANCY.c.opened_at >= _CONSIGNMENT.c.released_at)
    theirs = consignments_of(person).where(
        _CONSIGNMENT.c.consignment_id == _DISCREPANCY.c.consignment_id, since
    )
    return theirs.exists()
