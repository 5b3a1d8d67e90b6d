"""Search lands on the thing itself, or lists what begins so."""

import pytest
from media_site import make_site, register

from service.containers import actions as containers
from service.handlers.models import Role
from service.ledger.writer import SYSTEM


@pytest.fixture
def site(runtime, house):
    return make_site(runtime)


@pytest.fixture
def auditor(client_as, site):
    return client_as(Role.AUDITOR)


@pytest.fixture
def media(runtime, site):
    register(runtime, site, "STR142L8", site.slots[2], serial_number="HM7X0K1142")
    register(runtime, site, "STR143L8", serial_number="hm7x0k1143")
    register(runtime, site, "ABC001L8")


def landed(client, query):
    answer = client.get("/search", params={"q": query})
    return answer.headers.get("location", answer.status_code)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("STR142L8", "/media/STR142L8"),
        (" str142l8 ", "/media/STR142L8"),
        ("ABC", "/media/ABC001L8"),
        ("HM7X0K1142", "/media/STR142L8"),
        ("hm7x0k1143", "/media/STR143L8"),
        ("3", "/ledger/entries/3"),
    ],
)
def test_one_thing_that_fits_is_opened(auditor, media, query, page):
    assert landed(auditor, query) == page


def test_several_are_listed_by_kind(auditor, media):
    page = auditor.get("/search", params={"q": "STR"})
    assert page.status_code == 200
    assert "/media/STR142L8" in page.text
    assert "/media/STR143L8" in page.text
    assert "ABC001L8" not in page.text
    found = auditor.get("/api/v1/search", params={"q": "STR"}).json()
    assert found["only"] is None
    assert [one["name"] for one in found["found"]] == ["STR142L8", "STR143L8"]


def test_containers_and_seals_lead_to_the_container(auditor, runtime, site, media):
    from service.custody.actions import CustodyEvent, place
    from service.media.queries import row_by_barcode

    def pack(unit):
        box = containers.register(unit, "C-0117", 20, site.shelf, site.us)
        medium = row_by_barcode(unit.connection, "ABC001L8").medium_id
        place(
            unit,
            [medium],
            CustodyEvent.PACKED,
            location_id=site.shelf,
            custodian_id=site.us,
            container_id=box,
        )
        containers.seal(unit, "C-0117", "004711")

    runtime.writer.run(SYSTEM, pack)
    assert landed(auditor, "c-0117") == "/containers/C-0117"
    assert landed(auditor, "004711") == "/containers/C-0117"


def test_places_are_found_by_code_and_by_path(auditor, site):
    assert landed(auditor, "LIB-1-S3") == f"/locations/{site.slots[2]}"
    assert landed(auditor, "Vault 2 › Shelf B-04") == f"/locations/{site.vault}"


def test_a_number_may_be_several_things(auditor, runtime, site, media):
    from media_site import as_handler, make_person

    from service.holds import actions as holds
    from service.media.queries import row_by_barcode

    person = make_person(runtime, site, "Officer")
    runtime.writer.run(
        as_handler(person),
        lambda unit: holds.place(
            unit, row_by_barcode(unit.connection, "ABC001L8").medium_id, "test", owner_id=person
        ),
    )
    assert landed(auditor, "H-0001") == "/holds/H-0001"
    found = auditor.get("/api/v1/search", params={"q": "1"}).json()
    assert {one["kind"] for one in found["found"]} == {"hold", "ledger entry"}
    assert found["only"] is None


@pytest.mark.parametrize(
    "query", ["", "  ", "zzz", "%", "_", "STR%", "'", "\\", "a\x00b", "A" * 150, "💾", "９", "99999999999999"]
)
def test_nonsense_finds_nothing_and_says_what_search_takes(auditor, media, query):
    page = auditor.get("/search", params={"q": query})
    assert page.status_code == 200
    assert "Search takes the beginning of a barcode" in page.text


def test_a_very_long_word_is_no_error_of_the_server(auditor):
    assert auditor.get("/search", params={"q": "A" * 9000}).status_code == 200
    assert auditor.get("/api/v1/search", params={"q": "A" * 9000}).status_code == 422


def test_a_vendors_person_finds_their_consignment_by_anything_in_it_and_nothing_else(runtime, app):
    from travel import HOME, OUT, VENDOR, Travel

    travel = Travel(runtime, app)
    number = travel.in_transit(OUT)
    inside = [number, travel.barcodes[0], travel.box, travel.seal]
    elsewhere = travel.in_transit(OUT, vault="Vault 3")
    outside = [elsewhere, travel.barcodes[0], travel.box, travel.seal, "STR141L8", "0"]
    packing = travel.opened(OUT)
    custodian = travel.client(VENDOR)
    assert {landed(custodian, code) for code in inside} == {f"/consignments/{number}"}
    for code in [*outside, packing, HOME]:
        assert landed(custodian, code) == 200, code
        assert custodian.get("/api/v1/search", params={"q": code}).json()["found"] == [], code
