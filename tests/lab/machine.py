"""Programs and device nodes of the emulated machine."""

import re
import subprocess
import sys
import time
from pathlib import Path

BY_ID = Path("/dev/tape/by-id")
OURS, LOCKED, TGT = "STRONG", "LOCKED", "IET"
DRIVE_SERIALS = ("DRV0000001", "DRV0000002")
LOCKED_SERIALS = ("LCK0000001", "LCK0000002", "LCK0000003")


class CheckFailedError(Exception):
    pass


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(*command: str, code: int | None = 0, stdin: bytes | None = None) -> str:
    """Output of a program, both streams; CheckFailedError when it leaves with another code."""
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if code is not None and done.returncode != code:
        raise CheckFailedError(f"{' '.join(command)} left with {done.returncode}:\n{text}")
    return text


def expect(pattern: str, text: str) -> None:
    if not re.search(pattern, text, re.MULTILINE):
        raise CheckFailedError(f"{pattern!r} is not in\n{text}")


def same(found: object, wanted: object) -> None:
    if found != wanted:
        raise CheckFailedError(f"{found!r} instead of {wanted!r}")


def timed(*command: str) -> float:
    """Milliseconds a program takes."""
    start = time.monotonic()
    run(*command)
    return 1000 * (time.monotonic() - start)


def changer_nodes(vendor: str) -> list[str]:
    """The sg nodes of a maker's changers, one for each session."""
    lines = run("lsscsi", "-g").splitlines()
    return [line.split()[-1] for line in lines if "mediumx" in line and f" {vendor} " in line]


def changer_node(vendor: str = OURS) -> str:
    nodes = changer_nodes(vendor)
    if not nodes:
        raise CheckFailedError(f"no changer of {vendor}")
    return nodes[0]


def tape_node(serial: str) -> str:
    """The nst node of a drive, which does not rewind when it is closed."""
    return str((BY_ID / f"scsi-{serial}-nst").resolve())


def drive_node(serial: str) -> str:
    """The sg node beside a drive's st node."""
    name = Path(tape_node(serial)).name
    return f"/dev/{next(Path(f'/sys/class/scsi_tape/{name}/device/scsi_generic').iterdir()).name}"
