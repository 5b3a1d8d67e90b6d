"""Runs in the emulated machine: stock programs and our own drivers on real device nodes.

Every check prints one line; the exit code is 0 when all passed.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

BY_ID, RUNS = Path("/dev/tape/by-id"), Path("/tmp/runs")
DRIVE_SERIALS = ("DRV0000001", "DRV0000002")
SCRATCH, TGT_SCRATCH = "ABC001L8", "A00001L8"


class CheckFailedError(Exception):
    pass


def run(*command: str, code: int | None = 0, stdin: bytes | None = None) -> str:
    """Output of a program, both streams; CheckFailedError when it leaves with another code."""
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if code is not None and done.returncode != code:
        raise CheckFailedError(f"{' '.join(command)} left with {done.returncode}:\n{text}")
    return text


def expect(pattern: str, text: str) -> None:
    if not re.search(pattern, text, re.MULTILINE):
        raise CheckFailedError(f"{pattern!r} is not in\n{text}")


def changer_node() -> str:
    """The sg node of our changer, found by what lsscsi lists."""
    return _generic("mediumx", "STRONG")


def _generic(kind: str, vendor: str) -> str:
    for line in run("lsscsi", "-g").splitlines():
        if kind in line and vendor in line:
            return line.split()[-1]
    raise CheckFailedError(f"no {kind} of {vendor}")


def tape_node(serial: str, suffix: str = "-nst") -> str:
    return str((BY_ID / f"scsi-{serial}{suffix}").resolve())


def drive_node(serial: str) -> str:
    """The sg node beside a drive's st node."""
    name = Path(tape_node(serial)).name
    return f"/dev/{next(Path(f'/sys/class/scsi_tape/{name}/device/scsi_generic').iterdir()).name}"


def kernel_sees_our_library_as_real_devices() -> None:
    text = run("lsscsi", "-g")
    expect(r"mediumx\s+STRONG\s+VIRTUAL LIBRARY.*/dev/sch\d", text)
    expect(r"tape\s+STRONG\s+ULT3580-TD8.*/dev/st\d", text)


def udev_links_name_the_drives_by_serial_number() -> None:
    for serial in DRIVE_SERIALS:
        expect(r"/dev/nst\d", tape_node(serial))


def mtx_prints_the_table() -> None:
    text = run("mtx", "-f", changer_node(), "status")
    expect(r"2 Drives, 28 Slots \( 4 Import/Export \)", text)
    expect(r"^      Storage Element 1:Full :VolumeTag=ABC001L8", text)
    expect(r"^      Storage Element 25 IMPORT/EXPORT:Empty", text)
    expect("Product ID: 'VIRTUAL LIBRARY '", run("mtx", "-f", changer_node(), "inquiry"))


def mtx_prints_exactly_what_our_text_face_would() -> None:
    """The program over the wire: read by our parser and printed by our renderer it stays the same."""
    from drivers.changer.mtx_text import parse_status, render_status

    real = run("mtx", "-f", changer_node(), "status")
    ours = [line.rstrip() for line in render_status(parse_status(real)).splitlines()]
    theirs = [line.rstrip() for line in real.splitlines() if line.strip()]
    if ours != theirs:
        raise CheckFailedError(f"{ours}\n{theirs}")


def mtx_loads_unloads_and_transfers() -> None:
    node = changer_node()
    expect(
        "Loading media from Storage Element 1 into drive 0...done", run("mtx", "-f", node, "load", "1", "0")
    )
    expect(
        r"Data Transfer Element 0:Full \(Storage Element 1 Loaded\):VolumeTag = ABC001L8",
        run("mtx", "-f", node, "status"),
    )
    expect("Unloading drive 0 into Storage Element 1...done", run("mtx", "-f", node, "unload", "1", "0"))
    run("mtx", "-f", node, "transfer", "2", "25")
    expect(r"Storage Element 25 IMPORT/EXPORT:Full :VolumeTag=ABC002L8", run("mtx", "-f", node, "status"))
    run("mtx", "-f", node, "transfer", "25", "2")


