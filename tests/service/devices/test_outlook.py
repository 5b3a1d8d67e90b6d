"""What is promised before a decision is what happens after it."""

import pytest

from service.devices import actions, changer_requests, requests
from service.devices.actions import Resume
from service.devices.models import ElementKind, JobKind, JobState
from service.devices.outlook import outlook
from service.handlers.models import Role

FIRST = "STR151L8"


def asking(site):
    """The id of a move whose robot stands still with the medium in its gripper."""
    site.hands.set_fault("jam", phase="in-gripper")
    site.worker()
    job_id = site.run(lambda unit: requests.request_move(unit, site.device_id, FIRST, ElementKind.SLOT, 12))
    site.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    return job_id


def test_the_page_and_the_api_say_what_each_decision_would_do_and_going_on_does_it(site, client_as):
    job_id = asking(site)
    client = client_as(Role.MEDIA_HANDLER)
    told = client.get(f"/api/v1/jobs/{job_id}").json()["outlook"]
    assert told["go_on"] == "The robot takes STR151L8 from the gripper to slot 12."
    assert told["look_again"].startswith("Nothing moves before the look. In slot 12 STR151L8 counts as moved")
    assert told["give_up"].endswith("The record keeps STR151L8 in slot 1 until it is seen elsewhere.")
    page = client.get(f"/jobs/{job_id}").text
    assert all(sentence in page for sentence in told.values())
    site.run(lambda unit: actions.resume(unit, job_id, Resume.GO_ON))
    site.wait_for_state(job_id, JobState.DONE)
    assert site.where(FIRST) == "slot 12"
    assert client.get(f"/api/v1/jobs/{job_id}").json()["outlook"] is None


def test_a_backup_programs_move_goes_on_from_the_gripper_too_when_a_person_says_so_later(site, clock):
    site.hands.set_fault("jam", phase="in-gripper")
    site.worker()
    job_id = site.run(lambda unit: changer_requests.request_load(unit, site.device_id, 1, 0, 60))
    site.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    clock.forward(minutes=30)
    site.run(lambda unit: actions.resume(unit, job_id, Resume.GO_ON))
    site.wait_for_state(job_id, JobState.DONE)
    assert site.where(FIRST) == "drive 1"


@pytest.mark.parametrize(
    ("kind", "seen", "go_on"),
    [
        (JobKind.MOVE, "slot 12", "The job is done: A is in slot 12."),
        (JobKind.MOVE, None, "while A is not seen, the job fails."),
        (JobKind.EJECT, "mail slot 2", "A counts as ejected in mail slot 2."),
        (JobKind.EJECT, "the gripper", "The robot takes A from the gripper to a free mail slot."),
        (JobKind.EJECT, None, "the job goes on without it."),
        (JobKind.LOAD, "slot 3", "A counts as loaded in slot 3."),
        (JobKind.LOAD, "mail slot 1", "The robot takes A from mail slot 1 to a free slot."),
    ],
)
def test_going_on_depends_on_where_the_medium_is_seen(kind, seen, go_on):
    assert outlook(kind, "A", "slot 1", "slot 12", "elsewhere", seen).go_on.endswith(go_on)


def test_a_step_that_is_settled_is_only_looked_at_again():
    told = outlook(JobKind.EJECT, "A", "slot 1", "mail slot 1", "not-moved", "slot 1")
    assert told.look_again == "The library is looked at, and the job goes on from what is seen."
