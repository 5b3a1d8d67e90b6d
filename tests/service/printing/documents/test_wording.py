"""The service's own words on documents have their translations, all of them and no others."""

import gettext
from io import BytesIO
from string import Formatter

import pytest
from document_catalogue import catalogue, compiled, file, messages

from labels.documents import LANGUAGES
from service.printing.documents.answers import Language
from service.printing.documents.look import NAMES
from service.printing.documents.wording import SOURCE_LANGUAGE

TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]


def fields(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_is_translated_and_nothing_else(language):
    done = {
        message.id for message in catalogue(language) if message.id and message.string and not message.fuzzy
    }
    assert done == messages()


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_places_of_the_facts(language):
    for message in catalogue(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert message.id == "" or fields(string) == fields(ids[-1])


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language):
    shipped = gettext.GNUTranslations(BytesIO(file(language, "mo").read_bytes()))
    written = gettext.GNUTranslations(BytesIO(compiled(language)))
    assert {**shipped._catalog, "": ""} == {**written._catalog, "": ""}


def test_every_language_of_the_papers_can_be_asked_for_and_has_a_name():
    assert [language.value for language in Language] == list(LANGUAGES) == list(NAMES)
