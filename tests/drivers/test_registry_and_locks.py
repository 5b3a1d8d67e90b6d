import subprocess
import sys
import threading
import time

import pytest

from drivers import errors as e
from drivers import registry
from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.lock import ProcessLock


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("ftp://host/x", "unknown scheme; known are sim://, sg://, mtx://, iscsi://"),
        ("/dev/sg3", "unknown scheme"),
        ("sim://relative", "absolute path"),
        ("sim:///x?colour=red", "unknown option: colour"),
        ("sim:///x?settle_s=soon", "could not convert"),
        ("sim:///no/such/library", "no virtual library"),
        ("sg:///dev/no-such-node", "no such device"),
        ("sg:///dev/null", "not an sg device|not a SCSI generic node|Inappropriate|no permission|Invalid"),
        ("sg:///etc/hostname", "not a SCSI generic node"),
        ("mtx:///dev/no-such-node", "no such device"),
        ("iscsi://host/onlyname", "TARGET-NAME/LUN"),
    ],
)
def test_what_cannot_be_opened_says_why(url, text, tmp_path):
    registry.prepare_simulator(f"sim://{tmp_path}/x", _tiny())
    wanted = url.replace("sim:///x", f"sim://{tmp_path}/x")
    with pytest.raises(e.BackendUnavailableError, match=text), registry.open_changer(wanted) as changer:
        changer.identify(deadline_s=5)


def _tiny() -> LibraryDefinition:
    return LibraryDefinition("V", "P", "S", 2, 1, ())


def test_a_program_that_is_not_there_is_named(tmp_path):
    (tmp_path / "node").touch()
    with pytest.raises(e.BackendUnavailableError, match="no-such-program"):
        registry.open_changer(f"mtx://{tmp_path}/node?program=/no-such-program").identify(deadline_s=5)


def test_a_target_that_does_not_answer_is_unavailable(libiscsi):
    with pytest.raises(e.BackendUnavailableError):
        registry.open_changer("iscsi://127.0.0.1:1/iqn.2026-01.test:none/0")


def test_only_virtual_libraries_have_hands(library_url):
    assert registry.open_hands("sg:///dev/sg3") is None
    with registry.open_hands(library_url) as hands:
        assert hands.mail_slots() == (0x301, 0x302, 0x303, 0x304)


def test_a_library_with_more_elements_than_addresses_is_refused(tmp_path):
    huge = LibraryDefinition("V", "P", "S", 40_000, 30_000, ())
    with pytest.raises(e.BackendUnavailableError, match="only 65535 addresses"):
        registry.prepare_simulator(f"sim://{tmp_path}/huge", huge)
    assert not (tmp_path / "huge").exists()


def test_an_existing_library_is_left_alone(bench, library):
    bench.move("ABC001L8", bench.mail_slot())
    registry.prepare_simulator(bench.url, library(storage_slots=5))
    assert bench.place_of("ABC001L8") == bench.mail_slot()


def test_a_drive_that_does_not_exist_is_named_with_those_that_do(bench):
    with pytest.raises(e.BackendUnavailableError, match="DRV0000001, DRV0000002"):
        registry.open_drive(f"{bench.url}&drive=7")
    with pytest.raises(e.BackendUnavailableError):
        registry.open_drive("mtx:///dev/sg3")


HOLDER = """
import sys, time
from drivers import registry
with registry.open_changer(sys.argv[1]) as changer, changer.exclusive(deadline_s=5):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(library_url):
    """Another process that keeps the changer to itself."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, library_url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_move_waits_for_another_process_and_gives_up_at_its_deadline(bench, holder):
    request = bench.request("ABC001L8", 0x1014)
    with pytest.raises(e.DeviceBusyError):
        bench.changer.move(type(request)(request.src, request.dst, request.expect_tag, "m", 0.2))
    assert bench.place_of("ABC001L8") == 0x1000


def test_the_lock_dies_with_its_owner(bench, holder):
    holder.kill()
    holder.wait()
    assert bench.move("ABC001L8", 0x1014).is_done


def test_nobody_gets_between_an_unload_and_its_move(bench):
    """Two changers of one library: the second one's move runs only after the first lets go."""
    bench.move("ABC001L8", bench.drive())
    order: list[str] = []
    request = bench.request("ABC002L8", 0x1015)

    def other() -> None:
        with registry.open_changer(bench.url) as changer:
            changer.move(request)
            order.append("other")

    thread = threading.Thread(target=other)
    with bench.changer.exclusive(deadline_s=5):
        thread.start()
        time.sleep(0.2)
        assert bench.place_of("ABC002L8") == 0x1001
        bench.move("ABC001L8", 0x1014)
        order.append("first")
    thread.join(10)
    assert order == ["first", "other"]


