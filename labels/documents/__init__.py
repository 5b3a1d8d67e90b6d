from labels.documents.custody_transfer import CustodyTransfer, SealSeen, TransferredThing
from labels.documents.discrepancy_report import Difference, DiscrepancyLine, DiscrepancyReport
from labels.documents.facts import (
    Checkpoint,
    Issue,
    Organisation,
    Party,
    Signature,
    SignedAs,
    Site,
    canonical_json,
)
from labels.documents.language import LANGUAGES
from labels.documents.manifest import Manifest, ManifestContainer, ManifestKind, ManifestLine, ManifestSeal
from labels.documents.movement_list import ListKind, ListLine, MovementList
from labels.documents.pdfa import Attachment
from labels.documents.recovery_list import NeededMedium, Order, RecoveryList
from labels.documents.render import Document, Rendered, render
from labels.documents.series_sheet import PrintedLabel, SeriesSheet
from labels.documents.sheet import Paper
from labels.documents.stocktake_certificate import CountedPlace, StocktakeCertificate

__all__ = [
    "LANGUAGES",
    "Attachment",
    "Checkpoint",
    "CountedPlace",
    "CustodyTransfer",
    "Difference",
    "DiscrepancyLine",
    "DiscrepancyReport",
    "Document",
    "Issue",
    "ListKind",
    "ListLine",
    "Manifest",
    "ManifestContainer",
    "ManifestKind",
    "ManifestLine",
    "ManifestSeal",
    "MovementList",
    "NeededMedium",
    "Order",
    "Organisation",
    "Paper",
    "Party",
    "PrintedLabel",
    "RecoveryList",
    "Rendered",
    "SealSeen",
    "SeriesSheet",
    "Signature",
    "SignedAs",
    "Site",
    "StocktakeCertificate",
    "TransferredThing",
    "canonical_json",
    "render",
]
