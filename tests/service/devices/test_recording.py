"""What an inventory finds against the record: people swap media by hand, backup software moves them, others appear."""

import pytest
from sqlalchemy import select, update

from drivers.changer.model import MoveRequest
from drivers.library_files import CartridgeDefinition, Place
from drivers.registry import open_changer, open_hands
from service.custody.actions import CustodyEvent, mark_missing, place
from service.custody.models import Discrepancy
from service.db import table
from service.devices.models import Device, TagReading
from service.devices.recording import record_inventory
from service.devices.seen import look_of
from service.devices.setup import as_found, simulator_url
from service.devices.taking_in import add_simulated
from service.handlers.models import Role
from service.ledger.writer import SYSTEM
from service.locations.models import Location, LocationKind
from service.media.models import Content, Custody
from service.media.queries import row_by_barcode

SLOT, MAIL_SLOT, DRIVE = 0x1000, 0x0301, 0x0100
FIRST, SECOND = "STR151L8", "STR152L8"


def look(site):
    with open_changer(site.url) as changer:
        return look_of(changer.inventory(deadline_s=10))


def inventory(site, **more):
    seen = look(site)
    return site.run(lambda unit: record_inventory(unit, site.device_id, seen, **more))


def discrepancies(site):
    return sorted((one.kind.value, one.sentence) for one in site.rows(Discrepancy))


def test_media_at_their_recorded_places_are_only_seen_again_with_one_entry_for_all(site, clock):
    clock.forward(hours=1)
    before = len(site.events(FIRST))
    recording = inventory(site)
    assert (recording.agreeing, recording.media, recording.observed, recording.discrepancies) == (7, 7, 0, 0)
    assert len(site.events(FIRST)) == before
    assert site.medium(FIRST).seen_at > site.medium(FIRST).registered_at
    entry = site.entries(f"device:{site.device_id}")[-1]
    assert entry.event == "device:inventoried"
    assert entry.fields["facts"]["agreeing"] == 7
    assert len(entry.fields["facts"]["digest"]) == 64


def test_two_media_swapped_by_hand_are_both_observed_with_from_and_to(site):
    site.hands.swap(SLOT, SLOT + 1)
    recording = inventory(site)
    assert (recording.observed, recording.agreeing) == (2, 5)
    assert (site.where(FIRST), site.where(SECOND)) == ("slot 2", "slot 1")
    entry = site.entries(f"medium:{site.medium(FIRST).medium_id}")[-1]
    assert entry.event == "medium:observed"
    assert entry.fields["facts"]["from"].endswith("slot 1")
    assert entry.fields["facts"]["to"].endswith("slot 2")
    assert entry.fields["facts"]["device"] == "Library 1"
    assert not site.rows(Discrepancy)
    site.check_ledger()


def test_a_move_of_the_backup_software_into_a_drive_is_observed(site):
    site.hands.swap(SLOT, DRIVE)
    inventory(site)
    assert site.where(FIRST) == "drive 1"
    assert site.medium(FIRST).custody is Custody.IN_LIBRARY


def test_a_vaulted_medium_that_appears_stays_vaulted_and_becomes_a_discrepancy_once(site):
    medium_id = site.medium(FIRST).medium_id
    site.run(
        lambda unit: place(
            unit, [medium_id], CustodyEvent.RECEIVED, location_id=site.ids["vault"], custodian_id=site.ids["vendor"],
            container_id=None,
        )
    )  # fmt: skip
    assert inventory(site).discrepancies == 1
    assert inventory(site).discrepancies == 0
    assert discrepancies(site) == [
        ("unexpected_in_library", "STR151L8 is in slot 1; the record has it at Vault 2 › Vault.")
    ]
    assert site.medium(FIRST).custody is Custody.VAULTED
    site.hands.swap(SLOT, SLOT + 10)
    assert inventory(site).discrepancies == 0


def test_a_medium_recorded_as_missing_that_appears_is_a_discrepancy_not_a_silent_find(site):
    site.run(lambda unit: mark_missing(unit, [site.medium(FIRST).medium_id], {}))
    inventory(site)
    assert discrepancies(site)[0][1].endswith("slot 1 as missing.")
    assert site.medium(FIRST).custody is Custody.MISSING


