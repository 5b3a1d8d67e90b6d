"""What is given out is on record: once for the same facts, again as a reissue, and printed as it was ever after."""

import json

import pytest
from papers import check_evidence, read_pdf
from sqlalchemy import text
from travel import AUDITOR, COURIER, OTHER, OURS, VENDOR

from service.ledger import store
from service.media.actions import edit


def issue(travel, number, document="courier-copy", who=OURS, **wish):
    return travel.client(who).post(f"/api/v1/consignments/{number}/{document}/issue", json=wish)


def head(travel):
    with travel.runtime.database.reader.connect() as connection:
        return store.head(connection).size


def entry(travel, position):
    with travel.runtime.database.reader.connect() as connection:
        return store.entry(connection, position)


def test_giving_out_records_the_hash_of_the_facts_and_the_paper_carries_its_own_proof(travel):
    number = travel.frozen()
    answer = issue(travel, number, language="de")
    assert answer.status_code == 201, answer.text
    issued = answer.json()
    told = entry(travel, issued["entry"])
    assert told.event == "document:issued"
    assert told.subject == f"document:{issued['document_id']}"
    assert told.changes["facts_sha256"] == issued["facts_sha256"]
    assert told.facts == {"language": "de", "paper": "a4"}
    read = read_pdf(travel.client(OURS).get(f"/api/v1/consignments/{number}/courier-copy.pdf").content)
    checkpoint = check_evidence(read, travel.runtime)
    assert checkpoint.size > issued["entry"]
    assert f"entry-{issued['entry']}.tlog-proof" in read.attached
    assert f"issue on record as entry {issued['entry']}" in read.text
    travel.house.check()


def test_reading_records_nothing_and_a_copy_does_not_claim_to_be_on_record(travel):
    number, before = travel.frozen(), None
    client = travel.client(AUDITOR)
    before = head(travel)
    read = read_pdf(client.get(f"/api/v1/consignments/{number}/courier-copy.pdf").content)
    client.get(f"/consignments/{number}/courier-copy.pdf")
    assert head(travel) == before
    assert "on record" not in read.text


def test_the_same_facts_again_are_a_reissue_of_the_same_document(travel):
    number = travel.frozen()
    first, again = issue(travel, number).json(), issue(travel, number, language="de").json()
    assert (again["document_id"], again["facts_sha256"]) == (first["document_id"], first["facts_sha256"])
    assert (first["times"], again["times"]) == (1, 2)
    assert again["entry"] == first["entry"]
    with travel.runtime.database.reader.connect() as connection:
        events = [one.event for one in store.entries_of(connection, f"document:{first['document_id']}")]
    assert events == ["document:reissued", "document:issued"]


def test_other_facts_are_another_document_under_the_same_number_and_the_first_is_printed_as_it_was(travel):
    number = travel.frozen()
    first = issue(travel, number, "manifest").json()
    before = travel.client(OURS).get(first["pdf"]).content
    travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER})
    second = issue(travel, number, "manifest").json()
    assert second["number"] == first["number"]
    assert second["facts_sha256"] != first["facts_sha256"]
    travel.runtime.clock.forward(days=400)
    medium_id = travel.house.ids[travel.barcodes[0]]
    travel.run(lambda unit: edit(unit, medium_id, {"dataset": "another"}))
    assert travel.client(AUDITOR).get(first["pdf"]).content == before
    read = read_pdf(before)
    assert "ready for release" in read.text
    assert travel.client(AUDITOR).get(first["record"]).content == read.record


def test_whoever_holds_a_paper_finds_by_its_hash_whether_it_is_ours(travel):
    number = travel.frozen()
    issued = issue(travel, number).json()
    client = travel.client(AUDITOR)
    by_hash = client.get("/api/v1/documents", params={"facts_sha256": issued["facts_sha256"]}).json()["items"]
    assert [one["document_id"] for one in by_hash] == [issued["document_id"]]
    assert client.get("/api/v1/documents", params={"facts_sha256": "0" * 64}).json()["items"] == []
    assert client.get("/api/v1/documents", params={"number": f"{number}-C"}).json()["items"] == by_hash
    assert client.get(f"/api/v1/documents/{issued['document_id']}").json() == issued
    assert issued["facts_sha256"][:16] in client.get(f"/documents?number={issued['facts_sha256']}").text


def test_whatever_a_scanner_reads_from_a_paper_leads_to_its_thing_or_to_its_record(travel):
    number = travel.frozen()
    issued = issue(travel, number).json()
    client = travel.client(AUDITOR)
    read = read_pdf(client.get(issued["pdf"]).content)
    by_hash = f"/documents?number={issued['facts_sha256']}"
    codes = {
        code: client.get("/search", params={"q": code}).headers.get("location")
        for code in read.codes - {read.note}
    }
    assert codes == {f"{number}-C": f"/consignments/{number}", f"sha256:{issued['facts_sha256']}": by_hash}
    assert issued["number"] in client.get(by_hash).text
    assert client.get("/search", params={"q": "CN-0001-X"}).status_code == 200
    ledger = client.get("/ledger").text
    assert f"/documents?number={number}-C" in ledger


@pytest.mark.parametrize(("who", "status"), [(AUDITOR, 403), (VENDOR, 201), (OTHER, 404)])
def test_who_hands_over_media_gives_out_and_who_only_reads_does_not(travel, who, status):
    number = travel.frozen()
    assert issue(travel, number, who=who).status_code == status


def test_a_working_list_is_not_put_on_record(travel):
    number = travel.frozen()
    client = travel.client(OURS)
    before = head(travel)
    answer = client.post(f"/api/v1/consignments/{number}/pick-list/issue", json={})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:strongroom:problem:no-evidence")
    assert head(travel) == before


def test_a_repeated_request_gives_out_once(travel):
    number = travel.frozen()
    client = travel.client(OURS)
    path = f"/api/v1/consignments/{number}/courier-copy/issue"
    first, again = (client.post(path, json={}, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_the_page_gives_out_in_the_remembered_language_and_says_when_and_by_whom(travel):
    number = travel.frozen()
    client = travel.client(OURS)
    client.cookies.set("strongroom_paper", "de.letter")
    answer = client.post(f"/consignments/{number}/courier-copy/issue", data={"csrf_token": client.csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/consignments/{number}")
    assert f"by {OURS}" in client.get(f"/consignments/{number}").text
    with travel.runtime.database.reader.connect() as connection:
        newest = store.latest(connection, limit=1)[0]
    assert json.loads(newest.body)["facts"] == {"language": "de", "paper": "letter"}
    assert (
        "who hands over media gives documents out"
        in travel.client(AUDITOR).get(f"/consignments/{number}").text
    )


def test_a_record_that_was_tampered_with_shows_by_its_hash(travel):
    """The tables may be changed by who owns the database; the ledger has the hash."""
    number = travel.frozen()
    issued = issue(travel, number).json()
    tamper = text("UPDATE document SET facts_sha256 = :other")
    travel.run(lambda unit: unit.connection.execute(tamper, {"other": "0" * 64}).rowcount)
    with pytest.raises(AssertionError, match="document"):
        travel.house.check()
    assert issued["facts_sha256"] != "0" * 64
