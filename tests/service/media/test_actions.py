"""Registering media and changing them, on rows and entries."""

import time
from datetime import date

import pytest
from media_site import make_site, new, register, replay_agrees, row

from service.errors import InvalidInputError, NotFoundError
from service.ledger import store
from service.ledger.writer import SYSTEM
from service.media import actions, queries, rules
from service.media.models import Content, Custody, MediaType


@pytest.fixture
def site(runtime):
    return make_site(runtime)


def entries(runtime, medium_id):
    with runtime.database.reader.connect() as connection:
        return store.entries_of(connection, f"medium:{medium_id}")


def change(runtime, *args, **more):
    runtime.writer.run(SYSTEM, lambda unit: actions.change_content(unit, *args, **more))


def edit(runtime, *args, **more):
    runtime.writer.run(SYSTEM, lambda unit: actions.edit(unit, *args, **more))


def test_an_accession_writes_everything_that_is_projected(runtime, site):
    medium_id = register(
        runtime, site, " STR142L8 ", site.slots[2], content=Content.FULL, serial_number="HM7X0K1142",
        dataset="billing-db", written_on=date(2025, 12, 9), expires_on=date(2027, 12, 9), tier="monthly", encrypted=True,
    )  # fmt: skip
    found = row(runtime, "STR142L8")
    (entry,) = entries(runtime, medium_id)
    assert (found.custody, found.custodian_id, found.media_type) == (
        Custody.IN_LIBRARY,
        site.us,
        MediaType.LTO,
    )
    assert found.generation == "LTO-8"
    assert entry.event == "medium:registered"
    assert entry.changes["expires_on"] == "2027-12-09"
    assert entry.facts["to"].endswith("Library 1 › slot 3")
    assert replay_agrees(runtime)


def test_a_medium_at_the_vendor_is_vaulted_and_the_vendor_is_custodian(runtime, site):
    register(runtime, site, "STR143L8", site.vault)
    found = row(runtime, "STR143L8")
    assert (found.custody, found.custodian_id) == (Custody.VAULTED, site.vendor)


def test_a_barcode_is_registered_once(runtime, site):
    register(runtime, site, "STR142L8")
    with pytest.raises(rules.BarcodeTakenError, match="registered already"):
        register(runtime, site, "STR142L8", site.vault)


def test_a_serial_number_belongs_to_one_medium(runtime, site):
    register(runtime, site, "STR142L8", serial_number="HM7X0K1142")
    with pytest.raises(rules.BarcodeTakenError, match="HM7X0K1142"):
        register(runtime, site, "STR143L8", serial_number="HM7X0K1142")


def test_a_slot_holds_one_medium_and_a_shelf_many(runtime, site):
    register(runtime, site, "STR142L8", site.slots[0])
    with pytest.raises(rules.PlaceTakenError, match="holds STR142L8 already"):
        register(runtime, site, "STR143L8", site.slots[0])
    register(runtime, site, "STR144L8")
    register(runtime, site, "STR145L8")


def test_nothing_is_registered_in_transit_or_nowhere(runtime, site):
    for where in (site.transit, "no-such-place"):
        with pytest.raises(InvalidInputError, match="does not take media"):
            register(runtime, site, "STR142L8", where)


def test_one_bad_medium_of_many_leaves_none(runtime, site):
    media = [new(site, "STR142L8"), new(site, "STR143L8"), new(site, "STR142L8")]
    with pytest.raises(rules.BarcodeTakenError):
        runtime.writer.run(SYSTEM, lambda unit: actions.register_many(unit, media))
    with pytest.raises(NotFoundError):
        row(runtime, "STR142L8")


def test_ten_thousand_media_are_registered_in_seconds(runtime, site):
    media = [new(site, f"A{number:05d}L8", serial_number=f"SN{number}") for number in range(10_000)]
    started = time.perf_counter()
    ids = runtime.writer.run(SYSTEM, lambda unit: actions.register_many(unit, media))
    assert len(set(ids)) == 10_000
    assert time.perf_counter() - started < 20
    with runtime.database.reader.connect() as connection:
        assert len(queries.ids_by_barcode(connection, [one.barcode for one in media])) == 10_000


