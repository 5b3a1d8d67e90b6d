"""`strongroom sim`: the simulated library for programs outside."""

import signal
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from service.cli import Exit, given_settings
from service.devices.serving import Serving, simulated_library

app = typer.Typer(no_args_is_help=True, help="The simulated library for programs outside.")


@app.callback()
def sim() -> None:
    """A group of commands, though it has only one yet."""


@app.command("serve")
def serve(
    *,
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of the library; without it the one of the data folder.")
    ] = None,
    iscsi: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where to listen; port 0 takes any free one.")
    ] = "127.0.0.1:3260",
    library: Annotated[
        Path | None, typer.Option(help="CSV, mtx or mhvtl file to make the library from, if it is not there.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The target's iSCSI name.")] = None,
    advertise: Annotated[str | None, typer.Option(help="The host that discovery names.")] = None,
    chap_file: Annotated[
        Path | None, typer.Option(help="Names and secrets of CHAP; nobody logs in without.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder with the simulated libraries.")] = None,
) -> None:
    """Serve a simulated library over iSCSI until Ctrl-C: the changer is unit 0, the drives follow."""
    url = simulated_library(given_settings(data_dir=data_dir).data_dir, folder, library)
    serving = Serving(url, iscsi, name=name, advertised=advertise, chap_file=chap_file)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    typer.echo(serving.sentence)
    serving.until_interrupted()


def _end(*_: object) -> NoReturn:
    raise SystemExit(Exit.DONE)
