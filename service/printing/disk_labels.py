"""What a disk's label says, read back: the barcode and its check character, which nobody has recorded."""

import re
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.engine import Connection

from labels.errors import TextError
from labels.symbols import without_check
from service.db import table
from service.media.models import MediaType, Medium

_MEDIUM = table(Medium)
CHECKED = re.compile(r"[0-9A-Z][0-9A-Z-]*-[0-9A-Z]")


def disk_barcodes(connection: Connection, scanned: Collection[str]) -> dict[str, str]:
    """{what was scanned: the barcode of the disk it names}; without a query where nothing looks like such a label."""
    meant = {code: barcode for code in scanned if (barcode := _barcode(code)) is not None}
    if not meant:
        return {}
    query = select(_MEDIUM.c.barcode).where(
        _MEDIUM.c.barcode.in_(list(meant.values())), _MEDIUM.c.media_type == MediaType.DISK
    )
    disks = set(connection.execute(query).scalars())
    taken = set(
        connection.execute(select(_MEDIUM.c.barcode).where(_MEDIUM.c.barcode.in_(list(meant)))).scalars()
    )
    return {code: barcode for code, barcode in meant.items() if barcode in disks and code not in taken}


def _barcode(code: str) -> str | None:
    if CHECKED.fullmatch(code) is None:
        return None
    try:
        return without_check(code)
    except TextError:
        return None
