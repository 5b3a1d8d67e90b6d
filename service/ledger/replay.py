"""Rebuilds every projected row from the ledger alone and compares it with the tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.ledger.format import plain
from service.ledger.projection import Projection
from service.ledger.store import Entry, all_entries
from service.ledger.stored import column_problems
from service.ledger.verify import changed_columns

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Replay:
    """`differences` shows the first of `different` rows that do not agree."""

    entries: int
    rows: int
    different: int
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.different


def fold(entries: Iterable[Entry]) -> tuple[int, dict[str, dict[str, Any]]]:
    """(number of entries, {subject: its projected columns})."""
    state: dict[str, dict[str, Any]] = {}
    count = 0
    for entry in entries:
        count += 1
        if changes := entry.fields.get("set"):
            state.setdefault(entry.subject, {}).update(changes)
    return count, state


def check(connection: Connection, projections: Mapping[str, Projection]) -> Replay:
    count, state = fold(all_entries(connection))
    rows, found = 0, []
    for projection in projections.values():
        names = sorted(projection.columns)
        columns = [projection.table.c[name] for name in names]
        for identity, *values in connection.execute(select(projection.table.c[projection.key], *columns)):
            rows += 1
            logged = state.pop(projection.subject(str(identity)), {})
            row = {name: plain(value) for name, value in zip(names, values, strict=True)}
            found += _differences(projection.subject(str(identity)), row, logged)
    left = [subject for subject in state if subject.split(":", 1)[0] in projections]
    found += [f"{subject}: in the ledger, not in the tables" for subject in left]
    found += column_problems(connection)
    return Replay(count, rows, len(found), tuple(found[:SHOWN]))


def _differences(subject: str, row: dict[str, Any], logged: dict[str, Any]) -> list[str]:
    if not logged:
        return [f"{subject}: in the tables, not in the ledger"]
    changed = changed_columns(
        {k: v for k, v in row.items() if v is not None}, {k: v for k, v in logged.items() if v is not None}
    )
    if not changed:
        return []
    told = "; ".join(
        f"{name} is {here!r}, by the ledger {there!r}" for name, (here, there) in changed.items()
    )
    return [f"{subject}: {told}"]
