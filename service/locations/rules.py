"""Which place stands in which, and what may be done with one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.errors import InvalidInputError, RefusedError
from service.locations.models import LocationKind as Kind

MAX_NAME = 120
MAX_PATH = 400
MAX_CODE = 40
ELEMENT_MARK = 8  # "-S" and up to six digits
SEPARATOR = " › "

# What a place of this kind may stand in; None: it stands on its own.
PARENTS: Mapping[Kind, frozenset[Kind | None]] = {
    Kind.SITE: frozenset({None}),
    Kind.ROOM: frozenset({Kind.SITE}),
    Kind.VAULT: frozenset({Kind.SITE, Kind.ROOM}),
    Kind.SHELF: frozenset({Kind.SITE, Kind.ROOM, Kind.VAULT}),
    Kind.LIBRARY: frozenset({Kind.SITE, Kind.ROOM}),
    Kind.SLOT: frozenset({Kind.LIBRARY}),
    Kind.DRIVE: frozenset({Kind.LIBRARY}),
    Kind.MAIL_SLOT: frozenset({Kind.LIBRARY}),
    Kind.CONSIGNMENT: frozenset({None}),
}

KIND_WORD: Mapping[Kind, str] = {kind: kind.value.replace("_", " ") for kind in Kind}

# Places a person makes on a page; libraries come with their device, consignments with theirs.
MADE_BY_PEOPLE = (Kind.SITE, Kind.ROOM, Kind.VAULT, Kind.SHELF)


class LocationError(RefusedError):
    title = "Not possible with this place"


class OccupiedError(LocationError):
    title = "The place is not empty"


@dataclass(frozen=True, slots=True)
class Parent:
    kind: Kind
    path: str
    active: bool


@dataclass(frozen=True, slots=True)
class Occupants:
    """How many of what stand at a place or anywhere under it."""

    noun: str
    count: int


def check_parent(kind: Kind, parent: Parent | None) -> None:
    """The kinds allow no cycle and no depth but those of `PARENTS`."""
    if (parent.kind if parent else None) in PARENTS[kind]:
        if parent is not None and not parent.active:
            raise LocationError(
                f"{parent.path} is not in use. Nothing was made in it.", next_step="Take it into use first."
            )
        return
    allowed = [KIND_WORD[found] for found in PARENTS[kind] if found is not None]
    where = "stands on its own" if not allowed else f"stands in a {' or a '.join(sorted(allowed))}"
    found = f"not in a {KIND_WORD[parent.kind]}" if parent else "not on its own"
    raise InvalidInputError(
        f"A {KIND_WORD[kind]} {where}, {found}. Nothing was made.", fields={"parent_id": f"It {where}."}
    )


def path_of(name: str, parent: Parent | None) -> str:
    path = parent.path + SEPARATOR + name if parent else name
    if len(path) > MAX_PATH:
        raise InvalidInputError(
            f"The path {path[:60]}… has {len(path)} characters; {MAX_PATH} fit. Nothing was saved.",
            fields={"name": "Take a shorter name."},
        )
    return path


def check_name(name: str) -> None:
    problem = ""
    if not name or not name.isprintable() or name != name.strip():
        problem = "Write a name of printable characters."
    elif len(name) > MAX_NAME:
        problem = f"A name has at most {MAX_NAME} characters."
    elif SEPARATOR.strip() in name:
        problem = "The mark › parts places from each other; leave it out."
    if problem:
        raise InvalidInputError(f"Nothing was saved. {problem}", fields={"name": problem})


def check_code(code: str | None, kind: Kind) -> None:
    """Codes are scanned: printable ASCII without spaces, upper case. A library's leaves room for its elements' mark."""
    if code is None:
        return
    most = MAX_CODE - ELEMENT_MARK if kind is Kind.LIBRARY else MAX_CODE
    fits = code.isascii() and code.isprintable() and " " not in code and code == code.upper()
    if not fits or not 1 <= len(code) <= most:
        raise InvalidInputError(
            f"The code does not fit: 1 to {most} capital letters, digits and marks without spaces. Nothing was saved.",
            fields={"code": "Capital letters, digits and marks without spaces."},
        )


def check_time_zone(zone: str | None) -> None:
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"There is no time zone {zone[:60]}. Nothing was saved.",
            fields={"time_zone": "Write an IANA zone such as Europe/Berlin."},
        ) from error


def check_name_is_free(name: str, *, taken: bool) -> None:
    if taken:
        raise InvalidInputError(
            f"There is a place {name} here already. Nothing was saved.",
            fields={"name": "A place beside it has this name."},
        )


def check_code_is_free(code: str | None, *, taken: bool) -> None:
    if taken:
        raise InvalidInputError(
            f"The code {code} is on another place. Nothing was saved.",
            fields={"code": "This code is taken."},
        )


def check_can_deactivate(path: str, occupants: Sequence[Occupants]) -> None:
    there = [f"{found.count} {found.noun}" for found in occupants if found.count]
    if there:
        raise OccupiedError(
            f"{path} is not empty: {', '.join(there)}. It stays in use.",
            next_step="Move what is there, then repeat.",
            occupants={found.noun: found.count for found in occupants if found.count},
        )
