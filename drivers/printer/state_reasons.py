"""What printers and print queues call their troubles: the keywords of printer-state-reasons (RFC 8011, 5.4.12). Pure."""

from collections.abc import Mapping

from drivers.printer.model import WARNINGS, PrinterCondition

# printer-state-reasons without -error, -warning and -report.
REASONS: Mapping[str, PrinterCondition] = {
    "media-empty": PrinterCondition.PAPER_OUT,
    "media-needed": PrinterCondition.PAPER_OUT,
    "media-low": PrinterCondition.PAPER_LOW,
    "media-jam": PrinterCondition.PAPER_JAM,
    "marker-supply-empty": PrinterCondition.RIBBON_OUT,
    "toner-empty": PrinterCondition.RIBBON_OUT,
    "marker-supply-low": PrinterCondition.RIBBON_LOW,
    "toner-low": PrinterCondition.RIBBON_LOW,
    "cover-open": PrinterCondition.HEAD_OPEN,
    "door-open": PrinterCondition.HEAD_OPEN,
    "interlock-open": PrinterCondition.HEAD_OPEN,
    "paused": PrinterCondition.PAUSED,
    "moving-to-paused": PrinterCondition.PAUSED,
    "hold-new-jobs": PrinterCondition.PAUSED,
    "fuser-over-temp": PrinterCondition.OVER_TEMPERATURE,
    "fuser-under-temp": PrinterCondition.UNDER_TEMPERATURE,
    "spool-area-full": PrinterCondition.BUFFER_FULL,
    "shutdown": PrinterCondition.OFFLINE,
    "deactivated": PrinterCondition.OFFLINE,
    "offline": PrinterCondition.OFFLINE,
    "timed-out": PrinterCondition.OFFLINE,
    "connecting-to-device": PrinterCondition.OFFLINE,
}
PASSING = ("-report", "-warning")


def _base(reason: str) -> str:
    for suffix in (*PASSING, "-error"):
        reason = reason.removesuffix(suffix)
    return reason


def condition_of(reason: str) -> PrinterCondition | None:
    """None for "none"; what is not in the table wants attention."""
    return None if reason == "none" else REASONS.get(_base(reason), PrinterCondition.ATTENTION)


def hinders(reason: str) -> bool:
    """Only what is known to hinder: queues tell of their own business without a suffix."""
    known = REASONS.get(_base(reason))
    return not reason.endswith(PASSING) and (
        reason.endswith("-error") or (known is not None and known not in WARNINGS)
    )
