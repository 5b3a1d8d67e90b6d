"""Making and changing places."""

from enum import StrEnum

from sqlalchemy import func, literal, select, update

from service.bookkeeping import next_number
from service.errors import InvalidInputError, NotFoundError
from service.ids import is_id
from service.ledger.writer import Unit
from service.locations import occupants, queries, rules
from service.locations.models import LOCATION, Location, LocationKind
from service.parties.models import Party

_L = LOCATION.table
CODE_PREFIX = "LOC"


class LocationEvent(StrEnum):
    CREATED = "location:created"
    RENAMED = "location:renamed"
    READDRESSED = "location:readdressed"
    DEACTIVATED = "location:deactivated"
    REACTIVATED = "location:reactivated"


def create_location(
    unit: Unit,
    kind: LocationKind,
    name: str,
    *,
    parent_id: str | None = None,
    party_id: str | None = None,
    code: str | None = None,
    number: int | None = None,
    element_address: int | None = None,
    time_zone: str | None = None,
) -> str:
    """Returns the place's id. Without `party_id` its parent's party answers for it; without `code` it gets one."""
    rules.check_name(name)
    rules.check_code(code, kind)
    rules.check_time_zone(time_zone)
    parent = None if parent_id is None else existing(unit, parent_id)
    above = None if parent is None else rules.Parent(parent.kind, parent.path, parent.active)
    rules.check_parent(kind, above)
    rules.check_name_is_free(name, taken=queries.name_taken(unit.connection, name, parent_id))
    rules.check_code_is_free(code, taken=queries.code_taken(unit.connection, code))
    location_id = unit.new_id()
    values = {
        "location_id": location_id,
        "kind": kind,
        "name": name,
        "path": rules.path_of(name, above),
        "code": code or _free_code(unit),
        "parent_id": parent_id,
        "party_id": _responsible(unit, party_id, parent),
        "number": number,
        "element_address": element_address,
        "time_zone": time_zone,
        "active": True,
    }
    unit.create(LOCATION, values, LocationEvent.CREATED)
    return location_id


def _free_code(unit: Unit) -> str:
    while queries.code_taken(unit.connection, code := next_number(unit, CODE_PREFIX)):
        pass  # somebody typed this number as a code of their own
    return code


def _responsible(unit: Unit, party_id: str | None, parent: Location | None) -> str:
    if party_id is None:
        if parent is None:
            raise InvalidInputError(
                "Nobody answers for this place. Nothing was made.",
                fields={"party_id": "Choose who answers for it."},
            )
        return parent.party_id
    found = unit.session.get(Party, party_id)
    if found is None or not found.active:
        raise InvalidInputError(
            "The party that answers for the place is not there or not active. Nothing was made.",
            fields={"party_id": "Choose an active party."},
        )
    return party_id


def rename_location(unit: Unit, location_id: str, name: str, code: str | None = None) -> None:
    """Change the name, the code or both; the paths of everything under it follow."""
    place = existing(unit, location_id)
    rules.check_name(name)
    rules.check_code(code, place.kind)
    rules.check_name_is_free(
        name, taken=queries.name_taken(unit.connection, name, place.parent_id, besides=location_id)
    )
    rules.check_code_is_free(code, taken=queries.code_taken(unit.connection, code, besides=location_id))
    typed = {"name": name} | ({} if code is None else {"code": code})
    changed = {key: value for key, value in typed.items() if getattr(place, key) != value}
    if not changed:
        return
    unit.change(LOCATION, location_id, changed, LocationEvent.RENAMED, facts={"was": place.path})
    if "name" in changed:
        _follow(unit, place, name)


def _follow(unit: Unit, place: Location, name: str) -> None:
    parent = None if place.parent_id is None else existing(unit, place.parent_id)
    above = None if parent is None else rules.Parent(parent.kind, parent.path, parent.active)
    path = rules.path_of(name, above)
    _check_paths_fit(unit, place, len(path) - len(place.path))
    longer = literal(path).concat(func.substr(_L.c.path, len(place.path) + 1))
    unit.connection.execute(
        update(_L).where(_L.c.location_id.in_(queries.subtree(place.location_id))).values(path=longer)
    )


def _check_paths_fit(unit: Unit, place: Location, growth: int) -> None:
    longest = unit.connection.execute(
        select(func.max(func.length(_L.c.path))).where(
            _L.c.location_id.in_(queries.subtree(place.location_id))
        )
    ).scalar_one()
    if longest + growth > rules.MAX_PATH:
        raise InvalidInputError(
            f"With this name a path under it is longer than {rules.MAX_PATH} characters. Nothing was saved.",
            fields={"name": "Take a shorter name."},
        )


def deactivate_location(unit: Unit, location_id: str, reason: str | None = None) -> None:
    """Only when nothing stands there; everything under it goes out of use with it."""
    place = existing(unit, location_id)
    under = queries.subtree(location_id)
    unit.flush()
    rules.check_can_deactivate(place.path, occupants.occupants(unit.connection, under))
    active = (
        unit.connection.execute(select(_L.c.location_id).where(_L.c.location_id.in_(under), _L.c.active))
        .scalars()
        .all()
    )
    unit.change_many(LOCATION, active, {"active": False}, LocationEvent.DEACTIVATED, reason=reason)


def reactivate_location(unit: Unit, location_id: str) -> None:
    """This place alone; what is under it is taken into use again one by one."""
    place = existing(unit, location_id)
    if place.active:
        return
    parent = None if place.parent_id is None else existing(unit, place.parent_id)
    above = None if parent is None else rules.Parent(parent.kind, parent.path, parent.active)
    rules.check_parent(place.kind, above)
    rules.check_name_is_free(
        place.name, taken=queries.name_taken(unit.connection, place.name, place.parent_id)
    )
    unit.change(LOCATION, location_id, {"active": True}, LocationEvent.REACTIVATED)


def existing(unit: Unit, location_id: str) -> Location:
    unit.flush()
    found = unit.session.get(Location, location_id, populate_existing=True) if is_id(location_id) else None
    if found is None:
        raise NotFoundError("place", location_id)
    return found
