"""Medium, run, search and list pages with a small and a large house: the large one must not be slower. Not collected by pytest."""

import asyncio
import os
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.bench_scan import PORT, server
from bench.filling import barcode, bench_house, opened, signed_in
from bench.table import row
from bench.wire import Connection, get
from house import House

from service.custody.actions import CustodyEvent
from service.db import sqlite_module
from service.ids import new_id
from service.ledger import tree
from service.ledger.format import canonical_bytes, timestamp
from service.media.models import Content, Custody
from service.rotation.actions import plan_run

SMALL, LARGE = 10_000, int(os.environ.get("BENCH_MEDIA", "1000000"))
ENTRIES_EACH = 10
REQUESTS = 300
WARM_UP = 30
CHUNK = 50_000
RUN_LINES = 8


def main() -> None:
    small, large = measured(SMALL), measured(LARGE)
    row("pages, p95", f"{SMALL:,}", f"{LARGE:,} media", f"× {ENTRIES_EACH} entries")
    for name, before in small.items():
        after = large[name]
        unit = "MB" if name == "server memory" else "ms"
        goal = "goal < 300 MB" if unit == "MB" else f"{after / before:.2f} × (goal ≤ 1.5)"
        row(f"  {name}", f"{before:.1f} {unit}", f"{after:.1f} {unit}", goal)


def measured(media: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        data = Path(folder) / "data"
        runtime = opened(data)
        house = bench_house(runtime)
        number = planned_run(house)
        headers = signed_in(house, "Bench handler")
        runtime.close()
        fill(data, house, media)
        with server(data) as process:
            times = asyncio.run(visit(headers, number, media))
            times["server memory"] = psutil.Process(process.pid).memory_info().rss / 1e6
    return times


def planned_run(house: House) -> str:
    """A run of a few media in slots."""
    for slot in range(1, RUN_LINES + 1):
        house.medium(
            f"RUN{slot:03d}L8",
            f"slot {slot}",
            "Organisation",
            Custody.IN_LIBRARY,
            Content.FULL,
            written_on=date(2026, 11, 12),
        )
    return str(house.run(lambda unit: plan_run(unit, house.ids["schedule"], date(2026, 11, 19))))


async def visit(headers: dict[str, str], number: str, media: int) -> dict[str, float]:
    chance = random.Random(1)
    code = lambda: barcode(chance.randrange(1, media))  # noqa: E731 - one line is clearer
    pages = {
        "medium page": lambda: f"/media/{code()}",
        "run page": lambda: f"/runs/{number}",
        "search, one thing": lambda: f"/search?q={code()}",
        "search, a prefix": lambda: f"/search?q={code()[:5]}",
        "media list": lambda: f"/media?after={code()}",
        "today page": lambda: "/",
    }
    connection = await Connection(PORT).open()
    times = {}
    for name, address in pages.items():
        took = []
        for number_of_request in range(WARM_UP + REQUESTS):
            began = time.perf_counter()
            status, body = await connection.send(get(address(), headers))
            if number_of_request >= WARM_UP:
                took.append(time.perf_counter() - began)
            assert status in {200, 303}, (name, status, body[:300])
        times[name] = sorted(took)[int(len(took) * 0.95)] * 1000
    await connection.close()
    return times


def fill(data: Path, house: House, media: int) -> None:
    """Media and entries straight into the tables, with the tree that the writer would have made."""
    database = sqlite_module().connect(data / "strongroom.db", isolation_level=None)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("PRAGMA cache_size=-400000")
    size, packed = database.execute("SELECT size, frontier FROM ledger_head").fetchone()
    state = {"frontier": tree.Frontier.from_bytes(size, packed)}
    began = datetime.now(UTC) - timedelta(days=400)
    ids = [new_id(began + timedelta(milliseconds=number)) for number in range(media)]
    add_rows(database, house, ids, began)
    for turn in range(ENTRIES_EACH):
        append_turn(database, ids, state, began + timedelta(days=turn * 30), turn)
    sign(data, database, state["frontier"])
    database.execute("ANALYZE")
    database.close()


def add_rows(database, house: House, ids: list[str], at: datetime) -> None:
    names = (
        "medium_id, barcode, serial_number, media_type, generation, content, custody, custodian_id, location_id, missing, encrypted, "
        "dataset, written_on, tier, period_key, policy_version, expires_on, registered_at"
    )
    place = house.ids["Machine room"]
    marks = ", ".join("?" * len(names.split(",")))
    for low in range(0, len(ids), CHUNK):
        database.execute("BEGIN")
        database.executemany(
            f"INSERT INTO medium ({names}) VALUES ({marks})",
            (
                (
                    ids[number], barcode(number), f"SN{number:08d}", "lto", "LTO-8", "full", "on_site", house.ids["Organisation"], place, 0, 1,
                    "billing-db", "2026-10-01", "weekly", "2026-W40", 1, "2027-01-01", at.strftime("%Y-%m-%d %H:%M:%S.%f"),
                )
                for number in range(low, min(low + CHUNK, len(ids)))
            ),
        )  # fmt: skip
        database.execute("COMMIT")


def append_turn(database, ids: list[str], state: dict[str, tree.Frontier], at: datetime, turn: int) -> None:
    stored = at.strftime("%Y-%m-%d %H:%M:%S.%f")
    event = CustodyEvent.MOVED.value
    for low in range(0, len(ids), CHUNK):
        first, rows, leaves = state["frontier"].size, [], []
        for offset, medium_id in enumerate(ids[low : low + CHUNK]):
            subject = f"medium:{medium_id}"
            body = canonical_bytes({
                "at": timestamp(at), "by": {"handler": None, "via": "import"}, "event": event, "facts": {"from": "Vault 2 › Shelf B-04", "to": "Machine room"},
                "position": first + offset, "set": {"location_id": "01m804wtgn8tcanxyxc3wnw3pq"}, "subject": subject, "v": 1,
            })  # fmt: skip
            rows.append((first + offset, subject, event, stored, body))
            leaves.append(tree.leaf_hash(body))
        state["frontier"], nodes = tree.append(state["frontier"], leaves)
        database.execute("BEGIN")
        database.executemany("INSERT INTO ledger_entry VALUES (?, ?, ?, ?, ?)", rows)
        database.executemany("INSERT INTO ledger_node VALUES (?, ?, ?)", nodes)
        database.execute("COMMIT")
    print(f"    {state['frontier'].size:,} entries", end="\r", file=sys.stderr)


def sign(data: Path, database, frontier: tree.Frontier) -> None:
    from service.ledger.checkpoint import Signer
    from service.runtime import load_or_make_key

    origin = database.execute("SELECT value FROM installation WHERE key = 'ledger_origin'").fetchone()[0]
    note = Signer(origin, load_or_make_key(data / "ledger.key")).sign(frontier.size, frontier.root())
    stored = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    database.execute(
        "UPDATE ledger_head SET size = ?, frontier = ?, note = ?, signed_at = ?",
        (frontier.size, frontier.to_bytes(), note, stored),
    )


if __name__ == "__main__":
    main()
