"""The papers that custody is proved with, and which of them were given out."""

from enum import StrEnum


class DocumentKind(StrEnum):
    MANIFEST = "manifest"
    COURIER_COPY = "courier_copy"
    PICK_LIST = "pick_list"
    DISTRIBUTION_LIST = "distribution_list"
    CUSTODY_TRANSFER = "custody_transfer"
    DISCREPANCY_REPORT = "discrepancy_report"
    RECOVERY_LIST = "recovery_list"
    SERIES_SHEET = "series_sheet"
