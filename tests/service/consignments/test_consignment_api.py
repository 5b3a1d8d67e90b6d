"""Consignments as JSON: lists, filters, cursors, the exact manifest, CSV, opening by hand, repeats, bad input."""

import csv
import io
import json
from base64 import b64decode
from hashlib import sha256

import pytest
from travel import ADMINISTRATOR, COURIER, HOME, OTHER, OURS, OUT, VENDOR

from service.consignments.models import ConsignmentState


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


def test_the_list_is_filtered_by_state_direction_and_lateness(travel):
    overdue = travel.overdue(OUT)
    home, opened = travel.received(HOME), travel.opened(OUT)
    client = travel.client(OURS)
    url = "/api/v1/consignments"
    assert numbers(client.get(url, params={"state": ["open", "received"]})) == [opened, home]
    assert numbers(client.get(url, params={"direction": "home"})) == [home]
    assert numbers(client.get(url, params={"overdue": True})) == [overdue]
    assert numbers(client.get(url, params={"run": "2026-W47"})) == []
    item = client.get(url, params={"overdue": True}).json()["items"][0]
    assert (item["overdue"], item["state"]) == (True, "in_transit")


def test_the_list_continues_at_its_cursor(travel, clock):
    made = []
    for _ in range(5):
        made.append(travel.opened(OUT, count=1))
        clock.forward(minutes=1)
    client, seen, after = travel.client(OURS), [], None
    while True:
        page = client.get(
            "/api/v1/consignments", params={"limit": 2, **({"after": after} if after else {})}
        ).json()
        seen += [item["number"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == made[::-1]


def test_the_lines_continue_at_their_cursor_in_the_order_of_the_manifest(travel):
    number = travel.frozen(OUT, count=7)
    client, seen, after = travel.client(OURS), [], None
    while True:
        params = {"limit": 3, **({"after": after} if after else {})}
        page = client.get(f"/api/v1/consignments/{number}/lines", params=params).json()
        seen += [(line["line"], line["barcode"]) for line in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == list(enumerate(sorted(travel.barcodes), 1))
    bad = client.get(f"/api/v1/consignments/{number}/lines", params={"after": "nonsense"})
    assert bad.status_code == 422


def test_the_manifest_is_handed_out_byte_for_byte_with_its_hash(travel):
    number = travel.frozen()
    row = travel.state(number)
    for who in (OURS, VENDOR):
        answer = travel.client(who).get(f"/api/v1/consignments/{number}/manifest")
        assert answer.content == row.manifest
        digest = sha256(answer.content).hexdigest()
        assert digest == row.manifest_sha256
        assert answer.headers["etag"] == f'"{digest}"'
        assert b64decode(answer.headers["repr-digest"][len("sha-256=:") : -1]).hex() == digest
    told = json.loads(row.manifest)
    assert [line["barcode"] for line in told["media"]] == sorted(travel.barcodes)
    assert told["containers"] == [{"container": travel.box, "seal": travel.seal, "pieces": 2}]
    page = travel.client(OURS).get(f"/consignments/{number}/manifest.json")
    assert page.content == row.manifest


def test_a_manifest_that_is_not_frozen_is_not_handed_out(travel):
    number = travel.packed()
    answer = travel.client(OURS).get(f"/api/v1/consignments/{number}/manifest")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:strongroom:problem:not-ready")


def test_the_csv_holds_every_line_and_calculates_nothing(travel):
    number = travel.opened(count=1)
    travel.house.medium("EVIL01L8", "Machine room", "Organisation", "on_site", dataset="=HYPERLINK(1)")
    client = travel.client(OURS)
    client.post(f"/api/v1/consignments/{number}/media/add", json={"barcodes": ["EVIL01L8"]})
    answer = client.get(f"/api/v1/consignments/{number}/lines.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["barcode"] for row in rows] == ["EVIL01L8", travel.barcodes[0]]
    assert rows[0]["dataset"] == "'=HYPERLINK(1)"


def test_the_list_as_csv_is_what_the_page_shows(travel):
    overdue, _ = travel.overdue(OUT), travel.reconciled(OUT)
    answer = travel.client(OURS).get("/consignments.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["number"], row["overdue"]) for row in rows] == [(overdue, "yes")]
    assert answer.content == travel.client(ADMINISTRATOR).get("/consignments.csv?which=not+closed").content


def opening(travel, direction, barcodes=(), **more):
    ids = travel.house.ids
    ends = [ids["Machine room"], ids["Vault 2"]]
    start, end = ends if direction is OUT else ends[::-1]
    return {
        "from_location_id": start, "to_location_id": end, "carrier_id": ids["Carrier"], "purpose": "a single set",
        "barcodes": list(barcodes), **more,
    }  # fmt: skip


@pytest.mark.parametrize(("direction", "who"), [(OUT, OURS), (HOME, ADMINISTRATOR)])
def test_a_consignment_opened_by_hand_gets_its_direction_from_its_ends(travel, direction, who):
    body = opening(travel, direction, travel.media(direction, 2))
    answer = travel.client(who).post("/api/v1/consignments", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["direction"], made["state"], made["media"]) == (direction.value, "open", 2)
    travel.house.check()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to_location_id": "Machine room"}, "to_location_id"), ({"to_location_id": "Library 1"}, "to_location_id"),
        ({"from_location_id": "slot 1"}, "from_location_id"), ({"carrier_id": "Vault vendor"}, "carrier_id"),
        ({"carrier_id": ""}, "carrier_id"), ({"purpose": " "}, "purpose"), ({"barcodes": ["NOPE01L8"]}, "barcodes"),
        ({"barcodes": ["STR09\u0000"]}, "barcodes"), ({"purpose": "a\u0000b"}, "purpose"),
        ({"from_location_id": "\u0000"}, "from_location_id"),
    ],
)  # fmt: skip
def test_bad_input_is_named_by_its_field_and_opens_nothing(travel, change, field):
    ids = travel.house.ids
    body = opening(travel, OUT) | {name: ids.get(value, value) if isinstance(value, str) else value for name, value in change.items()}  # fmt: skip
    answer = travel.client(OURS).post("/api/v1/consignments", json=body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["fields"]
    assert numbers(travel.client(OURS).get("/api/v1/consignments")) == []


def test_who_may_not_opens_nothing_by_hand(travel):
    out, home = opening(travel, OUT), opening(travel, HOME)
    for who, body in ((VENDOR, out), (VENDOR, home), (OTHER, out), (OURS, home), ("Auditor 1", out)):
        assert travel.client(who).post("/api/v1/consignments", json=body).status_code == 403, who


def test_a_medium_is_not_wanted_twice_nor_from_another_custodian_nor_on_hold(travel):
    number = travel.opened()
    client = travel.client(OURS)

    def refused(*barcodes):
        answer = client.post(f"/api/v1/consignments/{number}/media/add", json={"barcodes": list(barcodes)})
        assert answer.status_code in {409, 422}, answer.text
        return answer.json()["detail"]

    assert f"is in {number} already" in refused(travel.barcodes[0])
    assert "not with the party" in refused(*travel.media(HOME, 1))
    assert "No medium has the barcode" in refused("NOPE01L8")
    assert "No barcode" in refused()
    assert travel.state(number).step_total == 2


def test_a_skipped_medium_can_be_wanted_again(travel):
    number = travel.chosen()
    client, barcode = travel.client(OURS), travel.barcodes[0]
    base = f"/api/v1/consignments/{number}/media"
    client.post(f"{base}/skip", json={"barcode": barcode, "reason": "A restore reads it."})
    assert travel.state(number).step_total == 1
    assert travel.house.entries(barcode)[-1] == "medium:step_skipped"
    again = client.post(f"{base}/add", json={"barcodes": [barcode]})
    assert again.json()["step_total"] == 2
    packed = travel.house.scan(OURS, f"pack:{number}:{travel.box}", barcode)
    assert b'"right"' in packed[0].body


def test_a_repeated_request_gets_the_first_answer_and_does_nothing_more(travel):
    number = travel.frozen()
    client = travel.client(OURS)
    url, headers = f"/api/v1/consignments/{number}/dispatch", {"idempotency-key": "scan-77"}
    first = client.post(url, json={"courier": COURIER}, headers=headers)
    again = client.post(url, json={"courier": COURIER}, headers=headers)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert travel.house.entries(travel.barcodes[0]).count("medium:released") == 1
    other = client.post(url, json={"courier": {**COURIER, "badge": "1"}}, headers=headers)
    assert other.json()["type"] == "urn:strongroom:problem:key-reused"
    without = client.post(url, json={"courier": COURIER})
    assert without.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"organisation": " "}, "organisation"), ({"badge": ""}, "badge"),
        ({"identity_checked": False}, "identity_checked"), ({"drawing": "", "typed": "Driver 4"}, "signature"),
        ({"drawing": "<svg>"}, "signature"), ({"name": "Driver\u0000"}, "name"),
    ],
)  # fmt: skip
def test_a_courier_s_signature_is_complete_or_nothing_is_released(travel, change, field):
    number = travel.frozen(count=1)
    answer = travel.client(OURS).post(
        f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER | change}
    )
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["fields"]
    assert travel.state(number).state is ConsignmentState.FROZEN
    assert travel.house.medium_row(travel.barcodes[0]).custody == "packed"


