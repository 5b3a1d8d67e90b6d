"""Going through the door in tests: the form's token, login and password."""

import re
from functools import cache

from clients import Client, someone

from service.handlers.actions import set_password
from service.handlers.credentials import hash_password
from service.handlers.models import Role
from service.ledger import store
from service.ledger.writer import SYSTEM
from service.schema import METADATA

PASSWORD = "one long sentence of ours"
hashed_once = cache(hash_password)  # a hash is slow on purpose


def with_password(runtime, house, role=Role.MEDIA_HANDLER, password=PASSWORD) -> str:
    """A handler that can sign in; the login is the role's ("media-handler")."""
    handler_id = someone(runtime, house, role)
    hashed = hashed_once(password)
    runtime.writer.run(SYSTEM, lambda unit: set_password(unit, handler_id, hashed))
    return handler_id


def token_of(client: Client, path: str = "/sign-in") -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]


def sign_in(client: Client, login: str, password: str, **more: str):
    form = {"csrf_token": token_of(client), "login": login, "password": password, **more}
    return client.post("/sign-in", data=form)


def events(runtime, subject: str) -> list[str]:
    """The tags of a subject's entries, oldest first."""
    with runtime.database.reader.connect() as connection:
        return [entry.event for entry in store.entries_of(connection, subject)][::-1]


def everything_logged(runtime) -> str:
    with runtime.database.reader.connect() as connection:
        return "\n".join(body.decode() for body in store.bodies(connection))


def dump(runtime) -> str:
    """Every row of every table, as text."""
    with runtime.database.reader.connect() as connection:
        return "\n".join(
            repr(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(table.select())
        )
