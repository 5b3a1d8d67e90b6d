"""The eight characters on a cartridge: a volume serial of six and a media id of two."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from labels.errors import BarcodeCharactersError, BarcodeLengthError, UnknownMediaIdError

VOLUME_SERIAL_LENGTH = 6
BARCODE_LENGTH = 8


class CartridgeKind(StrEnum):
    DATA = "data"
    WORM = "worm"
    CLEANING = "cleaning"
    DIAGNOSTIC = "diagnostic"


@dataclass(frozen=True, slots=True)
class MediaId:
    id: str
    kind: CartridgeKind
    generation: str
    native_gb: int


@dataclass(frozen=True, slots=True)
class CartridgeBarcode:
    volume_serial: str
    media_id: MediaId
    kind: CartridgeKind

    def __str__(self) -> str:
        return self.volume_serial + self.media_id.id


@dataclass(frozen=True, slots=True)
class Pattern:
    kind: CartridgeKind
    match: re.Pattern[str]


@cache
def media_ids() -> dict[str, MediaId]:
    """Every known media id, in the order of the table."""
    return {
        row["id"]: MediaId(row["id"], CartridgeKind(row["kind"]), row["generation"], row["native_gb"])
        for row in _table()["media_id"]
    }


def parse_cartridge_barcode(text: str) -> CartridgeBarcode:
    """Raises BarcodeLengthError, BarcodeCharactersError or UnknownMediaIdError."""
    if len(text) != BARCODE_LENGTH:
        raise BarcodeLengthError(text)
    special = next((pattern.kind for pattern in _patterns() if pattern.match.fullmatch(text)), None)
    bad = "".join(sorted({character for character in text if not _plain(character)}))
    if bad and special is not CartridgeKind.DIAGNOSTIC:
        raise BarcodeCharactersError(text, bad)
    serial, media_id = text[:VOLUME_SERIAL_LENGTH], text[VOLUME_SERIAL_LENGTH:]
    if media_id not in media_ids():
        raise UnknownMediaIdError(text, media_id, list(media_ids()))
    return CartridgeBarcode(serial, media_ids()[media_id], special or media_ids()[media_id].kind)


def _plain(character: str) -> bool:
    return "0" <= character <= "9" or "A" <= character <= "Z"


@cache
def _patterns() -> tuple[Pattern, ...]:
    return tuple(Pattern(CartridgeKind(row["kind"]), re.compile(row["match"])) for row in _table()["pattern"])


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("labels.symbols").joinpath("media_ids.toml").read_text("utf-8"))
