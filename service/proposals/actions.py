"""Proposing, approving, refusing, withdrawing. What is approved is done in the same unit, by the action that one person alone would use."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any, assert_never

from service.bookkeeping import next_number
from service.errors import RefusedError
from service.handlers import actions as handlers
from service.handlers.models import Role
from service.handlers.rules import (
    Permission,
    check_not_oneself,
    check_person,
    check_roles,
    login_of,
    role_word,
)
from service.ledger.format import canonical_bytes
from service.ledger.writer import Unit
from service.policies import actions as policies
from service.policies.queries import in_force
from service.policies.rules import PolicyFacts, Tier, check_policy, shorter_tiers
from service.proposals import queries, rules
from service.proposals.models import PROPOSAL, Outcome, Proposal, ProposalKind

NUMBERS = "P"
NOBODY_ALONE = "Only a person who is signed in proposes. Nothing was proposed."


class ProposalEvent(StrEnum):
    MADE = "proposal:made"
    APPROVED = "proposal:approved"
    REFUSED = "proposal:refused"
    WITHDRAWN = "proposal:withdrawn"


def propose_roles(unit: Unit, handler_id: str, roles: Sequence[Role], reason: str) -> str:
    """Returns the proposal's number (P-0001)."""
    found = handlers.existing(unit, handler_id)
    held = sorted(set(roles))
    check_not_oneself(handler_id, unit.actor.handler_id)
    check_roles(held, rules.check_reason(reason))
    before = sorted(found.roles)
    content = {"handler_id": handler_id, "before": before, "roles": [role.value for role in held]}
    title = f"{found.name}: {_words(before) or 'no role'} → {_words(held)}"
    return _propose(unit, ProposalKind.ROLES, title, content, reason)


def propose_handler(
    unit: Unit, *, login: str, name: str, party_id: str, roles: Sequence[Role], reason: str, title: str = ""
) -> str:
    """A new handler with roles. Returns the proposal's number."""
    held, login = sorted(set(roles)), login_of(login)
    check_person(login, name, title)
    check_roles(held, rules.check_reason(reason))
    handlers.check_new(unit, login, party_id)
    content = {
        "login": login, "name": name, "title": title, "party_id": party_id, "roles": [role.value for role in held],
    }  # fmt: skip
    return _propose(unit, ProposalKind.HANDLER, f"A new handler, {name}: {_words(held)}", content, reason)


def propose_retention(unit: Unit, name: str, tiers: Sequence[Tier], weekly_weekday: int, reason: str) -> str:
    """A version of a policy that keeps something for less time. Returns the proposal's number."""
    name = name.strip()
    check_policy(name, tiers, weekly_weekday)
    rules.check_reason(reason)
    old = in_force(unit.connection, name)
    if old is None:
        raise RefusedError(f"There is no policy {name} that could be shortened. Nothing was proposed.")
    shorter = shorter_tiers(old, PolicyFacts(0, weekly_weekday, tuple(tiers)))
    if not shorter:
        raise RefusedError("Nothing is kept for less time: publish it. Nothing was proposed.")
    content = {
        "name": name, "version": old.version, "weekly_weekday": weekly_weekday, "tiers": [tier.stored() for tier in tiers],
    }  # fmt: skip
    return _propose(unit, ProposalKind.RETENTION, f"{name}: {'; '.join(shorter)}", content, reason)


def _words(roles: Sequence[str]) -> str:
    return ", ".join(role_word(Role(role)) for role in roles)


def _propose(unit: Unit, kind: ProposalKind, title: str, content: Mapping[str, Any], reason: str) -> str:
    if unit.actor.handler_id is None:
        raise RefusedError(NOBODY_ALONE)
    number = next_number(unit, NUMBERS)
    values = {
        "proposal_id": unit.new_id(), "number": number, "kind": kind, "title": title[:500], "content": dict(content),
        "content_sha256": sha256(canonical_bytes(content)).hexdigest(), "reason": rules.check_reason(reason),
        "proposed_by": unit.actor.handler_id, "proposed_at": unit.now, "outcome": None, "decided_by": None, "decided_at": None,
    }  # fmt: skip
    unit.create(PROPOSAL, values, ProposalEvent.MADE, reason=str(values["reason"]))
    return number


def approve(unit: Unit, number: str, held: frozenset[Permission]) -> None:
    """`held` is what the approver may do. Raises ProposalDecidedError, OwnProposalError, NotYoursToDecideError, ProposalOldError."""
    found = _open(unit, number)
    rules.check_decider(
        number, found.kind, proposer=found.proposed_by, decider=unit.actor.handler_id, held=held
    )
    _decide(unit, found, Outcome.APPROVED, ProposalEvent.APPROVED, found.reason)
    _carry_out(unit, found)


def refuse(unit: Unit, number: str, held: frozenset[Permission], reason: str) -> None:
    """By its proposer: withdrawn."""
    found, reason = _open(unit, number), rules.check_reason(reason)
    if unit.actor.handler_id == found.proposed_by:
        _decide(unit, found, Outcome.WITHDRAWN, ProposalEvent.WITHDRAWN, reason)
        return
    rules.check_decider(
        number, found.kind, proposer=found.proposed_by, decider=unit.actor.handler_id, held=held
    )
    _decide(unit, found, Outcome.REFUSED, ProposalEvent.REFUSED, reason)


def _open(unit: Unit, number: str) -> Proposal:
    unit.flush()
    found = queries.by_number(unit.connection, number)
    rules.check_open(number, found.outcome)
    return found


def _decide(unit: Unit, found: Proposal, outcome: Outcome, event: ProposalEvent, reason: str) -> None:
    values = {"outcome": outcome, "decided_by": unit.actor.handler_id, "decided_at": unit.now}
    facts = {"content_sha256": found.content_sha256}
    unit.change(PROPOSAL, found.proposal_id, values, event, facts=facts, reason=reason)


def _carry_out(unit: Unit, found: Proposal) -> None:
    content = found.content
    facts = {"proposal": found.number, "proposed_by": found.proposed_by}
    match found.kind:
        case ProposalKind.ROLES:
            there = handlers.existing(unit, content["handler_id"])
            if sorted(there.roles) != content["before"]:
                raise rules.ProposalOldError(found.number, f"what {there.name} may do")
            roles = [Role(role) for role in content["roles"]]
            handlers.change_roles(unit, there.handler_id, roles, found.reason, facts=facts)
        case ProposalKind.HANDLER:
            roles = [Role(role) for role in content["roles"]]
            handlers.create_handler(unit, **content | {"roles": roles}, reason=found.reason, facts=facts)
        case ProposalKind.RETENTION:
            now = in_force(unit.connection, content["name"])
            if now is None or now.version != content["version"]:
                raise rules.ProposalOldError(found.number, f"the policy {content['name']}")
            tiers = [Tier.from_stored(tier) for tier in content["tiers"]]
            policies.publish_policy(
                unit, content["name"], tiers, content["weekly_weekday"], found.reason, facts=facts
            )
        case _:
            assert_never(found.kind)
