import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.scsi import inquiry, log_pages, mode
from drivers.scsi.mode import ElementAddresses, ElementRange

# mhvtl as an STK L80, from a public report.
L80 = bytes.fromhex("170010001d120001000103e80028000a000401f400040000")


def test_element_addresses_are_read_from_the_public_sample():
    assert mode.parse_element_addresses(L80) == ElementAddresses(
        ElementRange(1, 1), ElementRange(1000, 40), ElementRange(10, 4), ElementRange(500, 4)
    )


def test_a_block_descriptor_before_the_page_is_skipped():
    shifted = bytes((L80[0] + 8, 0, 0, 8)) + bytes(8) + L80[4:]
    assert mode.parse_element_addresses(shifted) == mode.parse_element_addresses(L80)


@given(st.lists(st.integers(0, 0xFFFF), min_size=8, max_size=8))
def test_element_addresses_survive_a_round_trip(numbers):
    addresses = ElementAddresses(*(ElementRange(numbers[n], numbers[n + 1]) for n in (0, 2, 4, 6)))
    page = mode.encode_element_addresses(addresses)
    assert mode.parse_element_addresses(bytes(4) + page) == addresses
    assert mode.parse_element_addresses(bytes(8) + page, header=mode.HEADER_10) == addresses


@given(st.sets(st.tuples(st.integers(1, 4), st.integers(1, 4))))
def test_the_move_matrix_survives_a_round_trip(pairs):
    assert mode.parse_move_matrix(bytes(4) + mode.encode_move_matrix(frozenset(pairs))) == pairs


@pytest.mark.parametrize("raw", [b"", L80[:3], L80[:10], bytes(4) + b"\x1f\x12" + bytes(18)])
def test_a_wrong_or_short_mode_page_is_a_protocol_error(raw):
    with pytest.raises(ProtocolError):
        mode.parse_element_addresses(raw)


def test_inquiry_strings_lose_their_padding():
    raw = bytes((0x88, 0x80, 5, 2, 91, 0, 0x28, 2)) + b"SPECTRA " + b"215".ljust(16) + b"2202"
    found = inquiry.parse_inquiry(raw)
    assert (found.device_type, found.vendor, found.product, found.revision) == (8, "SPECTRA", "215", "2202")
    assert found.attached_changer
    assert found.barcode_reader
    assert found.removable


@pytest.mark.parametrize("raw", [b"", bytes(35)])
def test_a_short_inquiry_is_a_protocol_error(raw):
    with pytest.raises(ProtocolError):
        inquiry.parse_inquiry(raw)


def test_designators_come_as_text_or_hex():
    body = bytes((2, 1, 0, 4)) + b"IBM " + bytes((1, 3, 0, 2)) + b"\x50\x01"
    page = bytes((1, 0x83)) + len(body).to_bytes(2, "big") + body
    assert [(d.kind, d.text) for d in inquiry.parse_designators(page)] == [(1, "IBM"), (3, "5001")]


def test_timeouts_are_read_from_the_list_of_operation_codes():
    load = bytes.fromhex("1b00000000020006000a00000000006400001ef0")
    silent = bytes.fromhex("a50000000000000c")
    raw = (len(load) + len(silent)).to_bytes(4, "big") + load + silent
    found = {c.opcode: c.recommended_s for c in inquiry.parse_opcodes(raw)}
    assert found == {0x1B: 7920, 0xA5: 0}


@given(st.sets(st.integers(1, 64)))
def test_alert_flags_mean_the_same_on_both_pages(flags):
    page_12 = log_pages.encode_alert_response(frozenset(flags))
    page_2e = log_pages.encode_log_page(0x2E, {n: bytes((int(n in flags),)) for n in range(1, 65)})
    assert log_pages.parse_alert_response(page_12) == tuple(sorted(flags))
    assert log_pages.parse_alert_parameters(page_2e) == tuple(sorted(flags))
    assert len(page_2e) == 324


def test_flag_one_is_the_highest_bit_of_the_first_byte():
    assert log_pages.encode_alert_response(frozenset({1}))[8] == 0x80


def test_a_page_of_another_number_is_a_protocol_error():
    with pytest.raises(ProtocolError):
        log_pages.parse_alert_response(log_pages.encode_log_page(0x2E, {}))
