"""The media of the demonstration site, from a packaged table whose days are relative to the day of the first start."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources

from sqlalchemy import select

from drivers.library_files import LibraryDefinition, read_mtx_status
from service.db import table
from service.devices.seen import Look
from service.ledger.writer import Unit
from service.locations.library import LibraryPlaces
from service.locations.models import Location, LocationKind
from service.media.actions import register_many
from service.media.models import Content
from service.media.queries import ids_by_barcode
from service.media.schemas import NewMedium
from service.parties.models import Party, PartyKind
from service.policies.rules import DEFAULT_TIERS, TierName, calendar_add

_LOCATION = table(Location)
_PARTY = table(Party)
FILES = resources.files("service.devices.demo")
WEEKLY_WEEKDAY = 3  # the demonstration's weekly sets are written on Thursdays; its policy has to say the same
DAYS_A_WEEK = 7
AT_VENDOR = "shelf"


@dataclass(frozen=True, slots=True)
class Line:
    """`where` is "slot 5", "drive 1", or "shelf 2" for the vendor's second shelf."""

    barcode: str
    content: Content
    where: str
    dataset: str
    tier: TierName | None
    weeks_ago: int | None
    plus_days: int
    encrypted: bool | None

    @property
    def is_at_vendor(self) -> bool:
        return self.where.startswith(AT_VENDOR)

    @property
    def number(self) -> int:
        return int(self.where.rpartition(" ")[2])


def demo_definition() -> LibraryDefinition:
    return read_mtx_status((FILES / "mtx-status.txt").read_text("utf-8"))


def demo_lines() -> Iterator[Line]:
    for row in csv.DictReader((FILES / "media.csv").read_text("utf-8").splitlines()):
        yield Line(
            barcode=row["barcode"],
            content=Content(row["content"]),
            where=row["where"],
            dataset=row["dataset"],
            tier=TierName(row["tier"]) if row["tier"] else None,
            weeks_ago=int(row["weeks_ago"]) if row["weeks_ago"] else None,
            plus_days=int(row["plus_days"] or 0),
            encrypted=True if row["encrypted"] == "yes" else None,
        )


def take_in_demo(unit: Unit, look: Look, places: LibraryPlaces) -> int:
    """The media in the library, also the one whose label cannot be read."""
    del look
    here = [line for line in demo_lines() if not line.is_at_vendor]
    today = unit.now.date()
    new = [_medium(line, _place(places, line), today) for line in here]
    return len(register_many(unit, new))


def _place(places: LibraryPlaces, line: Line) -> str:
    return (places.drives if line.where.startswith("drive") else places.slots)[line.number]


def take_in_vendor_media(unit: Unit) -> int:
    """A dozen on the vendor's shelves, of which some have expired; none the second time."""
    away = [line for line in demo_lines() if line.is_at_vendor]
    known = ids_by_barcode(unit.connection, [line.barcode for line in away])
    shelves = _vendor_shelves(unit)
    if not shelves:
        return 0
    today = unit.now.date()
    new = [
        _medium(line, shelves[(line.number - 1) % len(shelves)], today)
        for line in away
        if line.barcode not in known
    ]
    return len(register_many(unit, new))


def _vendor_shelves(unit: Unit) -> list[str]:
    query = (
        select(_LOCATION.c.location_id)
        .join(_PARTY, _PARTY.c.party_id == _LOCATION.c.party_id)
        .where(
            _PARTY.c.kind == PartyKind.VAULT_VENDOR,
            _LOCATION.c.kind == LocationKind.SHELF,
            _LOCATION.c.active,
        )
        .order_by(_LOCATION.c.path)
    )
    return [str(one) for one in unit.connection.execute(query).scalars()]


def _medium(line: Line, location_id: str, today: date) -> NewMedium:
    written = written_on(line, today)
    return NewMedium(
        barcode=line.barcode,
        location_id=location_id,
        content=line.content,
        dataset=line.dataset,
        written_on=written,
        expires_on=_expires_on(line.tier, written),
        encrypted=line.encrypted,
        tier=line.tier,
    )


def written_on(line: Line, today: date) -> date | None:
    """`weeks_ago` 0 is the latest weekly day, today at the latest; `plus_days` moves it to another day of that week."""
    if line.weeks_ago is None:
        return None
    latest = today - timedelta(days=(today.weekday() - WEEKLY_WEEKDAY) % DAYS_A_WEEK)
    return latest - timedelta(weeks=line.weeks_ago) + timedelta(days=line.plus_days)


def _expires_on(name: TierName | None, written: date | None) -> date | None:
    """Only for sets that were given their tier before; the others get theirs when a run picks them."""
    tier = next((tier for tier in DEFAULT_TIERS if tier.name is name), None)
    return None if tier is None or written is None else calendar_add(written, tier.keep, tier.span)
