"""STR142L8: facts and its timeline with four hand-overs, one of them torn, and a gap."""

from web_specimens.moment import at, bare, bc, consignment, container, discrepancy

from service.web.views.frame import Place
from service.web.views.medium import MediumView
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    Fact,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Plate,
    Shape,
    SideItem,
    SideList,
    Signature,
    Strong,
    Tone,
)
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Row, Table
from service.web.views.timeline import Event, Evidence, Gap, Handover, Photo, Side, Span

COURIER_INK = "M16 120C40 48 64 40 80 24S112 112 92 120 156 56 156 56 140 108 156 112 192 64 208 64 200 100 216 104 248 72 264 72 280 96 304 92 344 56 368 60 392 84 424 76 480 48 512 52 592 68 640 44"


HANDLER_INK = "M16 104C48 104 72 32 96 32S64 136 88 136 136 48 160 48 128 128 152 128 192 56 216 56 192 112 216 116 256 88 280 84 312 104 344 96 408 32 440 16 408 96 432 104 496 88 536 64"


SEAL_PHOTO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 176 132'%3E"
    "%3Crect width='176' height='132' fill='%235d6468'/%3E%3Crect y='0' width='176' height='58' fill='%236c7478'/%3E"
    "%3Cpath d='M44 46c40-26 74-8 72 22' fill='none' stroke='%23e9c23a' stroke-width='5'/%3E"
    "%3Crect x='72' y='66' width='92' height='44' rx='4' fill='%23e9c23a'/%3E"
    "%3Ctext x='118' y='96' text-anchor='middle' font-size='18' font-weight='700'%3E004388%3C/text%3E%3C/svg%3E"
)


NEIGHBOURS = (
    (140, "slot 1", "active"),
    (141, "slot 2", "full"),
    (142, "slot 3", "full, on hold"),
    (145, "slot 9?", "label unread"),
    (151, "slot 8", "active"),
    (154, "slot 12", "full, on hold"),
    (157, "slot 16", "scratch"),
    (160, "slot 14", "leaving"),
    (161, "slot 15", "next out"),
    (163, "slot 18", "batch 4"),
    (164, "slot 19", "batch 4"),
    (168, "slot 23", "scratch"),
    (170, "drive 1", "writing"),
)


SIDE = SideList(
    "Media in Library 1",
    tuple(
        SideItem(bc(number), f"/media/STR{number}L8", where, state, current=number == 142)
        for number, where, state in NEIGHBOURS
    ),
    20,
)


FACTS = (
    FactsSection(
        "Facts",
        (
            Fact("Serial number", "HM7X0K1142", mono=True),
            Fact("Volume tag", "STR142L8, agrees", mono=True),
            Fact("Media type", "LTO-8, 12 TB, rewritable"),
            Fact("Written", "11.2 TB, 93 %"),
            Fact("Loads", "38 of 20,000"),
            Fact("Encryption", ("AES-256-GCM, ", Ident("K-2025-12"), ", not at this site")),
            Fact("Policy", Link("Monthly, 24 months", "/policies/monthly")),
            Fact("Retain until", "9 Dec 2027, and while held"),
        ),
    ),
    FactsSection(
        "Hold",
        (
            Fact("Reason", "payer dispute 2025 Q4"),
            Fact("Owner", "Security officer"),
            Fact("Approved by", "Backup administrator 1"),
            Fact("Review", "3 Mar 2027"),
        ),
        note=Ident("H-0031", "/holds/H-0031"),
    ),
    TableSection(
        "Holds these sets",
        Table(
            "sets",
            "Datasets on this medium",
            (Column("Dataset"), Column("GB", numeric=True), Column("other copies")),
            (
                Row((Cell("billing-db"), Cell("7,420"), Cell(bc(242)))),
                Row((Cell("claims-images"), Cell("3,780"), Cell(bc(243)))),
            ),
        ),
    ),
    FactsSection(
        "Custody, 15 months",
        (
            Fact("Transfers", "4"),
            Fact("Two-sided", "3"),
            Fact("Gaps", bare("1, of 17 h 20 min", Tone.RED)),
            Fact("Prove it", Link("where was it on …", "/media/STR142L8/where")),
        ),
    ),
)


