"""Taking in media from files: what a file would do, then all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import InvalidInputError, RefusedError
from service.ledger.writer import Actor, Unit, Via
from service.locations.models import Location, LocationKind
from service.media import actions, queries
from service.media.accession import admit
from service.media.csv_lines import Line, Rejected, parse_csv, reason_of
from service.media.models import Content, MediaType
from service.media.schemas import LibrarySeen, NewMedium, SeenCartridge

_LOCATION = table(Location)
SEPARATORS = ("›", ">", "/")
SHOWN_REASONS = 5


@dataclass(slots=True)
class Plan:
    """What a file would do now. `left_out` stops nothing (what is known already, what has no readable label)."""

    accepted: list[NewMedium] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    left_out: list[Rejected] = field(default_factory=list)
    sha256: str = ""


class ImportRefusedError(RefusedError):
    title = "Lines were rejected"

    def __init__(self, rejected: Sequence[Rejected]) -> None:
        some = "; ".join(f"line {one.line:,}: {one.reason}" for one in rejected[:SHOWN_REASONS])
        more = f" and {len(rejected) - SHOWN_REASONS:,} more" if len(rejected) > SHOWN_REASONS else ""
        super().__init__(
            f"{len(rejected):,} lines are rejected ({some}{more}). Nothing was imported.",
            next_step="Correct them and choose the file again.",
            rejected=[{"line": one.line, "text": one.text, "reason": one.reason} for one in rejected[:1000]],
        )


def plan_csv(connection: Connection, content: bytes, now: datetime) -> Plan:
    """Raises ImportFileError when the file as a whole cannot be read."""
    parsed = parse_csv(content)
    plan = Plan(rejected=parsed.rejected, sha256=sha256(content).hexdigest())
    places = Places.load(connection)
    wanted: list[tuple[Line, NewMedium]] = []
    for line in parsed.lines:
        try:
            wanted.append((line, replace(line.medium, location_id=places.find(line.where))))
        except InvalidInputError as error:
            plan.rejected.append(Rejected(line.number, line.text, reason_of(error)))
    _admit_each(connection, wanted, plan, now)
    plan.rejected.sort(key=lambda one: one.line)
    return plan


def check_csv(content: bytes) -> None:
    """What can be said of a file without a database. Raises ImportFileError or ImportRefusedError."""
    parsed = parse_csv(content)
    rejected, first = list(parsed.rejected), dict[str, int]()
    for line in parsed.lines:
        try:
            _check_first(first, line, line.medium.barcode)
        except RefusedError as error:
            rejected.append(Rejected(line.number, line.text, reason_of(error)))
    if rejected:
        raise ImportRefusedError(sorted(rejected, key=lambda one: one.line))


def _admit_each(
    connection: Connection, wanted: Sequence[tuple[Line, NewMedium]], plan: Plan, now: datetime
) -> None:
    known = queries.known_for(connection, [medium for _, medium in wanted])
    first: dict[str, int] = {}
    for line, medium in wanted:
        try:
            _check_first(first, line, medium.barcode)
            admit(known, medium, "", now)
        except (InvalidInputError, RefusedError) as error:
            plan.rejected.append(Rejected(line.number, line.text, reason_of(error)))
        else:
            plan.accepted.append(medium)


def _check_first(first: dict[str, int], line: Line, barcode: str) -> None:
    if first.setdefault(barcode, line.number) != line.number:
        raise RefusedError(f"{barcode} stands in line {first[barcode]:,} already.")


def plan_library(
    connection: Connection, seen: LibrarySeen, library: str, content: Content, now: datetime, digest: str = ""
) -> Plan:
    """Cartridges into the elements of the library of this name or code; raises InvalidInputError without one."""
    plan = Plan(sha256=digest)
    elements = _elements(connection, library or seen.name)
    known = queries.ids_by_barcode(connection, [one.barcode for one in seen.cartridges if one.barcode])
    wanted: list[tuple[Line, NewMedium]] = []
    for number, one in enumerate(seen.cartridges, 1):
        text = f"{one.barcode or 'no label'}, {one.kind.replace('_', ' ')} {one.number}"
        place = elements.get((LocationKind(one.kind.value), one.number))
        if not one.readable or not one.barcode:
            plan.left_out.append(Rejected(number, text, "The label was not read; register it by hand"))
        elif one.barcode in known:
            plan.left_out.append(Rejected(number, text, "It is registered already"))
        elif place is None:
            plan.rejected.append(Rejected(number, text, f"{library or seen.name} has no such place"))
        else:
            medium = _of_cartridge(one, place, content, number)
            wanted.append((Line(number, text, "", medium), medium))
    _admit_each(connection, wanted, plan, now)
    return plan


def _of_cartridge(one: SeenCartridge, place: str, content: Content, number: int) -> NewMedium:
    if one.cleaning:
        return NewMedium(one.barcode, place, Content.ACTIVE, MediaType.CLEANING, line=number)
    return NewMedium(one.barcode, place, content, line=number)


def _elements(connection: Connection, library: str) -> dict[tuple[LocationKind, int], str]:
    named = (_LOCATION.c.name == library) | (_LOCATION.c.code == library) | (_LOCATION.c.path == library)
    query = select(_LOCATION.c.location_id).where(
        named, _LOCATION.c.kind == LocationKind.LIBRARY, _LOCATION.c.active
    )
    found = connection.execute(query).scalars().all()
    if len(found) != 1:
        text = f"There {'is no library' if not found else 'are several libraries'} {library or 'without a name'}."
        raise InvalidInputError(
            f"{text} Nothing was imported.", fields={"library": text}, next_step="Name it by its code."
        )
    children = select(_LOCATION.c.kind, _LOCATION.c.number, _LOCATION.c.location_id)
    rows = connection.execute(children.where(_LOCATION.c.parent_id == found[0], _LOCATION.c.active))
    return {(kind, number): location_id for kind, number, location_id in rows if number is not None}


@dataclass(slots=True)
class Places:
    """Every place by its code and by each end of its path; None stands for an end that several share."""

    by_name: dict[str, str | None]

    @staticmethod
    def load(connection: Connection) -> "Places":
        found: dict[str, str | None] = {}
        columns = (_LOCATION.c.location_id, _LOCATION.c.path, _LOCATION.c.code)
        rows = connection.execute(select(*columns).where(_LOCATION.c.active)).all()
        for location_id, path, _ in rows:
            parts = _parts(path)
            for start in range(1, len(parts)):
                name = "›".join(parts[start:])
                found[name] = None if name in found else location_id
        for location_id, path, code in rows:  # a whole path or a code outranks the end of another path
            found["›".join(_parts(path))] = location_id
            found[code.casefold() if code else ""] = location_id
        return Places(found)

    def find(self, where: str) -> str:
        """Raises InvalidInputError for a place that is not there or not one."""
        name = "›".join(_parts(where))
        found = self.by_name.get(where.strip().casefold()) or self.by_name.get(name)
        if found is not None and name:
            return found
        several = name in self.by_name
        text = f"“{where[:120]}” is {'the name of several places; write the whole path' if several else 'no place here'}"
        if not where.strip():
            text = "Where it is has to be said"
        raise InvalidInputError(f"{text}. Nothing was recorded.", fields={"location": text})


def _parts(path: str) -> list[str]:
    text = path.casefold()
    for mark in SEPARATORS:
        text = text.replace(mark, "›")
    return [" ".join(part.split()) for part in text.split("›")]


def carry_out(unit: Unit, plan: Plan, facts: Mapping[str, object]) -> int:
    """Register all that is accepted; raises ImportRefusedError when a line is rejected. Made from this unit's connection."""
    if plan.rejected:
        raise ImportRefusedError(plan.rejected)
    by = Actor(unit.actor.handler_id, Via.IMPORT)
    told = {"file_sha256": plan.sha256, **facts}
    return len(actions.register_many(unit, plan.accepted, facts=told, actor=by))
