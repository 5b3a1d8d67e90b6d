"""What of the documents is to be translated, taken from their source."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import labels.documents

ROOT = Path(labels.documents.__file__).parent
KEYWORDS = {"text": None, "mark": None, "plural": (1, 2)}


def messages() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(ROOT, keywords=KEYWORDS, method_map=[("**.py", "python")])
    return {message for _, _, message, _, _ in found if message}


def catalogue(language: str) -> Catalog:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "labels.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue(language))
    return out.getvalue()
