"""A number is given once: against media, against reservations, in a race; it is used by accession or released unprinted."""

import threading

import pytest

from service.errors import InvalidInputError
from service.media import next_series, reservations
from service.media.actions import register_many
from service.media.models import ReservationState
from service.media.queries import ids_by_barcode
from service.media.reservations import BarcodesTakenError, NotReleasableError
from service.media.schemas import NewMedium
from service.printing import actions, releasing
from service.printing.models import LabelJobState, LabelState, What


def register(room, *barcodes):
    media = [NewMedium(barcode, room.house.room_id) for barcode in barcodes]
    return room.run(lambda unit: register_many(unit, media))


def test_a_series_is_reserved_as_it_is_written_with_its_gaps(room):
    room.plan("ABC001L8..ABC006L8, ABC100L8 except ABC003L8, ABC005L8..ABC006L8")
    assert sorted(room.reserved()) == ["ABC001L8", "ABC002L8", "ABC004L8", "ABC100L8"]
    assert set(room.reserved().values()) == {ReservationState.RESERVED}
    room.check_ledger()


def test_a_number_is_never_given_twice_and_the_refusal_names_it_and_wastes_nothing(room):
    first = room.plan("ABC001L8..ABC003L8")
    before = room.ledger_size()
    with pytest.raises(BarcodesTakenError, match=r"ABC003L8 \(reserved in LS-0001\)") as refused:
        room.plan("ABC003L8..ABC009L8")
    assert refused.value.facts["taken"] == ["ABC003L8"]
    assert room.ledger_size() == before
    assert sorted(room.reserved()) == ["ABC001L8", "ABC002L8", "ABC003L8"]
    assert room.plan("ABC004L8") == "LP-0002"
    assert first == "LP-0001"


def test_a_number_of_a_registered_medium_is_not_reserved(room):
    register(room, "ABC002L8")
    with pytest.raises(BarcodesTakenError, match=r"ABC002L8 \(a medium\)"):
        room.plan("ABC001L8..ABC003L8")
    assert room.reserved() == {}


