"""Leases, fences, steps and decisions, on both databases."""

import pytest
from sqlalchemy import update

from service.db import table
from service.devices import actions, engine
from service.devices.actions import Resume, Stop
from service.devices.models import Job, JobKind, JobState
from service.devices.rules import JobStateError, OutrunError, StepClosedError
from service.errors import NotFoundError

INTENT = {"medium_id": "m", "barcode": "STR151L8", "tag": "STR151L8", "source_name": "slot 1"}


def test_an_inventory_job_is_leased_once_and_the_second_worker_gets_nothing(site):
    job_id = site.enqueue(JobKind.INVENTORY)
    first = site.lease("worker-a")
    assert (first.job_id, first.fence, first.state) == (job_id, 1, JobState.RUNNING)
    assert site.lease("worker-b") is None


def test_two_queued_jobs_of_one_device_are_never_held_together(site):
    site.enqueue(JobKind.INVENTORY)
    site.enqueue(JobKind.INVENTORY)
    assert site.lease("worker-a") is not None
    assert site.lease("worker-b") is None
    held = [job for job in site.jobs() if job.state in {JobState.RUNNING, JobState.WAITING}]
    assert len(held) == 1


def test_the_database_itself_refuses_a_second_running_job_on_a_device(site):
    site.enqueue(JobKind.INVENTORY)
    second = site.enqueue(JobKind.MOVE)
    site.lease("worker-a")

    def force(unit):
        other = next(job.job_id for job in site.jobs() if job.state is JobState.QUEUED)
        unit.connection.execute(
            update(table(Job)).where(table(Job).c.job_id == other).values(state=JobState.WAITING)
        )

    with pytest.raises(Exception, match=r"(?i)unique"):
        site.run(force)
    assert site.job(second).state in {JobState.QUEUED, JobState.RUNNING}


def test_the_same_dedupe_key_gives_the_same_job(site):
    assert site.enqueue(JobKind.EJECT, key="eject:1:1") == site.enqueue(JobKind.EJECT, key="eject:1:1")
    assert len(site.jobs()) == 1


def test_an_expired_lease_is_taken_over_with_a_higher_fence_and_the_old_owner_is_refused(site, clock):
    job_id = site.enqueue(JobKind.EJECT)
    old = site.lease("worker-a", lease_s=15)
    step_id = site.run(lambda unit: engine.intend(unit, job_id, old.fence, INTENT))
    clock.forward(seconds=14)
    assert site.lease("worker-b") is None
    clock.forward(seconds=2)
    new = site.lease("worker-b")
    assert (new.job_id, new.fence) == (job_id, 2)
    for late in (
        lambda unit: engine.heartbeat(unit, job_id, old.fence, 15),
        lambda unit: engine.intend(unit, job_id, old.fence, INTENT),
        lambda unit: engine.conclude(unit, step_id, old.fence, {}, "moved"),
        lambda unit: engine.note(unit, job_id, old.fence, {"batch": 1}),
        lambda unit: engine.wait_for_person(unit, job_id, old.fence, "x"),
        lambda unit: engine.go_on(unit, job_id, old.fence),
        lambda unit: engine.give_way(unit, job_id, old.fence),
        lambda unit: engine.ask_operator(unit, job_id, old.fence, "x"),
        lambda unit: engine.pause(unit, job_id, old.fence, "x"),
        lambda unit: engine.abandon(unit, job_id, old.fence, "x"),
        lambda unit: engine.finish(unit, job_id, old.fence),
        lambda unit: engine.fail(unit, job_id, old.fence, "x"),
    ):
        with pytest.raises(OutrunError):
            site.run(late)
    job = site.job(job_id)
    assert (job.state, job.fence, job.owner) == (JobState.RUNNING, 2, "worker-b")
    assert site.steps(job_id)[0].outcome_at is None


def test_a_heartbeat_keeps_the_lease(site, clock):
    job_id = site.enqueue(JobKind.EJECT)
    leased = site.lease("worker-a", lease_s=15)
    clock.forward(seconds=14)
    site.run(lambda unit: engine.heartbeat(unit, job_id, leased.fence, 15))
    clock.forward(seconds=14)
    assert site.lease("worker-b") is None


def test_the_same_owner_gets_its_job_back_at_once(site):
    job_id = site.enqueue(JobKind.EJECT)
    site.lease("worker-a")
    again = site.lease("worker-a")
    assert (again.job_id, again.fence) == (job_id, 2)


