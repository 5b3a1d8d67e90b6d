"""Libraries and jobs over HTTP: the same acts as on the pages, problems in RFC 9457."""

import pytest

from drivers.registry import prepare_simulator
from service.devices.models import JobKind, JobState
from service.handlers.models import Role

HANDLER, AUDITOR, SYSTEM_ADMINISTRATOR = Role.MEDIA_HANDLER, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR


@pytest.fixture
def operator(site, client_as):
    return client_as(HANDLER)


def test_the_list_names_the_library_its_maker_and_its_last_inventory(site, client_as):
    items = client_as(AUDITOR).get("/api/v1/devices").json()["items"]
    assert [(one["name"], one["vendor"], one["simulated"], one["fault"]) for one in items] == [
        ("Library 1", "SIMULATE", True, None)
    ]
    assert items[0]["inventory_at"] is not None


def test_elements_come_by_address_in_pages(site, client_as):
    client = client_as(AUDITOR)
    url = f"/api/v1/devices/{site.device_id}/elements"
    first = client.get(url, params={"limit": 10}).json()
    second = client.get(url, params={"limit": 100, "after": first["next"]}).json()
    addresses = [one["address"] for one in first["items"] + second["items"]]
    assert addresses == sorted(addresses)
    assert len(addresses) == 12 + 2 + 4 + 1
    assert second["next"] is None
    assert {one["volume_tag"] for one in first["items"] + second["items"]} >= {"STR151L8", "STR157L8"}


def test_an_inventory_is_queued_once_and_seen_done(site, operator):
    url = f"/api/v1/devices/{site.device_id}/inventory"
    queued = operator.post(url, json={})
    assert (queued.status_code, queued.json()["state"]) == (202, "queued")
    assert operator.post(url, json={}).json()["job_id"] == queued.json()["job_id"]
    site.worker()
    site.wait_for_state(queued.json()["job_id"], JobState.DONE)
    assert operator.get(f"/api/v1/jobs/{queued.json()['job_id']}").json()["state"] == "done"


