"""Pick list and distribution list of a consignment: the same media, taken from where they stand and put where they belong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import Issue, ListKind, ListLine, MovementList, Signature, SignedAs
from service.consignments import queries
from service.consignments.actions import ConsignmentEvent
from service.consignments.listing import ConsignmentRow
from service.consignments.models import CONSIGNMENT, LineState, ManifestLine
from service.containers.models import Container
from service.db import table
from service.handlers.queries import Person, names_of
from service.locations.models import Location
from service.media.models import Medium
from service.printing.documents import evidence
from service.printing.documents.ends import as_said, worded
from service.printing.documents.facts import EntryRef, entry_ref
from service.printing.documents.media_words import type_word
from service.printing.documents.names import PAPERS, ConsignmentPaper
from service.printing.documents.rules import check_to_carry
from service.printing.documents.wording import Wording
from service.rotation.models import Run, RunLine

_LINE = table(ManifestLine)
_MEDIUM = table(Medium)
_CONTAINER = table(Container)
_RUN_LINE = table(RunLine)
_RUN = table(Run)
_HERE = table(Location).alias("stands_at")
_TAKEN = table(Location).alias("taken_from")
_LIBRARY = table(Location).alias("library_of_run")
DIGITS = re.compile(r"(\d+)")
LEFT_OUT = (LineState.SKIPPED, LineState.EXTRA)
TAKEN_OUT = frozenset({LineState.PACKED, LineState.MATCHED, LineState.MISSING, LineState.UNPACKED})
STEPS = (ConsignmentEvent.OPENED, ConsignmentEvent.FROZEN, ConsignmentEvent.RECEIVED)


@dataclass(frozen=True, slots=True)
class CarriedFacts:
    """`origin` and `container` are empty where nothing is known yet; `state` as the consignment has it."""

    barcode: str
    medium_id: str
    media_type: str
    generation: str
    origin: str
    container: str
    state: LineState
    on_hold: bool


@dataclass(frozen=True, slots=True)
class MovementFacts:
    """`done_at` and `done_by` once the last one is in its container."""

    half: ListKind
    consignment: str
    consignment_id: str
    run: str
    pair: str
    place: str
    target: str
    organisation: str
    lines: tuple[CarriedFacts, ...]
    done_at: datetime | None
    done_by: tuple[str, ...]
    entries: tuple[EntryRef, ...]


HALVES = {
    ListKind.PICK: ConsignmentPaper.PICK_LIST,
    ListKind.DISTRIBUTION: ConsignmentPaper.DISTRIBUTION_LIST,
}
OTHER = {ListKind.PICK: ListKind.DISTRIBUTION, ListKind.DISTRIBUTION: ListKind.PICK}


def read(half: ListKind, session: Session, person: Person, number: str) -> MovementFacts:
    """Raises NotFoundError, and NothingToPrintError for a consignment that wants nothing."""
    connection = session.connection()
    row = queries.consignment(connection, person, number)
    found = _rows(connection, row.consignment_id)
    check_to_carry(f"{PAPERS[HALVES[half]].title.lower()} of {row.number}", row.state, len(found))
    picks = half is ListKind.PICK
    done = picks and all(line.state in TAKEN_OUT for line in found)
    told = evidence.entries(connection, [CONSIGNMENT.subject(row.consignment_id)], STEPS)
    return MovementFacts(
        half=half,
        consignment=row.number,
        consignment_id=row.consignment_id,
        run=row.run,
        pair=PAPERS[HALVES[OTHER[half]]].number(row.number),
        place=_end(row.from_party, row.from_place) if picks else _end(row.to_party, row.to_place),
        target=as_said(row.to_place),
        organisation=row.from_party if picks else row.to_party,
        lines=tuple(sorted((_carried(line, row) for line in found), key=partial(_way, half))),
        done_at=max((line.packed_at for line in found if line.packed_at), default=None) if done else None,
        done_by=_packers(session, found) if done else (),
        entries=tuple(map(entry_ref, told)),
    )


pick = partial(read, ListKind.PICK)
distribution = partial(read, ListKind.DISTRIBUTION)


def _end(party: str, place: str) -> str:
    return f"{party}, {as_said(place)}"


def _rows(connection: Connection, consignment_id: str) -> Sequence[Any]:
    query = (
        select(
            _MEDIUM.c.barcode, _MEDIUM.c.medium_id, _MEDIUM.c.media_type, _MEDIUM.c.generation, _MEDIUM.c.held_since,
            _LINE.c.state, _LINE.c.packed_at, _LINE.c.packed_by, _CONTAINER.c.barcode.label("container"),
            _HERE.c.path.label("here"), _TAKEN.c.path.label("taken"), _LIBRARY.c.path.label("library"), _RUN_LINE.c.source_number,
        )
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(_HERE, _HERE.c.location_id == _MEDIUM.c.location_id)
        .outerjoin(_TAKEN, _TAKEN.c.location_id == _LINE.c.packed_from)
        .outerjoin(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .outerjoin(_RUN, (_RUN.c.out_consignment_id == _LINE.c.consignment_id) | (_RUN.c.home_consignment_id == _LINE.c.consignment_id))
        .outerjoin(_LIBRARY, _LIBRARY.c.location_id == _RUN.c.library_id)
        .outerjoin(_RUN_LINE, (_RUN_LINE.c.run_id == _RUN.c.run_id) & (_RUN_LINE.c.medium_id == _LINE.c.medium_id))
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state.not_in(LEFT_OUT))
        .order_by(_MEDIUM.c.barcode)
    )  # fmt: skip
    return connection.execute(query).all()


def _carried(line: Any, row: ConsignmentRow) -> CarriedFacts:
    return CarriedFacts(
        barcode=line.barcode,
        medium_id=line.medium_id,
        media_type=line.media_type.value,
        generation=line.generation,
        origin=_origin(line, row),
        container=line.container or "",
        state=line.state,
        on_hold=line.held_since is not None,
    )


def _origin(line: Any, row: ConsignmentRow) -> str:
    """The slot that the library gave it out of, else where it was packed from, else where it stands."""
    if line.source_number is not None and line.library is not None:
        return f"{line.library} › slot {line.source_number}"
    if line.state in TAKEN_OUT:
        return str(line.taken or row.from_place)
    return str(line.here)


def _way(half: ListKind, line: CarriedFacts) -> tuple[object, ...]:
    """In walking order: by place, its numbers counted as numbers; at the other end by container."""
    place = line.origin if half is ListKind.PICK else line.container
    parts = [(int(part), "") if part.isdigit() else (0, part) for part in DIGITS.split(place)]
    return (*parts, (0, line.barcode))


def _packers(session: Session, found: Sequence[Any]) -> tuple[str, ...]:
    ids = sorted({line.packed_by for line in found if line.packed_by})
    return tuple(sorted(names_of(session, ids).values()))


def values(facts: MovementFacts, issue: Issue, drawings: Mapping[str, str], words: Wording) -> MovementList:
    del drawings
    return MovementList(
        issue,
        facts.half,
        facts.run,
        facts.pair,
        facts.place,
        tuple(_line(line, facts, words) for line in facts.lines),
        _done(facts, words),
        Signature(SignedAs.REVIEWED, "", organisation=facts.organisation),
        consignment=facts.consignment,
    )


def _line(line: CarriedFacts, facts: MovementFacts, words: Wording) -> ListLine:
    note = words.text("did not arrive") if line.state is LineState.MISSING else ""
    if line.on_hold:
        note = words.text("on hold")
    picks = facts.half is ListKind.PICK
    return ListLine(
        line.barcode,
        type_word(line.media_type, line.generation, words),
        worded(line.origin, words) if picks else line.container,
        line.container if picks else facts.target,
        note,
    )


def _done(facts: MovementFacts, words: Wording) -> Signature:
    signed_as = SignedAs.PICKED if facts.half is ListKind.PICK else SignedAs.PLACED
    if facts.done_at is None:
        return Signature(signed_as, "", organisation=facts.organisation)
    return Signature(
        signed_as, "", name=", ".join(facts.done_by), organisation=facts.organisation,
        method=words.text("by scanning"), at=facts.done_at,
    )  # fmt: skip
