import subprocess
import sys
import threading

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError
from drivers.printer.model import PrinterCondition


@pytest.fixture
def path(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def printer(path):
    with registry.open_printer(f"folder://{path}") as opened:
        yield opened


def names(path):
    return sorted(file.name for file in path.iterdir())


def test_files_are_numbered_and_named_after_their_titles(printer, path, pdf_job, zpl_job):
    for title, job in (("Series ABC001L8", pdf_job), ("../../x y", zpl_job), ("…", pdf_job)):
        printer.send(job, title=title, deadline_s=5)
    assert names(path) == ["000001-Series-ABC001L8.pdf", "000002-x-y.zpl", "000003-job.pdf"]
    assert (path / "000002-x-y.zpl").read_bytes() == zpl_job


def test_numbers_go_on_after_the_highest_and_never_fill_gaps(printer, path, pdf_job):
    (path / "000041-old.pdf").write_bytes(b"old")
    (path / "notes.txt").touch()
    assert printer.send(pdf_job, title="new", deadline_s=5).job_name == "000042-new.pdf"
    assert (path / "000041-old.pdf").read_bytes() == b"old"


def test_many_at_once_write_nothing_over_and_leave_nothing_half(path, pdf_job):
    def work(worker: int) -> None:
        with registry.open_printer(f"folder://{path}") as printer:
            for number in range(10):
                printer.send(pdf_job + b"%%%d-%d" % (worker, number), title="same", deadline_s=5)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    contents = {file.read_bytes() for file in path.iterdir()}
    assert contents == {pdf_job + b"%%%d-%d" % (w, n) for w in range(4) for n in range(10)}


def test_a_folder_that_is_gone_is_offline(printer, path):
    path.rmdir()
    assert printer.status(deadline_s=5).conditions == {PrinterCondition.OFFLINE}
    with pytest.raises(BackendUnavailableError, match="cannot be written"):
        printer.send(b"%PDF-1.7", title="x", deadline_s=5)


SENDER = """
import resource, sys
from drivers import registry
resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))
with registry.open_printer(sys.argv[1]) as printer:
    printer.send(b"%PDF-1.7" + bytes(100), title="x", deadline_s=5)
"""


def test_a_full_disk_is_told_and_leaves_nothing_half(path):
    """In a process of its own that cannot write more than 50 bytes to a file."""
    done = subprocess.run(
        [sys.executable, "-c", SENDER, f"folder://{path}"], capture_output=True, text=True, check=False
    )
    assert "PrinterRefusedError" in done.stderr
    assert "file too large" in done.stderr.lower()
    assert names(path) == []
