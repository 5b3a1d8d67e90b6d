"""Run 2026-W47 in the middle of ejecting batch 3."""

from web_specimens.moment import bare, bc, clock, container, discrepancy, head_cell

from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    Fault,
    Glyph,
    Head,
    Ident,
    Method,
    Quiet,
    Refresh,
    Strong,
    Tone,
)
from service.web.views.run import Live, MailSlot, RunBoard, RunView, Step, Ticks, Told
from service.web.views.tables import NOT_YET, Cell, Column, Keep, Row, Table

STEPS = (
    Step("Plan", Tone.GREEN, "done", "14 out, 9 home", Ticks(14, 14), clock("07:00")),
    Step("Approve", Tone.GREEN, "done", "by two people", Ticks(14, 14), clock("09:12")),
    Step("Eject", Tone.BLUE, "under way", "10 of 14", Ticks(14, 10, 1), ("since ", clock("13:41"))),
    Step("Scan out", Tone.BLUE, "under way", "8 of 14", Ticks(14, 8), ("since ", clock("13:48"))),
    Step("Pack", Tone.BLUE, "under way", "8 of 14", Ticks(14, 8), "into C-0117"),
    Step("Seal", Tone.NEUTRAL, "to come", "0 of 2", Ticks(2, 0), "about 15:10"),
    Step("Carrier signs", Tone.NEUTRAL, "to come", "CN-0412", Ticks(1, 0), "15:30 to 16:00"),
    Step("Vendor acknowledges", Tone.NEUTRAL, "to come", "14 expected", Ticks(14, 0), "by 20 Nov 10:00"),
    Step("Reconcile", Tone.NEUTRAL, "to come", "2 files", Ticks(2, 0), "20 Nov"),
)

LIVE = Live(
    tone=Tone.BLUE,
    say=("2 of 4 mail slots ejected. ", Ident("STR160L8"), " is on its way."),
    next=(
        "Then ",
        Ident("STR161L8"),
        " to mail slot 4, about 40 s. Then the library waits for you to empty all four. Batch 3 of 4.",
    ),
    mail=(
        MailSlot("Mail slot 1", bc(158), Tone.GREEN, "ejected 14:04:51"),
        MailSlot("Mail slot 2", bc(159), Tone.GREEN, "ejected 14:05:38"),
        MailSlot("Mail slot 3", bc(160), Tone.BLUE, "from slot 14, 6 s", moving=True),
        MailSlot("Mail slot 4", bc(161), Tone.NEUTRAL, "next, from slot 15", waiting=True),
    ),
    told=(
        Told(clock("14:06:02"), "slot 14 → mail slot 3", bare("moving", Tone.BLUE)),
        Told(clock("14:05:21"), "slot 22 → mail slot 2", (bc(159), " there")),
        Told(
            clock("14:04:33"),
            "slot 21 → mail slot 1",
            (bc(158), " there, ", bare("tag left in 21", Tone.AMBER, Glyph.PHANTOM)),
        ),
        Told(clock("13:53:10"), "mail slots opened, emptied", "4 empty"),
        Told(clock("13:50:58"), "slot 20 → mail slot 4", (bc(156), " there")),
    ),
)

COLUMNS = (
    Column("Medium"),
    Column("Now"),
    Column("Slot", numeric=True),
    Column("Batch", numeric=True),
    Column("Ejected", keep=Keep.TABLET),
    Column("Slot seen empty", keep=Keep.TABLET),
    Column("Scanned out", keep=Keep.TABLET),
    Column("Packed", keep=Keep.DESK),
    Column("Sealed", keep=Keep.DESK),
    Column("Signed", keep=Keep.DESK),
    Column("Acknowledged", keep=Keep.DESK),
    Column("Second copy verified", keep=Keep.WIDE),
    Column("Key", mono=True, keep=Keep.WIDE),
)
PACKED = (
    (147, 4, 1, "13:42", "13:48"),
    (148, 5, 1, "13:43", "13:48"),
    (149, 6, 1, "13:44", "13:48"),
    (150, 7, 1, "13:45", "13:48"),
    (152, 10, 2, "13:48", "13:51"),
    (153, 11, 2, "13:49", "13:51"),
    (155, 13, 2, "13:50", "13:51"),
    (156, 20, 2, "13:50", "13:51"),
)
WAITING = ((158, 21, "14:04"), (159, 22, "14:05"))
RESTING = ((161, 15, 3), (163, 18, 4), (164, 19, 4))


def _copy(number: int) -> tuple[Cell, Cell]:
    return Cell((bc(number + 100), " ", Quiet("18 Nov"))), Cell("K-2026-11")


def _row(number: int, now: object, slot: int, batch: int, seven: tuple[Cell, ...]) -> Row:
    return Row((head_cell(bc(number)), Cell(now), Cell(str(slot)), Cell(str(batch)), *seven, *_copy(number)))


SHEET = Table(
    id="sheet",
    caption="Each medium of the run and the step it has reached",
    columns=COLUMNS,
    rows=(
        *(
            _row(
                number,
                bare("packed", Tone.GREEN),
                slot,
                batch,
                (Cell(clock(out)), Cell(clock(out)), Cell(clock(scan)), Cell(container(117)), *[NOT_YET] * 3),
            )
            for number, slot, batch, out, scan in PACKED
        ),
        *(
            _row(
                number,
                bare("take it out", Tone.AMBER),
                slot,
                3,
                (Cell(clock(out)), Cell(clock(out)), Cell("waits", tone=Tone.AMBER), *[NOT_YET] * 4),
            )
            for number, slot, out in WAITING
        ),
        _row(160, bare("moving", Tone.BLUE), 14, 3, (Cell("6 s", tone=Tone.BLUE), *[NOT_YET] * 6)),
        *(
            _row(number, bare("in library", Tone.NEUTRAL), slot, batch, tuple([NOT_YET] * 7))
            for number, slot, batch in RESTING
        ),
    ),
)

RUN = RunView(
    title="Run 2026-W47",
    place=Place.RUNS,
    head=Head(
        "Run",
        Ident("2026-W47"),
        (
            "Library 1 → Vault vendor, Vault 2 · ",
            Strong("14 media out, 9 home"),
            " · with Handler 2 · Carrier comes 15:30, in 1 h 24 min",
        ),
        (Chip("ejecting", Tone.BLUE),),
        (
            Act("Pause after this move", "/runs/2026-W47/pause", method=Method.POST),
            Act("Scan out", "/scan?task=W47-out", first=True),
        ),
    ),
    board=RunBoard(STEPS, LIVE, Refresh("/runs/2026-W47/board", 5, "/events")),
    sheet=SHEET,
    sheet_note="14 media · every time is when it was seen, not when it was told",
    csv_href="/runs/2026-W47/sheet.csv",
)

WAITING_RUN = RunView(
    title="Run 2026-W47",
    place=Place.RUNS,
    head=RUN.head,
    board=RunBoard(
        STEPS,
        Live(
            Tone.AMBER,
            "The library waits for you to empty four mail slots.",
            "Then batch 4 of 4: 2 media, about 90 s.",
            mail=tuple(
                MailSlot(f"Mail slot {slot}", Barcode(f"STR{number}L8", "/media"), Tone.AMBER, "take it out")
                for slot, number in ((1, 158), (2, 159), (3, 160), (4, 161))
            ),
        ),
    ),
    sheet=SHEET,
    faults=(
        Fault(
            ("Slot 17: ", bc(91), " is recorded as vaulted."),
            ("Kept out of every job until ", discrepancy(27), " is resolved."),
            Tone.RED,
        ),
    ),
)
