"""The contract suites, pointed by URL at libraries they have never seen, in a process of their own.

One is ours, made from mhvtl's files with addresses, makers and 6-character tags that no other test uses and
served by the command line; the other is Debian's tgt.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers import registry
from drivers.simulator.hands import Hands

CHECKOUT = Path(__file__).parents[2]
DEVICE_CONF = """\
VERSION: 5
Library: 30 CHANNEL: 00 TARGET: 08 LUN: 00
 Vendor identification: ODDMAKER
 Product identification: Twisted 7
 Unit serial number: TWIST-30
Drive: 33 CHANNEL: 00 TARGET: 11 LUN: 00
 Library ID: 30 Slot: 03
 Vendor identification: HP
 Product identification: Ultrium 6-SCSI
 Unit serial number: ODD33
Drive: 31 CHANNEL: 00 TARGET: 09 LUN: 00
 Library ID: 30 Slot: 01
 Vendor identification: IBM
 Product identification: ULT3580-TD6
 Unit serial number: ODD31
Drive: 32 CHANNEL: 00 TARGET: 10 LUN: 00
 Library ID: 30 Slot: 02
 Vendor identification: HP
 Product identification: Ultrium 6-SCSI
 Unit serial number: ODD32
"""
CONTENTS = "".join(
    (
        "Drive 1: ODD31\nDrive 2: ODD32\nDrive 3: ODD33\nPicker 1:\n",
        *(f"MAP {n}:\n" for n in range(1, 6)),
        *(f"Slot {n}: {f'QX{n:04d}L6' if n % 3 else ''}\n" for n in range(1, 20)),
    )
)
FIRSTS = ("transport=86", "storage=30001", "mail-slot=17", "drive=40")


def shell(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "drivers", *map(str, arguments)], cwd=CHECKOUT, check=True)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """What `simulator serve` prints: the target's name and where it listens."""
    command = [sys.executable, "-m", "drivers", "simulator", "serve", str(folder), "--iscsi", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        name, portal = re.fullmatch(r"(\S+) at (\S+)\n", server.stdout.readline()).groups()
        try:
            yield f"iscsi://{portal}/{name}"
        finally:
            server.terminate()


def run_contract(*suites: str, **variables: str) -> str:
    """The last line of the suites' own report. Neither plugins nor what only the service's tests need is loaded."""
    environment = os.environ | {f"STRONGROOM_TEST_{name}": value for name, value in variables.items()}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    files = [f"tests/drivers/test_{name}_contract.py" for name in suites or ("changer", "drive")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-xk", "by-url"]
    command += ["--confcutdir=tests/drivers", *files]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture
def odd_library(tmp_path) -> Path:
    conf, contents, folder = (tmp_path / name for name in ("device.conf", "library_contents.30", "odd"))
    conf.write_text(DEVICE_CONF)
    contents.write_text(CONTENTS)
    options = [part for first in FIRSTS for part in ("--first", first)]
    shell("simulator", "create", folder, contents, "--device-conf", conf, *options)
    shell("simulator", "fault", folder, "six-characters")
    shell("simulator", "fault", folder, "drives-reversed")
    return folder


def test_the_suites_hold_on_a_library_nobody_has_seen(libiscsi, odd_library):
    with served(odd_library) as url:
        told = run_contract(
            CHANGER_URL=f"{url}/0?settle_s=0.01",
            DRIVE_URLS=f"{url}/2 {url}/3",
            DRIVE_SERIALS="ODD32 ODD33",
            SCRATCH="QX0007 QX0010",
        )
    assert re.match(r"29 passed, \d+ deselected", told), told
    with Hands(odd_library) as hands:
        drives = {d["serial"]: d for d in hands.dump()["drives"]}
        places = {c["barcode"]: c["place"] for c in hands.dump()["cartridges"].values()}
        loads = {c["barcode"]: c["load_count"] for c in hands.dump()["cartridges"].values()}
    assert drives["ODD31"]["address"] == 40
    assert places == {f"QX{n:04d}L6": 30000 + n for n in range(1, 20) if n % 3}
    assert {barcode for barcode, count in loads.items() if count} == {"QX0007L6", "QX0010L6"}


def test_the_suites_hold_on_tgt_by_url_alone(tgt_url):
    base = tgt_url.partition("?")[0].rpartition("/")[0]
    told = run_contract(
        CHANGER_URL=tgt_url, DRIVE_URLS=f"{base}/1", DRIVE_SERIALS="DRIVE1", SCRATCH="A00002L8 A00001L8"
    )
    assert re.match(r"23 passed, \d+ deselected", told), told


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SCRATCH": "NOSUCH"}, "none of the media in STRONGROOM_TEST_SCRATCH"),
        ({"DRIVE_SERIALS": "ODD31"}, "the drive ODD32 is not in STRONGROOM_TEST_DRIVE_SERIALS"),
    ],
)
def test_what_is_not_listed_is_not_touched(libiscsi, odd_library, changes, reason):
    with served(odd_library) as url, Hands(odd_library) as hands:
        given = {
            "CHANGER_URL": f"{url}/0",
            "DRIVE_URLS": f"{url}/2",
            "DRIVE_SERIALS": "ODD32",
            "SCRATCH": "QX0007",
        }
        with pytest.raises(AssertionError, match=reason):
            run_contract(**given | changes)
        assert hands.dump()["moves_done"] == 0 or "SCRATCH" not in changes


def test_a_medium_that_is_not_listed_stays_in_its_drive_unwritten(libiscsi, odd_library):
    with served(odd_library) as url, Hands(odd_library) as hands:
        with registry.open_changer(f"sim://{odd_library}?settle_s=0.01") as changer:
            hands.put(41, hands.take(30001))
            changer.drain_attentions(deadline_s=5)
        given = {
            "CHANGER_URL": f"{url}/0",
            "DRIVE_URLS": f"{url}/2",
            "DRIVE_SERIALS": "ODD32",
            "SCRATCH": "QX0007",
        }
        with pytest.raises(
            AssertionError, match="the drive holds QX0001, which is not in STRONGROOM_TEST_SCRATCH"
        ):
            run_contract("drive", **given)
        assert [c["place"] for c in hands.dump()["cartridges"].values() if c["barcode"] == "QX0001L6"] == [41]


@pytest.mark.parametrize(("scratch", "passes"), [("MED00000001", True), ("MED00000002", False)])
def test_a_drive_without_a_changer_needs_a_medium_whose_own_memory_names_it(
    libiscsi, odd_library, scratch, passes
):
    with Hands(odd_library) as hands:
        hands.put(41, hands.take(30001))
    with served(odd_library) as url:
        given = {"CHANGER_URL": "", "DRIVE_URLS": f"{url}/2", "DRIVE_SERIALS": "ODD32", "SCRATCH": scratch}
        if passes:
            assert "6 passed" in run_contract(**given)
            return
        with pytest.raises(AssertionError, match="the medium MED00000001 is not in STRONGROOM_TEST_SCRATCH"):
            run_contract(**given)
