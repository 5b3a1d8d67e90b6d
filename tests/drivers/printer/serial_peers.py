"""The simulated Zebra at the other end of a serial line: a pseudo terminal, or a port server as of RFC 2217."""

import contextlib
import os
import select
import socket
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import serial
from serial.rfc2217 import PortManager

from drivers.simulator.printer.machine import Machine
from drivers.simulator.printer.session import Session

XOFF, XON = b"\x13", b"\x11"


class PtyZebra:
    """`path` is the line as the driver opens it. `at_first_data` may be set to what happens in the middle of a job."""

    def __init__(self, folder: Path) -> None:
        self._machine, self._stop = Machine(folder), threading.Event()
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self.at_first_data: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def settings(self) -> list:
        """As the driver has set the line: termios flags and speeds."""
        return termios.tcgetattr(self._theirs)

    def hold(self, seconds: float) -> None:
        """Say XOFF, and XON when the time is over."""
        os.write(self._ours, XOFF)
        if not self._stop.wait(seconds):
            os.write(self._ours, XON)

    def cut(self) -> None:
        """Somebody pulls the cable."""
        self._stop.set()
        for descriptor in (self._theirs, self._ours):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _serve(self) -> None:
        session = Session(self._machine)
        while not self._stop.is_set():
            if not select.select([self._ours], [], [], 0.02)[0]:
                continue
            data = os.read(self._ours, 4096)
            self.at_first_data()
            self.at_first_data = lambda: None
            self._feed(session, data)
        session.end()

    def _feed(self, session: Session, data: bytes) -> None:
        while data and not self._stop.is_set():
            taken = session.receive(data)
            data = b"" if taken.reset else data[taken.count :]
            if taken.answer:
                os.write(self._ours, taken.answer)
            self._stop.wait(taken.pause_s)

    def hang_up(self) -> None:
        self._stop.set()
        self._thread.join()
        self.cut()

    def close(self) -> None:
        self.hang_up()
        self._machine.close()


@contextlib.contextmanager
def port_server(address: tuple[str, int]) -> Iterator[tuple[str, int]]:
    """A serial port on the network, as of RFC 2217, with the printer at `address` plugged into it."""
    listener, stop = socket.create_server(("127.0.0.1", 0)), threading.Event()
    thread = threading.Thread(target=_serve_port, args=(listener, address, stop), daemon=True)
    thread.start()
    yield listener.getsockname()[:2]
    stop.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


class _Wire:
    """What a PortManager writes its telnet answers to."""

    def __init__(self, sock: socket.socket) -> None:
        self.write = sock.sendall


def _serve_port(listener: socket.socket, address: tuple[str, int], stop: threading.Event) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        with sock, contextlib.suppress(OSError):
            port = serial.serial_for_url(f"socket://{address[0]}:{address[1]}", timeout=0)
            with port._socket, port:
                _bridge(sock, port, PortManager(port, _Wire(sock)), stop)


def _bridge(
    sock: socket.socket, port: serial.SerialBase, manager: PortManager, stop: threading.Event
) -> None:
    while not stop.is_set():
        for readable in select.select([sock, port], [], [], 0.05)[0]:
            if readable is sock:
                data = sock.recv(4096)
                if not data:
                    return
                port.write(b"".join(manager.filter(data)))
            else:
                sock.sendall(b"".join(manager.escape(port.read(4096))))
