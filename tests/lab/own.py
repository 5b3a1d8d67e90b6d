"""Our own code on the kernel's device nodes: the shell, the contract suites, the service's device worker."""

import base64
import gzip
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from machine import DRIVE_SERIALS, OURS, TGT, CheckFailedError, changer_node, drive_node, run, say, timed

RUNS, RECORDING = Path("/tmp/runs"), Path("/tmp/mtx-recording.json")
LINE = 1000
READS, RUNS_OF_MTX, ROUNDS = 100, 25, 4


def inventory_is_not_slower_than_mtx() -> None:
    """100 readings in one process, start included, beside runs of mtx status: the best of each, per reading.

    The host is busy with other things, so that one round proves little against us.
    """
    node = changer_node()
    status = ("mtx", "-f", node, "status")
    ours = (sys.executable, "-m", "drivers", "inventory", f"sg://{node}")
    timed(*ours)  # from here on the files are in the machine's memory, as mtx' are
    alone, reading, theirs = timed(*ours), float("inf"), float("inf")
    for _ in range(ROUNDS):
        theirs = min(theirs, sum(timed(*status) for _ in range(RUNS_OF_MTX)) / RUNS_OF_MTX)
        reading = min(reading, timed(*ours, "--repeat", str(READS)) / READS)
        if reading <= theirs:
            break
    say(
        f"       drivers inventory {reading:.1f} ms (one alone {alone:.0f} ms), mtx status {theirs:.1f} ms per reading"
    )
    if reading > theirs:
        raise CheckFailedError("slower than mtx")


@dataclass
class Suite:
    """A pytest run beside the other checks."""

    process: "subprocess.Popen[bytes]"
    log: Path


def _begin(name: str, *arguments: str, **variables: str) -> Suite:
    """Loading every installed plugin would take a minute in the emulator."""
    environment = os.environ | variables | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    log = Path(f"/tmp/{name}.log")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
    return Suite(process, log)


def _end(suite: Suite) -> None:
    code = suite.process.wait()
    lines = suite.log.read_text(encoding="utf-8", errors="replace").splitlines()
    say("       " + (lines or ["no output"])[-1])
    if code:
        raise CheckFailedError("\n".join(lines)[-8000:])


def begin_contract() -> Suite:
    """One process for all: ours by SG_IO and through mtx, tgt by SG_IO, a drive of each."""
    ours, tgt = changer_node(OURS), changer_node(TGT)
    changers = [f"sg://{ours}?settle_s=0.1", f"mtx://{ours}?settle_s=0.1", f"sg://{tgt}?settle_s=0.1"]
    drives = [f"sg://{drive_node(serial)}" for serial in (DRIVE_SERIALS[1], "DRIVE1")]
    suites = [f"tests/drivers/test_{name}_contract.py" for name in ("changer", "drive")]
    return _begin(
        "contract",
        "--confcutdir=tests/drivers",
        "-k",
        "by-url",
        *suites,
        STRONGROOM_TEST_CHANGER_URL=" ".join(changers),
        STRONGROOM_TEST_DRIVE_URLS=" ".join(drives),
        STRONGROOM_TEST_DRIVE_SERIALS=f"{DRIVE_SERIALS[1]} DRIVE1",
        STRONGROOM_TEST_SCRATCH="ABC003L8 A00001L8",
        STRONGROOM_TEST_RUNS=str(RUNS),
        STRONGROOM_TEST_RECORD_MTX=str(RECORDING),
    )


def begin_rotation() -> Suite:
    """The service's device worker on a device node; its site comes from the tests of service/devices."""
    return _begin("rotation", "tests/lab/lab_rotation.py", "--database", "sqlite")


SUITES: dict[str, Suite] = {}


def begin_suites() -> None:
    SUITES["contract"], SUITES["rotation"] = begin_contract(), begin_rotation()


def the_contracts_hold_by_sg_io_by_mtx_and_on_tgt() -> None:
    _end(SUITES["contract"])


def the_weekly_rotation_ejects_through_the_kernel() -> None:
    _end(SUITES["rotation"])


def tell_what_was_met() -> None:
    """On the console, the only way out of this machine: devices, and what mtx answered."""
    for line in RUNS.read_text(encoding="utf-8").splitlines() if RUNS.exists() else []:
        say(f"LAB RUN {line}")
    packed = base64.b64encode(gzip.compress(RECORDING.read_bytes())).decode() if RECORDING.exists() else ""
    for at in range(0, len(packed), LINE):
        say(f"LAB RECORDING {packed[at : at + LINE]}")


def everything_is_where_it_was() -> None:
    text = run("mtx", "-f", changer_node(), "status")
    wrong = [n for n in range(1, 11) if f"Storage Element {n}:Full :VolumeTag=ABC{n:03d}L8" not in text]
    if wrong:
        raise CheckFailedError(f"slots {wrong}:\n{text}")
