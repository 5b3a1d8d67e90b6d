"""A run goes out through the mail slots of the virtual library, carried by a real worker thread; hands empty them."""

from drivers.library_files import CartridgeDefinition, Place
from service.custody.models import Discrepancy
from service.db import table
from service.devices import actions
from service.devices.actions import Resume, Stop
from service.devices.models import JobKind, JobState
from service.media.models import Custody
from service.rotation.models import RunLine, Step

SEVEN = tuple(f"STR15{number}L8" for number in range(1, 8))
FIRST_SLOT, FIRST_MAIL_SLOT, DRIVE, GRIPPER = 0x1000, 0x0301, 0x0100, 1


def lines(site):
    return {line.medium_id: line for line in site.rows(RunLine)}


def line_of(site, barcode):
    return lines(site)[site.medium(barcode).medium_id]


def waiting(site, out, batch=None):
    """The eject job once it waits with so many media of a batch in the mail slots."""

    def look():
        jobs = site.jobs(JobKind.EJECT)
        if not jobs or jobs[-1].state is not JobState.WAITING:
            return None
        progress = jobs[-1].progress
        right_batch = batch in {None, progress.get("batch")}
        return jobs[-1] if right_batch and len(progress.get("out", [])) == out else None

    return site.wait_for(look)


def test_seven_media_leave_in_two_batches_through_four_mail_slots(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    assert job.fault == "Take 4 media out of mail slots 1, 2, 3, 4. Then batch 2 of 2 comes."
    assert sorted(site.in_mail_slots().values()) == list(SEVEN[:4])
    assert {site.where(barcode) for barcode in SEVEN[:4]} == {f"mail slot {n}" for n in (1, 2, 3, 4)}
    site.empty_mail_slots()
    job = waiting(site, 3, batch=2)
    assert sorted(site.in_mail_slots().values()) == list(SEVEN[4:])
    site.empty_mail_slots()
    site.wait_for_state(job.job_id, JobState.DONE)
    assert site.moves_done() == 7
    assert [line_of(site, barcode).batch for barcode in SEVEN] == [1, 1, 1, 1, 2, 2, 2]
    assert [line_of(site, barcode).source_number for barcode in SEVEN] == [1, 2, 3, 4, 5, 6, 7]
    for barcode in SEVEN:
        assert site.medium(barcode).custody is Custody.ON_SITE
        assert site.events(barcode)[-2:] == ["medium:ejected", "medium:taken_out"]
        assert line_of(site, barcode).emptied_at is not None
    steps = site.steps(job.job_id)
    assert [step.verdict for step in steps] == ["moved"] * 7
    assert all(
        step.outcome["told"] == "GOOD" and len(step.outcome["evidence_sha256"]) == 64 for step in steps
    )
    assert not site.rows(Discrepancy)
    site.stop()
    site.check_ledger()


def test_nothing_moves_while_nobody_empties_the_mail_slots(site):
    site.approve_run()
    site.worker()
    waiting(site, 4)
    looks = len(site.entries(f"device:{site.device_id}"))
    site.wait_for(lambda: site.moves_done() == 4)
    for _ in range(20):
        assert site.wait_for(lambda: site.jobs(JobKind.EJECT)[-1].state is JobState.WAITING)
    assert site.moves_done() == 4
    assert len(site.entries(f"device:{site.device_id}")) == looks


def test_a_mail_slot_left_full_by_somebody_makes_the_batches_smaller(site):
    site.hands.put_in_mail_slot(FIRST_MAIL_SLOT, "OTHER1L8")
    site.approve_run()
    site.worker()
    job = waiting(site, 3)
    assert "OTHER1L8" in site.in_mail_slots().values()
    assert {one["number"] for one in job.progress["out"]} == {2, 3, 4}
    assert [found.kind.value for found in site.rows(Discrepancy)] == ["unknown_barcode"]


def test_with_every_mail_slot_taken_the_job_asks_to_empty_them_and_then_goes_on(site):
    for number in range(4):
        site.hands.put_in_mail_slot(FIRST_MAIL_SLOT + number, f"OTHER{number}L8")
    site.approve_run()
    site.worker()
    job = waiting(site, 0)
    assert job.fault == "All 4 mail slots are taken. Empty them; 7 media wait to go out."
    assert site.moves_done() == 0
    site.empty_mail_slots()
    waiting(site, 4)


def test_one_emptied_mail_slot_is_recorded_while_the_others_still_wait(site):
    site.approve_run()
    site.worker()
    waiting(site, 4)
    site.hands.take_from_mail_slot(FIRST_MAIL_SLOT + 1)
    job = waiting(site, 3)
    assert {one["number"] for one in job.progress["out"]} == {1, 3, 4}
    assert site.medium(SEVEN[1]).custody is Custody.ON_SITE
    assert site.moves_done() == 4


def test_the_word_that_they_are_emptied_brings_a_look_at_once(site):
    from dataclasses import replace

    from service.devices.duty import Timing

    slow = replace(Timing(), look_s=60, poll_s=0.02)
    site.approve_run()
    site.worker(timing=slow)
    job = waiting(site, 4)
    site.empty_mail_slots()
    site.run(lambda unit: actions.look_now(unit, job.job_id))
    waiting(site, 3)


def test_a_medium_in_a_drive_stays_and_goes_out_once_it_is_back_in_a_slot(make_robot_site, definition_of):
    in_slot = CartridgeDefinition(Place.STORAGE, 8, "STR170L8")
    site = make_robot_site(definition_of(SEVEN[:2], more=(in_slot,)))
    site.approve_run()
    site.hands.swap(DRIVE, FIRST_SLOT + 7)
    site.worker()
    waiting(site, 2)
    site.empty_mail_slots()
    job = site.wait_for_state(site.jobs(JobKind.EJECT)[0].job_id, JobState.DONE)
    assert job.progress["left"] == [
        {
            "medium_id": site.medium("STR170L8").medium_id,
            "barcode": "STR170L8",
            "why": "in drive 1; it goes out once it is back in a slot",
        }
    ]
    assert site.moves_done() == 2
    site.hands.swap(DRIVE, FIRST_SLOT + 7)
    site.enqueue(JobKind.INVENTORY)
    job = waiting(site, 1)
    assert job.job_id != site.jobs(JobKind.EJECT)[0].job_id
    assert site.in_mail_slots()[FIRST_MAIL_SLOT] == "STR170L8"


def test_a_medium_that_a_person_moved_to_another_slot_is_observed_and_taken_from_there(site):
    site.hands.swap(FIRST_SLOT, FIRST_SLOT + 10)
    site.approve_run()
    site.worker()
    waiting(site, 4)
    assert "medium:observed" in site.events(SEVEN[0])
    site.empty_mail_slots()
    waiting(site, 3)
    assert line_of(site, SEVEN[0]).source_number == 11


def test_a_jam_in_the_gripper_asks_an_operator_who_lets_the_robot_finish(site):
    site.hands.set_fault("jam", phase="in-gripper")
    site.approve_run()
    site.worker()
    job = site.wait_for_state(site.eject_job().job_id, JobState.NEEDS_OPERATOR)
    assert job.fault.startswith("STR151L8 is in the robot's gripper, between slot 1 and mail slot 1.")
    assert site.steps(job.job_id)[-1].verdict == "in-transport"
    assert site.element(GRIPPER).volume_tag == "STR151L8"
    site.run(lambda unit: actions.resume(unit, job.job_id, Resume.LOOK_AGAIN))
    job = site.wait_for(lambda: len(site.steps(job.job_id)) == 2 and site.job(job.job_id))
    site.wait_for_state(job.job_id, JobState.NEEDS_OPERATOR)
    assert site.steps(job.job_id)[-1].intent["looks_at"] == site.steps(job.job_id)[0].step_id
    assert site.moves_done() == 0
    site.run(lambda unit: actions.resume(unit, job.job_id, Resume.GO_ON))
    waiting(site, 4)
    assert site.in_mail_slots()[FIRST_MAIL_SLOT] == "STR151L8"
    assert line_of(site, SEVEN[0]).step is Step.EJECTED
    site.stop()
    site.check_ledger()


def test_a_jam_before_the_pick_is_tried_once_more_and_then_asked_about(site):
    site.hands.set_fault("jam", phase="before-pick", times=1)
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)][:2] == ["not-moved", "moved"]
    assert site.moves_done() == 4


