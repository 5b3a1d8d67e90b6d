"""Containers that travel with no consignment: registered, sealed, opened, emptied by the people of their custodian."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from travel import ADMINISTRATOR, AUDITOR, HOME, OTHER, OURS, OUT, VENDOR

from service.containers import rules
from service.errors import InvalidInputError


def post(client, path, key="key-1", **data):
    return client.post(path, data={"csrf_token": client.csrf, "form_key": key, **data})


@given(st.text(max_size=40))
def test_a_seal_number_is_recorded_in_one_form_or_refused(text):
    try:
        found = rules.check_seal_number(text)
    except InvalidInputError:
        return
    assert rules.SEAL_NUMBER.fullmatch(found)
    assert found == rules.check_seal_number(found.lower()) == rules.check_seal_number(f" {found} ")


@pytest.mark.parametrize("who", [OURS, ADMINISTRATOR])
def test_a_container_is_registered_where_it_stands(travel, who):
    client = travel.client(who)
    body = {"barcode": " c-0901 ", "capacity": 20, "location_id": travel.house.ids["Machine room"]}
    made = client.post("/api/v1/containers", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["barcode"], made.json()["custodian"], made.json()["state"]) == (
        "C-0901",
        "Organisation",
        "open",
    )
    again = client.post("/api/v1/containers", json=body)
    assert (again.status_code, "barcode" in again.json()["fields"]) == (422, True)
    travel.house.check()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"barcode": "x y"}, "barcode"), ({"barcode": "\u0000\u0000"}, "barcode"), ({"capacity": 0}, "capacity"),
        ({"capacity": 10**30}, "capacity"), ({"location_id": "slot 1"}, "location_id"), ({"location_id": "Library 1"}, "location_id"),
    ],
)  # fmt: skip
def test_a_container_that_does_not_fit_is_not_registered(travel, change, field):
    ids = travel.house.ids
    body = {"barcode": "C-0901", "capacity": 20, "location_id": ids["Machine room"]} | change
    body["location_id"] = ids.get(body["location_id"], body["location_id"])
    answer = travel.client(OURS).post("/api/v1/containers", json=body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["fields"]
    assert travel.client(OURS).get("/api/v1/containers").json()["items"] == []


def test_people_register_at_places_of_their_own_party(travel):
    ids = travel.house.ids
    places = {
        "Machine room": {OURS, ADMINISTRATOR},
        "Vault 2": {VENDOR, ADMINISTRATOR},
        "Vault 3": {OTHER, ADMINISTRATOR},
    }
    for number, (place, allowed) in enumerate(places.items()):
        for index, who in enumerate((OURS, ADMINISTRATOR, VENDOR, OTHER, AUDITOR)):
            body = {"barcode": f"C-{number}{index}", "capacity": 5, "location_id": ids[place]}
            answer = travel.client(who).post("/api/v1/containers", json=body)
            assert answer.status_code == (201 if who in allowed else 403), (place, who, answer.text)


def test_a_sealed_container_is_opened_with_a_reason_and_emptied_where_it_stands(travel):
    travel.received(OUT)
    box, client = travel.box, travel.client(VENDOR)
    page = client.get(f"/containers/{box}/open").text
    assert all(barcode in page.replace("<b>", "").replace("</b>", "") for barcode in travel.barcodes)
    blank = post(client, f"/containers/{box}/open", intact="yes", reason="")
    assert (blank.status_code, "Write why it is opened." in blank.text) == (422, True)
    unsaid = post(client, f"/containers/{box}/open", "key-2", reason="Shelf.")
    assert (unsaid.status_code, "Say how the seal is." in unsaid.text) == (422, True)
    assert post(client, f"/containers/{box}/open", "key-3", intact="no", reason="Shelf.").status_code == 303
    assert post(client, f"/containers/{box}/empty", "key-4").status_code == 303
    row = travel.house.medium_row(travel.barcodes[0])
    assert (row.container_id, row.custody) == (None, "vaulted")
    assert post(client, f"/containers/{box}/empty", "key-5").status_code == 409
    seals = travel.client(OURS).get(f"/containers/{box}").text
    assert "broken" in seals
    travel.house.check()


def test_others_neither_seal_nor_open_nor_empty_it(travel):
    travel.received(OUT)
    box = travel.box
    for who in (OURS, OTHER, AUDITOR):
        for verb, body in (("open", {"reason": "Look."}), ("empty", None), ("seal", {"seal": "S99999"})):
            answer = travel.client(who).post(f"/api/v1/containers/{box}/{verb}", json=body)
            assert answer.status_code == 403, (who, verb)


@pytest.mark.parametrize("state", ["packed", "frozen", "in_transit"])
def test_a_container_in_a_consignment_is_opened_there_or_not_at_all(travel, state):
    number = getattr(travel, state)(OUT)
    answer = travel.client(OURS).post(f"/api/v1/containers/{travel.box}/open", json={"reason": "Look."})
    assert answer.status_code in {403, 409}
    if state != "in_transit":
        assert number in answer.json()["detail"]
    assert travel.client(OURS).get(f"/api/v1/containers/{travel.box}").json()["state"] == "sealed"


def test_a_free_container_is_sealed_with_a_number_used_once(travel):
    travel.received(OUT)
    box, seal, client = travel.box, travel.seal, travel.client(VENDOR)
    client.post(f"/api/v1/containers/{box}/open", json={"reason": "Counted."})
    used = client.post(f"/api/v1/containers/{box}/seal", json={"seal": seal})
    assert used.json()["type"] == "urn:strongroom:problem:seal-used"
    assert client.post(f"/api/v1/containers/{box}/seal", json={"seal": "S55555"}).json()["seal"] == "S55555"
    double = [
        post(client, f"/containers/{box}/open", "same", intact="yes", reason="Again.") for _ in range(2)
    ]
    assert [answer.status_code for answer in double] == [303, 303]
    assert travel.events(f"container:{travel.house.ids[box]}").count("container:opened") == 2


def test_the_lists_and_the_page_show_what_is_inside_and_where(travel):
    travel.received(HOME, count=3)
    client = travel.client(OURS)
    assert travel.box in client.get("/containers?which=sealed").text
    assert travel.box not in client.get("/containers?which=open").text
    shown = client.get(f"/api/v1/containers/{travel.box}").json()
    assert (shown["pieces"], shown["media"], shown["custodian"]) == (
        3,
        sorted(travel.barcodes),
        "Organisation",
    )
    page = client.get(f"/containers/{travel.box}").text
    for words in ("Registered.", "Sealed with 3 media inside", "Released with", "Received with"):
        assert words in page


def test_a_vendor_sees_of_a_container_s_history_only_its_own_part(travel):
    first = travel.received(OUT, vault="Vault 3")
    box = travel.box
    other = travel.client(OTHER)
    other.post(f"/api/v1/containers/{box}/open", json={"reason": "a secret of the other vendor"})
    other.post(f"/api/v1/containers/{box}/empty")
    page = other.get(f"/containers/{box}").text
    assert first in page
    assert "a secret of the other vendor" in page
    room, us = travel.house.ids["Machine room"], travel.house.ids["Organisation"]
    from service.containers.actions import ContainerEvent
    from service.containers.models import CONTAINER

    values = {"location_id": room, "custodian_id": us}
    travel.run(lambda unit: unit.change(CONTAINER, travel.house.ids[box], values, ContainerEvent.RECEIVED))
    number = travel.opened(OUT)
    travel.box = box
    client = travel.client(OURS)
    client.post(f"/api/v1/consignments/{number}/containers/choose", json={"barcode": box})
    travel.house.scan(OURS, f"pack:{number}:{box}", *travel.barcodes)
    client.post(f"/api/v1/consignments/{number}/containers/seal", json={"barcode": box, "seal": "S44444"})
    assert client.post(f"/api/v1/consignments/{number}/freeze").status_code == 200
    page = travel.client(VENDOR).get(f"/containers/{box}")
    assert page.status_code == 200
    assert first not in page.text
    assert "secret" not in page.text
    assert other.get(f"/containers/{box}").status_code == 404
    assert "a secret of the other vendor" in client.get(f"/containers/{box}").text


def test_who_may_not_register_finds_the_button_shut_and_the_door_too(travel):
    client = travel.client(AUDITOR)
    page = client.get("/containers/new")
    assert page.status_code == 200
    assert "needs a media handler or a vault custodian" in page.text
    typed = {"barcode": "C-0901", "capacity": "5", "location_id": travel.house.ids["Machine room"]}
    assert post(client, "/containers", **typed).status_code == 403
    assert post(travel.client(OURS), "/containers", **typed).headers["location"] == "/containers/C-0901"
    wrong = post(travel.client(OURS), "/containers", "key-2", **typed | {"capacity": "many"})
    assert (wrong.status_code, 'value="many"' in wrong.text) == (422, True)
