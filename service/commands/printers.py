"""`strongroom printers`: label printers and office printers."""

import json
from typing import Annotated

import typer

from service.cli import runtime
from service.ledger.writer import Actor, Via
from service.printing import printers, queries
from service.printing.models import Language
from service.printing.printers import NewPrinter, state_words
from service.printing.printers_schemas import PrinterShape

app = typer.Typer(no_args_is_help=True, help="Printers of labels.")
CLI = Actor(None, Via.CLI)
Name = Annotated[str, typer.Argument(help="What people call the printer.")]


@app.command("list")
def list_printers(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Every printer with its address, what is loaded, and what it says."""
    with runtime() as opened, opened.database.reader.connect() as connection:
        rows = queries.printers(connection)
    if as_json:
        typer.echo(json.dumps([PrinterShape.of(row).model_dump(mode="json") for row in rows]))
        return
    for row in rows:
        dots = f"{row.dpi} dpi" if row.dpi else "–"
        typer.echo(
            f"{row.name:<20} {row.language:<4} {dots:<8} {row.stock or '–':<18} {row.url or '–'}  {state_words(row)}"
        )


@app.command("add")
def add(
    name: Name,
    url: Annotated[
        str,
        typer.Argument(
            help="tcp://HOST:9100 and others; nothing for a printer that prints downloaded sheets."
        ),
    ] = "",
    language: Annotated[Language, typer.Option(help="What it is sent.")] = Language.PDF,
    dpi: Annotated[int | None, typer.Option(help="Its dots per inch; a label printer needs it.")] = None,
    stock: Annotated[str, typer.Option(help="What is loaded.")] = "",
) -> None:
    """Ask the printer how it is, and take it into use."""
    new = NewPrinter(name, url, language, dpi, stock)
    printers.check_new(new)
    with runtime() as opened:
        said = printers.first_look(new)
        opened.writer.run(CLI, lambda unit: printers.add(unit, new, said))
        with opened.database.reader.connect() as connection:
            found = queries.printer_row(connection, new.name.strip())
    typer.echo(f"{found.name} added: {state_words(found)}.")


@app.command("load")
def load(name: Name, stock: Annotated[str, typer.Argument(help="A name from `labels stocks`.")]) -> None:
    """Say what is loaded now."""
    with runtime() as opened:
        opened.writer.run(CLI, lambda unit: printers.load_stock(unit, name, stock))
    typer.echo(f"{name} is loaded with {stock}.")


@app.command("enable")
def enable(name: Name) -> None:
    """Let its worker work again."""
    _switch(name, enabled=True)


@app.command("disable")
def disable(name: Name) -> None:
    """Its worker ends; its jobs stay as they are."""
    _switch(name, enabled=False)


def _switch(name: str, *, enabled: bool) -> None:
    with runtime() as opened:
        opened.writer.run(CLI, lambda unit: printers.set_enabled(unit, name, enabled=enabled))
    typer.echo(f"{name} is {'on' if enabled else 'off'}.")
