"""Identifiers inside a sentence, set apart as the pages show them. The scan page's script knows the same pattern."""

import re
from collections.abc import Iterator

from service.web.views.parts import Ident, Part, Rich

IDENTIFIER = re.compile(r"\b(?:[A-Z]{1,4}-\d[\d-]*|[A-Z]{2,4}\d{3,4}[A-Z0-9]{2})\b")


def identified(text: str) -> Rich:
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for found in IDENTIFIER.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        yield Ident(found[0])
        at = found.end()
    if at < len(text):
        yield text[at:]
