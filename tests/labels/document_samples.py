"""One plausible document of every kind; roles instead of people."""

import base64
import hashlib
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from PIL import Image

from labels.documents import (
    Checkpoint,
    CountedPlace,
    CustodyTransfer,
    Difference,
    DiscrepancyLine,
    DiscrepancyReport,
    Document,
    Issue,
    ListKind,
    ListLine,
    Manifest,
    ManifestContainer,
    ManifestKind,
    ManifestLine,
    ManifestSeal,
    MovementList,
    NeededMedium,
    Organisation,
    Party,
    PrintedLabel,
    RecoveryList,
    SealSeen,
    SeriesSheet,
    Signature,
    SignedAs,
    Site,
    StocktakeCertificate,
    TransferredThing,
)

NOW = datetime(2026, 11, 19, 15, 54, 10, tzinfo=UTC)
ROOT = base64.b64encode(hashlib.sha256(b"root").digest()).decode()
SIGNATURE = base64.b64encode(hashlib.sha512(b"signature").digest() + b"keys").decode()
ORIGIN = "vault.example/custody"
CHECKPOINT = Checkpoint(ORIGIN, 51902, ROOT, f"{ORIGIN}\n51902\n{ROOT}\n\n\u2014 {ORIGIN} {SIGNATURE}\n")
ORGANISATION = Organisation("Example Medical Billing", "1 Records Way\nSpringfield")
SITE = Site("Site 1", "America/New_York")
SQUIGGLE = (
    tuple((0.03 + t / 140, 0.55 + 0.32 * math.sin(t / 3.1) * math.exp(-t / 60)) for t in range(100)),
    tuple((0.3 + t / 60, 0.86 - 0.06 * math.sin(t / 12)) for t in range(30)),
)
DATASETS = ("billing-db", "claims-images", "edi-share", "documents")


def logo(mode: str = "RGBA") -> bytes:
    out = BytesIO()
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    picture.paste((10, 80, 160, 160), (20, 20, 280, 100))
    picture.convert(mode).save(out, "PNG")
    return out.getvalue()


def issue(number: str, checkpoint: Checkpoint | None = CHECKPOINT) -> Issue:
    return Issue(number, ORGANISATION, SITE, NOW, "Vault custodian 1", checkpoint)


def signed(signed_as: SignedAs, role: str, organisation: str, seconds: int = 0) -> Signature:
    return Signature(
        signed_as,
        role,
        organisation=organisation,
        badge="B-2207",
        method="on glass and PIN",
        place="Site 1, dock 2",
        at=NOW - timedelta(seconds=seconds),
        strokes=SQUIGGLE,
    )


def unsigned(signed_as: SignedAs, role: str, organisation: str) -> Signature:
    return Signature(signed_as, role, organisation=organisation)


