"""Proposals as JSON: what needs a second person is proposed here, and decided."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.proposals import actions, queries
from service.proposals.schemas import ProposalShape, ProposedHandler, ProposedPolicy, ProposedRoles, Refusal
from service.web.deps import Act, Reading, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/proposals", tags=["proposals"])

Reader = Annotated[Person, reading(Permission.READ)]
# Whose it is to decide follows from what is proposed; the unit looks.
Decider = Annotated[Act, acting(Permission.READ)]
OfHandlers = Annotated[Act, acting(Permission.MANAGE_HANDLERS)]
OfPolicies = Annotated[Act, acting(Permission.MANAGE_POLICY)]
Number = Annotated[str, Path(max_length=20, examples=["P-0001"])]


@router.get("")
def list_proposals(
    session: Reading,
    person: Reader,
    *,
    everything: Annotated[bool, Query(description="Decided ones too.")] = False,
    after: After = None,
    limit: Limit = 100,
) -> PageOf[ProposalShape]:
    """Newest first."""
    del person
    rows = queries.proposals(session.connection(), open_only=not everything, after=after, limit=limit + 1)
    return paged(rows, limit, ProposalShape.of, lambda row: row.proposal.proposal_id)


@router.get("/{number}")
def show_proposal(number: Number, session: Reading, person: Reader) -> ProposalShape:
    del person
    return ProposalShape.of(queries.proposal(session.connection(), number))


def _proposed(act: Act, work: Callable[[Unit], str]) -> Response:
    return act(lambda unit: ProposalShape.of(queries.proposal(unit.connection, work(unit))), 201)


@router.post("/roles", status_code=201, response_model=ProposalShape)
def propose_roles(typed: ProposedRoles, act: OfHandlers) -> Response:
    return _proposed(act, lambda unit: actions.propose_roles(unit, **typed.model_dump()))


@router.post("/handlers", status_code=201, response_model=ProposalShape)
def propose_handler(typed: ProposedHandler, act: OfHandlers) -> Response:
    return _proposed(act, lambda unit: actions.propose_handler(unit, **typed.model_dump()))


@router.post("/policies", status_code=201, response_model=ProposalShape)
def propose_policy(typed: ProposedPolicy, act: OfPolicies) -> Response:
    return _proposed(
        act,
        lambda unit: actions.propose_retention(
            unit, typed.name, typed.values(), typed.weekly_weekday, typed.reason
        ),
    )


@router.post("/{number}/approve", response_model=ProposalShape)
def approve(request: Request, number: Number, act: Decider) -> Response:
    """By another person than its proposer; what was proposed is done at once."""

    def work(unit: Unit) -> ProposalShape:
        actions.approve(unit, number, act.person.permissions)
        return ProposalShape.of(queries.proposal(unit.connection, number))

    answer = act(work)
    request.app.state.sign_ins.forget()
    return answer


@router.post("/{number}/refuse", response_model=ProposalShape)
def refuse(number: Number, typed: Refusal, act: Decider) -> Response:
    """By its proposer it is withdrawn."""

    def work(unit: Unit) -> ProposalShape:
        actions.refuse(unit, number, act.person.permissions, typed.reason)
        return ProposalShape.of(queries.proposal(unit.connection, number))

    return act(work)