def test_a_jam_that_stays_is_not_tried_a_third_time(site):
    site.hands.set_fault("jam", phase="before-pick", times=0)
    site.approve_run()
    site.worker()
    job = site.wait_for_state(site.eject_job().job_id, JobState.NEEDS_OPERATOR)
    assert [step.verdict for step in site.steps(job.job_id)] == ["not-moved", "not-moved"]
    assert "is still in slot 1; the robot did not move it." in job.fault
    assert "4/15/01" in job.fault


def test_an_error_after_the_medium_was_placed_does_not_hide_that_it_moved(site):
    site.hands.set_fault("jam", phase="placed")
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)] == ["moved"] * 4
    assert "4/15/01" in site.steps(job.job_id)[0].outcome["told"]


def test_a_medium_put_into_the_wrong_mail_slot_goes_on_from_there_when_a_person_says_so(site):
    site.hands.set_fault("wrong-place", address=FIRST_MAIL_SLOT + 3)
    site.approve_run()
    site.worker()
    job = site.wait_for_state(site.eject_job().job_id, JobState.NEEDS_OPERATOR)
    assert "STR151L8 is in mail slot 4, neither in slot 1 nor in mail slot 1." in job.fault
    site.run(lambda unit: actions.resume(unit, job.job_id, Resume.GO_ON))
    job = waiting(site, 4)
    assert line_of(site, SEVEN[0]).step is Step.EJECTED
    assert sorted(site.in_mail_slots().values()) == list(SEVEN[:4])
    assert site.moves_done() == 4


