"""Fills a database through the writer and by bulk inserts, so that a bench starts from something real."""

import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from house import House, furnished
from sqlalchemy import insert

from service.consignments.actions import open_consignment
from service.consignments.models import Direction
from service.db import table
from service.handlers.models import Role, SignIn
from service.handlers.queries import secret_hash
from service.ids import new_id
from service.ledger.writer import Unit
from service.media.models import MEDIUM, Content, Custody, MediaType
from service.packing.actions import choose_container
from service.runtime import Runtime, open_runtime
from service.settings import Settings

CHUNK = 2000


def settings(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, worker=False, scheduler=False, **more)


def opened(folder: Path) -> Runtime:
    return open_runtime(settings(folder))


def bench_house(runtime: Runtime) -> House:
    house = furnished(runtime)
    house.person("Bench handler", Role.MEDIA_HANDLER, "Organisation")
    return house


def signed_in(house: House, person: str) -> dict[str, str]:
    """Headers of a session of this person."""
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    row = {
        "session_hash": secret_hash(secret), "handler_id": house.people[person].handler_id, "csrf_token": csrf,
        "created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=12),
    }  # fmt: skip
    house.run(lambda unit: unit.connection.execute(insert(table(SignIn)), [row]) and None)
    return {"Cookie": f"strongroom={secret}", "X-CSRF-Token": csrf}


def barcode(number: int) -> str:
    return f"{chr(65 + number // 100000 % 26)}{number % 100000:05d}L8"


def add_media(
    house: House, first: int, count: int, place: str = "Machine room", custody: Custody = Custody.ON_SITE
) -> list[str]:
    """Media with one entry each, in units of CHUNK; returns their ids."""
    ids: list[str] = []
    for low in range(first, first + count, CHUNK):
        ids += house.run(
            lambda unit, low=low: _media(
                unit, house, range(low, min(low + CHUNK, first + count)), place, custody
            )
        )
    return ids


def _media(unit: Unit, house: House, numbers: range, place: str, custody: Custody) -> list[str]:
    from service.media.actions import MediumEvent

    rows = [
        {
            "medium_id": new_id(unit.now), "barcode": barcode(number), "serial_number": f"SN{number:08d}",
            "media_type": MediaType.LTO, "generation": "L8", "content": Content.FULL, "custody": custody,
            "custodian_id": house.ids["Organisation"], "location_id": house.ids[place], "container_id": None, "missing": False,
            "encrypted": True, "dataset": "billing-db", "written_on": date(2026, 11, 12), "tier": "weekly",
            "period_key": "2026-W46", "policy_version": 1, "expires_on": date(2027, 2, 4), "registered_at": unit.now, "seen_at": None,
        }
        for number in numbers
    ]  # fmt: skip
    unit.connection.execute(insert(MEDIUM.table), rows)
    for row in rows:
        unit.append(MEDIUM.subject(row["medium_id"]), MediumEvent.REGISTERED, changes=MEDIUM.logged(row))
    return [row["medium_id"] for row in rows]


def packing_job(house: House, media: list[str], containers: int) -> tuple[str, list[str]]:
    """(consignment number, barcodes of its chosen containers)"""
    number = house.run(
        lambda unit: open_consignment(
            unit, direction=Direction.OUT, from_location_id=house.ids["Machine room"], to_location_id=house.ids["Vault 2"],
            carrier_id=house.ids["Carrier"], purpose="bench", medium_ids=media,
        )
    )  # fmt: skip
    codes = [f"C-{index:04d}" for index in range(1, containers + 1)]
    for code in codes:
        house.container(code, capacity=500)
        house.run(lambda unit, code=code: choose_container(unit, number, code))
    return number, codes
