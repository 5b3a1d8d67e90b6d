"""Scans over HTTP: answers, repeats, and nonsense."""

import json
import threading

import pytest
from clients import sign_in
from house import furnished, with_media

from service.app import create_app
from service.consignments.actions import open_consignment
from service.consignments.models import Direction
from service.containers.actions import give_sscc
from service.handlers.models import Role
from service.ledger import store
from service.media.models import Custody
from service.parties.models import PartyKind


@pytest.fixture
def packing(runtime):
    """(house, client of Handler 2, task): three media in hand, a container chosen."""
    house = with_media(furnished(runtime))
    media = [house.medium(f"ABC00{n}L8", "Machine room", "Organisation", Custody.ON_SITE) for n in (1, 2, 3)]
    number = house.run(
        lambda unit: open_consignment(
            unit, direction=Direction.OUT, from_location_id=house.ids["Machine room"], to_location_id=house.ids["Vault 2"],
            carrier_id=house.ids["Carrier"], purpose="test", medium_ids=media,
        )
    )  # fmt: skip
    house.container("C-0001", capacity=2)
    house.scan("Handler 2", f"pack:{number}", "C-0001")
    client = sign_in(runtime, create_app(runtime), house.people["Handler 2"].handler_id)
    return house, client, f"pack:{number}:C-0001"


def size(runtime):
    with runtime.database.reader.connect() as connection:
        return store.head(connection).size


def test_a_right_medium_is_answered_in_green_with_the_counts(packing):
    _, client, task = packing
    answer = client.post("/api/v1/scans", json={"barcode": " abc001l8\r\n", "task": task}).json()
    assert (answer["tone"], answer["sentence"], answer["counts"]) == (
        "green",
        "Pack into C-0001",
        {"left": 2, "done": 1},
    )


def test_a_container_is_chosen_by_the_sscc_on_its_label(packing):
    house, client, task = packing
    container_id = house.container("C-0002", capacity=2)
    house.run(lambda unit: give_sscc(unit, container_id, "006141410000000012"))
    answer = client.post("/api/v1/scans", json={"barcode": "]C100006141410000000012", "task": task}).json()
    assert (answer["tone"], answer["task"]) == ("blue", task.replace("C-0001", "C-0002"))


def test_the_same_key_gets_the_same_answer_and_is_recorded_once(packing, runtime):
    _, client, task = packing

    def send():
        body = {"barcode": "ABC001L8", "task": task}
        return client.post("/api/v1/scans", json=body, headers={"Idempotency-Key": "k-1"})

    first, before = send(), size(runtime)
    again = send()
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert size(runtime) == before


def test_the_same_key_for_another_scan_is_refused(packing):
    _, client, task = packing
    client.post(
        "/api/v1/scans", json={"barcode": "ABC001L8", "task": task}, headers={"Idempotency-Key": "k-1"}
    )
    other = client.post(
        "/api/v1/scans", json={"barcode": "ABC002L8", "task": task}, headers={"Idempotency-Key": "k-1"}
    )
    assert (other.status_code, other.json()["type"]) == (422, "urn:strongroom:problem:key-reused")


def test_a_full_container_takes_no_more_and_loses_nothing(packing):
    house, client, task = packing
    outcomes = [
        client.post("/api/v1/scans", json={"barcode": f"ABC00{n}L8", "task": task}).json()["word"]
        for n in (1, 2, 3)
    ]
    assert outcomes == ["Right", "Right", "Full"]
    assert house.medium_row("ABC003L8").container_id is None


