"""The rows behind the page of a consignment: its containers as boxes, its lines as the manifest's table."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.consignments import listing, queries
from service.consignments.listing import BoxRow, ConsignmentRow, LineRow
from service.consignments.models import ConsignmentState, LineState, SealOutcome
from service.consignments.rules import STILL_TO_PACK, Duty
from service.consignments.words import counted
from service.containers.models import ContainerState
from service.containers.queries import visible_barcodes
from service.custody.sight import is_outsider
from service.media.models import MediaType
from service.web.page import Page
from service.web.views.consignment import Box
from service.web.views.parts import Act, Barcode, Chip, EmptyState, Ident, Link, Rich, Shape, Tone, When
from service.web.views.tables import Cell, Column, Keep, Row, Table

LINES_SHOWN = 1000
HASH_SHOWN = 8

_LINE: Mapping[LineState, tuple[str, Tone]] = {
    LineState.WANTED: ("to scan", Tone.NEUTRAL),
    LineState.SCANNED: ("scanned out", Tone.AMBER),
    LineState.PACKED: ("packed", Tone.BLUE),
    LineState.MATCHED: ("received", Tone.GREEN),
    LineState.MISSING: ("missing", Tone.RED),
    LineState.EXTRA: ("extra", Tone.RED),
    LineState.UNPACKED: ("unpacked", Tone.GREEN),
    LineState.SKIPPED: ("skipped", Tone.AMBER),
}
_OUTCOME: Mapping[SealOutcome, tuple[str, Tone]] = {
    SealOutcome.INTACT: ("seal intact", Tone.GREEN),
    SealOutcome.BROKEN: ("seal broken", Tone.RED),
    SealOutcome.MISMATCH: ("another seal", Tone.RED),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that the page is made of."""

    row: ConsignmentRow
    boxes: list[BoxRow]
    counts: dict[LineState, int]
    lines: list[LineRow]
    older: str | None


def read_sheet(page: Page, number: str, after: str | None) -> Sheet:
    connection = page.session.connection()
    row = queries.consignment(connection, page.person, number)
    lines = listing.lines(connection, page.person, row.consignment_id, after=after, limit=LINES_SHOWN + 1)
    older = lines[LINES_SHOWN - 1].cursor if len(lines) > LINES_SHOWN else None
    counts = listing.counts_by_state(connection, row.consignment_id)
    return Sheet(row, listing.boxes(connection, row.consignment_id), counts, lines[:LINES_SHOWN], older)


def boxes(page: Page, sheet: Sheet) -> tuple[Box, ...]:
    barcodes = [box.barcode for box in sheet.boxes]
    linked = visible_barcodes(page.session.connection(), page.person, barcodes)
    packs = sheet.row.state is ConsignmentState.OPEN and queries.may(sheet.row, Duty.PACK, page.person)
    return tuple(_box(box, sheet.row, linked=box.barcode in linked, packs=packs) for box in sheet.boxes)


def _box(box: BoxRow, row: ConsignmentRow, *, linked: bool, packs: bool) -> Box:
    pieces = box.pieces if box.seal_number else box.inside
    return Box(
        Ident(box.barcode, f"/containers/{box.barcode}" if linked else None),
        counted(pieces, "medium"),
        _seal(box),
        _box_lines(box, row),
        _box_chip(box),
        _box_acts(box, row) if packs else (),
    )


def _seal(box: BoxRow) -> Rich:
    if box.seal_number is None or box.sealed_at is None:
        return "not sealed yet"
    return ("Seal ", Ident(box.seal_number), ", applied ", When(box.sealed_at))


def _box_lines(box: BoxRow, row: ConsignmentRow) -> tuple[Rich, ...]:
    found: list[Rich] = []
    if box.first_line is not None:
        same = box.first_line == box.last_line
        found.append(f"line {box.first_line}" if same else f"lines {box.first_line} to {box.last_line}")
    if box.seen_at is not None:
        found.append(("seen at receipt ", When(box.seen_at)))
    elif row.state is ConsignmentState.IN_TRANSIT:
        found.append("not yet seen at receipt")
    elif row.state in {ConsignmentState.RECEIVED, ConsignmentState.RECONCILED}:
        found.append("did not arrive")
    elif row.state is ConsignmentState.OPEN:
        found.append(f"takes {box.capacity}")
    return tuple(found)


