"""Labels of containers, disks, seals, shelves and slots, and badges: opaque payloads, and each printed once."""

import pytest
from sqlalchemy import select

from labels.symbols import without_check
from service.containers.actions import register as register_container
from service.errors import InvalidInputError
from service.locations.actions import create_location
from service.locations.models import LOCATION, LocationKind
from service.media.actions import register_many
from service.media.models import MediaType
from service.media.schemas import NewMedium
from service.printing import actions
from service.printing.models import LabelState, What
from service.printing.planning import plan
from service.printing.rules import PrintedBeforeError

SMALL = "avery-l7163"


def container(room, barcode):
    house = room.house
    return room.run(lambda unit: register_container(unit, barcode, 20, house.room_id, house.organisation_id))


def issue(room, number):
    return room.run(lambda unit: actions.issue_sheet(unit, number))


def test_containers_are_labelled_by_barcode_or_range(room):
    for number in (117, 118, 119):
        container(room, f"C-0{number}")
    number = room.plan("C-0117..C-0118, C-0119", What.CONTAINER, stock=SMALL)
    assert list(room.states(number)) == ["C-0117", "C-0118", "C-0119"]
    assert issue(room, number) == 3
    assert room.scan(number, "C-0117").payload == "C-0117"


def test_a_container_that_is_not_there_gets_no_label(room):
    with pytest.raises(InvalidInputError, match="There is no container “C-0404”"):
        room.plan("C-0404", What.CONTAINER, stock=SMALL)


def test_a_second_label_of_a_container_needs_a_reason(room):
    container(room, "C-0117")
    issue(room, room.plan("C-0117", What.CONTAINER, stock=SMALL))
    with pytest.raises(PrintedBeforeError, match="C-0117 has a label already"):
        room.plan("C-0117", What.CONTAINER, stock=SMALL)
    assert room.plan("C-0117", What.CONTAINER, stock=SMALL, reason="Scratched.") == "LP-0002"


def test_a_disk_is_labelled_with_its_check_character(room):
    new = NewMedium("DSK-0001", room.house.room_id, media_type=MediaType.DISK)
    room.run(lambda unit: register_many(unit, [new]))
    number = room.plan("DSK-0001", What.DISK, stock=SMALL)
    [payload] = room.states(number)
    assert without_check(payload) == "DSK-0001"
    with pytest.raises(InvalidInputError, match="There is no disk"):
        room.plan("STR001L8", What.DISK, stock=SMALL)


def test_seal_numbers_are_printed_once_and_never_after_they_were_used(room):
    number = room.plan("004711..004713", What.SEAL, stock=SMALL)
    assert list(room.states(number)) == ["004711", "004712", "004713"]
    with pytest.raises(PrintedBeforeError, match="004713 has a label already"):
        room.plan("004713..004714", What.SEAL, stock=SMALL)
    with pytest.raises(InvalidInputError, match="3 to 32 characters"):
        room.plan("!", What.SEAL, stock=SMALL)


def test_a_library_s_slots_are_labelled_all_at_once_by_their_codes(room):
    def make(unit):
        library = create_location(unit, LocationKind.LIBRARY, "Library 9", parent_id=room.house.room_id)
        for number in (1, 2, 3):
            create_location(
                unit,
                LocationKind.SLOT,
                f"slot {number}",
                parent_id=library,
                number=number,
                element_address=number,
            )
        return [
            row.code
            for row in unit.connection.execute(
                select(LOCATION.table).where(LOCATION.table.c.parent_id == library)
            )
        ]

    codes = room.run(make)
    number = room.plan("Library 9 › *", What.PLACE, stock=SMALL)
    assert sorted(room.states(number)) == sorted(codes)
    assert issue(room, number) == 3
    with pytest.raises(PrintedBeforeError):
        room.plan("Library 9 › slot 2", What.PLACE, stock=SMALL)
    assert room.plan("Library 9 › slot 2", What.PLACE, stock=SMALL, reason="Fell off.") == "LP-0002"
    with pytest.raises(InvalidInputError, match="no place here"):
        room.plan("Library 10", What.PLACE, stock=SMALL)


