"""A small site for tests of what stands on the places: our organisation, a vendor, a courier, a library, shelves."""

from dataclasses import dataclass, replace

from service.handlers.actions import create_handler
from service.handlers.models import Role
from service.ledger.writer import SYSTEM, Actor, Unit, Via
from service.locations.actions import create_location
from service.locations.first_site import ensure_house
from service.locations.library import ensure_library
from service.locations.models import LocationKind
from service.media import actions
from service.media.models import Content
from service.media.schemas import NewMedium
from service.parties.actions import create_party
from service.parties.models import PartyKind


@dataclass(frozen=True)
class Site:
    us: str
    vendor: str
    carrier: str
    site: str
    library: str
    shelf: str
    vault: str
    transit: str
    slots: tuple[str, ...]
    drive: str


def make_site(runtime, slots=8) -> Site:
    settings = runtime.settings

    def make(unit: Unit) -> Site:
        house = ensure_house(unit, settings.organisation, settings.site, settings.time_zone)
        vendor = create_party(unit, PartyKind.VAULT_VENDOR, "Vendor of Vault 2")
        carrier = create_party(unit, PartyKind.COURIER, "Carrier")
        places = ensure_library(
            unit,
            "Library 1",
            house.site_id,
            slots=[(number, 0x1000 + number) for number in range(1, slots + 1)],
            drives=[(1, 0x100)],
            mail_slots=[(1, 0x300)],
            code="LIB-1",
        )
        shelf = create_location(unit, LocationKind.SHELF, "Shelf A-02", parent_id=house.site_id, code="A-02")
        vault2 = create_location(unit, LocationKind.SITE, "Vault 2", party_id=vendor, code="VAULT-2")
        vault = create_location(unit, LocationKind.SHELF, "Shelf B-04", parent_id=vault2, code="B-04")
        transit = create_location(unit, LocationKind.CONSIGNMENT, "CN-0001", party_id=carrier, code="CN-0001")
        return Site(
            us=house.organisation_id, vendor=vendor, carrier=carrier, site=house.site_id, library=places.library_id,
            shelf=shelf, vault=vault, transit=transit, slots=tuple(places.slots.values()), drive=places.drives[1],
        )  # fmt: skip

    return runtime.writer.run(SYSTEM, make)


def make_person(runtime, site: Site, name: str, role: Role = Role.SECURITY_OFFICER) -> str:
    login = name.lower().replace(" ", "-")
    return runtime.writer.run(
        SYSTEM,
        lambda unit: create_handler(
            unit, login=login, name=name, party_id=site.us, roles=(role,), reason="A test of this person."
        ),
    )


def new(site: Site, barcode: str, where: str | None = None, **more) -> NewMedium:
    return replace(NewMedium(barcode, where or site.shelf, Content.ACTIVE), **more)


def register(runtime, site: Site, barcode: str, where: str | None = None, **more) -> str:
    return runtime.writer.run(SYSTEM, lambda unit: actions.register(unit, new(site, barcode, where, **more)))


def as_handler(handler_id: str) -> Actor:
    return Actor(handler_id, Via.WEB)


def row(runtime, barcode: str):
    from service.media.queries import row_by_barcode

    with runtime.database.reader.connect() as connection:
        return row_by_barcode(connection, barcode)


def replay_agrees(runtime) -> bool:
    from service.ledger import replay
    from service.schema import PROJECTIONS

    with runtime.database.reader.connect() as connection:
        found = replay.check(connection, PROJECTIONS)
    assert not found.differences, found.differences
    return found.ok
