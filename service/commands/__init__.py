"""The commands, one module a subject."""

import typer

from service.commands import devices, handlers, ledger, media, serve


def register(app: typer.Typer) -> None:
    app.command("serve")(serve.serve)
    app.command("settings")(serve.show_settings)
    app.command("migrate")(serve.migrate_database)
    app.add_typer(ledger.app, name="ledger")
    app.add_typer(media.app, name="media")
    app.add_typer(handlers.app, name="handlers")
    app.add_typer(devices.app, name="devices")
    app.command("worker")(devices.worker)
