"""The commands, one module a subject."""

import typer

from service.commands import devices, documents, handlers, labels, ledger, media, printers, serve, sim


def register(app: typer.Typer) -> None:
    app.command("serve")(serve.serve)
    app.command("settings")(serve.show_settings)
    app.command("migrate")(serve.migrate_database)
    app.add_typer(ledger.app, name="ledger")
    app.add_typer(media.app, name="media")
    app.add_typer(handlers.app, name="handlers")
    app.add_typer(devices.app, name="devices")
    app.add_typer(labels.app, name="labels")
    app.add_typer(printers.app, name="printers")
    app.add_typer(documents.app, name="documents")
    app.command("worker")(devices.worker)
    app.add_typer(sim.app, name="sim")
