import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.errors import (
    BarcodeCharactersError,
    BarcodeLengthError,
    LabelError,
    SeriesMismatchError,
    SeriesOverlapError,
    SeriesSyntaxError,
    SeriesTooLongError,
    UnknownMediaIdError,
)
from labels.symbols import CartridgeKind, media_ids, parse_cartridge_barcode, parse_series, refuse_taken


def test_a_range_counts_the_digits_at_the_end_of_the_volume_serial():
    series = parse_series("ABC001L8..ABC400L8")
    assert len(series) == 400
    assert series.barcodes[0] == "ABC001L8"
    assert series.barcodes[-1] == "ABC400L8"


def test_gaps_are_left_out_and_single_barcodes_are_taken_in_order():
    series = parse_series("ABC001L8..ABC005L8, XYZ9Q1L9 except ABC002L8..ABC003L8, ABC005L8")
    assert series.barcodes == ("ABC001L8", "ABC004L8", "XYZ9Q1L9")


def test_a_single_barcode_needs_no_number():
    assert parse_series("BACKUPL8").barcodes == ("BACKUPL8",)


@given(st.integers(0, 900), st.integers(0, 99))
def test_a_range_is_every_number_once(first, more):
    barcodes = parse_series(f"ABC{first:03}LA..ABC{first + more:03}LA").barcodes
    assert barcodes == tuple(f"ABC{n:03}LA" for n in range(first, first + more + 1))


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("abc001L8..abc002L8", BarcodeCharactersError, "Meant ABC001L8"),
        ("ABC 01L8", BarcodeCharactersError, "' '"),
        ("ABC1L8", BarcodeLengthError, "6 characters; a cartridge label has 8"),
        ("ABC0001L8", BarcodeLengthError, "9 characters"),
        ("ABC001Q8", UnknownMediaIdError, "no media id. Known: L1, L2"),
        ("ABC001L8..ABC005L9", SeriesMismatchError, "media ids differ"),
        ("ABC005L8..ABC001L8", SeriesMismatchError, "runs backwards"),
        ("ABC001L8..ABD005L8", SeriesMismatchError, "alike up to the number"),
        ("ABCDEFL8..ABCDEGL8", SeriesMismatchError, "does not end in a number"),
        ("ABC001L8..ABC003L8,ABC002L8", SeriesOverlapError, "ABC002L8"),
        ("", SeriesSyntaxError, "not a series"),
        ("ABC001L8..", SeriesSyntaxError, "not a series"),
        ("ABC001L8,,ABC002L8", SeriesSyntaxError, "not a series"),
        ("A001..A002..A003", SeriesSyntaxError, "not a series"),
        ("ABC001L8 except ABC001L8", SeriesSyntaxError, "not a series"),
        ("ABC001L8 except ABC002L8 except ABC003L8", SeriesSyntaxError, "not a series"),
        ("000000L8..999999L8", SeriesTooLongError, "1000000 labels"),
    ],
)
def test_bad_series_say_in_a_sentence_what_is_wrong(text, error, sentence):
    with pytest.raises(error, match=sentence):
        parse_series(text)


@given(st.text(max_size=40))
def test_any_text_is_a_series_or_one_of_our_errors(text):
    try:
        barcodes = parse_series(text).barcodes
    except LabelError:
        return
    assert all(parse_cartridge_barcode(barcode) for barcode in barcodes)


def test_numbers_in_use_are_named_and_none_is_given():
    series = parse_series("ABC001L8..ABC009L8")
    assert refuse_taken(series, {"ABC010L8"}) is series
    with pytest.raises(
        SeriesOverlapError, match="ABC001L8, ABC002L8, ABC003L8, ABC004L8, ABC005L8 and 1 more"
    ) as caught:
        refuse_taken(series, [f"ABC00{n}L8" for n in range(1, 7)])
    assert len(caught.value.barcodes) == 6


@pytest.mark.parametrize(
    ("text", "kind", "generation"),
    [
        ("ABC001L1", CartridgeKind.DATA, "LTO-1"),
        ("ABC001LA", CartridgeKind.DATA, "LTO-10"),
        ("ABC001M8", CartridgeKind.DATA, "LTO-7 type M"),
        ("ABC001LT", CartridgeKind.WORM, "LTO-3"),
        ("ABC001LZ", CartridgeKind.WORM, "LTO-9"),
        ("CLN001CU", CartridgeKind.CLEANING, "universal"),
        ("CLN001L8", CartridgeKind.CLEANING, "LTO-8"),
        ("CLNU01L1", CartridgeKind.CLEANING, "LTO-1"),
        ("DG 001L8", CartridgeKind.DIAGNOSTIC, "LTO-8"),
    ],
)
def test_the_media_id_tells_what_a_cartridge_is(text, kind, generation):
    barcode = parse_cartridge_barcode(text)
    assert (barcode.kind, barcode.media_id.generation, str(barcode)) == (kind, generation, text)


def test_all_generations_and_worm_ids_are_in_the_table():
    assert set(media_ids()) >= {
        *(f"L{n}" for n in range(1, 10)),
        "LA",
        "M8",
        "LT",
        "LU",
        "LV",
        "LW",
        "LX",
        "LY",
        "LZ",
        "CU",
    }
