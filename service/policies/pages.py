"""Policies: what is in force, its calendar, publishing a new version after its dry run."""

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from service.errors import InvalidInputError
from service.handlers.administration import AREAS
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.handlers.second_person import SecondPersonNeededError
from service.ledger.writer import Unit
from service.policies import actions, queries, rules
from service.policies.forms import ON, WEEKDAYS, calendar_table, policy_form, tiers_table
from service.policies.models import Policy
from service.policies.queries import facts_of
from service.policies.rules import MAX_KEEP, PolicyFacts, Span, Tier, TierName
from service.proposals.actions import propose_retention
from service.web.errors import status_of
from service.web.filling import refilled
from service.web.page import Page, page_for
from service.web.views.admin import Area
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage, ThingPage
from service.web.views.parts import Act, Chip, EmptyState, Fact, Head, Link, Quiet, Tone, When, WhenStyle
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/policies", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_POLICY)]
NOT_ALLOWED = "needs a backup administrator"
IN_FORCE, OLDER = Chip("in force", Tone.GREEN), Chip("replaced")


def managed(page: Page, act: Act) -> Act:
    return (
        act if page.person.may(Permission.MANAGE_POLICY) else replace(act, enabled=False, reason=NOT_ALLOWED)
    )


def _area(session: Session, person: Person) -> Area:
    del person
    count = f"{len(queries.policies(session))} in force"
    return Area(
        "Policies",
        "/policies",
        "Which tier a set belongs to, how long it is kept, what belongs off site.",
        count,
    )


AREAS.append(_area)


@router.get("")
def list_policies(page: Reader) -> Response:
    rows = tuple(_row(found) for found in queries.policies(page.session))
    columns = (
        Column("Policy"), Column("Version", numeric=True), Column("Weekly day", keep=Keep.TABLET), Column("Tiers"),
        Column("In force since", keep=Keep.TABLET),
    )  # fmt: skip
    none = EmptyState(
        "No policy yet.", "A policy says which sets leave the site and for how long they are kept."
    )
    new = managed(page, Act("New policy", "/policies/new", first=not rows))
    head = Head(Link("Administration", "/administration"), "Policies", acts=(new,))
    table = Table("policies", "Policies in force", columns, rows, empty=none)
    return page.render("pages/list.html", ListPage("Policies", Place.ADMINISTRATION, head, table))


def _row(found: Policy) -> Row:
    tiers = ", ".join(f"{tier.name.value} {tier.keep} {tier.span.value}" for tier in facts_of(found).tiers)
    return Row((
        Cell(Link(found.name, f"/policies/{found.policy_id}"), head=True), Cell(str(found.version)),
        Cell(WEEKDAYS[found.weekly_weekday]), Cell(Quiet(tiers)), Cell(When(found.created_at, WhenStyle.SHORT)),
    ))  # fmt: skip


@router.get("/new")
def new_policy(page: Manager) -> Response:
    return page.render("pages/form.html", _form_page(None))


@router.get("/{policy_id}")
def show_policy(policy_id: str, page: Reader) -> Response:
    found = queries.policy(page.session, policy_id)
    facts = facts_of(found)
    publish = managed(page, Act("Publish a new version", f"/policies/{policy_id}/edit", first=True))
    head = Head(
        Link("Policies", "/policies"), found.name, f"Version {found.version}", (IN_FORCE if found.active else OLDER,),
        (publish,) if found.active else (),
    )  # fmt: skip
    told = (
        Fact("Weekly day", WEEKDAYS[found.weekly_weekday]),
        Fact("Published", When(found.created_at, WhenStyle.STAMP)),
    )
    sections = (
        TableSection("Tiers", tiers_table(facts.tiers)),
        TableSection(
            "The next two years", calendar_table(facts, page.now.astimezone(page.zone).date()), "day numbers"
        ),
    )
    view = ThingPage(
        found.name, Place.ADMINISTRATION, head, sections,
        (FactsSection("Policy", told), _versions(page.session, found)),
    )  # fmt: skip
    return page.render("pages/thing.html", view)


def _versions(session: Session, found: Policy) -> TableSection:
    rows = tuple(
        Row((
            Cell(Link(f"Version {one.version}", f"/policies/{one.policy_id}"), head=True),
            Cell(When(one.created_at, WhenStyle.DATE)), Cell("in force" if one.active else ""),
        ))
        for one in queries.policies(session, name=found.name, limit=20)
    )  # fmt: skip
    columns = (Column("Version"), Column("Published"), Column("State", hidden_label=True))
    return TableSection("Versions", Table("versions", "Versions, newest first", columns, rows))


