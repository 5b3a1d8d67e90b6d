"""The demonstration's policy, schedule, containers and first run, so that a newcomer finds a week to carry."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.containers.actions import register
from service.db import table
from service.demo_site import CARRIER, VENDOR, VENDOR_SITE
from service.devices.demo_media import WEEKLY_WEEKDAY
from service.devices.models import Device
from service.ledger.writer import SYSTEM, Unit
from service.locations.models import Location, LocationKind
from service.parties.queries import party_by_name
from service.policies.actions import publish_policy, set_schedule
from service.policies.models import CatchUp, Policy
from service.policies.rules import DAYS_A_WEEK, DEFAULT_TIERS
from service.rotation.actions import plan_run
from service.runtime import Runtime

POLICY = "Grandfather, father, son"
SCHEDULE = "Weekly rotation"
AT_SEVEN = 7
CAPACITY = 20
OUR_CONTAINERS = ("C-0117", "C-0118")
VENDOR_CONTAINERS = ("C-0091", "C-0092")

_DEVICE = table(Device)
_LOCATION = table(Location)
_POLICY = table(Policy)


def demo_rotation(runtime: Runtime) -> None:
    """A step of the demonstration; does nothing the second time."""
    zone = ZoneInfo(runtime.settings.time_zone)
    runtime.writer.run(SYSTEM, lambda unit: _make(unit, zone))


def _make(unit: Unit, zone: ZoneInfo) -> None:
    if unit.connection.execute(select(_POLICY.c.policy_id).limit(1)).first() is not None:
        return
    library_id = unit.connection.execute(
        select(_DEVICE.c.library_id).order_by(_DEVICE.c.device_id).limit(1)
    ).scalar_one()
    library = unit.connection.execute(select(_LOCATION).where(_LOCATION.c.location_id == library_id)).one()
    vault_id = _vendor_vault(unit)
    publish_policy(unit, POLICY, DEFAULT_TIERS, WEEKLY_WEEKDAY)
    schedule_id = set_schedule(
        unit, name=SCHEDULE, policy_name=POLICY, library_id=library_id, vault_id=vault_id, carrier_id=_party(unit, CARRIER),
        weekday=WEEKLY_WEEKDAY, hour=AT_SEVEN, minute=0, time_zone=str(zone), catch_up=CatchUp.LATEST,
    )  # fmt: skip
    for barcode in OUR_CONTAINERS:
        register(unit, barcode, CAPACITY, library.parent_id, library.party_id)
    for barcode in VENDOR_CONTAINERS:
        register(unit, barcode, CAPACITY, vault_id, _party(unit, VENDOR))
    today = unit.now.astimezone(zone).date()
    plan_run(unit, schedule_id, today - timedelta(days=(today.weekday() - WEEKLY_WEEKDAY) % DAYS_A_WEEK))


def _vendor_vault(unit: Unit) -> str:
    """The vendor's store: where consignments go and come from."""
    site = select(_LOCATION.c.location_id).where(
        _LOCATION.c.name == VENDOR_SITE, _LOCATION.c.kind == LocationKind.SITE
    )
    query = select(_LOCATION.c.location_id).where(
        _LOCATION.c.parent_id == site.scalar_subquery(), _LOCATION.c.kind == LocationKind.VAULT
    )
    return str(unit.connection.execute(query).scalar_one())


def _party(unit: Unit, name: str) -> str:
    found = party_by_name(unit.connection, name)
    assert found is not None  # the demonstration site made it
    return found
