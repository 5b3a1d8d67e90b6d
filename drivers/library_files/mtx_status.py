"""The text of `mtx status` as a library definition."""

from drivers.changer.mtx_text import MtxElement, parse_status
from drivers.errors import LibraryFileError, ProtocolError
from drivers.library_files.definition import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.media_types import generation_of_barcode, is_cleaning_barcode

SOURCE = "mtx status"
DEFAULT_GENERATION = 8


def read_mtx_status(text: str) -> LibraryDefinition:
    """LibraryFileError with the line of the first thing that does not make sense.

    The text does not name the drives: they get the highest generation among the barcodes and
    serial numbers of their own (SIM0000001, …).
    """
    try:
        status = parse_status(text)
    except ProtocolError as error:
        raise LibraryFileError(SOURCE, _line_of(error), error.detail) from error
    storage = [row for row in status.slots if not row.import_export]
    mail = [row for row in status.slots if row.import_export]
    groups = ((Place.STORAGE, storage), (Place.MAIL_SLOT, mail), (Place.DRIVE, list(status.drives)))
    cartridges = tuple(c for place, rows in groups for c in _cartridges(place, rows))
    generation = max((generation_of_barcode(c.barcode) for c in cartridges), default=0) or DEFAULT_GENERATION
    return LibraryDefinition(
        vendor="SIMULATE",
        product="FROM MTX STATUS",
        serial="SIM0000000",
        storage_slots=len(storage),
        mail_slots=len(mail),
        drives=tuple(_drive(n, generation) for n in range(1, len(status.drives) + 1)),
        cartridges=cartridges,
    )


def _line_of(error: ProtocolError) -> int:
    return int(error.kind or 0)


def _cartridges(place: Place, rows: list[MtxElement]) -> list[CartridgeDefinition]:
    return [
        CartridgeDefinition(place, n, row.tag, bool(row.tag), is_cleaning_barcode(row.tag))
        for n, row in enumerate(rows, start=1)
        if row.full
    ]


def _drive(number: int, generation: int) -> DriveDefinition:
    return DriveDefinition("SIMULATE", f"ULTRIUM-TD{generation}", f"SIM{number:07d}", generation)
