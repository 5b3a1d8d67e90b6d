"""The udev rules of docs/, and what a user who is not root may do with them."""

import grp
import os
import stat
import sys
from pathlib import Path

from machine import BY_ID, DRIVE_SERIALS, LOCKED, LOCKED_SERIALS, changer_node, drive_node, expect, run, same

NOBODY = "65534"
PLAIN = ("setpriv", f"--reuid={NOBODY}", "--regid=nogroup")
NO_CAPABILITY = "--inh-caps=-all"
IN_GROUP, LIBRARY = "--groups=tape", "SL00000002"
MOVE = ("move", "slot:5", "slot:9")


def link(serial: str) -> Path:
    return BY_ID / f"scsi-{serial}-sg"


def udev_rules_name_every_node_and_give_it_to_the_group_tape() -> None:
    for serial in (*DRIVE_SERIALS, *LOCKED_SERIALS):
        same(str(link(serial).resolve()), drive_node(serial))
    same(str(link(LIBRARY).resolve()), changer_node(LOCKED))
    for serial in (*DRIVE_SERIALS, "SL00000001", "SL00000002"):
        found = link(serial).stat()
        same((grp.getgrgid(found.st_gid).gr_name, stat.S_IMODE(found.st_mode)), ("tape", 0o660))


def _let_everybody_reach_our_code() -> None:
    """Only in this machine's layer of memory: the checkout may lie where root alone may look."""
    for path in (Path.cwd(), Path(sys.executable), Path(os.path.realpath(sys.executable))):
        for folder in path.parents:
            if not folder.stat().st_mode & stat.S_IXOTH:
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def _drivers(node: Path, words: tuple[str, ...], *privileges: str, code: int) -> str:
    verb, *rest = words
    command = (sys.executable, "-m", "drivers", verb, f"sg://{node}?settle_s=0.1", *rest)
    return run(*PLAIN, *privileges, *command, code=code)


def without_the_group_the_error_says_what_is_missing() -> None:
    _let_everybody_reach_our_code()
    expect(
        "no permission.*udev rule",
        _drivers(link(LIBRARY), ("inventory",), "--clear-groups", NO_CAPABILITY, code=2),
    )


def a_user_of_the_group_looks_and_moves_without_any_capability() -> None:
    """A SCSI generic node that is open for writing passes every command."""
    expect("moved", _drivers(link(LIBRARY), MOVE, IN_GROUP, NO_CAPABILITY, code=0))
    run("mtx", "-f", changer_node(LOCKED), "transfer", "9", "5")


def the_changer_node_of_the_kernel_needs_a_capability_and_the_error_names_it() -> None:
    """Through /dev/sch the kernel filters the commands of ordinary users."""
    line = next(row for row in run("lsscsi", "-g").splitlines() if "mediumx" in row and f" {LOCKED} " in row)
    node = Path(line.split()[-2])
    os.chown(node, 0, grp.getgrnam("tape").gr_gid)
    node.chmod(0o660)
    expect("CAP_SYS_RAWIO", _drivers(node, ("inventory",), IN_GROUP, NO_CAPABILITY, code=2))
    capability = ("--inh-caps=+sys_rawio", "--ambient-caps=+sys_rawio")
    expect("LCK005L9", _drivers(node, ("inventory",), IN_GROUP, *capability, code=0))
