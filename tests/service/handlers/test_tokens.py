"""API tokens: shown once, scoped, ended."""

import re

import pytest
from door import dump, events, everything_logged

from service.handlers.models import Role

NEW = {"name": "Inventory script", "scopes": ["read", "own_account"], "days": 30}


def bearer(client_as, secret):
    program = client_as.nobody()
    program.headers["authorization"] = f"Bearer {secret}"
    return program


@pytest.fixture
def owner(client_as):
    return client_as(Role.BACKUP_ADMINISTRATOR)


@pytest.fixture
def made(owner):
    answer = owner.post("/api/v1/tokens", json=NEW)
    assert answer.status_code == 201
    return answer.json()


@pytest.fixture
def program(client_as, made):
    return bearer(client_as, made["secret"])


def test_a_program_reads_with_a_token_and_needs_no_csrf(program, made):
    assert made["secret"].startswith("str_")
    assert program.get("/api/v1/parties").status_code == 200
    assert program.get("/api/v1/account").json()["permissions"] == ["own_account", "read"]


def test_a_token_gives_no_more_than_its_scopes(program):
    assert program.post("/api/v1/parties", json={"kind": "courier", "name": "Carrier 9"}).status_code == 403


def test_a_scope_the_roles_do_not_give_is_refused(owner):
    answer = owner.post("/api/v1/tokens", json=NEW | {"scopes": ["manage_handlers"]})
    assert answer.status_code == 422
    assert "scopes" in answer.json()["fields"]


@pytest.mark.parametrize("days", [0, -1, 367, 10**9])
def test_a_token_lasts_a_year_at_most(days, owner):
    assert owner.post("/api/v1/tokens", json=NEW | {"days": days}).status_code == 422


def test_a_token_ends_on_its_day(program, clock):
    clock.forward(days=29, hours=23)
    assert program.get("/api/v1/parties").status_code == 200
    clock.forward(hours=2)
    assert program.get("/api/v1/parties").status_code == 401


def test_a_revoked_token_is_refused_at_once(program, owner, made, runtime):
    assert program.get("/api/v1/parties").status_code == 200
    assert owner.post(f"/api/v1/tokens/{made['token_id']}/revoke").json()["revoked_at"]
    assert program.get("/api/v1/parties").status_code == 401
    assert events(runtime, f"token:{made['token_id']}") == ["token:created", "token:revoked"]


def test_a_token_shrinks_with_its_handlers_roles(program, owner, client_as):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    custodian = {"roles": ["vault_custodian"]}
    assert admin.post(f"/api/v1/handlers/{owner.handler_id}/change-roles", json=custodian).status_code == 200
    assert program.get("/api/v1/parties").status_code == 403


def test_a_token_ends_with_its_handler(program, owner, client_as):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    admin.post(f"/api/v1/handlers/{owner.handler_id}/deactivate", json={"reason": "Left."})
    assert program.get("/api/v1/parties").status_code == 401
    assert admin.post(f"/api/v1/handlers/{owner.handler_id}/reactivate").status_code == 200
    assert program.get("/api/v1/parties").status_code == 401


def test_a_token_can_neither_make_tokens_nor_set_the_password(program):
    assert program.post("/api/v1/tokens", json=NEW).status_code == 403
    answer = program.put("/api/v1/account/password", json={"current": "x", "password": "y" * 20})
    assert answer.json()["type"].endswith("needs-sign-in")


@pytest.mark.parametrize("secret", ["", "str_wrong", "\x7f", "Bearer"])
def test_a_wrong_token_is_refused(secret, client_as):
    assert bearer(client_as, secret).get("/api/v1/parties").status_code == 401


def test_nobody_revokes_another_ones_token(made, client_as):
    other = client_as(Role.AUDITOR)
    assert other.post(f"/api/v1/tokens/{made['token_id']}/revoke").status_code == 404


def test_the_secret_is_kept_nowhere(made, owner, runtime):
    repeated = owner.post("/api/v1/tokens", json=NEW, headers={"idempotency-key": "once"}).json()
    assert made["secret"] not in dump(runtime) + everything_logged(runtime)
    assert repeated["secret"] not in dump(runtime) + everything_logged(runtime)
    assert "secret" not in owner.get("/api/v1/tokens").text


def test_a_repeated_request_makes_no_second_token_and_shows_no_secret(owner):
    first, second = (
        owner.post("/api/v1/tokens", json=NEW, headers={"idempotency-key": "once"}) for _ in range(2)
    )
    assert second.headers["idempotency-replayed"] == "true"
    assert second.json() == first.json() | {"secret": None}
    assert len(owner.get("/api/v1/tokens").json()["items"]) == 1


def test_the_page_shows_the_secret_once(owner, client_as):
    form = {"form_key": "k1", "name": "Script", "days": "30", "scopes": "read"}
    shown = owner.post("/account/tokens", data=form)
    secret = re.search(r"str_[\w-]+", shown.text)[0]
    assert bearer(client_as, secret).get("/api/v1/parties").status_code == 200
    pressed_again = owner.post("/account/tokens", data=form)
    assert pressed_again.status_code == 303
    assert len(owner.get("/api/v1/tokens").json()["items"]) == 1


def test_the_page_keeps_what_was_typed(owner):
    answer = owner.post("/account/tokens", data={"name": "Script", "days": "soon", "scopes": "read"})
    assert answer.status_code == 422
    assert 'value="Script"' in answer.text
    assert 'value="soon"' in answer.text
    assert 'value="read" checked' in answer.text
