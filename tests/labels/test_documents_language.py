import gettext
from io import BytesIO
from string import Formatter

import pytest
from document_samples import NOW
from label_catalogue import ROOT, catalogue, compiled, messages

from labels.documents.language import LANGUAGES, SOURCE_LANGUAGE, Words

TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_the_documents_is_translated_and_nothing_else(language):
    done = {
        message.id for message in catalogue(language) if message.id and message.string and not message.fuzzy
    }
    assert done == messages()


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_places_of_the_facts(language):
    def fields(text):
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name)

    for message in catalogue(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert message.id == "" or fields(string) == fields(ids[-1])


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language):
    file = ROOT / "locale" / language / "LC_MESSAGES" / "labels.mo"
    shipped = gettext.GNUTranslations(BytesIO(file.read_bytes()))
    written = gettext.GNUTranslations(BytesIO(compiled(language)))
    assert {**shipped._catalog, "": ""} == {**written._catalog, "": ""}


def test_numbers_weights_and_days_follow_the_language():
    english, german = Words("en", "Europe/Berlin"), Words("de", "Europe/Berlin")
    assert (english.number(1234567), german.number(1234567)) == ("1,234,567", "1.234.567")
    assert (english.kilograms(5120), german.kilograms(5120)) == ("5.1 kg", "5,1 kg")
    assert (english.day(NOW), german.day(NOW)) == ("19 Nov 2026", "19. Nov. 2026")
    assert german.plural("{n} medium", "{n} media", 1) == "1 Medium"
    assert german.plural("{n} medium", "{n} media", 2000) == "2.000 Medien"


def test_a_language_without_catalogue_falls_back_to_english():
    assert Words("fr", "UTC").text("Manifest for destruction") == "Manifest for destruction"
