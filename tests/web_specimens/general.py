"""General pages: a thing, lists, search, problems."""

from web_specimens.moment import at, bare, bc, clock, consignment, container, head_cell

from service.web.views.forms import Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import (
    Found,
    FoundGroup,
    ListPage,
    ProblemPage,
    SearchPage,
    ThingPage,
)
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Fact,
    Fault,
    Head,
    Ident,
    Link,
    Shape,
    Strong,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import (
    CodeSection,
    FactsSection,
    FaultsSection,
    FormSection,
    TableSection,
    TimelineSection,
)
from service.web.views.tables import Cell, Column, Keep, Row, Table
from service.web.views.timeline import Event

DISCREPANCY = ThingPage(
    "D-0027",
    Place.LIBRARY,
    Head(
        "Discrepancy",
        Ident("D-0027"),
        ("Opened 13:58 by inventory · ", Strong("with Security officer")),
        (Chip("open", Tone.RED),),
        (Act("Resolve", "/discrepancies/D-0027/resolve", first=True),),
    ),
    sections=(
        FaultsSection(
            "What differs",
            (
                Fault(
                    (bc(91), " is in slot 17 and recorded as vaulted."),
                    "Nothing was moved.",
                    Tone.RED,
                    (Act("Open the slot", "/libraries/1?slot=17", slim=True),),
                ),
            ),
        ),
        TimelineSection(
            "History",
            (
                Event(at("13:58"), "Seen by inventory in slot 17."),
                Event(at("15:22", month=6, day=4), "Acknowledged by the Vault vendor.", tone=Tone.GREEN),
            ),
        ),
        FormSection(
            "Say what was found",
            Form(
                "note",
                "/discrepancies/D-0027/note",
                "Write it down",
                (Field("text", "Finding", FieldKind.TEXTAREA),),
            ),
        ),
        CodeSection("As the changer reported it", "slot 17  full  STR091L8  source 1017"),
    ),
    narrow=(
        FactsSection("Facts", (Fact("Medium", bc(91)), Fact("Opened", When(at("13:58"), WhenStyle.AGO)))),
    ),
)


CONTAINERS = ListPage(
    "Containers",
    Place.CONSIGNMENTS,
    Head(
        "Containers",
        "All containers",
        "21 containers, 3 in transit",
        acts=(Act("New container", "/containers/new", first=True),),
    ),
    Table(
        "containers",
        "Containers",
        (
            Column("Container"),
            Column("State"),
            Column("Media", numeric=True),
            Column("Seal", mono=True),
            Column("Where", keep=Keep.TABLET),
        ),
        (
            Row(
                (
                    head_cell(container(117)),
                    Cell(bare("being packed", Tone.BLUE)),
                    Cell("8"),
                    Cell("–", quiet=True),
                    Cell("Site 1, packing bench"),
                )
            ),
            Row(
                (
                    head_cell(container(114)),
                    Cell(bare("in transit", Tone.BLUE)),
                    Cell("16"),
                    Cell("004709"),
                    Cell(consignment(411)),
                )
            ),
            Row(
                (
                    head_cell(container(98)),
                    Cell(bare("empty", Tone.NEUTRAL)),
                    Cell("0"),
                    Cell("–", quiet=True),
                    Cell("Shelf A-01"),
                )
            ),
        ),
    ),
)


CONTAINER = ThingPage(
    "C-0117",
    Place.CONSIGNMENTS,
    Head(
        "Container",
        Ident("C-0117"),
        ("Site 1, packing bench · ", Strong("with Handler 2"), " · for CN-0412"),
        (Chip("being packed", Tone.BLUE),),
        (
            Act("Seal", "/containers/C-0117/seal", enabled=False, reason="6 media are still to scan"),
            Act("Scan into it", "/scan", first=True),
        ),
    ),
    sections=(
        TableSection(
            "Inside",
            Table(
                "inside",
                "Media in C-0117",
                (Column("Medium"), Column("Packed"), Column("By")),
                tuple(
                    Row((head_cell(bc(number)), Cell(clock("13:48")), Cell("Handler 2")))
                    for number in (147, 148, 149, 150)
                ),
            ),
            "8 media",
        ),
    ),
    narrow=(
        FactsSection("Facts", (Fact("Kind", "Transport case, 20 LTO"), Fact("Tare", "1.4 kg"))),
        TableSection(
            "Seals",
            Table(
                "seals",
                "Seals of C-0117",
                (Column("Seal", mono=True), Column("From"), Column("State")),
                (Row((Cell("004655"), Cell("5 Nov"), Cell(bare("opened", Tone.NEUTRAL)))),),
            ),
        ),
    ),
)


PROBLEM = ProblemPage(
    "Not moved",
    Place.LIBRARY,
    409,
    (bc(4), " is in drive 2, not in slot 14."),
    "Nothing was moved.",
    ("Take inventory again, or open the ", Link("library page", "/libraries/1"), "."),
    (Act("Library 1", "/libraries/1", first=True), Act("Back", "/runs/2026-W47")),
    "01JD2Z7Q4V",
)


NOT_ALLOWED = ProblemPage(
    "Not allowed",
    Place.EVIDENCE,
    403,
    "Approving a run is for a Backup administrator.",
    "The run was not approved; it still waits.",
    "Ask a Backup administrator of Site 1, or have your role changed by a System administrator.",
    (Act("Today", "/", first=True),),
    "01JD2Z7Q5A",
)


SEARCH = SearchPage(
    "Search",
    None,
    "0047",
    (
        FoundGroup(
            "Seals",
            (
                Found(
                    Ident("004709", "/containers/C-0114"),
                    "seal",
                    (Chip("applied", Tone.GREEN, Shape.BARE),),
                    ("on ", container(114), ", in transit"),
                    "number 004709",
                ),
                Found(Ident("004710", "/containers/C-0115"), "seal", (), ("on ", container(115))),
            ),
        ),
        FoundGroup(
            "Media",
            (
                Found(
                    bc(147),
                    "medium",
                    (Chip("packed", Tone.BLUE),),
                    ("in ", container(117)),
                    "serial number HM7X004711",
                ),
            ),
            "/search?q=0047&kind=media",
        ),
    ),
    EmptyState(
        "Nothing is called 0047.",
        "Barcodes, serial numbers, seals, containers, consignments and certificates are searched, from their first character.",
    ),
)


NOTHING_FOUND = SearchPage(
    "Search",
    None,
    "ZZZ999L9",
    (),
    EmptyState(
        "Nothing is called ZZZ999L9.",
        (
            "Barcodes, serial numbers, seals, containers, consignments and certificates are searched. If you hold the medium in your hand, ",
            Link("take it in", "/media/import"),
            ".",
        ),
    ),
)
