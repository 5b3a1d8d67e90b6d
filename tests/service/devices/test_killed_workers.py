"""A worker process is killed (SIGKILL) in each phase of a move; the next one looks, and no medium moves twice."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.custody.models import Discrepancy
from service.devices import actions
from service.devices.actions import Resume
from service.devices.models import JobKind, JobState
from service.rotation.models import RunLine, Step

SCRIPT = Path(__file__).with_name("killable_worker.py")
MAIL_SLOT = 0x0301
LEASE_S = 1.0
SEVEN = [f"STR15{number}L8" for number in range(1, 8)]


@pytest.fixture
def clock():
    """Two processes share the leases, so that both need the real time."""
    return lambda: datetime.now(UTC)


@pytest.fixture
def processes(site):
    started = []
    settings = site.runtime.settings
    write_key(settings.resolved_ledger_key_file)

    def start(moment=""):
        command = [
            sys.executable,
            str(SCRIPT),
            str(settings.data_dir),
            settings.resolved_database_url,
            str(LEASE_S),
            moment,
        ]
        process = subprocess.Popen([part for part in command if part], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()


def write_key(path):
    """The key of the `runtime` fixture, so that both processes sign as one ledger."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def killed(process):
    assert process.wait(60) == -signal.SIGKILL


def waiting(site, out):
    def look():
        jobs = site.jobs(JobKind.EJECT)
        done = jobs and jobs[-1].state is JobState.WAITING and len(jobs[-1].progress.get("out", [])) == out
        return jobs[-1] if done else None

    return site.wait_for(look, within_s=60)


def check(site, moves):
    """Every ejected medium is where the record has it, was moved once, and its line says so."""
    assert site.moves_done() == moves
    ejected = sorted(site.in_mail_slots().values())
    assert ejected == SEVEN[:4]
    lines = {line.medium_id: line for line in site.rows(RunLine)}
    for barcode in SEVEN:
        expected = Step.EJECTED if barcode in ejected else Step.PLANNED
        assert lines[site.medium(barcode).medium_id].step is expected
        assert site.events(barcode).count("medium:ejected") == (1 if barcode in ejected else 0)
    assert not site.rows(Discrepancy)
    site.check_ledger()


def test_killed_before_the_command_left_the_move_is_seen_not_done_and_issued_once(site, processes):
    site.approve_run()
    killed(processes("before-command"))
    job = site.jobs(JobKind.EJECT)[0]
    assert [step.outcome_at for step in site.steps(job.job_id)] == [None]
    processes()
    job = waiting(site, 4)
    verdicts = [step.verdict for step in site.steps(job.job_id)]
    assert verdicts == ["not-moved", "moved", "moved", "moved", "moved"]
    assert job.fence > 1
    check(site, moves=4)


def test_killed_by_the_robot_before_the_pick_the_move_is_seen_not_done_and_issued_once(site, processes):
    site.hands.set_fault("kill-process", phase="before-pick")
    site.approve_run()
    killed(processes())
    processes()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)][:2] == ["not-moved", "moved"]
    check(site, moves=4)


def test_killed_with_the_medium_in_the_gripper_an_operator_is_asked(site, processes):
    site.hands.set_fault("kill-process", phase="in-gripper", then="stays")
    site.approve_run()
    killed(processes())
    processes()
    job = site.wait_for(
        lambda: (found := site.jobs(JobKind.EJECT)[0]).state is JobState.NEEDS_OPERATOR and found, within_s=60
    )
    assert job.fault.startswith("STR151L8 is in the robot's gripper, between slot 1 and mail slot 1.")
    assert site.moves_done() == 0
    site.run(lambda unit: actions.resume(unit, job.job_id, Resume.GO_ON))
    waiting(site, 4)
    check(site, moves=4)


def test_killed_while_the_robot_goes_on_by_itself_the_move_is_seen_done(site, processes):
    site.hands.set_fault("kill-process", phase="in-gripper", then="finishes")
    site.approve_run()
    killed(processes())
    processes()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)] == ["moved"] * 4
    check(site, moves=4)


def test_killed_while_the_library_puts_the_medium_back_it_is_moved_again_once(site, processes):
    site.hands.set_fault("kill-process", phase="in-gripper", then="returns")
    site.approve_run()
    killed(processes())
    processes()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)][:2] == ["not-moved", "moved"]
    check(site, moves=5)  # one of them is the library's own, back to the slot


def test_killed_when_placed_but_not_reported_the_move_is_seen_done(site, processes):
    site.hands.set_fault("kill-process", phase="placed")
    site.approve_run()
    killed(processes())
    processes()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)] == ["moved"] * 4
    assert site.steps(job.job_id)[0].outcome["told"] == ""
    check(site, moves=4)


def test_killed_after_the_outcome_before_its_commit_the_move_is_seen_done(site, processes):
    site.approve_run()
    killed(processes("after-outcome"))
    assert site.moves_done() == 1
    processes()
    job = waiting(site, 4)
    assert [step.verdict for step in site.steps(job.job_id)] == ["moved"] * 4
    check(site, moves=4)


def test_killed_while_it_waits_the_next_one_sees_what_was_emptied_meanwhile(site, processes):
    site.approve_run()
    first = processes()
    waiting(site, 4)
    first.kill()
    killed(first)
    site.empty_mail_slots()
    processes()
    waiting(site, 3)
    assert site.moves_done() == 7
    site.check_ledger()


def test_a_worker_that_is_only_slow_is_not_overtaken_while_its_move_blocks(site, processes):
    site.hands.set_fault("block-process", phase="in-gripper")
    site.approve_run()
    processes()
    site.wait_for(
        lambda: site.jobs(JobKind.EJECT) and site.steps(site.jobs(JobKind.EJECT)[0].job_id), within_s=60
    )
    processes()
    blocked_until = datetime.now(UTC).timestamp() + 3 * LEASE_S
    site.wait_for(lambda: datetime.now(UTC).timestamp() > blocked_until)
    assert site.jobs(JobKind.EJECT)[0].fence == 1
    site.hands.clear_fault("block-process")
    job = waiting(site, 4)
    assert {step.fence for step in site.steps(job.job_id)} == {1}
    check(site, moves=4)
