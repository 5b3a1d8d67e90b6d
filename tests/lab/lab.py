"""A stock Debian kernel in an emulator, with our virtual library and Debian's tgt as real devices.

    python tests/lab/lab.py [--record] [WORD…]

`--record` adds the devices the contract suites ran on to docs/hardware-runs.jsonl, and keeps what mtx
answered them in tests/drivers/recordings; words choose the checks whose names hold one of them. Needs no KVM and no root. Exits with 0 when every check in the
emulated machine passed, 1 when one failed, 2 when a Debian package is missing (they are named).
"""

import base64
import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.simulator import folder as simulator_folder

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests" / "drivers"))
import emulator  # noqa: E402 - beside this file
import support_table  # noqa: E402 - beside the tests of drivers/
import tgt_server  # noqa: E402 - beside the tests of drivers/

HOST_SEEN_FROM_GUEST = "10.0.2.2"
LIMIT_S = 600
RECORDING = CHECKOUT / "tests" / "drivers" / "recordings" / "mtx-contract.json"
CHAP = "# the initiator, then the target\nlab a-lab-secret-1\nlibrary the-other-side1\n"
OWN_CODE = ("drivers", "service", "labels", "migrations", "tests")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def show(line: str) -> None:
    """The console, without what is for a file."""
    if not line.startswith("LAB RECORDING "):
        say(line)


def virtual_library() -> LibraryDefinition:
    return LibraryDefinition(
        vendor="STRONG",
        product="VIRTUAL LIBRARY",
        serial="SL00000001",
        storage_slots=24,
        mail_slots=4,
        drives=tuple(DriveDefinition("STRONG", "ULT3580-TD8", f"DRV000000{n}", 8) for n in (1, 2)),
        cartridges=tuple(CartridgeDefinition(Place.STORAGE, n, f"ABC{n:03d}L8") for n in range(1, 11)),
    )


def locked_library() -> LibraryDefinition:
    drives = tuple(DriveDefinition("LOCKED", "ULT3580-TD9", f"LCK000000{n}", 9) for n in (1, 2, 3))
    media = tuple(CartridgeDefinition(Place.STORAGE, n, f"LCK{n:03d}L9") for n in range(1, 6))
    return replace(
        virtual_library(),
        vendor="LOCKED",
        serial="SL00000002",
        storage_slots=10,
        mail_slots=2,
        drives=drives,
        cartridges=media,
    )


@contextmanager
def served(folder: Path, definition: LibraryDefinition, *options: str) -> Iterator[tuple[str, str]]:
    """A virtual library by its own command line: the target's name, and its portal as the guest sees it."""
    simulator_folder.create(folder, definition)
    command = [sys.executable, "-m", "drivers", "simulator", "serve", str(folder), "--iscsi", "127.0.0.1:0"]
    command += ["--advertise", HOST_SEEN_FROM_GUEST, *options]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        name, _, portal = server.stdout.readline().strip().rpartition(" at ")
        try:
            yield name, f"{HOST_SEEN_FROM_GUEST}:{portal.rpartition(':')[2]}"
        finally:
            server.terminate()


@contextmanager
def running_targets(folder: Path) -> Iterator[dict[str, str]]:
    """Two virtual libraries and Debian's tgt, as words for the guest's command line."""
    chap = folder / "chap"
    chap.write_text(CHAP)
    (folder / "tgt").mkdir()
    with ExitStack() as stack:
        _, virtual = stack.enter_context(served(folder / "library", virtual_library()))
        options = ("--chap-file", str(chap), "--ping-s", "1")
        name, locked = stack.enter_context(served(folder / "locked", locked_library(), *options))
        port = stack.enter_context(tgt_server.serving(folder / "tgt"))
        yield {
            "virtual": virtual,
            "locked": locked,
            "lockedname": name,
            "chapfile": str(chap),
            "tgt": f"{HOST_SEEN_FROM_GUEST}:{port}",
            "tgtname": tgt_server.NAME,
            "python": sys.executable,
        }


def compile_own_code() -> None:
    """Once here, where it takes a second, and not at every start of Python in the emulator."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", *OWN_CODE], cwd=CHECKOUT, check=False)


def record(text: str) -> None:
    """Keep what the guest met: devices for the support table, runs of mtx for the contract suite."""
    runs = [json.loads(line) for line in re.findall(r"^LAB RUN (.*)$", text, re.MULTILINE)]
    support_table.add_runs(support_table.RUNS, runs)
    packed = "".join(re.findall(r"^LAB RECORDING (\S+)$", text, re.MULTILINE))
    if packed:
        RECORDING.write_bytes(gzip.decompress(base64.b64decode(packed)))


def main(arguments: list[str]) -> int:
    absent = emulator.missing_packages()
    if absent:
        say(f"The lab needs these Debian packages: apt-get install {' '.join(absent)}")
        return 2
    start = time.monotonic()
    words = [word for word in arguments if not word.startswith("-")]
    compile_own_code()
    with (
        tempfile.TemporaryDirectory(prefix="strongroom-lab-") as name,
        running_targets(Path(name)) as facts,
    ):
        text = emulator.run(Path(name), facts | {"only": ",".join(words)}, limit_s=LIMIT_S, show=show)
    if "--record" in arguments:
        record(text)
    told = re.search(r"LAB: (\d+) passed, (\d+) failed", text)
    passed, failed = map(int, told.groups()) if told else (0, 1)
    took_s = time.monotonic() - start
    if not told:
        say(f"lab: the checks in the emulated machine did not come to an end (limit {LIMIT_S} s)")
    say(f"lab: {passed} passed, {failed} failed, in {took_s:.0f} s")
    return 0 if told and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