def test_a_medium_that_is_nowhere_is_absent_and_keeps_its_record(site):
    site.hands.take(SLOT)
    assert inventory(site).discrepancies == 1
    assert inventory(site).discrepancies == 0
    assert discrepancies(site)[0][0] == "absent_from_library"
    assert site.where(FIRST) == "slot 1"
    assert not site.element(SLOT).full


def test_a_barcode_nobody_knows_is_one_discrepancy_wherever_it_moves_to(site):
    site.hands.put(SLOT + 10, "NEW001L8")
    assert inventory(site).discrepancies == 1
    site.hands.swap(SLOT + 10, SLOT + 11)
    assert inventory(site).discrepancies == 0
    assert discrepancies(site) == [
        (
            "unknown_barcode",
            "The barcode NEW001L8 in slot 11 is not registered, or fits more than one medium.",
        )
    ]
    assert site.element(SLOT + 11).volume_tag == "NEW001L8"


def test_an_unreadable_label_is_one_discrepancy_a_slot_and_its_medium_is_not_called_absent(site):
    site.hands.set_fault("unreadable-labels", addresses=[SLOT])
    assert inventory(site).discrepancies == 1
    assert inventory(site).discrepancies == 0
    assert discrepancies(site) == [("unreadable_label", "The label in slot 1 cannot be read.")]
    element = site.element(SLOT)
    assert (element.reading, element.volume_tag) == (TagReading.UNREADABLE, None)
    assert element.medium_id == site.medium(FIRST).medium_id


def test_a_tag_left_in_an_empty_slot_is_evidence_and_not_a_place(site):
    site.hands.set_fault("phantom-tags")
    with open_changer(f"{site.url}?settle_s=0.01") as changer:
        assert changer.move(MoveRequest(SLOT, SLOT + 10, FIRST, "by-others", 10)).is_done
    inventory(site)
    assert site.where(FIRST) == "slot 11"
    assert site.element(SLOT).phantom_tag == FIRST
    assert not site.element(SLOT).full
    assert not site.rows(Discrepancy)


def test_a_tag_reported_twice_moves_nothing_and_freezes_the_medium(site):
    site.hands.set_fault("duplicate-tag", address=SLOT + 1, tag=FIRST)
    inventory(site)
    assert ("unexpected_in_library", "The tag STR151L8 is reported in slot 1 and slot 2.") in discrepancies(
        site
    )
    assert site.where(FIRST) == "slot 1"


def test_a_library_without_any_tags_proves_nothing(site):
    site.hands.set_fault("no-tags")
    recording = inventory(site)
    assert not recording.trustworthy
    assert not site.rows(Discrepancy)
    assert {site.where(f"STR15{n}L8") for n in range(1, 8)} == {f"slot {n}" for n in range(1, 8)}


def test_a_medium_on_site_that_a_person_puts_in_is_observed_there(site):
    site.hands.take(SLOT)
    room = site.run(lambda unit: unit.session.connection().execute(_room_of(site)).scalar_one())
    medium_id = site.medium(FIRST).medium_id
    us = site.medium(FIRST).custodian_id
    site.run(
        lambda unit: place(
            unit, [medium_id], CustodyEvent.MOVED, location_id=room, custodian_id=us, container_id=None
        )
    )
    assert site.medium(FIRST).custody is Custody.ON_SITE
    site.hands.put_in_mail_slot(MAIL_SLOT, FIRST)
    inventory(site)
    assert site.where(FIRST) == "mail slot 1"
    assert site.medium(FIRST).custody is Custody.IN_LIBRARY
    assert not site.rows(Discrepancy)


def _room_of(site):
    library = table(Location)
    return select(library.c.parent_id).where(library.c.location_id == site.added.library_id)


@pytest.mark.parametrize(
    ("form", "fault"), [("first-six", {"align": "left"}), ("last-six", {"align": "right"})]
)
def test_a_library_that_reports_six_characters_is_matched_by_its_rule(
    make_robot_site, definition_of, form, fault
):
    site = make_robot_site(definition_of([FIRST, SECOND]))
    site.run(lambda unit: unit.connection.execute(update(table(Device)).values(identity={"tag_form": form})))
    site.hands.set_fault("six-characters", **fault)
    recording = inventory(site)
    assert (recording.agreeing, recording.discrepancies) == (2, 0)
    inventory(site)
    assert not site.rows(Discrepancy)


def test_only_what_differs_is_written_again(site):
    before = site.element(SLOT + 5).observed_at
    site.hands.swap(SLOT, SLOT + 10)
    inventory(site)
    assert site.element(SLOT + 5).observed_at == before
    assert site.element(SLOT).observed_at != before


