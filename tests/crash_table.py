"""The table of the crash matrix at the end of a test run: fault and phase by what was concluded."""

from collections import Counter

CRASH_CASE = "crash-case"
HEAD = ("fault", "phase", "", "verdict", "cases")
WIDTHS = (22, 14, 18, 16)


def crash_table(reports) -> list[str]:
    """Lines from the properties that the cases recorded; none where the matrix did not run."""
    found = [
        tuple(value) for report in reports for name, value in report.user_properties if name == CRASH_CASE
    ]
    if not found:
        return []
    rows = [(*case, str(number)) for case, number in sorted(Counter(found).items())]
    lines = ["  ".join((*map(str.ljust, row[:4], WIDTHS), row[4])) for row in (HEAD, *rows)]
    return [*lines, f"{len(found)} cases, every verdict right or undecided, no medium moved twice"]