def manifest(lines: int = 38) -> Manifest:
    per_container = 16
    containers = tuple(
        ManifestContainer(
            f"C-{114 + n:04}",
            "Turtle 20",
            min(per_container, lines - n * per_container),
            (
                ManifestSeal(
                    f"{4709 + n:06}", "bolt", "lid", "Handler 2", NOW - timedelta(minutes=18 - 2 * n)
                ),
            ),
            5100 + 120 * n,
        )
        for n in range(-(-lines // per_container))
    )
    return Manifest(
        issue("CN-0411"),
        ManifestKind.OUTBOUND,
        "monthly set October",
        "run 2026-W47, approved by Backup administrator 1",
        Party("Example Medical Billing", "Site 1 vault", "1 Records Way, Springfield", "+1 555 0100"),
        Party("Vault vendor", "Vault 2", "Quarry Road 9, Hillside"),
        Party("Carrier", contact="vendor 77, contract C-19"),
        containers,
        tuple(_line(n, per_container) for n in range(lines)),
        signed(SignedAs.RELEASED, "Vault custodian 1", "Example Medical Billing", 22),
        replace(signed(SignedAs.RECEIVED, "Driver 3", "Carrier"), identity_checked_by="Vault custodian 1"),
        NOW - timedelta(minutes=13),
        vehicle="van 12, plate X-4471",
        planned_from=NOW - timedelta(hours=1),
        planned_to=NOW + timedelta(hours=4),
        checks=("all encrypted, AES-256-GCM", "no key in any container"),
    )


def _line(number: int, per_container: int) -> ManifestLine:
    serial = hashlib.sha256(str(number).encode()).hexdigest()[:8].upper()
    return ManifestLine(
        f"STR{301 + number:03}L8" if number < 600 else f"S{number:05}L8",
        f"HM{serial}",
        "LTO-8",
        f"C-{114 + number // per_container:04}",
        DATASETS[number % 4],
        "K-2026-10",
        date(2028, 10, 31),
        "on hold" if number % 17 == 5 else "",
    )


def pick_list(kind: ListKind = ListKind.PICK) -> MovementList:
    pick = kind is ListKind.PICK
    lines = tuple(
        ListLine(
            f"STR{301 + n:03}L8",
            "LTO-8",
            f"Library 1, mail slot {1 + n % 4}" if pick else f"C-{114 + n // 16:04}",
            f"C-{114 + n // 16:04}" if pick else f"Vault 2, shelf B-04, place {n + 1}",
            "cleaning due" if n == 3 else "",
        )
        for n in range(20)
    )
    done = SignedAs.PICKED if pick else SignedAs.PLACED
    return MovementList(
        issue("PL-0411" if pick else "DL-0411", None),
        kind,
        "2026-W47",
        "DL-0411" if pick else "PL-0411",
        "Site 1, library room" if pick else "Vault vendor, Vault 2",
        lines,
        unsigned(done, "Handler 2", "Example Medical Billing"),
        unsigned(SignedAs.REVIEWED, "Vault custodian 1", "Example Medical Billing"),
    )


def custody_transfer() -> CustodyTransfer:
    return CustodyTransfer(
        issue("CT-0822"),
        "CN-0411",
        "monthly set October",
        Party("Carrier", "van 12"),
        Party("Vault vendor", "Vault 2", "Quarry Road 9, Hillside"),
        (
            TransferredThing("C-0114", "container, Turtle 20", "004709", SealSeen.INTACT, 16, 16),
            TransferredThing(
                "C-0115", "container, Turtle 20", "004710", SealSeen.BROKEN, 16, 15, "photo 3; see DR-0031"
            ),
            TransferredThing("C-0116", "container, Turtle 20", "004711", SealSeen.INTACT, 6),
        ),
        signed(SignedAs.RELEASED, "Driver 3", "Carrier", 240),
        signed(SignedAs.RECEIVED, "Vendor custodian 1", "Vault vendor"),
        remarks="The seal of C-0115 was found cut. The container was opened and counted by both sides before signing.",
    )


def discrepancy_report() -> DiscrepancyReport:
    return DiscrepancyReport(
        issue("DR-0031"),
        "CN-0411",
        "Vault vendor, Vault 2",
        NOW + timedelta(hours=4),
        "Vendor custodian 1",
        "Carrier",
        (
            DiscrepancyLine(Difference.SEAL, "C-0115", "seal 004710 intact", "seal 004710 cut", "", "52,014"),
            DiscrepancyLine(
                Difference.MISSING, "STR322L8", "in C-0115", "not in any container", "", "52,015"
            ),
            DiscrepancyLine(
                Difference.WRONG_CONTAINER,
                "STR333L8",
                "in C-0116",
                "in C-0115",
                "packing corrected by entry; same seal history",
                "52,016",
            ),
        ),
        signed(SignedAs.REPORTED, "Vendor custodian 1", "Vault vendor"),
        unsigned(SignedAs.ACKNOWLEDGED, "Driver 3", "Carrier"),
        account="Found on receipt, before the containers were taken into the vault. The van had one stop on the way (fuel, 11:40).",
    )


def stocktake_certificate(missing: int = 0) -> StocktakeCertificate:
    return StocktakeCertificate(
        issue("ST-2026-11"),
        "Vault vendor, Vault 2, shelves A to C",
        "every medium scanned, blind (the expected list was not shown)",
        NOW - timedelta(hours=3),
        NOW,
        (
            CountedPlace("Shelf A", 412, 412),
            CountedPlace("Shelf B", 388, 388 - missing, missing),
            CountedPlace("Shelf C", 1190, 1190),
        ),
        ("DR-0032",) if missing else (),
        signed(SignedAs.COUNTED, "Vendor custodian 1", "Vault vendor"),
        signed(SignedAs.REVIEWED, "Auditor 1", "Example Medical Billing"),
    )


def recovery_list() -> RecoveryList:
    here = NOW + timedelta(hours=26)
    return RecoveryList(
        issue("RL-0007"),
        "RQ-118, ransomware drill Q4",
        "billing-db",
        NOW - timedelta(days=20),
        signed(SignedAs.APPROVED, "Security officer 1", "Example Medical Billing"),
        unsigned(SignedAs.RECEIVED, "Restore operator 1", "Example Medical Billing"),
        (
            NeededMedium(
                1,
                "STR301L8",
                "LTO-8",
                "Vault 2, shelf B-04",
                "Vault vendor",
                "C-0114",
                "K-2026-10",
                here,
                "STR107L8",
            ),
            NeededMedium(
                2, "STR305L8", "LTO-8", "Vault 2, shelf B-04", "Vault vendor", "C-0114", "K-2026-10", here
            ),
            NeededMedium(
                3, "STR340L8", "LTO-8", "Library 1, slot 14", "Example Medical Billing", "", "K-2026-11"
            ),
        ),
    )


def series_sheet(count: int = 90) -> SeriesSheet:
    labels = tuple(
        PrintedLabel(f"ABC{n + 1:03}L8", f"{n // 24 + 1}/{n % 24 + 1}", NOW if n < 72 else None)
        for n in range(count)
    )
    printed = signed(SignedAs.PRINTED, "Handler 2", "Example Medical Billing")
    return SeriesSheet(
        issue("LS-0019", None),
        f"ABC001L8..ABC{count:03}L8",
        "lto-79x17-a4",
        "Office printer 2",
        labels,
        printed,
    )


def every_document() -> dict[str, Document]:
    return {
        "manifest": manifest(),
        "manifest-courier": replace(manifest(), issue=issue("CN-0411-C"), lines=()),
        "pick-list": pick_list(),
        "distribution-list": pick_list(ListKind.DISTRIBUTION),
        "custody-transfer": custody_transfer(),
        "discrepancy-report": discrepancy_report(),
        "stocktake-clean": stocktake_certificate(),
        "stocktake-differs": stocktake_certificate(3),
        "recovery-list": recovery_list(),
        "series-sheet": series_sheet(),
    }