def test_the_first_inventory_registers_what_it_was_told_to_and_keeps_the_rest_as_news(
    make_robot_site, definition_of
):
    cleaning = CartridgeDefinition(Place.STORAGE, 11, "CLN001CU", cleaning=True)
    odd = CartridgeDefinition(Place.STORAGE, 12, "ODD")
    site = make_robot_site(definition_of([FIRST], more=(cleaning, odd)))
    assert site.added.registered == 2
    assert site.medium("CLN001CU").content is Content.ACTIVE
    assert discrepancies(site)[0][0] == "unknown_barcode"
    with site.runtime.database.reader.connect() as connection:
        assert row_by_barcode(connection, FIRST).barcode == FIRST


def test_with_a_recorded_look_at_hand_only_what_differs_from_it_is_compared(site):
    known = look(site)
    site.run(lambda unit: record_inventory(unit, site.device_id, known))
    site.run(lambda unit: mark_missing(unit, [site.medium("STR157L8").medium_id], {}))
    site.hands.swap(SLOT, SLOT + 10)
    site.hands.take(SLOT + 1)
    site.hands.put(SLOT + 11, "NEW001L8")
    seen = look(site)
    recording = site.run(
        lambda unit: record_inventory(unit, site.device_id, seen, announced=False, known=known)
    )
    assert recording.observed == 1
    assert site.where(FIRST) == "slot 11"
    assert [kind for kind, _ in discrepancies(site)] == ["absent_from_library", "unknown_barcode"]
    assert site.element(SLOT + 11).volume_tag == "NEW001L8"
    assert not site.element(SLOT).full
    inventory(site)
    assert "unexpected_in_library" in [kind for kind, _ in discrepancies(site)]


@pytest.fixture
def second_library(site, definition_of):
    """Another library of the same house, with media of its own."""
    return add_simulated(
        site.runtime,
        SYSTEM,
        "Library 2",
        definition_of(["STR161L8", "STR162L8"]),
        take_in=as_found(Content.FULL),
    )


def inventory_of(site, added, name):
    with open_changer(simulator_url(site.runtime.settings.data_dir, name)) as changer:
        seen = look_of(changer.inventory(deadline_s=10))
    return site.run(lambda unit: record_inventory(unit, added.device_id, seen))


def test_a_medium_carried_from_one_library_to_another_is_news_in_both_and_stays_where_the_record_has_it(
    site, second_library
):
    site.hands.take(SLOT)
    with open_hands(simulator_url(site.runtime.settings.data_dir, "Library 2")) as hands:
        hands.put(SLOT + 5, FIRST)
    assert inventory_of(site, second_library, "Library 2").discrepancies == 1
    assert inventory(site).discrepancies == 1
    assert discrepancies(site) == [
        ("absent_from_library", "STR151L8 is recorded at Site 1 › Machine room › Library 1 › slot 1; it is not in the library."),
        ("unexpected_in_library", "STR151L8 is in slot 6; the record has it at Site 1 › Machine room › Library 1 › slot 1."),
    ]  # fmt: skip
    assert site.where(FIRST) == "slot 1"
    assert inventory_of(site, second_library, "Library 2").discrepancies == 0
    site.check_ledger()


def test_two_libraries_with_the_same_element_addresses_are_never_mixed_up(site, second_library):
    site.hands.swap(SLOT, SLOT + 10)
    assert inventory_of(site, second_library, "Library 2").observed == 0
    assert inventory(site).observed == 1
    assert (site.where(FIRST), site.where("STR161L8")) == ("slot 11", "slot 1")
    assert site.medium("STR161L8").location_id != site.location(LocationKind.SLOT, 1)


def test_a_vaulted_medium_in_the_library_is_red_on_its_page_and_on_today(site, client_as):
    medium_id = site.medium(FIRST).medium_id
    site.run(
        lambda unit: place(
            unit, [medium_id], CustodyEvent.RECEIVED, location_id=site.ids["vault"], custodian_id=site.ids["vendor"],
            container_id=None,
        )
    )  # fmt: skip
    inventory(site)
    client = client_as(Role.BACKUP_ADMINISTRATOR)
    page = client.get("/libraries/Library%201").text
    assert "1 wrong" in page
    assert "vaulted?" in page
    assert "broken" in page
    assert "D-0001" in client.get("/").text
