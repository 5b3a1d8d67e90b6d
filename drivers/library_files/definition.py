"""What a library consists of, before anything has moved: values only."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    STORAGE = "storage"
    MAIL_SLOT = "mail-slot"
    DRIVE = "drive"


@dataclass(frozen=True, slots=True)
class DriveDefinition:
    """`generation` is the LTO generation; 0 = not an LTO drive, it takes anything."""

    vendor: str
    product: str
    serial: str
    generation: int


@dataclass(frozen=True, slots=True)
class CartridgeDefinition:
    """`slot` is 1-based within its kind of place. An unreadable label may have no known barcode ("")."""

    place: Place
    slot: int
    barcode: str
    readable: bool = True
    cleaning: bool = False


@dataclass(frozen=True)
class LibraryDefinition:
    """Counts, first element addresses and contents of one library."""

    vendor: str
    product: str
    serial: str
    storage_slots: int
    mail_slots: int
    drives: tuple[DriveDefinition, ...]
    cartridges: tuple[CartridgeDefinition, ...] = ()
    revision: str = "0100"
    first_transport: int = 1
    first_drive: int = 0x0100
    first_mail_slot: int = 0x0301
    first_storage: int = 0x1000
