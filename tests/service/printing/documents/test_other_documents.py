"""Receipts, lists, reports and recovery lists, from the real acts of a consignment to the paper and back."""

import pytest
from house import signature
from papers import check_evidence, read_pdf
from travel import ADMINISTRATOR, AUDITOR, COURIER, OTHER, OURS, VENDOR
from week import Week

from service.consignments.models import SealOutcome
from service.custody.actions import resolve_discrepancy
from service.receipts.actions import receive, see_container


def get(travel, path, who=OURS):
    answer = travel.client(who).get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return read_pdf(answer.content)


@pytest.fixture
def disputed(travel):
    """Two media under a broken seal: one came, one did not, and a third that is on no list."""
    number = travel.frozen()
    answer = travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER})
    assert answer.status_code == 200, answer.text
    travel.run(lambda unit: see_container(unit, number, travel.box, SealOutcome.BROKEN))
    travel.house.medium("EXT001L8", "Machine room", "Organisation")
    travel.house.scan(VENDOR, f"receive:{number}", travel.barcodes[0], "EXT001L8")
    taker = signature(VENDOR, "Vault vendor")
    travel.run(lambda unit: receive(unit, number, signature("Driver 3", "Carrier"), taker))
    return number


def test_the_receipt_of_the_pickup_lists_what_changed_hands_and_what_each_signed_for(travel):
    number = travel.frozen()
    travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER})
    read = get(travel, f"/consignments/{number}/receipt-1.pdf")
    assert read.number == f"{number}-T1"
    assert read.facts["things"] == [
        {"identifier": travel.box, "is_container": True, "media_type": "", "generation": "", "seal": travel.seal,
         "seal_seen": "intact", "declared": 2, "counted": None, "arrived": True},
    ]  # fmt: skip
    assert (read.facts["sender"]["party"], read.facts["receiver"]["party"]) == ("Organisation", "Carrier")
    assert "releases custody and the listed containers with their seals intact" in read.text.replace(
        "\n", " "
    )
    check_evidence(read, travel.runtime)
    german = get(travel, f"/consignments/{number}/receipt-1.pdf?language=de").text.replace("\n", " ")
    assert "übernimmt die genannten Behälter" in german
    assert "releases custody" not in german
    transfer = travel.client(OURS).get(f"/api/v1/transfers?consignment={number}").json()["items"][0]
    assert get(travel, f"/transfers/{transfer['transfer_id']}/receipt.pdf").record == read.record


def test_the_receipt_of_the_delivery_says_what_came_and_what_did_not(travel, disputed):
    read = get(travel, f"/consignments/{disputed}/receipt-2.pdf", VENDOR)
    box, extra = read.facts["things"]
    assert (box["seal_seen"], box["declared"], box["counted"]) == ("broken", 2, 1)
    assert (extra["identifier"], extra["declared"], extra["counted"]) == ("EXT001L8", 0, 1)
    assert "complete, with differences" in read.text
    check_evidence(read, travel.runtime)


def test_the_discrepancy_report_names_every_difference_its_entry_and_what_was_decided(travel, disputed):
    travel.run(lambda unit: resolve_discrepancy(unit, "D-0001", "The seal was cut at the depot."))
    read = get(travel, f"/consignments/{disputed}/discrepancy-report.pdf?language=de")
    kinds = {one["kind"]: one for one in read.facts["found"]}
    assert sorted(kinds) == ["broken_seal", "extra", "missing"]
    assert kinds["missing"]["medium"] == travel.barcodes[1]
    assert kinds["broken_seal"]["resolution"] == "The seal was cut at the depot."
    assert (read.facts["custodian"], read.facts["found_by"]) == ("Carrier", VENDOR)
    assert {one["entry"] for one in read.facts["found"]} <= {one["position"] for one in read.facts["entries"]}
    for shown in ("Abweichungsbericht", "nicht angekommen", "Siegel gebrochen", "2 offen", "D-0001"):
        assert shown in read.text
    check_evidence(read, travel.runtime)
    one = get(travel, "/discrepancies/D-0001/report.pdf")
    assert (one.number, len(one.facts["found"])) == ("D-0001-DR", 1)
    assert one.facts["against"] == disputed


