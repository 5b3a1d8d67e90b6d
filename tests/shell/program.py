"""The `strongroom` command as a process of its own, in a folder of its own, with no settings but those given."""

import ctypes
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ports import free_port

PROGRAM = Path(sys.executable).with_name("strongroom")
READY_S = 90.0  # a loaded machine imports slowly
COMMAND_S = 90.0
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def environment(**settings: object) -> dict[str, str]:
    """This process's environment without Strongroom's settings, and the settings given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRONGROOM_")}
    kept.pop("DATABASE_URL", None)
    given = {f"STRONGROOM_{name.upper()}": str(value) for name, value in settings.items()}
    return kept | {"COLUMNS": "200", "NO_COLOR": "1"} | given


def without_override() -> None:
    """Between fork and exec: root obeys the permissions of files, as everybody does."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def strongroom(*args: object, cwd: Path, env: dict[str, str] | None = None, plain: bool = False):
    """One command, run to its end; `plain` takes root's privilege over file permissions away."""
    return subprocess.run(
        [PROGRAM, *map(str, args)],
        cwd=cwd,
        env=env or environment(data_dir=cwd / "data"),
        capture_output=True,
        text=True,
        timeout=COMMAND_S,
        check=False,
        preexec_fn=without_override if plain and os.getuid() == 0 else None,
    )


def contents(folder: Path) -> dict[str, tuple[int, str]]:
    """Every path under the folder with its mode and, of a file, the hash of its bytes."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(folder.rglob("*"))
    }


@dataclass
class Server:
    """A running `strongroom serve`; what it prints goes to the files `out` and `err`."""

    process: subprocess.Popen
    port: int
    out: Path
    err: Path
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        return self.out.read_text()

    @property
    def logged(self) -> str:
        return self.err.read_text()

    def until_ready(self) -> None:
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            assert self.process.poll() is None, self.said + self.logged
            try:
                if self.request("GET", "/readyz")[0] == http.client.OK:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not become ready: " + self.logged)

    def request(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = None if body is None else json.dumps(body)
            more = {"Content-Type": "application/json"} if sent else {}
            connection.request(method, path, sent, more | self.headers | headers)
            answer = connection.getresponse()
            content = answer.read()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    self.headers["Cookie"] = value.partition(";")[0]
        finally:
            connection.close()
        return answer.status, content

    def json(self, method: str, path: str, body: object = None):
        status, content = self.request(method, path, body)
        assert status < http.client.BAD_REQUEST, content
        return json.loads(content)

    def sign_in(self, login: str, password: str) -> None:
        opened = self.json("POST", "/api/v1/sign-ins", {"login": login, "password": password})
        self.headers["X-CSRF-Token"] = opened["csrf_token"]

    def end(self, number: signal.Signals = signal.SIGINT) -> float:
        """Send the signal; how many seconds until the process was gone."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return time.monotonic() - started


@contextmanager
def serving(
    folder: Path, *args: str, program: Path = PROGRAM, ready: bool = True, **settings: object
) -> Iterator[Server]:
    """A server on a free port and the data folder `folder`/data; killed at the end if it still runs."""
    port = free_port()
    out, err = folder / f"{port}.out", folder / f"{port}.err"
    env = environment(**{"data_dir": folder / "data", "port": port} | settings)
    with out.open("w") as said, err.open("w") as logged:
        process = subprocess.Popen([program, "serve", *args], cwd=folder, env=env, stdout=said, stderr=logged)
    server = Server(process, port, out, err)
    try:
        if ready:
            server.until_ready()
        yield server
    finally:
        process.kill()
        process.wait()
