"""Library 1 with 24 slots."""

from web_specimens.moment import bare, bc, container, discrepancy, head_cell

from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.library import (
    DoorSlot,
    LibraryMap,
    LibraryTableView,
    LibraryView,
    Magazine,
    Robot,
    Simulator,
    Slot,
    SlotLook,
)
from service.web.views.parts import Act, Chip, Fault, Glyph, Head, Ident, Method, Refresh, Strong, Tone
from service.web.views.tables import Cell, Column, Keep, Row, Sorted, Table

N, B, G, A, R = Tone.NEUTRAL, Tone.BLUE, Tone.GREEN, Tone.AMBER, Tone.RED


REST, NEXT, FILLED, PHANTOM = SlotLook.REST, SlotLook.NEXT, SlotLook.FILLED, SlotLook.PHANTOM


FULL = {
    1: ("140", "L8", "active", REST, N, ()),
    2: ("141", "L8", "full", REST, N, ()),
    3: ("142", "L8", "full", REST, N, (Glyph.LOCK,)),
    8: ("151", "L8", "active", REST, N, ()),
    9: ("?", "", "unread", FILLED, A, (Glyph.UNREAD,)),
    12: ("154", "L8", "full", REST, N, (Glyph.LOCK,)),
    14: ("160", "L8", "leaving", FILLED, B, (Glyph.GO,)),
    15: ("161", "L8", "next out", NEXT, B, ()),
    16: ("157", "L8", "scratch", REST, N, ()),
    17: ("091", "L8", "vaulted?", FILLED, R, (Glyph.STOP,)),
    18: ("163", "L8", "batch 4", NEXT, B, ()),
    19: ("164", "L8", "batch 4", NEXT, B, ()),
    21: ("158", "L8", "tag left", PHANTOM, A, (Glyph.PHANTOM,)),
    23: ("168", "L8", "scratch", REST, N, ()),
    24: ("003", "CU", "18 left", REST, N, (Glyph.CLEAN,)),
}


def _slot(number: int) -> Slot:
    if number not in FULL:
        return Slot(str(number), f"Slot {number}: empty", f"/libraries/1?slot={number}")
    tail, suffix, word, look, tone, glyphs = FULL[number]
    label = f"Slot {number}: STR{tail}{suffix}, {word}"
    return Slot(
        str(number),
        label,
        f"/media/STR{tail}{suffix}",
        look,
        tone,
        tail,
        suffix,
        word,
        glyphs,
        pulse=number == 17,
    )


def _port(
    number: int, tail: str, word: str, look: SlotLook, tone: Tone, glyphs: tuple[Glyph, ...] = ()
) -> Slot:
    return Slot(
        str(number),
        f"Mail slot {number}: {tail or 'empty'}, {word}",
        "/libraries/1",
        look,
        tone,
        tail,
        "L8" if tail else "",
        word,
        glyphs,
    )


DRIVES = (
    Slot(
        "1",
        "Drive 1: STR170L8, writing 62 %",
        "/media/STR170L8",
        FILLED,
        B,
        "170",
        "L8",
        "writing 62 %",
        (Glyph.GO,),
    ),
    Slot("2", "Drive 2: empty, ready", "/libraries/1?drive=2", word="ready"),
)


MAP = LibraryMap(
    label="Library 1, seen from the front",
    magazines=(
        Magazine("Left magazine, slots 1 to 12", tuple(_slot(number) for number in range(1, 13))),
        Magazine("Right magazine, slots 13 to 24", tuple(_slot(number) for number in range(13, 25))),
    ),
    drives=DRIVES,
    mail_slots=(
        _port(1, "158", "ejected", FILLED, G, (Glyph.OK,)),
        _port(2, "159", "ejected", FILLED, G, (Glyph.OK,)),
        _port(3, "160", "arriving", NEXT, B),
        _port(4, "", "for 161", SlotLook.EMPTY, N),
    ),
    robot=Robot(
        (Ident("STR160L8"), ", slot 14 → mail slot 3"),
        "told 14:06:02, 6 s ago · not yet seen there · fence 4471",
    ),
    refresh=Refresh("/libraries/1/map", 5, "/events"),
)


AIR_GAP = Table(
    "air-gap",
    "Air gap: absent here, and seen elsewhere",
    (
        Column("Where", hidden_label=True),
        Column("Media", numeric=True, hidden_label=True),
        Column("Verdict", hidden_label=True),
    ),
    (
        Row((Cell(("Scanned into ", container(117))), Cell("8"), Cell(bare("holds", G)))),
        Row((Cell("With the Vault vendor"), Cell("107"), Cell(bare("holds", G)))),
        Row((Cell(bc(91)), Cell("1"), Cell(bare("broken", R)))),
    ),
)