def test_a_timeout_is_not_repeated_because_the_robot_may_still_move(site):
    site.hands.set_fault("timeout", phase="before-pick")
    site.approve_run()
    site.worker()
    job = site.wait_for_state(site.eject_job().job_id, JobState.NEEDS_OPERATOR)
    assert "may-still-move" in site.steps(job.job_id)[0].outcome["flags"]
    assert site.moves_done() == 0


def test_an_open_door_makes_the_job_wait_and_closing_it_lets_it_go_on(site):
    site.hands.open_door()
    site.approve_run()
    site.worker()
    job = site.wait_for_state(site.eject_job().job_id, JobState.WAITING)
    assert "its door or mail slot is open" in job.fault
    assert site.moves_done() == 0
    site.hands.close_door()
    waiting(site, 4)


def test_a_vaulted_medium_seen_in_the_library_is_kept_out_of_the_job(site):
    vault(site, SEVEN[0])
    site.enqueue(JobKind.INVENTORY)
    site.approve_run()
    site.worker()
    waiting(site, 4)
    assert SEVEN[0] not in site.in_mail_slots().values()
    assert [found.kind.value for found in site.rows(Discrepancy)] == ["unexpected_in_library"]
    assert site.medium(SEVEN[0]).custody is Custody.VAULTED


def vault(site, barcode):
    """The record has the medium at the vendor, whatever the library shows."""
    from service.custody.actions import CustodyEvent, place

    medium_id = site.medium(barcode).medium_id
    site.run(
        lambda unit: place(
            unit, [medium_id], CustodyEvent.RECEIVED, location_id=site.ids["vault"], custodian_id=site.ids["vendor"],
            container_id=None,
        )
    )  # fmt: skip


