"""The simulated label printer from a shell: make it, serve it, look at what came out, switch faults."""

# ruff: noqa: FBT002 - typer makes options of keyword defaults

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drivers.simulator.faults import fault_parameter, listing

if TYPE_CHECKING:
    from drivers.simulator.printer.hands import PrinterHands

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=__doc__,
)
FolderPath = Annotated[Path, typer.Argument(help="The folder of the simulated printer; made if missing.")]


def _hands(folder: Path) -> "PrinterHands":
    from drivers.simulator.printer.hands import PrinterHands

    return PrinterHands(folder.absolute())


@app.command()
def create(folder: FolderPath) -> None:
    """Make a simulated printer; an existing one is left alone."""
    _hands(folder).close()


@app.command()
def dump(folder: FolderPath) -> None:
    """Everything the printer remembers, as JSON; the formats are the files in its folder `formats`."""
    with _hands(folder) as hands:
        sys.stdout.write(json.dumps(hands.dump(), indent=1) + "\n")


@app.command()
def printed(folder: FolderPath) -> None:
    """The ZPL of every label that came out, in order, as often as it came out."""
    with _hands(folder) as hands:
        for data in hands.printed():
            sys.stdout.write(data.decode("utf-8", "backslashreplace") + "\n")


@app.command()
def fault(
    folder: FolderPath,
    name: Annotated[str, typer.Argument(help="See `python -m drivers simulator printer faults`.")],
    parameters: Annotated[list[str] | None, typer.Argument(help="name=value, values as JSON.")] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Switch it off: load labels, close the head, …")
    ] = False,
) -> None:
    """Switch a fault on or off; running processes notice at once."""
    with _hands(folder) as hands:
        if clear:
            hands.clear_fault(name)
        else:
            hands.set_fault(name, **dict(fault_parameter(text) for text in parameters or ()))


@app.command()
def faults() -> None:
    """Every fault that can be switched on."""
    from drivers.simulator.printer.faults import FAULTS

    sys.stdout.write(listing(FAULTS))


@app.command()
def serve(
    folder: FolderPath,
    tcp: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:9100",
) -> None:
    """Serve the printer over raw TCP until interrupted."""
    from drivers.simulator.printer.server import PrinterServer

    host, _, port = tcp.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter(f"{tcp!r} is not HOST:PORT")
    _hands(folder).close()
    server = PrinterServer(folder.absolute(), host, int(port))
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.close()
