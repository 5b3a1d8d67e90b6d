"""Signing in and out, by page and by API."""

import json
import time

import pytest
import structlog
from door import PASSWORD, dump, events, everything_logged, sign_in, token_of, with_password
from sqlalchemy import text

from service.handlers.actions import deactivate_handler
from service.handlers.cookies import local_path
from service.handlers.credentials import hash_password, password_fits
from service.handlers.models import Role
from service.ledger.writer import SYSTEM
from service.logs import redact
from service.settings import Settings
from service.web.sign_ins import cookie_name

LOGIN = "media-handler"


@pytest.fixture
def handler_id(runtime, house):
    return with_password(runtime, house)


@pytest.fixture
def browser(client_as):
    return client_as.nobody()


def test_a_person_signs_in_at_the_door_and_lands_where_they_wanted(browser, handler_id, runtime):
    led = browser.get("/handlers")
    assert led.headers["location"] == "/sign-in?then=/handlers"
    answer = sign_in(browser, LOGIN, PASSWORD, then="/handlers")
    assert (answer.status_code, answer.headers["location"]) == (303, "/handlers")
    assert browser.get("/handlers").status_code == 200
    assert events(runtime, f"handler:{handler_id}")[-1] == "handler:signed_in"


def test_the_cookie_is_closed_to_scripts_and_other_sites(browser, handler_id):
    cookie = sign_in(browser, LOGIN, PASSWORD).headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in cookie.partition(";")[2].split(",")[0]


def test_under_tls_the_cookie_is_a_host_cookie_and_secure(runtime, house, handler_id):
    from clients import Client

    from service.app import create_app

    runtime.settings = Settings(**runtime.settings.model_dump() | {"public_url": "https://vault.example"})
    browser = Client(create_app(runtime))
    browser.base_url = "https://testserver"
    cookie = sign_in(browser, LOGIN, PASSWORD).headers["set-cookie"]
    assert cookie.startswith("__Host-strongroom=")
    assert "Secure" in cookie


def test_each_sign_in_is_a_new_session_and_ends_the_browsers_old_one(browser, handler_id, runtime):
    sign_in(browser, LOGIN, PASSWORD)
    first = browser.cookies[cookie_name(runtime)]
    sign_in(browser, LOGIN, PASSWORD)
    assert browser.cookies[cookie_name(runtime)] != first
    browser.cookies.clear()
    browser.cookies.set(cookie_name(runtime), first)
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("login", "password"), [(LOGIN, "wrong"), ("nobody", PASSWORD), ("", ""), ("\0", "\0")]
)
def test_a_wrong_login_and_a_wrong_password_get_the_same_answer(login, password, browser, handler_id):
    answer = sign_in(browser, login, password)
    assert answer.status_code == 401
    assert "Login and password do not fit" in answer.text
    assert cookie_name(browser.app.state.runtime) not in browser.cookies


def test_what_was_typed_stays_but_the_password(browser, handler_id):
    answer = sign_in(browser, LOGIN, "not this one")
    assert f'value="{LOGIN}"' in answer.text
    assert "not this one" not in answer.text


def test_an_unknown_login_takes_as_long_as_a_known_one():
    hashed = hash_password(PASSWORD)
    password_fits("x", "")

    def took(stored):
        started = time.process_time()
        assert not password_fits("wrong", stored)
        return time.process_time() - started

    known, unknown = min(took(hashed) for _ in range(3)), min(took("") for _ in range(3))
    assert 0.5 < unknown / known < 2


def test_the_empty_hash_of_a_handler_without_password_fits_nothing():
    assert not password_fits("", "")


def test_the_same_password_from_another_keyboard_fits():
    assert password_fits("Schlu\u0308ssel unter der Matte", hash_password("Schl\u00fcssel unter der Matte"))


def test_a_deactivated_handler_cannot_sign_in(browser, handler_id, runtime):
    runtime.writer.run(SYSTEM, lambda unit: deactivate_handler(unit, handler_id, "Left."))
    assert sign_in(browser, LOGIN, PASSWORD).status_code == 401


@pytest.mark.parametrize("token", ["", "wrong", "a" * 43])
def test_the_door_asks_for_its_own_token(token, browser, handler_id):
    browser.get("/sign-in")
    answer = browser.post("/sign-in", data={"csrf_token": token, "login": LOGIN, "password": PASSWORD})
    assert answer.status_code == 403
    assert cookie_name(browser.app.state.runtime) not in browser.cookies


def test_the_door_token_of_another_browser_is_refused(browser, client_as, handler_id):
    other = token_of(client_as.nobody())
    browser.get("/sign-in")
    answer = browser.post("/sign-in", data={"csrf_token": other, "login": LOGIN, "password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil",
        "sign-in",
        "/sign-out",
    ],
)
def test_the_door_leads_to_no_other_site(then):
    assert local_path(then) == "/"


