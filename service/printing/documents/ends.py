"""The ends of a consignment and its carrier, with how to reach them."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from labels.documents import Party
from service.consignments.listing import ConsignmentRow
from service.db import table
from service.parties.models import Party as PartyRow
from service.printing.documents.facts import EndFacts
from service.printing.documents.wording import Wording, mark

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


# Names that Strongroom gave itself; all others are people's and stay as they are.
OWN_NAMES = (
    (re.compile(r"slot ([0-9]+)"), mark("slot {number}")),
    (re.compile(r"mail slot ([0-9]+)"), mark("mail slot {number}")),
    (re.compile(r"drive ([0-9]+)"), mark("drive {number}")),
    (re.compile(r"Consignment ([A-Z]+-[0-9]+)"), mark("consignment {number}")),
)


def worded(path: str, words: Wording) -> str:
    """As people say it, in the language of the paper."""
    *before, last = path.split(" › ")
    for pattern, message in OWN_NAMES:
        if found := pattern.fullmatch(last):
            last = words.text(message, number=found[1])
            break
    return ", ".join([*before, last])
