import json
import subprocess
import sys

import pytest

from drivers.__main__ import main
from drivers.simulator.printer.faults import FAULTS

JOB = b"^XA^FO10,10^FDABC001L8^FS^PQ2^XZ"


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def url(run, folder):
    assert run("simulator", "printer", "create", str(folder))[0] == 0
    return f"sim://{folder}"


@pytest.fixture
def job(tmp_path):
    file = tmp_path / "labels.zpl"
    file.write_bytes(JOB)
    return str(file)


def test_a_ready_printer_says_so_to_people_and_to_programs(run, url):
    code, out, _ = run("printer", "status", url)
    assert (code, out.split()[:2]) == (0, ["ready", "yes"])
    value = json.loads(run("printer", "status", url, "--json")[1])
    assert (value["ready"], value["conditions"], value["formats_in_buffer"]) == (True, [], 0)
    assert value["answer"].startswith("\x02030,")


def test_a_printer_that_is_not_ready_is_exit_3_with_what_hinders(run, url, folder):
    run("simulator", "printer", "fault", str(folder), "paper-out")
    code, out, _ = run("printer", "status", url)
    assert (code, "out of labels" in out) == (3, True)
    run("simulator", "printer", "fault", str(folder), "paper-out", "--clear")
    assert run("printer", "status", url)[0] == 0


def test_a_printer_nobody_can_ask_is_neither_ready_nor_a_fault(run, url):
    code, out, _ = run("printer", "status", f"{url}?status=none")
    assert (code, "nobody can tell" in out) == (0, True)
    assert json.loads(run("printer", "status", f"{url}?status=none", "--json")[1])["ready"] is None


def test_a_file_is_sent_and_the_labels_come_out(run, url, folder, job):
    code, out, _ = run("printer", "send", url, job, "--json")
    assert code == 0
    assert json.loads(out)["bytes_sent"] == len(JOB)
    assert run("simulator", "printer", "printed", str(folder))[1].encode() == (JOB + b"\n") * 2
    assert json.loads(run("simulator", "printer", "dump", str(folder))[1])["labels_printed"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("{url}", "no-such-file"), 2, "No such file"),
        (("{url}?colour=red", "{job}"), 2, "colour"),
        (("ftp://x/y", "{job}"), 2, "known for printers"),
        (("tcp://127.0.0.1:1", "{job}"), 2, "Nothing was sent"),
        (("{url}?language=pdf", "{job}"), 1, "takes PDF"),
        (("{url}",), 2, "file"),
    ],
)
def test_what_cannot_be_sent_says_why(run, url, job, arguments, code, text):
    got, _, err = run("printer", "send", *(a.format(url=url, job=job) for a in arguments))
    assert got == code
    assert text.lower() in err.lower()


def test_a_fault_at_the_printer_is_exit_3(run, url, folder, job):
    run("simulator", "printer", "fault", str(folder), "gone-mid-job", "after_bytes=10")
    code, _, err = run("printer", "send", url, job)
    assert (code, "did not arrive" in err) == (3, True)
    assert run("simulator", "printer", "fault", str(folder), "nonsense")[0] == 3


def test_every_fault_is_listed(run):
    listing = run("simulator", "printer", "faults")[1]
    assert [name for name in FAULTS if name not in listing] == []


def test_the_simulated_printer_is_served_to_other_programs(folder, job):
    serve = [sys.executable, "-m", "drivers", "simulator", "printer", "serve", str(folder)]
    server = subprocess.Popen([*serve, "--tcp", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    try:
        assert main(["printer", "send", url, job]) == 0
        assert main(["printer", "status", url]) == 0
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    assert (folder / "formats" / "000001.zpl").read_bytes() == JOB
    assert main(["simulator", "printer", "serve", str(folder), "--tcp", "nowhere"]) == 2
