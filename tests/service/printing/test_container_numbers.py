"""SSCC of containers: given once, on GS1-128 labels that scan, and understood wherever they are scanned."""

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from labels.symbols.code128 import checked_sscc
from service.containers.actions import give_sscc
from service.containers.actions import register as register_container
from service.containers.models import CONTAINER, Container
from service.containers.rules import SsccGivenError
from service.handlers.models import Role
from service.parties.actions import edit_party
from service.printing import actions
from service.printing.container_labels import PrefixUsedUpError, next_number, read_sscc, sscc
from service.printing.models import LabelState, What
from service.printing.planning import plan
from service.printing.rules import PrintedBeforeError, WrongLabelError
from service.printing.sheets import sheet

SMALL = "avery-l7163"
PREFIX = "0614141"
FIRST, SECOND = "006141410000000012", "006141410000000029"


@pytest.fixture
def named(room):
    """The print room of an organisation with a GS1 prefix, and its containers C-0117 to C-0119."""
    for number in (117, 118, 119):
        container(room, f"C-0{number}")
    set_prefix(room, PREFIX)
    return room


def container(room, barcode):
    house = room.house
    return room.run(lambda unit: register_container(unit, barcode, 20, house.room_id, house.organisation_id))


def set_prefix(room, prefix):
    organisation_id = room.house.organisation_id
    room.run(lambda unit: edit_party(unit, organisation_id, "Our organisation", "", prefix))


def given_to(room):
    """{barcode: SSCC}."""
    return {row.barcode: row.sscc for row in room.rows(Container)}


def read_back(pdf):
    """(symbology, what it says) of every code on the sheet."""
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=300 / 72).to_pil()
    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    return sorted((one.symbology_identifier, one.text) for one in found)


def issued(room, wanted, **more):
    number = room.plan(wanted, What.CONTAINER, stock=SMALL, **more)
    room.run(lambda unit: actions.issue_sheet(unit, number))
    with room.runtime.database.reader.connect() as connection:
        return number, sheet(connection, number)


@given(st.from_regex(r"[0-9]{4,12}", fullmatch=True), st.integers(0, 99_999))
def test_every_number_makes_a_right_sscc_under_its_prefix_and_no_two_the_same(prefix, number):
    code = sscc(prefix, number)
    assert checked_sscc(code) == code
    assert code[1 : 1 + len(prefix)] == prefix
    assert int(code[0] + code[1 + len(prefix) : 17]) == number


def test_extension_digits_are_used_before_a_prefix_is_used_up():
    assert sscc("123456789012", 10_000) == "112345678901200005"
    with pytest.raises(PrefixUsedUpError, match="123456789012"):
        sscc("123456789012", 100_000)


def test_labels_of_containers_are_gs1_128_where_the_organisation_has_a_prefix(named):
    number, pdf = issued(named, "C-0117..C-0118")
    assert read_back(pdf) == [("]C1", f"00{FIRST}"), ("]C1", f"00{SECOND}")]
    assert given_to(named) == {"C-0117": FIRST, "C-0118": SECOND, "C-0119": None}
    assert list(named.states(number)) == [f"00{FIRST}", f"00{SECOND}"]
    named.check_ledger()


def test_without_a_prefix_they_are_code_128_with_the_barcode_and_nothing_is_given(named):
    set_prefix(named, "")
    _, pdf = issued(named, "C-0117")
    assert read_back(pdf) == [("]C0", "C-0117")]
    assert set(given_to(named).values()) == {None}


def test_a_container_is_numbered_once_with_an_entry_and_keeps_its_number_under_another_prefix(named):
    issued(named, "C-0117")
    set_prefix(named, "4012345")
    _, pdf = issued(named, "C-0117, C-0118", reason="Scratched.")
    assert read_back(pdf) == [("]C1", f"00{FIRST}"), ("]C1", "00040123450000000016")]
    [row] = [row for row in named.rows(Container) if row.barcode == "C-0117"]
    assert named.events(CONTAINER.subject(row.container_id)).count("container:sscc_given") == 1
    named.check_ledger()


def test_a_number_that_was_given_is_never_replaced(named):
    issued(named, "C-0117")
    [row] = [row for row in named.rows(Container) if row.barcode == "C-0117"]
    with pytest.raises(SsccGivenError, match=f"C-0117 has the SSCC {FIRST}"):
        named.run(lambda unit: give_sscc(unit, row.container_id, SECOND))


