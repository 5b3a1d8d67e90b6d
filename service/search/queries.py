"""Finding anything by what is written on it: each kind by one range of one index."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment
from service.containers.models import Container, Seal
from service.custody.models import Discrepancy
from service.custody.sight import is_outsider
from service.db import table
from service.handlers.queries import Person
from service.holds.models import Hold
from service.ledger import store
from service.locations.models import Location, LocationKind
from service.media.history import short_place
from service.media.listing import starting_with
from service.media.models import LabelSeries, Medium, Reservation, ReservationState
from service.media.queries import names
from service.media.words import href as medium_href
from service.printing.container_labels import container_barcodes
from service.printing.disk_labels import disk_barcodes
from service.printing.models import LabelJob
from service.rotation.models import Run
from service.search.hits import SHOWN, Hit, Kind, prefix
from service.search.outside import find_outside
from service.search.papers import papers

_MEDIUM = table(Medium)
_CONTAINER = table(Container)
_SEAL = table(Seal)
_CONSIGNMENT = table(Consignment)
_RUN = table(Run)
_LABEL_JOB = table(LabelJob)
_SERIES = table(LabelSeries)
_RESERVATION = table(Reservation)
_LOCATION = table(Location)
_HOLD = table(Hold)
_DISCREPANCY = table(Discrepancy)
MAX_QUERY = 200
SHORTEST = 1
MAX_POSITION = 15  # digits below 2**53


Finder = Callable[[Connection, str], list[Hit]]


def find(connection: Connection, person: Person, text: str) -> list[Hit]:
    """What begins with the text, exact ones first; each thing once. Outsiders find what is theirs."""
    word = text.strip()
    if not SHORTEST <= len(word) <= MAX_QUERY or not word.isprintable():
        return []
    if is_outsider(person):
        found = list(find_outside(connection, person, word))
    else:
        found = [hit for finder in FINDERS for hit in finder(connection, word)]
    once = {hit.href: hit for hit in reversed(found)}
    return sorted((hit for hit in found if once[hit.href] is hit), key=lambda hit: not hit.exact)


def only(hits: Sequence[Hit]) -> Hit | None:
    """The one that is meant: the only exact one, or the only one at all."""
    exact = [hit for hit in hits if hit.exact]
    chosen = exact or list(hits)
    return chosen[0] if len(chosen) == 1 else None


def _media(connection: Connection, word: str) -> list[Hit]:
    code = word.upper()
    columns = (_MEDIUM.c.barcode, _MEDIUM.c.location_id)
    query = (
        select(*columns)
        .where(*starting_with(_MEDIUM.c.barcode, code))
        .order_by(_MEDIUM.c.barcode)
        .limit(SHOWN)
    )
    return _as_media(connection, [(row, "", row.barcode == code) for row in connection.execute(query)])


def _disk_labels(connection: Connection, word: str) -> list[Hit]:
    """A disk's label as it is scanned, with its check character."""
    code = word.upper()
    barcode = disk_barcodes(connection, [code]).get(code)
    if barcode is None:
        return []
    query = select(_MEDIUM.c.barcode, _MEDIUM.c.location_id).where(_MEDIUM.c.barcode == barcode)
    return _as_media(connection, [(row, f"label {code}", True) for row in connection.execute(query)])


def _reserved(connection: Connection, word: str) -> list[Hit]:
    """A number that was given out for a label and is on no medium yet."""
    code = word.upper()
    query = (
        select(_RESERVATION.c.state, _SERIES.c.number)
        .join(_SERIES, _SERIES.c.series_id == _RESERVATION.c.series_id)
        .where(_RESERVATION.c.barcode == code, _RESERVATION.c.state != ReservationState.USED)
    )
    return [
        Hit(
            Kind.LABEL_SERIES,
            row.number,
            f"/labels/series/{row.number}",
            matched=f"{code}, {row.state.value}",
            exact=True,
        )
        for row in connection.execute(query)
    ]


def _serials(connection: Connection, word: str) -> list[Hit]:
    columns = (_MEDIUM.c.barcode, _MEDIUM.c.location_id, _MEDIUM.c.serial_number)
    found: dict[str, Any] = {}
    for text in dict.fromkeys((word, word.upper())):
        query = select(*columns).where(*starting_with(_MEDIUM.c.serial_number, text))
        for row in connection.execute(query.order_by(_MEDIUM.c.serial_number).limit(SHOWN)):
            found[row.barcode] = row
    rows = [
        (row, f"serial number {row.serial_number}", row.serial_number in {word, word.upper()})
        for row in found.values()
    ]
    return _as_media(connection, rows)