DRIVE_TABLE = Table(
    "drives",
    "Drives",
    (Column("Drive"), Column("Medium"), Column("loads", numeric=True), Column("cleaned", numeric=True)),
    (
        Row((Cell("1"), Cell(bc(170)), Cell("1,204"), Cell("6 d"))),
        Row((Cell("2"), Cell("empty", quiet=True), Cell("987"), Cell("31 d"))),
    ),
)


FAULTS = (
    Fault(
        ("Slot 17: ", bc(91), " is recorded as vaulted."),
        (
            "With the Vault vendor since 4 Jun 2026. Kept out of every job until ",
            discrepancy(27),
            " is resolved.",
        ),
        R,
    ),
    Fault("Slot 9: label unread.", ("Last known ", bc(145), ", 12 Nov.")),
    Fault(
        ("Slot 21: empty, tag ", bc(158), " left."),
        "The medium is in mail slot 1. The tag is evidence, not a place.",
    ),
)


SIMULATOR = Simulator(
    note="This library is simulated. Here you are the person who stands in front of it: take media out of the mail slots, or put some in.",
    slots=(
        DoorSlot(
            "Mail slot 1",
            bc(158),
            Act(
                "Take out",
                "/libraries/1/door/take-out",
                Method.POST,
                slim=True,
                fields=(("mail_slot", "1"),),
                aria_label="Take STR158L8 out of mail slot 1",
            ),
        ),
        DoorSlot(
            "Mail slot 2",
            bc(159),
            Act(
                "Take out",
                "/libraries/1/door/take-out",
                Method.POST,
                slim=True,
                fields=(("mail_slot", "2"),),
                aria_label="Take STR159L8 out of mail slot 2",
            ),
        ),
        DoorSlot("Mail slot 3", None, None),
        DoorSlot("Mail slot 4", None, None),
    ),
    put_in=Form(
        "put-in",
        "/libraries/1/door/put-in",
        "Put in",
        (
            Field(
                "barcode",
                "Medium",
                FieldKind.SELECT,
                options=(Option("STR147L8", "STR147L8"), Option("STR148L8", "STR148L8")),
            ),
            Field("mail_slot", "Mail slot", FieldKind.SELECT, options=(Option("3", "3"), Option("4", "4"))),
        ),
    ),
    acts=(Act("Take all out", "/libraries/1/door/take-all", Method.POST),),
)


LIBRARY = LibraryView(
    title="Library 1",
    place=Place.LIBRARY,
    head=Head(
        "Library",
        "Library 1",
        (
            "Site 1 vault, rack 2 · ",
            Strong("24 slots, 2 drives, 4 mail slots"),
            " · inventory 8 min ago agrees in 19 of 21",
        ),
        (Chip("ejecting", B), Chip("1 wrong", R), Chip("2 need a person", A)),
        (
            Act(
                "Take inventory",
                "/libraries/1/inventory",
                Method.POST,
                enabled=False,
                reason="robot is moving; free in about 50 s",
            ),
            Act("Run 2026-W47", "/runs/2026-W47", first=True),
        ),
    ),
    map=MAP,
    faults=FAULTS,
    air_gap=AIR_GAP,
    drives=DRIVE_TABLE,
    table_href="/libraries/1/table",
    table_note="24 rows",
    simulator=SIMULATOR,
)


TABLE = LibraryTableView(
    title="Library 1 as a table",
    place=Place.LIBRARY,
    head=Head("Library", "Library 1", "24 slots, 2 drives, 4 mail slots · inventory 13:58"),
    table=Table(
        "slots",
        "Slots of Library 1",
        (
            Column("Slot", numeric=True, sort_href="?sort=slot", sorted=Sorted.ASCENDING),
            Column("Recorded", sort_href="?sort=medium"),
            Column("Seen"),
            Column("Content", keep=Keep.TABLET),
            Column("Element", numeric=True, keep=Keep.DESK),
        ),
        (
            *(
                Row(
                    (
                        Cell(str(slot)),
                        head_cell(bc(f"STR{FULL[slot][0]}L8")),
                        Cell("as recorded"),
                        Cell(FULL[slot][2]),
                        Cell(str(1000 + slot)),
                    )
                )
                for slot in (1, 2, 3, 8)
            ),
            Row(
                (
                    Cell("17"),
                    Cell("empty", quiet=True),
                    Cell((bc(91), " ", bare("wrong", R))),
                    Cell("vaulted?", tone=R),
                    Cell("1017"),
                )
            ),
        ),
    ),
    map_href="/libraries/1",
)
