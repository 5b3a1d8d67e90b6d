"""The dock: seals looked at, both sides sign, what is missing or extra becomes a discrepancy, and the reckoning."""

import re

import pytest
from travel import ADMINISTRATOR, COURIER, COURIER_FORM, OFFICER, OURS, OUT, VENDOR

from service.consignments.models import ConsignmentState

S = ConsignmentState


def post(client, path, key="key-1", **data):
    return client.post(path, data={"csrf_token": client.csrf, "form_key": key, **data})


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def open_kinds(travel):
    items = travel.client(OURS).get("/api/v1/discrepancies", params={"open": True}).json()["items"]
    return sorted(item["kind"] for item in items)


def test_container_by_container_on_the_dock_s_page(travel):
    number = travel.in_transit(OUT)
    client = travel.client(VENDOR)
    page = text_of(client.get(f"/consignments/{number}/acknowledge").text)
    assert "0 of 1 container looked at, 0 of 2 media here." in page
    assert "Acknowledge with 2 missing" in page
    seen = post(
        client, f"/consignments/{number}/containers/{travel.box}/see", seal_state="whole", seal=travel.seal
    )
    assert seen.headers["location"] == f"/consignments/{number}/acknowledge"
    page = text_of(client.get(f"/consignments/{number}/acknowledge").text)
    assert "1 of 1 container looked at, 2 of 2 media here." in page
    assert "Acknowledge everything" in page
    done = post(client, f"/consignments/{number}/acknowledge", "key-2", **COURIER_FORM)
    assert (done.status_code, travel.state(number).state) == (303, S.RECEIVED)
    row = travel.house.medium_row(travel.barcodes[0])
    assert (row.custody, row.custodian_id) == ("vaulted", travel.house.ids["Vault vendor"])
    travel.house.check()


def test_a_seal_that_was_not_read_is_asked_for_beside_its_container(travel):
    number = travel.in_transit(OUT)
    client = travel.client(VENDOR)
    answer = post(client, f"/consignments/{number}/containers/{travel.box}/see", seal_state="whole", seal="")
    assert answer.status_code == 422
    assert "Type the number on the seal" in answer.text
    assert open_kinds(travel) == []


@pytest.mark.parametrize(
    ("typed", "kind"),
    [({"seal_state": "broken", "seal": ""}, "broken_seal"), ({"seal_state": "whole", "seal": "S77777"}, "seal_mismatch")],
)  # fmt: skip
def test_a_seal_that_does_not_fit_means_every_medium_is_scanned(travel, typed, kind):
    number = travel.in_transit(OUT)
    client = travel.client(VENDOR)
    post(client, f"/consignments/{number}/containers/{travel.box}/see", **typed)
    assert open_kinds(travel) == [kind]
    page = text_of(client.get(f"/consignments/{number}/acknowledge").text)
    assert "is to be checked medium by medium: 2 of 2 media not here yet" in page
    travel.house.scan(VENDOR, f"receive:{number}", travel.barcodes[0])
    answer = client.post(f"/api/v1/consignments/{number}/receive", json={"courier": COURIER})
    assert answer.json()["counts"] == {"matched": 1, "missing": 1}
    assert open_kinds(travel) == sorted([kind, "missing"])
    lost = travel.house.medium_row(travel.barcodes[1])
    assert (lost.custody, lost.missing, lost.custodian_id) == ("missing", True, travel.house.ids["Carrier"])
    travel.house.check()


def test_a_container_nobody_looked_at_is_missing_with_everything_in_it(travel):
    number = travel.in_transit(OUT)
    answer = travel.client(VENDOR).post(f"/api/v1/consignments/{number}/receive", json={"courier": COURIER})
    assert answer.json()["counts"] == {"missing": 2}
    assert open_kinds(travel) == ["missing", "missing"]


def test_scanned_media_do_not_excuse_from_looking_at_the_seal(travel):
    number = travel.in_transit(OUT)
    travel.house.scan(VENDOR, f"receive:{number}", *travel.barcodes)
    answer = travel.client(VENDOR).post(f"/api/v1/consignments/{number}/receive", json={"courier": COURIER})
    assert answer.status_code == 409
    assert f"The seal of {travel.box} was not looked at" in answer.json()["detail"]
    assert travel.state(number).state is S.IN_TRANSIT


def test_a_container_that_is_not_on_the_manifest_is_extra(travel):
    number = travel.in_transit(OUT)
    travel.house.container("C-9999")
    client = travel.client(VENDOR)
    answer = client.post(
        f"/api/v1/consignments/{number}/containers/see", json={"barcode": "C-9999", "seal": "S1"}
    )
    assert answer.status_code == 200
    assert open_kinds(travel) == ["extra"]


def test_the_receiver_does_not_deliver_to_themself(travel):
    number = travel.seen(OUT)
    own = {**COURIER, "name": VENDOR, "organisation": "Vault vendor"}
    answer = travel.client(VENDOR).post(f"/api/v1/consignments/{number}/receive", json={"courier": own})
    assert answer.json()["type"] == "urn:strongroom:problem:same-person"
    page = post(travel.client(VENDOR), f"/consignments/{number}/acknowledge", **COURIER_FORM | {"name": VENDOR, "organisation": "Vault vendor"})  # fmt: skip
    assert page.status_code == 409
    assert "cannot both release and receive" in page.text
    assert "40118" in page.text
    assert travel.state(number).state is S.IN_TRANSIT


def test_a_double_click_acknowledges_once(travel):
    number = travel.seen(OUT)
    client = travel.client(VENDOR)
    answers = [post(client, f"/consignments/{number}/acknowledge", "same", **COURIER_FORM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert travel.house.entries(travel.barcodes[0]).count("medium:received") == 1
    assert client.get(f"/consignments/{number}/acknowledge").status_code == 409


def test_closing_lists_the_open_discrepancies_and_waits_for_each_reason(travel):
    number = travel.disputed(OUT)
    ours, officer = travel.client(OURS), travel.client(OFFICER)
    page = ours.get(f"/consignments/{number}/close").text
    assert all(one in page for one in ("D-0001", "D-0002", "D-0003"))
    assert "3 discrepancies open" in page
    assert post(ours, f"/consignments/{number}/close").status_code == 409
    for one in ("D-0001", "D-0002", "D-0003"):
        assert (
            post(officer, f"/discrepancies/{one}/resolve", one, resolution="driver sheet found").status_code
            == 303
        )
    assert "driver sheet found" in ours.get(f"/consignments/{number}/close").text
    assert post(ours, f"/consignments/{number}/close", "key-2").status_code == 303
    assert travel.state(number).state is S.RECONCILED
    travel.house.check()


def test_the_vendor_does_not_close_what_is_ours_to_reckon(travel):
    number = travel.received(OUT)
    assert travel.client(VENDOR).post(f"/api/v1/consignments/{number}/close").status_code == 403
    assert travel.client(ADMINISTRATOR).post(f"/api/v1/consignments/{number}/close").status_code == 200
