"""Guessing is slow: per login and per address."""

from datetime import UTC, datetime, timedelta

import pytest
from clients import Client
from door import PASSWORD, dump, events, sign_in, with_password

from service.handlers.attempts import ADDRESS_FAILURES, LOGIN_FAILURES, WINDOW, count_failure, limits, wait_s
from service.ledger.writer import SYSTEM

LOGIN = "media-handler"
NOW = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)


@pytest.fixture
def handler_id(runtime, house):
    return with_password(runtime, house)


def failed_before(runtime, times, *, address="testclient"):
    """So many failures of as many logins from one address, without the time that hashing takes."""
    for number in range(times):
        runtime.writer.run(SYSTEM, lambda unit, n=number: count_failure(unit, f"somebody-{n}", address))


def guess(client, login=LOGIN, password="wrong"):
    return client.post("/api/v1/sign-ins", json={"login": login, "password": password})


@pytest.mark.parametrize(
    ("failures", "age_s", "wait"), [(4, 0, 0), (5, 0, 900), (5, 899, 1), (5, 900, 0), (9, 300, 600)]
)
def test_the_wait_lasts_to_the_end_of_the_window(failures, age_s, wait):
    assert wait_s(failures, NOW - timedelta(seconds=age_s), LOGIN_FAILURES, NOW) == wait


def test_after_five_failures_even_the_right_password_waits(client_as, handler_id, clock, runtime):
    client = client_as.nobody()
    for _ in range(LOGIN_FAILURES):
        assert guess(client).status_code == 401
    refused = guess(client, password=PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == WINDOW.total_seconds()
    clock.forward(minutes=15)
    assert guess(client, password=PASSWORD).status_code == 201
    assert "handler:sign_in_refused" in events(runtime, f"handler:{handler_id}")


def test_the_page_says_how_long_to_wait(client_as, handler_id):
    client = client_as.nobody()
    for _ in range(LOGIN_FAILURES):
        sign_in(client, LOGIN, "wrong")
    answer = sign_in(client, LOGIN, PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"
    assert "Wait 900 s" in answer.text


def test_a_login_that_does_not_exist_waits_the_same(client_as, handler_id):
    client = client_as.nobody()
    known = [guess(client).json() for _ in range(LOGIN_FAILURES + 1)]
    unknown = [guess(client, login="nobody").json() for _ in range(LOGIN_FAILURES + 1)]
    assert known == unknown
    assert known[-1]["status"] == 429


def test_a_success_clears_the_logins_count(client_as, handler_id, runtime):
    client = client_as.nobody()
    for _ in range(2):
        for _ in range(LOGIN_FAILURES - 1):
            runtime.writer.run(SYSTEM, lambda unit: count_failure(unit, LOGIN, "testclient"))
        assert guess(client, password=PASSWORD).status_code == 201


def test_one_address_cannot_try_many_logins(client_as, handler_id, runtime):
    client = client_as.nobody()
    failed_before(runtime, ADDRESS_FAILURES - 1)
    assert guess(client, login="somebody-else").status_code == 401
    assert guess(client, password=PASSWORD).status_code == 429


def test_another_address_is_not_held_up(app, runtime, handler_id):
    failed_before(runtime, ADDRESS_FAILURES)
    assert guess(Client(app), password=PASSWORD).status_code == 429
    elsewhere = Client(app)
    elsewhere._transport.client = ("203.0.113.7", 1)
    assert guess(elsewhere, password=PASSWORD).status_code == 201


def test_an_ipv6_network_is_one_address():
    one, other = (limits("x", address)[1].key for address in ("2001:db8::1", "2001:db8::ffff"))
    far = limits("x", "2001:db8:1::1")[1].key
    assert one == other != far


def test_what_was_typed_as_login_is_not_kept(client_as, handler_id, runtime):
    guess(client_as.nobody(), login="my secret sentence")
    assert "my secret sentence" not in dump(runtime)
