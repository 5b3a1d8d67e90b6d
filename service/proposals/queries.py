"""Reading proposals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import NotFoundError
from service.handlers.models import Handler
from service.handlers.queries import Person
from service.handlers.second_person import may_approve
from service.media.barcodes import shown
from service.proposals.models import Proposal
from service.proposals.rules import PERMISSION

_PROPOSAL, _HANDLER = table(Proposal), table(Handler)
NUMBER = re.compile(r"P-[0-9]{4,12}")
_COLUMNS = [_PROPOSAL.c[name] for name in Proposal.model_fields]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with the names of its people; `decider` is empty while it is open."""

    proposal: Proposal
    proposer: str
    decider: str


def by_number(connection: Connection, number: str) -> Proposal:
    query = select(*_COLUMNS).where(_PROPOSAL.c.number == number)
    row = connection.execute(query).mappings().one_or_none() if NUMBER.fullmatch(number) else None
    if row is None:
        raise NotFoundError("proposal", shown(number))
    return Proposal(**row)


def proposal(connection: Connection, number: str) -> ProposalView:
    return _views(connection, [by_number(connection, number)])[0]


def proposals(
    connection: Connection, *, open_only: bool = True, after: str | None = None, limit: int = 50
) -> list[ProposalView]:
    """Newest first; `after` continues below a proposal_id."""
    query = select(*_COLUMNS).order_by(_PROPOSAL.c.proposal_id.desc()).limit(limit)
    if open_only:
        query = query.where(_PROPOSAL.c.outcome.is_(None))
    if after is not None:
        query = query.where(_PROPOSAL.c.proposal_id < after)
    return _views(connection, [Proposal(**row) for row in connection.execute(query).mappings()])


def to_decide(person: Person) -> ColumnElement[bool]:
    """What of the open proposals waits for this person."""
    kinds = [kind for kind, permission in PERMISSION.items() if may_approve(person.permissions, permission)]
    return and_(
        _PROPOSAL.c.outcome.is_(None),
        _PROPOSAL.c.kind.in_(kinds),
        _PROPOSAL.c.proposed_by != person.handler_id,
    )


def waiting_for(connection: Connection, person: Person) -> list[Proposal]:
    query = select(*_COLUMNS).where(to_decide(person)).order_by(_PROPOSAL.c.proposal_id)
    return [Proposal(**row) for row in connection.execute(query).mappings()]


def open_count(connection: Connection) -> int:
    query = select(func.count()).select_from(_PROPOSAL).where(_PROPOSAL.c.outcome.is_(None))
    return int(connection.execute(query).scalar_one())


def may_decide(person: Person, found: Proposal) -> bool:
    return found.proposed_by != person.handler_id and may_approve(person.permissions, PERMISSION[found.kind])


def _views(connection: Connection, found: Sequence[Proposal]) -> list[ProposalView]:
    wanted = {one for row in found for one in (row.proposed_by, row.decided_by) if one}
    query = select(_HANDLER.c.handler_id, _HANDLER.c.name).where(_HANDLER.c.handler_id.in_(wanted))
    names = {row.handler_id: row.name for row in connection.execute(query)} if wanted else {}
    return [ProposalView(row, names.get(row.proposed_by, ""), names.get(row.decided_by, "")) for row in found]