def test_intent_and_outcome_are_separate_entries_and_an_outcome_is_written_once(site):
    job_id = site.enqueue(JobKind.MOVE)
    leased = site.lease()
    step_id = site.run(
        lambda unit: engine.intend(unit, job_id, leased.fence, {**INTENT, "before": {"ranges": []}})
    )
    site.run(lambda unit: engine.conclude(unit, step_id, leased.fence, {"found_at": 4096}, "moved"))
    with pytest.raises(StepClosedError):
        site.run(lambda unit: engine.conclude(unit, step_id, leased.fence, {}, "not-moved"))
    entries = {
        entry.event: entry.fields["facts"] for entry in site.entries(f"job:{job_id}") if "step" in entry.event
    }
    assert entries["job:step_intended"]["barcode"] == "STR151L8"
    assert "before" not in entries["job:step_intended"]
    assert entries["job:step_observed"]["verdict"] == "moved"
    assert site.steps(job_id)[0].verdict == "moved"


def test_a_waiting_job_keeps_its_device_and_says_what_it_waits_for(site):
    job_id = site.enqueue(JobKind.EJECT)
    leased = site.lease()
    site.run(
        lambda unit: engine.wait_for_person(unit, job_id, leased.fence, "Empty mail slot 1.", {"batch": 1})
    )
    job = site.job(job_id)
    assert (job.state, job.fault, job.progress["batch"]) == (JobState.WAITING, "Empty mail slot 1.", 1)
    site.run(lambda unit: engine.wait_for_person(unit, job_id, leased.fence, "Empty mail slot 1."))
    waits = [entry for entry in site.entries(f"job:{job_id}") if entry.event == "job:waited"]
    assert len(waits) == 1
    site.run(lambda unit: engine.go_on(unit, job_id, leased.fence))
    assert site.job(job_id).state is JobState.RUNNING


def test_a_job_with_a_question_lets_only_looks_go_first_until_a_person_decides(site):
    asked = site.enqueue(JobKind.EJECT)
    leased = site.lease()
    site.run(lambda unit: engine.ask_operator(unit, asked, leased.fence, "STR151L8 is in the gripper."))
    site.enqueue(JobKind.MOVE)
    look = site.enqueue(JobKind.INVENTORY)
    assert site.lease().job_id == look
    site.run(lambda unit: engine.finish(unit, look, 1))
    assert site.lease() is None
    site.run(lambda unit: actions.resume(unit, asked, Resume.LOOK_AGAIN))
    resumed = site.lease()
    assert (resumed.job_id, resumed.progress["resume"]) == (asked, "look_again")


def test_a_paused_job_leaves_the_device_to_others(site):
    paused = site.enqueue(JobKind.EJECT)
    leased = site.lease()
    site.run(lambda unit: engine.pause(unit, paused, leased.fence, "Handler 1"))
    move = site.enqueue(JobKind.MOVE)
    assert site.lease().job_id == move


def test_a_wish_to_stop_a_held_job_waits_for_its_worker(site):
    job_id = site.enqueue(JobKind.EJECT)
    site.lease()
    state = site.run(lambda unit: actions.request_stop(unit, job_id, Stop.CANCEL, "Handler 1"))
    assert state is JobState.RUNNING
    assert site.job(job_id).progress["stop"] == "cancel"


def test_a_job_whose_worker_is_gone_is_cancelled_at_once_and_its_step_is_given_up(site, clock):
    job_id = site.enqueue(JobKind.EJECT)
    leased = site.lease()
    site.run(lambda unit: engine.intend(unit, job_id, leased.fence, INTENT))
    clock.forward(minutes=1)
    assert site.run(lambda unit: actions.cancel(unit, job_id, "Handler 1")) is JobState.CANCELLED
    assert site.steps(job_id)[0].verdict == "given-up"
    site.check_ledger()


def test_what_is_done_stays_done(site):
    job_id = site.enqueue(JobKind.INVENTORY)
    leased = site.lease()
    site.run(lambda unit: engine.finish(unit, job_id, leased.fence))
    for act in (
        lambda unit: actions.cancel(unit, job_id, "Handler 1"),
        lambda unit: actions.resume(unit, job_id, Resume.GO_ON),
        lambda unit: actions.look_now(unit, job_id),
    ):
        with pytest.raises(JobStateError):
            site.run(act)


def test_an_unknown_job_is_not_found(site):
    with pytest.raises(NotFoundError):
        site.run(lambda unit: actions.look_now(unit, "nothing"))


def test_giving_way_puts_the_job_behind_what_waits(site, clock):
    load = site.enqueue(JobKind.LOAD)
    leased = site.lease()
    clock.forward(seconds=1)
    eject = site.enqueue(JobKind.EJECT)
    clock.forward(seconds=1)
    site.run(lambda unit: engine.give_way(unit, load, leased.fence))
    assert site.lease().job_id == eject