def test_a_medium_with_an_open_discrepancy_is_left_behind_with_its_reason(site):
    from service.custody.actions import open_discrepancy
    from service.custody.models import DiscrepancyKind

    site.run(
        lambda unit: open_discrepancy(
            unit,
            DiscrepancyKind.UNEXPECTED_IN_LIBRARY,
            "Seen twice.",
            medium_id=site.medium(SEVEN[0]).medium_id,
        )
    )
    site.approve_run()
    site.worker()
    waiting(site, 4)
    site.empty_mail_slots()
    waiting(site, 2)
    site.empty_mail_slots()
    job = site.wait_for_state(site.eject_job().job_id, JobState.DONE)
    assert [(one["barcode"], one["why"]) for one in job.progress["left"]] == [
        (SEVEN[0], "kept out of every job until its discrepancy is resolved")
    ]
    assert len(site.jobs(JobKind.EJECT)) == 1


def test_a_look_goes_in_between_while_the_job_waits_for_a_person(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    look = site.enqueue(JobKind.INVENTORY)
    site.wait_for_state(look, JobState.DONE)
    waiting(site, 4)
    assert site.job(job.job_id).fence == job.fence + 1
    assert not site.rows(Discrepancy)


def test_a_paused_job_stands_still_and_goes_on_after_a_word(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    site.run(lambda unit: actions.request_stop(unit, job.job_id, Stop.PAUSE, "Handler 2"))
    job = site.wait_for_state(job.job_id, JobState.NEEDS_OPERATOR)
    assert job.fault == "Paused by Handler 2."
    site.empty_mail_slots()
    site.run(lambda unit: actions.resume(unit, job.job_id, Resume.GO_ON))
    waiting(site, 3)


def test_a_cancelled_job_is_not_started_again_by_itself(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    site.run(lambda unit: actions.cancel(unit, job.job_id, "Handler 2"))
    site.wait_for_state(job.job_id, JobState.CANCELLED)
    look = site.enqueue(JobKind.INVENTORY)
    site.wait_for_state(look, JobState.DONE)
    assert len(site.jobs(JobKind.EJECT)) == 1
    assert line_of(site, SEVEN[0]).step is Step.EJECTED


def test_the_worker_ends_at_once_while_it_waits_and_the_next_one_goes_on(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    site.stop()
    assert site.job(job.job_id).state is JobState.WAITING
    site.empty_mail_slots()
    site.worker()
    waiting(site, 3)
    assert site.moves_done() == 7


def test_two_workers_on_one_device_never_move_at_the_same_time(site):
    site.approve_run()
    site.worker("worker-a")
    site.worker("worker-b")
    job = waiting(site, 4)
    assert site.moves_done() == 4
    assert {step.fence for step in site.steps(job.job_id)} == {1}


def test_an_unreadable_label_in_the_mail_slot_counts_as_there_until_it_is_taken(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    site.hands.set_fault("unreadable-labels", addresses=[FIRST_MAIL_SLOT])
    look = site.enqueue(JobKind.INVENTORY)
    site.wait_for_state(look, JobState.DONE)
    assert len(site.job(job.job_id).progress["out"]) == 4
    assert line_of(site, SEVEN[0]).emptied_at is None
    site.hands.clear_fault("unreadable-labels")
    site.empty_mail_slots()
    waiting(site, 3)


def test_the_steps_table_names_only_this_library(site):
    site.approve_run()
    site.worker()
    job = waiting(site, 4)
    intents = [step.intent for step in site.steps(job.job_id)]
    assert [intent["source_name"] for intent in intents] == ["slot 1", "slot 2", "slot 3", "slot 4"]
    assert [intent["destination_name"] for intent in intents] == [f"mail slot {n}" for n in (1, 2, 3, 4)]
    assert all(intent["before"]["unread"] == [] for intent in intents)
    assert table(RunLine).name == "run_line"
