import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.printer.ipp import operations
from drivers.printer.ipp.message import (
    Attribute,
    Group,
    GroupTag,
    Message,
    Value,
    ValueTag,
    encode_message,
    parse_message,
    text_attribute,
)

# RFC 8010, A.1: a Print-Job request, byte by byte.
RFC_PRINT_JOB = (
    b"\x01\x01\x00\x02\x00\x00\x00\x01\x01"
    b"\x47\x00\x12attributes-charset\x00\x05utf-8"
    b"\x48\x00\x1battributes-natural-language\x00\x05en-us"
    b"\x45\x00\x0bprinter-uri\x00\x2cipp://printer.example.com/ipp/print/pinetree"
    b"\x42\x00\x08job-name\x00\x06foobar"
    b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01"
    b"\x02"
    b"\x21\x00\x06copies\x00\x04\x00\x00\x00\x14"
    b"\x44\x00\x05sides\x00\x13two-sided-long-edge"
    b"\x03%!PDF"
)
# A value of several parts, as of RFC 8010, 3.1.6 and A.?: media-size in a collection.
COLLECTION = (
    b"\x02\x00\x00\x00\x00\x00\x00\x09\x04"
    b"\x34\x00\x09media-col\x00\x00"
    b"\x4a\x00\x00\x00\x0bmedia-color\x44\x00\x00\x00\x04blue"
    b"\x37\x00\x00\x00\x00"
    b"\x13\x00\x05empty\x00\x00"
    b"\x03"
)
VALUES = st.builds(Value, st.integers(0x10, 0xFF), st.binary(max_size=40))
NAMES = st.text(st.characters(codec="ascii", min_codepoint=0x21), min_size=1, max_size=20)
ATTRIBUTES = st.builds(Attribute, NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple))
GROUPS = st.builds(Group, st.sampled_from([1, 2, 4, 5, 6, 15]), st.lists(ATTRIBUTES, max_size=3).map(tuple))
MESSAGES = st.builds(
    Message,
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.lists(GROUPS, max_size=3).map(tuple),
    st.binary(max_size=30),
    st.tuples(st.integers(0, 255), st.integers(0, 255)),
)


@given(MESSAGES)
def test_what_is_encoded_is_parsed_back(message):
    assert parse_message(encode_message(message)) == message


def test_the_example_of_the_standard_is_read_and_written_to_the_byte():
    message = parse_message(RFC_PRINT_JOB)
    assert (message.version, message.code, message.request_id) == ((1, 1), operations.PRINT_JOB, 1)
    assert message.texts(GroupTag.OPERATION, "job-name") == ("foobar",)
    assert message.truth(GroupTag.OPERATION, "ipp-attribute-fidelity") is True
    assert message.number(GroupTag.JOB, "copies") == 20
    assert message.texts(GroupTag.JOB, "sides") == ("two-sided-long-edge",)
    assert message.data == b"%!PDF"
    assert encode_message(message) == RFC_PRINT_JOB


def test_collections_and_values_out_of_band_are_kept():
    message = parse_message(COLLECTION)
    assert [value.tag for value in message.values(GroupTag.PRINTER, "media-col")] == [0x34, 0x4A, 0x44, 0x37]
    assert message.number(GroupTag.PRINTER, "empty") is None
    assert encode_message(message) == COLLECTION


def test_a_text_may_carry_its_language():
    value = Value(ValueTag.TEXT_WITH_LANGUAGE, b"\x00\x02de\x00\x04leer")
    assert value.text == "leer"
    with pytest.raises(ProtocolError):
        _ = Value(ValueTag.TEXT_WITH_LANGUAGE, b"\x00\x09de").text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "ends after 0 bytes"),
        (RFC_PRINT_JOB[:8], "ends after 8 bytes"),
        (RFC_PRINT_JOB[:40], "ends after 40 bytes"),
        (RFC_PRINT_JOB[:8] + b"\x47\x00\x00\x00\x00\x03", "begins no group"),
        (RFC_PRINT_JOB[:8] + b"\x00\x03", "begins no group"),
        (RFC_PRINT_JOB[:9] + b"\x21\x00\x00\x00\x04\x00\x00\x00\x01\x03", "belongs to no attribute"),
        (RFC_PRINT_JOB[:9] + b"\x21\x00\x01\xff\x00\x00\x03", "not ASCII"),
        (RFC_PRINT_JOB[:9] + b"\x21\xff\xff", "announces"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(data, text):
    with pytest.raises(ProtocolError, match=text):
        parse_message(data)


@pytest.mark.parametrize(
    "value", [Value(ValueTag.INTEGER, b"\0"), Value(ValueTag.TEXT, b"\0\0\0\1"), Value(0x33, bytes(8))]
)
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ProtocolError, match="no number"):
        _ = value.number


def test_values_of_another_kind_than_asked_for_are_refused():
    with pytest.raises(ProtocolError, match="neither true nor false"):
        _ = Value(ValueTag.BOOLEAN, b"\2").truth
    with pytest.raises(ProtocolError, match="no text"):
        _ = Value(ValueTag.INTEGER, bytes(4)).text
    with pytest.raises(ProtocolError, match="does not fit"):
        encode_message(Message(0, 0, (Group(1, (text_attribute(ValueTag.TEXT, "x", "y" * 40_000),)),)))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("labels", "labels"),
        ("", "labels"),
        ("\0\n", "labels"),
        ("a\tb", "a b"),
        ("ä" * 100, "ä" * 63),
        ("x" * 500, "x" * 127),
    ],
)
def test_a_job_name_is_short_and_printable(title, name):
    assert operations.job_name_of(title) == name
