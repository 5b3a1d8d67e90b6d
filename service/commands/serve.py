"""`strongroom serve`, `settings`, `migrate`."""

import socket
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from service import migrate
from service import settings as settings_module
from service.cli import Exit
from service.errors import StartError
from service.logs import configure
from service.runtime import open_runtime
from service.settings import Settings

SHUTDOWN_S = 3


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
    given: dict[str, Any] = {"host": host, "port": port, "data_dir": data_dir, "library_file": library}
    overrides = {name: value for name, value in given.items() if value is not None}
    settings = settings_module.load(**overrides, **({"demo": True} if demo else {}))
    configure(settings)
    _check_port(settings)
    runtime = open_runtime(settings)
    try:
        from service.app import create_app
        from service.first_start import first_start

        typer.echo(first_start(runtime))
        config = uvicorn.Config(
            create_app(runtime),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
            server_header=False,
            proxy_headers=False,
        )
        uvicorn.Server(config).run()
    finally:
        runtime.close()


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StartError(
                f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. Nothing was changed.",
                next_step="Stop what uses it, or take another with --port.",
            ) from error


def show_settings() -> None:
    """Print every setting with its value and where it came from."""
    rows = settings_module.origins(settings_module.load())
    width = max(len(name) for name, _, _ in rows)
    for name, value, origin in rows:
        typer.echo(f"{name:<{width}}  {value:<40}  {origin}")


def migrate_database(
    *, check: Annotated[bool, typer.Option("--check", help="Only say whether it is current.")] = False
) -> None:
    """Bring the database's schema to this version."""
    settings = settings_module.load()
    if check:
        from service.db import open_database

        current = migrate.is_current(open_database(settings.resolved_database_url))
        typer.echo("current" if current else "not current")
        raise typer.Exit(Exit.DONE if current else Exit.REFUSED)
    open_runtime(settings).close()
    typer.echo("The database is current.")
