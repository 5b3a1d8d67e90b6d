import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import print_servers
import pytest
from serial_peers import PtyZebra, port_server

from drivers import registry
from drivers.printer.protocol import LabelPrinter
from drivers.simulator.printer.hands import PrinterHands
from drivers.simulator.printer.server import PrinterServer

ZPL_JOB = b"".join(
    b"^XA\n^CI28^PW935^LL200\n^FO10,10^BY5,2.8,131^B3N,N,131,N,N^FH_^FDABC%03dL8^FS\n^PQ1\n^XZ" % n
    for n in (1, 2, 3)
)
# What a queue calls the troubles it can see.
KEYWORDS = {
    "paper-out": "media-empty-error",
    "ribbon-out": "marker-supply-empty-error",
    "head-open": "cover-open",
    "paused": "paused",
    "over-temperature": "fuser-over-temp-error",
}
PATIENCE_S = 10.0
PDF_JOB = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Subject:
    """A printer under test with what stands behind it.

    `kept` is everything that arrived, joined. `trouble` switches a condition on by its name, where
    the way to the printer lets it be seen; `end` takes the printer away.
    """

    printer: LabelPrinter
    kept: Callable[[], bytes]
    end: Callable[[], object]
    trouble: Callable[[str], object] = lambda name: pytest.fail(f"{name} cannot be made here")
    job: bytes = ZPL_JOB
    wrong_job: bytes = PDF_JOB
    tells: bool = True
    names_jobs: bool = False


def need(part: str, *, present: bool) -> None:
    """Skip where a Debian package is missing, or fail where STRONGROOM_TEST_REQUIRE names the part."""
    if present:
        return
    if part in os.environ.get("STRONGROOM_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{part} is required and not installed")
    pytest.skip(f"{part} is not installed, or needs root")


@pytest.fixture
def zpl_job() -> bytes:
    return ZPL_JOB


@pytest.fixture
def pdf_job() -> bytes:
    return PDF_JOB


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "zebra"


@pytest.fixture
def hands(folder) -> Iterator[PrinterHands]:
    with registry.open_printer_hands(folder) as opened:
        yield opened


@pytest.fixture
def server(hands, folder) -> Iterator[PrinterServer]:
    with PrinterServer(folder) as serving:
        yield serving


@contextmanager
def simulated(url: str, hands: PrinterHands, **more) -> Iterator[Subject]:
    fields = {
        "kept": lambda: b"".join(hands.received()),
        "trouble": hands.set_fault,
        "end": lambda: hands.set_fault("unplugged"),
    }
    with registry.open_printer(url) as printer:
        yield Subject(printer, **fields | more)


@contextmanager
def open_sim(request) -> Iterator[Subject]:
    hands = request.getfixturevalue("hands")
    with simulated(f"sim://{request.getfixturevalue('folder')}?answer_s=0.3", hands) as subject:
        yield subject


@contextmanager
def open_tcp(request) -> Iterator[Subject]:
    server = request.getfixturevalue("server")
    with simulated(f"{server.url}?answer_s=0.3", request.getfixturevalue("hands")) as subject:
        yield subject


@contextmanager
def open_folder(request) -> Iterator[Subject]:
    path = request.getfixturevalue("tmp_path") / "kept"
    path.mkdir()
    with registry.open_printer(f"folder://{path}?language=pdf") as printer:
        yield Subject(
            printer,
            job=PDF_JOB,
            wrong_job=ZPL_JOB,
            kept=lambda: b"".join(file.read_bytes() for file in sorted(path.iterdir())),
            end=lambda: path.rename(path.with_name("moved")),
            names_jobs=True,
        )


@pytest.fixture
def pty_zebra(hands, folder) -> Iterator[PtyZebra]:
    opened = PtyZebra(folder)
    yield opened
    opened.close()


@contextmanager
def open_pty(request) -> Iterator[Subject]:
    zebra, hands = request.getfixturevalue("pty_zebra"), request.getfixturevalue("hands")
    with simulated(f"serial://{zebra.path}?answer_s=0.3", hands, end=zebra.hang_up) as subject:
        yield subject


@contextmanager
def open_serial_socket(request) -> Iterator[Subject]:
    host, port = request.getfixturevalue("server").address
    url = f"serial+socket://{host}:{port}?answer_s=0.3"
    with simulated(url, request.getfixturevalue("hands")) as subject:
        yield subject


