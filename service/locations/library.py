"""A library with its slots, drives and mail slots, made or completed in one go."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Row

from service.errors import InvalidInputError
from service.ledger.writer import Unit
from service.locations import rules
from service.locations.actions import LocationEvent, create_location, existing
from service.locations.models import ELEMENT_KINDS, LOCATION, Location
from service.locations.models import LocationKind as Kind

_L = LOCATION.table
CHUNK = 500  # numbers in one statement
Element = tuple[int, int]  # (number for people, element address on the wire)

# The end of an element's code, after its library's.
_CODE_MARK: Mapping[Kind, str] = {Kind.SLOT: "S", Kind.DRIVE: "D", Kind.MAIL_SLOT: "M"}


@dataclass(frozen=True, slots=True)
class LibraryPlaces:
    """The places' ids by number."""

    library_id: str
    slots: Mapping[int, str]
    drives: Mapping[int, str]
    mail_slots: Mapping[int, str]


def ensure_library(
    unit: Unit,
    name: str,
    parent_id: str,
    *,
    slots: Sequence[Element],
    drives: Sequence[Element],
    mail_slots: Sequence[Element],
    code: str | None = None,
) -> LibraryPlaces:
    """The library `name` in its parent with at least these elements; what is there already keeps its id.

    An element whose address changed is readdressed, one that was out of use is in use again; none is taken away.
    """
    wanted = {Kind.SLOT: slots, Kind.DRIVE: drives, Kind.MAIL_SLOT: mail_slots}
    _check_numbers(wanted)
    library_id = _library(unit, name, parent_id, code)
    library = existing(unit, library_id)
    known = _known(unit, library_id, wanted)
    _complete(unit, library, wanted, known)
    _readdress(unit, wanted, known)
    places = {key: row.location_id for key, row in _known(unit, library_id, wanted).items()}
    by_kind = {kind: {number: places[kind, number] for number, _ in wanted[kind]} for kind in wanted}
    return LibraryPlaces(library_id, by_kind[Kind.SLOT], by_kind[Kind.DRIVE], by_kind[Kind.MAIL_SLOT])


def _check_numbers(wanted: Mapping[Kind, Sequence[Element]]) -> None:
    for kind, elements in wanted.items():
        numbers = [number for number, _ in elements]
        if len(set(numbers)) != len(numbers) or any(number < 1 for number in numbers):
            raise InvalidInputError(
                f"The {rules.KIND_WORD[kind]} numbers are not 1-based and each once. Nothing was made."
            )
    addresses = [address for _, address in chain.from_iterable(wanted.values())]
    if len(set(addresses)) != len(addresses):
        raise InvalidInputError("An element address is named twice. Nothing was made.")


def _library(unit: Unit, name: str, parent_id: str, code: str | None) -> str:
    unit.flush()
    found = unit.connection.execute(
        select(_L.c.location_id).where(
            _L.c.parent_id == parent_id, _L.c.kind == Kind.LIBRARY, _L.c.name == name, _L.c.active
        )
    ).scalar_one_or_none()
    return found or create_location(unit, Kind.LIBRARY, name, parent_id=parent_id, code=code)


Known = Mapping[tuple[Kind, int], Row[Any, Any, Any, Any, Any]]  # id, kind, number, element address, active


def _known(unit: Unit, library_id: str, wanted: Mapping[Kind, Sequence[Element]]) -> Known:
    """Those of these numbers, of any kind."""
    query = select(_L.c.location_id, _L.c.kind, _L.c.number, _L.c.element_address, _L.c.active).where(
        _L.c.parent_id == library_id, _L.c.kind.in_(ELEMENT_KINDS)
    )
    numbers = sorted({number for elements in wanted.values() for number, _ in elements})
    return {
        (row.kind, row.number): row
        for low in range(0, len(numbers), CHUNK)
        for row in unit.connection.execute(query.where(_L.c.number.in_(numbers[low : low + CHUNK])))
    }


def _complete(unit: Unit, library: Location, wanted: Mapping[Kind, Sequence[Element]], known: Known) -> None:
    rows = list(_missing(unit, library, wanted, known))
    if not rows:
        return
    unit.connection.execute(insert(_L), rows)
    for row in rows:
        unit.append(
            LOCATION.subject(str(row["location_id"])), LocationEvent.CREATED, changes=LOCATION.logged(row)
        )


def _missing(
    unit: Unit, library: Location, wanted: Mapping[Kind, Sequence[Element]], known: Known
) -> Iterator[dict[str, object]]:
    above = rules.Parent(library.kind, library.path, library.active)
    for kind, number, address in _each(wanted):
        if (kind, number) in known:
            continue
        name = f"{rules.KIND_WORD[kind]} {number}"
        yield {
            "location_id": unit.new_id(),
            "kind": kind,
            "name": name,
            "path": rules.path_of(name, above),
            "code": f"{library.code}-{_CODE_MARK[kind]}{number}",
            "parent_id": library.location_id,
            "party_id": library.party_id,
            "number": number,
            "element_address": address,
            "time_zone": None,
            "active": True,
        }


def _readdress(unit: Unit, wanted: Mapping[Kind, Sequence[Element]], known: Known) -> None:
    for kind, number, address in _each(wanted):
        row = known.get((kind, number))
        if row is None:
            continue
        if row.element_address != address:
            unit.change(LOCATION, row.location_id, {"element_address": address}, LocationEvent.READDRESSED)
        if not row.active:
            unit.change(LOCATION, row.location_id, {"active": True}, LocationEvent.REACTIVATED)


def _each(wanted: Mapping[Kind, Sequence[Element]]) -> Iterable[tuple[Kind, int, int]]:
    return ((kind, number, address) for kind, elements in wanted.items() for number, address in elements)
