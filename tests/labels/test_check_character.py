import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labels.errors import CheckCharacterError, UnencodableTextError
from labels.symbols import check_character, with_check, without_check
from labels.symbols.check_character import ALPHABET

IDS = st.text(ALPHABET, min_size=1, max_size=16)


def test_the_published_example_of_iso_7064_mod_37_36():
    assert check_character("A12425GABC1234002") == "M"


@given(IDS)
def test_a_checked_identifier_gives_itself_back(text):
    assert without_check(with_check(text)) == text


@given(IDS, st.data())
def test_every_single_wrong_character_is_found(text, data):
    checked = with_check(text)
    place = data.draw(st.sampled_from([at for at, character in enumerate(checked) if character != "-"]))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(checked[place], "")))
    with pytest.raises(CheckCharacterError):
        without_check(checked[:place] + wrong + checked[place + 1 :])


@given(IDS, st.data())
def test_two_swapped_neighbours_are_found(text, data):
    assume(len(text) > 1)
    place = data.draw(st.integers(0, len(text) - 2))
    assume(text[place] != text[place + 1])
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    with pytest.raises(CheckCharacterError):
        without_check(f"{swapped}-{check_character(text)}")


def test_hyphens_do_not_count():
    assert check_character("D7-K2-M4") == check_character("D7K2M4")


@pytest.mark.parametrize("text", ["", "--", "abc", "A B", "Ä"])
def test_characters_outside_the_alphabet_are_refused(text):
    with pytest.raises(UnencodableTextError):
        check_character(text)


def test_a_mistyped_identifier_says_what_was_expected():
    with pytest.raises(CheckCharacterError, match="should be '9'"):
        without_check("D7K2M4-8")
