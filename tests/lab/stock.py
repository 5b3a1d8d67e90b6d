"""Stock Debian programs on our virtual library behind the kernel's drivers."""

import os
import subprocess
from pathlib import Path

from machine import DRIVE_SERIALS, changer_node, drive_node, expect, run, same, tape_node

FIRST_DRIVE = DRIVE_SERIALS[0]


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
    same(ours, [line.rstrip() for line in real.splitlines() if line.strip()])


def mtx_works_on_the_kernels_changer_node_too() -> None:
    line = next(row for row in run("lsscsi", "-g").splitlines() if "mediumx" in row and " STRONG " in row)
    expect(r"2 Drives, 28 Slots \( 4 Import/Export \)", run("mtx", "-f", line.split()[-2], "status"))


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
    node = drive_node(FIRST_DRIVE)
    run("sg_turs", node, code=None)
    expect("Product identification: ULT3580-TD8", run("sg_inq", node))
    expect(FIRST_DRIVE, run("sg_vpd", "--page=sn", node))
    expect("designator type: NAA", run("sg_vpd", "--page=di", node))
    expect("(?i)tape ?alert", run("sg_logs", "--page=0x2e", node))
    run("sg_logs", "--page=0x11", node)
    expect("(?i)volume", run("sg_logs", "--page=0x17", node))


def sg_read_attr_reads_the_cartridge_memory() -> None:
    text = run("sg_read_attr", drive_node(FIRST_DRIVE))
    expect("Medium serial number: MED00000001", text)
    expect(r"Load count: \d+", text)


def stenc_reads_and_sets_encryption() -> None:
    node = tape_node(FIRST_DRIVE)
    expect("(?i)encryption", run("stenc", "-f", node, "--detail"))
    key = Path("/tmp/key")
    key.write_text("00112233445566778899aabbccddeeff" * 2 + "\nlab-key\n")
    run("stenc", "-f", node, "-e", "on", "-k", str(key), "-a", "1")
    expect("(?i)(encrypting|on)", run("stenc", "-f", node, "--detail"))
    run("stenc", "-f", node, "-e", "off", "-a", "1")


def read_back(node: str) -> bytes:
    return subprocess.run(["dd", f"if={node}", "bs=64k"], capture_output=True, check=True).stdout


def st_driver_writes_marks_rewinds_and_reads() -> None:
    node, first, second = tape_node(FIRST_DRIVE), os.urandom(640 * 1024), b"second file " * 1000
    run("mt", "-f", node, "rewind")
    run("mt", "-f", node, "setblk", "0")
    for data in (first, second):
        run("dd", f"of={node}", "bs=64k", "iflag=fullblock", stdin=data)
    expect(r"[Ff]ile number=2", run("mt", "-f", node, "status"))
    run("mt", "-f", node, "rewind")
    same(read_back(node), first)
    run("mt", "-f", node, "asf", "1")
    same(read_back(node), second)
    expect(r"At block \d+", run("mt", "-f", node, "tell"))


def mt_seeks_to_a_block_and_finds_the_second_file() -> None:
    """The first file is ten blocks and a filemark: the second begins at block 11."""
    node = tape_node(FIRST_DRIVE)
    run("mt", "-f", node, "seek", "11")
    expect(r"At block 11\.", run("mt", "-f", node, "tell"))
    same(read_back(node), b"second file " * 1000)
    run("mt", "-f", node, "seek", "0")
    expect(r"At block 0\.", run("mt", "-f", node, "tell"))


def mt_makes_two_partitions_and_keeps_them_apart() -> None:
    node, data = tape_node(FIRST_DRIVE), {0: b"catalogue " * 500, 1: b"contents " * 5000}
    run("mt", "-f", node, "rewind")
    run("mt", "-f", node, "stoptions", "can-partitions")
    run("mt", "-f", node, "mkpartition", "1000")
    for number, text in data.items():
        run("mt", "-f", node, "setpartition", str(number))
        run("dd", f"of={node}", "bs=64k", "iflag=fullblock", stdin=text)
    for number, text in data.items():
        run("mt", "-f", node, "setpartition", str(number))
        run("mt", "-f", node, "rewind")
        same(read_back(node), text)
    expect("(?i)partition=1", run("mt", "-f", node, "status"))
    run("mt", "-f", node, "setpartition", "0")
    run("mt", "-f", node, "mkpartition", "0")


def tar_archives_and_extracts() -> None:
    node = tape_node(FIRST_DRIVE)
    run("mt", "-f", node, "rewind")
    run("tar", "-b", "128", "-cf", node, "-C", "/etc", "hostname", "passwd")
    run("mt", "-f", node, "rewind")
    expect("passwd", run("tar", "-b", "128", "-tf", node))
    run("mt", "-f", node, "offline")
    run("mtx", "-f", changer_node(), "unload", "1", "0")