def test_the_door_leads_to_a_page_with_its_query():
    assert local_path("/media?custody=vaulted&after=x") == "/media?custody=vaulted&after=x"


def test_signing_out_ends_the_session_in_the_database_too(browser, handler_id, runtime):
    sign_in(browser, LOGIN, PASSWORD)
    secret = browser.cookies[cookie_name(runtime)]
    answer = browser.post("/sign-out", data={"csrf_token": token_of(browser, "/account/password")})
    assert answer.headers["location"] == "/sign-in"
    assert cookie_name(runtime) not in browser.cookies
    browser.cookies.set(cookie_name(runtime), secret)
    assert browser.get("/account").status_code == 303
    assert events(runtime, f"handler:{handler_id}")[-1] == "handler:signed_out"


def test_a_session_ends_at_its_absolute_end_though_it_is_used(client_as, clock):
    client = client_as(Role.AUDITOR)
    for _ in range(11):
        clock.forward(hours=1)
        assert client.get("/api/v1/account").status_code == 200
    clock.forward(hours=1)
    assert client.get("/api/v1/account").status_code == 401


def test_a_session_ends_when_nobody_acts(client_as, clock):
    client = client_as(Role.AUDITOR)
    assert client.get("/api/v1/account").status_code == 200
    clock.forward(minutes=119)
    assert client.get("/api/v1/account").status_code == 200
    clock.forward(minutes=119)
    assert client.get("/api/v1/account").status_code == 200
    clock.forward(minutes=121)
    assert client.get("/api/v1/account").status_code == 401


def test_use_is_written_down_at_most_once_a_minute(client_as, clock, runtime):
    client = client_as(Role.AUDITOR)

    def seen_at():
        with runtime.database.reader.connect() as connection:
            return connection.execute(text("SELECT seen_at FROM sign_in")).scalar_one()

    at_first = seen_at()
    clock.forward(seconds=59)
    client.get("/api/v1/account")
    assert seen_at() == at_first
    clock.forward(seconds=2)
    client.get("/api/v1/account")
    later = seen_at()
    assert later != at_first
    client.get("/api/v1/account")
    assert seen_at() == later


def test_a_program_signs_in_and_out_by_the_api(browser, handler_id):
    answer = browser.post("/api/v1/sign-ins", json={"login": LOGIN.upper(), "password": PASSWORD})
    assert answer.status_code == 201
    body = answer.json()
    assert body["handler_id"] == handler_id
    assert browser.get("/api/v1/account").json()["login"] == LOGIN
    assert browser.delete("/api/v1/sign-ins/current").status_code == 403
    headers = {"x-csrf-token": body["csrf_token"]}
    assert browser.delete("/api/v1/sign-ins/current", headers=headers).status_code == 204
    assert browser.get("/api/v1/account").status_code == 401


def test_a_program_with_a_wrong_password_gets_a_problem(browser, handler_id):
    answer = browser.post("/api/v1/sign-ins", json={"login": LOGIN, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:strongroom:problem:sign-in-refused"


def test_another_site_cannot_sign_a_browser_in_by_the_api(browser, handler_id):
    answer = browser.post(
        "/api/v1/sign-ins",
        json={"login": LOGIN, "password": PASSWORD},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403


def test_a_form_of_another_site_is_no_json(browser, handler_id):
    answer = browser.post(
        "/api/v1/sign-ins",
        content=json.dumps({"login": LOGIN, "password": PASSWORD}),
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 422


def test_no_secret_is_stored_or_logged_in_clear(browser, handler_id, runtime, database_url):
    with structlog.testing.capture_logs() as logs:
        sign_in(browser, LOGIN, PASSWORD)
        sign_in(browser, LOGIN, "a wrong password here")
        browser.put(
            "/api/v1/account/password",
            json={"current": PASSWORD, "password": "another long sentence"},
            headers={"x-csrf-token": token_of(browser, "/account/password"), "idempotency-key": "k"},
        )
    secret = browser.cookies[cookie_name(runtime)]
    places = (everything_logged(runtime), repr(logs), dump(runtime))
    for clear in (PASSWORD, "a wrong password here", "another long sentence", secret):
        assert not any(clear in place for place in places)


def test_one_time_links_are_taken_out_of_the_log():
    logged = redact(None, "debug", {"event": "request", "path": "/setup/abc_DEF-123"})
    assert logged["path"] == "/setup/***"
    assert redact(None, "debug", {"path": "/media/STR142L8"})["path"] == "/media/STR142L8"