@router.get("/{policy_id}/edit")
def edit_policy(policy_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", _form_page(queries.policy(page.session, policy_id)))


def _form_page(found: Policy | None) -> FormPage:
    title = f"{found.name}, version {found.version + 1}" if found else "A new policy"
    head = Head(Link("Policies", "/policies"), title)
    return FormPage(title, Place.ADMINISTRATION, head, policy_form(found))


@router.post("")
def publish(page: Manager) -> Response:
    """First what it would change; the same content sent again is published."""
    try:
        name, new = page.text("name"), _typed(page)
        rules.check_policy(name, new.tiers, new.weekly_weekday)
        if page.text("shown") != _fingerprint(page):
            return _preview(page, name, new)
        proposed = page.act(lambda unit: _publish(unit, page, name, new))
    except (InvalidInputError, rules.ShorterRetentionError) as error:
        view = _page_of(page, page.text("name"))
        again = replace(view, form=refilled(view.form, page.form, error))
        return page.render("pages/form.html", again, status_of(error))
    if proposed:
        told = f"{proposed} is proposed. Nothing has changed yet: another person decides."
        return page.redirect(f"/proposals/{proposed}", told, Tone.AMBER)
    in_force = next(one for one in queries.policies(page.session, name=name) if one.active)
    return page.redirect(
        f"/policies/{in_force.policy_id}", f"Version {in_force.version} of {name} is in force."
    )


def _publish(unit: Unit, page: Page, name: str, new: PolicyFacts) -> str:
    """The number of the proposal, where a second person decides; else it is in force."""
    reason = page.text("reason")
    try:
        alone = page.runtime.settings.second_person
        actions.publish_policy(unit, name, new.tiers, new.weekly_weekday, reason, alone=alone)
    except SecondPersonNeededError:
        return propose_retention(unit, name, new.tiers, new.weekly_weekday, reason)
    return ""


def _page_of(page: Page, name: str) -> FormPage:
    return _form_page(next((one for one in queries.policies(page.session, name=name) if one.active), None))


def _preview(page: Page, name: str, new: PolicyFacts) -> Response:
    """The form with what was typed, the dry run above the button and the calendar of the new version beside it."""
    effect = queries.effect_of(page.session.connection(), name, new)
    found = next((one for one in queries.policies(page.session, name=name) if one.active), None)
    view, nothing_wrong = _form_page(found), InvalidInputError("")
    form = refilled(policy_form(found, effect, _fingerprint(page)), page.form, nothing_wrong)
    today = page.now.astimezone(page.zone).date()
    beside = TableSection("Two years with it", calendar_table(new, today), "day numbers")
    return page.render("pages/form.html", replace(view, form=form, beside=(beside,)))


def _fingerprint(page: Page) -> str:
    """Of what decides the dry run: another content is shown again before it is published."""
    typed = [page.text("name"), page.text("weekly_weekday")]
    typed += [page.text(f"{tier}_{what}") for tier in TierName for what in ("keep", "span", "off_site")]
    return sha256("\n".join(typed).encode()).hexdigest()


def _typed(page: Page) -> PolicyFacts:
    """A tier without a number is not in the policy. Raises InvalidInputError beside the field."""
    tiers = tuple(_tier(page, name) for name in TierName if page.text(f"{name}_keep"))
    weekday = page.text("weekly_weekday")
    if weekday not in {str(number) for number in range(len(WEEKDAYS))}:
        raise InvalidInputError("Nothing was published.", fields={"weekly_weekday": "Choose a weekday."})
    if not tiers:
        raise InvalidInputError("Nothing was published.", fields={"weekly_keep": "Keep at least one tier."})
    return PolicyFacts(0, int(weekday), tiers)


def _tier(page: Page, name: TierName) -> Tier:
    keep, span = page.text(f"{name}_keep"), page.text(f"{name}_span")
    if not keep.isascii() or not keep.isdigit() or not 0 < int(keep[:9]) <= MAX_KEEP:
        raise InvalidInputError(
            "Nothing was published.", fields={f"{name}_keep": f"A number from 1 to {MAX_KEEP}."}
        )
    if span not in {one.value for one in Span}:
        raise InvalidInputError("Nothing was published.", fields={f"{name}_span": "Choose days to years."})
    return Tier(name, int(keep), Span(span), off_site=page.text(f"{name}_off_site") == ON)
