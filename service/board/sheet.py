"""The run sheet: each medium of one direction and the step it has reached. Pure."""

from collections.abc import Callable
from datetime import datetime

from service.consignments.models import Direction, LineState
from service.media.models import Custody
from service.rotation.models import Step
from service.rotation.queries import SheetLine
from service.web.views.parts import Act, Barcode, Chip, EmptyState, Ident, Quiet, Rich, Shape, Tone, When
from service.web.views.tables import NOT_YET, Cell, Column, Keep, Row, Table

SHOWN = 100


def bare(word: str, tone: Tone) -> Chip:
    return Chip(word, tone, Shape.BARE)


LINES_OUT = {
    LineState.MISSING: ("missing", Tone.RED),
    LineState.EXTRA: ("not listed", Tone.AMBER),
    LineState.MATCHED: ("at the vendor", Tone.GREEN),
    LineState.UNPACKED: ("at the vendor", Tone.GREEN),
    LineState.SCANNED: ("scanned out", Tone.BLUE),
    LineState.SKIPPED: ("stays", Tone.NEUTRAL),
}
LINES_HOME = {
    LineState.MISSING: ("missing", Tone.RED),
    LineState.EXTRA: ("not listed", Tone.AMBER),
    LineState.MATCHED: ("home, packed", Tone.BLUE),
    LineState.SCANNED: ("scanned", Tone.BLUE),
    LineState.SKIPPED: ("stays", Tone.NEUTRAL),
}


def now_of(line: SheetLine, moving: str | None = None) -> Chip:
    """`moving` is the barcode that the robot was told to move and that was not seen since."""
    if line.step is Step.SKIPPED:
        return bare("left out", Tone.NEUTRAL)
    if line.line is LineState.PACKED:
        return _packed(line)
    known = LINES_OUT if line.direction is Direction.OUT else LINES_HOME
    if line.direction is Direction.HOME and line.line is LineState.UNPACKED:
        return bare("in the library", Tone.GREEN) if line.loaded_at else bare("load it", Tone.AMBER)
    if line.line in known:
        return bare(*known[line.line])
    return _before_packing(line, moving)


def _packed(line: SheetLine) -> Chip:
    if line.released_at:
        return bare("in transit", Tone.BLUE)
    return bare("sealed", Tone.GREEN) if line.sealed_at else bare("packed", Tone.GREEN)


WHERE = {
    Custody.IN_LIBRARY: "in library",
    Custody.ON_SITE: "on site",
    Custody.PACKED: "packed elsewhere",
    Custody.IN_TRANSIT: "in transit",
    Custody.VAULTED: "at the vendor",
    Custody.MISSING: "missing",
    Custody.GONE: "gone",
}


def _before_packing(line: SheetLine, moving: str | None) -> Chip:
    if line.barcode == moving:
        return bare("moving", Tone.BLUE)
    if line.custody in {Custody.MISSING, Custody.GONE}:
        return bare(WHERE[line.custody], Tone.RED)
    if line.emptied_at:
        return bare("scan it", Tone.AMBER)
    if line.ejected_at:
        return bare("take it out", Tone.AMBER)
    return bare(WHERE[line.custody], Tone.NEUTRAL)


def seen(at: datetime | None) -> Cell:
    return Cell(When(at)) if at is not None else NOT_YET


def _number(value: int | None) -> Cell:
    return Cell(str(value)) if value is not None else NOT_YET


def _container(line: SheetLine) -> Cell:
    return Cell(Ident(line.container, f"/containers/{line.container}")) if line.container else NOT_YET


def _acknowledged(line: SheetLine) -> Cell:
    """A time alone says that it was seen there; missing is filled in red."""
    if line.line is LineState.MISSING:
        return Cell("missing", tone=Tone.RED)
    return seen(line.seen_at)


def _scanned_out(line: SheetLine) -> Cell:
    if line.scanned_at is None and (line.ejected_at or line.emptied_at) and line.step is not Step.SKIPPED:
        return Cell("waits", tone=Tone.AMBER)
    return seen(line.scanned_at)


def _loaded(line: SheetLine) -> Cell:
    if line.loaded_at is None and line.line is LineState.UNPACKED and line.step is not Step.SKIPPED:
        return Cell("waits", tone=Tone.AMBER)
    return seen(line.loaded_at)


def _why(line: SheetLine) -> Cell:
    return Cell(line.skip_reason, tone=None) if line.skip_reason else Cell(Quiet(line.why))


Drawn = tuple[Column, Callable[[SheetLine], Cell]]
OUT_COLUMNS: tuple[Drawn, ...] = (
    (Column("Slot", numeric=True), lambda line: _number(line.source_number)),
    (Column("Batch", numeric=True, keep=Keep.TABLET), lambda line: _number(line.batch)),
    (Column("Ejected", keep=Keep.TABLET), lambda line: seen(line.ejected_at)),
    (Column("Mail slot empty", keep=Keep.DESK), lambda line: seen(line.emptied_at)),
    (Column("Scanned out", keep=Keep.TABLET), _scanned_out),
    (Column("Packed", keep=Keep.TABLET), _container),
    (Column("Sealed", keep=Keep.DESK), lambda line: seen(line.sealed_at)),
    (Column("Signed", keep=Keep.DESK), lambda line: seen(line.released_at)),
    (Column("Acknowledged", keep=Keep.DESK), _acknowledged),
    (Column("Why", keep=Keep.WIDE), _why),
)
HOME_COLUMNS: tuple[Drawn, ...] = (
    (Column("Packed", keep=Keep.TABLET), _container),
    (Column("Sealed", keep=Keep.DESK), lambda line: seen(line.sealed_at)),
    (Column("Signed", keep=Keep.DESK), lambda line: seen(line.released_at)),
    (Column("Received", keep=Keep.TABLET), _acknowledged),
    (Column("Unpacked", keep=Keep.TABLET), lambda line: seen(line.unpacked_at)),
    (Column("Loaded"), _loaded),
    (Column("Slot", numeric=True, keep=Keep.DESK), lambda line: _number(line.source_number)),
    (Column("Why", keep=Keep.WIDE), _why),
)
COLUMNS = {Direction.OUT: OUT_COLUMNS, Direction.HOME: HOME_COLUMNS}
NOTHING = {
    Direction.OUT: EmptyState("Nothing leaves.", "Full media whose tier belongs off site would stand here."),
    Direction.HOME: EmptyState("Nothing comes home.", "Media that expired at the vendor would stand here."),
}
CAPTIONS = {
    Direction.OUT: "Each medium that leaves and the step it has reached",
    Direction.HOME: "Each medium that comes home and the step it has reached",
}


def table_of(
    lines: list[SheetLine],
    direction: Direction,
    *,
    moving: str | None = None,
    bulk: tuple[Act, ...] = (),
    older_href: str | None = None,
) -> Table:
    columns = COLUMNS[direction]
    return Table(
        id="sheet",
        caption=CAPTIONS[direction],
        columns=(Column("Medium"), Column("Now"), *(column for column, _ in columns)),
        rows=tuple(_row(line, columns, moving) for line in lines),
        bulk=bulk,
        older_href=older_href,
        empty=NOTHING[direction],
    )


def _row(line: SheetLine, columns: tuple[Drawn, ...], moving: str | None) -> Row:
    name: Rich = Barcode(line.barcode, f"/media/{line.barcode}")
    cells = tuple(make(line) for _, make in columns)
    key = line.barcode if line.step is Step.PLANNED else ""
    return Row((Cell(name, head=True), Cell(now_of(line, moving)), *cells), key=key)
