"""`strongroom handlers`: for whoever runs the machine, when nobody can sign in any more."""

import json
from typing import Annotated

import typer

from service.cli import runtime
from service.errors import NotFoundError, RefusedError
from service.handlers import queries
from service.handlers.credentials import new_secret
from service.handlers.link_actions import make_password_link, make_setup_link
from service.handlers.queries import secret_hash
from service.handlers.rules import login_of
from service.handlers.schemas import HandlerShape
from service.ledger.writer import Actor, Via
from service.locations.first_site import ensure_house

app = typer.Typer(no_args_is_help=True, help="Who can sign in.")
MACHINE = Actor(None, Via.CLI)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_handlers(*, as_json: AsJson = False) -> None:
    """Every handler with login, roles and state."""
    with runtime() as opened, opened.database.reading() as session:
        found = queries.handlers(session, limit=10_000)
    if as_json:
        typer.echo(json.dumps([HandlerShape.of(one).model_dump(mode="json") for one in found]))
        return
    for one in found:
        state = "active" if one.active else "not active"
        typer.echo(f"{one.login:<24}  {state:<10}  {', '.join(one.roles)}")


@app.command("link")
def make_link(login: Annotated[str, typer.Argument(help="The handler's login.")]) -> None:
    """Print a one-time link to a new password."""
    secret = new_secret()
    with runtime() as opened:
        with opened.database.reading() as session:
            found = queries.handler_by_login(session, login_of(login))
        if found is None:
            raise NotFoundError("handler", login)
        opened.writer.run(
            MACHINE, lambda unit: make_password_link(unit, found.handler_id, secret_hash(secret))
        )
        typer.echo(f"{opened.settings.resolved_public_url}/reset/{secret}")


@app.command("setup-link")
def setup_link() -> None:
    """Print the one-time link that makes the first system administrator."""
    secret = new_secret()
    with runtime() as opened:
        settings = opened.settings
        opened.writer.run(
            MACHINE, lambda unit: ensure_house(unit, settings.organisation, settings.site, settings.time_zone)
        )
        if not opened.writer.run(MACHINE, lambda unit: make_setup_link(unit, secret_hash(secret))):
            raise RefusedError(
                "There is a system administrator already. No link was made.",
                next_step="Use `strongroom handlers link LOGIN` for a new password.",
            )
        typer.echo(f"{settings.resolved_public_url}/setup/{secret}")
