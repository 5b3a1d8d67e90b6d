"""What stands packed for a consignment, and whether it is still so: read inside the unit that decides."""

from typing import Any

from sqlalchemy import select

from service.consignments import rules
from service.consignments.models import ConsignmentContainer, LineState, ManifestLine
from service.containers.models import Container
from service.db import table
from service.holds.queries import held
from service.ledger.writer import Unit
from service.media.models import Medium

_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_MEDIUM = table(Medium)


def packed_lines(unit: Unit, consignment_id: str) -> list[dict[str, Any]]:
    """In the order of the manifest: by container, then by barcode."""
    query = (
        select(_LINE.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.serial_number, _MEDIUM.c.media_type, _MEDIUM.c.encrypted, _MEDIUM.c.dataset, _MEDIUM.c.expires_on, _CONTAINER.c.barcode.label("container"))
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state == LineState.PACKED)
        .order_by(_CONTAINER.c.barcode, _MEDIUM.c.barcode)
    )  # fmt: skip
    return [dict(row) for row in unit.connection.execute(query).mappings()]


def unsealed(unit: Unit, consignment_id: str) -> list[str]:
    """Containers of the consignment that hold something and have no seal."""
    query = (
        select(_CONTAINER.c.barcode)
        .join(_BOX, _BOX.c.container_id == _CONTAINER.c.container_id)
        .where(
            _BOX.c.consignment_id == consignment_id,
            _BOX.c.seal_number.is_(None),
            select(_MEDIUM.c.medium_id).where(_MEDIUM.c.container_id == _CONTAINER.c.container_id).exists(),
        )
    )
    return list(unit.connection.execute(query).scalars())


def check_may_leave(unit: Unit, number: str, consignment_id: str) -> None:
    """What is listed is in its container, nothing else is, and no hold forbids its release."""
    on_list = (_LINE.c.consignment_id == consignment_id) & (_LINE.c.state == LineState.PACKED)
    listed = select(
        _MEDIUM.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.container_id, _LINE.c.container_id.label("box")
    )
    rows = unit.connection.execute(
        listed.join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id).where(on_list)
    ).all()
    astray = [row.barcode for row in rows if row.container_id != row.box]
    known = {row.medium_id for row in rows}
    inside = select(_MEDIUM.c.medium_id, _MEDIUM.c.barcode).join(
        _BOX, _BOX.c.container_id == _MEDIUM.c.container_id
    )
    unlisted = [
        row.barcode
        for row in unit.connection.execute(inside.where(_BOX.c.consignment_id == consignment_id))
        if row.medium_id not in known
    ]
    names = {row.medium_id: row.barcode for row in rows}
    on_hold = [names[medium_id] for medium_id in held(unit.connection, known)]
    rules.check_may_leave(number, sorted(astray), sorted(unlisted), sorted(on_hold))