@contextmanager
def open_port_server(request) -> Iterator[Subject]:
    hands = request.getfixturevalue("hands")
    with port_server(request.getfixturevalue("server").address) as (host, port):
        url = f"serial+rfc2217://{host}:{port}?answer_s=0.3"
        with simulated(url, hands) as subject:
            yield subject


@pytest.fixture
def standin(tmp_path, monkeypatch) -> Path:
    """A folder with `lp` and `lpstat` of our own in front of the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "state").write_text("idle")
    source = Path(__file__).with_name("lp_standin.py").read_text(encoding="utf-8")
    for name in ("lp", "lpstat"):
        (folder / name).write_text(f"#!{sys.executable}\n{source}")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@contextmanager
def open_standin(request) -> Iterator[Subject]:
    folder: Path = request.getfixturevalue("standin")
    with registry.open_printer("lp:///zebra?language=zpl") as printer:
        yield Subject(
            printer,
            kept=lambda: b"".join(path.read_bytes() for path in sorted(folder.glob("job-*"))),
            end=lambda: (folder / "state").write_text("gone"),
            trouble=lambda name: (folder / "state").write_text(f"idle {KEYWORDS[name]}"),
            names_jobs=True,
        )


@pytest.fixture(scope="module")
def cups() -> Iterator[print_servers.CupsServer]:
    installed = print_servers.is_installed("cupsd", "lpadmin", "lp")
    need("cups", present=installed and os.geteuid() == 0)
    with print_servers.cups_server() as server:
        yield server


def queue_of(request) -> tuple[print_servers.CupsServer, str, PrinterHands]:
    """A new queue of a running CUPS, in front of the simulated printer."""
    cups, server = request.getfixturevalue("cups"), request.getfixturevalue("server")
    name = f"zebra{server.address[1]}"
    cups.add_queue(name, server.address)
    return cups, name, request.getfixturevalue("hands")


@contextmanager
def open_queue(url: str, cups: print_servers.CupsServer, name: str, hands: PrinterHands) -> Iterator[Subject]:
    def trouble(condition: str) -> None:
        assert condition == "paused"
        cups.run("cupsdisable", "-r", "somebody stopped it", name)

    def end() -> None:
        cups.run("lpadmin", "-x", name)

    with simulated(url, hands, end=end, trouble=trouble, names_jobs=True) as subject:
        yield subject


@contextmanager
def open_lp(request) -> Iterator[Subject]:
    cups, name, hands = queue_of(request)
    with open_queue(f"lp://{cups.host}/{name}?language=zpl", cups, name, hands) as subject:
        yield subject


@contextmanager
def open_cups_ipp(request) -> Iterator[Subject]:
    cups, name, hands = queue_of(request)
    with open_queue(f"ipp://{cups.host}/printers/{name}?language=zpl", cups, name, hands) as subject:
        yield subject


@pytest.fixture
def eve(tmp_path) -> Iterator[print_servers.EvePrinter]:
    need("cups", present=print_servers.is_installed("ippeveprinter", "dbus-daemon"))
    folder = tmp_path / "eve"
    folder.mkdir()
    with print_servers.ipp_printer(folder) as printer:
        yield printer


@contextmanager
def open_eve(request) -> Iterator[Subject]:
    eve = request.getfixturevalue("eve")
    with registry.open_printer(f"{eve.uri}?language=pdf") as printer:
        yield Subject(printer, kept=eve.kept, end=eve.stop, job=PDF_JOB, wrong_job=ZPL_JOB, names_jobs=True)


OPENERS = {
    "sim": open_sim,
    "tcp": open_tcp,
    "pty": open_pty,
    "socket": open_serial_socket,
    "rfc2217": open_port_server,
    "lp stand-in": open_standin,
    "lp": open_lp,
    "ipp queue": open_cups_ipp,
    "ipp printer": open_eve,
    "folder": open_folder,
}


@pytest.fixture
def openers() -> dict[str, Callable]:
    return OPENERS


@pytest.fixture
def arrived(subject):
    """What has arrived, once that is so many jobs: a queue hands on in its own time."""

    def look(jobs: int) -> bytes:
        end = time.monotonic() + PATIENCE_S
        while len(subject.kept()) < jobs * len(subject.job) and time.monotonic() < end:
            time.sleep(0.02)
        return subject.kept()

    return look
