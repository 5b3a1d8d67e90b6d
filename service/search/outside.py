"""What a vendor's people find: consignments of their own, by number or by what stands on a medium, container or seal in them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment, ConsignmentContainer, ManifestLine
from service.containers.models import Container
from service.custody.sight import sees_consignment
from service.db import table
from service.handlers.queries import Person
from service.media.models import Medium
from service.printing.container_labels import container_barcodes
from service.search.hits import SHOWN, Hit, Kind, prefix

_CONSIGNMENT = table(Consignment)
_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_MEDIUM = table(Medium)


def find_outside(connection: Connection, person: Person, word: str) -> Iterator[Hit]:
    """A consignment's number may be begun; what is in it has to be named whole."""
    code = word.upper()
    seen = sees_consignment(person, _CONSIGNMENT.c.consignment_id)
    for (number,) in prefix(connection, (_CONSIGNMENT.c.number,), code, seen):
        yield _hit(number, exact=number == code)
    barcode = container_barcodes(connection, [code]).get(code, code)
    for query, by in _inside(barcode):
        newest = query.where(seen).order_by(_CONSIGNMENT.c.number.desc()).limit(SHOWN)
        for index, (number,) in enumerate(connection.execute(newest)):
            yield _hit(number, f"{by} {code}", exact=index == 0)


def _inside(code: str) -> Iterator[tuple[Select[Any], str]]:
    of_lines = select(_CONSIGNMENT.c.number).join(
        _LINE, _LINE.c.consignment_id == _CONSIGNMENT.c.consignment_id
    )
    of_boxes = select(_CONSIGNMENT.c.number).join(
        _BOX, _BOX.c.consignment_id == _CONSIGNMENT.c.consignment_id
    )
    with_media = of_lines.join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
    yield with_media.where(_MEDIUM.c.barcode == code), "medium"
    yield with_media.where(_MEDIUM.c.serial_number == code), "serial number"
    in_boxes = of_boxes.join(_CONTAINER, _CONTAINER.c.container_id == _BOX.c.container_id)
    yield in_boxes.where(_CONTAINER.c.barcode == code), "container"
    yield of_boxes.where(_BOX.c.seal_number == code), "seal"


def _hit(number: str, matched: str = "", *, exact: bool) -> Hit:
    return Hit(Kind.CONSIGNMENT, number, f"/consignments/{number}", matched=matched, exact=exact)