def test_no_number_is_given_twice_where_one_prefix_begins_with_the_other(named):
    issued(named, "C-0117")
    set_prefix(named, PREFIX + "0")
    issued(named, "C-0118")
    set_prefix(named, PREFIX)
    issued(named, "C-0119")
    assert len(set(given_to(named).values())) == 3
    assert given_to(named)["C-0118"] == SECOND


def test_a_plan_shows_the_next_number_and_gives_none(named):
    with named.runtime.database.reader.connect() as connection:
        planned = plan(connection, named.wish("C-0117", What.CONTAINER, stock=SMALL), lambda: "")
        assert next_number(connection, PREFIX) == 1
    assert [item.payload for item in planned.items] == [f"00{FIRST}"]
    assert set(given_to(named).values()) == {None}
    named.plan("C-0118", What.CONTAINER, stock=SMALL)
    named.run(lambda unit: actions.make_planned(unit, planned))
    assert given_to(named) == {"C-0117": SECOND, "C-0118": FIRST, "C-0119": None}


def test_a_container_that_has_a_code_128_label_needs_a_reason_for_its_gs1_label(named):
    set_prefix(named, "")
    issued(named, "C-0117")
    set_prefix(named, PREFIX)
    with pytest.raises(PrintedBeforeError, match="C-0117 has a label already"):
        named.plan("C-0117", What.CONTAINER, stock=SMALL)


def test_labels_are_verified_by_their_sscc_as_scanned_or_typed(named):
    number, _ = issued(named, "C-0117..C-0118")
    assert named.scan(number, f"]C100{FIRST}").left == 1
    assert named.scan(number, SECOND).closed
    assert named.labels(number, LabelState.PRINTED) == [f"00{FIRST}", f"00{SECOND}"]


def test_the_barcode_that_the_label_does_not_say_proves_nothing(named):
    number, _ = issued(named, "C-0117")
    for scanned in ("C-0117", SECOND, FIRST[:-1] + "3"):
        with pytest.raises(WrongLabelError):
            named.scan(number, scanned)
    assert named.labels(number, LabelState.SENT) == [f"00{FIRST}"]


@pytest.mark.parametrize("spelling", ["]C100{}", "(00){}", "(00) {}", "00{}", "{}"])
def test_an_sscc_is_read_in_every_spelling(spelling):
    assert read_sscc(spelling.format(FIRST)) == FIRST


@pytest.mark.parametrize(
    "code", ["", "ABC001L8", FIRST[:-1] + "3", f"]C0{FIRST}", f"01{FIRST}", FIRST[1:], f"{FIRST}0", "٠" * 18]
)
def test_what_is_no_sscc_is_not_taken_for_one(code):
    assert read_sscc(code) is None


def test_scanning_and_search_understand_an_sscc_as_its_container(named, client_as):
    issued(named, "C-0117")
    client = client_as(Role.MEDIA_HANDLER)
    for code in (f"]c100{FIRST}", f"(00) {FIRST}", f"00{FIRST}", FIRST):
        scanned = client.post("/api/v1/scans", json={"barcode": code, "task": ""}).json()
        assert (scanned["word"], scanned["barcode"]) == ("Container", "C-0117")
        assert client.get("/search", params={"q": code}).headers["location"] == "/containers/C-0117"
    assert client.post("/api/v1/scans", json={"barcode": SECOND, "task": ""}).json()["word"] == "Unknown"
    assert "location" not in client.get("/search", params={"q": SECOND}).headers


def test_a_container_whose_barcode_only_looks_like_another_s_sscc_is_itself(named, client_as):
    issued(named, "C-0117")
    container(named, FIRST)
    scanned = client_as(Role.MEDIA_HANDLER).post("/api/v1/scans", json={"barcode": FIRST, "task": ""}).json()
    assert scanned["barcode"] == FIRST


def test_a_container_s_page_and_json_show_its_sscc(named, client_as):
    client = client_as(Role.MEDIA_HANDLER)
    assert client.get("/api/v1/containers/C-0117").json()["sscc"] is None
    issued(named, "C-0117")
    assert client.get("/api/v1/containers/C-0117").json()["sscc"] == FIRST
    page = client.get("/containers/C-0117").text
    assert page.count(FIRST) == 2  # as a fact, and in its history
    assert "Given the SSCC" in page


def test_the_page_that_verifies_names_the_container_beside_its_number(named, client_as):
    number, _ = issued(named, "C-0117")
    page = client_as(Role.MEDIA_HANDLER).get(f"/labels/{number}/verify").text
    assert f"00{FIRST}" in page
    assert "C-0117" in page.split("Still to scan")[1]
