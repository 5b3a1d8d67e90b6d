"""The ledger and one of its entries."""

import hashlib

from web_specimens.moment import at, bc, clock, consignment

from service.web.views.frame import Place
from service.web.views.ledger import Claim, EntryView, LedgerView, ProofStep
from service.web.views.parts import (
    Act,
    Chip,
    Fact,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Strong,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.tables import Cell, Column, Keep, Row, Table

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
