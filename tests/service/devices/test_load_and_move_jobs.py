"""Media that come home go from the mail slots into free slots; one medium moves where a person wants it."""

import pytest
from sqlalchemy import select, update

from drivers.changer.model import MoveRequest
from drivers.registry import open_changer
from service.consignments.models import LineState, ManifestLine
from service.custody.actions import CustodyEvent, place
from service.custody.models import Discrepancy
from service.db import table
from service.devices import actions, requests
from service.devices.actions import Resume
from service.devices.models import ElementKind, JobKind, JobState
from service.devices.requests import MediumFrozenError, PlaceNotFreeError
from service.errors import InvalidInputError
from service.locations.models import Location
from service.media.actions import register
from service.media.models import Content, Custody
from service.media.schemas import NewMedium
from service.rotation.models import RunLine, Step

SLOT, MAIL_SLOT, DRIVE = 0x1000, 0x0301, 0x0100
HOME = ("STR091L8", "STR092L8", "STR093L8", "STR094L8", "STR095L8")


def bring_home(site, barcodes=HOME):
    """Expired media of the vendor, planned home by an approved run, received and unpacked in the library's room."""

    def expired(unit):
        for barcode in barcodes:
            register(
                unit,
                NewMedium(
                    barcode, site.ids["vault"], Content.FULL, tier="weekly", expires_on=unit.now.date()
                ),
            )

    site.run(expired)
    number = site.approve_run()
    ids = [site.medium(barcode).medium_id for barcode in barcodes]
    us = site.medium("STR151L8").custodian_id

    def unpacked(unit):
        location = table(Location)
        room = unit.connection.execute(
            select(location.c.parent_id).where(location.c.location_id == site.added.library_id)
        ).scalar_one()
        place(unit, ids, CustodyEvent.UNPACKED, location_id=room, custodian_id=us, container_id=None)
        manifest = table(ManifestLine)
        unit.connection.execute(
            update(manifest).where(manifest.c.medium_id.in_(ids)).values(state=LineState.UNPACKED)
        )

    site.run(unpacked)
    return number


@pytest.fixture
def home(make_robot_site, definition_of):
    """A library whose only other medium stays, so that nothing has to go out."""
    site = make_robot_site(definition_of(["STR151L8"]))
    site.run(lambda unit: _stay(unit, site))
    bring_home(site)
    return site


def _stay(unit, site):
    from service.media.actions import edit

    edit(unit, site.medium("STR151L8").medium_id, {"written_on": None})


def load_job(site):
    return site.wait_for(lambda: (found := site.jobs(JobKind.LOAD)) and found[-1])


def waits(site):
    return site.wait_for(
        lambda: (found := site.jobs(JobKind.LOAD)) and found[-1].state is JobState.WAITING and found[-1]
    )


def put_in(site, *barcodes):
    free = [MAIL_SLOT + n for n in range(4) if MAIL_SLOT + n not in site.in_mail_slots()]
    for address, barcode in zip(free, barcodes, strict=False):
        site.hands.put_in_mail_slot(address, barcode)


def test_what_came_home_is_loaded_as_a_person_puts_it_in_and_is_scratch_again(home):
    home.worker()
    assert waits(home).fault == f"Put {', '.join(HOME)} into the mail slots."
    put_in(home, *HOME[:4])
    home.wait_for(lambda: all(home.where(barcode).startswith("slot") for barcode in HOME[:4]))
    assert waits(home).fault == "Put STR095L8 into the mail slots."
    put_in(home, HOME[4])
    home.wait_for_state(load_job(home).job_id, JobState.DONE)
    lines = {line.medium_id: line for line in home.rows(RunLine)}
    for number, barcode in enumerate(HOME, 2):
        medium = home.medium(barcode)
        assert home.where(barcode) == f"slot {number}"
        assert (medium.content, medium.custody) == (Content.SCRATCH, Custody.IN_LIBRARY)
        assert lines[medium.medium_id].step is Step.LOADED
    assert home.moves_done() == 5
    assert not home.rows(Discrepancy)
    home.stop()
    home.check_ledger()


def test_a_stranger_in_the_mail_slots_is_named_and_left_there(home):
    home.worker()
    waits(home)
    put_in(home, "NEW001L8")
    site = home
    site.wait_for(
        lambda: "Take NEW001L8 out of mail slot 1: it is not expected." in (waits(site).fault or "")
    )
    assert site.moves_done() == 0


def test_a_medium_put_into_a_slot_through_the_door_counts_as_loaded(home):
    home.worker()
    waits(home)
    home.hands.put(SLOT + 6, HOME[0])
    home.wait_for(lambda: home.where(HOME[0]) == "slot 7" and home.medium(HOME[0]).content is Content.SCRATCH)
    assert home.moves_done() == 0