def test_pick_list_and_distribution_list_are_one_list_with_one_number(travel):
    number = travel.packed()
    pick, spread = (
        get(travel, f"/consignments/{number}/{half}-list.pdf") for half in ("pick", "distribution")
    )
    assert (pick.number, spread.number) == (f"{number}-PL", f"{number}-DL")
    assert (pick.facts["pair"], spread.facts["pair"]) == (spread.number, pick.number)
    assert spread.number in pick.text
    assert [one["barcode"] for one in pick.facts["lines"]] == [
        one["barcode"] for one in spread.facts["lines"]
    ]
    assert pick.facts["lines"][0]["origin"] == "Site 1 › Machine room"
    assert spread.facts["lines"][0]["container"] == travel.box
    assert pick.facts["done_by"] == [OURS]
    assert spread.facts["done_at"] is None
    check_evidence(pick, travel.runtime)


def test_a_runs_lists_are_in_walking_order_of_its_library_and_say_slots_in_german(runtime, app, house):
    del house
    week = Week(runtime, app).to("planned")
    administrator = week.client("Backup administrator 1")
    answer = administrator.get("/api/v1/runs/2026-W47/pick-list.pdf")
    assert (answer.status_code, "not approved yet" in answer.json()["detail"]) == (409, True)
    assert "the run is not approved yet" in administrator.get("/runs/2026-W47").text
    week.to("approved")
    read = read_pdf(administrator.get("/api/v1/runs/2026-W47/pick-list.pdf?language=de").content)
    assert read.number == "CN-0001-PL"
    assert [line["origin"].rpartition(" › ")[2] for line in read.facts["lines"]] == [
        "slot 1",
        "slot 2",
        "slot 3",
    ]
    assert "Fach 3" in read.text
    home = read_pdf(administrator.get("/api/v1/runs/2026-W47/pick-list.pdf?leg=home").content)
    assert home.facts["run"] == "2026-W47"
    assert "/runs/2026-W47/pick-list.pdf?leg=home" in administrator.get("/runs/2026-W47").text


def test_a_recovery_list_says_where_each_medium_is_in_the_order_of_recall(travel, disputed):
    here, gone = travel.barcodes
    travel.house.medium("INL001L8", "slot 3", "Organisation")
    wanted = {"barcodes": ["INL001L8", gone, here.lower()], "request": "RQ-118", "dataset": "billing-db"}
    answer = travel.client(ADMINISTRATOR).post("/api/v1/recovery-lists", json=wanted)
    assert answer.status_code == 201, answer.text
    issued = answer.json()
    assert (issued["number"], issued["kind"], issued["times"]) == ("RL-0001", "recovery_list", 1)
    answer = travel.client(AUDITOR).get(issued["pdf"])
    read = read_pdf(answer.content)
    assert [(one["barcode"], one["custody"], one["custodian"]) for one in read.facts["media"]] == [
        (here, "vaulted", "Vault vendor"), ("INL001L8", "in_library", "Organisation"), (gone, "missing", "Carrier"),
    ]  # fmt: skip
    for shown in ("NOT COMPLETE", "to recall", "at hand", "slot 3", "missing; last known"):
        assert shown in read.text.replace("\n", " ")
    check_evidence(read, travel.runtime)
    assert travel.client(AUDITOR).get(issued["record"]).content == read.record
    mounting = travel.client(ADMINISTRATOR).post(
        "/api/v1/recovery-lists", json=wanted | {"order": "mounting"}
    )
    again = read_pdf(travel.client(ADMINISTRATOR).get(mounting.json()["pdf"]).content)
    assert [one["barcode"] for one in again.facts["media"]] == ["INL001L8", gone, here]