def _box_chip(box: BoxRow) -> Chip | None:
    told = _OUTCOME.get(box.seal_outcome)
    return None if told is None else Chip(told[0], told[1], Shape.BARE)


def _box_acts(box: BoxRow, row: ConsignmentRow) -> tuple[Act, ...]:
    base = f"/consignments/{row.number}/containers/{box.barcode}"
    if box.state is ContainerState.SEALED:
        return (Act("Open again", f"{base}/open", slim=True),)
    empty = not box.inside
    return (
        Act(
            "Seal", f"{base}/seal", slim=True, enabled=not empty, reason="nothing is inside" if empty else ""
        ),
    )


def manifest(page: Page, sheet: Sheet) -> Table:
    row = sheet.row
    skips = row.state is ConsignmentState.OPEN and queries.may(row, Duty.SKIP, page.person)
    columns = (
        Column("#", numeric=True),
        Column("Medium"),
        Column("Serial number", mono=True, keep=Keep.DESK),
        Column("Media type", keep=Keep.DESK),
        Column("Dataset", keep=Keep.TABLET),
        Column("State"),
        Column("Container", keep=Keep.TABLET),
        Column("Return", numeric=True, keep=Keep.TABLET),
        *((Column("Skip", hidden_label=True),) if skips else ()),
    )
    outsider = is_outsider(page.person)
    rows = tuple(_line_row(line, row, outsider=outsider, skips=skips) for line in sheet.lines)
    older = f"/consignments/{row.number}?after={sheet.older}" if sheet.older else None
    empty = EmptyState(
        "No medium is wanted.", "Media that this consignment shall carry stand here, one a line."
    )
    return Table(
        "manifest",
        f"Manifest of {row.number}",
        columns,
        rows,
        foot=_foot(sheet),
        older_href=older,
        empty=empty,
    )


def _line_row(line: LineRow, row: ConsignmentRow, *, outsider: bool, skips: bool) -> Row:
    word, tone = _LINE[line.state]
    state: Rich = Chip(word, tone, Shape.BARE)
    if line.skip_reason:
        state = (Chip(word, tone, Shape.BARE), f" {line.skip_reason}")
    cells = (
        Cell(str(line.line or ""), quiet=True),
        Cell(Barcode(line.barcode, None if outsider else f"/media/{line.barcode}"), head=True),
        Cell(line.serial_number or ""),
        Cell(type_word(line.media_type, line.generation)),
        Cell(line.dataset),
        Cell(state),
        Cell(_container(line.container, linked=not outsider)),
        Cell(line.expires_on.strftime("%-d %b %Y") if line.expires_on else ""),
    )
    wrong = Tone.RED if line.state in {LineState.MISSING, LineState.EXTRA} else None
    return Row((*cells, _skip_cell(line, row)) if skips else cells, key=line.barcode, tone=wrong)


def _container(barcode: str | None, *, linked: bool) -> Rich:
    if not barcode:
        return ""
    return Ident(barcode, f"/containers/{barcode}" if linked else None)


def _skip_cell(line: LineRow, row: ConsignmentRow) -> Cell:
    if line.state not in STILL_TO_PACK:
        return Cell()
    href = f"/consignments/{row.number}/skip?barcode={line.barcode}"
    return Cell(Link("skip", href))


def type_word(media_type: MediaType, generation: str) -> str:
    """“LTO-8” where the label tells the generation, else the type alone."""
    return generation or ("LTO" if media_type is MediaType.LTO else media_type.value)


def manifest_note(sheet: Sheet) -> str:
    if not sheet.lines:
        return ""
    plain = sum(line.encrypted is not True for line in sheet.lines)
    told = f"{plain} not known as encrypted" if plain else "all encrypted"
    return counted(sheet.row.media, "medium") + ("" if sheet.older else f" · {told}")


def _foot(sheet: Sheet) -> Rich:
    row = sheet.row
    sealed = sum(box.seal_number is not None for box in sheet.boxes)
    told = (
        f"{counted(row.media, 'medium')}, {counted(len(sheet.boxes), 'container')}, {counted(sealed, 'seal')}"
    )
    if row.manifest_sha256 is None:
        return told
    short = f"{row.manifest_sha256[:HASH_SHOWN]}…{row.manifest_sha256[-4:]}"
    return (f"{told} · manifest hash ", Ident(short, f"/consignments/{row.number}/manifest.json"))