def mtx_fails_in_its_own_words() -> None:
    expect(
        r"Drive 0 Full|Source Element Address \d+ is Empty",
        run("mtx", "-f", changer_node(), "load", "20", "0", code=1),
    )


def sg3_utils_read_identity_and_alerts() -> None:
    run("mtx", "-f", changer_node(), "load", "1", "0")
    node = drive_node(DRIVE_SERIALS[0])
    run("sg_turs", node, code=None)
    expect("Product identification: ULT3580-TD8", run("sg_inq", node))
    expect(DRIVE_SERIALS[0], run("sg_vpd", "--page=sn", node))
    expect("designator type: NAA", run("sg_vpd", "--page=di", node))
    expect("(?i)tape ?alert", run("sg_logs", "--page=0x2e", node))
    run("sg_logs", "--page=0x11", node)


def sg_read_attr_reads_the_cartridge_memory() -> None:
    text = run("sg_read_attr", drive_node(DRIVE_SERIALS[0]))
    expect("Medium serial number: MED00000001", text)
    expect(r"Load count: \d+", text)


def stenc_reads_and_sets_encryption() -> None:
    node = tape_node(DRIVE_SERIALS[0])
    expect("(?i)encryption", run("stenc", "-f", node, "--detail"))
    key = Path("/tmp/key")
    key.write_text("00112233445566778899aabbccddeeff" * 2 + "\nlab-key\n")
    run("stenc", "-f", node, "-e", "on", "-k", str(key), "-a", "1")
    expect("(?i)(encrypting|on)", run("stenc", "-f", node, "--detail"))
    run("stenc", "-f", node, "-e", "off", "-a", "1")


def st_driver_writes_marks_rewinds_and_reads() -> None:
    node, first, second = tape_node(DRIVE_SERIALS[0]), os.urandom(640 * 1024), b"second file " * 1000
    run("mt", "-f", node, "rewind")
    run("mt", "-f", node, "setblk", "0")
    for data in (first, second):
        run("dd", f"of={node}", "bs=64k", "iflag=fullblock", stdin=data)
    expect(r"[Ff]ile number=2", run("mt", "-f", node, "status"))
    run("mt", "-f", node, "rewind")
    back = subprocess.run(["dd", f"if={node}", "bs=64k"], capture_output=True, check=True).stdout
    if back != first:
        raise CheckFailedError(f"{len(back)} bytes came back, not the {len(first)} written")
    run("mt", "-f", node, "asf", "1")
    again = subprocess.run(["dd", f"if={node}", "bs=64k"], capture_output=True, check=True).stdout
    if again != second:
        raise CheckFailedError("the second file came back different")
    expect(r"At block \d+", run("mt", "-f", node, "tell"))


def tar_archives_and_extracts() -> None:
    node = tape_node(DRIVE_SERIALS[0])
    run("mt", "-f", node, "rewind")
    run("tar", "-b", "128", "-cf", node, "-C", "/etc", "hostname", "passwd")
    run("mt", "-f", node, "rewind")
    expect("passwd", run("tar", "-b", "128", "-tf", node))
    run("mt", "-f", node, "offline")
    run("mtx", "-f", changer_node(), "unload", "1", "0")


def inventory_is_not_slower_than_mtx() -> None:
    """100 readings in one process, start included, beside 100 runs of mtx status; per reading."""
    url, reads = f"sg://{changer_node()}", 100
    once = timed(sys.executable, "-m", "drivers", "inventory", url)
    ours = timed(sys.executable, "-m", "drivers", "inventory", url, "--repeat", str(reads)) / reads
    theirs = sum(timed("mtx", "-f", changer_node(), "status") for _ in range(reads)) / reads
    say(
        f"       drivers inventory {ours:.0f} ms (alone {once:.0f} ms), mtx status {theirs:.0f} ms per reading"
    )
    if ours > theirs:
        raise CheckFailedError("slower than mtx")


