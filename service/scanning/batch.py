"""What the scans of one batch and one consignment share: the facts, read once, and the writes, collected."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import BindParameter, bindparam, func, select, update

from service.consignments.actions import Facts, load
from service.consignments.models import Consignment, LineState, ManifestLine
from service.containers.models import Container
from service.db import table
from service.errors import ForbiddenError
from service.handlers.rules import Permission
from service.holds.models import Hold
from service.ledger.writer import Unit
from service.locations.models import Location, LocationKind
from service.media.models import Content, Medium
from service.scanning.rules import Outcome, Tone
from service.scanning.schemas import Counts, Scan, ScanLink, ScanOut
from service.statements import Bulk, Query

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_LINE = table(ManifestLine)
_CONTAINER = table(Container)
_HOLD = table(Hold)
_CONSIGNMENT = table(Consignment)

_KEY: BindParameter[str] = bindparam("_medium_id")
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_FACTS = Query(
    select(
        _MEDIUM.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.custodian_id, _MEDIUM.c.location_id, _MEDIUM.c.container_id,
        _MEDIUM.c.content, _LOCATION.c.kind, _LOCATION.c.path,
        _LINE.c.state, _LINE.c.container_id.label("line_container"),
        select(_HOLD.c.hold_id).where(_HOLD.c.medium_id == _MEDIUM.c.medium_id, _HOLD.c.released_at.is_(None)).exists().label("held"),
        _MEDIUM.c.missing,
    )
    .join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
    .outerjoin(_LINE, (_LINE.c.medium_id == _MEDIUM.c.medium_id) & (_LINE.c.consignment_id == bindparam("consignment")))
    .where(_MEDIUM.c.barcode.in_(_CODES)),
    many="codes",
)  # fmt: skip


def _pack_medium(*columns: str) -> Bulk:
    return Bulk(
        update(_MEDIUM)
        .where(_MEDIUM.c.medium_id == bindparam("_medium_id"))
        .values({name: bindparam(f"m_{name}") for name in columns})
    )


_PACK_MEDIUM = _pack_medium("location_id", "container_id", "custody", "seen_at")
# Most media are packed where they lie. A place that is set is looked up and indexed again, even when it is the same.
_PACK_IN_PLACE = _pack_medium("container_id", "custody", "seen_at")
_PACK_LINE = Bulk(
    update(_LINE)
    .where(_LINE.c.consignment_id == bindparam("_consignment_id"), _LINE.c.medium_id == bindparam("_medium_id"))
    .values({
        name: bindparam(f"l_{name}")
        for name in ("state", "container_id", "scanned_at", "packed_at", "packed_by", "packed_entry", "packed_from")
    })
)  # fmt: skip


_COUNT_DONE = Bulk(
    update(_CONSIGNMENT)
    .where(_CONSIGNMENT.c.consignment_id == bindparam("_consignment_id"))
    .values(step_done=_CONSIGNMENT.c.step_done + bindparam("done"))
)


_CONTAINERS = Query(select(_CONTAINER).where(_CONTAINER.c.barcode.in_(_CODES)), many="codes")
_INSIDE = Query(
    select(_MEDIUM.c.container_id, func.count())
    .where(_MEDIUM.c.container_id.in_(_CODES))
    .group_by(_MEDIUM.c.container_id),
    many="codes",
)


@dataclass(slots=True)
class MediumFacts:
    """A medium and its line in this consignment, kept current while the batch goes on."""

    medium_id: str
    barcode: str
    custodian_id: str
    location_id: str
    container_id: str | None
    content: Content
    location_kind: LocationKind
    path: str
    line: LineState | None
    line_container: str | None
    held: bool
    missing: bool


@dataclass(slots=True)
class ContainerFacts:
    container_id: str
    barcode: str
    capacity: int
    location_id: str
    inside: int
    row: Any

    @property
    def room_left(self) -> int:
        return self.capacity - self.inside


@dataclass(slots=True)
class Batch:
    unit: Unit
    number: str
    done: int = 0  # lines that this batch moved to “done”
    _packed: list[dict[str, object]] = field(default_factory=list)
    _lines: dict[frozenset[str], list[dict[str, object]]] = field(default_factory=dict)
    _consignment: Facts | None = None

    @property
    def consignment(self) -> Facts:
        if self._consignment is None:
            self._consignment = load(self.unit, self.number)
        return self._consignment

    def acts_as(self, scan: Scan) -> None:
        """The entries that follow are this scan's: a batch holds scans of several people."""
        self.unit.actor = scan.actor

    def media(self, codes: set[str]) -> dict[str, MediumFacts]:
        """By barcode; one query for all codes of the batch."""
        consignment = self.consignment.id if self.number else ""
        rows = _FACTS(self.unit.connection, consignment=consignment, codes=sorted(codes))
        return {row.barcode: MediumFacts(*row) for row in rows}

    def containers(self, codes: set[str]) -> dict[str, ContainerFacts]:
        """By barcode, with how many media are inside."""
        if not codes:
            return {}
        rows = _CONTAINERS(self.unit.connection, codes=sorted(codes))
        if not rows:
            return {}
        inside = dict(_INSIDE(self.unit.connection, codes=[row.container_id for row in rows]))
        return {
            row.barcode: ContainerFacts(
                row.container_id,
                row.barcode,
                row.capacity,
                row.location_id,
                inside.get(row.container_id, 0),
                row,
            )
            for row in rows
        }

    def require(self, scan: Scan, permission: Permission, party_id: str) -> None:
        """The scanning person has the permission and belongs to the party whose step this is."""
        if not scan.person.may(permission) or scan.person.party_id != party_id:
            raise ForbiddenError(
                f"{scan.person.name} may not scan for {scan.task}. Nothing was recorded.",
                next_step="Ask somebody of the party whose step this is.",
            )

    def pack(self, changed: dict[str, object]) -> None:
        """The changed columns of a medium (m_…) and of its line (l_…), as _PACK_MEDIUM and _PACK_LINE name them."""
        self._packed.append(changed)

    def set_line(self, medium_id: str, **values: object) -> None:
        row = {"_medium_id": medium_id, **values}
        self._lines.setdefault(frozenset(values), []).append(row)

    def write_lines(self) -> None:
        """The collected changes in bulk statements, and the counts of the step."""
        moved = [row for row in self._packed if row["m_location_id"] != row["l_packed_from"]]
        in_place = [row for row in self._packed if row["m_location_id"] == row["l_packed_from"]]
        _PACK_MEDIUM(self.unit.connection, moved)
        _PACK_IN_PLACE(self.unit.connection, in_place)
        _PACK_LINE(self.unit.connection, self._packed)
        statement = (
            update(_LINE).where(_LINE.c.consignment_id == self.consignment.id, _LINE.c.medium_id == _KEY)
            if self._lines
            else None
        )
        for rows in self._lines.values():
            assert statement is not None
            self.unit.connection.execute(statement, rows)
        self._packed, self._lines = [], {}
        if self.done:
            counted = {"_consignment_id": self.consignment.id, "done": self.done}
            _COUNT_DONE(self.unit.connection, [counted])

    def counts(self) -> Counts:
        row = self.consignment.row
        done = row.step_done + self.done
        return Counts(left=row.step_total - done, done=done)


_TONES = {
    Outcome.RIGHT: Tone.GREEN, Outcome.WRONG: Tone.RED, Outcome.WARN: Tone.AMBER, Outcome.REPEAT: Tone.BLUE,
    Outcome.COMMAND: Tone.BLUE,
}  # fmt: skip


def band(outcome: Outcome, word: str, code: str, sentence: str, **more: Any) -> ScanOut:
    """The answer in the tone that belongs to its outcome."""
    return ScanOut(outcome, more.pop("tone", _TONES[outcome]), word, code, sentence, **more)


def turned_up(scan: Scan, medium: MediumFacts, counts: Counts | None = None) -> ScanOut:
    """A missing medium in somebody's hand: only a person can say where it had been."""
    ours = scan.person.may(Permission.READ)
    link = ScanLink("Record it as found", f"/media/{quote(scan.code)}/found") if ours else None
    told = "Put it aside and record it as found." if ours else "Put it aside and tell its owner."
    return band(
        Outcome.WARN, "Missing", scan.code, "It was missing, and here it is",
        detail=f"Last known: {medium.path}. Nothing was recorded. {told}", counts=counts, link=link,
    )  # fmt: skip
