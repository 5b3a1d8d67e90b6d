"""The virtual library as an iSCSI target: the changer is LUN 0, the drives follow."""

import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.device_url import join_portal
from drivers.errors import BackendUnavailableError
from drivers.scsi.chap import Credentials
from drivers.simulator.iscsi.connection import Connection
from drivers.simulator.target import SimulatedLibrary

POWER_ON_OR_RESET = (0x29, 0x00)
NAME_PREFIX = "iqn.2026-01.io.strongroom.simulator:"
MAX_HANDLE = 0xFFFF
BACKLOG, CLOSE_S = 16, 5.0


class IscsiTarget:
    """Any number of initiators at once; every session has its own queue of unit attentions.

    `advertised` is the host that discovery names, where initiators see another one than we do.
    With `credentials` nobody logs in without CHAP, not for discovery either. `ping_s` above 0 asks
    a silent initiator every so many seconds whether it is still there.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        name: str | None = None,
        advertised: str | None = None,
        credentials: Credentials | None = None,
        ping_s: float = 0.0,
    ) -> None:
        self._advertised, self.credentials, self.ping_s = advertised, credentials, ping_s
        self.library = SimulatedLibrary(folder)
        with self.library.folder.locked():
            serial = self.library.folder.definition.serial
        self.name = name or NAME_PREFIX + serial.lower()
        self._lock = threading.Lock()
        self._sessions: list[Connection] = []
        self._open: set[Connection] = set()
        self._readers: dict[Connection, threading.Thread] = {}
        self._handle = 0
        self._socket = _listen(host, port)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]

    @property
    def portal(self) -> str:
        return join_portal(*self.address)

    def serve_forever(self) -> None:
        """Accept until `close`."""
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(sock, self, self.library.execute)
            with self._lock:
                self._open.add(connection)
            reader = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._readers[connection] = reader
            reader.start()

    def _serve(self, connection: Connection) -> None:
        connection.serve()
        with self._lock:
            self._open.discard(connection)
            self._readers.pop(connection, None)

    def start(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def next_handle(self) -> int:
        with self._lock:
            self._handle = self._handle % MAX_HANDLE + 1
            return self._handle

    def session_began(self, connection: Connection) -> None:
        """A second login of the same initiator port replaces the first session."""
        if connection.login.discovery:
            return
        with self._lock:
            old = [c for c in self._sessions if c.nexus == connection.nexus]
            self._sessions = [c for c in self._sessions if c not in old] + [connection]
        for replaced in old:
            replaced.close()
        with self.library.folder.locked() as state:
            units = range(1 + len(state.drives))
            state.attentions[connection.nexus] = {str(unit): [POWER_ON_OR_RESET] for unit in units}
            self.library.folder.save()

    def session_ended(self, connection: Connection) -> None:
        """What a nexus held is given back: queued events, removal prevention."""
        with self._lock:
            if connection not in self._sessions:
                return
            self._sessions.remove(connection)
        with self.library.folder.locked() as state:
            state.attentions.pop(connection.nexus, None)
            holders: list[list[str]] = [state.prevented_by, *(drive.prevented_by for drive in state.drives)]
            for holder in holders:
                holder[:] = [name for name in holder if name != connection.nexus]
            self.library.folder.save()

    def listing(self, address: tuple[str, int]) -> list[tuple[str, str]]:
        portal = join_portal(self._advertised or address[0], address[1])
        return [("TargetName", self.name), ("TargetAddress", f"{portal},1")]

    def reset(self, unit: int | None) -> None:
        """Abort what runs on a logical unit (None: on all) and tell every session of it."""
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.abort_unit(unit)
        with self.library.folder.locked() as state:
            for number in range(1 + len(state.drives)) if unit is None else (unit,):
                state.raise_attention(number, *POWER_ON_OR_RESET)
            self.library.folder.save()

    def close(self) -> None:
        """Nobody writes to the folder afterwards, but for a robot that takes longer than CLOSE_S."""
        self._socket.close()
        until = time.monotonic() + CLOSE_S
        with self._lock:
            still_open, readers = list(self._open), list(self._readers.values())
        for connection in still_open:
            connection.close()
        for reader in readers:
            reader.join(max(0.0, until - time.monotonic()))
        for connection in still_open:
            connection.wait_for_workers(until)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise BackendUnavailableError(f"{join_portal(host, port)}: {error.strerror or error}") from error
