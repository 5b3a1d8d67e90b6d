"""`strongroom sim serve`: a stock initiator works on the library that the service itself uses."""

import os
import re
import signal
import subprocess
from contextlib import contextmanager
from ctypes.util import find_library

import pytest
from parts import need
from shell.program import PROGRAM, environment, strongroom

from drivers import registry
from drivers.changer.model import MoveRequest
from drivers.errors import BackendUnavailableError

SECRET = "a-long-secret-of-ours"
STATUS = """\
  Storage Changer /dev/sg6:1 Drives, 4 Slots ( 1 Import/Export )
Data Transfer Element 0:Empty
      Storage Element 1:Full :VolumeTag=ABC001L8
      Storage Element 2:Empty
      Storage Element 3:Empty
      Storage Element 4 IMPORT/EXPORT:Empty
"""


@pytest.fixture(autouse=True)
def _libiscsi():
    need("libiscsi", present=find_library("iscsi") is not None, how="install libiscsi7")


@contextmanager
def serving(folder, *arguments):
    """The URL of the target without its logical unit."""
    command = [PROGRAM, "sim", "serve", "--iscsi", "127.0.0.1:0", *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(data_dir=folder / "data"), stdout=subprocess.PIPE, text=True
    )
    try:
        name, portal = re.fullmatch(r"(\S+) at (\S+)\n", process.stdout.readline()).groups()
        yield f"iscsi://{portal}/{name}"
    finally:
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0
        process.stdout.close()


def test_without_a_folder_the_one_library_of_the_data_folder_is_served_and_its_state_is_shared(tmp_path):
    with serving(tmp_path) as url:
        (folder,) = (tmp_path / "data" / "simulators").iterdir()
        with (
            registry.open_changer(f"{url}/0?settle_s=0.01") as outside,
            registry.open_changer(f"sim://{folder}?settle_s=0.01") as inside,
        ):
            before = outside.inventory(deadline_s=30)
            tag, (place, *_) = next(iter(before.by_tag.items()))
            free = next(e.address for e in before.elements if e.type == place.type and not e.full)
            assert outside.move(MoveRequest(place.address, free, tag, "m", 30.0)).is_done
            assert inside.inventory(deadline_s=30).by_tag[tag][0].address == free


def test_a_library_made_from_a_file_asks_for_chap_and_tells_nobody_the_secret(tmp_path):
    (tmp_path / "status").write_text(STATUS)
    secrets = {"right": f"robot {SECRET}\n", "wrong": "robot not-the-secret-at-all\n"}
    for name, text in secrets.items():
        (tmp_path / name).write_text(text)
    with serving(
        tmp_path, tmp_path / "here", "--library", tmp_path / "status", "--chap-file", tmp_path / "right"
    ) as url:
        with registry.open_changer(f"{url}/0?chap_file={tmp_path / 'right'}") as changer:
            assert "ABC001L8" in changer.inventory(deadline_s=30).by_tag
        for refused in (f"{url}/0", f"{url}/0?chap_file={tmp_path / 'wrong'}"):
            with pytest.raises(BackendUnavailableError) as caught:
                registry.open_changer(refused)
            assert SECRET not in str(caught.value)
            assert "not-the-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--iscsi", "a:b:c"), "is not HOST:PORT"),
        (("--iscsi", "127.0.0.1:0", "--chap-file", "no-file"), "cannot be read"),
        (("no-folder-under/a-file",), "cannot be made"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_sentence(tmp_path, arguments, told):
    (tmp_path / "no-folder-under").write_text("a file stands here")
    done = strongroom("sim", "serve", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_several_libraries_must_be_told_apart(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "data" / "simulators" / name).mkdir(parents=True)
    done = strongroom("sim", "serve", cwd=tmp_path)
    assert (done.returncode, "2 simulated libraries" in done.stderr) == (2, True)
