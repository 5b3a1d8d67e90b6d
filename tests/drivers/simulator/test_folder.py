"""The folder of a virtual library: several processes, restarts, kill -9."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError, ProtocolError
from drivers.simulator.folder import Folder
from drivers.simulator.tape_file import BLOCK, FILEMARK, TapeFile

BUSY_PROCESS = """
import sys
from drivers import registry
from drivers.changer.model import MoveRequest
url = sys.argv[1]
with registry.open_changer(url) as changer, registry.open_drive(url + "&drive=1") as drive:
    home, bay = 0x1000, 0x100
    print("working", flush=True)
    while True:
        changer.move(MoveRequest(home, bay, "ABC001L8", "m", 20.0))
        drive.medium(deadline_s=5)
        for number in range(20):
            drive.write_block(number.to_bytes(4, "big"), deadline_s=5)
        drive.write_filemarks(1, deadline_s=5)
        changer.move(MoveRequest(bay, home, "ABC001L8", "m", 20.0))
"""
ROUNDS = int(os.environ.get("STRONGROOM_TEST_KILL_ROUNDS", "4"))


def test_a_library_survives_being_killed_at_any_moment(bench):
    source = random.Random(5)
    for _ in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", BUSY_PROCESS, bench.url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(source.uniform(0.02, 0.3))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        snapshot = bench.look()
        assert snapshot.complete
        assert len(snapshot.by_tag["ABC001L8"]) == 1
        assert sum(state.full for state in snapshot.elements) == 12
        if snapshot.by_tag["ABC001L8"][0].address != 0x1000:
            assert bench.move("ABC001L8", 0x1000).is_done


def test_a_torn_block_at_the_end_of_a_tape_does_not_count(tmp_path):
    tape = TapeFile(tmp_path / "tape")
    tape.write(0, [(BLOCK, b"whole", b""), (FILEMARK, b"", b""), (BLOCK, b"torn", b"")], sync=True)
    raw = (tmp_path / "tape").read_bytes()
    (tmp_path / "tape").write_bytes(raw[:-2])
    again = TapeFile(tmp_path / "tape")
    assert [entry.kind for entry in again.entries()] == [BLOCK, FILEMARK]
    again.write(2, [(BLOCK, b"new", b"")], sync=True)
    assert TapeFile(tmp_path / "tape").read(again.entries()[2]) == b"new"


def test_two_processes_see_each_others_changes_at_once(bench):
    with registry.open_changer(bench.url) as other:
        bench.move("ABC001L8", 0x1014)
        assert other.inventory(deadline_s=5).by_tag["ABC001L8"][0].address == 0x1014


def test_where_a_tape_stands_is_seen_by_another_process(bench):
    bench.move("ABC001L8", bench.drive())
    with (
        registry.open_drive(f"{bench.url}&drive=1") as one,
        registry.open_drive(f"{bench.url}&drive=1") as two,
    ):
        one.medium(deadline_s=5)
        one.write_block(b"a", deadline_s=5)
        one.write_block(b"b", deadline_s=5)
        assert two.position(deadline_s=5).block == 2
        two.locate(1, deadline_s=5)
        assert one.read_block(deadline_s=5).data == b"b"


def test_a_folder_without_a_library_or_of_another_version_is_refused(bench, tmp_path):
    with pytest.raises(BackendUnavailableError):
        Folder(tmp_path / "nothing")
    state = tmp_path / "library" / "state.json"
    value = json.loads(state.read_text())
    state.write_text(json.dumps(value | {"format": 99}))
    with pytest.raises(ProtocolError, match="format 99"):
        bench.look()


def test_a_folder_that_cannot_be_made_is_named(library, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BackendUnavailableError, match="file"):
        registry.prepare_simulator(f"sim://{tmp_path}/file/library", library())
