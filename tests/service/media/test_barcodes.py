"""What a label may say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InvalidInputError
from service.media.barcodes import MEDIA_IDS, BarcodeError, parse_barcode, parse_serial_number
from service.media.models import MediaType


@pytest.mark.parametrize(
    ("text", "kind", "generation"),
    [
        ("STR142L8", MediaType.LTO, "LTO-8"),
        ("ABC001L1", MediaType.LTO, "LTO-1"),
        ("ABC001M8", MediaType.LTO, "LTO-M8"),
        ("ABC001LY", MediaType.LTO, "LTO-8"),
        ("ABC001LA", MediaType.LTO, "LTO-10"),
        ("CLN001L1", MediaType.CLEANING, "LTO-1"),
        ("CLNU01L8", MediaType.CLEANING, "LTO-8"),
        ("CLN001CU", MediaType.CLEANING, ""),
        ("DG 001L8", MediaType.DIAGNOSTIC, "LTO-8"),
    ],
)
def test_a_tape_label_names_its_type_and_generation(text, kind, generation):
    found = parse_barcode(text)
    assert (found.text, found.media_type, found.generation) == (text, kind, generation)


def test_every_media_id_makes_a_label_that_is_accepted():
    for media_id in MEDIA_IDS:
        assert parse_barcode("STR142" + media_id).text == "STR142" + media_id


def test_white_space_around_a_label_is_taken_off_and_nothing_else_is_changed():
    assert parse_barcode("  STR142L8\r\n").text == "STR142L8"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not have the 8 characters"),
        ("STR142", "does not have the 8 characters"),
        ("STR142L8X", "does not have the 8 characters"),
        ("str142L8", "lower-case letter s"),
        ("STR142l8", "lower-case letter l"),
        ("STR 42L8", "a space"),
        ("STR-42L8", "the character -"),
        ("STR1\x002L8", "control character U+0000"),
        ("STR142L\x7f", "control character U+007F"),
        ("STR１42L8", "the character １"),
        ("STR14\u200bL8", "control character U+200B"),
        ("STR142X8", "no known media id"),
        ("DG 0 1L8", "a space"),
    ],
)
def test_what_is_not_a_label_is_refused_with_the_reason(text, said):
    with pytest.raises(BarcodeError, match=re.escape(said)) as refused:
        parse_barcode(text)
    assert "barcode" in refused.value.fields
    assert refused.value.message.endswith("Nothing was recorded.")


def test_ten_megabytes_are_refused_in_a_short_sentence():
    with pytest.raises(BarcodeError) as refused:
        parse_barcode("A" * 10_000_000)
    assert len(refused.value.message) < 200
    assert "10,000,000 characters" in refused.value.message


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("STR142L8", MediaType.CLEANING),
        ("CLN001CU", MediaType.LTO),
        ("DG 001L8", MediaType.LTO),
        ("STR142L8", MediaType.DIAGNOSTIC),
    ],
)
def test_a_label_of_another_kind_than_stated_is_refused(text, kind):
    with pytest.raises(BarcodeError, match="is the label of a"):
        parse_barcode(text, kind)


@pytest.mark.parametrize("text", ["VD-0007", "USB", "A1-B2-C3", "X" * 32])
def test_a_disk_has_3_to_32_characters(text):
    assert parse_barcode(text, MediaType.DISK).media_type is MediaType.DISK


@pytest.mark.parametrize("text", ["AB", "-AB", "AB-", "X" * 33, "VD 0007", "vd-0007", "VD_0007", ""])
def test_a_disk_label_that_does_not_fit_is_refused(text):
    with pytest.raises(BarcodeError):
        parse_barcode(text, MediaType.DISK)


@given(st.text(max_size=40))
def test_any_text_is_a_barcode_of_plain_characters_or_refused(text):
    for kind in (None, *MediaType):
        try:
            found = parse_barcode(text, kind)
        except BarcodeError as refused:
            assert refused.reason  # noqa: PT017 - either outcome is checked
        else:
            assert found.text == text.strip()
            assert set(found.text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789- ")


@pytest.mark.parametrize(("text", "found"), [(None, None), ("  ", None), (" HM7X0K1142 ", "HM7X0K1142")])
def test_a_serial_number_may_be_missing(text, found):
    assert parse_serial_number(text) == found


@pytest.mark.parametrize("text", ["A" * 65, "AB CD", "=cmd()", "Ä1", "A\x00"])
def test_a_serial_number_that_does_not_fit_is_refused(text):
    with pytest.raises(InvalidInputError) as refused:
        parse_serial_number(text)
    assert "serial_number" in refused.value.fields
