"""The manifest and the courier's copy, from the real acts of a consignment to the paper and back."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from papers import check_evidence, read_pdf
from travel import ADMINISTRATOR, AUDITOR, COURIER, HOME, OTHER, OURS, OUT, VENDOR

from labels.documents import Paper
from service.media.actions import edit
from service.printing.documents.apart import LONG_BYTES, DrawingError, Order, _drawn_apart, draw
from service.printing.documents.makers import MAKERS
from service.printing.documents.making import Look, issue_of, made, prepare
from service.printing.documents.models import DocumentKind
from service.printing.documents.wording import Wording


def pdf(travel, number, document="manifest", who=OURS, query=""):
    answer = travel.client(who).get(f"/api/v1/consignments/{number}/{document}.pdf{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    read = read_pdf(answer.content)
    assert answer.headers["x-facts-sha256"] == sha256(read.record).hexdigest()
    return read


def dispatched(travel, direction=OUT, count=2):
    """Signed on glass, through the API, as at the door."""
    number = travel.frozen(direction, count)
    who = travel.packer(direction)
    typed = {"courier": COURIER, "own_drawing": "M10 10Q300 160 590 20"}
    answer = travel.client(who).post(f"/api/v1/consignments/{number}/dispatch", json=typed)
    assert answer.status_code == 200, answer.text
    return number


def test_every_field_of_the_manifest_is_what_the_record_says(travel):
    number = dispatched(travel)
    read = pdf(travel, number)
    facts, barcodes = read.facts, travel.barcodes
    assert read.told["document"] == "manifest"
    assert read.told["house"] == {
        "organisation": "Our organisation", "contact": "", "site": "Site 1", "zone": "America/New_York",
    }  # fmt: skip
    assert (facts["consignment"], facts["direction"], facts["purpose"]) == (
        number,
        "out",
        "monthly set October",
    )
    assert facts["sender"] == {"party": "Organisation", "contact": "", "place": "Site 1 › Machine room"}
    assert facts["receiver"] == {"party": "Vault vendor", "contact": "", "place": "Vault 2"}
    assert facts["carrier"] == {"party": "Carrier", "contact": "", "place": ""}
    (box,) = facts["containers"]
    assert (box["container"], box["seal"], box["pieces"]) == (travel.box, travel.seal, 2)
    assert [line["barcode"] for line in facts["lines"]] == barcodes
    assert facts["lines"][0] == {
        "line": 1, "medium_id": travel.house.ids[barcodes[0]], "barcode": barcodes[0], "serial_number": "",
        "media_type": "lto", "generation": "LTO-8", "dataset": "billing-db", "encrypted": True, "retain_until": None,
        "container": travel.box, "entry": facts["lines"][0]["entry"],
    }  # fmt: skip
    events = [one["event"] for one in facts["entries"]]
    assert events == [
        "consignment:opened", "seal:applied", "consignment:frozen", "transfer:released", "transfer:received",
        "consignment:dispatched",
    ]  # fmt: skip
    assert facts["manifest_sha256"] == travel.state(number).manifest_sha256


def test_the_signatures_say_who_signed_how_and_who_checked_the_identity(travel):
    number = dispatched(travel)
    handover = pdf(travel, number).facts["handover"]
    assert handover["released"]["name"] == OURS
    assert handover["released"]["method"] == "drawn"
    received = handover["received"]
    assert (received["name"], received["organisation"], received["badge"]) == ("Driver 3", "Carrier", "40118")
    assert received["identity_checked_by"] == OURS
    assert len(received["drawing_sha256"]) == 64


def test_the_paper_shows_them_and_draws_what_was_drawn_on_the_glass(travel):
    number = dispatched(travel)
    with travel.runtime.database.reading() as session:
        prepared = prepare(
            session, travel.house.people[OURS], DocumentKind.MANIFEST, number, travel.runtime.clock()
        )
    values = MAKERS[DocumentKind.MANIFEST].values
    document = values(prepared.sheet.facts, issue_of(prepared), prepared.drawings, Wording("en"))
    assert document.received.strokes[0][0] == (40 / 600, 120 / 168)
    assert len(document.received.strokes[0]) == 4
    assert len(document.released.strokes[0]) == 3  # a curve by its middle and its end
    text = read_pdf(made(prepared, Look())).text
    for shown in ("Driver 3, Carrier", "badge 40118", f"identity checked by {OURS}", "on glass", travel.seal):
        assert shown in text


def test_a_long_document_is_drawn_by_a_process_of_its_own_to_the_same_bytes(travel):
    number = dispatched(travel)
    with travel.runtime.database.reading() as session:
        prepared = prepare(
            session, travel.house.people[OURS], DocumentKind.MANIFEST, number, travel.runtime.clock()
        )
    values = MAKERS[DocumentKind.MANIFEST].values
    document = values(prepared.sheet.facts, issue_of(prepared), prepared.drawings, Wording("de"))
    order = Order("de", Paper.LETTER, prepared.sheet.record, prepared.attachments)
    assert len(order.facts) < LONG_BYTES
    here = draw(document, order)
    assert _drawn_apart(document, order) == here == made(prepared, Look("de", Paper.LETTER))
    with pytest.raises(DrawingError, match=f"{number} was not drawn"):
        _drawn_apart(document, replace(order, language=7))


def test_the_paper_leads_to_the_ledger(travel):
    number = dispatched(travel)
    read = pdf(travel, number)
    check_evidence(read, travel.runtime)
    frozen = read.attached[f"{number}.manifest.json"]
    assert sha256(frozen).hexdigest() == read.facts["manifest_sha256"]


def test_a_changed_entry_is_not_proved(travel):
    read = pdf(travel, dispatched(travel))
    name = next(name for name in read.attached if name.startswith("entry-") and name.endswith(".json"))
    body = json.loads(read.attached[name])
    read.attached[name] = json.dumps(body | {"at": "2020-01-01T00:00:00.000000Z"}).encode()
    with pytest.raises(ValueError, match="is not in the tree"):
        check_evidence(read, travel.runtime)


def test_the_same_facts_are_the_same_record_whoever_prints_them_when_and_in_which_language(travel):
    number = dispatched(travel)
    first = pdf(travel, number)
    travel.runtime.clock.forward(days=3)
    travel.house.medium("NEW001L8", "Machine room", "Organisation")
    later = pdf(travel, number, who=AUDITOR, query="?language=de&paper=letter")
    assert later.record == first.record
    assert later.note == first.note
    assert later.pdf != first.pdf


def test_what_becomes_of_a_medium_does_not_change_the_paper_of_its_way(travel):
    number = dispatched(travel)
    before = pdf(travel, number)
    medium_id = travel.house.ids[travel.barcodes[0]]
    travel.run(lambda unit: edit(unit, medium_id, {"dataset": "another-set"}))
    assert pdf(travel, number).record == before.record


def test_the_couriers_copy_tells_no_content(travel):
    number = dispatched(travel)
    read = pdf(travel, number, "courier-copy")
    assert read.number == f"{number}-C"
    assert read.facts["lines"] is None
    assert read.facts["media"] == 2
    check_evidence(read, travel.runtime)
    whole = read.text.encode() + b"".join(read.attached.values())
    for barcode in travel.barcodes:
        assert barcode.encode() not in whole
    assert b"billing-db" not in whole
    assert travel.seal in read.text


def test_german_is_german_in_every_part_and_its_facts_are_the_same(travel):
    number = dispatched(travel)
    read = pdf(travel, number, query="?language=de")
    for shown in ("Ladeliste (Ausgang)", "auf Glas", "alle verschlüsselt", f"Identität geprüft von {OURS}"):
        assert shown in read.text
    assert "all encrypted" not in read.text
    assert read.record == pdf(travel, number).record


def test_a_manifest_before_its_signatures_waits_for_them(travel):
    number = travel.frozen()
    read = pdf(travel, number)
    assert read.facts["handover"]["released"] is None
    assert "ready for release" in read.text
    check_evidence(read, travel.runtime)


def test_what_is_not_frozen_has_no_manifest_and_says_why(travel):
    number = travel.packed()
    client = travel.client(OURS)
    for document in ("manifest", "courier-copy"):
        answer = client.get(f"/api/v1/consignments/{number}/{document}.pdf")
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:strongroom:problem:not-ready"
    page = client.get(f"/consignments/{number}").text
    assert "the manifest is not frozen yet" in page
    assert "manifest.pdf" not in page


@pytest.mark.parametrize("number", ["CN-9999", "nothing", "CN-0001%00"])
def test_what_is_not_there_is_not_found(travel, number):
    assert travel.client(OURS).get(f"/api/v1/consignments/{number}/manifest.pdf").status_code == 404


def test_readers_of_both_ends_and_auditors_print_and_others_do_not_know_it_exists(travel):
    number = travel.frozen()
    for who in (OURS, ADMINISTRATOR, AUDITOR, VENDOR):
        pdf(travel, number, who=who)
    assert travel.client(OTHER).get(f"/api/v1/consignments/{number}/manifest.pdf").status_code == 404


def test_what_comes_home_is_an_inbound_manifest(travel):
    read = pdf(travel, dispatched(travel, HOME))
    assert "Inbound manifest" in read.text
    assert read.facts["sender"]["party"] == "Vault vendor"


def test_the_page_links_each_document_and_remembers_the_language(travel):
    number = travel.frozen()
    client = travel.client(OURS)
    assert f'href="/consignments/{number}/manifest.pdf"' in client.get(f"/consignments/{number}").text
    there = f"/consignments/{number}"
    answer = client.get("/documents/look", params={"language": "de", "paper": "letter", "then": there})
    assert (answer.status_code, answer.headers["location"]) == (303, there)
    answer = client.get(f"/consignments/{number}/manifest.pdf")
    assert "Ladeliste" in read_pdf(answer.content).text
    assert client.get("/documents/look", params={"then": "//evil.example"}).headers["location"] == "/"


def test_a_choice_that_is_none_is_the_default(travel):
    client = travel.client(OURS)
    number = travel.frozen()
    client.cookies.set("strongroom_paper", "klingon.a0")
    assert "Outbound manifest" in read_pdf(client.get(f"/consignments/{number}/manifest.pdf").content).text
    assert client.get(f"/api/v1/consignments/{number}/manifest.pdf?language=xx").status_code == 422


def test_times_stand_in_the_sites_zone_with_utc_beside_them(travel):
    read = pdf(travel, travel.frozen())
    assert "14:06:00 EST (19:06:00 UTC)" in read.text
