import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError
from drivers.printer.model import PrinterLanguage


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("ftp://host/x", "unknown scheme; known for printers are tcp://"),
        ("/dev/usb/lp0", "unknown scheme"),
        ("tcp+x://host", "unknown scheme"),
        ("tcp://", "tcp://HOST"),
        ("tcp://host:99999", "not a printer URL"),
        ("tcp://host/path", "tcp://HOST"),
        ("tcp://host?colour=red", "unknown option: colour"),
        ("tcp://host?answer_s=soon", "no number"),
        ("tcp://host?answer_s=-1", "cannot be -1"),
        ("tcp://host?answer_s=inf", "cannot be inf"),
        ("tcp://host?language=epl", "known are zpl, pdf"),
        ("tcp://host?status=maybe", "known are hs, none"),
        ("folder://relative", "absolute path"),
        ("folder:///", "absolute path"),
        ("folder:///no/such/folder", "is no folder"),
        ("folder:///tmp?status=none", "unknown option: status"),
        ("sim:///no/such/printer", "no simulated printer"),
        ("tcp://[::1", "not a printer URL"),
    ],
)
def test_a_wrong_url_says_why(url, text):
    with pytest.raises(BackendUnavailableError, match=text):
        registry.open_printer(url)


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("", {PrinterLanguage.ZPL}),
        ("?language=pdf", {PrinterLanguage.PDF}),
        ("?language=zpl,pdf", {PrinterLanguage.ZPL, PrinterLanguage.PDF}),
    ],
)
def test_the_language_is_an_option(query, languages):
    with registry.open_printer(f"tcp://192.0.2.1{query}") as printer:
        assert printer.languages == languages


def test_a_printer_that_only_takes_pdf_is_not_asked_in_zpl():
    with registry.open_printer("tcp://192.0.2.1?language=pdf") as printer:
        assert not printer.status(deadline_s=1).is_known
