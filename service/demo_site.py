"""The demonstration site: four people, a vendor with a vault, a carrier, shelves."""

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from service.handlers.actions import create_handler, handler_count
from service.handlers.models import Role
from service.ledger.writer import Unit
from service.locations.actions import create_location
from service.locations.first_site import House
from service.locations.models import LocationKind
from service.parties.actions import create_party
from service.parties.models import PartyKind
from service.runtime import recall, remember

DEMO = "demo"
PASSWORD = "four people carry one week"  # noqa: S105 - shown at every start of a demonstration
VENDOR = "Vault vendor"
CARRIER = "Carrier"
OUR_VAULT = "Vault"
VENDOR_SITE = "Vault 2"
SHELVES = ("A-01", "A-02", "A-03", "A-04")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    login: str
    name: str
    title: str
    role: Role
    at_vendor: bool = False


PEOPLE = (
    DemoPerson("admin", "Administrator 1", "Backup administrator", Role.BACKUP_ADMINISTRATOR),
    DemoPerson("handler", "Handler 2", "Media handler", Role.MEDIA_HANDLER),
    DemoPerson(
        "custodian", "Custodian 3", "Vault custodian at the vendor", Role.VAULT_CUSTODIAN, at_vendor=True
    ),
    DemoPerson("auditor", "Auditor 4", "Auditor", Role.AUDITOR),
)


def is_demo(connection: Connection) -> bool:
    return recall(connection, DEMO) is not None


def ensure_demo(unit: Unit, house: House, password_hash: str) -> bool:
    """False, and nothing made, on a database that has handlers already."""
    if handler_count(unit) or is_demo(unit.connection):
        return False
    vendor_id = create_party(unit, PartyKind.VAULT_VENDOR, VENDOR, "Vault desk, day and night")
    create_party(unit, PartyKind.COURIER, CARRIER, "Dispatch desk")
    vault_id = create_location(unit, LocationKind.VAULT, OUR_VAULT, parent_id=house.site_id)
    _shelves(unit, vault_id)
    site_id = create_location(unit, LocationKind.SITE, VENDOR_SITE, party_id=vendor_id)
    _shelves(unit, create_location(unit, LocationKind.VAULT, "Store", parent_id=site_id))
    for person in PEOPLE:
        create_handler(
            unit,
            login=person.login,
            name=person.name,
            title=person.title,
            party_id=vendor_id if person.at_vendor else house.organisation_id,
            roles=[person.role],
            password_hash=password_hash,
        )
    remember(unit, DEMO, unit.now.date().isoformat())
    return True


def _shelves(unit: Unit, vault_id: str) -> None:
    for shelf in SHELVES:
        create_location(unit, LocationKind.SHELF, f"Shelf {shelf}", parent_id=vault_id)
