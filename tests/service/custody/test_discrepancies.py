"""Discrepancies: listed, told with what they are about, resolved once with a reason; and signatures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from travel import ADMINISTRATOR, AUDITOR, OFFICER, OURS, OUT, VENDOR

from service.custody import rules
from service.custody.rules import Signature, SignatureMethod
from service.errors import InvalidInputError


def post(client, path, key="key-1", **data):
    return client.post(path, data={"csrf_token": client.csrf, "form_key": key, **data})


def test_the_list_is_filtered_and_names_what_each_is_about(travel):
    number = travel.disputed(OUT)
    client = travel.client(OURS)
    found = client.get("/api/v1/discrepancies", params={"consignment": number, "open": True}).json()["items"]
    assert {item["consignment"] for item in found} == {number}
    assert {item["kind"] for item in found} == {"broken_seal", "missing"}
    one = client.get("/api/v1/discrepancies", params={"medium": travel.barcodes[0]}).json()["items"]
    assert [item["medium"] for item in one] == [travel.barcodes[0]]
    assert client.get("/api/v1/discrepancies", params={"kind": "extra"}).json()["items"] == []
    assert client.get("/api/v1/discrepancies", params={"consignment": "\u0000"}).json()["items"] == []
    assert client.get("/api/v1/discrepancies", params={"medium": "\u0000"}).json()["items"] == []
    first = client.get("/api/v1/discrepancies", params={"limit": 2}).json()
    rest = client.get("/api/v1/discrepancies", params={"limit": 2, "after": first["next"]}).json()
    assert len(first["items"]) == 2
    assert {item["number"] for item in first["items"] + rest["items"]} == {"D-0001", "D-0002", "D-0003"}


@pytest.mark.parametrize("who", [ADMINISTRATOR, OFFICER])
def test_a_discrepancy_is_resolved_once_with_a_reason_and_stays_visible(travel, who):
    travel.disputed(OUT)
    client = travel.client(who)
    blank = post(client, "/discrepancies/D-0001/resolve", resolution="  ")
    assert (blank.status_code, "Write what was found and decided." in blank.text) == (422, True)
    assert (
        post(client, "/discrepancies/D-0001/resolve", "key-2", resolution="Seal cut by customs.").status_code
        == 303
    )
    page = client.get("/discrepancies/D-0001").text
    assert "Seal cut by customs." in page
    again = client.post("/api/v1/discrepancies/D-0001/resolve", json={"resolution": "again"})
    assert again.status_code == 409
    shown = client.get("/api/v1/discrepancies/D-0001").json()
    assert shown["resolution"] == "Seal cut by customs."
    assert "D-0001" in client.get("/discrepancies?which=resolved").text
    assert "D-0001" not in client.get("/discrepancies").text
    travel.house.check()


def test_a_reason_that_cannot_be_stored_is_refused(travel):
    travel.disputed(OUT)
    client = travel.client(OFFICER)
    for text in ("a\u0000b", "x" * 1001):
        answer = client.post("/api/v1/discrepancies/D-0001/resolve", json={"resolution": text})
        assert answer.status_code == 422
    lines = client.post(
        "/api/v1/discrepancies/D-0001/resolve", json={"resolution": "first line\nsecond line"}
    )
    assert lines.status_code == 200


def test_who_may_not_resolve_is_told_why(travel):
    travel.disputed(OUT)
    for who in (OURS, AUDITOR, VENDOR):
        client = travel.client(who)
        assert (
            client.post("/api/v1/discrepancies/D-0001/resolve", json={"resolution": "no"}).status_code == 403
        )
        page = client.get("/discrepancies/D-0001")
        assert page.status_code == 200
        assert "a backup administrator or the security officer resolves it" in page.text
        assert client.get("/discrepancies/D-0001/resolve").status_code == 403


def test_a_vendor_is_not_told_of_what_happened_before_it_left(travel):
    number = travel.chosen(OUT)
    travel.house.scan(OURS, f"pack:{number}:{travel.box}", "UNKNOWN1")
    travel.house.scan(OURS, f"pack:{number}:{travel.box}", *travel.barcodes)
    client = travel.client(OURS)
    client.post(
        f"/api/v1/consignments/{number}/containers/seal", json={"barcode": travel.box, "seal": "S31313"}
    )
    client.post(f"/api/v1/consignments/{number}/freeze")
    assert client.get("/api/v1/discrepancies/D-0001").status_code == 200
    vendor = travel.client(VENDOR)
    assert vendor.get(f"/api/v1/consignments/{number}").json()["discrepancies"] == 0
    assert vendor.get("/api/v1/discrepancies/D-0001").status_code == 404
    assert "UNKNOWN1" not in vendor.get(f"/consignments/{number}").text


def test_transfers_are_incomplete_until_both_sides_are_there(travel):
    number = travel.in_transit(OUT)
    items = travel.client(VENDOR).get("/api/v1/transfers", params={"consignment": number}).json()["items"]
    found = {item["ordinal"]: item for item in items}
    assert (found[1]["complete"], found[2]["complete"]) == (True, False)
    assert (found[1]["from_party"], found[1]["to_party"], found[2]["to_party"]) == (
        "Organisation",
        "Carrier",
        "Vault vendor",
    )
    assert found[2]["released"] is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_same_name_of_the_same_organisation_never_stands_on_both_sides(name, organisation):
    one = Signature(name, organisation, "releases", SignatureMethod.TYPED, checked_by="x")
    two = Signature(
        f" {name.upper()} ", organisation.lower(), "receives", SignatureMethod.TYPED, checked_by="x"
    )
    same = one.name.strip().casefold() == two.name.strip().casefold() and organisation.casefold() == organisation.lower().casefold()  # fmt: skip
    if same:
        with pytest.raises(rules.SamePersonError):
            rules.check_two_people(one, two)


@pytest.mark.parametrize("path", ["", "L1 1", "M1 1<script>", "M" + "1" * rules.MAX_PATH, "M1 1 url(x)"])
def test_a_drawing_is_path_data_and_nothing_else(path):
    signature = Signature(
        "Driver 3", "Carrier", "receives", SignatureMethod.DRAWN, checked_by="x", drawing=path
    )
    with pytest.raises(InvalidInputError):
        rules.check_signature(signature)
