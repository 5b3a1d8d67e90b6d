"""What a person wants printed, as single labels: what each says to a scanner and to people."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from labels.symbols import parse_cartridge_barcode, parse_series, with_check
from service.containers.models import Container, Seal
from service.containers.rules import check_seal_number
from service.db import table
from service.errors import InvalidInputError
from service.handlers.models import Handler, Role
from service.handlers.rules import role_word
from service.locations.models import Location
from service.media.barcodes import shown
from service.media.importing import Places
from service.media.models import MediaType, Medium, ReservationState
from service.media.queries import chunks
from service.media.reservations import reservations_of
from service.printing.container_labels import label_items
from service.printing.items import Item
from service.printing.models import What
from service.printing.refusals import refusing
from service.printing.rules import MAX_ASKED, check_count

_MEDIUM = table(Medium)
_CONTAINER = table(Container)
_SEAL = table(Seal)
_LOCATION = table(Location)
_HANDLER = table(Handler)
BETWEEN = re.compile(r"[,;\n]+")
RANGE = re.compile(r"([A-Z0-9-]*?)([0-9]+)\.\.([A-Z0-9-]*?)([0-9]+)")
BELOW = " › *"
NAMED = 5
OPAQUE_CODE = re.compile(r"[A-Z0-9](?:-?[A-Z0-9]){0,31}")
BADGE_LENGTH = 12


def choose(connection: Connection, what: What, wanted: str, badge_id: Callable[[], str]) -> list[Item]:
    """In print order, each once. Raises InvalidInputError, at the field `wanted`, before anything is reserved."""
    if len(wanted) > MAX_ASKED or not all(one.isprintable() or one in "\r\n\t" for one in wanted):
        raise _wrong(f"Write up to {MAX_ASKED:,} characters, and no control characters.")
    if not wanted.strip():
        raise _wrong("Say what is to be printed.")
    items = _CHOICES[what](connection, wanted, badge_id)
    check_count(len(items))
    return items


def _wrong(text: str) -> InvalidInputError:
    return InvalidInputError(f"{text} Nothing was planned.", fields={"wanted": text})


def _words(wanted: str) -> list[str]:
    return list(dict.fromkeys(word for part in BETWEEN.split(wanted) if (word := part.strip())))


def _codes(wanted: str) -> list[str]:
    """Single identifiers and ranges such as C-0117..C-0120, counted in the digits at their end."""
    found: list[str] = []
    for word in _words(wanted):
        match = RANGE.fullmatch(word)
        if match is None:
            found.append(word)
            continue
        if match[1] != match[3] or len(match[2]) != len(match[4]) or int(match[2]) > int(match[4]):
            raise _wrong(f"{shown(word)} is no range: write the first and the last alike, C-0117..C-0120.")
        check_count(int(match[4]) - int(match[2]) + 1)
        found += [
            f"{match[1]}{number:0{len(match[2])}}" for number in range(int(match[2]), int(match[4]) + 1)
        ]
    check_count(len(found))
    return list(dict.fromkeys(found))


def _series(connection: Connection, wanted: str, badge_id: object) -> list[Item]:
    del connection, badge_id
    with refusing():
        return [Item(barcode) for barcode in parse_series(wanted).barcodes]


def _reprint(connection: Connection, wanted: str, badge_id: object) -> list[Item]:
    """Cartridges that exist, or numbers whose first label was issued."""
    del badge_id
    with refusing():
        barcodes = parse_series(wanted).barcodes
        for barcode in barcodes:
            parse_cartridge_barcode(barcode)
    media = _rows(connection, _MEDIUM.c.barcode, barcodes)
    known = reservations_of(connection, barcodes)
    unknown = [
        one for one in barcodes if one not in media
        and (one not in known or known[one].state is not ReservationState.ISSUED)
    ]  # fmt: skip
    if unknown:
        raise _wrong(
            f"There is no label to print again: {_listed(unknown)} is neither a medium nor printed before."
        )
    return [Item(one, media[one].medium_id if one in media else None) for one in barcodes]


def _containers(connection: Connection, wanted: str, badge_id: object) -> list[Item]:
    del badge_id
    codes = _codes(wanted)
    found = _rows(connection, _CONTAINER.c.barcode, codes)
    _refuse_unknown(codes, found, "container")
    return label_items(connection, [found[code] for code in codes])


def _disks(connection: Connection, wanted: str, badge_id: object) -> list[Item]:
    """The code ends in its check character, because people type this one."""
    del badge_id
    codes = _codes(wanted)
    found = _rows(connection, _MEDIUM.c.barcode, codes)
    disks = {code: row for code, row in found.items() if row.media_type is MediaType.DISK}
    _refuse_unknown(codes, disks, "disk")
    with refusing():
        return [Item(with_check(code), disks[code].medium_id, {"name": code}) for code in codes]


def _seals(connection: Connection, wanted: str, badge_id: object) -> list[Item]:
    del badge_id
    try:
        numbers = [check_seal_number(code) for code in _codes(wanted)]
    except InvalidInputError as error:
        raise _wrong(error.fields.get("seal") or error.fields.get("wanted", error.message)) from error
    used = list(_rows(connection, _SEAL.c.number, numbers))
    if used:
        raise _wrong(f"A seal number is used once, ever: {_listed(used)} was used already.")
    return [Item(number) for number in numbers]


def _places(connection: Connection, wanted: str, badge_id: object) -> list[Item]:
    """Places by code, path or id; “Library 1 › *” stands for everything directly in it."""
    del badge_id
    rows: dict[str, Row[Any]] = {}
    for word in _words(wanted):
        inside = word.endswith(BELOW)
        found = _place(connection, word.removesuffix(BELOW))
        column = _LOCATION.c.parent_id if inside else _LOCATION.c.location_id
        query = select(_LOCATION).where(column == found, _LOCATION.c.active)
        order = (_LOCATION.c.kind, _LOCATION.c.number, _LOCATION.c.name)
        rows |= {row.location_id: row for row in connection.execute(query.order_by(*order))}
    return [Item(_place_code(row), row.location_id, _place_texts(row)) for row in rows.values()]


def _place(connection: Connection, word: str) -> str:
    try:
        named = (_LOCATION.c.location_id == word) | (_LOCATION.c.code == word) | (_LOCATION.c.path == word)
        found = connection.execute(select(_LOCATION.c.location_id).where(named)).scalars().first()
        return str(found) if found else Places.load(connection).find(word)
    except InvalidInputError as error:
        raise _wrong(next(iter(error.fields.values()), error.message)) from error


def _place_code(row: Row[Any]) -> str:
    code = str(row.code or "")
    return code if OPAQUE_CODE.fullmatch(code) else str(row.location_id).upper()


def _place_texts(row: Row[Any]) -> dict[str, str]:
    return {"name": str(row.name), "path": str(row.path).rpartition(" › ")[0]}


def _badges(connection: Connection, wanted: str, badge_id: Callable[[], str]) -> list[Item]:
    """A badge says a random number that is not the person's; its label alone joins the two."""
    logins = _words(wanted)
    found = {code: row for code, row in _rows(connection, _HANDLER.c.login, logins).items() if row.active}
    _refuse_unknown(logins, found, "active handler")
    return [
        Item(
            badge_id(), found[login].handler_id,
            {"name": found[login].name, "role": ", ".join(role_word(Role(role)) for role in found[login].roles)},
        )
        for login in logins
    ]  # fmt: skip


_CHOICES: Mapping[What, Callable[[Connection, str, Callable[[], str]], list[Item]]] = {
    What.SERIES: _series,
    What.REPRINT: _reprint,
    What.CONTAINER: _containers,
    What.DISK: _disks,
    What.SEAL: _seals,
    What.PLACE: _places,
    What.BADGE: _badges,
}


def _rows(connection: Connection, column: Any, values: Sequence[str]) -> dict[str, Row[Any]]:
    """{value: row} of the column's table."""
    return {
        str(getattr(row, column.name)): row
        for part in chunks(values)
        for row in connection.execute(select(column.table).where(column.in_(part)))
    }


def _refuse_unknown(codes: Sequence[str], found: Mapping[str, object], noun: str) -> None:
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise _wrong(f"There is no {noun} {_listed(unknown)}.")


def _listed(codes: Sequence[str]) -> str:
    told = ", ".join(shown(code) for code in codes[:NAMED])
    return told + (f" and {len(codes) - NAMED:,} more" if len(codes) > NAMED else "")


def badge_number(fresh_id: str) -> str:
    """The random part of a fresh id, as a badge says it."""
    return f"B-{fresh_id[-BADGE_LENGTH:].upper()}"
