"""Label printers by URL. Each backend is imported only when its scheme is used.

    tcp://HOST[:9100]                   raw TCP
    serial:///dev/serial/by-id/…        a serial line; serial+socket://…, serial+rfc2217://… by pyserial
    lp:///QUEUE                         a print queue; lp://SERVER[:PORT]/QUEUE on another machine
    ipp://HOST[:631]/ipp/print          IPP; ipps:// over TLS
    folder:///absolute/folder           every job becomes a file
    sim:///absolute/folder              a simulated printer in that folder

docs/hardware.md lists the options.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.printer.address import PrinterUrl, parse_printer_url
from drivers.printer.protocol import LabelPrinter
from drivers.printer.stream import StreamPrinter, StreamSettings

RAW_PORT = 9100
SWITCHES = {"xonxoff": "1", "rtscts": "0", "dsrdtr": "0"}
SERIAL_OPTIONS = frozenset({"baud", "bytesize", "parity", "stopbits", *SWITCHES})
# CUPS: no blanks, slashes and hashes; a dash in front would be an option of lp.
QUEUE_NAME = r"[^\s/#\-\x00-\x1f\x7f][^\s/#\x00-\x1f\x7f]{0,126}"
IPP_PORT, IPP_PATH = 631, "/ipp/print"
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
    port, linger_s = url.port or RAW_PORT, url.number("linger_s", 2.0)

    def connect(timeout_s: float) -> TcpLine:
        return TcpLine(url.host, port, timeout_s=timeout_s, linger_s=linger_s)

    return StreamPrinter(url.text, connect, _stream_settings(url))


def _open_serial(url: PrinterUrl) -> LabelPrinter:
    from drivers.printer.serial_line import SerialLine, SerialSettings

    inner = url.scheme.partition("+")[2]
    if not inner and (url.host or url.rest or url.path in {"", "/"}):
        raise url.refuse("is not serial:///dev/…; what pyserial calls X://… is serial+X://… here")
    port = f"{inner}://{url.host}{url.path}{'?' if url.rest else ''}{url.rest}" if inner else url.path
    switch = {name: url.choice(name, default, ("0", "1")) == "1" for name, default in SWITCHES.items()}
    settings = SerialSettings(
        baud=url.whole("baud", 9600),
        bytesize=int(url.choice("bytesize", "8", ("7", "8"))),
        parity=url.choice("parity", "N", ("N", "E", "O")),
        stopbits=int(url.choice("stopbits", "1", ("1", "2"))),
        **switch,
    )

    def connect(timeout_s: float) -> SerialLine:
        return SerialLine(port, settings, timeout_s=timeout_s)

    return StreamPrinter(url.text, connect, _stream_settings(url))


def _open_lp(url: PrinterUrl) -> LabelPrinter:
    from drivers.printer.lp import LpPrinter

    queue = url.path.removeprefix("/")
    if not re.fullmatch(QUEUE_NAME, queue):
        raise url.refuse("is not lp:///QUEUE or lp://SERVER[:PORT]/QUEUE with a name as CUPS allows it")
    server = f"{url.host}:{url.port}" if url.host and url.port else url.host or None
    return LpPrinter(url.text, queue, server, url.languages("pdf"))


def _open_ipp(url: PrinterUrl) -> LabelPrinter:
    from drivers.printer.ipp.printer import IppPrinter
    from drivers.printer.ipp.web import IppAddress

    if not url.host:
        raise url.refuse(f"is not {url.scheme}://HOST[:PORT]/PATH")
    path = url.path if url.path not in {"", "/"} else IPP_PATH
    fingerprint, ca = url.options.get("fingerprint"), url.options.get("ca")
    if fingerprint is not None:
        fingerprint = fingerprint.replace(":", "").lower()
        if not re.fullmatch("[0-9a-f]{64}", fingerprint):
            raise url.refuse("fingerprint is not the SHA-256 of a certificate in hex")
    if ca is not None and not Path(ca).is_file():
        raise url.refuse(f"ca: there is no file {ca}")
    tls = url.scheme == "ipps"
    address = IppAddress(
        url.host, url.port or IPP_PORT, path, tls, fingerprint, Path(ca) if ca is not None else None
    )
    return IppPrinter(url.text, address, url.languages("pdf"))


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
    "serial": Scheme(_open_serial, STREAM_OPTIONS | SERIAL_OPTIONS),
    "lp": Scheme(_open_lp, frozenset({"language"})),
    "ipp": Scheme(_open_ipp, frozenset({"language"})),
    "ipps": Scheme(_open_ipp, frozenset({"language", "fingerprint", "ca"})),
    "folder": Scheme(_open_folder, frozenset({"language"})),
    "sim": Scheme(_open_simulator, STREAM_OPTIONS),
}
