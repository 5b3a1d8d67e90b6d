"""What one session with one drive does not show: CHAP, digests, pings, several drives and sessions, a soak.

The second library lets nobody in without CHAP in both directions, is attached with CRC32C digests on
headers and data, and asks its initiators every second whether they are still there.
"""

import os
import subprocess
import time
from pathlib import Path

from machine import (
    LOCKED,
    LOCKED_SERIALS,
    CheckFailedError,
    changer_node,
    changer_nodes,
    expect,
    run,
    same,
    tape_node,
)

SOAK_S = 20.0
WORDS = dict(word.partition("=")[::2] for word in Path("/proc/cmdline").read_text().split())
TARGET, PORTAL = WORDS.get("lab.lockedname", ""), WORDS.get("lab.locked", "")


def session_details() -> str:
    """What iscsiadm shows of the locked library's sessions."""
    whole = run("iscsiadm", "-m", "session", "-P", "2")
    parts = [part for part in whole.split("Target: ") if part.startswith(TARGET)]
    return "".join(parts)


def the_kernel_proves_itself_by_chap_in_both_directions() -> None:
    text = session_details()
    expect(r"username: lab$", text)
    expect(r"username_in: library$", text)
    expect(r"3 Drives, 12 Slots \( 2 Import/Export \)", run("mtx", "-f", changer_node(LOCKED), "status"))


def without_the_secret_nobody_gets_in() -> None:
    name, other = "node.session.auth.password", "not-the-secret-1"
    with_wrong = ("iscsiadm", "-m", "node", "-T", TARGET, "-p", PORTAL, "-I", "wrong")
    run("iscsiadm", "-m", "iface", "-I", "wrong", "-o", "new")
    run(*with_wrong, "-o", "new")
    for key, value in (("authmethod", "CHAP"), ("username", "lab"), ("password", other)):
        run(*with_wrong, "-o", "update", "-n", f"node.session.auth.{key}", "-v", value)
    run(*with_wrong, "-o", "update", "-n", "node.session.initial_login_retry_max", "-v", "1")
    expect("authorization failure", run(*with_wrong, "--login", code=24))
    run(*with_wrong, "-o", "delete")
    if other in run("dmesg") + session_details() or name in run("dmesg"):
        raise CheckFailedError("the secret is in a log")


def digests_are_on_for_headers_and_data() -> None:
    text = session_details()
    expect("HeaderDigest: CRC32C", text)
    expect("DataDigest: CRC32C", text)


def load_every_drive() -> None:
    node = changer_node(LOCKED)
    for drive in range(len(LOCKED_SERIALS)):
        run("mtx", "-f", node, "load", str(drive + 1), str(drive))
    for serial in LOCKED_SERIALS:
        run("mt", "-f", tape_node(serial), "rewind")
        run("mt", "-f", tape_node(serial), "setblk", "0")


def three_drives_write_and_read_at_once() -> None:
    load_every_drive()
    data = {tape_node(serial): os.urandom(1 << 20) for serial in LOCKED_SERIALS}
    writers = [_started(["dd", f"of={node}", "bs=64k", "iflag=fullblock"]) for node in data]
    for process, written in zip(writers, data.values(), strict=True):
        assert process.stdin is not None
        process.stdin.write(written)
        process.stdin.close()
    same([process.wait() for process in writers], [0, 0, 0])
    for node in data:
        run("mt", "-f", node, "rewind")
    readers = [_started(["dd", f"if={node}", "bs=64k"]) for node in data]
    same([process.communicate()[0] for process in readers], list(data.values()))


def _started(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def session_numbers() -> set[str]:
    lines = run("iscsiadm", "-m", "session").splitlines()
    return {line.split()[1].strip("[]") for line in lines if TARGET in line}


def a_second_session_of_the_kernel_works_beside_the_first() -> None:
    """Each session has nodes and unit attentions of its own; both see the same library at once.

    The second proves itself by SHA-256, where the first took MD5.
    """
    before, first = session_numbers(), changer_nodes(LOCKED)
    node = ("iscsiadm", "-m", "node", "-T", TARGET, "-p", PORTAL)
    for name, value in (("nr_sessions", "2"), ("auth.chap_algs", "SHA256")):
        run(*node, "-o", "update", "-n", f"node.session.{name}", "-v", value)
    run(*node, "--login")
    run("udevadm", "settle")
    (new,) = session_numbers() - before
    nodes = changer_nodes(LOCKED)
    same(len(nodes), 2)
    looks = [_started(["mtx", "-f", node, "status"]) for node in nodes for _ in range(4)]
    texts = {process.communicate()[0].split(b"\n", 1)[1] for process in looks}
    same(len(texts), 1)
    run("iscsiadm", "-m", "session", "-r", new, "--logout")
    run("udevadm", "settle")
    same(changer_nodes(LOCKED), first)


def lost_connections() -> int:
    return run("dmesg").count("detected conn error")


def a_soak_of_writing_moving_and_looking_loses_nothing() -> None:
    """Two drives write and read back while the robot feeds the third; pings and digests go on meanwhile."""
    end, rounds, node, lost = time.monotonic() + SOAK_S, 0, changer_node(LOCKED), lost_connections()
    first, second, third = LOCKED_SERIALS
    while time.monotonic() < end or rounds == 0:
        data = {tape_node(serial): os.urandom(256 << 10) for serial in (first, second)}
        for tape in data:
            run("mt", "-f", tape, "rewind")
        writers = [_started(["dd", f"of={tape}", "bs=32k", "iflag=fullblock"]) for tape in data]
        for process, written in zip(writers, data.values(), strict=True):
            assert process.stdin is not None
            process.stdin.write(written)
            process.stdin.close()
        run("mt", "-f", tape_node(third), "offline")
        run("mtx", "-f", node, "unload", "3", "2")
        run("mtx", "-f", node, "load", "3", "2")
        same([process.wait() for process in writers], [0, 0])
        for tape, written in data.items():
            run("mt", "-f", tape, "rewind")
            same(
                subprocess.run(["dd", f"if={tape}", "bs=32k"], capture_output=True, check=True).stdout,
                written,
            )
        rounds += 1
    same(lost_connections(), lost)
