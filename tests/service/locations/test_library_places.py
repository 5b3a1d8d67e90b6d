"""A library's slots, drives and mail slots in one go."""

import time

import pytest

from service.errors import InvalidInputError
from service.handlers.models import Role
from service.ledger import replay, store
from service.ledger.writer import SYSTEM
from service.locations.actions import deactivate_location
from service.locations.library import ensure_library
from service.locations.models import LocationKind
from service.locations.queries import children, location
from service.schema import PROJECTIONS

SLOTS = [(number, 1000 + number) for number in range(1, 25)]
DRIVES = [(1, 500), (2, 501)]
MAIL_SLOTS = [(1, 10), (2, 11), (3, 12), (4, 13)]


def ensure(runtime, house, *, slots=SLOTS, drives=DRIVES, mail_slots=MAIL_SLOTS, name="Library 1"):
    return runtime.writer.run(
        SYSTEM,
        lambda unit: ensure_library(
            unit, name, house.room_id, slots=slots, drives=drives, mail_slots=mail_slots
        ),
    )


def size(runtime):
    with runtime.database.reader.connect() as connection:
        return store.head(connection).size


def test_a_library_is_made_with_one_entry_for_each_place(runtime, house):
    before = size(runtime)
    places = ensure(runtime, house)
    assert size(runtime) - before == 1 + 24 + 2 + 4
    with runtime.database.reading() as session:
        slot = location(session, places.slots[14])
        assert slot.path == "Site 1 › Machine room › Library 1 › slot 14"
        assert (slot.number, slot.element_address, slot.kind) == (14, 1014, LocationKind.SLOT)
        assert slot.code == f"{location(session, places.library_id).code}-S14"
        assert location(session, places.mail_slots[4]).name == "mail slot 4"
    with runtime.database.reader.connect() as connection:
        assert replay.check(connection, PROJECTIONS).differences == ()


def test_a_second_time_changes_nothing(runtime, house):
    first = ensure(runtime, house)
    before = size(runtime)
    assert ensure(runtime, house) == first
    assert size(runtime) == before


def test_a_bigger_library_keeps_the_ids_it_has(runtime, house):
    first = ensure(runtime, house)
    second = ensure(runtime, house, slots=[*SLOTS, (25, 1025)])
    assert {number: second.slots[number] for number in first.slots} == first.slots
    assert 25 in second.slots


def test_another_address_is_an_entry_of_its_own(runtime, house):
    first = ensure(runtime, house)
    second = ensure(runtime, house, drives=[(1, 500), (2, 777)])
    assert second.drives == first.drives
    with runtime.database.reader.connect() as connection:
        entry = store.entries_of(connection, f"location:{first.drives[2]}")[0]
    assert (entry.event, entry.changes) == ("location:readdressed", {"element_address": 777})


def test_a_slot_that_was_out_of_use_is_in_use_again(runtime, house):
    places = ensure(runtime, house)
    runtime.writer.run(SYSTEM, lambda unit: deactivate_location(unit, places.slots[3], "Broken."))
    ensure(runtime, house)
    with runtime.database.reading() as session:
        assert location(session, places.slots[3]).active


@pytest.mark.parametrize(
    "wrong",
    [
        {"slots": [(1, 1), (1, 2)]},
        {"slots": [(0, 1)]},
        {"slots": [(1, 500)]},
        {"drives": [(1, 10)]},
    ],
)
def test_numbers_and_addresses_stand_once_each(wrong, runtime, house):
    with pytest.raises(InvalidInputError):
        ensure(runtime, house, **wrong)


def test_twenty_thousand_slots_are_made_in_one_quick_unit(runtime, house, client_as):
    slots = [(number, 1000 + number) for number in range(1, 20_001)]
    drives = [(number, 30_000 + number) for number in range(1, 129)]
    started = time.process_time()
    places = ensure(runtime, house, slots=slots, drives=drives)
    took_s = time.process_time() - started
    print(f"20,128 places in {took_s:.2f} s of processor time")
    assert took_s < 15
    with runtime.database.reading() as session:
        assert len(children(session, places.library_id, limit=30_000)) == 20_132
    shown = client_as(Role.AUDITOR).get(f"/locations/{places.library_id}")
    assert "The first 200 are shown." in shown.text
