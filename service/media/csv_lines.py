"""A CSV file of media as lines: bytes in, fields or a reason out. Knows no database."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from service.errors import InvalidInputError, StrongroomError
from service.media import rules
from service.media.barcodes import MEDIA_IDS, parse_barcode, parse_serial_number, shown
from service.media.models import Content, MediaType
from service.media.schemas import NewMedium

REQUIRED = ("barcode", "type", "content", "where")
OPTIONAL = ("serial_number", "dataset", "written_on", "expires_on", "encrypted", "tier")
MAX_LINES = 100_000
MAX_LINE = 4_000
BOM = "\ufeff"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
YES_NO: Mapping[str, bool | None] = {"": None, "yes": True, "no": False, "true": True, "false": False}
GENERATIONS = frozenset(found.generation for found in MEDIA_IDS.values() if found.generation)


class ImportFileError(InvalidInputError):
    title = "The file cannot be read"

    def __init__(self, reason: str, next_step: str = "Correct the file and choose it again.") -> None:
        super().__init__(f"{reason} Nothing was imported.", fields={"file": reason}, next_step=next_step)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be imported, counted from 1 as editors do, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """A well-formed line: `medium` still lacks its place, which `where` names."""

    number: int
    text: str
    where: str
    medium: NewMedium


@dataclass(slots=True)
class Parsed:
    lines: list[Line] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def parse_csv(content: bytes) -> Parsed:
    """Raises ImportFileError when the file as a whole cannot be read."""
    texts = _texts(_decoded(content))
    numbered = ((number, text) for number, text in enumerate(texts, 1) if text.strip())
    _, head = next(numbered, (1, ""))
    delimiter = ";" if head.count(";") > head.count(",") else ","
    columns = _columns(head, delimiter)
    parsed = Parsed()
    for number, text in numbered:
        try:
            parsed.lines.append(_line(number, text, columns, delimiter))
        except InvalidInputError as error:
            parsed.rejected.append(Rejected(number, clipped(text), reason_of(error)))
    return parsed


def reason_of(error: StrongroomError) -> str:
    """The bare reason: an import says once for all that nothing was done."""
    fields = error.fields if isinstance(error, InvalidInputError) else {}
    return "; ".join(fields.values()) or error.message.removesuffix("Nothing was recorded.").strip()


def clipped(text: str) -> str:
    return shown(text)[1:].replace("”", "", 1)


def _decoded(content: bytes) -> str:
    if content.startswith(UTF_16) or b"\x00" in content[:64]:
        raise ImportFileError(
            "The file is in UTF-16, not in UTF-8.", "Save it as “CSV UTF-8” and choose it again."
        )
    try:
        return content.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImportFileError(
            f"The file is not in UTF-8: line {line:,} has the byte {content[error.start]:02X}, as Latin-1 or Windows-1252 write it.",
            "Save it as “CSV UTF-8” and choose it again.",
        ) from error


def _texts(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n" if "\n" in text else "\r")
    if len(lines) > MAX_LINES:
        raise ImportFileError(
            f"The file has {len(lines):,} lines; one import takes {MAX_LINES:,}.",
            "Split it and import the parts.",
        )
    return lines


def _columns(head: str, delimiter: str) -> list[str]:
    try:
        columns = [name.strip().lower() for name in _fields(head, delimiter)]
    except InvalidInputError as error:
        raise ImportFileError(f"The first line cannot be read: {reason_of(error)}.") from error
    wrong = [
        *(f"the column “{name}” is missing" for name in REQUIRED if name not in columns),
        *(f"{shown(name)} is no column of an import" for name in columns if name not in REQUIRED + OPTIONAL),
        *(f"the column “{name}” stands twice" for name in sorted(set(columns)) if columns.count(name) > 1),
    ]
    if wrong:
        raise ImportFileError(
            f"The first line has to name the columns: {'; '.join(wrong[:5])}.",
            f"Write {', '.join(REQUIRED)} in the first line, and any of {', '.join(OPTIONAL)}.",
        )
    return columns


def _fields(text: str, delimiter: str) -> list[str]:
    if len(text) > MAX_LINE:
        raise _wrong(f"The line has {len(text):,} characters; {MAX_LINE:,} are allowed")
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise _wrong("A quotation mark is not closed, or stands inside a value") from error


def _wrong(reason: str) -> InvalidInputError:
    return InvalidInputError(reason, fields={"line": reason})


def _line(number: int, text: str, columns: list[str], delimiter: str) -> Line:
    values = _fields(text, delimiter)
    if len(values) != len(columns):
        raise _wrong(f"The line has {len(values)} values, the first line names {len(columns)} columns")
    row = dict(zip(columns, (value.strip() for value in values), strict=True))
    wrong: list[str] = []
    medium = NewMedium(barcode=row["barcode"], location_id="", line=number)
    for name in columns:
        try:
            if name in READERS:
                medium = replace(medium, **READERS[name](row[name], row["barcode"]))
        except InvalidInputError as error:
            wrong.append(reason_of(error))
    if not row["where"]:
        wrong.append("It does not say where the medium is")
    wrong += _whole(medium) if not wrong else []
    if wrong:
        raise _wrong("; ".join(wrong))
    return Line(number, clipped(text), row["where"], medium)


def _whole(medium: NewMedium) -> Iterator[str]:
    """What several values together do not allow."""
    checks = (
        lambda: parse_barcode(medium.barcode, medium.media_type),
        lambda: rules.check_dates(medium.written_on, medium.expires_on),
        lambda: rules.check_first_content(medium.media_type or MediaType.LTO, medium.content),
    )
    for check in checks:
        try:
            check()
        except InvalidInputError as error:
            yield reason_of(error)


def _type(text: str, barcode: str) -> MediaType:
    """The type's word, or a generation such as LTO-8, which the label then has to agree with."""
    word = text.lower()
    if word in set(MediaType):
        return MediaType(word)
    if text.upper() not in GENERATIONS:
        raise _wrong(f"The type {shown(text)} is none of {', '.join(MediaType)}")
    found = MEDIA_IDS.get(barcode[-2:])
    if found is not None and found.generation != text.upper():
        raise _wrong(f"The type says {text.upper()}, the label {found.generation or 'cleaning'}")
    return MediaType.LTO


def _content(text: str) -> Content:
    if text.lower() not in set(Content):
        words = ", ".join(content for content in Content if content not in rules.PROVED)
        raise _wrong(f"The content {shown(text)} is none of {words}")
    return Content(text.lower())


def _yes_no(text: str) -> bool | None:
    if text.lower() not in YES_NO:
        raise _wrong(f"Encrypted is yes, no or empty, not {shown(text)}")
    return YES_NO[text.lower()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _wrong(f"{shown(text)} is no date such as 2026-11-19") from error


def _dataset(text: str) -> str:
    rules.check_dataset(text)
    return text


def _tier(text: str) -> str | None:
    tier = text.lower() or None
    rules.check_tier(tier)
    return tier


# Column → (its text, the barcode) → what it says of the medium.
READERS: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "type": lambda text, barcode: {"media_type": _type(text, barcode)},
    "content": lambda text, _: {"content": _content(text)},
    "serial_number": lambda text, _: {"serial_number": parse_serial_number(text)},
    "dataset": lambda text, _: {"dataset": _dataset(text)},
    "written_on": lambda text, _: {"written_on": _day(text)},
    "expires_on": lambda text, _: {"expires_on": _day(text)},
    "encrypted": lambda text, _: {"encrypted": _yes_no(text)},
    "tier": lambda text, _: {"tier": _tier(text)},
}
