import os
import shutil
import socket
import subprocess
import time
from ctypes.util import find_library
from dataclasses import dataclass, field
from itertools import count

import pytest

from drivers import registry
from drivers.changer.model import ElementType, MoveOutcome, MoveRequest, Snapshot
from drivers.changer.protocol import Changer
from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.simulator.hands import Hands


def make_library(**changes) -> LibraryDefinition:
    """24 slots, 2 LTO-8 drives, 4 mail slots; ten media, a cleaning cartridge, an unreadable label."""
    media = [CartridgeDefinition(Place.STORAGE, n, f"ABC{n:03d}L8") for n in range(1, 11)]
    fields = {
        "vendor": "STRONG",
        "product": "VIRTUAL LIBRARY",
        "serial": "SL00000001",
        "storage_slots": 24,
        "mail_slots": 4,
        "drives": tuple(DriveDefinition("IBM", "ULT3580-TD8", f"DRV000000{n}", 8) for n in (1, 2)),
        "cartridges": (
            *media,
            CartridgeDefinition(Place.STORAGE, 11, "CLN001CU", cleaning=True),
            CartridgeDefinition(Place.STORAGE, 12, "XYZ999L8", readable=False),
        ),
    }
    return LibraryDefinition(**fields | changes)


@dataclass
class Bench:
    """One virtual library with its changer and the person at the door."""

    url: str
    changer: Changer
    hands: Hands
    ids: count = field(default_factory=lambda: count(1))

    def look(self) -> Snapshot:
        return self.changer.inventory(deadline_s=10)

    def place_of(self, tag: str) -> int:
        return self.look().by_tag[tag][0].address

    def mail_slot(self, number: int = 1) -> int:
        return self.look().of_type(ElementType.IMPORT_EXPORT)[number - 1].address

    def drive(self, number: int = 1) -> int:
        return self.look().of_type(ElementType.DATA_TRANSFER)[number - 1].address

    def request(self, tag: str | None, dst: int, *, src: int | None = None) -> MoveRequest:
        start = self.place_of(tag) if src is None and tag is not None else src
        assert start is not None
        return MoveRequest(start, dst, tag, f"move-{next(self.ids)}", 20.0)

    def move(self, tag: str | None, dst: int, *, src: int | None = None) -> MoveOutcome:
        return self.changer.move(self.request(tag, dst, src=src))


@pytest.fixture
def library():
    return make_library


@pytest.fixture
def library_url(tmp_path) -> str:
    url = f"sim://{tmp_path}/library?settle_s=0.01"
    registry.prepare_simulator(url, make_library())
    return url


@pytest.fixture
def bench(library_url):
    hands = registry.open_hands(library_url)
    assert hands is not None
    with registry.open_changer(library_url) as changer, hands:
        yield Bench(library_url, changer, hands)


def need(part: str, *, present: bool) -> None:
    """Skip where a Debian package is missing, or fail where STRONGROOM_TEST_REQUIRE names the part."""
    if present:
        return
    if part in os.environ.get("STRONGROOM_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{part} is required and not installed")
    pytest.skip(f"{part} is not installed")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def libiscsi() -> None:
    need("libiscsi", present=find_library("iscsi") is not None)


TGT_NAME = "iqn.2026-01.test:tgt"
TGT_CHANGER, TGT_CONTROL = 3, "77"
TGT_CHANGER_PARAMETERS = (
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


def _admin(*arguments: str) -> int:
    command = ["tgtadm", "-C", TGT_CONTROL, "--lld", "iscsi", *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode


def _make_units(folder) -> None:
    for barcode in ("A00001L8", "A00002L8", "A00003L8"):
        image = ["--barcode", barcode, "--size", "10", "--type", "data", "--file", str(folder / barcode)]
        subprocess.run(
            ["tgtimg", "--op", "new", "--device-type", "tape", *image], capture_output=True, check=True
        )
    unit = ("--op", "new", "--mode", "logicalunit", "--tid", "1", "--lun")
    change = ("--op", "update", "--mode", "logicalunit", "--tid", "1", "--lun")
    for lun in ("1", "2"):
        assert _admin(*unit, lun, "-b", str(folder / "A00003L8"), "--device-type", "tape") == 0
        assert _admin(*change, lun, "--params", f"removable=1,sense_format=0,scsi_sn=DRIVE{lun}") == 0
    changer = folder / "changer"
    changer.write_bytes(bytes(1 << 20))
    assert _admin(*unit, str(TGT_CHANGER), "-b", str(changer), "--device-type", "changer") == 0
    for parameters in TGT_CHANGER_PARAMETERS:
        assert _admin(*change, str(TGT_CHANGER), "--params", parameters.format(media=folder)) == 0
    assert _admin("--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL") == 0


@pytest.fixture(scope="session")
def tgt_url(libiscsi, tmp_path_factory):
    """Debian's userspace target on a loopback port: eight slots, two drives, two media.

    Its known limits: element status ends 8 bytes early, so that the last drive's serial number is
    cut; no mail-slot lock, no log pages, no cartridge memory, no encryption.
    """
    need("tgt", present=shutil.which("tgtd") is not None)
    folder, port = tmp_path_factory.mktemp("tgt"), free_port()
    daemon = subprocess.Popen(
        ["tgtd", "-f", "-C", TGT_CONTROL, "--iscsi", f"portal=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 10
    while _admin("--op", "new", "--mode", "target", "--tid", "1", "-T", TGT_NAME) != 0:
        assert daemon.poll() is None, "tgtd ended at once"
        assert time.monotonic() < end, "tgtd does not answer"
        time.sleep(0.1)
    _make_units(folder)
    yield f"iscsi://127.0.0.1:{port}/{TGT_NAME}/{TGT_CHANGER}?settle_s=0.1"
    daemon.kill()
    daemon.wait()
