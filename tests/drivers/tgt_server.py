"""Debian's userspace SCSI target on a loopback port: a changer and two drives made by other people.

Its known limits: element status ends 8 bytes early, so that the last drive's serial number is cut;
no mail-slot lock, no log pages, no cartridge memory, no encryption.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "iqn.2026-01.test:tgt"
CHANGER_LUN = 3
CONTROL_LIMIT = 30_000  # tgtd keeps the number of its control socket in 16 bits
SCRATCH = "A00001L8"
BARCODES = (SCRATCH, "A00002L8", "A00003L8")
START_S = 10.0
CHANGER_PARAMETERS = (
    "removable=1,media_home={media}",
    "element_type=1,start_address=16,quantity=1",
    "element_type=2,start_address=1024,quantity=8",
    "element_type=3,start_address=768,quantity=2",
    "element_type=4,start_address=256,quantity=2",
    "element_type=4,address=256,tid=1,lun=1",
    "element_type=4,address=257,tid=1,lun=2",
    "element_type=2,address=1024,barcode=A00001L8,sides=1",
    "element_type=2,address=1025,barcode=A00002L8,sides=1",
)


class TgtError(Exception):
    pass


def _admin(control: int, *arguments: str) -> bool:
    command = ["tgtadm", "-C", str(control), "--lld", "iscsi", *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _need(control: int, *arguments: str) -> None:
    if not _admin(control, *arguments):
        raise TgtError(f"tgtadm {' '.join(arguments)}")


def _make_units(folder: Path, control: int) -> None:
    for barcode in BARCODES:
        image = ["--barcode", barcode, "--size", "10", "--type", "data", "--file", str(folder / barcode)]
        subprocess.run(
            ["tgtimg", "--op", "new", "--device-type", "tape", *image], capture_output=True, check=True
        )
    unit = ("--op", "new", "--mode", "logicalunit", "--tid", "1", "--lun")
    change = ("--op", "update", "--mode", "logicalunit", "--tid", "1", "--lun")
    for lun in ("1", "2"):
        _need(control, *unit, lun, "-b", str(folder / BARCODES[-1]), "--device-type", "tape")
        _need(control, *change, lun, "--params", f"removable=1,sense_format=0,scsi_sn=DRIVE{lun}")
    changer = folder / "changer"
    changer.write_bytes(bytes(1 << 20))
    _need(control, *unit, str(CHANGER_LUN), "-b", str(changer), "--device-type", "changer")
    for parameters in CHANGER_PARAMETERS:
        _need(control, *change, str(CHANGER_LUN), "--params", parameters.format(media=folder))
    _need(control, "--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL")


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """A running tgtd; it ignores SIGTERM while it has targets, so it is killed at the end.

    The port also names its control socket, so that several can run at once.
    """
    control = port % CONTROL_LIMIT
    daemon = subprocess.Popen(
        ["tgtd", "-f", "-C", str(control), "--iscsi", f"portal=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + START_S
        while not _admin(control, "--op", "new", "--mode", "target", "--tid", "1", "-T", NAME):
            if daemon.poll() is not None or time.monotonic() > end:
                raise TgtError("tgtd does not answer")
            time.sleep(0.1)
        _make_units(folder, control)
        yield
    finally:
        daemon.kill()
        daemon.wait()
