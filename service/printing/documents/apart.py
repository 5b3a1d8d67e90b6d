"""Long documents are drawn by a process of their own, which imports nothing but `labels`.

Drawing is seconds of Python for thousands of lines. In a thread of the server it would hold the interpreter that answers
scans; a process has its own, is the first to wait for the processor, and gives its memory back.
"""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass

import msgspec

from labels.documents import Attachment, Document, Paper, render
from labels.documents.render import KINDS
from service.errors import UnavailableError

LONG_BYTES = 60_000  # of the record: some 200 lines, which a thread draws in a tenth of a second
LONGEST_S = 120
NICENESS = 10
MODULE = "service.printing.documents.apart"
# One of each kind at a time: a crowd of readers does not take the machine from the scans.
_HERE, _APART = threading.Lock(), threading.Lock()
_TYPES = {kind.__name__: kind for kind in KINDS}


class DrawingError(UnavailableError):
    title = "The document could not be drawn"

    def __init__(self, number: str, why: str) -> None:
        super().__init__(f"{number} was not drawn: {why}.", next_step="Try again; the log says more.")


@dataclass(frozen=True, slots=True)
class Order:
    """What a document is drawn from, besides its values."""

    language: str
    paper: Paper
    facts: bytes
    attachments: tuple[Attachment, ...]


def draw(document: Document, order: Order) -> bytes:
    """The PDF; the same wherever it is drawn."""
    if len(order.facts) <= LONG_BYTES:
        with _HERE:
            return _drawn(document, order)
    with _APART:
        return _drawn_apart(document, order)


def _drawn(document: Document, order: Order) -> bytes:
    made = render(
        document, language=order.language, paper=order.paper, facts=order.facts, attachments=order.attachments
    )
    return made.pdf


def _drawn_apart(document: Document, order: Order) -> bytes:
    content = msgspec.msgpack.encode((type(document).__name__, document, order))
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", MODULE], input=content, capture_output=True, timeout=LONGEST_S, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise DrawingError(document.issue.number, f"it took more than {LONGEST_S} s") from error
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DrawingError(document.issue.number, told or "its process ended") from error
    return done.stdout


def main() -> None:
    os.nice(NICENESS)
    name, document, order = msgspec.msgpack.decode(
        sys.stdin.buffer.read(), type=tuple[str, msgspec.Raw, Order]
    )
    values: Document = msgspec.msgpack.decode(document, type=_TYPES[name])
    sys.stdout.buffer.write(_drawn(values, order))


if __name__ == "__main__":
    main()
