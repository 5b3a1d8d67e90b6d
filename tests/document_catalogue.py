"""What the service words on documents, taken from its source."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import service.printing.documents

ROOT = Path(service.printing.documents.__file__).parent
KEYWORDS = {"text": None, "mark": None, "plural": (1, 2)}
WORDED = "documents.wording import"  # a module that words something imports it


def messages() -> set[str | tuple[str, ...]]:
    found = set()
    for module in sorted(ROOT.glob("*.py")):
        if WORDED in module.read_text(encoding="utf-8"):
            found |= {message for _, message, _, _ in extract_from_file("python", str(module), KEYWORDS)}
    return found


def file(language: str, kind: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"documents.{kind}"


def catalogue(language: str) -> Catalog:
    with file(language, "po").open("rb") as opened:
        return read_po(opened, locale=language)


def compiled(language: str) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue(language))
    return out.getvalue()
