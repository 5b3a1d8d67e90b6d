"""Schedules: when runs are planned, for which library, by which policy."""

from typing import Annotated, Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from service.errors import InvalidInputError
from service.handlers.administration import AREAS, history
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.locations.queries import names_of
from service.parties.queries import parties
from service.policies import actions, queries
from service.policies.forms import CATCH_UP, ON, WEEKDAYS, schedule_form
from service.policies.models import SCHEDULE, CatchUp, Schedule
from service.policies.pages import managed
from service.policies.queries import timing_of
from service.policies.slots import next_slot
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.admin import Area
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage, ThingPage
from service.web.views.parts import Act, Chip, EmptyState, Fact, Head, Link, Rich, Tone, When, WhenStyle
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import NOT_YET, Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/schedules", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_POLICY)]
STATE = {True: Chip("in use", Tone.GREEN), False: Chip("off")}
COMING = 8
WORDS = {
    "schedule:set": "Set",
    "schedule:slots_dropped": "Days that passed while the server was down got no run",
}


def _area(session: Session, person: Person) -> Area:
    del person
    count = f"{sum(one.enabled for one in queries.schedules(session))} in use"
    return Area("Schedules", "/schedules", "When runs are planned, and what happens after downtime.", count)


AREAS.append(_area)


def _at(found: Schedule) -> str:
    return f"{WEEKDAYS[found.weekday]} {found.hour:02d}:{found.minute:02d}, {found.time_zone}"


@router.get("")
def list_schedules(page: Reader) -> Response:
    found = queries.schedules(page.session)
    places = names_of(page.session, [one for row in found for one in (row.library_id, row.vault_id)])
    rows = tuple(_row(page, row, places) for row in found)
    columns = (
        Column("Schedule"), Column("State"), Column("When", keep=Keep.TABLET), Column("Next run"), Column("From and to", keep=Keep.DESK),
        Column("Policy", keep=Keep.DESK),
    )  # fmt: skip
    none = EmptyState(
        "No schedule yet.",
        "A schedule plans a run every week. It needs a policy, a library, a vault and a carrier.",
    )
    new = managed(page, Act("New schedule", "/schedules/new", first=not rows))
    head = Head(Link("Administration", "/administration"), "Schedules", acts=(new,))
    table = Table("schedules", "Schedules", columns, rows, empty=none)
    return page.render("pages/list.html", ListPage("Schedules", Place.ADMINISTRATION, head, table))


def _row(page: Page, row: Schedule, places: dict[str, str]) -> Row:
    coming = When(next_slot(timing_of(row), page.now), WhenStyle.SHORT) if row.enabled else None
    ends = f"{places.get(row.library_id, '')} → {places.get(row.vault_id, '')}"
    return Row((
        Cell(Link(row.name, f"/schedules/{row.schedule_id}"), head=True), Cell(STATE[row.enabled]), Cell(_at(row)),
        Cell(coming) if coming else NOT_YET, Cell(ends), Cell(row.policy_name),
    ))  # fmt: skip


@router.get("/new")
def new_schedule(page: Manager) -> Response:
    return page.render("pages/form.html", _form_page(page, None))


@router.post("")
def create_schedule(page: Manager) -> Response:
    return act_or_again(
        page,
        lambda: _form_page(page, None),
        lambda unit: actions.create_schedule(unit, **typed(page)),
        lambda schedule_id: page.redirect(f"/schedules/{schedule_id}", "The schedule is set."),
    )


