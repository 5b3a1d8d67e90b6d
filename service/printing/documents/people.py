"""Who acted, and for whom they work."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.handlers.models import Handler
from service.media.queries import chunks
from service.parties.models import Party

_HANDLER = table(Handler)
_PARTY = table(Party)


@dataclass(frozen=True, slots=True, order=True)
class Somebody:
    name: str
    party: str


def people(connection: Connection, handler_ids: Iterable[str]) -> dict[str, Somebody]:
    found: dict[str, Somebody] = {}
    for part in chunks(set(handler_ids)):
        query = (
            select(_HANDLER.c.handler_id, _HANDLER.c.name, _PARTY.c.name)
            .join(_PARTY, _PARTY.c.party_id == _HANDLER.c.party_id)
            .where(_HANDLER.c.handler_id.in_(part))
        )
        found |= {row[0]: Somebody(row[1], row[2]) for row in connection.execute(query)}
    return found
