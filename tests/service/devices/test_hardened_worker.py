"""What must not end a worker, and what it must not do: sleeping past its lease, databases and devices that go away, clocks that jump."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from database_away import DatabaseAway

from drivers.registry import open_changer
from service.devices import changer_requests, requests
from service.devices.changer_requests import WaitsForDecisionError
from service.devices.duty import Timing
from service.devices.models import ElementKind, JobKind, JobState
from service.devices.moving import move_one
from service.devices.rules import OutrunError
from service.devices.worker import DeviceWorker

SLOT = 0x1000
FIRST = "STR151L8"
QUICK = replace(Timing(), poll_s=0.02, retry_s=0.02, observe_s=0.01, look_s=0.05, deadline_s=5, move_s=20)


def move(site, number=12):
    return site.run(lambda unit: requests.request_move(unit, site.device_id, FIRST, ElementKind.SLOT, number))


def test_a_worker_that_slept_past_its_lease_sends_nothing_and_the_next_one_looks(site):
    """SIGSTOP, a suspended machine: between the look and the command more time passed than the lease lasts."""
    job_id = move(site)
    leased = site.lease("worker-a")
    sleeper = DeviceWorker(site.runtime, site.post(), timing=QUICK, owner="worker-a")
    duty = sleeper._duty(leased)
    duty.renewed_at -= QUICK.lease_s + 1
    with open_changer(site.post().url) as duty.changer, pytest.raises(OutrunError):
        move_one(duty)
    assert site.moves_done() == 0
    (step,) = site.steps(job_id)
    assert step.outcome_at is None
    site.worker(owner="worker-a")
    site.wait_for_state(job_id, JobState.DONE)
    assert site.moves_done() == 1
    assert [one.verdict for one in site.steps(job_id)] == ["not-moved", "moved"]


def test_a_worker_outlives_a_database_that_was_away(site):
    job_id = move(site)
    away = DatabaseAway(site.runtime.writer, failures=5)
    worker = DeviceWorker(replace(site.runtime, writer=away), site.post(), timing=QUICK, owner="worker-a")
    site.workers.append(worker.start())
    site.wait_for_state(job_id, JobState.DONE)
    assert away.left == 0
    assert worker.alive


def test_a_worker_outlives_what_nobody_expected(site):
    calls = []

    def opener(url):
        calls.append(url)
        if len(calls) < 3:
            raise RuntimeError("a driver's own mistake")
        return open_changer(url)

    worker = site.worker(timing=QUICK, opener=opener)
    site.hands.swap(SLOT, SLOT + 10)
    site.wait_for(lambda: site.where(FIRST) == "slot 11")
    assert worker.alive
    assert len(calls) >= 3


def test_a_library_that_disappears_makes_long_jobs_wait_and_comes_back(site):
    folder = Path(site.url.removeprefix("sim://"))
    away = folder.with_name("away")
    site.approve_run()
    site.worker(timing=replace(QUICK, observe_s=3600))
    job = site.eject_job()
    site.wait_for(lambda: len(site.job(job.job_id).progress.get("out", ())) == 4)
    folder.rename(away)
    site.wait_for(lambda: "cannot be opened" in (site.job(job.job_id).fault or ""))
    assert site.job(job.job_id).state is JobState.WAITING
    away.rename(folder)
    site.empty_mail_slots()
    site.wait_for(lambda: site.moves_done() == 7)


def test_a_short_job_at_a_library_that_is_gone_fails_at_once_and_says_why(site):
    folder = Path(site.url.removeprefix("sim://"))
    folder.rename(folder.with_name("away"))
    site.worker(timing=replace(QUICK, observe_s=3600))
    job_id = site.enqueue(JobKind.INVENTORY)
    assert "Nothing was moved" in site.wait_for_state(job_id, JobState.FAILED).fault


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_jumps_moves_no_medium_twice(site, clock, jump):
    """Forward, every lease looks run out; backward, none does. The fence and the look decide either way."""
    first, second = site.worker("worker-a"), site.worker("worker-b")
    job_id = move(site)
    clock.now += jump
    site.wait_for_state(job_id, JobState.DONE)
    assert (site.moves_done(), site.where(FIRST)) == (1, "slot 12")
    assert first.alive
    assert second.alive


def test_while_a_question_is_open_a_backup_program_is_told_so_at_once(site):
    site.hands.set_fault("jam", phase="in-gripper")
    site.worker()
    site.wait_for_state(move(site), JobState.NEEDS_OPERATOR)
    with pytest.raises(
        WaitsForDecisionError, match="waits for a person's decision: STR151L8 is in the robot"
    ):
        site.run(lambda unit: changer_requests.request_load(unit, site.device_id, 2, 0, 60))
    assert len(site.jobs(JobKind.MOVE)) == 1
