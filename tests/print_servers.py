"""Other people's print software as test peers: CUPS' scheduler, and its `ippeveprinter`, an IPP printer of its own."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/lib/cups/bin"
PATIENCE_S = 15.0
FORMATS = "application/pdf,application/vnd.zebra-zpl,application/octet-stream"

BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
CUPS_FILES = """\
SystemGroup root
User lp
Group lp
ServerRoot {folder}/etc
ServerBin {folder}/bin
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
ServerKeychain {folder}/ssl
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
"""
CUPS = """\
Listen 127.0.0.1:{port}
LogLevel info
Browsing No
WebInterface No
DefaultAuthType None
MaxJobs 0
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
"""
# A backend as CUPS starts it: job id, user, title, copies, options, file. Hands the job to a TCP port.
BACKEND = """\
#!/bin/bash
[ $# = 0 ] && exit 0
address=${DEVICE_URI#raw://}
exec 3<>"/dev/tcp/${address%:*}/${address#*:}" || exit 1
cat "${6:--}" >&3
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def is_installed(*programs: str) -> bool:
    return all(shutil.which(program, path=PATH) for program in programs)


@contextlib.contextmanager
def running(
    command: list[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[Callable[[], None]]:
    """Until the end, or until what it yields is called."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, "PATH": PATH, **(environment or {})}
        )

        def stop() -> None:
            process.terminate()
            process.wait()

        try:
            yield stop
        finally:
            stop()


def wait_until(true, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise AssertionError(log.read_text(errors="replace") if log.exists() else "nothing was logged")
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class EvePrinter:
    """An `ippeveprinter`; `kept` is what it received, in order of its job numbers."""

    uri: str
    spool: Path
    reasons: Path
    stop: Callable[[], None]

    def kept(self) -> bytes:
        files = sorted(self.spool.glob("*-*.*"), key=lambda path: int(path.name.split("-")[0]))
        return b"".join(path.read_bytes() for path in files)


@contextlib.contextmanager
def ipp_printer(folder: Path) -> Iterator[EvePrinter]:
    """It insists on a system bus for DNS-SD; it gets one of its own, with nobody on it.

    With every job it takes over what stands in the file `reasons`: printer-state-reasons.
    """
    port, log, spool = free_port(), folder / "printer.log", folder / "spool"
    spool.mkdir()
    command, reasons = folder / "print", folder / "reasons"
    reasons.touch()
    command.write_text(f'#!/bin/sh\nread words < {reasons} && echo "STATE: $words" >&2\nexit 0\n')
    command.chmod(0o755)
    (folder / "bus.conf").write_text(BUS.format(folder=folder))
    bus = ["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--nopidfile"]
    printer = ["ippeveprinter", "-k", "-r", "off", "-n", "localhost", "-p", str(port), "-d", str(spool)]
    printer += ["-c", str(command)]
    address = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus"}
    with running(bus, folder / "bus.log"):
        wait_until((folder / "bus").exists, folder / "bus.log")
        with running([*printer, "-f", FORMATS, "Strongroom test"], log, address) as stop:
            wait_until(lambda: answers(port), log)
            yield EvePrinter(f"ipp://localhost:{port}/ipp/print", spool, reasons, stop)


@dataclass(frozen=True)
class CupsServer:
    host: str
    folder: Path

    def run(self, *command: str) -> None:
        """An administrator's command: lpadmin, cupsdisable, cupsreject, … on this server."""
        program, *arguments = command
        done = subprocess.run(
            [program, "-h", self.host, *arguments],
            env={**os.environ, "PATH": PATH, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def add_queue(self, name: str, address: tuple[str, int]) -> None:
        """A raw queue in front of a TCP port."""
        self.run("lpadmin", "-p", name, "-v", f"raw://{address[0]}:{address[1]}", "-E")


@contextlib.contextmanager
def cups_server() -> Iterator[CupsServer]:
    """A scheduler in a folder of its own, on loopback alone. It runs its backends as `lp`, who must get there."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("etc", "bin/backend", "bin/filter", "spool/tmp", "cache", "state", "ssl", "log"):
            (folder / part).mkdir(parents=True)
        (folder / "bin/backend/raw").write_text(BACKEND)
        (folder / "bin/backend/raw").chmod(0o755)
        (folder / "cups-files.conf").write_text(CUPS_FILES.format(folder=folder))
        (folder / "cupsd.conf").write_text(CUPS.format(port=port))
        (folder / "bin/daemon").symlink_to("/usr/lib/cups/daemon")
        for path in (folder, *folder.rglob("spool"), *folder.rglob("cache"), *folder.rglob("state")):
            path.chmod(0o755)
            shutil.chown(path, "lp", "lp")
        command = ["cupsd", "-f", "-c", f"{folder}/cupsd.conf", "-s", f"{folder}/cups-files.conf"]
        with running(command, folder / "out.log"):
            wait_until(lambda: answers(port), folder / "out.log")
            yield CupsServer(f"127.0.0.1:{port}", folder)
