import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.errors import DotPitchError, SsccError, UnencodableTextError
from labels.symbols import (
    CARTRIDGE_PITCH,
    code39,
    code128,
    data_matrix,
    gs1_check_digit,
    gs1_sscc,
    qr,
    snapped,
)
from labels.symbols.code39 import CHARACTERS, code39_modules

# The whole character set by AIM USS-39, written as narrow (n) and wide (w), bar first: an oracle apart from the encoder.
USS_39 = {
    "0": "nnnwwnwnn", "1": "wnnwnnnnw", "2": "nnwwnnnnw", "3": "wnwwnnnnn", "4": "nnnwwnnnw", "5": "wnnwwnnnn",
    "6": "nnwwwnnnn", "7": "nnnwnnwnw", "8": "wnnwnnwnn", "9": "nnwwnnwnn", "A": "wnnnnwnnw", "B": "nnwnnwnnw",
    "C": "wnwnnwnnn", "D": "nnnnwwnnw", "E": "wnnnwwnnn", "F": "nnwnwwnnn", "G": "nnnnnwwnw", "H": "wnnnnwwnn",
    "I": "nnwnnwwnn", "J": "nnnnwwwnn", "K": "wnnnnnnww", "L": "nnwnnnnww", "M": "wnwnnnnwn", "N": "nnnnwnnww",
    "O": "wnnnwnnwn", "P": "nnwnwnnwn", "Q": "nnnnnnwww", "R": "wnnnnnwwn", "S": "nnwnnnwwn", "T": "nnnnwnwwn",
    "U": "wwnnnnnnw", "V": "nwwnnnnnw", "W": "wwwnnnnnn", "X": "nwnnwnnnw", "Y": "wwnnwnnnn", "Z": "nwwnwnnnn",
    "-": "nwnnnnwnw", ".": "wwnnnnwnn", " ": "nwwnnnwnn", "*": "nwnnwnwnn", "$": "nwnwnwnnn", "/": "nwnwnnnwn",
    "+": "nwnnnwnwn", "%": "nnnwnwnwn",
}  # fmt: skip


def elements_of(glyph) -> str:
    """The glyph's nine elements as n and w, from its bars and the spaces between them."""
    widths, at = [], 0.0
    for x, width in glyph.bars:
        widths += [x - at, width] if x > at else [width]
        at = x + width
    return "".join("w" if width > CARTRIDGE_PITCH.narrow_mm * 2 else "n" for width in widths)


@pytest.mark.parametrize("character", sorted(CHARACTERS))
def test_every_code_39_character_is_the_standards_pattern(character):
    start, glyph, stop = code39(character, CARTRIDGE_PITCH).glyphs
    assert elements_of(glyph) == USS_39[character]
    assert elements_of(start) == elements_of(stop) == USS_39["*"]


def test_a_cartridge_symbol_is_151_and_a_half_modules_wide():
    assert code39_modules(8, 2.75) == 151.5
    assert code39("ABC001L8", CARTRIDGE_PITCH).width_mm == pytest.approx(151.5 * 0.432)


def test_wide_elements_are_two_and_three_quarter_narrow_ones():
    glyph = code39("A", CARTRIDGE_PITCH).glyphs[1]
    widths = sorted({round(width, 6) for _, width in glyph.bars})
    assert widths == [pytest.approx(0.432), pytest.approx(1.188)]


@pytest.mark.parametrize(("dpi", "dots"), [(300, (5, 14)), (600, (10, 28)), (1200, (20, 55))])
def test_widths_snap_to_whole_printer_dots(dpi, dots):
    pitch = snapped(CARTRIDGE_PITCH, dpi)
    assert pitch.dots == dots
    assert pitch.narrow_mm == pytest.approx(dots[0] * 25.4 / dpi)
    assert pitch.wide_mm == pytest.approx(dots[1] * 25.4 / dpi)


@pytest.mark.parametrize("dpi", [100, 150, 200, 203])
def test_a_printer_too_coarse_is_refused_with_the_reason(dpi):
    with pytest.raises(
        DotPitchError, match=rf"A {dpi} dpi printer cannot draw .* 0\.432 mm .* Use a 300 or 600"
    ):
        snapped(CARTRIDGE_PITCH, dpi)


@pytest.mark.parametrize("text", ["", "abc", "Ä", "A*B", "A\n"])
def test_code_39_refuses_what_it_has_no_character_for(text):
    with pytest.raises(UnencodableTextError, match="Code 39"):
        code39(text, CARTRIDGE_PITCH)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=24))
def test_code_128_has_eleven_modules_a_character_and_thirteen_for_stop(text):
    *characters, stop = code128(text, 1.0).glyphs
    assert all(glyph.advance_mm == 11 for glyph in characters)
    assert stop.advance_mm == 13


@pytest.mark.parametrize("text", ["", "a\tb", "ü"])
def test_code_128_refuses_what_is_not_printable_ascii(text):
    with pytest.raises(UnencodableTextError, match="Code 128"):
        code128(text, 0.5)


def test_an_sscc_needs_eighteen_digits_and_its_check_digit():
    assert gs1_check_digit("00614141123456789") == "0"
    with pytest.raises(SsccError, match="18 digits"):
        gs1_sscc("0061414112345678", 0.5)
    with pytest.raises(SsccError, match="check digit should be 0"):
        gs1_sscc("006141411234567891", 0.5)


def test_matrix_codes_carry_no_quiet_zone_of_their_own():
    for symbol in (data_matrix("D7K2M4-9"), qr("D7K2M4-9")):
        assert len(symbol.rows) == len(symbol.rows[0]) == symbol.modules
        assert any(symbol.rows[0])
        assert all(row[0] for row in data_matrix("D7K2M4-9").rows)


def test_runs_of_a_matrix_cover_exactly_its_ink():
    symbol = data_matrix("D7K2M4-9")
    drawn = {(y, x + step) for y, x, length in symbol.runs() for step in range(length)}
    assert drawn == {(y, x) for y, row in enumerate(symbol.rows) for x, ink in enumerate(row) if ink}


def test_a_matrix_code_refuses_more_than_fits():
    with pytest.raises(UnencodableTextError, match="datamatrix"):
        data_matrix("x" * 5000)
