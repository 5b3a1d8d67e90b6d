"""A missing medium turns up: who may say so, where it is then, and what that ends."""

import msgspec
import pytest
from house import signature
from travel import ADMINISTRATOR, AUDITOR, HOME, OFFICER, OURS, OUT, VENDOR

from service.consignments.models import SealOutcome
from service.receipts.actions import receive, see_container

REASON = "It lay behind the drives after the pick-up."


def lost(travel, direction=OUT):
    """(consignment, barcode) of one of two media that did not arrive; D-0002 says so, D-0001 is the broken seal."""
    number = travel.in_transit(direction)
    travel.run(lambda unit: see_container(unit, number, travel.box, SealOutcome.BROKEN))
    gone, here = travel.barcodes
    travel.house.scan(travel.receiver(direction), f"receive:{number}", here)
    taker = signature(travel.receiver(direction), "Taker")
    travel.run(lambda unit: receive(unit, number, signature("Driver 3", "Carrier"), taker))
    assert travel.house.medium_row(gone).missing
    return number, gone


def found(travel, who, barcode, location="Machine room", reason=REASON):
    body = {"location": location, "reason": reason}
    return travel.client(who).post(f"/api/v1/media/{barcode}/found", json=body)


def test_an_administrator_finds_it_and_its_discrepancy_ends(travel):
    _, barcode = lost(travel)
    answer = found(travel, ADMINISTRATOR, barcode)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["resolved"], answer.json()["open"]) == (["D-0002"], [])
    row, ids = travel.house.medium_row(barcode), travel.house.ids
    assert (row.missing, row.custody, row.container_id) == (False, "on_site", None)
    assert (row.location_id, row.custodian_id) == (ids["Machine room"], ids["Organisation"])
    assert travel.house.entries(barcode)[-2:] == ["medium:missing", "medium:found"]
    resolved = travel.client(ADMINISTRATOR).get("/api/v1/discrepancies/D-0002").json()
    assert resolved["resolution"] == f"Found at Site 1 › Machine room. {REASON}"
    assert travel.client(ADMINISTRATOR).get("/api/v1/discrepancies/D-0001").json()["resolved_at"] is None
    travel.house.check()


def test_a_handler_finds_it_and_who_resolves_discrepancies_resolves_it(travel):
    _, barcode = lost(travel)
    answer = found(travel, OURS, barcode)
    assert (answer.json()["resolved"], answer.json()["open"]) == ([], ["D-0002"])
    assert not travel.house.medium_row(barcode).missing
    assert travel.client(OURS).get("/api/v1/discrepancies/D-0002").json()["resolved_at"] is None


def test_what_came_home_after_all_goes_on_with_its_run(travel):
    number, barcode = lost(travel, HOME)
    found(travel, OURS, barcode)
    lines = travel.client(OURS).get(f"/api/v1/consignments/{number}/lines").json()["items"]
    assert {line["barcode"]: line["state"] for line in lines}[barcode] == "unpacked"
    travel.house.check()


def test_what_the_vendor_found_is_recorded_by_who_resolves_discrepancies(travel):
    number, barcode = lost(travel)
    refused = found(travel, OURS, barcode, "Shelf B-04")
    assert (refused.status_code, travel.house.medium_row(barcode).missing) == (403, True)
    assert found(travel, OFFICER, barcode, "Shelf B-04").status_code == 200
    assert travel.house.medium_row(barcode).custodian_id == travel.house.ids["Vault vendor"]
    lines = travel.client(OURS).get(f"/api/v1/consignments/{number}/lines").json()["items"]
    assert {line["barcode"]: line["state"] for line in lines}[barcode] == "matched"


@pytest.mark.parametrize(("who", "status"), [(AUDITOR, 403), (VENDOR, 403)])
def test_who_neither_takes_media_in_nor_resolves_cannot_find(travel, who, status):
    _, barcode = lost(travel)
    before = travel.house.entries(barcode)
    assert found(travel, who, barcode).status_code == status
    assert travel.house.entries(barcode) == before


@pytest.mark.parametrize(
    ("barcode", "location", "reason", "status"),
    [
        ("TRV002L8", "Machine room", REASON, 409),
        ("NOT001L8", "Machine room", REASON, 404),
        ("TRV001L8", "Library 1, slot 1", REASON, 422),
        ("TRV001L8", "slot 1", REASON, 422),
        ("TRV001L8", "Machine room", "  ", 422),
    ],
    ids=["not missing", "unknown", "no such place", "a library's slot", "no reason"],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(travel, barcode, location, reason, status):
    lost(travel)
    answer = found(travel, ADMINISTRATOR, barcode, location, reason)
    assert answer.status_code == status, answer.text
    assert travel.house.medium_row("TRV001L8").missing


def test_the_medium_page_leads_to_the_form_and_back(travel):
    _, barcode = lost(travel)
    client = travel.client(ADMINISTRATOR)
    assert f"/media/{barcode}/found" in client.get(f"/media/{barcode}").text
    other = client.get(f"/media/{travel.barcodes[1]}").text
    assert "Record it as found" not in other
    form = client.get(f"/media/{barcode}/found").text
    assert "Where it is now" in form
    typed = {"csrf_token": client.csrf, "location": "", "reason": REASON}
    assert client.post(f"/media/{barcode}/found", data=typed).status_code == 422
    typed["location"] = travel.house.ids["Machine room"]
    answer = client.post(f"/media/{barcode}/found", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/media/{barcode}")
    assert "Found in" in client.get(f"/media/{barcode}").text
    auditor = travel.client(AUDITOR)
    assert auditor.get(f"/media/{barcode}/found").status_code == 403


def test_a_scan_of_a_missing_medium_says_so_and_offers_the_form(travel):
    number, barcode = lost(travel, HOME)
    for task in ("look", f"unpack:{number}"):
        answer = msgspec.json.decode(travel.house.scan(OURS, task, barcode)[0].body)
        assert (answer["word"], answer["outcome"]) == ("Missing", "warn")
        assert answer["link"]["href"] == f"/media/{barcode}/found"
    page = travel.client(OURS).post(
        "/scan", data={"csrf_token": travel.client(OURS).csrf, "barcode": barcode}
    )
    assert page.status_code == 200
    assert f'href="/media/{barcode}/found"' in page.text


def test_a_missing_medium_is_not_packed_before_somebody_says_where_it_had_been(travel):
    _, barcode = lost(travel)
    before = travel.house.entries(barcode)
    travel.chosen(OUT, 1)
    answer = msgspec.json.decode(travel.house.scan(OURS, f"pack:CN-0002:{travel.box}", barcode)[0].body)
    assert answer["word"] == "Missing"
    assert travel.house.entries(barcode) == before
    travel.house.check()
