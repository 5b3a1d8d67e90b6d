"""Files that describe a library with its media: the text of `mtx status`, mhvtl's device.conf with library_contents.N, CSV."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.errors import LibraryFileError
from drivers.library_files import (
    CartridgeDefinition,
    DriveDefinition,
    LibraryDefinition,
    Place,
    read_mhvtl,
    read_mtx_status,
)
from drivers.media_types import generation_of_barcode, is_cleaning_barcode
from service.errors import InvalidInputError, RefusedError, StartError
from service.media.csv_lines import parse_csv
from service.media.importing import check_csv
from service.media.schemas import SeenCartridge, SlotKind

Kind = Literal["mtx", "mhvtl"]
DEVICE_CONF, CONTENTS = "device.conf", "library_contents"
KIND_OF_PLACE = {
    Place.STORAGE: SlotKind.SLOT,
    Place.MAIL_SLOT: SlotKind.MAIL_SLOT,
    Place.DRIVE: SlotKind.DRIVE,
}
PLACE_WORDS = {"slot": Place.STORAGE, "mail slot": Place.MAIL_SLOT, "drive": Place.DRIVE}
WHERE = re.compile(
    r"^(?:(?:.*[›>/])?\s*(?P<library>[^›>/]+?)\s*[›>/])?\s*(?P<kind>mail slot|slot|drive)\s+(?P<number>\d{1,5})\s*$",
    re.IGNORECASE,
)
LEAST_SLOTS, LEAST_DRIVES, LEAST_MAIL_SLOTS = 24, 2, 4
MOST_SLOTS = 50_000


class LibraryFileRefusedError(InvalidInputError):
    title = "The library file cannot be read"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}. Nothing was imported.",
            fields={"file": reason},
            next_step="Correct the line and try again.",
        )


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """What a file says: counts, and cartridges by kind and number of their place."""

    name: str
    slots: int
    drives: int
    mail_slots: int
    cartridges: tuple[SeenCartridge, ...]


def read(kind: Kind, texts: Mapping[str, bytes]) -> LibraryFile:
    """`texts` by file name: one for mtx; device.conf and one library_contents.N for mhvtl. LibraryFileRefusedError names the line."""
    return _seen(definition_of(kind, texts))


def definition_of(kind: Kind, texts: Mapping[str, bytes]) -> LibraryDefinition:
    try:
        if kind == "mtx":
            return read_mtx_status(_text(_only(texts)))
        return _mhvtl(texts)
    except LibraryFileError as error:
        raise LibraryFileRefusedError(str(error)) from error


def _mhvtl(texts: Mapping[str, bytes]) -> LibraryDefinition:
    conf = next((body for name, body in texts.items() if Path(name).name == DEVICE_CONF), None)
    contents = [name for name in texts if Path(name).name.startswith(CONTENTS)]
    if conf is None or len(contents) != 1:
        raise LibraryFileRefusedError("device.conf and one library_contents.N are needed together")
    number = Path(contents[0]).name.rpartition(".")[2]
    return read_mhvtl(
        _text(conf), _text(texts[contents[0]]), library_id=int(number) if number.isdigit() else None
    )


def _only(texts: Mapping[str, bytes]) -> bytes:
    if len(texts) != 1:
        raise LibraryFileRefusedError("one file with the text of “mtx status” is needed")
    return next(iter(texts.values()))


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")  # barcodes are ASCII; a stray byte elsewhere must not stop the file


def _seen(definition: LibraryDefinition) -> LibraryFile:
    return LibraryFile(
        name=definition.product,
        slots=definition.storage_slots,
        drives=len(definition.drives),
        mail_slots=definition.mail_slots,
        cartridges=tuple(
            SeenCartridge(one.barcode, KIND_OF_PLACE[one.place], one.slot, one.readable, one.cleaning)
            for one in definition.cartridges
        ),
    )


def read_path(path: Path) -> LibraryDefinition:
    """A library from a file on this machine, by its name: device.conf, *.csv, else mtx text. StartError in one sentence."""
    try:
        if path.name == DEVICE_CONF:
            return definition_of("mhvtl", _mhvtl_files(path))
        body = path.read_bytes()
    except OSError as error:
        raise StartError(
            f"The library file {path} cannot be read: {error.strerror}. Nothing was changed.",
            next_step="Give a CSV file, the text of “mtx status”, or mhvtl's device.conf.",
        ) from error
    except LibraryFileRefusedError as error:
        raise StartError(error.message, next_step=error.next_step) from error
    try:
        if not is_csv(path):
            return definition_of("mtx", {path.name: body})
        check_csv(body)
        return csv_definition(body)
    except (InvalidInputError, RefusedError) as error:
        raise StartError(f"{path.name}: {error.message}", next_step=error.next_step) from error


def is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _mhvtl_files(conf: Path) -> dict[str, bytes]:
    contents = sorted(conf.parent.glob(f"{CONTENTS}.*"))
    return {conf.name: conf.read_bytes()} | {one.name: one.read_bytes() for one in contents[:1]}


def csv_definition(body: bytes) -> LibraryDefinition:
    """A library big enough for the slots, drives and mail slots that the lines' `where` names."""
    csv_library_name(body)
    cartridges = []
    for line in parse_csv(body).lines:
        found = WHERE.match(line.where)
        if found is not None:
            place, number = PLACE_WORDS[found["kind"].lower()], int(found["number"])
            barcode = line.medium.barcode
            cartridges.append(
                CartridgeDefinition(place, number, barcode, cleaning=is_cleaning_barcode(barcode))
            )
    _check_places(cartridges)
    generation = max((generation_of_barcode(one.barcode) for one in cartridges), default=0) or 8

    def most(place: Place, least: int) -> int:
        return max([least, *(one.slot for one in cartridges if one.place is place)])

    return LibraryDefinition(
        vendor="SIMULATE",
        product="FROM CSV",
        serial="SIM0000000",
        storage_slots=most(Place.STORAGE, LEAST_SLOTS),
        mail_slots=most(Place.MAIL_SLOT, LEAST_MAIL_SLOTS),
        drives=tuple(
            DriveDefinition("SIMULATE", f"ULTRIUM-TD{generation}", f"SIM{number:07d}", generation)
            for number in range(1, most(Place.DRIVE, LEAST_DRIVES) + 1)
        ),
        cartridges=tuple(cartridges),
    )


def csv_library_name(body: bytes) -> str:
    """The library that the lines' `where` names; LibraryFileRefusedError when they name several."""
    names = {found["library"] or "" for line in parse_csv(body).lines if (found := WHERE.match(line.where))}
    if len(names) > 1:
        raise LibraryFileRefusedError(f"the lines name several libraries: {', '.join(sorted(names))}")
    return next(iter(names), "")


def _check_places(cartridges: list[CartridgeDefinition]) -> None:
    if not cartridges:
        raise LibraryFileRefusedError("no line names a slot, such as “Library 1 › slot 5”")
    seen: set[tuple[Place, int]] = set()
    for one in cartridges:
        if (one.place, one.slot) in seen or not 1 <= one.slot <= MOST_SLOTS:
            raise LibraryFileRefusedError(
                f"{KIND_OF_PLACE[one.place].replace('_', ' ')} {one.slot} is named twice or out of range"
            )
        seen.add((one.place, one.slot))