def test_a_lock_can_be_taken_again_by_its_holder(tmp_path):
    lock = ProcessLock(tmp_path / "lock")
    other = ProcessLock(tmp_path / "lock")
    with (
        lock.held(deadline_s=1),
        lock.held(deadline_s=1),
        pytest.raises(e.DeviceBusyError),
        other.held(deadline_s=0.05),
    ):
        pytest.fail("two holders at once")
    with ProcessLock(tmp_path / "lock").held(deadline_s=0.05):
        pass


def test_twenty_thousand_slots_with_six_character_tags_and_half_the_labels_unreadable(tmp_path, library):
    media = tuple(
        CartridgeDefinition(Place.STORAGE, n, f"{n:06d}L9", readable=bool(n % 2)) for n in range(1, 20001)
    )
    drives = tuple(DriveDefinition("IBM", "ULT3580-TD9", f"D{n:09d}", 9) for n in range(128))
    url = f"sim://{tmp_path}/big"
    registry.prepare_simulator(
        url, library(storage_slots=20000, mail_slots=255, drives=drives, cartridges=media)
    )
    with registry.open_hands(url) as hands, registry.open_changer(url) as changer:
        hands.set_fault("six-characters")
        snapshot = changer.inventory(deadline_s=60)
        assert snapshot.complete
        assert len(snapshot.elements) == 20000 + 255 + 128 + 1
        assert len(snapshot.by_tag) == 10000
        assert len({e.drive.serial for e in snapshot.elements if e.drive}) == 128


def test_a_drive_is_found_beside_its_changer_by_serial_number(tmp_path):
    assert registry.drive_beside("sim:///lib?settle_s=1", "D1") == "sim:///lib?drive=D1"
    nodes = {"sg0": ("8", b"CHANGER"), "sg1": ("1", b"D1 "), "sg2": ("1", b"D2"), "sg3": ("0", b"D3")}
    for name, (kind, serial) in nodes.items():
        device = tmp_path / "class" / "scsi_generic" / name / "device"
        device.mkdir(parents=True)
        (device / "type").write_text(f"{kind}\n")
        (device / "vpd_pg80").write_bytes(bytes((1, 0x80, 0, len(serial))) + serial)
    (tmp_path / "class" / "scsi_generic" / "sg4").mkdir()
    assert registry.drive_beside("sg:///dev/sg0", "D1", sysfs=tmp_path) == "sg:///dev/sg1"
    assert registry.drive_beside("sg:///dev/sg0", "D3", sysfs=tmp_path) is None
    assert registry.drive_beside("sg:///dev/sg0", "", sysfs=tmp_path) is None
    assert registry.drive_beside("iscsi://host/iqn.x/0", "D1", sysfs=tmp_path) is None


PAIR = """
import os, sys
from drivers import registry
from drivers.changer.model import MoveRequest
url, slot, tag, log, rounds, dies = sys.argv[1:]
def say(word):
    with open(log, "a") as file:
        file.write(f"{os.getpid()} {word}\\n")
with registry.open_changer(url) as changer:
    for number in range(int(rounds)):
        with changer.exclusive(deadline_s=60):
            say("begins")
            changer.move(MoveRequest(int(slot), 256, tag, f"load-{number}", 60.0))
            if dies == "dies" and number == 1:
                os.kill(os.getpid(), 9)
            changer.move(MoveRequest(256, int(slot), tag, f"unload-{number}", 60.0))
            say("ends")
"""


def test_processes_that_load_and_unload_never_interleave_and_one_that_dies_lets_go(bench, tmp_path):
    """Three processes share one drive: each pair of moves stands alone. One is killed between its moves."""
    log, jobs = tmp_path / "log", [(0x1000, "ABC001L8"), (0x1001, "ABC002L8"), (0x1002, "ABC003L8")]
    log.touch()
    dying = [sys.executable, "-c", PAIR, bench.url, "4099", "ABC004L8", str(log), "2", "dies"]
    assert subprocess.run(dying, check=False).returncode == -9
    assert bench.move("ABC004L8", 0x1003).is_done
    log.write_text("")
    processes = [
        subprocess.Popen([sys.executable, "-c", PAIR, bench.url, str(slot), tag, str(log), "4", "lives"])
        for slot, tag in jobs
    ]
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    lines = [line.split() for line in log.read_text().splitlines()]
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    assert len(pairs) == 12
    assert all(a[0] == b[0] and (a[1], b[1]) == ("begins", "ends") for a, b in pairs)
    assert {tag: bench.place_of(tag) for _, tag in jobs} == {tag: slot for slot, tag in jobs}
