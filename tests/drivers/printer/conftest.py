import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers import registry
from drivers.printer.protocol import LabelPrinter
from drivers.simulator.printer.hands import PrinterHands
from drivers.simulator.printer.server import PrinterServer

ZPL_JOB = b"".join(
    b"^XA\n^CI28^PW935^LL200\n^FO10,10^BY5,2.8,131^B3N,N,131,N,N^FH_^FDABC%03dL8^FS\n^PQ1\n^XZ" % n
    for n in (1, 2, 3)
)
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
    with registry.open_printer(url) as printer:
        yield Subject(
            printer,
            kept=lambda: b"".join(hands.received()),
            trouble=hands.set_fault,
            end=lambda: hands.set_fault("unplugged"),
            **more,
        )


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


OPENERS = {"sim": open_sim, "tcp": open_tcp, "folder": open_folder}


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
