"""The virtual library from a shell: make it, look into it, switch faults."""

# ruff: noqa: FBT002 - typer makes options of keyword defaults

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drivers.errors import BackendUnavailableError
from drivers.library_files import LibraryDefinition, read_mhvtl, read_mtx_status
from drivers.simulator.faults import FAULTS, fault_parameter, listing
from drivers.simulator.printer import shell as printer_shell

if TYPE_CHECKING:
    from drivers.simulator.hands import Hands

app = typer.Typer(no_args_is_help=True)
app.add_typer(printer_shell.app, name="printer", help="The same for simulated label printers.")
FolderPath = Annotated[Path, typer.Argument(help="The folder of the virtual library.")]


def _hands(folder: Path) -> "Hands":
    from drivers.simulator.hands import Hands

    return Hands(folder.absolute())


@app.command()
def create(
    folder: FolderPath,
    definition: Annotated[Path, typer.Argument(help="mtx status text, or mhvtl's library_contents.N.")],
    device_conf: Annotated[
        Path | None, typer.Option(help="mhvtl's device.conf, for a library_contents.")
    ] = None,
    library_id: Annotated[int | None, typer.Option(help="Which library of device.conf.")] = None,
    move_s: Annotated[float, typer.Option(help="Seconds a move takes.")] = 0.0,
) -> None:
    """Make a virtual library from another program's files; an existing one is left alone."""
    from drivers.simulator import folder as folders

    folders.create(folder.absolute(), _read(definition, device_conf, library_id), move_s=move_s)


def _read(definition: Path, device_conf: Path | None, library_id: int | None) -> LibraryDefinition:
    try:
        text = definition.read_text(encoding="utf-8")
        if device_conf is None:
            return read_mtx_status(text)
        return read_mhvtl(device_conf.read_text(encoding="utf-8"), text, library_id=library_id)
    except (OSError, UnicodeDecodeError) as error:
        raise BackendUnavailableError(f"{definition}: {error}") from error


@app.command()
def dump(folder: FolderPath) -> None:
    """Everything the library remembers, as JSON."""
    with _hands(folder) as hands:
        sys.stdout.write(json.dumps(hands.dump(), indent=1) + "\n")


@app.command()
def fault(
    folder: FolderPath,
    name: Annotated[str, typer.Argument(help="See `python -m drivers simulator faults`.")],
    parameters: Annotated[list[str] | None, typer.Argument(help="name=value, values as JSON.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Switch it off.")] = False,
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
    sys.stdout.write(listing(FAULTS))


@app.command()
def serve(
    folder: FolderPath,
    iscsi: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:3260",
    name: Annotated[str | None, typer.Option(help="The target's iSCSI name.")] = None,
    advertise: Annotated[str | None, typer.Option(help="The host that discovery names.")] = None,
) -> None:
    """Serve the library over iSCSI until interrupted: the changer is LUN 0, the drives follow."""
    from drivers.simulator.iscsi.server import IscsiTarget

    host, _, port = iscsi.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter(f"{iscsi!r} is not HOST:PORT")
    target = IscsiTarget(folder.absolute(), host, int(port), name=name, advertised=advertise)
    sys.stdout.write(f"{target.name} at {target.address[0]}:{target.address[1]}\n")
    sys.stdout.flush()
    try:
        target.serve_forever()
    except KeyboardInterrupt:
        target.close()