def test_a_badge_says_a_random_number_that_is_not_the_person_s(room, client_as):
    client = client_as("media_handler")
    first = room.plan("media-handler", What.BADGE, stock="roll-86x54")
    again = room.plan("media-handler", What.BADGE, stock="roll-86x54")
    [one], [other] = room.states(first), room.states(again)
    assert one != other
    assert client.handler_id.upper() not in {one, other}
    with pytest.raises(InvalidInputError, match="There is no active handler"):
        room.plan("nobody", What.BADGE, stock="roll-86x54")


def test_names_for_people_s_eyes_stand_in_no_entry(room, client_as):
    client_as("media_handler")
    room.plan("media-handler", What.BADGE, stock="roll-86x54")
    with room.runtime.database.reader.connect() as connection:
        from service.ledger import store

        assert not any(b"Media handler" in body for body in store.bodies(connection) if b"label:" in body)


def test_a_stock_on_which_nobody_could_scan_it_is_refused_with_the_sizes(room):
    container(room, "C-0117")
    with pytest.raises(InvalidInputError, match="needs a label of at least") as refused:
        room.plan("C-0117", What.CONTAINER, stock="avery-l8658")
    assert "stock" in refused.value.fields


def test_what_is_withdrawn_may_be_printed_later_without_a_reason(room):
    container(room, "C-0117")
    number = room.plan("C-0117", What.CONTAINER, stock=SMALL)
    room.run(lambda unit: actions.cancel(unit, number, "Wrong stock."))
    assert room.labels(number, LabelState.WITHDRAWN) == ["C-0117"]
    assert room.plan("C-0117", What.CONTAINER, stock=SMALL) == "LP-0002"


def disk(room):
    new = NewMedium("DSK-0001", room.house.room_id, media_type=MediaType.DISK)
    room.run(lambda unit: register_many(unit, [new]))
    [payload] = room.states(room.plan("DSK-0001", What.DISK, stock=SMALL))
    return payload


def test_a_disk_s_label_is_understood_where_things_are_scanned_and_searched(room, client_as):
    payload = disk(room)
    assert payload != "DSK-0001"
    client = client_as("media_handler")
    scanned = client.post("/api/v1/scans", json={"barcode": payload, "task": ""}).json()
    assert scanned["barcode"] == "DSK-0001"
    assert client.get("/search", params={"q": payload}).headers["location"] == "/media/DSK-0001"
    wrong = payload[:-1] + ("0" if payload[-1] != "0" else "1")
    assert client.post("/api/v1/scans", json={"barcode": wrong, "task": ""}).json()["word"] == "Unknown"


def test_a_medium_whose_barcode_only_looks_like_a_disk_s_label_is_itself(room, client_as):
    payload = disk(room)
    twin = NewMedium(payload, room.house.room_id, media_type=MediaType.DISK)
    room.run(lambda unit: register_many(unit, [twin]))
    scanned = client_as("media_handler").post("/api/v1/scans", json={"barcode": payload, "task": ""}).json()
    assert scanned["barcode"] == payload


def test_label_jobs_series_and_reserved_numbers_are_found_by_search(room, client_as):
    room.plan("ABC001L8..ABC002L8")
    client = client_as("auditor")
    for word, page in (
        ("lp-0001", "/labels/LP-0001"),
        ("LS-0001", "/labels/series/LS-0001"),
        ("ABC002L8", "/labels/series/LS-0001"),
    ):
        assert client.get("/search", params={"q": word}).headers["location"] == page


def test_a_container_s_page_leads_to_its_label(room, client_as):
    container(room, "C-0117")
    client = client_as("media_handler")
    assert 'href="/labels/new?what=container&amp;wanted=C-0117"' in client.get("/containers/C-0117").text
    page = client.get("/labels/new?what=container&wanted=C-0117").text
    assert "Plan 1 label" in page
    assert "/labels/new" not in client_as("auditor").get("/containers/C-0117").text


def test_a_plan_that_somebody_was_faster_with_is_refused_when_it_is_made(room):
    container(room, "C-0117")
    wish = room.wish("C-0117", What.CONTAINER, stock=SMALL)
    with room.runtime.database.reader.connect() as connection:
        planned = plan(connection, wish, lambda: "")
    room.plan("C-0117", What.CONTAINER, stock=SMALL)
    with pytest.raises(PrintedBeforeError):
        room.run(lambda unit: actions.make_planned(unit, planned))
