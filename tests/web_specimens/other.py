"""Evidence, general pages, the door, places, administration."""

import hashlib

from web_specimens.moment import at, bare, bc, clock, consignment, container, head_cell

from service.web.views.admin import AdministrationView, Area, NewTokenView
from service.web.views.forms import Danger, Field, FieldGroup, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.ledger import Claim, EntryView, LedgerView, ProofStep
from service.web.views.locations import LocationsView, Node
from service.web.views.pages import (
    DoorPage,
    FormPage,
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
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Method,
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
    TextSection,
    TimelineSection,
)
from service.web.views.tables import Cell, Column, Keep, Row, Table
from service.web.views.timeline import Event

ROOT = hashlib.sha256(b"root").hexdigest()
CHECKPOINT = f"strongroom.site-1\n51902\n{ROOT[:44]}=\n\n— strongroom.site-1 7Q2mXbC0Zl1c8n4Y5tFv0q9sJ2dLwE6uRkHaPgTxNoMi\n"
VERIFY = """$ strongroom ledger verify site-1.evidence
included    51,902 entries, tree rebuilt     0 differ
consistent  checkpoint 48,377 → 51,902       2 keys
custody     rebuilt from the ledger          0 differ
proved"""
ENTRIES = Table(
    "entries",
    "Newest entries",
    (
        Column("Entry", numeric=True),
        Column("When"),
        Column("What"),
        Column("About"),
        Column("By", keep=Keep.TABLET),
        Column("Leaf hash", mono=True, keep=Keep.DESK),
    ),
    tuple(
        Row(
            (
                Cell(Link(f"{51902 - index:,}", f"/ledger/entries/{51902 - index}")),
                Cell(clock(f"14:0{5 - index // 3}:{50 - index:02}")),
                Cell(what),
                Cell(about),
                Cell("Handler 2"),
                Cell(hashlib.sha256(bytes([index])).hexdigest()[:16], quiet=True),
            )
        )
        for index, (what, about) in enumerate(
            (
                ("checkpoint:signed", Ident("51,901")),
                ("medium:ejected", bc(159)),
                ("medium:ejected", bc(158)),
                ("run:batch_started", Ident("2026-W47", "/runs/2026-W47")),
                ("medium:packed", bc(156)),
                ("medium:scanned_out", bc(156)),
                ("consignment:released", consignment(411)),
            )
        )
    ),
    older_href="?after=51895",
)
LEDGER = LedgerView(
    "Evidence",
    Place.EVIDENCE,
    Head(
        "Evidence",
        "Ledger",
        (Strong("51,902 entries"), " · signed 14:05 EST, 19:05 UTC · checked 14:05, nothing differs"),
        (Chip("verified", Tone.GREEN),),
        (Act("Export for an auditor", "/ledger/export", first=True),),
    ),
    facts=(
        Fact("Entries", "51,902"),
        Fact("Root", ROOT, mono=True),
        Fact("Signed", When(at("14:05"), WhenStyle.BOTH)),
        Fact("Key", "strongroom.site-1+7Q2mXbC0", mono=True),
    ),
    checkpoint=CHECKPOINT,
    checkpoint_note=Link("as a file", "/ledger/checkpoint"),
    claims=(
        Claim(
            "The tree of 51,902 entries has the signed root.",
            Tone.GREEN,
            ("Rebuilt from the stored bytes at 14:05.",),
        ),
        Claim(
            "Custody rebuilt from the ledger equals the tables.",
            Tone.GREEN,
            ("212 media, 0 differ, at 06:00.",),
        ),
        Claim(
            "No outside witness signs yet.",
            Tone.AMBER,
            (
                "Somebody with the key and the database could write another history. Give each checkpoint to a witness.",
            ),
        ),
    ),
    verify=VERIFY,
    verify_note="needs Python 3.11, no network",
    exports=(Act("Download entries and proofs", "/ledger/export.zip", slim=True),),
    entries=ENTRIES,
    filters=(
        Filter(
            "Kind",
            (
                FilterLink("all", "?", current=True),
                FilterLink("custody", "?kind=custody"),
                FilterLink("devices", "?kind=device"),
                FilterLink("people", "?kind=handler"),
            ),
        ),
    ),
    csv_href="/ledger/entries.csv",
)
STEPS = tuple(
    ProofStep(hashlib.sha256(bytes([17, level])).hexdigest(), level in {1, 4, 6, 10, 11, 12, 13, 15})
    for level in range(16)
)
ENTRY = EntryView(
    "Entry 48,211",
    Place.EVIDENCE,
    Head(
        "Entry",
        "48,211",
        ("17 Nov 2026 11:04:02 EST, 16:04:02 UTC · by Security officer"),
        (Chip("included", Tone.GREEN),),
    ),
    sentence=("The sanitization of ", bc(31, "L6"), " was accepted."),
    facts=(
        Fact("Kind", "sanitization:accepted", mono=True),
        Fact("About", bc(31, "L6")),
        Fact("By", "Security officer"),
        Fact("Recorded", When(at("11:04:02", day=17), WhenStyle.BOTH)),
    ),
    body='{"at":"2026-11-17T16:04:02Z","by":"security-officer-1","kind":"sanitization:accepted","medium":"STR031L6","method":"purge","technique":"cryptographic erase"}',
    body_note="canonical JSON, 148 bytes",
    steps=STEPS,
    leaf_label="this entry, 48,211",
    root_label=f"root {ROOT[:8]}…",
    proof_facts=(
        Fact("Checkpoint", "51,902", mono=True),
        Fact("Root", ROOT, mono=True),
        Fact("Signed", When(at("14:05"), WhenStyle.BOTH)),
    ),
    verify="$ strongroom ledger verify 48211.evidence\nincluded    entry 48,211 in checkpoint 51,902      16 hashes\nproved",
    verify_note="needs Python 3.11, no network",
    exports=(Act("Entry and proof, 2.1 kB", "/ledger/entries/48211.json", slim=True),),
)
FORM = FormPage(
    "Correct the place",
    Place.MEDIA,
    Head("Medium", Ident("STR145L8"), "Library 1, slot 9 · with Site 1 vault", (Chip("in library"),)),
    Form(
        "correct",
        "/media/STR145L8/correct",
        "Write the correction",
        (
            Field(
                "barcode",
                "Barcode you scanned",
                mono=True,
                value="STR145L",
                error="7 characters; a barcode here has 8.",
                help="Scan the label; typing it is recorded as typed.",
                width=10,
            ),
            Field(
                "where",
                "Where it is",
                FieldKind.SELECT,
                "slot-9",
                options=(Option("slot-9", "Library 1, slot 9"), Option("shelf", "Shelf B-04")),
            ),
            Field("seen_at", "Seen", FieldKind.DATETIME, "2026-11-19T14:06"),
            Field(
                "reason",
                "Reason",
                FieldKind.TEXTAREA,
                "",
                error="A correction needs its reason in writing.",
                help="An auditor reads this sentence in ten years.",
            ),
        ),
        (
            FieldGroup(
                "Second person",
                (
                    Field(
                        "second",
                        "Who looks with you",
                        FieldKind.RADIO,
                        "handler-1",
                        options=(
                            Option("handler-1", "Handler 1"),
                            Option("custodian", "Vault custodian", disabled_reason="not on site today"),
                        ),
                    ),
                    Field("both", "Both of us have read the label", FieldKind.CHECK, "on"),
                    Field(
                        "parts",
                        "What was looked at",
                        FieldKind.CHECKS,
                        values=("label",),
                        required=False,
                        options=(
                            Option("label", "label"),
                            Option("shell", "shell"),
                            Option("memory", "cartridge memory"),
                        ),
                    ),
                ),
                "Policy asks for two people where a label cannot be read.",
            ),
        ),
        danger=Danger(
            "This writes 1 correction that stays for ever:",
            (("entry 41,207, ", bc(145), " in slot 9"),),
            Tone.AMBER,
        ),
        other=(Act("Leave it", "/media/STR145L8"),),
        hidden=(("version", "7"),),
    ),
    beside=(
        FactsSection(
            "What is recorded",
            (Fact("Last seen", "12 Nov, slot 9"), Fact("Volume tag", "not read", mono=True)),
        ),
        TextSection(
            "What happens",
            ("Nothing is edited. The correction is a new entry that names the one it corrects.",),
        ),
    ),
)
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
LOCATIONS = LocationsView(
    "Places",
    Place.ADMINISTRATION,
    Head(
        "Places",
        "Site, vault, shelf, library",
        "3 sites, 212 media",
        acts=(Act("New place", "/locations/new", first=True),),
    ),
    (
        Node(
            "Site 1",
            "site",
            "/locations/site-1",
            media=66,
            children=(
                Node(
                    "Vault 1",
                    "vault",
                    "/locations/vault-1",
                    media=65,
                    children=(
                        Node(
                            "Library 1",
                            "library",
                            "/libraries/1",
                            "24 slots, 2 drives, 4 mail slots",
                            20,
                            Chip("1 wrong", Tone.RED),
                        ),
                        Node("Shelf A", "shelf", "/locations/shelf-a", "12 places", 37),
                    ),
                ),
                Node("Packing bench", "room", "/locations/bench", media=8),
            ),
        ),
        Node(
            "Vault vendor",
            "vendor's site",
            "/locations/vendor",
            media=108,
            children=(Node("Vault 2", "vault", "/locations/vault-2", "outside our hands", 108),),
        ),
    ),
    EmptyState("No places yet.", "A site comes first, then its vaults, shelves and libraries."),
)
ADMINISTRATION = AdministrationView(
    "Administration",
    Place.ADMINISTRATION,
    Head("Strongroom", "Administration", "Who may do what, when things happen, and with whom."),
    (
        Area(
            "Handlers",
            "/administration/handlers",
            "people who sign in, and their roles",
            "14",
            Chip("1 locked", Tone.AMBER, Shape.BARE),
        ),
        Area("Tokens", "/administration/tokens", "programs that use the API, with scope and expiry", "3"),
        Area("Parties", "/administration/parties", "vendors and couriers", "4"),
        Area("Policy and schedule", "/administration/policy", "what goes out, what comes home, on which day"),
        Area("Places", "/locations", "sites, vaults, shelves, libraries", "11"),
    ),
)
TOKEN = NewTokenView(
    "New token",
    Place.ADMINISTRATION,
    Head("Token", "inventory-reader", "reads media and locations, until 19 Feb 2027"),
    "srt_7Q2mXbC0Zl1c8n4Y5tFv0q9sJ2dLwE6uRkHaPgTxNoMi",
    "Copy it now. It is shown once and kept only as a hash.",
    "/administration/tokens",
)
HANDLERS = ListPage(
    "Handlers",
    Place.ADMINISTRATION,
    Head(
        "Administration",
        "Handlers",
        "14 people",
        acts=(Act("New handler", "/administration/handlers/new", first=True),),
    ),
    Table(
        "handlers",
        "Handlers",
        (
            Column("Name"),
            Column("Role"),
            Column("Site", keep=Keep.TABLET),
            Column("Last seen"),
            Column("Act", hidden_label=True),
        ),
        (
            Row(
                (
                    Cell(Link("Handler 2", "/administration/handlers/2"), head=True),
                    Cell("Media handler"),
                    Cell("Site 1"),
                    Cell(When(at("14:05"), WhenStyle.AGO)),
                    Cell(
                        act=Act(
                            "Lock",
                            "/administration/handlers/2/lock",
                            Method.POST,
                            slim=True,
                            aria_label="Lock Handler 2",
                        )
                    ),
                ),
                tone=Tone.BLUE,
            ),
            Row(
                (
                    Cell(Link("Auditor 1", "/administration/handlers/9"), head=True),
                    Cell("Auditor"),
                    Cell("all"),
                    Cell("2 d ago"),
                    Cell(
                        act=Act(
                            "Lock",
                            "/administration/handlers/9/lock",
                            enabled=False,
                            reason="locked since 17 Nov",
                            slim=True,
                        )
                    ),
                )
            ),
        ),
    ),
)
SIGN_IN = DoorPage(
    "Sign in",
    None,
    "Sign in",
    "Every act is recorded under your own name.",
    Form(
        "sign-in",
        "/sign-in",
        "Sign in",
        (
            Field("name", "Name", autocomplete="username", autofocus=True, value="handler-2"),
            Field("password", "Password", FieldKind.PASSWORD, autocomplete="current-password"),
        ),
        problem="Name and password do not belong together. 3 more tries in the next 10 minutes.",
    ),
    ("Forgotten? An administrator of your site sets a new one.",),
)
FIRST = DoorPage(
    "First administrator",
    None,
    "The first administrator",
    "This link works once, until 14:36. The account can do everything but edit the ledger; nobody can.",
    Form(
        "first",
        "/first-administrator/x",
        "Create the account",
        (
            Field("name", "Name", autocomplete="username"),
            Field(
                "password",
                "Password",
                FieldKind.PASSWORD,
                help="At least 12 characters; a sentence is good.",
                autocomplete="new-password",
            ),
            Field("again", "The same again", FieldKind.PASSWORD, autocomplete="new-password"),
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
