"""Every route of the program × every role: nobody gets past what the route declares, and nothing is written."""

import re

import pytest
from clients import Client
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from service.app import (
    UNGUARDED,
    UndeclaredRouteError,
    check_every_route_declares,
    create_app,
    permissions_of_route,
)
from service.handlers.models import Role
from service.handlers.rules import ROLE_PERMISSIONS, Permission
from service.ledger import store

UNKNOWN_ID = "0" * 26

# Routes that anybody may call: what a person needs before they are signed in, and what watches the process.
PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/setup/{token}"),
    ("POST", "/setup/{token}"),
    ("GET", "/reset/{token}"),
    ("POST", "/reset/{token}"),
    ("POST", "/api/v1/sign-ins"),
    ("POST", "/api/v1/links/set-up"),
    ("POST", "/api/v1/links/reset-password"),
}


def doors(app) -> list[tuple[str, str, frozenset[Permission | None]]]:
    """(method, path, permissions it asks for) of every route but the framework's own."""
    return [
        (method, route.path, permissions_of_route(route))
        for route in iter_route_contexts(app.routes)
        if route.path not in UNGUARDED
        for method in sorted(route.methods)
    ]


def knock(client: Client, method: str, path: str):
    url = re.sub(r"\{[^}]+\}", UNKNOWN_ID, path)
    if method in {"GET", "HEAD", "DELETE"}:
        return client.request(method, url)
    if path.startswith("/api/"):
        return client.request(method, url, json={})
    return client.request(method, url, data={"csrf_token": client.csrf})


def written(runtime) -> tuple[int, ...]:
    """The sizes of everything a refused request could have written to."""
    tables = ("ledger_entry", "kept_answer", "counter", "handler", "party", "location", "medium", "api_token")
    with runtime.database.reader.connect() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]
        return store.head(connection).size, *counts


def test_only_the_listed_routes_are_public(app):
    public = {(method, path) for method, path, asked in doors(app) if asked == {None}}
    assert public == PUBLIC


def test_the_walk_sees_the_pages_and_the_api(app):
    paths = {path for _, path, _ in doors(app)}
    assert {"/handlers", "/account", "/api/v1/handlers", "/api/v1/locations/{location_id}"} <= paths


def test_every_route_declares_what_it_needs(app):
    undeclared = [(method, path) for method, path, asked in doors(app) if not asked]
    assert undeclared == []


def test_the_program_does_not_start_with_a_route_that_declares_nothing(runtime):
    app = create_app(runtime)
    room = APIRouter()
    room.get("/open-door")(lambda: "anything")
    app.include_router(room)
    with pytest.raises(UndeclaredRouteError, match="/open-door"):
        check_every_route_declares(app.routes)


def test_nobody_gets_in_without_a_sign_in(app, client_as, runtime):
    nobody = client_as.nobody()
    before = written(runtime)
    wrong = []
    for method, path, asked in doors(app):
        if asked == {None}:
            continue
        answer = knock(nobody, method, path)
        led_to_the_door = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
        if not (answer.status_code == 401 if path.startswith("/api/") else led_to_the_door):
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert written(runtime) == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_no_further_than_its_permissions(role, app, client_as, runtime):
    client = client_as(role)
    before = written(runtime)
    wrong = []
    refused = 0
    for method, path, asked in doors(app):
        lacking = {permission for permission in asked if permission} - ROLE_PERMISSIONS[role]
        if not lacking:
            continue
        refused += 1
        answer = knock(client, method, path)
        if answer.status_code != 403:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert refused > 0
    assert written(runtime) == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_in_where_its_permissions_reach(role, app, client_as):
    client = client_as(role)
    for method, path, asked in doors(app):
        if method == "GET" and "{" not in path and asked <= ROLE_PERMISSIONS[role]:
            assert knock(client, method, path).status_code not in {401, 403}, path


@pytest.mark.parametrize("token", [None, "", "wrong", "of another sign-in"])
def test_no_unsafe_route_works_without_this_sign_ins_token(token, app, client_as, runtime):
    other = client_as(Role.SYSTEM_ADMINISTRATOR)
    client = client_as(Role.SYSTEM_ADMINISTRATOR)
    del client.headers["x-csrf-token"]
    if token is not None:
        client.headers["x-csrf-token"] = other.csrf if token == "of another sign-in" else token
    client.csrf = ""
    before = written(runtime)
    wrong = []
    for method, path, asked in doors(app):
        if method in {"GET", "HEAD", "OPTIONS"} or asked == {None}:
            continue
        answer = knock(client, method, path)
        if answer.status_code != 403:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert written(runtime) == before
