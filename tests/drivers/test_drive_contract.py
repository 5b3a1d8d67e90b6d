"""What every tape drive must do, whatever transport and maker.

Runs on a virtual drive in this process and over iSCSI, on Debian's tgt, and on the drives that
STRONGROOM_TEST_DRIVE_URLS names. There a listed medium is loaded and overwritten: see tests/real_devices.py.
"""

import contextlib
import os
from collections.abc import Iterator

import pytest
import real_devices

from drivers import registry
from drivers.changer.model import MoveRequest
from drivers.errors import IllegalRequestError
from drivers.scsi import attributes as mam
from drivers.simulator.iscsi.server import IscsiTarget
from drivers.tape.model import MediumCondition
from drivers.tape.protocol import TapeDrive

REAL_URLS = real_devices.DRIVE_URLS
D = 3000.0


@pytest.fixture(scope="module")
def loaded_drives():
    drives = real_devices.LoadedDrives()
    yield drives
    drives.empty()


@contextlib.contextmanager
def open_subject(backend: str, request) -> Iterator[TapeDrive]:
    if backend in REAL_URLS:
        with request.getfixturevalue("loaded_drives").opened(backend) as drive:
            yield drive
    elif backend == "tgt":
        with loaded_on_tgt(request.getfixturevalue("tgt_url")) as drive:
            yield drive
    else:
        with open_virtual(backend, request) as drive:
            yield drive


@contextlib.contextmanager
def open_virtual(backend: str, request) -> Iterator[TapeDrive]:
    bench = request.getfixturevalue("bench")
    assert bench.move("ABC001L8", bench.drive()).is_done
    if backend == "sim":
        with registry.open_drive(f"{bench.url}&drive=1") as drive:
            yield drive
        return
    request.getfixturevalue("libiscsi")
    with IscsiTarget(request.getfixturevalue("tmp_path") / "library") as target:
        url = f"iscsi://127.0.0.1:{target.address[1]}/{target.name}/1"
        with registry.open_drive(url) as drive:
            yield drive


@contextlib.contextmanager
def loaded_on_tgt(changer_url: str) -> Iterator[TapeDrive]:
    """The second medium in the first drive, and home again."""
    home, bay = 1025, 256
    with registry.open_changer(changer_url) as changer:
        assert changer.move(MoveRequest(home, bay, "A00002L8", "m", 60.0)).is_done
        base, _, _ = changer_url.partition("?")
        with registry.open_drive(f"{base.rpartition('/')[0]}/1") as drive:
            yield drive
            drive.eject(deadline_s=D)
        assert changer.move(MoveRequest(bay, home, "A00002L8", "m", 60.0)).is_done


@pytest.fixture(params=real_devices.backends("sim", "iscsi", "tgt", urls=REAL_URLS))
def drive(request, met):
    with open_subject(request.param, request) as drive:
        met(drive.identify(deadline_s=D), "drive", request.param)
        drive.wait_loaded(deadline_s=D)
        drive.take_attentions()
        drive.rewind(deadline_s=D)
        yield drive


def test_it_has_a_serial_number(drive):
    identity = drive.identify(deadline_s=D)
    assert identity.vendor
    assert identity.serial


def test_a_loaded_medium_is_ready(drive):
    assert drive.medium(deadline_s=D).condition is MediumCondition.READY


def test_blocks_of_any_size_come_back_with_their_filemarks(drive):
    written = [b"x", b"label".ljust(80), os.urandom(65536)]
    for block in written:
        drive.write_block(block, deadline_s=D)
    drive.write_filemarks(1, deadline_s=D)
    drive.rewind(deadline_s=D)
    assert [drive.read_block(deadline_s=D).data for _ in written] == written
    assert drive.read_block(deadline_s=D).filemark
    assert drive.read_block(deadline_s=D).end_of_data


def test_a_place_on_tape_can_be_found_again(drive):
    for number in range(4):
        drive.write_block(bytes((number,)) * 8, deadline_s=D)
    drive.write_filemarks(1, deadline_s=D)
    drive.rewind(deadline_s=D)
    drive.space_filemarks(1, deadline_s=D)
    assert drive.read_block(deadline_s=D).end_of_data
    drive.rewind(deadline_s=D)
    assert drive.read_block(deadline_s=D).data == bytes(8)


def test_what_a_drive_does_not_offer_is_refused_and_not_made_up(drive):
    """Cartridge memory, alerts, statistics, encryption: an answer, or IllegalRequestError."""
    with contextlib.suppress(IllegalRequestError):
        assert drive.cartridge_memory(deadline_s=D).text(mam.MEDIUM_SERIAL)
    with contextlib.suppress(IllegalRequestError):
        assert set(drive.alerts(deadline_s=D).flags) <= set(range(1, 65))
    with contextlib.suppress(IllegalRequestError):
        assert all(value >= 0 for value in drive.volume_statistics(deadline_s=D).values())
    state = drive.encryption_state(deadline_s=D)
    assert (state.status is None) == (state.algorithms == ())


def test_an_ejected_medium_is_no_longer_there_and_can_be_loaded_again(drive):
    """A drive of tgt answers GOOD to UNLOAD and keeps its medium: there only the answers are checked."""
    drive.eject(deadline_s=D)
    keeps_it = drive.identify(deadline_s=D).vendor == "IET"
    assert (drive.medium(deadline_s=D).condition is MediumCondition.READY) is keeps_it
    drive.load(deadline_s=D)
    drive.take_attentions()
    assert drive.wait_loaded(deadline_s=D).condition is MediumCondition.READY
