"""20,000 slots, 128 drives, tags of 6 characters, half of the labels unreadable: taken in, looked at, moved in."""

import re
import shutil
import time

import pytest
from sqlalchemy import func, select

from drivers.changer.model import MoveRequest
from drivers.changer.tags import TagForm
from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.registry import open_changer, open_hands, prepare_simulator
from service.custody.models import Discrepancy
from service.db import table
from service.devices.inventories import PART
from service.devices.models import Device, Element
from service.devices.recording import record_inventory
from service.devices.seen import look_of
from service.devices.setup import AsFound, first_look, simulator_url
from service.devices.taking_in import add_in_parts, is_complete
from service.handlers.models import Role
from service.ledger import store
from service.ledger.writer import SYSTEM
from service.locations.first_site import ensure_house
from service.media.actions import register_many
from service.media.models import Content, Medium
from service.media.queries import ids_by_barcode
from service.media.schemas import NewMedium
from service.settings import Settings
from service.web.templating import STATIC

SLOTS, DRIVES, MAIL_SLOTS = 20_000, 128, 255
SLOT = 0x1000
FIRST_PAINT_BYTES = 200_000
NAME, PAGE = "Library 1", "/libraries/Library%201"


def barcode(number):
    return f"A{number:05d}L9"


class Labelled(AsFound):
    """Media by their outside label, as a person knows them; the library shows six characters of it."""

    def __call__(self, unit, _look, places):
        wanted = {barcode(n): place for n, place in places.slots.items() if n % 10}
        known = ids_by_barcode(unit.connection, list(wanted))
        new = [NewMedium(text, place, self.content) for text, place in wanted.items() if text not in known]
        return len(register_many(unit, new))


@pytest.fixture
def settings(sqlite_template, tmp_path):
    """One database: the size is the point, and the statements are those of the small libraries."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "strongroom.db")
    return Settings(
        data_dir=data, database_url=f"sqlite:///{data / 'strongroom.db'}", worker=False, scheduler=False
    )


@pytest.fixture
def large(runtime, settings):
    house = runtime.writer.run(SYSTEM, lambda unit: ensure_house(unit, "Organisation", "Site 1", "UTC"))
    url = simulator_url(settings.data_dir, NAME)
    media = tuple(
        CartridgeDefinition(Place.STORAGE, n, barcode(n), readable=bool(n % 2))
        for n in range(1, SLOTS + 1)
        if n % 10
    )
    drives = tuple(DriveDefinition("IBM", "ULT3580-TD9", f"D{n:09d}", 9) for n in range(DRIVES))
    prepare_simulator(url, LibraryDefinition("SIM", "BIG", "SIM0000001", SLOTS, MAIL_SLOTS, drives, media))
    with open_hands(url) as hands:
        hands.set_fault("six-characters", align="left")
    return house, url


def rows(runtime, model, *conditions):
    with runtime.database.reader.connect() as connection:
        return connection.execute(
            select(func.count()).select_from(table(model)).where(*conditions)
        ).scalar_one()


def test_a_very_large_library_is_taken_in_looked_at_and_moved_in(runtime, large, client_as, clock):
    """In units that each touch a part, so that scans go on in between; and going on where a crash broke off."""
    _, url = large
    look, told, entries, broken = first_look(url, NAME), [], [], []

    def write(work):
        before = size(runtime)
        answer = runtime.writer.run(SYSTEM, work)
        entries.append(size(runtime) - before)
        if len(entries) == 60 and not broken:
            broken.append(True)
            raise KeyboardInterrupt
        return answer

    def add():
        return add_in_parts(
            write, NAME, url, look, take_in=Labelled(Content.FULL), tag_form=TagForm.FIRST_SIX,
            progress=lambda what, done, of: told.append((what, done, of)),
        )  # fmt: skip

    with pytest.raises(KeyboardInterrupt):
        add()
    assert not runtime.writer.run(SYSTEM, lambda unit: is_complete(unit, NAME, url))
    added = add()
    total = SLOTS + DRIVES + MAIL_SLOTS + 1
    assert max(entries) <= 2 * PART + 10
    assert ("places compared", total, total) in told
    assert (added.recording.agreeing, added.recording.discrepancies) == (10_000, 8_000)
    assert rows(runtime, Medium) == 18_000
    assert rows(runtime, Discrepancy) == 8_000
    assert rows(runtime, Element, table(Element).c.home_address.is_(None)) == total
    assert rows(runtime, Device, table(Device).c.enabled) == 1
    pages_are_light(client_as)
    a_move_writes_what_changed(runtime, url, added.device_id)


def size(runtime):
    with runtime.database.reader.connect() as connection:
        return store.head(connection).size


def static_files(html):
    faces = {f"/static/{path.relative_to(STATIC)}" for path in STATIC.glob("fonts/*.woff2")}
    return set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html)) | faces


def sent(client, path):
    """Bytes on the wire to a browser."""
    with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        return sum(len(piece) for piece in answer.iter_raw())


def pages_are_light(client_as):
    client = client_as(Role.MEDIA_HANDLER)
    page = client.get(PAGE)
    assert "20,000 slots, 128 drives, 255 mail slots" in page.text
    assert "agrees in 10,000 of 18,000" in page.text
    assert "8,000 need a person" in page.text
    assert "All 128 are empty." in page.text
    assert page.text.count("<") < 2500
    assert len(page.content) < 120_000
    assert len(page.content) + sum(sent(client, path) for path in static_files(page.text)) < FIRST_PAINT_BYTES
    for fragment in ("map", "live", "door"):
        assert len(client.get(f"{PAGE}/{fragment}").content) < 10_000
    found = client.get(f"{PAGE}?show={barcode(13_331)}").text
    assert 'class="slot mini rest pulse"' in found
    assert "Slot 13331: A13331L9, full" in found
    assert client.get(f"{PAGE}/table?after=19000").text.count("<tr") == 1001


def a_move_writes_what_changed(runtime, url, device_id):
    """However large the library: a medium goes into a drive, two elements and one medium are written."""
    with open_changer(f"{url}?settle_s=0.01") as changer:
        request = MoveRequest(SLOT, 0x0100, "A00001", "x", 60)
        outcome = changer.move(request)
    before, after = look_of(outcome.before), look_of(outcome.after)
    at = size(runtime)
    began = time.process_time()
    recording = runtime.writer.run(
        SYSTEM, lambda unit: record_inventory(unit, device_id, after, announced=False, known=before)
    )
    assert time.process_time() - began < 1.0
    assert (recording.observed, recording.discrepancies, size(runtime) - at) == (1, 0, 1)
    assert rows(runtime, Element, table(Element).c.home_address == SLOT) == 1
