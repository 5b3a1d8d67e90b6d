"""The udev rules of docs/, and what a user who is not root may do with them."""

import grp
import os
import stat
import sys
from pathlib import Path

from machine import BY_ID, DRIVE_SERIALS, LOCKED, LOCKED_SERIALS, changer_node, drive_node, expect, run, same

NOBODY = "65534"
PLAIN = ("setpriv", f"--reuid={NOBODY}", "--regid=nogroup", "--inh-caps=-all")
MOVE = ("move", "slot:5", "slot:9")
BACK = ("move", "slot:9", "slot:5")


def link(serial: str) -> Path:
    return BY_ID / f"scsi-{serial}-sg"


def udev_rules_name_every_node_and_give_it_to_the_group_tape() -> None:
    for serial in (*DRIVE_SERIALS, *LOCKED_SERIALS):
        same(str(link(serial).resolve()), drive_node(serial))
    same(str(link("SL00000002").resolve()), changer_node(LOCKED))
    for serial in (*DRIVE_SERIALS, "SL00000001", "SL00000002"):
        found = link(serial).stat()
        same((grp.getgrgid(found.st_gid).gr_name, stat.S_IMODE(found.st_mode)), ("tape", 0o660))


def _let_everybody_reach_our_code() -> None:
    """Only in this machine's layer of memory: the checkout may lie where root alone may look."""
    for path in (Path.cwd(), Path(sys.executable), Path(os.path.realpath(sys.executable))):
        for folder in path.parents:
            if not folder.stat().st_mode & stat.S_IXOTH:
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def _drivers(words: tuple[str, ...], *privileges: str, code: int) -> str:
    verb, *rest = words
    url = f"sg://{link('SL00000002')}?settle_s=0.1"
    return run(*PLAIN, *privileges, sys.executable, "-m", "drivers", verb, url, *rest, code=code)


def without_the_group_the_error_says_what_is_missing() -> None:
    _let_everybody_reach_our_code()
    expect("no permission.*udev rule", _drivers(("inventory",), "--clear-groups", code=2))


def a_user_of_the_group_looks_and_moves_with_the_capability_alone() -> None:
    """Without CAP_SYS_RAWIO the kernel filters some commands; the error then names the capability."""
    in_group = "--groups=tape"
    expect("LCK005L9", _drivers(("inventory",), in_group, code=0))
    refused = _drivers(MOVE, in_group, code=2)
    expect("CAP_SYS_RAWIO", refused)
    with_capability = (in_group, "--inh-caps=+sys_rawio", "--ambient-caps=+sys_rawio")
    expect("moved", _drivers(MOVE, *with_capability, code=0))
    expect("moved", _drivers(BACK, *with_capability, code=0))