def test_eight_scanners_of_one_medium_pack_it_once(packing):
    house, client, task = packing
    answers = []

    def send():
        answers.append(
            client.post("/api/v1/scans", json={"barcode": "ABC001L8", "task": task}).json()["word"]
        )

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["Again"] * 7 + ["Right"]
    assert house.entries("ABC001L8").count("medium:packed") == 1


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 422, "bad-scan"),
        (b'{"barcode": "ABC', 422, "bad-scan"),
        (b'\xff\xfe{"barcode"', 422, "bad-scan"),
        (b'{"barcode": 7}', 422, "bad-scan"),
        (b"[]", 422, "bad-scan"),
        (b'{"task": "look"}', 422, "bad-scan"),
        (b'{"barcode": ""}', 422, "unreadable-scan"),
        (b'{"barcode": "ABC\\u0000001L8"}', 422, "unreadable-scan"),
        (b'{"barcode": "ABC\\u001b[2J"}', 422, "unreadable-scan"),
        ('{"barcode": "ÄBC001L8"}'.encode(), 422, "unreadable-scan"),
        (b'{"barcode": "' + b"A" * 5000 + b'"}', 422, "unreadable-scan"),
        (b'{"barcode": "' + b"A" * 10_000_000 + b'"}', 413, "too-large"),
        (b'{"barcode": "ABC001L8", "task": "burn:CN-0001"}', 422, "unknown-task"),
        (b'{"barcode": "ABC001L8", "task": "pack"}', 422, "unknown-task"),
        (b'{"barcode": "ABC001L8", "task": "pack:CN-9999"}', 404, "not-found"),
        (b'{"barcode": "ABC001L8", "task": "receive:CN-0001"}', 409, "consignment-state"),
        (b'{"barcode": "ABC001L8", "scanned_at": "2026-11-19T14:00:00"}', 422, "bad-scan"),
    ],
)
def test_nonsense_gets_a_problem_and_leaves_nothing(packing, runtime, body, status, slug):
    _, client, _ = packing
    before = size(runtime)
    answer = client.post("/api/v1/scans", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:strongroom:problem:{slug}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert size(runtime) == before


def test_a_scan_without_sign_in_or_token_is_refused(packing):
    _, client, task = packing
    assert (
        client.post(
            "/api/v1/scans", json={"barcode": "ABC001L8", "task": task}, headers={"X-CSRF-Token": "x"}
        ).status_code
        == 403
    )
    client.cookies.clear()
    assert client.post("/api/v1/scans", json={"barcode": "ABC001L8", "task": task}).status_code == 401


def test_a_bulk_scan_answers_each_code_and_a_repeat_changes_nothing(packing, runtime):
    _, client, task = packing
    body = {"task": task, "barcodes": ["ABC001L8", "STR145L8", "\u0000", "ABC002L8"]}
    first = client.post("/api/v1/scans/bulk", json=body, headers={"Idempotency-Key": "b-1"})
    words = [one.get("word") or one["title"] for one in first.json()]
    assert words == ["Right", "Wrong", "Not a barcode", "Right"]
    before = size(runtime)
    again = client.post("/api/v1/scans/bulk", json=body, headers={"Idempotency-Key": "b-1"})
    assert json.loads(again.content) == first.json()
    assert size(runtime) == before


def test_undo_by_form_takes_the_medium_out_again(packing):
    house, client, task = packing
    client.post("/api/v1/scans", json={"barcode": "ABC001L8", "task": task})
    done = client.post(f"/scan/undo?task={task}&barcode=ABC001L8", data={"csrf_token": client.csrf})
    assert done.status_code == 303
    assert house.medium_row("ABC001L8").container_id is None


def test_the_page_scans_without_javascript(packing):
    _, client, task = packing
    page = client.get(f"/scan?task={task}").text
    assert "ABC001L8" in page
    answer = client.post(
        "/scan", data={"csrf_token": client.csrf, "form_key": "f1", "task": task, "barcode": "abc001l8"}
    )
    assert answer.status_code == 200
    assert "Pack into" in answer.text


def test_an_error_page_keeps_the_rail_of_the_person(packing):
    _, client, _ = packing
    answer = client.get("/scan?task=pack:CN-9999", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert 'class="rail"' in answer.text


def test_another_vendors_custodian_sees_nothing_of_the_task(packing, runtime):
    house, _, task = packing
    house.party("Other vendor", PartyKind.VAULT_VENDOR)
    person = house.person("Other custodian", Role.VAULT_CUSTODIAN, "Other vendor")
    stranger = sign_in(runtime, create_app(runtime), person.handler_id)
    answer = stranger.get(f"/scan?task={task}")
    assert answer.status_code == 404
    assert "ABC001L8" not in answer.text
    assert stranger.post("/api/v1/scans", json={"barcode": "ABC001L8", "task": task}).status_code == 403
