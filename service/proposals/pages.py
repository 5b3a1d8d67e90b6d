"""Proposals: the list, one with all that it would do, approving and refusing."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session
from starlette.responses import Response

from service.handlers.administration import AREAS
from service.handlers.models import Role
from service.handlers.queries import Person
from service.handlers.rules import Permission, role_word
from service.policies.forms import WEEKDAYS
from service.policies.rules import Tier
from service.proposals import actions, queries
from service.proposals.models import Outcome, ProposalKind
from service.proposals.queries import ProposalView, may_decide
from service.proposals.rules import PERMISSION
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.admin import Area
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage, ThingPage
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Fact,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Method,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/proposals", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Number = Annotated[str, Path(max_length=20)]
SHOWN = 50
STATE = {
    None: Chip("waits", Tone.AMBER),
    Outcome.APPROVED: Chip("approved", Tone.GREEN),
    Outcome.REFUSED: Chip("refused"),
    Outcome.WITHDRAWN: Chip("withdrawn"),
}


def _area(session: Session, person: Person) -> Area:
    del person
    waiting = queries.open_count(session.connection())
    return Area(
        "Proposals",
        "/proposals",
        "Rights and shorter retentions that a second person decides.",
        f"{waiting} wait",
    )


AREAS.append(_area)


@router.get("")
def list_proposals(page: Reader, after: After = None, *, everything: bool = False) -> Response:
    rows = queries.proposals(
        page.session.connection(), open_only=not everything, after=after, limit=SHOWN + 1
    )
    query = "?everything=true&" if everything else "?"
    last = rows[SHOWN - 1].proposal.proposal_id if len(rows) > SHOWN else ""
    columns = (
        Column("Proposal", mono=True), Column("What"), Column("By", keep=Keep.TABLET),
        Column("Proposed", numeric=True, keep=Keep.TABLET), Column("State"),
    )  # fmt: skip
    empty = EmptyState(
        "No proposals.", "Who gives rights or shortens a retention proposes it; another person decides."
    )
    links = (
        FilterLink("open", "/proposals", current=not everything),
        FilterLink("all", "/proposals?everything=true", current=everything),
    )
    table = Table(
        "proposals", "Proposals", columns, tuple(_row(view) for view in rows[:SHOWN]),
        older_href=f"/proposals{query}after={last}" if last else None, empty=empty,
    )  # fmt: skip
    head = Head(Link("Administration", "/administration"), "Proposals")
    view = ListPage("Proposals", Place.ADMINISTRATION, head, table, filters=(Filter("Show", links),))
    return page.render("pages/list.html", view)


def _row(view: ProposalView) -> Row:
    found = view.proposal
    return Row(
        (
            Cell(Ident(found.number, f"/proposals/{found.number}"), head=True), Cell(found.title), Cell(view.proposer),
            Cell(When(found.proposed_at, WhenStyle.DATE)), Cell(STATE[found.outcome]),
        ),
        key=found.number,
    )  # fmt: skip


@router.get("/{number}")
def show_proposal(page: Reader, number: Number) -> Response:
    view = queries.proposal(page.session.connection(), number)
    found = view.proposal
    facts = (
        Fact("Why", found.reason),
        Fact("Proposed", (view.proposer, ", ", When(found.proposed_at, WhenStyle.BOTH))),
        *((Fact(STATE[found.outcome].word.capitalize(), (view.decider, ", ", When(found.decided_at, WhenStyle.BOTH))),)
          if found.decided_at else ()),
        Fact("SHA-256 of it", Ident(found.content_sha256)),
        Fact("In the ledger", Link("its entries", f"/ledger?subject=proposal:{found.proposal_id}")),
    )  # fmt: skip
    head = Head(
        Link("Proposals", "/proposals"), Ident(found.number), where=found.title, chips=(STATE[found.outcome],),
        acts=_acts(page.person, view) if found.outcome is None else (),
    )  # fmt: skip
    sections = (FactsSection("What it does", _told(view)), FactsSection("Proposal", facts))
    return page.render(
        "pages/thing.html", ThingPage(f"Proposal {found.number}", Place.ADMINISTRATION, head, sections)
    )


def _told(view: ProposalView) -> tuple[Fact, ...]:
    """All of the content, in words."""
    content = view.proposal.content
    match view.proposal.kind:
        case ProposalKind.ROLES:
            return (
                Fact("Now", _roles(content["before"]) or "no role"),
                Fact("Then", _roles(content["roles"])),
            )
        case ProposalKind.HANDLER:
            return (
                Fact("Login", Ident(content["login"])), Fact("Name", content["name"]), Fact("Title", content["title"] or "none"),
                Fact("Roles", _roles(content["roles"])),
            )  # fmt: skip
        case ProposalKind.RETENTION:
            tiers = [Tier.from_stored(tier) for tier in content["tiers"]]
            return (
                Fact("Policy", f"{content['name']}, in place of version {content['version']}"),
                Fact("Weekly day", WEEKDAYS[content["weekly_weekday"]]),
                *(Fact(tier.name.value.capitalize(), f"{tier.keep} {tier.span.value}, {'off site' if tier.off_site else 'in the library'}")
                  for tier in tiers),
            )  # fmt: skip


def _roles(names: list[str]) -> str:
    return ", ".join(role_word(Role(name)) for name in names)


def _acts(person: Person, view: ProposalView) -> tuple[Act, ...]:
    base = f"/proposals/{view.proposal.number}"
    own = view.proposal.proposed_by == person.handler_id
    may = may_decide(person, view.proposal)
    who = PERMISSION[view.proposal.kind].value.replace("_", " ")
    reason = (
        "you proposed it; another person decides"
        if own
        else f"needs a security officer, or the right to {who}"
    )
    refuse = Act("Withdraw" if own else "Refuse", f"{base}/refuse", enabled=may or own, reason=reason)
    return (Act("Approve", f"{base}/approve", Method.POST, enabled=may, reason=reason, first=True), refuse)


@router.post("/{number}/approve")
def approve(page: Reader, number: Number) -> Response:
    page.act(lambda unit: actions.approve(unit, number, page.person.permissions))
    page.request.app.state.sign_ins.forget()
    return page.redirect(f"/proposals/{number}", f"{number} is approved and done.")


@router.get("/{number}/refuse")
def refuse_page(page: Reader, number: Number) -> Response:
    return page.render("pages/form.html", _refusal(page, number))


@router.post("/{number}/refuse")
def refuse(page: Reader, number: Number) -> Response:
    return act_or_again(
        page,
        lambda: _refusal(page, number),
        lambda unit: actions.refuse(unit, number, page.person.permissions, page.text("reason")),
        lambda _: page.redirect(f"/proposals/{number}", f"{number} is decided; nothing was changed."),
    )


def _refusal(page: Page, number: str) -> FormPage:
    found = queries.by_number(page.session.connection(), number)
    word = "Withdraw" if found.proposed_by == page.person.handler_id else "Refuse"
    why = Field("reason", "Why", FieldKind.TEXTAREA, rows=2, help="It stands in the ledger.")
    form = Form(
        "refuse", f"/proposals/{number}/refuse", f"{word} {number}", (why,), other=(Act("Back", f"/proposals/{number}"),)
    )  # fmt: skip
    head = Head(Link("Proposals", "/proposals"), Ident(number), where=found.title)
    return FormPage(f"{word} {number}", Place.ADMINISTRATION, head, form)
