"""IPP printers that misbehave, and CUPS' own that does not."""

import time

import pytest
from ipp_peer import ScriptedPrinter, certificate, http, job_group, printer_group, scripted

from drivers import registry
from drivers.__main__ import main
from drivers.errors import BackendUnavailableError
from drivers.printer.errors import (
    PrinterAbortedError,
    PrinterAnswerError,
    PrinterError,
    PrinterGoneError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.ipp.message import Group, GroupTag, ValueTag, number_attribute, parse_message
from drivers.printer.model import JobState, PrinterCondition, StatusSource

DEADLINE_S = 10.0


@pytest.fixture
def peer():
    with scripted() as printer:
        yield printer


@pytest.fixture
def printer(peer: ScriptedPrinter):
    with registry.open_printer(f"ipp://127.0.0.1:{peer.port}/ipp/print?language=pdf,zpl") as opened:
        yield opened


def send(printer, data: bytes, deadline_s: float = DEADLINE_S):
    return printer.send(data, title="labels", deadline_s=deadline_s)


def test_the_request_names_printer_job_user_and_format_in_the_order_of_the_standard(peer, printer, pdf_job):
    peer.deeds = [peer.says(printer_group()), peer.says(job_group())]
    assert send(printer, pdf_job).job_name == "17"
    message = parse_message(peer.requests[1])
    names = [attribute.name for attribute in message.groups[0].attributes]
    assert names[:3] == ["attributes-charset", "attributes-natural-language", "printer-uri"]
    told = {name: message.texts(GroupTag.OPERATION, name) for name in names}
    assert told["printer-uri"] == (f"ipp://127.0.0.1:{peer.port}/ipp/print",)
    assert (told["job-name"], told["document-format"]) == (("labels",), ("application/pdf",))
    assert message.texts(GroupTag.JOB, "print-scaling") == ("none",)
    assert message.data == pdf_job


@pytest.mark.parametrize(
    ("formats", "named"),
    [
        ("application/vnd.zebra-zpl", "application/vnd.zebra-zpl"),
        ("application/vnd.cups-raw", "application/vnd.cups-raw"),
        ("application/octet-stream", "application/octet-stream"),
    ],
)
def test_zpl_goes_by_the_name_the_printer_has_for_it(peer, printer, zpl_job, formats, named):
    peer.deeds = [peer.says(printer_group(formats=formats)), peer.says(job_group())]
    send(printer, zpl_job)
    assert parse_message(peer.requests[1]).texts(GroupTag.OPERATION, "document-format") == (named,)


def test_a_format_the_printer_does_not_list_is_refused_before_anything_is_sent(peer, printer, zpl_job):
    peer.deeds = [peer.says(printer_group(formats="image/urf"))]
    with pytest.raises(PrinterRefusedError, match="it takes image/urf, not ZPL"):
        send(printer, zpl_job)
    assert peer.documents == []


@pytest.mark.parametrize(
    ("state", "reasons", "ready", "conditions"),
    [
        (3, (), True, set()),
        (4, ("media-low-warning",), True, {PrinterCondition.PAPER_LOW}),
        (3, ("marker-supply-low",), True, {PrinterCondition.RIBBON_LOW}),
        (3, ("media-empty-report",), True, {PrinterCondition.PAPER_OUT}),
        (3, ("media-empty",), False, {PrinterCondition.PAPER_OUT}),
        (5, ("media-needed-error", "cover-open"), False, {PrinterCondition.PAPER_OUT, PrinterCondition.HEAD_OPEN}),
        (5, ("paused",), False, {PrinterCondition.PAUSED}),
        (5, (), False, set()),
        (3, ("com.example-odd-error",), False, {PrinterCondition.ATTENTION}),
        (3, ("cups-waiting-for-job-completed",), True, {PrinterCondition.ATTENTION}),
    ],
)  # fmt: skip
def test_state_and_reasons_become_ready_and_conditions(peer, printer, state, reasons, ready, conditions):
    peer.deeds = [peer.says(printer_group(state, *reasons))]
    status = printer.status(deadline_s=DEADLINE_S)
    assert (status.ready, status.conditions) == (ready, conditions)
    assert status.source is StatusSource.PRINTER


def test_a_printer_that_accepts_no_jobs_or_names_no_state_is_not_ready(peer, printer, pdf_job):
    peer.deeds = [peer.says(printer_group(accepting=False))]
    with pytest.raises(PrinterNotReadyError, match="takes no jobs"):
        send(printer, pdf_job)
    peer.deeds = [peer.says(Group(GroupTag.PRINTER, ()))]
    assert not printer.status(deadline_s=DEADLINE_S).ready


def test_an_answer_with_cups_marks_is_a_queues(peer, printer):
    mark = Group(GroupTag.PRINTER, (number_attribute(ValueTag.ENUM, "printer-type", 4),))
    peer.deeds = [peer.says(printer_group(), mark)]
    assert printer.status(deadline_s=DEADLINE_S).source is StatusSource.QUEUE


@pytest.mark.parametrize("state", [7, 8])
def test_a_job_given_up_at_once_is_no_success(peer, printer, pdf_job, state):
    peer.deeds = [peer.says(printer_group()), peer.says(job_group(state, "document-format-error"))]
    with pytest.raises(PrinterAbortedError, match=r"job 17 and gave it up .*document-format-error"):
        send(printer, pdf_job)


def test_a_refusal_is_told_by_its_name_and_the_printers_words(peer, printer, pdf_job):
    peer.deeds = [peer.says(printer_group()), peer.says(code=0x0506, words="Full up.")]
    with pytest.raises(PrinterRefusedError, match=r"server-error-not-accepting-jobs: Full up\."):
        send(printer, pdf_job)
    assert len(peer.documents) == 1


def test_a_busy_printer_is_asked_again_and_gets_the_job_once(peer, printer, pdf_job):
    busy = peer.says(code=0x0507)
    peer.deeds = [peer.says(printer_group()), busy, busy, peer.says(job_group())]
    assert send(printer, pdf_job).job_name == "17"
    assert peer.documents == [pdf_job] * 3
    peer.deeds = [peer.says(printer_group()), busy]
    with pytest.raises(PrinterRefusedError, match="server-error-busy"):
        send(printer, pdf_job, deadline_s=1.2)


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        (http(b"nonsense"), PrinterAnswerError, "makes no sense"),
        (http(b""), PrinterAnswerError, "ends after 0 bytes"),
        (b"SSH-2.0-dropbear\r\n", PrinterAnswerError, "no HTTP"),
        (http(b"x", "404 Not Found"), PrinterUnreachableError, "usually /ipp/print"),
        (http(b"x", "401 Unauthorized"), PrinterUnreachableError, "without a password"),
        (http(b"x", "426 Upgrade Required"), PrinterUnreachableError, "ipps://"),
        (http(b"x", "500 Oh No"), PrinterUnreachableError, "HTTP 500 Oh No"),
        (b"", PrinterUnreachableError, "hung up"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nshort", PrinterAnswerError, "makes no sense"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(4_300_000), PrinterAnswerError, "longer than"),
    ],
    ids=["nonsense", "empty", "ssh", "404", "401", "426", "500", "nothing", "short", "endless"],
)
def test_what_is_no_answer_is_told_and_nothing_was_sent(peer, printer, pdf_job, raw, kind, text):
    peer.deeds = [peer.answers(raw)]
    with pytest.raises(kind, match=text) as caught:
        send(printer, pdf_job)
    assert "Nothing was sent" in str(caught.value)
    assert peer.documents == [] if raw else True