def test_of_many_who_want_overlapping_series_at_once_exactly_one_gets_each_number(room):
    won, lost = [], []

    def want(first):
        text = f"RAC{first:03}L8..RAC{first + 9:03}L8"
        try:
            won.append((room.plan(text), first))
        except BarcodesTakenError:
            lost.append(first)

    threads = [threading.Thread(target=want, args=(first,)) for first in range(0, 24, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) + len(lost) == 12
    assert lost
    given = [number for _, first in won for number in range(first, first + 10)]
    assert len(given) == len(set(given)) == len(room.reserved())
    room.check_ledger()


def test_accession_of_a_reserved_barcode_uses_the_reservation_and_says_of_which_series(room):
    room.plan("ABC001L8..ABC002L8")
    medium_id = register(room, "ABC001L8", "ZZZ001L8")[0]
    assert room.reserved() == {"ABC001L8": ReservationState.USED, "ABC002L8": ReservationState.RESERVED}
    assert room.events("reservation:ABC001L8") == ["reservation:reserved", "reservation:used"]
    assert room.events(f"medium:{medium_id}") == ["medium:registered"]
    with pytest.raises(BarcodesTakenError, match=r"ABC001L8 \(a medium\)"):
        room.plan("ABC001L8")
    room.check_ledger()


def test_unprinted_numbers_are_released_with_a_reason_and_may_be_given_again(room):
    room.plan("ABC001L8..ABC004L8")
    with pytest.raises(InvalidInputError, match="Write why"):
        room.run(lambda unit: releasing.release(unit, "LS-0001", "ABC003L8", ""))
    assert room.run(lambda unit: releasing.release(unit, "LS-0001", "ABC003L8..ABC004L8", "Too many.")) == 2
    assert room.reserved()["ABC003L8"] is ReservationState.RELEASED
    room.plan("ABC003L8..ABC005L8")
    assert room.reserved()["ABC003L8"] is ReservationState.RESERVED
    assert room.events("reservation:ABC003L8") == [
        "reservation:reserved", "reservation:released", "reservation:reserved",
    ]  # fmt: skip
    room.check_ledger()


def test_a_printed_number_is_not_released(room):
    number = room.plan("ABC001L8..ABC002L8")
    room.run(lambda unit: actions.issue_sheet(unit, number))
    with pytest.raises(NotReleasableError, match="ABC001L8 is issued"):
        room.run(lambda unit: releasing.release(unit, "LS-0001", "ABC001L8", "Not wanted."))
    assert set(room.reserved().values()) == {ReservationState.ISSUED}


def test_the_labels_of_released_numbers_are_not_printed_any_more(room):
    number = room.plan("ABC001L8..ABC003L8")
    room.run(lambda unit: releasing.release(unit, "LS-0001", "ABC002L8", "Not wanted."))
    assert room.states(number)["ABC002L8"] is LabelState.WITHDRAWN
    assert room.run(lambda unit: actions.issue_sheet(unit, number)) == 2
    room.check_ledger()


def test_a_released_number_has_to_be_of_the_series(room):
    room.plan("ABC001L8..ABC002L8")
    room.plan("DEF001L8")
    with pytest.raises(InvalidInputError, match="DEF001L8 is not in LS-0001"):
        room.run(lambda unit: releasing.release(unit, "LS-0001", "DEF001L8", "Wrong one."))


def proposed(room, count, like=""):
    with room.runtime.database.reader.connect() as connection:
        return next_series.next_series(connection, count, like)


def test_the_next_series_follows_the_last_number_that_was_ever_given(room):
    register(room, "ABC007L8")
    assert proposed(room, 2) == "ABC008L8..ABC009L8"
    room.plan("ABC010L8..ABC019L8 except ABC012L8")
    assert proposed(room, 100) == "ABC020L8..ABC119L8"
    assert proposed(room, 1) == "ABC020L8"
    assert proposed(room, 3, "XYZ001L9") == "XYZ001L9..XYZ003L9"


def test_the_proposal_can_be_reserved_and_passes_over_a_number_under_any_media_id(room):
    register(room, "ABC050L7")
    wanted = proposed(room, 3, "ABC001M8")
    assert wanted == "ABC051M8..ABC053M8"
    room.plan(wanted)


def test_the_proposal_passes_over_barcodes_that_only_begin_alike(room):
    register(room, "AB0100L8", "AB01Z9L8", "ABZZ99L8")
    assert proposed(room, 1, "AB0001L8") == "AB0101L8"


@pytest.mark.parametrize(
    ("count", "like", "told"),
    [
        (0, "ABC001L8", "1 to 10,000"),
        (10_001, "ABC001L8", "1 to 10,000"),
        (1, "", "No series and no tape"),
        (1, "ABCDEFL8", "no barcode that counts"),
        (1, "\x00", "no barcode that counts"),
        (1001, "ABC001L8", "999 numbers left"),
    ],
)
def test_a_proposal_that_cannot_be_made_says_why(room, count, like, told):
    with pytest.raises(InvalidInputError, match=told):
        proposed(room, count, like)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("abc001l8", "Meant ABC001L8"),
        ("ABC 01L8", "' '"),
        ("ABC01L8", "has 7 characters"),
        ("ABC001X9", "no media id"),
        ("ABC009L8..ABC001L8", "backwards"),
        ("ABC001L8..ABC002L9", "media ids differ"),
        ("ABC001L8, ABC001L8", "Already taken: ABC001L8"),
        ("A00000L8..A20000L8", "10,000 labels|1 to 10,000|20,001|alike|9"),
        ("", "Say what"),
        ("ABC001L8 except ABC001L8", "not a series"),
        ("\x00", "control"),
        ("ABC001L8,\n" * 400, "1,000 characters"),
    ],
)
def test_what_is_no_series_is_refused_in_a_sentence_and_wastes_no_number(room, wanted, told):
    before = room.ledger_size()
    with pytest.raises(InvalidInputError, match=told) as refused:
        room.plan(wanted)
    assert "wanted" in refused.value.fields
    assert room.reserved() == {}
    assert room.ledger_size() == before
    assert room.plan("ABC001L8") == "LP-0001"


def test_a_job_is_cancelled_while_nothing_of_it_was_printed(room):
    number = room.plan("ABC001L8..ABC002L8")
    room.run(lambda unit: actions.cancel(unit, number, "Wrong stock."))
    assert room.view(number).state is LabelJobState.CANCELLED
    assert set(room.states(number).values()) == {LabelState.WITHDRAWN}
    assert set(room.reserved().values()) == {ReservationState.RESERVED}
    room.run(lambda unit: releasing.release(unit, "LS-0001", "", "Wrong stock."))
    assert set(room.reserved().values()) == {ReservationState.RELEASED}
    room.check_ledger()


def test_a_long_series_is_one_act(room):
    number = room.plan("A00001L8..A01200L8")  # more than one statement takes at once
    assert room.view(number).labels == 1200
    assert len(room.reserved()) == 1200


def test_a_reservation_says_of_a_medium_what_it_knows(room):
    room.plan("ABC001L8", What.SERIES)
    with room.runtime.database.reader.connect() as connection:
        assert ids_by_barcode(connection, ["ABC001L8"]) == {}
        assert reservations.taken(connection, ["ABC001L8"]) == {"ABC001L8": "reserved in LS-0001"}
