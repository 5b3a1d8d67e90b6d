import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.printer.host_status import (
    CONDITIONS,
    HostStatus,
    encode_host_status,
    is_complete,
    parse_host_status,
    status_of,
)
from drivers.printer.model import PrinterCondition

# In the shape of Zebra's guide: out of labels and paused, two formats waiting, 7 labels to come, head up.
SAMPLE = b"\x02030,1,1,1245,002,0,0,0,000,0,0,0\x03\r\n\x02001,0,1,0,1,2,6,0,00000007,1,000\x03\r\n\x021234,0\x03\r\n"
FLAGS = st.booleans()
STATUSES = st.builds(
    HostStatus,
    communication=st.integers(0, 999),
    label_length_dots=st.integers(0, 9999),
    formats_in_buffer=st.integers(0, 999),
    function=st.integers(0, 999),
    print_mode=st.sampled_from("0123456789A"),
    labels_remaining=st.integers(0, 99_999_999),
    graphics_in_memory=st.integers(0, 999),
    access_code=st.text("0123456789", min_size=4, max_size=4),
    **dict.fromkeys([*CONDITIONS, "thermal_transfer", "formats_while_printing", "static_ram"], FLAGS),
)


def test_every_field_is_taken_by_its_name():
    found = parse_host_status(SAMPLE)
    assert (found.paper_out, found.paused, found.head_open, found.ribbon_out) == (True, True, True, False)
    assert (found.label_length_dots, found.formats_in_buffer, found.labels_remaining) == (1245, 2, 7)
    assert (found.print_mode, found.thermal_transfer, found.access_code) == ("2", True, "1234")


def test_the_status_says_what_hinders_and_keeps_the_answer():
    status = status_of(parse_host_status(SAMPLE), SAMPLE)
    assert status.conditions == {
        PrinterCondition.PAPER_OUT,
        PrinterCondition.PAUSED,
        PrinterCondition.HEAD_OPEN,
    }
    assert (status.ready, status.formats_in_buffer, status.labels_remaining) == (False, 2, 7)
    assert status.raw == SAMPLE


@given(STATUSES)
def test_what_is_encoded_is_parsed_back(status):
    assert parse_host_status(encode_host_status(status)) == status


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_flag_alone_makes_the_printer_unready(name):
    status = status_of(parse_host_status(encode_host_status(HostStatus(**{name: True}))), b"")
    assert status.conditions == {CONDITIONS[name]}
    assert not status.ready


def test_a_printer_without_flags_is_ready():
    assert status_of(HostStatus(), b"").ready


def test_noise_before_the_answer_and_more_fields_than_known_are_tolerated():
    longer = SAMPLE.replace(b"1234,0\x03", b"1234,0,9\x03")
    assert parse_host_status(b"\x11\x00~HS" + longer) == parse_host_status(SAMPLE)


def test_the_answer_is_whole_after_its_third_string():
    assert is_complete(SAMPLE)
    assert not any(is_complete(SAMPLE[:length]) for length in range(len(SAMPLE)))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "0 strings"),
        (b"hello", "0 strings"),
        (SAMPLE[:-12], "2 strings"),
        (SAMPLE + SAMPLE, "6 strings"),
        (SAMPLE.replace(b"030,1,1", b"030,1"), "11 fields instead of 12"),
        (SAMPLE.replace(b"030,1,1", b"030,2,1"), "paper_out .* '2' instead of 0 or 1"),
        (SAMPLE.replace(b"00000007", b"0000000x"), "labels_remaining"),
        (SAMPLE.replace(b"00000007", b"-0000007"), "labels_remaining"),
        (SAMPLE.replace(b"1245", "²".encode("latin-1")), "label_length_dots"),
        (SAMPLE.replace(b"00000007", b"7" * 5000), "bytes long"),
        (SAMPLE.replace(b"00000007", b"7" * 20), "no number"),
    ],
)
def test_nonsense_is_refused_with_the_field(data, text):
    with pytest.raises(ProtocolError, match=text):
        parse_host_status(data)