def test_an_answer_to_another_request_is_no_answer(peer, printer, pdf_job):
    peer.deeds = [peer.says(printer_group()), peer.says(job_group(), request_id=99)]
    with pytest.raises(PrinterAnswerError, match="request 99 instead of 2"):
        send(printer, pdf_job)


def test_a_job_without_a_number_is_no_answer(peer, printer, pdf_job):
    peer.deeds = [peer.says(printer_group()), peer.says(job_group(number=None))]
    with pytest.raises(PrinterAnswerError, match="names none"):
        send(printer, pdf_job)


def test_a_connection_that_breaks_in_the_job_says_how_much_is_left(peer, printer, pdf_job):
    data = pdf_job + bytes(9_000_000)
    peer.deeds = [peer.says(printer_group()), peer.resets_after(30_000)]
    with pytest.raises(PrinterGoneError) as caught:
        send(printer, data)
    assert 0 < caught.value.bytes_left < len(data)
    assert not caught.value.nothing_sent


def test_a_printer_that_refuses_early_is_heard_though_it_hangs_up(peer, printer, pdf_job):
    def refuse(sock):
        sock.recv(1000)
        sock.sendall(http(b"", "413 Too Large"))
        time.sleep(0.1)

    peer.deeds = [peer.says(printer_group()), refuse]
    with pytest.raises(PrinterRefusedError, match="413 Too Large"):
        send(printer, pdf_job + bytes(9_000_000))


