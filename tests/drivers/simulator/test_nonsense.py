"""Nonsense at every door of the virtual library: it is refused, and everybody else goes on working."""

import random
import socket
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.errors import BackendUnavailableError, DeviceError
from drivers.simulator import mtx_face
from drivers.simulator.iscsi.server import IscsiTarget

VERBS = st.sampled_from([*mtx_face.VERBS, "eject", "first", "", "load\n", "état"])
NUMBERS = st.one_of(
    st.integers(-5, 40).map(str), st.sampled_from(["²", "٣", "9" * 400, "", "0x1", "1 "]), st.text(max_size=4)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(verb=VERBS, numbers=st.lists(NUMBERS, max_size=3))
def test_the_text_face_answers_any_arguments(bench, tmp_path, verb, numbers):
    done = mtx_face.run(["-f", str(tmp_path / "library"), verb, *numbers])
    assert done.code in {0, 1}
    assert done.code == 0 or done.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["-f"], ["status"], ["-f", "\0", "status"], ["-f", "", "status"], ["-f", "/dev/null", "load", "1"]],
)
def test_the_text_face_without_a_library_fails_as_mtx_does(arguments):
    assert mtx_face.run(arguments).code == 1


def test_the_text_face_as_a_program_takes_its_device_from_the_environment_as_mtx_does(bench, tmp_path):
    command = [sys.executable, "-m", "drivers.simulator.mtx_face", "load", "1"]
    for name in ("CHANGER", "TAPE"):
        done = subprocess.run(
            command, env={name: str(tmp_path / "library")}, capture_output=True, text=True, check=False
        )
        command[-2:] = ["unload"]
        assert done.stdout.endswith("...done\n"), done
    assert bench.place_of("ABC001L8") == 0x1000


@pytest.mark.parametrize("file", ["state.json", "definition.json"])
@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"format": 1}', b'{"format": 99}']
)
def test_a_folder_with_rubbish_in_it_is_unavailable(bench, tmp_path, file, text):
    (tmp_path / "library" / file).write_bytes(text)
    with pytest.raises(DeviceError), registry.open_changer(bench.url) as changer:
        changer.inventory(deadline_s=5)


def test_a_folder_that_vanishes_is_unavailable(bench, tmp_path):
    bench.look()
    (tmp_path / "library" / "state.json").unlink()
    with pytest.raises(BackendUnavailableError):
        bench.look()


def login(target: IscsiTarget) -> socket.socket:
    text = f"InitiatorName=iqn.2026-01.test:noise\0TargetName={target.name}\0SessionType=Normal\0".encode()
    header = bytearray(48)
    header[0:2], header[5:8] = b"\x43\x87", len(text).to_bytes(3, "big")
    sock = socket.create_connection(target.address, timeout=5)
    sock.sendall(bytes(header) + text + bytes(-len(text) % 4))
    assert sock.recv(4096)[36:38] == b"\0\0"
    return sock


def noise(source: random.Random) -> bytes:
    """A unit that begins as one should: any operation, any flags, any command, a short data segment."""
    header = bytearray(source.randbytes(48))
    header[0] = source.choice((0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x10, 0x3F)) | 0x40
    header[4], header[5:8] = 0, source.randrange(64).to_bytes(3, "big")
    header[8:16] = bytes((0, source.randrange(4))) + bytes(6)
    length = int.from_bytes(header[5:8], "big")
    return bytes(header) + source.randbytes(length + -length % 4)


@pytest.mark.parametrize("seed", range(8))
def test_a_target_survives_initiators_that_talk_nonsense(bench, tmp_path, seed):
    source, failures = random.Random(seed), []
    threading.excepthook, kept = lambda args: failures.append(args.exc_value), threading.excepthook
    try:
        with IscsiTarget(tmp_path / "library") as target:
            for _ in range(25):
                with login(target) as sock:
                    sock.settimeout(0.2)
                    try:
                        for _ in range(10):
                            sock.sendall(noise(source))
                        sock.recv(1 << 16)
                    except OSError:
                        pass
            login(target).close()
    finally:
        threading.excepthook = kept
    assert failures == []
    assert bench.hands.dump()["format"] == 1