def test_a_courier_may_type_the_name_instead_of_drawing(travel):
    number = travel.frozen(count=1)
    typed = {**COURIER, "drawing": "", "typed": " driver  3"}
    answer = travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json={"courier": typed})
    assert answer.status_code == 200
    found = travel.client(OURS).get("/api/v1/transfers", params={"consignment": number}).json()["items"]
    first = next(one for one in found if one["ordinal"] == 1)
    assert first["received"]["method"] == "typed"
    assert first["received"]["checked_by"] == travel.house.people[OURS].handler_id
    assert first["released"]["handler_id"] == travel.house.people[OURS].handler_id


def test_one_person_does_not_stand_on_both_sides(travel):
    number = travel.frozen(count=1)
    own = {**COURIER, "name": OURS, "organisation": "Organisation"}
    answer = travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json={"courier": own})
    assert answer.json()["type"] == "urn:strongroom:problem:same-person"
    assert travel.state(number).state is ConsignmentState.FROZEN


@pytest.mark.parametrize(
    "due_at", ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-11-19T22:00:00"]
)
def test_a_deadline_that_cannot_be_is_refused(travel, due_at):
    number = travel.frozen(count=1)
    body = {"courier": COURIER, "due_at": due_at}
    answer = travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json=body)
    assert answer.status_code == 422
    assert "due_at" in answer.json()["fields"]


@pytest.mark.parametrize(
    "number", ["CN-9999", "cn-0001", "CN-0001%00", "%F0%9F%93%A6", "x" * 300, "CN-0001'--"]
)
def test_what_is_not_there_is_not_found_whatever_was_typed(travel, number):
    client = travel.client(OURS)
    for path in (f"/api/v1/consignments/{number}", f"/consignments/{number}", f"/api/v1/discrepancies/{number}",
                 f"/api/v1/containers/{number}", f"/api/v1/transfers/{number}"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    for verb in ("freeze", "close"):
        assert client.post(f"/api/v1/consignments/{number}/{verb}").status_code == 404
