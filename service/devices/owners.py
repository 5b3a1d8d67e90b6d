"""Who holds a job: a name that tells, on the same machine, whether its process is still there."""

import os
import secrets
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")
_TOKEN = secrets.token_hex(4)  # tells two lives of one process number apart


def node() -> str:
    """This kernel's boot and process namespace; empty where the system does not say."""
    try:
        return f"{_BOOT.read_text().strip()}/{_PROCESSES.readlink().name}"
    except OSError:
        return ""


def owner_name() -> str:
    return f"{node()}/{os.getpid()}/{_TOKEN}"


def is_gone(owner: str) -> bool:
    """True only when certain: same boot, same process namespace, and no such process any more."""
    where, _, rest = owner.rpartition("/")[0].rpartition("/")
    if not where or where != node() or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        return owner != owner_name()
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
