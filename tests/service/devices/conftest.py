"""A site with a virtual library of 12 slots, 2 drives and 4 mail slots, a vendor, and a run that sends seven media out."""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.registry import open_hands
from service.db import table
from service.devices import actions, engine
from service.devices.duty import Timing
from service.devices.models import Element, Job, JobKind, JobStep
from service.devices.setup import as_found, simulator_url
from service.devices.taking_in import add_simulated
from service.devices.worker import DeviceWorker, Post
from service.ledger import replay, store, verify
from service.ledger.writer import SYSTEM
from service.locations.actions import create_location
from service.locations.first_site import ensure_house
from service.locations.models import Location, LocationKind
from service.media.actions import edit
from service.media.models import Content, Medium
from service.parties.actions import create_party
from service.parties.models import PartyKind
from service.policies import actions as policies
from service.policies.rules import DEFAULT_TIERS
from service.rotation import actions as rotation
from service.schema import PROJECTIONS

FIRST_SLOT, FIRST_MAIL_SLOT, FIRST_DRIVE, GRIPPER = 0x1000, 0x0301, 0x0100, 1
THURSDAY = 3
FAST = Timing(
    lease_s=30, poll_s=0.01, look_s=0.05, observe_s=3600, retry_s=0.05, deadline_s=10, move_s=30, stop_s=5
)
OUT = tuple(f"STR15{number}L8" for number in range(1, 8))


def slot(number):
    return FIRST_SLOT + number - 1


def mail_slot(number):
    return FIRST_MAIL_SLOT + number - 1


def definition(barcodes, slots=12, mail_slots=4, more=()):
    drives = tuple(DriveDefinition("SIMULATE", "ULTRIUM-TD8", f"SIM{n:07d}", 8) for n in (1, 2))
    media = tuple(CartridgeDefinition(Place.STORAGE, n, barcode) for n, barcode in enumerate(barcodes, 1))
    return LibraryDefinition("SIMULATE", "TEST", "SIM0000009", slots, mail_slots, drives, (*media, *more))


