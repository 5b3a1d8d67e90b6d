"""What people do with containers that travel with no consignment: register, seal, open, empty.

A container that is part of a consignment is sealed and opened there, because the manifest counts on it.
"""

from typing import Any

from sqlalchemy import column, select
from sqlalchemy import table as named_table

from service.containers import actions, rules
from service.custody.rules import written
from service.errors import InvalidInputError
from service.handlers.queries import Person
from service.ledger.writer import Unit
from service.locations.actions import existing
from service.locations.models import LocationKind

# Consignments are a higher room; the number is asked of the table alone.
_CONSIGNMENT = named_table("consignment", column("consignment_id"), column("number"))
STANDING = frozenset({LocationKind.SITE, LocationKind.ROOM, LocationKind.VAULT, LocationKind.SHELF})


def register(unit: Unit, barcode: str, capacity: int, location_id: str, person: Person) -> str:
    """A new container, in the custody of whoever answers for the place; returns its barcode."""
    place = existing(unit, location_id)
    if place.kind not in STANDING or not place.active:
        raise InvalidInputError(
            f"A container cannot stand at {place.path}. Nothing was saved.",
            fields={"location_id": "Choose a site, room, vault or shelf in use."},
        )
    if not rules.may_register(person, place.party_id):
        raise rules.OtherKeeperError(person.name, place.path)
    actions.register(unit, barcode, capacity, location_id, place.party_id)
    return barcode.strip().upper()


def seal(unit: Unit, barcode: str, number: str, person: Person) -> None:
    _free_and_kept(unit, barcode, person)
    actions.seal(unit, barcode, number)


def open_container(unit: Unit, barcode: str, reason: str, person: Person, *, intact: bool) -> None:
    """Cut the seal, with a reason; the number stays used."""
    _free_and_kept(unit, barcode, person)
    text = written(reason, "reason", "Write why it is opened.", rules.MAX_REASON)
    actions.open_container(unit, barcode, intact=intact, reason=text)


def empty(unit: Unit, barcode: str, person: Person) -> int:
    _free_and_kept(unit, barcode, person)
    return actions.empty(unit, barcode)


def _free_and_kept(unit: Unit, barcode: str, person: Person) -> None:
    container: Any = actions.by_barcode(unit, barcode)
    if not rules.keeps(person, container.custodian_id):
        raise rules.OtherKeeperError(person.name, "another custodian")
    number = unit.connection.execute(
        select(_CONSIGNMENT.c.number).where(_CONSIGNMENT.c.consignment_id == container.consignment_id)
    ).scalar_one_or_none()
    rules.check_free(barcode, None if number is None else str(number))
