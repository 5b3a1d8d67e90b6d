"""Label printers from a shell: ask one, send a file to one."""

# ruff: noqa: FBT002 - typer makes options of keyword defaults

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from drivers import tables
from drivers.errors import BackendUnavailableError
from drivers.printer import schemes
from drivers.printer.errors import CONDITION_TEXT
from drivers.printer.model import GIVEN_UP, PrinterCondition, PrinterStatus
from drivers.printer.protocol import TellsJobs

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=__doc__,
)
NOT_READY = 3
Url = Annotated[
    str, typer.Argument(help="tcp://HOST, serial:///dev/…, lp:///QUEUE, ipp://…, folder:///…, sim:///…")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs instead of a table for people.")]
DeadlineS = Annotated[float, typer.Option("--deadline", help="Seconds the whole command may take.")]


def _show(value: dict[str, Any], *, as_json: bool) -> None:
    sys.stdout.write(json.dumps(value, indent=1) + "\n" if as_json else tables.pairs(value))


def _plain(status: PrinterStatus) -> dict[str, Any]:
    named = [condition for condition in PrinterCondition if condition in status.conditions]
    return {
        "ready": status.ready if status.is_known else None,
        "conditions": [condition.value for condition in named],
        "source": status.source.value,
        "formats_in_buffer": status.formats_in_buffer,
        "labels_remaining": status.labels_remaining,
        "answer": status.raw.decode("utf-8", "backslashreplace"),
    }


def _for_people(status: PrinterStatus) -> dict[str, Any]:
    value = _plain(status)
    del value["answer"]
    value["ready"] = {True: "yes", False: "no", None: "nobody can tell"}[value["ready"]]
    value["conditions"] = [CONDITION_TEXT[PrinterCondition(name)][0] for name in value["conditions"]]
    return value


@app.command()
def status(url: Url, as_json: AsJson = False, deadline_s: DeadlineS = 30.0) -> None:
    """What the printer says about itself. Exit code 3 when it is not ready."""
    with schemes.open_printer(url) as printer:
        found = printer.status(deadline_s=deadline_s)
    _show(_plain(found) if as_json else _for_people(found), as_json=as_json)
    raise typer.Exit(NOT_READY if found.is_known and not found.ready else 0)


@app.command()
def job(
    url: Url,
    name: Annotated[str, typer.Argument(help="The job name of the receipt.")],
    as_json: AsJson = False,
    deadline_s: DeadlineS = 30.0,
) -> None:
    """What an IPP printer says has become of a job. Exit code 3 when it was given up."""
    with schemes.open_printer(url) as printer:
        if not isinstance(printer, TellsJobs):
            raise BackendUnavailableError(f"{url!r}: only ipp:// and ipps:// printers tell of their jobs")
        found = printer.job(name, deadline_s=deadline_s)
    _show({"state": found.state.value, "reasons": list(found.reasons)}, as_json=as_json)
    raise typer.Exit(NOT_READY if found.state in GIVEN_UP else 0)


@app.command()
def send(
    url: Url,
    file: Annotated[Path, typer.Argument(help="ZPL or PDF.")],
    title: Annotated[
        str | None, typer.Option(help="Its name at the print queue; default: the file's.")
    ] = None,
    as_json: AsJson = False,
    deadline_s: DeadlineS = 300.0,
) -> None:
    """Hand one file over. That it was sent does not mean that it was printed."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BackendUnavailableError(f"{file}: {error.strerror}") from error
    with schemes.open_printer(url) as printer:
        receipt = printer.send(data, title=title or file.name, deadline_s=deadline_s)
    _show(tables.plain(receipt), as_json=as_json)
