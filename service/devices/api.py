"""Libraries and their jobs, as JSON."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Response

from service.devices import actions, queries, requests, setup, taking_in
from service.devices.actions import Resume, Stop
from service.devices.models import Job, JobState
from service.devices.panel import outlook_of
from service.devices.schemas import (
    DeviceShape,
    ElementList,
    ElementShape,
    InventoryWish,
    JobPage,
    JobShape,
    MoveWish,
    NewDevice,
    OutlookShape,
    Reasoned,
    StepShape,
)
from service.devices.seen import Look
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.web.deps import Act, Reading, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1", tags=["devices"])

Reader = Annotated[Person, reading(Permission.READ)]
Operator = Annotated[Act, acting(Permission.OPERATE_LIBRARY)]
Manager = Annotated[Act, acting(Permission.MANAGE_DEVICES)]
DeviceId = Annotated[
    str | None, Query(max_length=26, alias="device", description="Only jobs of this device.")
]
RunId = Annotated[str | None, Query(max_length=26, alias="run", description="Only jobs of this run.")]
MOST_ELEMENTS = 5000
T = TypeVar("T")


@router.get("/devices")
def list_devices(
    session: Reading, _: Reader, *, after: After = None, limit: Limit = 100
) -> PageOf[DeviceShape]:
    rows = queries.devices(session, after=after, limit=limit + 1)
    return paged(rows, limit, DeviceShape.of, lambda row: row.device_id)


@router.get("/devices/{device_id}")
def show_device(device_id: str, session: Reading, _: Reader) -> DeviceShape:
    return DeviceShape.of(queries.device(session, device_id))


@router.get("/devices/{device_id}/elements")
def list_elements(
    device_id: str,
    session: Reading,
    _: Reader,
    *,
    after: Annotated[int | None, Query(ge=0, le=65535, description="The address to continue after.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ELEMENTS)] = 500,
) -> ElementList:
    """Every place of the changer as last seen, by its address."""
    queries.device(session, device_id)
    rows = queries.elements(session, device_id, after=after, limit=limit + 1)
    more = rows[limit - 1].address if len(rows) > limit else None
    return ElementList(items=[ElementShape.of(row) for row in rows[:limit]], next=more)


@router.post("/devices", response_model=DeviceShape, status_code=201)
def add_device(typed: NewDevice, act: Manager) -> Response:
    """Open the changer, look, and make the library with its places and its first inventory."""
    setup.check_new(typed.name, typed.url)
    look = setup.first_look(typed.url, typed.name)
    take_in = setup.as_found(typed.take_in) if typed.take_in is not None else None
    if taking_in.is_large(look):
        return _add_large(act, typed, look, take_in)

    def work(unit: Unit) -> DeviceShape:
        added = setup.add(unit, typed.name, typed.url, look, parent_id=typed.parent_id, take_in=take_in)
        return DeviceShape.of(queries.device(unit.session, added.device_id))

    return act(work, 201)


def _add_large(act: Act, typed: NewDevice, look: Look, take_in: setup.AsFound | None) -> Response:
    """In many units; the answer, kept under the request's key, is made when the last one is done."""
    name, url = typed.name, typed.url

    def write(work: Callable[[Unit], T]) -> T:
        return act.runtime.writer.run(act.actor, work)

    was_there = write(lambda unit: taking_in.is_complete(unit, name, url))
    if not was_there:
        taking_in.add_in_parts(write, name, url, look, parent_id=typed.parent_id, take_in=take_in)

    def work(unit: Unit) -> DeviceShape:
        if was_there:
            setup.check_free(unit, name, url)
        return DeviceShape.of(queries.device_by_name(unit.session, name))

    return act(work, 201)


@router.post("/devices/{device_id}/inventory", response_model=JobShape, status_code=202)
def take_inventory(device_id: str, wish: InventoryWish, act: Operator) -> Response:
    """Queue a look at the whole library."""
    return _queued(act, lambda unit: requests.request_inventory(unit, device_id, robot=wish.robot))


@router.post("/devices/{device_id}/move", response_model=JobShape, status_code=202)
def move(device_id: str, wish: MoveWish, act: Operator) -> Response:
    """Queue the move of one medium to a free place of the same library."""
    return _queued(
        act, lambda unit: requests.request_move(unit, device_id, wish.barcode, wish.to, wish.number)
    )


