"""The frozen manifest: canonical JSON whose hash the ledger, the paper and the courier carry."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service.consignments.models import ConsignmentContainer
from service.containers.models import Container
from service.db import table
from service.ledger.format import canonical_bytes, timestamp
from service.ledger.writer import Unit
from service.locations.models import Location
from service.parties.models import Party

if TYPE_CHECKING:
    from service.consignments.actions import Facts

_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_LOCATION = table(Location)
_PARTY = table(Party)


def manifest_bytes(unit: Unit, consignment: "Facts", lines: list[dict[str, Any]]) -> bytes:
    row = consignment.row
    return canonical_bytes({
        "manifest": row.number,
        "type": "outbound" if row.direction == "out" else "inbound",
        "purpose": row.purpose,
        "frozen_at": timestamp(unit.now),
        "from": {"party": _party(unit, consignment.from_party), "place": _place(unit, row.from_location_id)},
        "to": {"party": _party(unit, consignment.to_party), "place": _place(unit, row.to_location_id)},
        "carrier": _party(unit, row.carrier_id),
        "containers": _containers(unit, consignment.id),
        "media": [_medium(index, line) for index, line in enumerate(lines, 1)],
    })  # fmt: skip


def _medium(index: int, line: dict[str, Any]) -> dict[str, object]:
    return {
        "line": index,
        "barcode": line["barcode"],
        "serial_number": line["serial_number"],
        "media_type": line["media_type"].value,
        "encrypted": line["encrypted"],
        "dataset": line["dataset"],
        "retain_until": line["expires_on"].isoformat() if line["expires_on"] else None,
        "container": line["container"],
    }


def _containers(unit: Unit, consignment_id: str) -> list[dict[str, object]]:
    query = (
        select(_CONTAINER.c.barcode, _BOX.c.seal_number, _BOX.c.pieces)
        .join(_BOX, _BOX.c.container_id == _CONTAINER.c.container_id)
        .where(_BOX.c.consignment_id == consignment_id)
        .order_by(_CONTAINER.c.barcode)
    )
    return [
        {"container": barcode, "seal": seal, "pieces": pieces}
        for barcode, seal, pieces in unit.connection.execute(query)
    ]


def _party(unit: Unit, party_id: str) -> str:
    return str(
        unit.connection.execute(select(_PARTY.c.name).where(_PARTY.c.party_id == party_id)).scalar_one()
    )


def _place(unit: Unit, location_id: str) -> str:
    return str(
        unit.connection.execute(
            select(_LOCATION.c.path).where(_LOCATION.c.location_id == location_id)
        ).scalar_one()
    )
