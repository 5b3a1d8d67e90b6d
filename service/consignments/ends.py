"""Between which places a consignment opened by hand may go, and who may carry it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.consignments.arranging import ENDS
from service.db import table
from service.locations.models import Location, LocationKind
from service.parties.models import Party, PartyKind

_LOCATION = table(Location)
_PARTY = table(Party)


@dataclass(frozen=True, slots=True)
class EndPlace:
    location_id: str
    party_id: str
    label: str


def ends(connection: Connection, kinds: Sequence[LocationKind] = tuple(ENDS)) -> list[EndPlace]:
    """Where a consignment may start or end, ours and the vendors', with the party's name."""
    query = (
        select(_LOCATION.c.location_id, _LOCATION.c.path, _PARTY.c.party_id, _PARTY.c.name)
        .join(_PARTY, _PARTY.c.party_id == _LOCATION.c.party_id)
        .where(_LOCATION.c.kind.in_(kinds), _LOCATION.c.active)
        .order_by(_PARTY.c.name, _LOCATION.c.path)
    )
    return [
        EndPlace(row.location_id, row.party_id, f"{row.name}: {row.path}")
        for row in connection.execute(query)
    ]


def carriers(connection: Connection) -> list[tuple[str, str]]:
    """(party_id, name) of the couriers in use."""
    query = select(_PARTY.c.party_id, _PARTY.c.name).where(
        _PARTY.c.kind == PartyKind.COURIER, _PARTY.c.active
    )
    return [(row.party_id, row.name) for row in connection.execute(query.order_by(_PARTY.c.name))]
