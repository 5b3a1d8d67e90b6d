"""Figures of drivers/, each beside its floor in the same run.

python tests/drivers/bench.py
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from drivers import registry
from drivers.changer.difference import differences
from drivers.changer.elements import element_state
from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.scsi import commands
from drivers.scsi.element_status import parse_element_status
from drivers.simulator.target import SimulatedLibrary

SLOTS = 10_000


def big_library() -> LibraryDefinition:
    media = tuple(CartridgeDefinition(Place.STORAGE, n, f"A{n:05d}L9") for n in range(1, SLOTS + 1))
    drives = tuple(DriveDefinition("IBM", "ULT3580-TD9", f"D{n:09d}", 9) for n in range(16))
    return LibraryDefinition("STRONG", "VIRTUAL LIBRARY", "SL1", SLOTS, 16, drives, media)


def best_ms(action: Callable[[], object], times: int = 15) -> float:
    """Milliseconds of the fastest of several runs: the machine's own noise is not ours."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return 1000 * best


def responses(library: SimulatedLibrary) -> list[bytes]:
    """The element status of all slots, as the changer sends it."""
    found, start = [], 0x1000
    while start < 0x1000 + SLOTS:
        data = library.execute("host", 0, commands.read_element_status(2, start, 1000, tags=True).cdb).data
        found.append(data)
        start += len(parse_element_status(data).descriptors)
    return found


def floor_split(raw: list[bytes]) -> list[bytes]:
    """What nobody can go below: cutting the same bytes into descriptors."""
    return [data[at : at + 48] for data in raw for at in range(16, len(data), 48)]


def decode(raw: list[bytes]) -> list[object]:
    return [element_state(item) for data in raw for item in parse_element_status(data).descriptors]


def line(name: str, value: float, unit: str, limit: float, *, more_is_better: bool) -> bool:
    good = value >= limit if more_is_better else value <= limit
    sign = ">=" if more_is_better else "<="
    print(f"{name:52} {value:12,.1f} {unit:12} {sign} {limit:9,.0f}  {'ok' if good else 'MISSED'}")
    return good


def rate(library: SimulatedLibrary, block: bytes, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        library.execute("host", 0, block)
    return count / (time.perf_counter() - start)


def usual_commands() -> list[tuple[int, bytes, bytes]]:
    """What a changer of 28 places and a loaded drive are asked all day, as (unit, command block, data out)."""
    changer = (
        commands.test_unit_ready(),
        commands.mode_sense(0x1D),
        commands.read_element_status(2, 0x1000, 24, tags=True),
        commands.read_element_status(4, 0x100, 2, tags=False, drive_ids=True),
    )
    drive = (
        commands.test_unit_ready(),
        commands.log_sense(0x11),
        commands.log_sense(0x12),
        commands.rewind(),
        commands.write_block(bytes(4096)),
        commands.read_position(),
        commands.space(commands.SPACE_BLOCKS, -1),
        commands.read_block(4096),
    )
    return [(0, c.cdb, c.data_out) for c in changer] + [(1, c.cdb, c.data_out) for c in drive]


def mixed_rate(folder: Path, rounds: int = 500) -> float:
    media = tuple(CartridgeDefinition(Place.STORAGE, n, f"A{n:05d}L8") for n in range(2, 12))
    media += (CartridgeDefinition(Place.DRIVE, 1, "A00001L8"),)
    drives = tuple(DriveDefinition("IBM", "ULT3580-TD8", f"D{n:09d}", 8) for n in range(2))
    url = f"sim://{folder}/small"
    registry.prepare_simulator(url, LibraryDefinition("STRONG", "VIRTUAL", "SL2", 24, 4, drives, media))
    library, asked = SimulatedLibrary(folder / "small"), usual_commands()
    start = time.perf_counter()
    for _ in range(rounds):
        for unit, block, data in asked:
            library.execute("host", unit, block, data)
    return rounds * len(asked) / (time.perf_counter() - start)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        url = f"sim://{name}/library"
        registry.prepare_simulator(url, big_library())
        library = SimulatedLibrary(Path(name) / "library")
        raw = responses(library)
        with registry.open_changer(url) as changer:
            before = changer.inventory(deadline_s=60)
            after = changer.inventory(deadline_s=60)
        floor, decoded = best_ms(lambda: floor_split(raw)), best_ms(lambda: decode(raw))
        compared = best_ms(lambda: differences(before, after))
        print(
            f"{SLOTS} elements: bytes cut bare {floor:.1f} ms, decoded {decoded:.1f} ms ({decoded / floor:.1f} x)"
        )
        good = line(
            "inventory of 10,000 elements decoded and compared",
            decoded + compared,
            "ms",
            150,
            more_is_better=False,
        )
        good &= line(
            "TEST UNIT READY, simulator in process",
            rate(library, bytes(6), 20_000),
            "commands/s",
            5000,
            more_is_better=True,
        )
        inquiry = commands.inquiry().cdb
        good &= line(
            "INQUIRY, simulator in process",
            rate(library, inquiry, 20_000),
            "commands/s",
            5000,
            more_is_better=True,
        )
        good &= line(
            "a changer's and a drive's usual commands, mixed",
            mixed_rate(Path(name)),
            "commands/s",
            5000,
            more_is_better=True,
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
