"""Label printers by URL. Each backend is imported only when its scheme is used.

    tcp://HOST[:9100]                   raw TCP
    folder:///absolute/folder           every job becomes a file
    sim:///absolute/folder              a simulated printer in that folder

docs/hardware.md lists the options.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.printer.address import PrinterUrl, parse_printer_url
from drivers.printer.protocol import LabelPrinter
from drivers.printer.stream import StreamPrinter, StreamSettings

RAW_PORT = 9100
STATUS_CHOICES = ("hs", "none")
STREAM_OPTIONS = frozenset({"language", "status", "answer_s"})


@dataclass(frozen=True, slots=True)
class Scheme:
    open: Callable[[PrinterUrl], LabelPrinter]
    options: frozenset[str]


def open_printer(text: str) -> LabelPrinter:
    url = parse_printer_url(text, {name: scheme.options for name, scheme in SCHEMES.items()})
    return SCHEMES[url.scheme.partition("+")[0]].open(url)


def _stream_settings(url: PrinterUrl) -> StreamSettings:
    """PDF over a plain stream has nobody to ask: `~HS` is ZPL."""
    languages = url.languages("zpl")
    speaks_zpl = "zpl" in languages
    asks = url.choice("status", "hs" if speaks_zpl else "none", STATUS_CHOICES) == "hs"
    return StreamSettings(languages, asks, url.number("answer_s", StreamSettings().answer_s))


def _open_tcp(url: PrinterUrl) -> LabelPrinter:
    from drivers.printer.tcp_line import TcpLine

    if not url.host or url.path not in {"", "/"}:
        raise url.refuse("is not tcp://HOST[:PORT]")
    port, linger_s = url.port or RAW_PORT, url.number("linger_s", 5.0)

    def connect(timeout_s: float) -> TcpLine:
        return TcpLine(url.host, port, timeout_s=timeout_s, linger_s=linger_s)

    return StreamPrinter(url.text, connect, _stream_settings(url))


def _open_folder(url: PrinterUrl) -> LabelPrinter:
    from drivers.printer.folder import FolderPrinter

    return FolderPrinter(url.text, Path(url.folder()), url.languages("pdf,zpl"))


def _open_simulator(url: PrinterUrl) -> LabelPrinter:
    from drivers.simulator.printer.line import SimulatedLine
    from drivers.simulator.printer.machine import Machine

    path = Path(url.folder())
    Machine(path).close()
    return StreamPrinter(url.text, lambda _timeout_s: SimulatedLine(path), _stream_settings(url))


SCHEMES: dict[str, Scheme] = {
    "tcp": Scheme(_open_tcp, STREAM_OPTIONS | {"linger_s"}),
    "folder": Scheme(_open_folder, frozenset({"language"})),
    "sim": Scheme(_open_simulator, STREAM_OPTIONS),
}
