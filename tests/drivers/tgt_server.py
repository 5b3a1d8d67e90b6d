"""Debian's userspace SCSI target on a loopback port: a changer and two drives made by other people.

Its known limits: element status ends 8 bytes early, so that the last drive's serial number is cut;
no mail-slot lock, no log pages, no cartridge memory, no encryption.
"""

import secrets
import socket
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
START_S, ATTEMPTS = 60.0, 3
CONTROL_SOCKET = Path("/var/run/tgtd/socket")
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


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _free_control() -> int:
    """A number no control socket on this machine has, so that several tgtd can run at once."""
    while True:
        number = secrets.randbelow(CONTROL_LIMIT - 1) + 1
        if not CONTROL_SOCKET.with_suffix(f".{number}").exists():
            return number


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a running tgtd; it ignores SIGTERM while it has targets, so it is killed at the end."""
    for attempt in range(ATTEMPTS):
        port, control = _free_port(), _free_control()
        command = ["tgtd", "-f", "-C", str(control), "--iscsi", f"portal=127.0.0.1:{port}"]
        daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if not _answers(daemon, control):
                if attempt + 1 < ATTEMPTS:
                    continue
                raise TgtError("tgtd does not answer")
            _make_units(folder, control)
            yield port
            return
        finally:
            daemon.kill()
            daemon.wait()
            for left in CONTROL_SOCKET.parent.glob(f"{CONTROL_SOCKET.name}.{control}*"):
                left.unlink(missing_ok=True)


def _answers(daemon: "subprocess.Popen[bytes]", control: int) -> bool:
    """Whether our own daemon, and no other with its number, has taken the first command."""
    end = time.monotonic() + START_S
    while not _admin(control, "--op", "new", "--mode", "target", "--tid", "1", "-T", NAME):
        if daemon.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.1)
    return daemon.poll() is None
