"""The ends of a consignment and its carrier, with how to reach them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from labels.documents import Party
from service.consignments.listing import ConsignmentRow
from service.db import table
from service.parties.models import Party as PartyRow
from service.printing.documents.facts import EndFacts

_PARTY = table(PartyRow)


@dataclass(frozen=True, slots=True)
class Ends:
    sender: EndFacts
    receiver: EndFacts
    carrier: EndFacts


def ends(connection: Connection, row: ConsignmentRow) -> Ends:
    ids = [row.from_party_id, row.to_party_id, row.carrier_id]
    query = select(_PARTY.c.party_id, _PARTY.c.contact).where(_PARTY.c.party_id.in_(ids))
    contacts = {found.party_id: found.contact for found in connection.execute(query)}
    return Ends(
        EndFacts(row.from_party, contacts[row.from_party_id], row.from_place),
        EndFacts(row.to_party, contacts[row.to_party_id], row.to_place),
        EndFacts(row.carrier, contacts[row.carrier_id]),
    )


def printed(end: EndFacts) -> Party:
    return Party(end.party, as_said(end.place), contact=end.contact)


def as_said(path: str) -> str:
    """A path as people say it: Site 1, Library 1, slot 3."""
    return path.replace(" › ", ", ")
