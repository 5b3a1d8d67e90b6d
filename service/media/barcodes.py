"""What a medium's outside label may say. Nothing is repaired but the white space around it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from service.errors import InvalidInputError
from service.media.models import MediaType

LTO_LENGTH = 8
SERIAL_LENGTH = 6
SHOWN = 40
MAX_SERIAL_NUMBER = 64

CLEANING = re.compile(r"CLN[0-9A-Z]{3}(CU|L[0-9A])")
DIAGNOSTIC = re.compile(r"DG [0-9A-Z]{3}L[0-9A]")  # the one label in which Code 39's space is allowed
DISK = re.compile(r"[0-9A-Z][0-9A-Z-]{1,30}[0-9A-Z]")
SERIAL_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")


@dataclass(frozen=True, slots=True)
class MediaId:
    """`native_gb` in 10^9 bytes, 0 for a cleaning cartridge."""

    generation: str
    native_gb: int
    worm: bool = False


# The last two characters of an LTO label. LA, LH and PA stand in the drive makers' compatibility tables for LTO-10.
MEDIA_IDS: Mapping[str, MediaId] = {
    "L1": MediaId("LTO-1", 100),
    "L2": MediaId("LTO-2", 200),
    "L3": MediaId("LTO-3", 400),
    "L4": MediaId("LTO-4", 800),
    "L5": MediaId("LTO-5", 1500),
    "L6": MediaId("LTO-6", 2500),
    "L7": MediaId("LTO-7", 6000),
    "M8": MediaId("LTO-M8", 9000),
    "L8": MediaId("LTO-8", 12000),
    "L9": MediaId("LTO-9", 18000),
    "LA": MediaId("LTO-10", 30000),
    "PA": MediaId("LTO-10P", 40000),
    "LT": MediaId("LTO-3", 400, worm=True),
    "LU": MediaId("LTO-4", 800, worm=True),
    "LV": MediaId("LTO-5", 1500, worm=True),
    "LW": MediaId("LTO-6", 2500, worm=True),
    "LX": MediaId("LTO-7", 6000, worm=True),
    "LY": MediaId("LTO-8", 12000, worm=True),
    "LZ": MediaId("LTO-9", 18000, worm=True),
    "LH": MediaId("LTO-10", 30000, worm=True),
    "CU": MediaId("", 0),
}


class BarcodeError(InvalidInputError):
    title = "Not a barcode of a medium"

    def __init__(self, reason: str, next_step: str = "Type it as it stands on the label.") -> None:
        super().__init__(f"{reason} Nothing was recorded.", fields={"barcode": reason}, next_step=next_step)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Barcode:
    """`generation` is empty where the label does not say it."""

    text: str
    media_type: MediaType
    generation: str = ""

    @property
    def media_id(self) -> MediaId | None:
        return None if self.media_type is MediaType.DISK else MEDIA_IDS.get(self.text[SERIAL_LENGTH:])


def shown(text: str) -> str:
    """Foreign text for a message: its beginning, control characters named by their code."""
    safe = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text[:SHOWN])
    return f"“{safe}…” ({len(text):,} characters)" if len(text) > SHOWN else f"“{safe}”"


def parse_barcode(text: str, media_type: MediaType | None = None) -> Barcode:
    """The barcode, checked as one of `media_type`, or of the tape type that its form names; raises BarcodeError.

    A disk is never guessed: its label has no form of its own.
    """
    code = text.strip()
    kind = media_type or _tape_type(code)
    match kind:
        case MediaType.DISK:
            return _disk(code)
        case MediaType.LTO | MediaType.CLEANING | MediaType.DIAGNOSTIC:
            return _tape(code, kind)
        case _:
            assert_never(kind)


def _tape_type(code: str) -> MediaType:
    if CLEANING.fullmatch(code) or (len(code) == LTO_LENGTH and code.endswith("CU")):
        return MediaType.CLEANING
    return MediaType.DIAGNOSTIC if DIAGNOSTIC.fullmatch(code) else MediaType.LTO


def _tape(code: str, wanted: MediaType) -> Barcode:
    if len(code) != LTO_LENGTH:
        raise BarcodeError(f"{shown(code)} does not have the {LTO_LENGTH} characters of a tape label.")
    found = _tape_type(code)
    if found is not MediaType.DIAGNOSTIC:
        _check_characters(code, hyphen=False)
    if code[SERIAL_LENGTH:] not in MEDIA_IDS:
        raise BarcodeError(
            f"{shown(code)} ends in {shown(code[SERIAL_LENGTH:])}, which is no known media id.",
            "Read the last two characters of the label again, such as L8 or LY.",
        )
    if found is not wanted:
        raise BarcodeError(f"{code} is the label of a {WORDS[found]}, not of a {WORDS[wanted]}.")
    return Barcode(code, found, MEDIA_IDS[code[SERIAL_LENGTH:]].generation)


def _disk(code: str) -> Barcode:
    _check_characters(code, hyphen=True)
    if not DISK.fullmatch(code):
        raise BarcodeError(f"{shown(code)} does not fit a disk: 3 to 32 characters, no hyphen at either end.")
    return Barcode(code, MediaType.DISK)


def _check_characters(code: str, *, hyphen: bool) -> None:
    allowed = "A–Z, 0–9 and hyphens" if hyphen else "A–Z and 0–9"
    bad = next((letter for letter in code if not _allowed(letter, hyphen=hyphen)), None)
    if bad is not None:
        raise BarcodeError(f"{shown(code)} has {_named(bad)}; a label has only {allowed}.")


def _allowed(letter: str, *, hyphen: bool) -> bool:
    return "0" <= letter <= "9" or "A" <= letter <= "Z" or (hyphen and letter == "-")


def _named(letter: str) -> str:
    if "a" <= letter <= "z":
        return f"the lower-case letter {letter}"
    if letter == " ":
        return "a space"
    if unicodedata.category(letter).startswith("C"):
        return f"the control character U+{ord(letter):04X}"
    return f"the character {letter}"


WORDS: Mapping[MediaType, str] = {
    MediaType.LTO: "data cartridge",
    MediaType.CLEANING: "cleaning cartridge",
    MediaType.DIAGNOSTIC: "diagnostic cartridge",
    MediaType.DISK: "disk",
}


def parse_serial_number(text: str | None) -> str | None:
    """The maker's serial number, or None for none; raises InvalidInputError."""
    code = (text or "").strip()
    if not code:
        return None
    if len(code) > MAX_SERIAL_NUMBER or not SERIAL_NUMBER.fullmatch(code):
        reason = f"{shown(code)} is no serial number: up to {MAX_SERIAL_NUMBER} letters, digits and . _ / -"
        raise InvalidInputError(f"{reason}. Nothing was recorded.", fields={"serial_number": reason})
    return code
