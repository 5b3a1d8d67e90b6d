"""The library's page, a move's bookkeeping and a whole inventory with 24 and with 20,000 slots (128 drives, half of the labels unreadable).

Not collected by pytest.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import structlog
from bench.filling import bench_house, opened
from bench.table import row
from clients import sign_in
from house import House

from drivers.changer.model import MoveRequest
from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.registry import open_changer, prepare_simulator
from service.app import create_app
from service.devices.inventories import record_whole
from service.devices.recording import record_inventory
from service.devices.seen import Look, look_of
from service.devices.setup import as_found, first_look, simulator_url
from service.devices.taking_in import Added, add_in_parts
from service.ledger.writer import SYSTEM, Unit
from service.media.models import Content
from service.runtime import Runtime

SIZES = {24: 2, 20_000: 128}  # slots: drives
NAME, PAGE = "Bench", "/libraries/Bench"
SLOT, ROUNDS = 0x1000, 15


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    small, large = (measured(slots, drives) for slots, drives in SIZES.items())
    row("library, slots", *(f"{slots:,}" for slots in SIZES))
    for name, before in small.items():
        goal = " (goal < 1 s)" if name == "page" else ""
        row(f"  {name}", f"{before:,.0f} ms", f"{large[name]:,.0f} ms", f"{large[name] / before:.1f} ×{goal}")


def measured(slots: int, drives: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        runtime = opened(Path(folder) / "data")
        house = bench_house(runtime)
        url = library(runtime, slots, drives)
        units: list[float] = []

        def write(work: Callable[[Unit], object]) -> object:
            began = time.perf_counter()
            answer = runtime.writer.run(SYSTEM, work)
            units.append(time.perf_counter() - began)
            return answer

        look = first_look(url, NAME)
        began = time.perf_counter()
        added = add_in_parts(
            write, NAME, url, look, parent_id=house.ids["Machine room"], take_in=as_found(Content.FULL)
        )  # type: ignore[arg-type]
        figures = {
            "taking in, whole": (time.perf_counter() - began) * 1000,
            "taking in, longest unit": max(units) * 1000,
        }
        figures |= {
            "page": page_ms(runtime, house, PAGE),
            "page's fragment": page_ms(runtime, house, f"{PAGE}/live"),
        }
        figures["a move's bookkeeping"] = bookkeeping_ms(runtime, url, added, look)
        units.clear()
        record_whole(write, added.device_id, look, {})  # type: ignore[arg-type]
        figures["inventory, longest unit"] = max(units) * 1000
        runtime.close()
    return figures


def library(runtime: Runtime, slots: int, drives: int) -> str:
    url = simulator_url(runtime.settings.data_dir, NAME)
    media = tuple(
        CartridgeDefinition(Place.STORAGE, n, f"A{n:05d}L9", readable=bool(n % 2))
        for n in range(1, slots + 1)
        if n % 10
    )
    bays = tuple(DriveDefinition("IBM", "ULT3580-TD9", f"D{n:09d}", 9) for n in range(drives))
    prepare_simulator(url, LibraryDefinition("SIM", "BENCH", "SIM0000001", slots, 4, bays, media))
    return url


def page_ms(runtime: Runtime, house: House, path: str) -> float:
    client = sign_in(runtime, create_app(runtime), house.people["Bench handler"].handler_id)
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        assert client.get(path).status_code == 200
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def bookkeeping_ms(runtime: Runtime, url: str, added: Added, known: Look) -> float:
    """What the writer does for one move: to and fro between a slot and a drive."""
    took = []
    with open_changer(f"{url}?settle_s=0.01") as changer:
        for number in range(6):
            there, back = (SLOT, 0x0100) if number % 2 == 0 else (0x0100, SLOT)
            outcome = changer.move(MoveRequest(there, back, "A00001L9", "bench", 60))
            assert outcome.after is not None
            look = look_of(outcome.after)
            began = time.perf_counter()
            runtime.writer.run(
                SYSTEM,
                lambda unit, look=look, known=known: record_inventory(
                    unit, added.device_id, look, announced=False, known=known
                ),
            )
            took.append(time.perf_counter() - began)
            known = look
    return min(took) * 1000


if __name__ == "__main__":
    main()