def test_a_move_tells_every_step_with_what_was_told_and_what_was_seen(site, operator):
    answer = operator.post(
        f"/api/v1/devices/{site.device_id}/move", json={"barcode": "STR151L8", "to": "slot", "number": 12}
    )
    job_id = answer.json()["job_id"]
    site.worker()
    site.wait_for_state(job_id, JobState.DONE)
    step = operator.get(f"/api/v1/jobs/{job_id}").json()["steps"][0]
    assert (step["intent"]["source_name"], step["intent"]["destination_name"]) == ("slot 1", "slot 12")
    assert "before" not in step["intent"]
    assert (step["outcome"]["told"], step["verdict"]) == ("GOOD", "moved")
    assert step["told_at"] < step["seen_at"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"barcode": "NOPE", "to": "slot", "number": 12}, 422),
        ({"barcode": "STR151L8", "to": "slot", "number": 99}, 422),
        ({"barcode": "STR151L8", "to": "slot", "number": 2}, 409),
        ({"barcode": "STR151L8", "to": "gripper", "number": 1}, 422),
        ({"barcode": "STR151L8", "to": "slot", "number": 0}, 422),
        ({"barcode": "x" * 10_000, "to": "slot", "number": 1}, 422),
        ({}, 422),
    ],
)
def test_a_move_that_cannot_work_is_a_problem_and_queues_nothing(site, operator, body, status):
    answer = operator.post(f"/api/v1/devices/{site.device_id}/move", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert not site.jobs()


def test_the_same_idempotency_key_queues_one_move(site, operator):
    url = f"/api/v1/devices/{site.device_id}/move"
    body = {"barcode": "STR151L8", "to": "slot", "number": 12}
    answers = [operator.post(url, json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(site.jobs()) == 1


def test_a_waiting_job_is_paused_continued_told_to_look_and_cancelled(site, operator):
    site.approve_run()
    site.worker()
    job = site.wait_for(
        lambda: (found := site.jobs(JobKind.EJECT)) and found[-1].state is JobState.WAITING and found[-1]
    )
    url = f"/api/v1/jobs/{job.job_id}"
    assert operator.post(f"{url}/pause").status_code == 200
    site.wait_for_state(job.job_id, JobState.NEEDS_OPERATOR)
    assert (
        operator.get("/api/v1/jobs", params={"state": "needs_operator"}).json()["items"][0]["job_id"]
        == job.job_id
    )
    assert operator.post(f"{url}/continue").json()["state"] == "queued"
    site.wait_for_state(job.job_id, JobState.WAITING)
    assert operator.post(f"{url}/look-now").status_code == 200
    assert operator.post(f"{url}/look-again").status_code == 409
    assert operator.post(f"{url}/cancel", json={"reason": "wrong run"}).status_code == 200
    site.wait_for_state(job.job_id, JobState.CANCELLED)
    assert operator.post(f"{url}/cancel", json={}).status_code == 409


def test_nothing_there_is_not_found(site, operator):
    for path in ("/api/v1/devices/nothing", "/api/v1/jobs/nothing", "/api/v1/devices/nothing/elements"):
        assert operator.get(path).status_code == 404
    assert operator.post("/api/v1/devices/nothing/inventory", json={}).status_code == 404
    assert operator.post("/api/v1/jobs/nothing/cancel", json={}).status_code == 404


def test_an_auditor_reads_and_does_not_act(site, client_as):
    client = client_as(AUDITOR)
    assert client.get("/api/v1/jobs").status_code == 200
    assert client.post(f"/api/v1/devices/{site.device_id}/inventory", json={}).status_code == 403


def test_a_second_library_is_added_looked_at_and_switched_off(site, client_as, definition_of, tmp_path):
    client = client_as(SYSTEM_ADMINISTRATOR)
    url = f"sim://{tmp_path}/library-2"
    prepare_simulator(url, definition_of(["NEW001L8"]))
    made = client.post("/api/v1/devices", json={"name": "Library 2", "url": url, "take_in": "scratch"})
    assert made.status_code == 201
    assert site.medium("NEW001L8").content.value == "scratch"
    again = client.post("/api/v1/devices", json={"name": "Library 2", "url": url})
    assert again.status_code == 409
    off = client.post(f"/api/v1/devices/{made.json()['device_id']}/disable")
    assert off.json()["enabled"] is False
    refused = client_as(HANDLER).post(f"/api/v1/devices/{made.json()['device_id']}/inventory", json={})
    assert refused.status_code == 409


@pytest.mark.parametrize("url", ["sim:///nowhere/at/all", "ftp://library", "no url", "sim://"])
def test_a_library_that_cannot_be_opened_is_not_added(site, client_as, url):
    answer = client_as(SYSTEM_ADMINISTRATOR).post("/api/v1/devices", json={"name": "Library 9", "url": url})
    assert answer.status_code in {422, 502}
    assert answer.json()["detail"].endswith(("Nothing was moved.", "was not added."))
    assert len(client_as(AUDITOR).get("/api/v1/devices").json()["items"]) == 1


def test_a_program_is_the_person_at_the_door(site, operator):
    door = f"/api/v1/devices/{site.device_id}/door"
    assert operator.get(door).json()["mail_slots"] == ["", "", "", ""]
    there = operator.post(f"{door}/put-in", json={"mail_slot": 4, "barcode": "NEW001L8"}).json()
    assert there["mail_slots"] == ["", "", "", "NEW001L8"]
    assert operator.post(f"{door}/put-in", json={"mail_slot": 4, "barcode": "NEW002L8"}).status_code == 502
    assert operator.post(f"{door}/put-in", json={"mail_slot": 5, "barcode": "NEW002L8"}).status_code == 422
    assert operator.post(f"{door}/take-out", json={"mail_slot": 4}).json()["outside"] == ["NEW001L8"]
    operator.post(f"{door}/put-in", json={"mail_slot": 2, "barcode": "NEW001L8"})
    assert operator.post(f"{door}/take-out", json={}).json()["mail_slots"] == ["", "", "", ""]
    assert operator.post(f"{door}/put-in-all", json={}).status_code == 200
    assert operator.post(f"{door}/open").json()["is_open"]
    assert not operator.post(f"{door}/close").json()["is_open"]
    assert operator.post(f"{door}/let-go-wrong", json={"mishap": "jam-gripper"}).json()["faults"] == ["jam"]
    assert operator.post(f"{door}/let-go-wrong", json={"mishap": "fire"}).status_code == 422
    assert operator.post(f"{door}/clear-faults").json()["faults"] == []


def test_only_who_operates_the_library_has_hands_there(site, client_as):
    door = f"/api/v1/devices/{site.device_id}/door"
    assert client_as(AUDITOR).get(door).status_code == 200
    assert client_as(AUDITOR).post(f"{door}/open").status_code == 403


def test_a_library_names_no_program_for_the_service_to_run(client_as, tmp_path):
    program, ran = tmp_path / "mtx", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    wanted = {"name": "Library 9", "url": f"mtx:///dev/null?settle_s=0&program={program}"}
    answer = client_as(SYSTEM_ADMINISTRATOR).post("/api/v1/devices", json=wanted)
    assert answer.status_code == 422
    assert "program" in answer.json()["fields"]["url"]
    assert not ran.exists()
