"""Makes the table of docs/hardware.md from the runs of the contract suites.

    STRONGROOM_TEST_RUNS=docs/hardware-runs.jsonl pytest tests/drivers/test_changer_contract.py tests/drivers/test_drive_contract.py
    python tests/drivers/support_table.py

A passing run adds a line for each device it met; the file holds each device once.
"""

import json
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
RUNS, PAGE = DOCS / "hardware-runs.jsonl", DOCS / "hardware.md"
START, END = "<!-- runs -->\n", "<!-- end of runs -->"
COLUMNS = ("device", "revision", "what", "through")


def read_runs(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def add_runs(path: Path, found: list[dict[str, str]]) -> None:
    """Each device once, in order."""
    known = {json.dumps(run, sort_keys=True) for run in [*read_runs(path), *found]}
    path.write_text("".join(f"{line}\n" for line in sorted(known)), encoding="utf-8")


def table(runs: list[dict[str, str]]) -> str:
    rows = [" | ".join(run[column] for column in COLUMNS) for run in runs]
    return (
        "\n".join(f"| {row} |" for row in (" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS), *rows))
        + "\n"
    )


def page_with_table(page: str, runs: list[dict[str, str]]) -> str:
    head, _, rest = page.partition(START)
    return head + START + table(runs) + END + rest.partition(END)[2]


def main() -> int:
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8"), read_runs(RUNS)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