@pytest.mark.parametrize("reading", [True, False])
def test_no_answer_in_time_is_a_timeout(peer, printer, pdf_job, reading):
    peer.deeds = [peer.stalls(reading=reading)]
    started = time.monotonic()
    with pytest.raises(PrinterTimeoutError, match="Nothing was sent") as caught:
        printer.status(deadline_s=0.4)
    assert caught.value.nothing_sent
    assert time.monotonic() - started < 3


def test_a_job_that_is_not_confirmed_in_time_may_have_been_taken(peer, printer, pdf_job):
    peer.deeds = [peer.says(printer_group()), peer.stalls(reading=True)]
    with pytest.raises(PrinterTimeoutError, match="list of jobs") as caught:
        send(printer, pdf_job, deadline_s=0.6)
    assert (caught.value.bytes_left, caught.value.nothing_sent) == (0, False)


def test_what_became_of_a_job_can_be_asked(peer, printer, capsys):
    peer.deeds = [peer.says(job_group(9, "job-completed-successfully"))]
    found = printer.job("17", deadline_s=DEADLINE_S)
    assert (found.state, found.reasons) == (JobState.COMPLETED, ("job-completed-successfully",))
    peer.deeds = [peer.says(job_group(8))]
    assert main(["printer", "job", printer.url, "17"]) == 3
    assert "aborted" in capsys.readouterr().out
    peer.deeds = [peer.says(code=0x0406)]
    with pytest.raises(PrinterError, match="does not tell of job 99"):
        printer.job("99", deadline_s=DEADLINE_S)
    with pytest.raises(PrinterRefusedError, match="no job number"):
        printer.job("x", deadline_s=DEADLINE_S)
    peer.deeds = [peer.says(printer_group())]
    with pytest.raises(PrinterAnswerError, match="no job"):
        printer.job("17", deadline_s=DEADLINE_S)


def test_only_printers_that_tell_of_jobs_are_asked(tmp_path, capsys):
    assert main(["printer", "job", f"folder://{tmp_path}", "1"]) == 2
    assert "only ipp" in capsys.readouterr().err


@pytest.fixture
def secure(peer, tmp_path):
    """A printer with a self-signed certificate for `localhost`."""
    pem, peer.tls, fingerprint = certificate(tmp_path, "localhost")
    peer.deeds = [peer.says(printer_group())]
    return pem, fingerprint


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_may_be_pinned_by_its_fingerprint_whatever_the_name(peer, secure, host):
    colons = ":".join(secure[1][n : n + 2] for n in range(0, 64, 2)).upper()
    with registry.open_printer(f"ipps://{host}:{peer.port}/?fingerprint={colons}") as printer:
        assert printer.status(deadline_s=DEADLINE_S).ready


def test_a_certificate_may_be_trusted_by_its_file(peer, secure, pdf_job):
    with registry.open_printer(f"ipps://localhost:{peer.port}/?ca={secure[0]}") as printer:
        assert printer.status(deadline_s=DEADLINE_S).ready
        peer.deeds = [peer.says(printer_group()), peer.says(job_group())]
        send(printer, pdf_job)
    assert peer.documents == [pdf_job]


@pytest.mark.parametrize(
    "url",
    ["ipps://localhost:{port}/", "ipps://127.0.0.1:{port}/?ca={pem}", f"ipps://localhost:{{port}}/?fingerprint={'0' * 64}"],
    ids=["unknown", "other name", "other fingerprint"],
)  # fmt: skip
def test_a_certificate_nobody_vouches_for_gets_nothing(peer, secure, pdf_job, url):
    with registry.open_printer(url.format(port=peer.port, pem=secure[0])) as printer:
        with pytest.raises(PrinterUnreachableError, match="ca= or fingerprint="):
            printer.status(deadline_s=DEADLINE_S)
        with pytest.raises(BackendUnavailableError):
            send(printer, pdf_job)
    assert peer.requests == []


def test_another_makers_printer_tells_its_conditions_and_the_fate_of_a_job(eve, pdf_job):
    """It passes an empty tray on as `media-empty-report`, which hinders nothing."""
    with registry.open_printer(f"{eve.uri}?language=pdf") as printer:
        assert printer.status(deadline_s=DEADLINE_S).conditions == frozenset()
        eve.reasons.write_text("media-empty-error\n")
        job = send(printer, pdf_job).job_name
        end = time.monotonic() + 5
        while printer.job(job, deadline_s=1).state is not JobState.COMPLETED and time.monotonic() < end:
            time.sleep(0.05)
        status = printer.status(deadline_s=DEADLINE_S)
        assert status.conditions == {PrinterCondition.PAPER_OUT}
        assert status.ready is (b"media-empty-report" in status.raw)
    assert eve.kept() == pdf_job
