"""A manifest of 5,000 lines through the service: time, size, memory, and what scans feel meanwhile. Not collected by pytest."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.bench_scan import PORT, server
from bench.filling import add_media, barcode, bench_house, opened, packing_job, signed_in
from bench.table import row
from bench.wire import Connection, get, post
from house import House

from service.consignments.actions import freeze
from service.packing.actions import seal_container

LINES, A_BOX = 5000, 450
PROBE_S = 0.05


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        number, headers = prepare(Path(folder))
        with server(Path(folder)) as process:
            asyncio.run(measured(number, headers, psutil.Process(process.pid)))


def prepare(folder: Path) -> tuple[str, dict[str, str]]:
    runtime = opened(folder)
    house = bench_house(runtime)
    number, codes = packing_job(house, add_media(house, 0, LINES), -(-LINES // A_BOX))
    for index, code in enumerate(codes):
        barcodes = [barcode(item) for item in range(index * A_BOX, min((index + 1) * A_BOX, LINES))]
        house.scan("Bench handler", f"pack:{number}:{code}", *barcodes)
        seal(house, number, code, f"{4711 + index:06d}")
    house.run(lambda unit: freeze(unit, number))
    headers = signed_in(house, "Bench handler")
    runtime.close()
    return number, headers


def seal(house: House, number: str, code: str, text: str) -> None:
    house.run(lambda unit: seal_container(unit, number, code, text))


async def measured(number: str, headers: dict[str, str], process: psutil.Process) -> None:
    path = f"/api/v1/consignments/{number}/manifest.pdf"
    await timed(
        get(f"/api/v1/consignments/{number}/courier-copy.pdf", headers)
    )  # fonts and libraries are loaded
    idle = await scans_until(asyncio.create_task(asyncio.sleep(3)), headers)
    before = process.memory_info().rss / 1e6
    busy = cpu(process)
    alone, size = await timed(get(path, headers))
    busy = cpu(process) - busy
    during = await scans_until(asyncio.create_task(timed(get(path, headers))), headers)
    three = [asyncio.create_task(timed(get(path, headers))) for _ in range(3)]
    crowd = await scans_until(asyncio.gather(*three), headers)
    after = process.memory_info().rss / 1e6
    issue = post(f"/api/v1/consignments/{number}/manifest/issue", b"{}", headers)
    issued, _ = await timed(issue, 201)
    row(
        "manifest of 5,000 lines, through HTTP",
        f"{alone:.2f} s",
        f"{size / 1000:,.0f} kB",
        f"goal ≤ 5 s; processor {busy:.2f} s",
    )
    row("  given out", f"{issued:.2f} s", "facts read, hashed, kept", "")
    row(
        "  scan meanwhile",
        f"p50 {percentile(during, 0.5):.1f} ms",
        f"idle {percentile(idle, 0.5):.1f} ms",
        f"longest {max(during):.0f} ms",
    )
    row(
        "  scan while three are asked for",
        f"p50 {percentile(crowd, 0.5):.1f} ms",
        f"p95 {percentile(crowd, 0.95):.1f} ms",
        f"longest {max(crowd):.0f} ms",
    )
    row("  server memory", f"{after:,.0f} MB", f"before {before:,.0f} MB", "goal < 300")


def cpu(process: psutil.Process) -> float:
    """Seconds of processor, the drawing process included."""
    times = process.cpu_times()
    return sum(times[:4])


async def timed(request: bytes, wanted: int = 200) -> tuple[float, int]:
    connection = await Connection(PORT).open()
    began = time.perf_counter()
    status, body = await connection.send(request)
    took = time.perf_counter() - began
    assert status == wanted, body[:300]
    await connection.close()
    return took, len(body)


async def scans_until(work: "asyncio.Future[object]", headers: dict[str, str]) -> list[float]:
    """Milliseconds of one look-up scan after another, until the work is done."""
    connection = await Connection(PORT).open()
    request = post("/api/v1/scans", f'{{"barcode":"{barcode(1)}","task":"look"}}'.encode(), headers)
    took = []
    while not work.done():
        began = time.perf_counter()
        status, body = await connection.send(request)
        took.append((time.perf_counter() - began) * 1000)
        assert status == 200, body[:300]
        await asyncio.sleep(PROBE_S)
    await connection.close()
    await work
    return took


def percentile(values: list[float], part: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * part))]


if __name__ == "__main__":
    main()
