"""Golden bytes from a Linux target framework and from a public mhvtl report, and made-up deviations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.changer.elements import element_state
from drivers.changer.model import SourceAuthority, TagState
from drivers.errors import ProtocolError
from drivers.scsi.element_status import (
    Descriptor,
    ElementPage,
    encode_descriptor,
    encode_element_status,
    parse_drive_id,
    parse_element_status,
    tag_text,
)

# tgt 1.0.85: five storage elements with tags; 8 bytes less arrive than the header promises.
TGT_HEAD = bytes.fromhex("040000050000010c 0280003400000104".replace(" ", ""))


def tgt_descriptor(address: int, tag: bytes) -> bytes:
    full = 1 if tag.strip() else 0
    return address.to_bytes(2, "big") + bytes((full,)) + bytes(9) + tag.ljust(32) + bytes(8)


TGT = (
    TGT_HEAD
    + b"".join(tgt_descriptor(0x400 + n, f"A0000{n + 1}L8".encode() if n < 4 else b"") for n in range(5))
)[:268]

# mhvtl as an STK L80: four drives with identifiers, 50 bytes each.
MHVTL = bytes.fromhex("01f40004000000d0 04000032000000c8".replace(" ", "")) + b"".join(
    (500 + n).to_bytes(2, "big")
    + bytes.fromhex("08000000000000000000 02010022".replace(" ", ""))
    + f"STK     T10000B         XYZZY_B{n + 1}  ".encode()
    for n in range(4)
)


def test_the_samples_have_the_length_of_the_originals():
    assert (len(TGT), len(MHVTL)) == (268, 216)


def test_elements_of_a_target_that_cuts_its_last_descriptor_short_are_all_read():
    pages = parse_element_status(TGT)
    states = [element_state(item) for item in pages.descriptors]
    assert [state.tag_text for state in states] == ["A00001L8", "A00002L8", "A00003L8", "A00004L8", None]
    assert [state.address for state in states] == [0x400, 0x401, 0x402, 0x403, 0x404]
    assert not states[4].full
    assert states[4].phantom_tag is None
    assert pages.problems


def test_drive_identifiers_are_read_from_the_public_sample():
    items = parse_element_status(MHVTL).descriptors
    assert [item.address for item in items] == [500, 501, 502, 503]
    assert items[0].identifier is not None
    assert parse_drive_id(items[0].identifier) == ("STK", "T10000B", "XYZZY_B1")


def test_an_identifier_of_type_zero_is_a_serial_number_alone():
    assert parse_drive_id((2, 0, b"1234567890  ")) == ("", "", "1234567890")


def test_a_serial_number_of_21_characters_is_kept_whole():
    assert parse_drive_id((2, 1, b"QUANTUM " + b"ULTRIUM 9".ljust(16) + b"X" * 21))[2] == "X" * 21


def test_an_alternate_tag_that_is_announced_but_not_there_does_not_shift_the_identifier():
    raw = encode_descriptor(
        Descriptor(4, 256, 9, 0, 0, 1, None, b"A00001L8".ljust(36), None, (2, 0, b"SERIAL0001"))
    )
    page = ElementPage(4, 0xC0, len(raw), (raw,))
    item = parse_element_status(encode_element_status((page,), 256)).descriptors[0]
    assert item.tag is not None
    assert tag_text(item.tag) == "A00001L8"


def test_a_tag_in_an_empty_element_is_a_phantom_and_not_a_location():
    raw = encode_descriptor(Descriptor(4, 256, 8, 0, 0, 0, None, b"GHOST9L8".ljust(36), None, None))
    state = element_state(
        parse_element_status(encode_element_status((ElementPage(4, 0x80, 48, (raw,)),), 256)).descriptors[0]
    )
    assert state.tag is None
    assert state.phantom_tag is not None
    assert state.phantom_tag.text == "GHOST9L8"


def test_the_source_counts_only_where_the_changer_vouches_for_it():
    with_source = Descriptor(4, 256, 9, 0, 0, 1, 1003, None, None, None)
    assert element_state(with_source).source.authority is SourceAuthority.SVALID
    raw = bytearray(encode_descriptor(with_source))
    raw[9] &= 0x7F
    item = parse_element_status(
        encode_element_status((ElementPage(4, 0, 12, (bytes(raw),)),), 256)
    ).descriptors[0]
    assert item.source is None


def test_an_unreadable_label_differs_from_a_missing_one():
    unreadable = Descriptor(2, 1, 1 | 4 | 8, 0x83, 0, 1, None, bytes(36), None, None)
    missing = Descriptor(2, 1, 1 | 8, 0, 0, 1, None, bytes(36), None, None)
    not_asked = Descriptor(2, 1, 1 | 8, 0, 0, 1, None, None, None, None)
    states = [element_state(item).tag_state for item in (unreadable, missing, not_asked)]
    assert states == [TagState.UNREADABLE, TagState.ABSENT, TagState.NOT_REQUESTED]


@pytest.mark.parametrize(("asc", "ascq"), [(0x3B, 0x1A), (0x83, 0x02), (0x83, 0x04)])
def test_a_gap_is_reported_as_not_installed(asc, ascq):
    assert not element_state(Descriptor(4, 256, 4, asc, ascq, 0, None, None, None, None)).installed


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"ABC001L8".ljust(32), "ABC001L8"),
        (b"ABC001L8".ljust(32, b"\0"), "ABC001L8"),
        (b"DG 001L8".ljust(32), "DG 001L8"),
        (b" 5678   ".ljust(32), "5678"),
        (b"AB\x01C\xff1".ljust(32), "AB\N{REPLACEMENT CHARACTER}C\N{REPLACEMENT CHARACTER}1"),
        (b"\x01\x02\x03".ljust(32), ""),
        (bytes(32), ""),
        (b"abc001l8".ljust(32), "abc001l8"),
    ],
)
def test_tags_lose_their_padding_and_nothing_else(raw, text):
    assert tag_text(raw) == text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 7,
        bytes.fromhex("00000001000000088380003400000034"),
        bytes.fromhex("000000010000001002800002000000080001"),
    ],
)
def test_bytes_that_cannot_be_element_status_are_a_protocol_error(raw):
    with pytest.raises(ProtocolError):
        parse_element_status(raw)


def test_more_data_than_promised_is_cut():
    raw = encode_descriptor(Descriptor(2, 7, 9, 0, 0, 1, None, b"A00001L8".ljust(36), None, None))
    whole = encode_element_status((ElementPage(2, 0x80, 48, (raw,)),), 7)
    assert [d.address for d in parse_element_status(whole + b"\xee" * 64).descriptors] == [7]


@given(
    st.lists(
        st.builds(
            Descriptor,
            element_type=st.just(2),
            address=st.integers(0, 0xFFFF),
            flags=st.integers(0, 255),
            asc=st.integers(0, 255),
            ascq=st.integers(0, 255),
            medium_type=st.integers(0, 7),
            source=st.none() | st.integers(0, 0xFFFF),
            tag=st.binary(min_size=36, max_size=36),
            alternate_tag=st.none(),
            identifier=st.none(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_descriptors_survive_a_round_trip(items):
    page = ElementPage(2, 0x80, 48, tuple(encode_descriptor(item) for item in items))
    pages = parse_element_status(encode_element_status((page,), items[0].address))
    assert pages.descriptors == items
    assert pages.problems == []
