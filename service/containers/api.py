"""Containers as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.containers import keeping, queries
from service.containers.models import ContainerState
from service.containers.queries import ContainerSelection
from service.containers.schemas import ContainerPage, ContainerShape, NewContainer, Opening, SealNumber
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ids import PATTERN
from service.ledger.writer import Unit
from service.web.deps import Act, Reading, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/containers", tags=["containers"])

Reader = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]
# The weakest that may pass; whose container it is decides inside the unit.
Keeper = Annotated[Act, acting(Permission.READ_CONSIGNMENTS)]


@router.get("")
def list_containers(
    session: Reading,
    person: Reader,
    *,
    after: After = None,
    limit: Limit = 100,
    state: ContainerState | None = None,
    custodian_id: Annotated[str | None, Query(pattern=PATTERN)] = None,
) -> PageOf[ContainerShape]:
    """In the order of registration. A vendor's people see what they hold and what their consignments bring."""
    wanted = ContainerSelection(state, custodian_id)
    rows = queries.containers(session.connection(), person, wanted, after=after, limit=limit + 1)
    return paged(rows, limit, ContainerShape.of, lambda row: row.container_id)


@router.get("/{barcode}")
def show_container(barcode: str, session: Reading, person: Reader) -> ContainerPage:
    found = queries.container(session.connection(), person, barcode)
    inside = queries.inside(session.connection(), found.container_id)
    return ContainerPage(**ContainerShape.of(found).model_dump(), media=[one.barcode for one in inside])


def _shape(unit: Unit, act: Act, barcode: str) -> ContainerShape:
    return ContainerShape.of(queries.container(unit.connection, act.person, barcode))


@router.post("", status_code=201, response_model=ContainerShape)
def register_container(typed: NewContainer, act: Keeper) -> Response:
    def work(unit: Unit) -> ContainerShape:
        barcode = keeping.register(unit, typed.barcode, typed.capacity, typed.location_id, act.person)
        return _shape(unit, act, barcode)

    return act(work, 201)


@router.post("/{barcode}/seal", response_model=ContainerShape)
def seal_container(barcode: str, typed: SealNumber, act: Keeper) -> Response:
    """One that belongs to no consignment; inside a consignment it is sealed there."""

    def work(unit: Unit) -> ContainerShape:
        keeping.seal(unit, barcode, typed.seal, act.person)
        return _shape(unit, act, barcode)

    return act(work)


@router.post("/{barcode}/open", response_model=ContainerShape)
def open_container(barcode: str, typed: Opening, act: Keeper) -> Response:
    def work(unit: Unit) -> ContainerShape:
        keeping.open_container(unit, barcode, typed.reason, act.person, intact=typed.intact)
        return _shape(unit, act, barcode)

    return act(work)


@router.post("/{barcode}/empty", response_model=ContainerShape)
def empty_container(barcode: str, act: Keeper) -> Response:
    """Everything inside stands beside it from now on."""

    def work(unit: Unit) -> ContainerShape:
        keeping.empty(unit, barcode, act.person)
        return _shape(unit, act, barcode)

    return act(work)
