"""Words that the service composes into a document's values, from a gettext catalogue of its own. English is the source."""

import gettext
from functools import cache
from importlib.resources import files

from labels.documents import LANGUAGES

DOMAIN = "documents"
SOURCE_LANGUAGE = LANGUAGES[0]


def mark(message: str) -> str:
    """Names a message that is translated where it is used."""
    return message


class Wording:
    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def text(self, message: str, **fields: object) -> str:
        found = self._catalogue.gettext(message) if message else ""
        return found.format(**fields) if fields else found

    def plural(self, one: str, many: str, count: int) -> str:
        """`{n}` in the message becomes the count."""
        return self._catalogue.ngettext(one, many, count).format(n=count)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = str(files("service.printing.documents").joinpath("locale"))
    return gettext.translation(DOMAIN, path, [language], fallback=True)
