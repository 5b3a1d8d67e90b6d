"""A small house for the tests of many rooms: parties, places, media, containers, people."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from service.answers import RequestKey
from service.containers import actions as containers
from service.custody.rules import Signature, SignatureMethod
from service.handlers.models import HANDLER, Role
from service.handlers.queries import Person
from service.handlers.rules import permissions_of
from service.ledger import replay, store, verify
from service.ledger.writer import SYSTEM, Actor, Via
from service.locations.models import LOCATION, LocationKind
from service.media.models import MEDIUM, Content, Custody, MediaType
from service.parties.models import PARTY, PartyKind
from service.policies.actions import publish_policy, set_schedule
from service.policies.rules import DEFAULT_TIERS
from service.scanning.actions import scan_many
from service.scanning.rules import parse_task, read_code
from service.scanning.schemas import Scan
from service.schema import PROJECTIONS
from service.web.errors import refusal

THURSDAY = 3


class Event(StrEnum):
    MADE = "test:made"


@dataclass
class House:
    """Ids by name; `run` does a unit of work as the system."""

    runtime: object
    ids: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def run(self, work, actor=SYSTEM):
        return self.runtime.writer.run(actor, work)

    def party(self, name, kind):
        party_id = self.run(
            lambda unit: _created(
                unit, PARTY, party_id=unit.new_id(), kind=kind, name=name, contact="", active=True
            )
        )
        self.ids[name] = party_id
        return party_id

    def location(self, name, kind, party, parent=None, **more):
        def work(unit):
            path = f"{parent} › {name}" if parent else name
            values = {
                "location_id": unit.new_id(), "kind": kind, "name": name, "path": path, "code": None,
                "parent_id": self.ids.get(parent), "party_id": self.ids[party], "number": None, "element_address": None,
                "time_zone": None, "active": True, **more,
            }  # fmt: skip
            return _created(unit, LOCATION, **values)

        self.ids[name] = self.run(work)
        return self.ids[name]

    def person(self, name, role, party):
        def work(unit):
            values = {
                "handler_id": unit.new_id(), "login": name.lower().replace(" ", "."), "name": name, "title": role.value,
                "party_id": self.ids[party], "roles": [role.value], "active": True, "password_hash": "", "created_at": unit.now,
            }  # fmt: skip
            return _created(unit, HANDLER, **values)

        handler_id = self.run(work)
        now = self.runtime.clock()
        person = Person(
            handler_id, name, name, role.value, self.ids[party], (role,), permissions_of([role]), None, "",
            now + timedelta(days=1), now,
        )  # fmt: skip
        self.people[name] = person
        return person

    def medium(self, barcode, place, custodian, custody=Custody.IN_LIBRARY, content=Content.FULL, **more):
        def work(unit):
            values = {
                "medium_id": unit.new_id(), "barcode": barcode, "serial_number": None, "media_type": MediaType.LTO,
                "generation": "LTO-8", "content": content, "custody": custody, "custodian_id": self.ids[custodian],
                "location_id": self.ids[place], "container_id": None, "missing": False, "encrypted": True,
                "dataset": "billing-db", "written_on": None, "tier": None, "period_key": None, "policy_version": None,
                "expires_on": None, "registered_at": unit.now, "seen_at": None, **more,
            }  # fmt: skip
            return _created(unit, MEDIUM, **values)

        self.ids[barcode] = self.run(work)
        return self.ids[barcode]

    def container(self, barcode, capacity=20, place="Machine room", custodian="Organisation"):
        self.ids[barcode] = self.run(
            lambda unit: containers.register(unit, barcode, capacity, self.ids[place], self.ids[custodian])
        )
        return self.ids[barcode]

    def scan(self, person, task, *codes, keys=None):
        """Answers of scans that reach the writer together."""
        scans = [
            Scan(read_code(code), parse_task(task), self.people[person], Actor(self.people[person].handler_id, Via.API),
                 RequestKey.of("x", key, "POST", "/api/v1/scans", code.encode()) if key else None, None)
            for code, key in zip(codes, keys or [None] * len(codes), strict=True)
        ]  # fmt: skip
        return self.runtime.writer.run_many(SYSTEM, _scan, scans)

    def medium_row(self, barcode):
        with self.runtime.database.reader.connect() as connection:
            return connection.execute(MEDIUM.table.select().where(MEDIUM.table.c.barcode == barcode)).one()

    def entries(self, barcode):
        with self.runtime.database.reader.connect() as connection:
            found = store.entries_of(connection, f"medium:{self.ids[barcode]}")
            return [entry.event for entry in reversed(found)]

    def check(self):
        """The ledger verifies and the tables are what it says."""
        with self.runtime.database.reader.connect() as connection:
            verdict = verify.verify(store.bodies(connection), store.notes(connection), self.runtime.verifier)
            assert verdict.ok, verdict.problems
            replayed = replay.check(connection, PROJECTIONS)
            assert replayed.ok, replayed.differences


def _scan(unit, items):
    return scan_many(unit, items, refusal)


def _created(unit, projection, **values):
    unit.create(projection, values, Event.MADE)
    return values[projection.key]


def signature(person, organisation="Organisation", **more):
    return Signature(person, organisation, "custody", SignatureMethod.TYPED, checked_by="somebody", **more)


def furnished(runtime) -> House:
    """A site with a library of 8 slots and 4 mail slots, a vendor, a carrier, a policy and a schedule."""
    house = House(runtime)
    house.party("Organisation", PartyKind.ORGANISATION)
    house.party("Vault vendor", PartyKind.VAULT_VENDOR)
    house.party("Carrier", PartyKind.COURIER)
    house.location("Site 1", LocationKind.SITE, "Organisation", time_zone="America/New_York")
    house.location("Machine room", LocationKind.ROOM, "Organisation", "Site 1")
    house.location("Library 1", LocationKind.LIBRARY, "Organisation", "Machine room")
    for number in range(1, 9):
        house.location(f"slot {number}", LocationKind.SLOT, "Organisation", "Library 1", number=number)
    for number in range(1, 5):
        house.location(
            f"mail slot {number}", LocationKind.MAIL_SLOT, "Organisation", "Library 1", number=number
        )
    house.location("Vault 2", LocationKind.VAULT, "Vault vendor")
    house.location("Shelf B-04", LocationKind.SHELF, "Vault vendor", "Vault 2")
    house.person("Handler 1", Role.MEDIA_HANDLER, "Organisation")
    house.person("Handler 2", Role.MEDIA_HANDLER, "Organisation")
    house.person("Backup administrator 1", Role.BACKUP_ADMINISTRATOR, "Organisation")
    house.person("Vendor custodian", Role.VAULT_CUSTODIAN, "Vault vendor")
    house.run(lambda unit: publish_policy(unit, "Standard", DEFAULT_TIERS, THURSDAY))
    house.ids["schedule"] = house.run(
        lambda unit: set_schedule(
            unit, name="Weekly", policy_name="Standard", library_id=house.ids["Library 1"], vault_id=house.ids["Vault 2"],
            carrier_id=house.ids["Carrier"], weekday=THURSDAY, hour=7, minute=0, time_zone="America/New_York",
        )
    )  # fmt: skip
    return house


def with_media(house: House) -> House:
    """Five full media in slots of which four leave, two expired ones at the vendor."""
    for number, day in enumerate(
        [date(2026, 11, 12), date(2026, 11, 19), date(2026, 10, 29), date(2026, 11, 18)], 1
    ):
        house.medium(f"STR14{number}L8", f"slot {number}", "Organisation", written_on=day)
    house.medium("STR145L8", "slot 5", "Organisation", content=Content.SCRATCH)
    for number in (1, 2):
        house.medium(
            f"STR09{number}L8", "Shelf B-04", "Vault vendor", Custody.VAULTED, written_on=date(2026, 8, 6), tier="weekly",
            period_key="2026-W32", expires_on=date(2026, 10, 29), policy_version=1,
        )  # fmt: skip
    return house
