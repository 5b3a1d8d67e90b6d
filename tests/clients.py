"""People at a browser or a program, signed in: `client_as(Role.AUDITOR).get("/api/v1/…")`.

Each client sends its session cookie and its CSRF header with every request, and follows no redirect on its own.
"""

from datetime import timedelta

from fastapi import FastAPI
from starlette.testclient import TestClient

from service.handlers.actions import create_handler
from service.handlers.credentials import new_secret
from service.handlers.models import Role
from service.handlers.queries import secret_hash
from service.handlers.session_actions import open_sign_in
from service.ledger.writer import SYSTEM, Actor, Unit, Via
from service.locations.first_site import House
from service.parties.actions import create_party
from service.parties.models import PartyKind
from service.parties.queries import party_by_name
from service.runtime import Runtime
from service.web.deps import CSRF_HEADER
from service.web.sign_ins import cookie_name

VENDOR = "Vault vendor"
SESSION = timedelta(hours=12)


class Client(TestClient):
    """A test client that knows who it is."""

    def __init__(self, app: FastAPI, handler_id: str = "", csrf: str = "") -> None:
        super().__init__(
            app, base_url="http://testserver", raise_server_exceptions=True, follow_redirects=False
        )
        self.handler_id = handler_id
        self.csrf = csrf
        if csrf:
            self.headers[CSRF_HEADER] = csrf

    @property
    def actor(self) -> Actor:
        return Actor(self.handler_id, Via.API)


def someone(runtime: Runtime, house: House, *roles: Role, login: str = "", party_id: str = "") -> str:
    """A new handler with these roles; a vault custodian works for the vault vendor, the others for the organisation."""
    name = " and ".join(role.value.replace("_", " ").capitalize() for role in roles)
    chosen = login or "-".join(role.value.replace("_", "-") for role in roles)

    def make(unit: Unit) -> str:
        employer = party_id or (vendor(unit) if Role.VAULT_CUSTODIAN in roles else house.organisation_id)
        return create_handler(
            unit, login=chosen, name=name, party_id=employer, roles=roles, reason="A test of these roles."
        )

    return runtime.writer.run(SYSTEM, make)


def vendor(unit: Unit) -> str:
    return party_by_name(unit.connection, VENDOR) or create_party(unit, PartyKind.VAULT_VENDOR, VENDOR)


def sign_in(runtime: Runtime, app: FastAPI, handler_id: str) -> Client:
    """A client with a new sign-in of this handler; no password is asked."""
    secret, csrf = new_secret(), new_secret()
    actor = Actor(handler_id, Via.WEB)
    runtime.writer.run(actor, lambda unit: open_sign_in(unit, handler_id, secret_hash(secret), csrf, SESSION))
    client = Client(app, handler_id, csrf)
    client.cookies.set(cookie_name(runtime), secret)
    return client


class People:
    """`client_as(Role.MEDIA_HANDLER)`: the same handler for the same roles within a test, each time a new sign-in."""

    def __init__(self, runtime: Runtime, app: FastAPI, house: House) -> None:
        self.runtime = runtime
        self.app = app
        self.house = house
        self._known: dict[tuple[Role, ...], str] = {}

    def __call__(self, *roles: Role | str) -> Client:
        held = tuple(sorted(Role(role) for role in roles))
        if held not in self._known:
            self._known[held] = someone(self.runtime, self.house, *held)
        return sign_in(self.runtime, self.app, self._known[held])

    def nobody(self) -> Client:
        """A client that is not signed in."""
        return Client(self.app)
