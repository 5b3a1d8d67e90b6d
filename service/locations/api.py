"""Places as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ids import PATTERN
from service.ledger.writer import Unit
from service.locations import actions, occupants, queries
from service.locations.models import LocationKind
from service.locations.schemas import (
    LocationEdit,
    LocationPage,
    LocationReason,
    LocationShape,
    NewLocation,
    OccupantsShape,
)
from service.web.deps import Act, Reading, acting, reading
from service.web.etags import IfMatch, check_if_match, tag, tagged
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/locations", tags=["locations"])

Reader = Annotated[Person, reading(Permission.READ)]
Manager = Annotated[Act, acting(Permission.MANAGE_LOCATIONS)]
IdQuery = Annotated[str | None, Query(pattern=PATTERN)]


@router.get("")
def list_locations(
    session: Reading,
    person: Reader,
    *,
    after: After = None,
    limit: Limit = 100,
    kind: LocationKind | None = None,
    parent_id: IdQuery = None,
    party_id: IdQuery = None,
) -> PageOf[LocationShape]:
    del person
    rows = queries.locations(
        session, after=after, limit=limit + 1, kind=kind, parent_id=parent_id, party_id=party_id
    )
    return paged(rows, limit, LocationShape.of, lambda row: row.location_id)


@router.get("/{location_id}")
def show_location(location_id: str, session: Reading, person: Reader, response: Response) -> LocationPage:
    """The ETag is that of the place itself, whatever comes and goes there."""
    del person
    shape = LocationShape.of(queries.location(session, location_id))
    found = occupants.occupants(session.connection(), queries.subtree(location_id))
    tag(response, shape)
    counts = [OccupantsShape(noun=one.noun, count=one.count) for one in found]
    return LocationPage(**shape.model_dump(), occupants=counts)


def _shape(unit: Unit, location_id: str) -> LocationShape:
    return LocationShape.of(actions.existing(unit, location_id))


@router.post("", status_code=201, response_model=LocationShape)
def create_location(typed: NewLocation, act: Manager) -> Response:
    def work(unit: Unit) -> LocationShape:
        return _shape(unit, actions.create_location(unit, **typed.model_dump()))

    return tagged(act(work, 201))


@router.patch("/{location_id}", response_model=LocationShape)
def rename_location(
    location_id: str, typed: LocationEdit, act: Manager, if_match: IfMatch = None
) -> Response:
    def work(unit: Unit) -> LocationShape:
        shape = _shape(unit, location_id)
        check_if_match(if_match, shape, "place")
        actions.rename_location(unit, location_id, typed.name or shape.name, typed.code)
        return _shape(unit, location_id)

    return tagged(act(work))


@router.post("/{location_id}/deactivate", response_model=LocationShape)
def deactivate_location(location_id: str, typed: LocationReason, act: Manager) -> Response:
    """Refused while anything stands there or under it."""

    def work(unit: Unit) -> LocationShape:
        actions.deactivate_location(unit, location_id, typed.reason)
        return _shape(unit, location_id)

    return tagged(act(work))


@router.post("/{location_id}/reactivate", response_model=LocationShape)
def reactivate_location(location_id: str, act: Manager) -> Response:
    def work(unit: Unit) -> LocationShape:
        actions.reactivate_location(unit, location_id)
        return _shape(unit, location_id)

    return tagged(act(work))