@dataclass
class RobotSite:
    """The library and everything around it; `hands` is the person at its door."""

    runtime: object
    added: object
    url: str
    ids: dict = field(default_factory=dict)
    workers: list = field(default_factory=list)

    @property
    def hands(self):
        return open_hands(self.url)

    @property
    def device_id(self):
        return self.added.device_id

    def run(self, work, actor=SYSTEM):
        return self.runtime.writer.run(actor, work)

    def post(self):
        return Post(self.device_id, "Library 1", f"{self.url}?settle_s=0.01", self.added.library_id)

    def worker(self, owner="worker-a", **more):
        worker = DeviceWorker(self.runtime, self.post(), timing=more.pop("timing", FAST), owner=owner, **more)
        self.workers.append(worker)
        return worker.start()

    def stop(self):
        for worker in self.workers:
            worker.stop()
        for worker in self.workers:
            assert worker.join(10)
        self.workers.clear()

    def enqueue(self, kind, payload=None, key="", run_id=None):
        key = key or f"{kind}:{time.monotonic_ns()}"
        return self.run(
            lambda unit: actions.enqueue(
                unit, kind, self.device_id, payload or {}, dedupe_key=key, run_id=run_id
            )
        )

    def lease(self, owner="worker-a", lease_s=15):
        return self.run(lambda unit: engine.lease(unit, self.device_id, owner, lease_s))

    def rows(self, model, *conditions):
        with self.runtime.database.reader.connect() as connection:
            return connection.execute(select(table(model)).where(*conditions)).all()

    def job(self, job_id):
        return self.rows(Job, table(Job).c.job_id == job_id)[0]

    def jobs(self, kind=None):
        found = sorted(self.rows(Job), key=lambda job: job.job_id)
        return [job for job in found if kind is None or job.kind is kind]

    def steps(self, job_id):
        return sorted(self.rows(JobStep, table(JobStep).c.job_id == job_id), key=lambda step: step.ordinal)

    def wait_for(self, what, within_s=20):
        """The first true answer of `what`."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if answer := what():
                return answer
            time.sleep(0.01)
        states = [(job.kind.value, job.state.value, job.fault, job.progress) for job in self.jobs()]
        raise AssertionError(f"not within {within_s} s; jobs: {states}")

    def wait_for_state(self, job_id, state, within_s=20):
        return self.wait_for(lambda: (job := self.job(job_id)).state is state and job, within_s)

    def eject_job(self, within_s=20):
        return self.wait_for(lambda: (found := self.jobs(JobKind.EJECT)) and found[-1], within_s)

    def location(self, kind, number):
        found = [one for one in self.rows(Location, table(Location).c.parent_id == self.added.library_id)
                 if one.kind is kind and one.number == number]  # fmt: skip
        return found[0].location_id

    def medium(self, barcode):
        return self.rows(Medium, table(Medium).c.barcode == barcode)[0]

    def where(self, barcode):
        location_id = self.medium(barcode).location_id
        return self.rows(Location, table(Location).c.location_id == location_id)[0].name

    def element(self, address):
        return self.rows(Element, table(Element).c.address == address)[0]

    def entries(self, subject):
        with self.runtime.database.reader.connect() as connection:
            return list(reversed(store.entries_of(connection, subject)))

    def events(self, barcode):
        return [entry.event for entry in self.entries(f"medium:{self.medium(barcode).medium_id}")]

    def moves_done(self):
        return self.hands.dump()["moves_done"]

    def in_mail_slots(self):
        """Barcodes by mail slot address, as the person at the door sees them."""
        places = self.hands.dump()["cartridges"].values()
        return {
            one["place"]: one["barcode"]
            for one in places
            if one["place"] in range(mail_slot(1), mail_slot(5))
        }

    def empty_mail_slots(self):
        for address in self.in_mail_slots():
            self.hands.take_from_mail_slot(address)

    def approve_run(self):
        def work(unit):
            number = rotation.plan_run(unit, self.ids["schedule"], date(2026, 11, 19))
            rotation.approve(unit, number)
            return number

        return self.run(work)

    def check_ledger(self):
        with self.runtime.database.reader.connect() as connection:
            verdict = verify.verify(store.bodies(connection), store.notes(connection), self.runtime.verifier)
            assert verdict.ok, verdict.problems
            replayed = replay.check(connection, PROJECTIONS)
            assert replayed.ok, replayed.differences


def furnish(runtime, wanted=None):
    """The site; every medium in the library is full and was written on a weekly day, so that it belongs off site."""
    settings = runtime.settings

    def make(unit):
        ensure_house(unit, settings.organisation, settings.site, settings.time_zone)
        vendor = create_party(unit, PartyKind.VAULT_VENDOR, "Vault vendor")
        carrier = create_party(unit, PartyKind.COURIER, "Carrier")
        far = create_location(unit, LocationKind.SITE, "Vault 2", party_id=vendor)
        vault = create_location(unit, LocationKind.VAULT, "Vault", parent_id=far)
        return {"vendor": vendor, "carrier": carrier, "vault": vault}

    ids = runtime.writer.run(SYSTEM, make)
    added = add_simulated(
        runtime, SYSTEM, "Library 1", wanted or definition(OUT), take_in=as_found(Content.FULL)
    )

    def prepare(unit):
        for (medium_id,) in unit.connection.execute(
            select(table(Medium).c.medium_id).where(table(Medium).c.content == Content.FULL)
        ):
            edit(unit, medium_id, {"written_on": date(2026, 11, 12)})
        policies.publish_policy(unit, "Standard", DEFAULT_TIERS, THURSDAY)
        return policies.set_schedule(
            unit, name="Weekly", policy_name="Standard", library_id=added.library_id, vault_id=ids["vault"],
            carrier_id=ids["carrier"], weekday=THURSDAY, hour=7, minute=0, time_zone="America/New_York",
        )  # fmt: skip

    ids["schedule"] = runtime.writer.run(SYSTEM, prepare)
    return RobotSite(runtime, added, simulator_url(settings.data_dir, "Library 1"), ids)


class TickingClock:
    """Every look at it is a little later, so that ids are in the order in which things were made."""

    def __init__(self):
        self.now = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)

    def __call__(self):
        self.forward(milliseconds=2)
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return TickingClock()


@pytest.fixture
def site(runtime):
    made = furnish(runtime)
    yield made
    made.stop()


@pytest.fixture
def make_robot_site(runtime):
    """A site with another library than the usual one."""
    made = []

    def make(wanted):
        made.append(furnish(runtime, wanted))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def definition_of():
    return definition
