"""Printer URLs: scheme, where, and options as a query."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from drivers.errors import BackendUnavailableError
from drivers.printer.model import PrinterLanguage

MOST_DIGITS = 10


@dataclass(frozen=True)
class PrinterUrl:
    """`text` is as given; `host` may be empty; `rest` is the query without our options."""

    text: str
    scheme: str
    host: str
    port: int | None
    path: str
    options: dict[str, str]
    rest: str

    def refuse(self, why: str) -> BackendUnavailableError:
        return BackendUnavailableError(f"{self.text!r}: {why}")

    def number(self, name: str, default: float) -> float:
        text = self.options.get(name)
        try:
            value = default if text is None else float(text)
        except ValueError as error:
            raise self.refuse(f"{name} is {text!r}, which is no number") from error
        if not 0 <= value < float("inf"):
            raise self.refuse(f"{name} cannot be {value}")
        return value

    def whole(self, name: str, default: int) -> int:
        """A whole number above zero."""
        text = self.options.get(name, str(default))
        if not (text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS and int(text) > 0):
            raise self.refuse(f"{name} is {text!r}, which is no whole number above zero")
        return int(text)

    def choice(self, name: str, default: str, known: tuple[str, ...]) -> str:
        value = self.options.get(name, default)
        if value not in known:
            raise self.refuse(f"{name} is {value!r}; known are {', '.join(known)}")
        return value

    def languages(self, default: str) -> frozenset[PrinterLanguage]:
        text = self.options.get("language", default)
        try:
            return frozenset(PrinterLanguage(word) for word in text.split(","))
        except ValueError as error:
            known = ", ".join(PrinterLanguage)
            raise self.refuse(f"language is {text!r}; known are {known}, or both with a comma") from error

    def folder(self) -> str:
        if self.host or not self.path.startswith("/") or self.path == "/":
            raise self.refuse(f"needs an absolute path: {self.scheme}:///absolute/path")
        return self.path


def parse_printer_url(text: str, options_of: dict[str, frozenset[str]]) -> PrinterUrl:
    """`options_of` names every known scheme with its options. BackendUnavailableError for anything else.

    A serial URL's options that are not ours belong to pyserial and stay in `rest`.
    """
    try:
        parts = urlsplit(text)
        port = parts.port if not parts.scheme.startswith("serial") else None
    except ValueError as error:
        raise BackendUnavailableError(f"{text!r} is not a printer URL: {error}") from error
    scheme, _, inner = parts.scheme.partition("+")
    if scheme not in options_of or (inner and scheme != "serial"):
        known = ", ".join(f"{name}://" for name in options_of)
        raise BackendUnavailableError(f"{text!r} has an unknown scheme; known for printers are {known}")
    given = parse_qsl(parts.query, keep_blank_values=True)
    ours = {name: value for name, value in given if name in options_of[scheme]}
    rest = [(name, value) for name, value in given if name not in options_of[scheme]]
    if rest and scheme != "serial":
        raise BackendUnavailableError(f"{text!r} has an unknown option: {', '.join(n for n, _ in rest)}")
    host = parts.netloc if scheme == "serial" else (parts.hostname or "")
    return PrinterUrl(text, parts.scheme, host, port, unquote(parts.path), ours, urlencode(rest, safe="/:,"))