ENTRIES = (
    Span(("with ", Strong("Site 1 vault"), ", in Library 1 since 26 Feb 2026, 266 days")),
    Event(at("13:58"), "Inventory: in slot 3 of Library 1, as recorded."),
    Event(
        at("02:14", day=12),
        "Read for a restore test in drive 2, 41 files compared, 0 errors.",
        ("Restore test ", Ident("RT-0061", "/restore-tests/61"), ". Back in slot 3, seen 02:51."),
    ),
    Event(
        at("16:20", month=3, day=3),
        ("Hold ", Ident("H-0031", "/holds/H-0031"), " placed: payer dispute 2025 Q4."),
        "Owner Security officer · approved by Backup administrator 1 · review 3 Mar 2027",
        Tone.AMBER,
    ),
    Event(at("11:02", month=2, day=26), "Moved from shelf A-02 to Library 1, slot 3."),
    Handover(
        at("09:31", month=2, day=26),
        ("Received home in ", container(91), " · seal ", Ident("004388"), " intact"),
        Side("Handler 2, Site 1 vault", at("09:31:40", month=2, day=26)),
        Side("Carrier driver 1", at("09:30:12", month=2, day=26)),
        evidence=Evidence(
            "1 photo, 2 signatures, ledger proof",
            open=True,
            photos=(
                Photo(
                    SEAL_PHOTO,
                    "Pull-tight seal 004388 through both hasps of container C-0091",
                    (
                        "Seal ",
                        Ident("004388"),
                        " on ",
                        container(91),
                        ", taken by Handler 2 before opening, 09:29",
                    ),
                ),
            ),
            signatures=(
                Signature("Carrier driver 1", "Carrier driver 1, released · on glass, 09:30:12", COURIER_INK),
                Signature("Handler 2", "Handler 2, received · on glass + PIN, 09:31:40", HANDLER_INK),
            ),
            facts=(
                Fact("Entry", "38,114 of 51,902 · 78da63b0178e7f240f04432a7eac5f56…", mono=True),
                Fact(
                    "In the ledger",
                    (bare("included", Tone.GREEN), " under checkpoint 51,902, signed 14:05 EST · 19:05 UTC"),
                ),
                Fact(
                    "Check it yourself",
                    (Link("entry + proof", "/ledger/entries/38114.json"), ", 16 hashes, 2.1 kB"),
                ),
            ),
        ),
    ),
    Gap(
        at("16:10", month=2, day=25),
        "Gap: 17 h 20 min without a signed custodian.",
        (
            "The Vault vendor released it, the Carrier recorded no receipt. Closed by discrepancy ",
            discrepancy(19),
            ": driver sheet found 27 Feb, accepted by the Security officer. The gap stays.",
        ),
    ),
    Handover(
        at("16:10", month=2, day=25),
        "Released by the Vault vendor for the return",
        Side("", None),
        Side("Vendor custodian, Vault 2", at("16:10:03", month=2, day=25)),
    ),
    Span(("with ", Strong("Vault vendor"), ", in Vault 2 for 76 days"), outside=True),
    Handover(
        at("15:22", year=2025, month=12, day=11),
        ("Acknowledged in consignment ", consignment(361), " · seal ", Ident("004217"), " intact"),
        Side("Vendor custodian, Vault 2", at("15:22:31", year=2025, month=12, day=11)),
        Side("Carrier driver 2", at("15:20:09", year=2025, month=12, day=11)),
        outside=True,
        evidence=Evidence("2 signatures, vendor file line 27, ledger proof"),
    ),
    Span(("with ", Strong("Carrier"), ", in transit 4 h 1 min"), outside=True),
    Handover(
        at("11:19", year=2025, month=12, day=11),
        "Released to the Carrier",
        Side("Carrier driver 2", at("11:19:02", year=2025, month=12, day=11)),
        Side("Handler 1, Site 1 vault", at("11:18:40", year=2025, month=12, day=11)),
        evidence=Evidence("1 photo, 2 signatures, ledger proof"),
    ),
    Event(
        at("03:10", year=2025, month=12, day=9),
        ("Filled: 11.2 TB in 2 sets, encrypted AES-256-GCM, key ", Ident("K-2025-12"), "."),
    ),
    Event(
        at("10:00", year=2025, month=8, day=14),
        "Accession: label applied, read back, cartridge memory agrees.",
        "Serial from cartridge memory · Handler 1",
    ),
)


MEDIUM = MediumView(
    title="STR142L8",
    place=Place.MEDIA,
    head=Head(
        "Medium",
        Barcode("STR142L8"),
        ("Library 1, slot 3 · ", Strong("with Site 1 vault"), " · seen 8 min ago"),
        (Chip("in library"), Chip("full", shape=Shape.CONTENT), Chip("on hold", shape=Shape.HOLD)),
        (
            Act(
                "Put in a run",
                "/runs",
                enabled=False,
                reason="on hold since 3 March; release needs two people",
            ),
            Act("Recall for a restore", "/media/STR142L8/recall", first=True),
        ),
        Plate("STR142L8", "code39"),
    ),
    facts=FACTS,
    entries=ENTRIES,
    filter=Filter(
        "Kind of entry",
        (
            FilterLink("all", "?", 31, current=True),
            FilterLink("transfers", "?kind=transfer", 4),
            FilterLink("moves", "?kind=move", 17),
            FilterLink("holds", "?kind=hold", 1),
            FilterLink("tests", "?kind=test", 9),
        ),
    ),
    older_href="?after=14",
    printed="STR142L8 · printed 19 Nov 2026 14:06 EST (19:06 UTC), ledger 51,902",
    side=SIDE,
)
