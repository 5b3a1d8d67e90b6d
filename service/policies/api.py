"""Policies and schedules as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.policies import actions, queries, rules
from service.policies.rules import PolicyFacts
from service.policies.schemas import (
    EffectShape,
    NewPolicy,
    NewSchedule,
    PolicyShape,
    ScheduleEdit,
    SchedulePage,
    ScheduleShape,
)
from service.web.deps import Act, Reading, RuntimeDep, acting, reading
from service.web.etags import IfMatch, check_if_match, tag, tagged
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1", tags=["policies"])

Reader = Annotated[Person, reading(Permission.READ)]
Manager = Annotated[Act, acting(Permission.MANAGE_POLICY)]
NameQuery = Annotated[
    str | None, Query(max_length=200, description="All versions of the policy of this name.")
]


@router.get("/policies")
def list_policies(
    session: Reading, person: Reader, *, after: After = None, limit: Limit = 100, name: NameQuery = None
) -> PageOf[PolicyShape]:
    """The versions in force; with a name all versions of that policy, newest first and in one page."""
    del person
    if name is not None:
        versions = queries.policies(session, name=name, limit=limit)
        return paged(versions, limit, PolicyShape.of, lambda row: row.policy_id)
    rows = queries.policies(session, after=after, limit=limit + 1)
    return paged(rows, limit, PolicyShape.of, lambda row: row.policy_id)


@router.get("/policies/{policy_id}")
def show_policy(policy_id: str, session: Reading, person: Reader, response: Response) -> PolicyShape:
    del person
    shape = PolicyShape.of(queries.policy(session, policy_id))
    tag(response, shape)
    return shape


@router.post("/policies/preview", response_model=EffectShape)
def preview_policy(typed: NewPolicy, act: Manager) -> Response:
    """What publishing this would change. Nothing is written."""

    def work(unit: Unit) -> EffectShape:
        rules.check_policy(typed.name.strip(), typed.values(), typed.weekly_weekday)
        new = PolicyFacts(0, typed.weekly_weekday, typed.values())
        return EffectShape.of(queries.effect_of(unit.connection, typed.name.strip(), new))

    return act(work)


@router.post("/policies", status_code=201, response_model=PolicyShape)
def publish_policy(typed: NewPolicy, act: Manager, if_match: IfMatch = None) -> Response:
    """If-Match names the version in force as it was read."""

    def work(unit: Unit) -> PolicyShape:
        name = typed.name.strip()
        in_force = next((one for one in queries.policies(unit.session, name=name) if one.active), None)
        if in_force is not None:
            check_if_match(if_match, PolicyShape.of(in_force), "policy")
        version = actions.publish_policy(
            unit,
            name,
            typed.values(),
            typed.weekly_weekday,
            typed.reason,
            alone=act.runtime.settings.second_person,
        )
        unit.session.expire_all()
        return PolicyShape.of(
            next(one for one in queries.policies(unit.session, name=name) if one.version == version)
        )

    return tagged(act(work, 201))


@router.get("/schedules")
def list_schedules(
    session: Reading, person: Reader, runtime: RuntimeDep, *, after: After = None, limit: Limit = 100
) -> PageOf[SchedulePage]:
    del person
    rows = queries.schedules(session, after=after, limit=limit + 1)
    now = runtime.clock()
    return paged(rows, limit, lambda row: SchedulePage.at(row, now), lambda row: row.schedule_id)


@router.get("/schedules/{schedule_id}")
def show_schedule(
    schedule_id: str, session: Reading, person: Reader, runtime: RuntimeDep, response: Response
) -> SchedulePage:
    """The ETag is that of the schedule itself, whatever comes next."""
    del person
    found = queries.schedule(session, schedule_id)
    tag(response, ScheduleShape.of(found))
    return SchedulePage.at(found, runtime.clock())


def _shape(unit: Unit, schedule_id: str) -> ScheduleShape:
    unit.session.expire_all()
    return ScheduleShape.of(queries.schedule(unit.session, schedule_id))


@router.post("/schedules", status_code=201, response_model=ScheduleShape)
def create_schedule(typed: NewSchedule, act: Manager) -> Response:
    def work(unit: Unit) -> ScheduleShape:
        return _shape(unit, actions.create_schedule(unit, **typed.model_dump()))

    return tagged(act(work, 201))


@router.patch("/schedules/{schedule_id}", response_model=ScheduleShape)
def edit_schedule(schedule_id: str, typed: ScheduleEdit, act: Manager, if_match: IfMatch = None) -> Response:
    """Another time, or taking it into use again, counts from now: what passed before is not made up for."""

    def work(unit: Unit) -> ScheduleShape:
        shape = _shape(unit, schedule_id)
        check_if_match(if_match, shape, "schedule")
        changes = {name: value for name, value in typed.model_dump().items() if value is not None}
        values = shape.model_dump(exclude={"schedule_id", "last_slot"}) | changes
        actions.set_schedule(unit, schedule_id=schedule_id, **values)
        return _shape(unit, schedule_id)

    return tagged(act(work))