def test_a_correction_is_an_entry_and_an_unchanged_one_is_not(runtime, site):
    medium_id = register(runtime, site, "STR142L8", dataset="billing-db")
    edit(runtime, medium_id, {"dataset": "billing-db"})
    assert len(entries(runtime, medium_id)) == 1
    edit(runtime, medium_id, {"dataset": "claims-images", "expires_on": date(2027, 1, 1)})
    assert entries(runtime, medium_id)[0].changes == {"dataset": "claims-images", "expires_on": "2027-01-01"}
    assert replay_agrees(runtime)


def test_another_serial_number_wants_a_reason(runtime, site):
    medium_id = register(runtime, site, "STR142L8", serial_number="HM7X0K1142")
    with pytest.raises(InvalidInputError):
        edit(runtime, medium_id, {"serial_number": "HM7X0K1143"})
    edit(runtime, medium_id, {"serial_number": "HM7X0K1143"}, reason="read from the cartridge memory")
    assert entries(runtime, medium_id)[0].fields["reason"] == "read from the cartridge memory"


def test_an_earlier_expiry_wants_a_reason(runtime, site):
    medium_id = register(runtime, site, "STR142L8", expires_on=date(2027, 12, 9))
    with pytest.raises(InvalidInputError):
        edit(runtime, medium_id, {"expires_on": None})
    assert row(runtime, "STR142L8").expires_on == date(2027, 12, 9)


def test_scratch_forgets_what_was_written(runtime, site, clock):
    medium_id = register(
        runtime, site, "STR142L8", content=Content.FULL, dataset="billing-db", written_on=date(2025, 1, 1),
        expires_on=date(2026, 11, 25), tier="weekly", encrypted=True,
    )  # fmt: skip
    with pytest.raises(rules.RetentionError):
        change(runtime, medium_id, Content.EXPIRED)
    clock.forward(days=6)
    change(runtime, medium_id, Content.EXPIRED)
    change(runtime, medium_id, Content.SCRATCH)
    found = row(runtime, "STR142L8")
    assert (found.dataset, found.written_on, found.expires_on, found.tier, found.encrypted) == (
        "",
        None,
        None,
        None,
        None,
    )
    assert entries(runtime, medium_id)[0].facts == {"content_from": "expired"}
    assert replay_agrees(runtime)


def test_the_site_s_own_date_may_be_given(runtime, site):
    medium_id = register(runtime, site, "STR142L8", content=Content.FULL, expires_on=date(2026, 11, 20))
    change(runtime, medium_id, Content.EXPIRED, today=date(2026, 11, 20))
    assert row(runtime, "STR142L8").content is Content.EXPIRED


def test_destroyed_is_gone(runtime, site):
    medium_id = register(runtime, site, "STR142L8", site.slots[0], content=Content.RETIRED)
    change(runtime, medium_id, Content.DESTROYED, "shredded, certificate 12")
    assert row(runtime, "STR142L8").custody is Custody.GONE
    register(runtime, site, "STR143L8", site.slots[0])
    assert replay_agrees(runtime)


def test_many_contents_change_together_or_not_at_all(runtime, site):
    ids = [register(runtime, site, f"STR14{n}L8", content=Content.EXPIRED) for n in range(3)]
    ids.append(register(runtime, site, "STR149L8", content=Content.FULL))
    with pytest.raises(rules.ContentError):
        runtime.writer.run(SYSTEM, lambda unit: actions.change_contents(unit, ids, Content.SCRATCH))
    assert row(runtime, "STR140L8").content is Content.EXPIRED
    runtime.writer.run(SYSTEM, lambda unit: actions.change_contents(unit, ids[:3], Content.SCRATCH))
    assert row(runtime, "STR142L8").content is Content.SCRATCH


def test_an_unknown_medium_is_not_found(runtime, site):
    with pytest.raises(NotFoundError):
        change(runtime, "nothing", Content.FULL)
