"""One plausible document of every kind; roles instead of people."""

import base64
import hashlib
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from labels.documents.facts import Checkpoint, Issue, Organisation, Party, Signature, SignedAs, Site
from labels.documents.manifest import Manifest, ManifestContainer, ManifestKind, ManifestLine, ManifestSeal

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


def issue(number: str) -> Issue:
    return Issue(number, ORGANISATION, SITE, NOW, "Vault custodian 1", CHECKPOINT)


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