def test_without_a_free_slot_loading_waits_for_one(make_robot_site, definition_of):
    site = make_robot_site(definition_of(["STR151L8"], slots=1))
    site.run(lambda unit: _stay(unit, site))
    bring_home(site, HOME[:1])
    site.worker()
    put_in(site, HOME[0])
    site.wait_for(lambda: (waits(site).fault or "").startswith("No slot is free"))
    site.hands.swap(SLOT, DRIVE)
    site.wait_for_state(load_job(site).job_id, JobState.DONE)
    assert site.where(HOME[0]) == "slot 1"


def test_loading_that_waits_lets_a_run_eject_first(make_robot_site, definition_of):
    site = make_robot_site(definition_of(["STR151L8"]))
    bring_home(site, HOME[:1])
    site.worker()
    job = site.wait_for(
        lambda: (found := site.jobs(JobKind.EJECT)) and found[-1].progress.get("out") and found[-1]
    )
    assert site.in_mail_slots() == {MAIL_SLOT: "STR151L8"}
    site.empty_mail_slots()
    site.wait_for_state(job.job_id, JobState.DONE)
    put_in(site, HOME[0])
    site.wait_for_state(load_job(site).job_id, JobState.DONE)


def test_loading_that_a_person_cancelled_starts_again_only_for_other_media(home):
    home.worker()
    job = waits(home)
    home.run(lambda unit: actions.cancel(unit, job.job_id, "Handler 2"))
    home.wait_for_state(job.job_id, JobState.CANCELLED)
    look = home.enqueue(JobKind.INVENTORY)
    home.wait_for_state(look, JobState.DONE)
    assert len(home.jobs(JobKind.LOAD)) == 1


def move(site, barcode="STR151L8", kind=ElementKind.SLOT, number=12):
    return site.run(lambda unit: requests.request_move(unit, site.device_id, barcode, kind, number))


def test_a_medium_is_moved_to_the_slot_a_person_chose(site):
    site.worker()
    job_id = move(site)
    site.wait_for_state(job_id, JobState.DONE)
    assert site.where("STR151L8") == "slot 12"
    assert site.events("STR151L8")[-1] == "medium:moved"
    assert site.moves_done() == 1


def test_a_move_that_the_library_refuses_fails_with_its_reason_and_nothing_is_sent(site):
    job_id = move(site)
    with open_changer(f"{site.url}?settle_s=0.01") as changer:
        assert changer.move(MoveRequest(SLOT + 1, SLOT + 11, "STR152L8", "by-others", 10)).is_done
    site.worker()
    job = site.wait_for_state(job_id, JobState.FAILED)
    assert "STR152L8" in job.fault
    assert job.fault.endswith("Nothing was moved.")
    assert site.moves_done() == 1
    assert site.where("STR151L8") == "slot 1"


def test_a_jammed_move_asks_and_an_operator_gives_up(site):
    site.hands.set_fault("jam", phase="in-gripper")
    site.worker()
    job_id = move(site)
    site.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    assert site.run(lambda unit: actions.cancel(unit, job_id, "Handler 2")) is JobState.CANCELLED
    assert site.where("STR151L8") == "slot 1"
    assert site.moves_done() == 0


def test_a_jammed_move_goes_on_from_the_gripper_when_a_person_says_so(site):
    site.hands.set_fault("jam", phase="in-gripper")
    site.worker()
    job_id = move(site)
    site.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    site.run(lambda unit: actions.resume(unit, job_id, Resume.GO_ON))
    site.wait_for_state(job_id, JobState.DONE)
    assert site.where("STR151L8") == "slot 12"


def test_a_move_is_refused_before_it_is_queued_where_it_cannot_work(site):
    for barcode, number, error in (
        ("STR999L8", 12, InvalidInputError),
        ("STR151L8", 13, InvalidInputError),
        ("STR151L8", 2, PlaceNotFreeError),
    ):
        with pytest.raises(error):
            move(site, barcode, number=number)
    from service.custody.actions import open_discrepancy
    from service.custody.models import DiscrepancyKind

    site.run(
        lambda unit: open_discrepancy(
            unit, DiscrepancyKind.UNEXPECTED_IN_LIBRARY, "x", medium_id=site.medium("STR151L8").medium_id
        )
    )
    with pytest.raises(MediumFrozenError):
        move(site)
    assert not site.jobs()


def test_an_inventory_of_a_library_whose_door_is_open_fails_at_once_and_says_why(site):
    site.hands.open_door()
    site.worker()
    job_id = site.run(lambda unit: requests.request_inventory(unit, site.device_id))
    job = site.wait_for_state(job_id, JobState.FAILED)
    assert "its door or mail slot is open" in job.fault


def test_a_look_that_is_asked_for_twice_is_taken_once(site):
    first = site.run(lambda unit: requests.request_inventory(unit, site.device_id))
    assert site.run(lambda unit: requests.request_inventory(unit, site.device_id)) == first


def test_an_idle_worker_notices_by_itself_what_others_moved(site, clock):
    from dataclasses import replace

    from service.devices.duty import Timing

    site.hands.swap(SLOT, SLOT + 10)
    site.worker(timing=replace(Timing(), observe_s=0.01, poll_s=0.02))
    site.wait_for(lambda: site.where("STR151L8") == "slot 11")