@router.post("/devices/{device_id}/enable", response_model=DeviceShape)
def enable(device_id: str, act: Manager) -> Response:
    return act(lambda unit: _switch(unit, device_id, enabled=True))


@router.post("/devices/{device_id}/disable", response_model=DeviceShape)
def disable(device_id: str, act: Manager) -> Response:
    """Its worker ends; its jobs stay as they are."""
    return act(lambda unit: _switch(unit, device_id, enabled=False))


def _switch(unit: Unit, device_id: str, *, enabled: bool) -> DeviceShape:
    queries.device(unit.session, device_id)
    actions.set_enabled(unit, device_id, enabled=enabled)
    unit.session.expire_all()
    return DeviceShape.of(queries.device(unit.session, device_id))


def _queued(act: Act, work: Callable[[Unit], str]) -> Response:
    return act(lambda unit: _shape(unit, work(unit)), 202)


def _shape(unit: Unit, job_id: str) -> JobShape:
    return JobShape.of(_read(unit, job_id))


def _read(unit: Unit, job_id: str) -> Job:
    unit.session.expire_all()
    return queries.job(unit.session, job_id)


@router.get("/jobs")
def list_jobs(
    session: Reading,
    _: Reader,
    *,
    after: After = None,
    limit: Limit = 100,
    device: DeviceId = None,
    run: RunId = None,
    state: JobState | None = None,
) -> PageOf[JobShape]:
    """Newest first."""
    rows = queries.jobs(session, device_id=device, run_id=run, state=state, after=after, limit=limit + 1)
    return paged(rows, limit, JobShape.of, lambda row: row.job_id)


@router.get("/jobs/{job_id}")
def show_job(job_id: str, session: Reading, _: Reader) -> JobPage:
    """With its steps: what the robot was told, and what was seen after it."""
    job = queries.job(session, job_id)
    steps = queries.steps(session, job_id)
    told = outlook_of(session.connection(), job, steps)
    return JobPage(
        **JobShape.of(job).model_dump(),
        steps=[StepShape.of(step) for step in reversed(steps)],
        outlook=OutlookShape(**asdict(told)) if told is not None else None,
    )


@router.post("/jobs/{job_id}/cancel", response_model=JobShape)
def cancel(job_id: str, typed: Reasoned, act: Operator) -> Response:
    """At once, or after the step that is under way."""
    return act(
        lambda unit: _stopped(unit, job_id, Stop.CANCEL, act.person.name, typed.reason.strip() or None)
    )


@router.post("/jobs/{job_id}/pause", response_model=JobShape)
def pause(job_id: str, act: Operator) -> Response:
    """At once, or after the step that is under way; `continue` lets it go on."""
    return act(lambda unit: _stopped(unit, job_id, Stop.PAUSE, act.person.name))


def _stopped(unit: Unit, job_id: str, stop: Stop, by: str, reason: str | None = None) -> JobShape:
    actions.request_stop(unit, job_id, stop, by, reason)
    return _shape(unit, job_id)


@router.post("/jobs/{job_id}/continue", response_model=JobShape)
def go_on(job_id: str, act: Operator) -> Response:
    """The medium is where the picture shows: the job goes on from there."""
    return act(lambda unit: _resumed(unit, job_id, Resume.GO_ON))


@router.post("/jobs/{job_id}/look-again", response_model=JobShape)
def look_again(job_id: str, act: Operator) -> Response:
    """The library is looked at once more before anything is decided."""
    return act(lambda unit: _resumed(unit, job_id, Resume.LOOK_AGAIN))


def _resumed(unit: Unit, job_id: str, how: Resume) -> JobShape:
    actions.resume(unit, job_id, how)
    return _shape(unit, job_id)


@router.post("/jobs/{job_id}/look-now", response_model=JobShape)
def look_now(job_id: str, act: Operator) -> Response:
    """Something changed at the library, such as emptied mail slots: a waiting job looks at once."""

    def work(unit: Unit) -> JobShape:
        actions.look_now(unit, job_id)
        return _shape(unit, job_id)

    return act(work)
