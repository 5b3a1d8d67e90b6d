"""The exact bytes of an entry: what an independent RFC 8785 encoder writes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from service.ledger.format import FormatError, canonical_bytes, parse_timestamp, timestamp

INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
KEYS = st.text(st.characters(min_codepoint=0, max_codepoint=127))
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_every_value_has_the_bytes_of_rfc_8785(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "x"]}, b'{"a":[true,null,"x"],"b":1}'),
        ({"~": 1, "A": 2, "a": 3, "": 4}, b'{"":4,"A":2,"a":3,"~":1}'),
        ('\x00\x08\t\n\x0b\f\r\x1f"\\/\x7f', b'"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\x7f"'),
        ("\u2028é💾", '"\u2028é💾"'.encode()),
        (2**53 - 1, b"9007199254740991"),
        ({}, b"{}"),
    ],
)
def test_known_values_have_known_bytes(value, written):
    assert canonical_bytes(value) == written


@pytest.mark.parametrize(
    "value",
    [1.5, 1.0, float("nan"), 2**53, -(2**53), {"é": 1}, {1: 2}, "\ud800", ["\udfff"], b"bytes", object(), {"a": [{"b": 0.1}]}],
)  # fmt: skip
def test_what_two_programs_could_write_differently_is_refused(value):
    with pytest.raises(FormatError):
        canonical_bytes(value)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - the zone is drawn beside it
)
def test_a_time_is_utc_with_microseconds_and_reads_back(at):
    text = timestamp(at)
    assert len(text) == 27
    assert text.endswith("Z")
    assert parse_timestamp(text) == at.astimezone(UTC)  # an hour that a zone skips has no name of its own


def test_times_sort_as_text_and_a_time_without_a_zone_is_refused():
    moments = [
        datetime(2026, 11, 19, 14, 6, tzinfo=timezone(timedelta(hours=-5))),
        datetime(2026, 11, 19, 19, 6, 1, tzinfo=UTC),
    ]
    assert sorted(map(timestamp, moments)) == [timestamp(at) for at in moments]
    with pytest.raises(FormatError):
        timestamp(datetime(2026, 11, 19))  # noqa: DTZ001 - the fault under test
