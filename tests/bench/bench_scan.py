"""Scans over HTTP against an empty FastAPI route in the same run: saturated and paced. Not collected by pytest."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from itertools import islice
from pathlib import Path
from statistics import median

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.filling import add_media, barcode, bench_house, opened, packing_job, signed_in
from bench.table import row
from bench.wire import Connection, Result, get, pace, post, saturate

CLIENTS = 32
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SATURATED = int(os.environ.get("BENCH_SCANS", "6000"))  # a round
PACED_S = int(os.environ.get("BENCH_PACED_S", "5"))  # a round
PER_SECOND = 1000
BULK = 10_000
PORT = 8491


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        total = ROUNDS * (SATURATED + PACED_S * PER_SECOND) + BULK
        requests, headers, number, codes = prepare(Path(folder), total)
        left = iter(requests)
        floors, saturated, paced = [], [], []
        with server(Path(folder)) as process:
            for _ in range(
                ROUNDS
            ):  # each beside its floor: what else the machine does changes from minute to minute
                scans = list(islice(left, SATURATED))
                floors.append(asyncio.run(empty_route(scans)))
                saturated.append(asyncio.run(saturate(PORT, scans, CLIENTS)))
                paced.append(
                    asyncio.run(pace(PORT, list(islice(left, PACED_S * PER_SECOND)), CLIENTS, PER_SECOND))
                )
            bulk = asyncio.run(bulk_rate(headers, number, codes, total - BULK))
            memory = psutil.Process(process.pid).memory_info().rss / 1e6
    assert {status for result in saturated + paced for status in result.statuses} == {200}
    rates = [result.rate() for result in saturated]
    ratios = [rate / floor.rate() for rate, floor in zip(rates, floors, strict=True)]
    p99s = [result.percentile_ms(0.99) for result in paced]
    row(
        "empty FastAPI route, 32 clients",
        f"{median(floor.rate() for floor in floors):,.0f}/s",
        spread([floor.rate() for floor in floors]),
    )
    row(
        "scan, saturated, 32 clients",
        f"{median(rates):,.0f}/s",
        spread(rates),
        f"{median(ratios):.0%} of empty ({min(ratios):.0%} to {max(ratios):.0%}, goal 50 %)",
    )
    row("scan, paced 1,000/s, p50", f"{median(result.percentile_ms(0.5) for result in paced):.1f} ms")
    row("scan, paced 1,000/s, p99", f"{median(p99s):.1f} ms", spread(p99s), "goal < 25 ms")
    row("bulk scan", f"{bulk:,.0f}/s", "", "goal 5,000/s")
    row("server memory", f"{memory:,.0f} MB", "", "goal < 300")


def spread(figures: list[float]) -> str:
    return f"{min(figures):,.0f} to {max(figures):,.0f}"


def prepare(folder: Path, count: int) -> tuple[list[bytes], dict[str, str], str, list[str]]:
    runtime = opened(folder)
    house = bench_house(runtime)
    media = add_media(house, 0, count)
    number, codes = packing_job(house, media, count // 450 + 1)
    headers = signed_in(house, "Bench handler")
    runtime.close()
    requests = [scan_request(index, number, codes[index // 450], headers) for index in range(count)]
    return requests, headers, number, codes


def scan_request(index: int, number: str, container: str, headers: dict[str, str]) -> bytes:
    key = str(uuid.uuid4())
    body = {
        "barcode": barcode(index),
        "task": f"pack:{number}:{container}",
        "client_id": key,
        "scanned_at": "2026-11-19T19:06:00Z",
    }
    return post("/api/v1/scans", json.dumps(body).encode(), {**headers, "Idempotency-Key": key})


class server:  # noqa: N801 - reads as a context
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> subprocess.Popen:
        environment = {
            **os.environ,
            "STRONGROOM_DATA_DIR": str(self.folder),
            "STRONGROOM_WORKER": "false",
            "STRONGROOM_SCHEDULER": "false",
            "STRONGROOM_LOG_LEVEL": "warning",
            "STRONGROOM_SITE": "Bench",
        }
        command = [str(Path(sys.executable).with_name("strongroom")), "serve", "--port", str(PORT)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        wait_for(PORT)
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(15)


def wait_for(port: int) -> None:
    async def ready() -> None:
        for _ in range(200):
            try:
                connection = await Connection(port).open()
                await connection.send(get("/healthz", {}))
            except OSError:
                await asyncio.sleep(0.1)
            else:
                return
        raise SystemExit("the server did not start")

    asyncio.run(ready())


EMPTY = """
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.post("/api/v1/scans")
async def empty():
    return {}
uvicorn.run(app, port=%d, log_level="error", access_log=False)
"""


async def empty_route(requests: list[bytes]) -> Result:
    process = subprocess.Popen([sys.executable, "-c", EMPTY % (PORT + 1)])  # noqa: ASYNC220 - before any request
    try:
        for _ in range(200):
            try:
                await (await Connection(PORT + 1).open()).send(post("/api/v1/scans", b"{}", {}))
                break
            except OSError:
                await asyncio.sleep(0.1)
        return await saturate(PORT + 1, requests, CLIENTS)
    finally:
        process.terminate()
        process.wait(10)


async def bulk_rate(headers: dict[str, str], number: str, codes: list[str], first: int) -> float:
    connection = await Connection(PORT).open()
    started = time.perf_counter()
    for low in range(first, first + BULK, 450):
        index = low
        barcodes = [
            barcode(at) for at in range(low, min(low + 450, first + BULK)) if at // 450 == index // 450
        ]
        rest = [barcode(at) for at in range(low, min(low + 450, first + BULK)) if at // 450 != index // 450]
        for box, wanted in ((index // 450, barcodes), (index // 450 + 1, rest)):
            if wanted:
                body = json.dumps({"task": f"pack:{number}:{codes[box]}", "barcodes": wanted}).encode()
                status, answer = await connection.send(
                    post("/api/v1/scans/bulk", body, {**headers, "Idempotency-Key": str(uuid.uuid4())})
                )
                assert status == 200, answer
                assert answer.count(b'"right"') == len(wanted), answer[:500]
    return BULK / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
