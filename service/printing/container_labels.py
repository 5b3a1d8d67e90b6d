"""Labels of containers: GS1-128 with an SSCC where our organisation has a GS1 prefix, Code 128 with the barcode where not.

An SSCC (GS1 General Specifications, application identifier 00) is an extension digit, the company prefix, a serial
reference, 17 digits together, and a check digit. Extension digit and serial reference are counted as one number.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from labels.errors import SsccError
from labels.symbols.code128 import SSCC_APPLICATION_ID, checked_sscc, gs1_check_digit
from service.containers.actions import give_sscc
from service.containers.models import Container
from service.db import table
from service.errors import RefusedError
from service.ledger.writer import Unit
from service.media.models import Medium
from service.media.queries import chunks
from service.parties.queries import gs1_prefix
from service.printing.items import Item

_CONTAINER = table(Container)
_MEDIUM = table(Medium)
COUNTED_DIGITS = 17
# As scanners send it: with the symbology identifier, the application identifier, as a label reads, or the digits alone.
SCANNED = re.compile(r"(?:\]C1)?(?:00|\(00\) ?)?([0-9]{18})")


class PrefixUsedUpError(RefusedError):
    title = "No SSCC is left"

    def __init__(self, prefix: str) -> None:
        super().__init__(
            f"Every SSCC under the GS1 prefix {prefix} was given. Nothing was planned.",
            next_step="Enter another prefix of our organisation.",
        )


def sscc(prefix: str, number: int) -> str:
    """The number-th under this prefix, from 0. Raises PrefixUsedUpError."""
    room = COUNTED_DIGITS - len(prefix)
    if number >= 10**room:
        raise PrefixUsedUpError(prefix)
    counted = f"{number:0{room}}"
    digits = counted[0] + prefix + counted[1:]
    return digits + gs1_check_digit(digits)


def next_number(connection: Connection, prefix: str) -> int:
    """Above every number that was given under this prefix, or under one that begins or goes on like it; from 1."""
    of_prefix = func.substr(_CONTAINER.c.sscc, 2, len(prefix)) == prefix
    last = connection.execute(select(func.max(_CONTAINER.c.sscc)).where(of_prefix)).scalar_one()
    return 1 if last is None else int(last[0] + last[1 + len(prefix) : COUNTED_DIGITS]) + 1


def label_items(connection: Connection, containers: Sequence[Row[Any]]) -> list[Item]:
    """Of rows of `container`, in their order. One that has no SSCC yet is shown with the one that is next."""
    prefix = gs1_prefix(connection)
    if prefix is None:
        return [Item(row.barcode, row.container_id) for row in containers]
    number, items = next_number(connection, prefix), []
    for row in containers:
        code = row.sscc or sscc(prefix, number)
        number += row.sscc is None
        items.append(Item(SSCC_APPLICATION_ID + code, row.container_id, {"name": row.barcode}))
    return items


def numbered(unit: Unit, items: Sequence[Item]) -> list[Item]:
    """The same labels, every container with the SSCC that it has or gets now."""
    rows = _by_id(unit.connection, [str(item.thing_id) for item in items])
    final = label_items(unit.connection, [rows[str(item.thing_id)] for item in items])
    for item in final:
        if "name" in item.texts and rows[str(item.thing_id)].sscc is None:
            give_sscc(unit, str(item.thing_id), item.payload.removeprefix(SSCC_APPLICATION_ID))
    return final


def _by_id(connection: Connection, container_ids: Sequence[str]) -> dict[str, Row[Any]]:
    return {
        row.container_id: row
        for part in chunks(container_ids)
        for row in connection.execute(select(_CONTAINER).where(_CONTAINER.c.container_id.in_(part)))
    }


def read_sscc(scanned: str) -> str | None:
    """The 18 digits, where this is a whole SSCC with its check digit; pure."""
    match = SCANNED.fullmatch(scanned)
    if match is None:
        return None
    try:
        return checked_sscc(match[1])
    except SsccError:
        return None


def payload_of(scanned: str) -> str | None:
    """What the label says whose SSCC was scanned or typed."""
    code = read_sscc(scanned)
    return None if code is None else SSCC_APPLICATION_ID + code


def container_barcodes(connection: Connection, scanned: Collection[str]) -> Mapping[str, str]:
    """{what was scanned: the barcode of the container with this SSCC}; without a query where nothing looks like one."""
    meant = {text: code for text in scanned if (code := read_sscc(text)) is not None}
    if not meant:
        return {}
    query = select(_CONTAINER.c.sscc, _CONTAINER.c.barcode).where(_CONTAINER.c.sscc.in_(list(meant.values())))
    found = {row.sscc: row.barcode for row in connection.execute(query)}
    taken = {
        barcode
        for column in (_MEDIUM.c.barcode, _CONTAINER.c.barcode)
        for barcode in connection.execute(select(column).where(column.in_(list(meant)))).scalars()
    }
    return {text: found[code] for text, code in meant.items() if code in found and text not in taken}
