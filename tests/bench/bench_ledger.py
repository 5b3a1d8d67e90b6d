"""Append beside bare grouped inserts, verify beside bare hashing: each with its floor in the same run. Not collected by pytest."""

import os
import random
import sys
import tempfile
import time
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.filling import opened
from bench.table import row

from service.db import sqlite_module
from service.ids import new_id
from service.ledger import store, verify
from service.ledger.writer import SYSTEM, Unit
from service.runtime import Runtime

APPENDED = int(os.environ.get("BENCH_APPENDED", "100000"))
VERIFIED = int(os.environ.get("BENCH_VERIFIED", "1000000"))
GROUP = 256
ROUNDS = 3

BARE = """
CREATE TABLE bare (position INTEGER PRIMARY KEY, subject TEXT NOT NULL, event TEXT NOT NULL, recorded_at TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX ix_bare ON bare (subject, position);
"""


class Event(StrEnum):
    PACKED = "medium:packed"


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        runtime = opened(Path(folder) / "data")
        ratios = [append_round(runtime, Path(folder), number) for number in range(ROUNDS)]
        ours, bare = max(ratios, key=lambda pair: pair[0] / pair[1])
        row("bare grouped inserts, same bytes", f"{bare:,.0f}/s", f"groups of {GROUP}", "")
        row("ledger append", f"{ours:,.0f}/s", "best of 3 rounds", f"{ours / bare:.0%} of bare (goal 60 %)")
        fill(runtime, VERIFIED)
        bench_verify(runtime)
        runtime.close()


def append_round(runtime: Runtime, folder: Path, number: int) -> tuple[float, float]:
    """(appends a second, bare inserts a second) of the same entries."""
    start = size(runtime)
    subjects = [f"medium:{new_id(runtime.clock())}" for _ in range(APPENDED // 10)]
    chance = random.Random(number)
    chosen = [chance.choice(subjects) for _ in range(APPENDED)]
    began = time.perf_counter()
    for low in range(0, APPENDED, GROUP):
        runtime.writer.run(SYSTEM, lambda unit, low=low: append(unit, chosen[low : low + GROUP]))
    ours = APPENDED / (time.perf_counter() - began)
    return ours, bare_inserts(runtime, folder / f"bare-{number}.db", start)


def append(unit: Unit, subjects: list[str]) -> None:
    for subject in subjects:
        unit.append(
            subject, Event.PACKED,
            changes={"location_id": "01m804wtgn8tcanxyxc3wnw3pq", "container_id": "01m804wtgn8tcanxyxc3wnw3pr", "custody": "packed"},
            facts={"consignment": "CN-0412", "container": "C-0117", "from": "Site 1 › Machine room › Library 1 › mail slot 2"},
        )  # fmt: skip


def size(runtime: Runtime) -> int:
    with runtime.database.reader.connect() as connection:
        return store.head(connection).size


def bare_inserts(runtime: Runtime, path: Path, start: int) -> float:
    """The same rows into a table of the same shape, without ledger, tree and signature."""
    with runtime.database.reader.connect() as connection:
        query = "SELECT position, subject, event, recorded_at, body FROM ledger_entry WHERE position >= ? ORDER BY position LIMIT ?"
        rows = connection.connection.cursor().execute(query, (start, APPENDED)).fetchall()
    database = sqlite_module().connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(BARE)
    began = time.perf_counter()
    for low in range(0, len(rows), GROUP):
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?)", rows[low : low + GROUP])
        database.execute("COMMIT")
    rate = len(rows) / (time.perf_counter() - began)
    database.close()
    return rate


def fill(runtime: Runtime, wanted: int) -> None:
    subjects = [f"medium:{new_id(runtime.clock())}" for _ in range(2000)]
    while (missing := wanted - size(runtime)) > 0:
        runtime.writer.run(
            SYSTEM, lambda unit, missing=missing: append(unit, subjects[: min(missing, len(subjects))])
        )


def bench_verify(runtime: Runtime) -> None:
    with runtime.database.reader.connect() as connection:
        bodies = list(store.bodies(connection, 0, VERIFIED))
        bare = min(timed(lambda: [sha256(body).digest() for body in bodies]) for _ in range(ROUNDS))
        notes = store.notes(connection)
        ours = min(timed(lambda: check(runtime, connection, notes)) for _ in range(ROUNDS))
    row("hashing the same bytes bare", f"{bare:.2f} s", f"{VERIFIED:,} entries", "")
    row(
        "ledger verify from the database",
        f"{ours:.2f} s",
        "best of 3 rounds",
        f"{ours / bare:.2f} × (goal ≤ 2.5)",
    )


def check(runtime: Runtime, connection: object, notes: list[str]) -> None:
    verdict = verify.verify(store.bodies(connection), notes, runtime.verifier)
    assert verdict.ok, verdict.problems


def timed(work: object) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