def typed(page: Page) -> dict[str, Any]:
    """Raises InvalidInputError beside the field."""
    hour, _, minute = page.text("hour").partition(":")
    weekday, catch_up = page.text("weekday"), page.text("catch_up")
    fields = {}
    if not (hour.isascii() and minute.isascii() and hour.isdigit() and minute[:2].isdigit()):
        fields["hour"] = "A time such as 07:00."
    if weekday not in {str(number) for number in range(len(WEEKDAYS))}:
        fields["weekday"] = "Choose a weekday."
    if catch_up not in {one.value for one in CatchUp}:
        fields["catch_up"] = "Choose what happens after downtime."
    if fields:
        raise InvalidInputError(f"The schedule was not saved. {' '.join(fields.values())}", fields=fields)
    names = ("name", "policy_name", "library_id", "vault_id", "carrier_id", "time_zone")
    return {
        **{name: page.text(name) for name in names}, "weekday": int(weekday), "hour": int(hour[:2]), "minute": int(minute[:2]),
        "catch_up": CatchUp(catch_up), "enabled": page.text("enabled") == ON,
    }  # fmt: skip


@router.get("/{schedule_id}")
def show_schedule(schedule_id: str, page: Reader) -> Response:
    found = queries.schedule(page.session, schedule_id)
    edit = managed(page, Act("Edit", f"/schedules/{schedule_id}/edit"))
    head = Head(Link("Schedules", "/schedules"), found.name, _at(found), (STATE[found.enabled],), (edit,))
    sections = (_coming(page, found), history(page.session, SCHEDULE.subject(schedule_id), WORDS))
    view = ThingPage(
        found.name, Place.ADMINISTRATION, head, sections, (FactsSection("Schedule", _facts(page, found)),)
    )
    return page.render("pages/thing.html", view)


def _facts(page: Page, found: Schedule) -> tuple[Fact, ...]:
    places = names_of(page.session, [found.library_id, found.vault_id])
    carriers = {one.party_id: one.name for one in parties(page.session)}
    in_force = next(
        iter(one for one in queries.policies(page.session, name=found.policy_name) if one.active), None
    )
    policy: Rich = (
        Link(found.policy_name, f"/policies/{in_force.policy_id}") if in_force else found.policy_name
    )
    return (
        Fact("Policy", policy),
        Fact("Library", Link(places.get(found.library_id, ""), f"/locations/{found.library_id}")),
        Fact("Vault", Link(places.get(found.vault_id, ""), f"/locations/{found.vault_id}")),
        Fact("Carrier", carriers.get(found.carrier_id, "")),
        Fact("After downtime", CATCH_UP[found.catch_up]),
        Fact("Dealt with until", found.last_slot or "nothing yet"),
    )


def _coming(page: Page, found: Schedule) -> TableSection:
    """The next runs; none while the schedule is off."""
    rows: list[Row] = []
    at = page.now
    while found.enabled and len(rows) < COMING:
        at = next_slot(timing_of(found), at)
        rows.append(Row((Cell(When(at, WhenStyle.STAMP), head=True), Cell(When(at, WhenStyle.AGO)))))
    off = EmptyState("Nothing comes.", "The schedule is off.")
    table = Table(
        "coming", "The next runs", (Column("Planned at"), Column("From now")), tuple(rows), empty=off
    )
    return TableSection("The next runs", table)


@router.get("/{schedule_id}/edit")
def edit_schedule_page(schedule_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", _form_page(page, queries.schedule(page.session, schedule_id)))


def _form_page(page: Page, found: Schedule | None) -> FormPage:
    title = found.name if found else "A new schedule"
    head = Head(Link("Schedules", "/schedules"), title, "Edit" if found else "")
    form = schedule_form(page.session, found, page.runtime.settings.time_zone)
    return FormPage(title, Place.ADMINISTRATION, head, form)


@router.post("/{schedule_id}/edit")
def edit_schedule(schedule_id: str, page: Manager) -> Response:
    found = queries.schedule(page.session, schedule_id)

    def work(unit: Unit) -> str:
        return actions.set_schedule(unit, schedule_id=schedule_id, **typed(page))

    return act_or_again(
        page,
        lambda: _form_page(page, found),
        work,
        lambda _: page.redirect(f"/schedules/{schedule_id}", "Saved."),
    )
