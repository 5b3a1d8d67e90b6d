import os
import shutil
from ctypes.util import find_library
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import mtx_recordings
import pytest
import real_devices

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
        "drives": tuple(DriveDefinition("STRONG", "ULT3580-TD8", f"DRV000000{n}", 8) for n in (1, 2)),
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


@pytest.fixture(scope="session")
def libiscsi() -> None:
    need("libiscsi", present=find_library("iscsi") is not None)


def load_beside(name: str) -> ModuleType:
    """A module in this folder that is no test."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def support_table() -> ModuleType:
    return load_beside("support_table")


@pytest.fixture(scope="module")
def tgt_url(libiscsi, tmp_path_factory):
    """The changer of a running tgtd; see tgt_server for what it cannot do."""
    need("tgt", present=shutil.which("tgtd") is not None)
    tgt = load_beside("tgt_server")
    with tgt.serving(tmp_path_factory.mktemp("tgt")) as port:
        yield f"iscsi://127.0.0.1:{port}/{tgt.NAME}/{tgt.CHANGER_LUN}?settle_s=0.1"


THROUGH = {
    "sim": "in process",
    "iscsi": "iSCSI, libiscsi 1.19",
    "tgt": "iSCSI, libiscsi 1.19",
    "mtx": "the text of mtx, in process",
    "mtx-recorded": "mtx 1.3.12, recorded in the lab",
    "sg": "SG_IO",
}
MET: set[tuple[tuple[str, str], ...]] = set()


@pytest.fixture
def met():
    """Notes a device that a contract suite has run on, for the table in docs/hardware.md."""

    def note(identity, what: str, through: str) -> None:
        way = through if through in THROUGH else urlsplit(through).scheme
        text = (
            THROUGH.get(way, way)
            if way == through
            else {"mtx": "mtx 1.3.12, Linux", "sg": "SG_IO, Linux"}.get(way, way)
        )
        device = f"{identity.vendor} {identity.product}"
        MET.add((("device", device), ("revision", identity.revision), ("through", text), ("what", what)))

    return note


def pytest_sessionfinish(session, exitstatus):
    path = os.environ.get("STRONGROOM_TEST_RUNS")
    if path and exitstatus == 0 and MET:
        load_beside("support_table").add_runs(Path(path), [dict(run) for run in MET])
    if mtx_recordings.RECORD and exitstatus == 0 and mtx_recordings.FOUND:
        mtx_recordings.write(Path(mtx_recordings.RECORD), real_devices.SCRATCH[0])