def _as_media(connection: Connection, rows: Sequence[tuple[Any, str, bool]]) -> list[Hit]:
    places = names(
        connection, _LOCATION.c.location_id, _LOCATION.c.path, {row.location_id for row, _, _ in rows}
    )
    return [
        Hit(
            Kind.MEDIUM,
            row.barcode,
            medium_href(row.barcode),
            short_place(places[row.location_id]),
            matched,
            exact,
        )
        for row, matched, exact in rows
    ]


def _containers(connection: Connection, word: str) -> list[Hit]:
    code = word.upper()
    rows = prefix(connection, (_CONTAINER.c.barcode,), code)
    return [Hit(Kind.CONTAINER, row[0], f"/containers/{row[0]}", exact=row[0] == code) for row in rows]


def _container_labels(connection: Connection, word: str) -> list[Hit]:
    """An SSCC as a scanner sends it, or as a label reads."""
    barcode = container_barcodes(connection, [word.upper()]).get(word.upper())
    if barcode is None:
        return []
    return [Hit(Kind.CONTAINER, barcode, f"/containers/{barcode}", matched=f"SSCC {word}", exact=True)]


def _seals(connection: Connection, word: str) -> list[Hit]:
    code = word.upper()
    rows = prefix(connection, (_SEAL.c.number, _SEAL.c.container_id), code)
    boxes = names(
        connection, _CONTAINER.c.container_id, _CONTAINER.c.barcode, {row.container_id for row in rows}
    )
    return [
        Hit(
            Kind.CONTAINER, boxes[row.container_id], f"/containers/{boxes[row.container_id]}",
            matched=f"seal {row.number}", exact=row.number == code,
        )
        for row in rows
    ]  # fmt: skip


def _numbered(kind: Kind, column: Column[Any], address: str, mark: str) -> Finder:
    """Things with a running number: "CN-0412", and "412" where it is the whole number."""

    def finder(connection: Connection, word: str) -> list[Hit]:
        code = word.upper()
        if code.isascii() and code.isdigit() and mark:
            code = f"{mark}-{int(code):04d}"
            rows = list(connection.execute(select(column).where(column == code)))
        else:
            rows = prefix(connection, (column,), code)
        return [Hit(kind, row[0], f"{address}{row[0]}", exact=row[0] == code) for row in rows]

    return finder


def _locations(connection: Connection, word: str) -> list[Hit]:
    by_code = prefix(
        connection,
        (_LOCATION.c.code, _LOCATION.c.path, _LOCATION.c.location_id, _LOCATION.c.kind),
        word.upper(),
    )
    by_path = prefix(
        connection, (_LOCATION.c.path, _LOCATION.c.code, _LOCATION.c.location_id, _LOCATION.c.kind), word
    )
    return [
        Hit(
            Kind.LOCATION, row.path, f"/locations/{row.location_id}", matched=f"code {row.code}" if row.code else "",
            exact=word.upper() == row.code or word == row.path,
        )
        for row in (*by_code, *by_path)
        if row.kind is not LocationKind.CONSIGNMENT
    ]  # fmt: skip


def _entries(connection: Connection, word: str) -> list[Hit]:
    digits = word.replace(",", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > MAX_POSITION:
        return []
    position = int(digits)
    if position >= store.head(connection).size:
        return []
    entry = store.entry(connection, position)
    return [
        Hit(Kind.ENTRY, f"entry {position:,}", f"/ledger/entries/{position}", matched=entry.event, exact=True)
    ]


FINDERS: tuple[Finder, ...] = (
    _media,
    _disk_labels,
    _serials,
    _containers,
    _container_labels,
    _seals,
    _numbered(Kind.CONSIGNMENT, _CONSIGNMENT.c.number, "/consignments/", "CN"),
    _numbered(Kind.RUN, _RUN.c.number, "/runs/", ""),
    _numbered(Kind.HOLD, _HOLD.c.number, "/holds/", "H"),
    _numbered(Kind.LABEL_JOB, _LABEL_JOB.c.number, "/labels/", "LP"),
    _numbered(Kind.LABEL_SERIES, _SERIES.c.number, "/labels/series/", "LS"),
    _reserved,
    _numbered(Kind.DISCREPANCY, _DISCREPANCY.c.number, "/discrepancies/", "D"),
    papers,
    _locations,
    _entries,
)
