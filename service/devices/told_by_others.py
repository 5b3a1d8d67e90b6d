"""What the changer command wrote down when it moved media without a server: matched with what is then seen, never believed alone."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

TAIL_BYTES = 256 * 1024
CLOCKS_APART = timedelta(minutes=5)
# (volume tag, element address of the destination) → the line
ToldMoves = Mapping[tuple[str, int], Mapping[str, Any]]


def told_moves(path: Path | None) -> ToldMoves:
    """The newest line of every tag and destination, from the end of the file; empty where there is none."""
    if path is None or not path.is_file():
        return {}
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - TAIL_BYTES)
        file.seek(start)
        lines = file.read().splitlines()
    found = _parsed(lines[1:] if start else lines)
    return {(str(line["tag"]), int(line["destination"])): line for line in found}


def _parsed(lines: Iterable[bytes]) -> Iterable[Mapping[str, Any]]:
    """A line that is half written, or not ours, is passed over."""
    for text in lines:
        try:
            line = json.loads(text)
            at = datetime.fromisoformat(line["at"])
            is_ours = at.tzinfo is not None and line["tag"] and int(line["destination"]) >= 0
        except (ValueError, KeyError, TypeError):
            continue
        if is_ours:
            yield line


def told_facts(told: ToldMoves, tag: str, address: int, since: datetime | None) -> dict[str, object]:
    """For the entry of a medium that was seen there: what its mover was told, where that is on file since the last look."""
    line = told.get((tag, address))
    if line is None or (since is not None and datetime.fromisoformat(line["at"]) < since - CLOCKS_APART):
        return {}
    return {
        "told": {
            "by": "mtx-changer",
            "command": str(line.get("command", "")),
            "at": line["at"],
            "answer": str(line.get("device_answer") or "GOOD"),
            "verdict": str(line.get("verdict", "")),
        }
    }
