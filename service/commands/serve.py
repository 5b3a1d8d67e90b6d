"""`strongroom serve`, `settings`, `migrate`."""

import gc
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import structlog
import typer
import uvicorn

from service import settings as settings_module
from service.cli import Exit, given_settings, runtime
from service.errors import StartError
from service.runtime import Runtime
from service.settings import Settings

log = structlog.get_logger(__name__)

ENDING = (signal.SIGINT, signal.SIGTERM)
REQUESTS_END_S = 1  # then they are cancelled; the device workers need two seconds more
LEAVE_S = 4.0
BACKLOG = 2048


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder for the database, key and simulated devices.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="CSV, mtx or mhvtl file the simulated library starts from.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Make a demonstration site with four people.")] = False,
) -> None:
    """Migrate and serve until Ctrl-C."""
    settings = given_settings(
        host=host, port=port, data_dir=data_dir, library_file=library, demo=True if demo else None
    )
    for number in ENDING:
        signal.signal(number, _end_start)
    with _listening(settings) as door, runtime(settings) as opened:
        from service.first_start import first_start

        typer.echo(first_start(opened))
        _server(opened).run(sockets=[door])
    _gone()


def _end_start(*_: object) -> NoReturn:
    raise SystemExit(Exit.DONE)


class _Server(uvicorn.Server):
    """Ends within LEAVE_S of the signal, whatever still runs: what was answered is durable, the rest is tried again."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        last = threading.Timer(LEAVE_S, _leave)
        last.daemon = True
        last.start()
        super().handle_exit(sig, frame)


def _leave() -> None:
    log.warning("stopped_with_work_open", after_s=LEAVE_S)
    _gone()


def _gone() -> NoReturn:
    """Everything is closed; taking the interpreter apart as well costs seconds on a busy machine."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(Exit.DONE)


def _server(opened: Runtime) -> _Server:
    from service.app import create_app
    from service.web.at_once import at_once_protocol

    app = create_app(opened)
    server = _Server(
        uvicorn.Config(
            app,
            http=at_once_protocol(app),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=REQUESTS_END_S,
            server_header=False,
            proxy_headers=False,
        )
    )
    # uvicorn raises the signal again when it is done; by then it means nothing more than "end".
    for number in ENDING:
        signal.signal(number, server.handle_exit)
    # What is there now stays. Walking it took the collector 120 ms every few thousand scans, and each of them waited.
    gc.collect()
    gc.freeze()
    return server


def _listening(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything is touched and kept: nobody can take the port in between."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise StartError(
            f"Port {settings.port} on {settings.host} cannot be used: {reason}. Nothing was changed.",
            next_step="Stop what uses it, or take another with --port.",
        ) from error


def show_settings() -> None:
    """Print every setting with its value and where it came from."""
    rows = settings_module.origins(given_settings())
    width = max(len(name) for name, _, _ in rows)
    for name, value, origin in rows:
        typer.echo(f"{name:<{width}}  {value:<40}  {origin}")


def migrate_database(
    *, check: Annotated[bool, typer.Option("--check", help="Only say whether it is current.")] = False
) -> None:
    """Bring the database's schema to this version."""
    if check:
        from service.commands.starting import is_current

        current = is_current(given_settings())
        typer.echo("current" if current else "not current")
        raise typer.Exit(Exit.DONE if current else Exit.REFUSED)
    with runtime():
        typer.echo("The database is current.")
