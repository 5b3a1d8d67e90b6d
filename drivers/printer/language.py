"""Which language a job is in, so that no printer is fed what it would print as a page of gibberish. Pure."""

from drivers.printer.errors import PrinterRefusedError
from drivers.printer.model import PrinterLanguage

PDF_MARK = b"%PDF-"
ZPL_MARKS = (b"^", b"~")


def language_of(data: bytes) -> PrinterLanguage | None:
    if data.startswith(PDF_MARK):
        return PrinterLanguage.PDF
    if data[:64].lstrip().startswith(ZPL_MARKS):
        return PrinterLanguage.ZPL
    return None


def require_language(printer: str, data: bytes, spoken: frozenset[PrinterLanguage]) -> PrinterLanguage:
    """PrinterRefusedError unless `data` is in a language that the printer speaks."""
    language = language_of(data)
    if language is None or language not in spoken:
        is_what = language.upper() if language else "neither ZPL nor PDF" if data else "empty"
        takes = " or ".join(sorted(word.upper() for word in spoken))
        raise PrinterRefusedError(
            printer,
            f"it is {is_what}, and the printer takes {takes}",
            "Print in its language, or set language= in its URL if it speaks another",
        )
    return language