def timed(*command: str) -> float:
    """Milliseconds a program takes."""
    start = time.monotonic()
    run(*command)
    return 1000 * (time.monotonic() - start)


def the_changer_contract_holds_by_sg_io_and_by_mtx() -> None:
    node = changer_node()
    keep_contract(f"sg://{node}?settle_s=0.1 mtx://{node}?settle_s=0.1", SCRATCH)


def the_changer_contract_holds_on_tgt() -> None:
    """Another maker's target behind the same kernel driver."""
    keep_contract(f"sg://{_generic('mediumx', 'IET')}?settle_s=0.1", TGT_SCRATCH)


def the_drive_contract_holds_by_sg_io() -> None:
    node = changer_node()
    run("mtx", "-f", node, "load", "3", "1")
    keep_contract(f"sg://{drive_node(DRIVE_SERIALS[1])}", file="test_drive_contract.py")
    run("sg_start", "--eject", drive_node(DRIVE_SERIALS[1]), code=None)
    run("mtx", "-f", node, "unload", "3", "1")


def keep_contract(urls: str, scratch: str = "", *, file: str = "test_changer_contract.py") -> None:
    environment = os.environ | {
        "STRONGROOM_TEST_CHANGER_URL": urls if scratch else "",
        "STRONGROOM_TEST_SCRATCH": scratch,
        "STRONGROOM_TEST_DRIVE_URLS": "" if scratch else urls,
        "STRONGROOM_TEST_RUNS": str(RUNS),
        # Loading every installed plugin takes a minute in the emulator.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--confcutdir=tests/drivers",
        f"tests/drivers/{file}", "-k", "dev",
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    say("       " + (done.stdout.strip().splitlines() or ["no output"])[-1])
    if done.returncode:
        raise CheckFailedError(done.stdout[-6000:] + done.stderr[-2000:])


def the_weekly_rotation_ejects_through_the_kernel() -> None:
    """The service's device worker on a device node; its site comes from the tests of service/devices."""
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
        "tests/lab/lab_rotation.py", "--database", "sqlite",
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    say("       " + (done.stdout.strip().splitlines() or ["no output"])[-1])
    if done.returncode:
        raise CheckFailedError(done.stdout[-6000:] + done.stderr[-3000:])


CHECKS: tuple[Callable[[], None], ...] = (
    kernel_sees_our_library_as_real_devices,
    udev_links_name_the_drives_by_serial_number,
    mtx_prints_the_table,
    mtx_prints_exactly_what_our_text_face_would,
    mtx_loads_unloads_and_transfers,
    mtx_fails_in_its_own_words,
    sg3_utils_read_identity_and_alerts,
    sg_read_attr_reads_the_cartridge_memory,
    stenc_reads_and_sets_encryption,
    st_driver_writes_marks_rewinds_and_reads,
    tar_archives_and_extracts,
    inventory_is_not_slower_than_mtx,
    the_changer_contract_holds_by_sg_io_and_by_mtx,
    the_changer_contract_holds_on_tgt,
    the_drive_contract_holds_by_sg_io,
    the_weekly_rotation_ejects_through_the_kernel,
)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def passes(check: Callable[[], None]) -> bool:
    start, name = time.monotonic(), check.__name__.replace("_", " ")
    try:
        check()
    except (CheckFailedError, OSError, subprocess.SubprocessError) as error:
        say(f"FAILED {name}\n{error}")
        return False
    say(f"ok     {name} ({time.monotonic() - start:.1f} s)")
    return True


if __name__ == "__main__":
    results = [passes(check) for check in CHECKS]
    for line in RUNS.read_text(encoding="utf-8").splitlines() if RUNS.exists() else []:
        say(f"LAB RUN {line}")
    say(f"LAB: {sum(results)} of {len(results)} checks passed")
    sys.exit(0 if all(results) else 1)