def test_a_recovery_list_of_unknown_media_is_refused_by_name_and_takes_no_number(travel):
    client = travel.client(ADMINISTRATOR)
    body = {"barcodes": ["XYZ001L8"], "request": "drill"}
    answer = client.post("/api/v1/recovery-lists", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:strongroom:problem:unknown-barcodes")
    assert travel.client(AUDITOR).post("/api/v1/recovery-lists", json=body).status_code == 403
    travel.house.medium("ABC001L8", "slot 1", "Organisation")
    assert (
        client.post("/api/v1/recovery-lists", json={**body, "barcodes": ["ABC001L8"]}).json()["number"]
        == "RL-0001"
    )


def test_a_recovery_list_from_the_media_list_by_choice_by_filter_and_by_paste(travel):
    travel.house.medium("ABC001L8", "slot 1", "Organisation", dataset="claims")
    client = travel.client(ADMINISTRATOR)
    assert "/recovery-lists/new" in client.get("/media").text
    chosen = client.post("/recovery-lists", data={"csrf_token": client.csrf, "select": ["ABC001L8"]}).text
    filtered = client.get("/recovery-lists/new?dataset=claims").text
    assert "/recovery-lists/new?q=ABC001L8" in client.get("/media/ABC001L8").text
    assert "ABC001L8" in chosen
    assert "ABC001L8" in filtered
    typed = {
        "csrf_token": client.csrf,
        "barcodes": "abc001l8, NOPE01L8",
        "request": "drill",
        "order": "recall",
    }
    wrong = client.post("/recovery-lists", data=typed)
    assert (wrong.status_code, "Nobody knows" in wrong.text) == (422, True)
    assert "abc001l8" in wrong.text  # nothing typed is lost
    typed |= {"barcodes": "abc001l8", "restore_to": "2026-11-01T06:00"}
    done = client.post("/recovery-lists", data=typed)
    assert (done.status_code, done.headers["location"]) == (303, "/documents")
    assert "RL-0001" in client.get("/documents").text


@pytest.mark.parametrize(
    ("paper", "reason"),
    [
        ("receipt-1", "the manifest is not frozen yet"),
        ("receipt-2", "the manifest is not frozen yet"),
        ("discrepancy-report", "there was no discrepancy"),
    ],
)
def test_what_is_not_there_yet_says_why(travel, paper, reason):
    number = travel.packed()
    client = travel.client(OURS)
    answer = client.get(f"/api/v1/consignments/{number}/{paper}.pdf")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:strongroom:problem:nothing-to-print")
    assert reason in answer.json()["detail"]
    assert reason in client.get(f"/consignments/{number}").text


def test_a_cancelled_consignment_has_no_lists_and_an_unsigned_one_no_receipt(travel):
    client = travel.client(OURS)
    answer = client.get(f"/api/v1/consignments/{travel.cancelled()}/pick-list.pdf")
    assert (answer.status_code, "was cancelled" in answer.json()["detail"]) == (409, True)
    answer = client.get(f"/api/v1/consignments/{travel.frozen()}/receipt-1.pdf")
    assert (answer.status_code, "nobody has signed yet" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    "path",
    [
        "/consignments/CN-9999/receipt-1.pdf", "/consignments/CN-9999/pick-list.pdf", "/discrepancies/D-9999/report.pdf",
        "/transfers/00000000000000000000000000/receipt.pdf", "/runs/2020-W01/pick-list.pdf",
        "/documents/00000000000000000000000000.pdf", "/documents/nothing.json", "/documents/nothing",
    ],
)  # fmt: skip
def test_what_nobody_knows_is_not_found(travel, path):
    assert travel.client(OURS).get(f"/api/v1{path}").status_code == 404


def test_others_see_neither_receipt_nor_report_of_a_consignment_that_is_not_theirs(travel, disputed):
    client = travel.client(OTHER)
    for paper in ("receipt-2", "discrepancy-report", "distribution-list"):
        assert client.get(f"/api/v1/consignments/{disputed}/{paper}.pdf").status_code == 404
    assert client.get("/api/v1/documents").status_code == 403
    assert client.get("/api/v1/discrepancies/D-0001/report.pdf").status_code == 404
