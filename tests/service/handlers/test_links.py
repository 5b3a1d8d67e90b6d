"""One-time links: the first administrator, a forgotten password."""

import re

import pytest
from door import PASSWORD, dump, events, sign_in, token_of, with_password

from service.first_start import first_start
from service.handlers.models import Role
from service.handlers.queries import handler_by_login
from service.web.sign_ins import cookie_name

NEW = {"login": "root", "name": "Administrator 1", "password": PASSWORD, "again": PASSWORD}


def link_in(text: str) -> str:
    found = re.search(r"/setup/[\w-]+", text)
    return found[0] if found else ""


@pytest.fixture
def link(runtime):
    return link_in(first_start(runtime))


@pytest.fixture
def browser(client_as):
    return client_as.nobody()


def use(browser, link, **changed: str):
    return browser.post(link, data=NEW | {"csrf_token": token_of(browser, link)} | changed)


def test_the_link_makes_the_first_administrator_and_signs_them_in(link, browser, runtime):
    answer = use(browser, link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    account = browser.get("/api/v1/account").json()
    assert account["roles"] == [Role.SYSTEM_ADMINISTRATOR]
    assert events(runtime, f"handler:{account['handler_id']}") == ["handler:created", "handler:signed_in"]


def test_the_link_works_once(link, browser, client_as):
    use(browser, link)
    other = client_as.nobody()
    assert other.get(link).status_code == 409
    token = token_of(other)
    answer = other.post(link, data=NEW | {"login": "other", "csrf_token": token})
    assert answer.status_code == 409
    assert cookie_name(other.app.state.runtime) not in other.cookies


def test_every_start_prints_a_new_link_until_one_is_used(link, browser, runtime):
    second = link_in(first_start(runtime))
    assert second not in {"", link}
    use(browser, second)
    assert link_in(first_start(runtime)) == ""
    assert browser.get(link).status_code == 409


def test_the_link_ends_after_a_day(link, browser, clock):
    clock.forward(hours=24)
    assert browser.get(link).status_code == 409


def test_a_made_up_link_is_refused(house, browser):
    assert browser.get("/setup/made-up").status_code == 409
    assert browser.get("/reset/made-up").status_code == 409


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("login", "no spaces please"),
        ("name", ""),
        ("password", "short"),
        ("again", "another sentence of ours"),
    ],
)
def test_what_does_not_fit_stands_beside_its_field_and_the_link_stays_good(field, typed, link, browser):
    answer = use(browser, link, **{field: typed})
    assert answer.status_code == 422
    assert f'id="setup-{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert use(browser, link).status_code == 303


def test_the_form_of_another_browser_is_refused(link, browser, client_as):
    browser.get(link)
    answer = browser.post(link, data=NEW | {"csrf_token": token_of(client_as.nobody(), link)})
    assert answer.status_code == 403


def test_no_token_of_a_link_is_stored_in_clear(link, runtime):
    assert link.removeprefix("/setup/") not in dump(runtime)


@pytest.fixture
def forgetful(runtime, house):
    return with_password(runtime, house)


@pytest.fixture
def reset_link(client_as, forgetful):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    answer = admin.post(f"/api/v1/handlers/{forgetful}/make-link")
    assert answer.status_code == 201
    return answer.json()["link"].partition("8420")[2]


NEXT = "quite another long sentence"


def set_new(browser, link, password=NEXT):
    return browser.post(
        link, data={"csrf_token": token_of(browser, link), "password": password, "again": password}
    )


def test_a_handler_sets_a_new_password_by_link_and_the_old_ends(reset_link, browser, forgetful, runtime):
    assert set_new(browser, reset_link).status_code == 303
    assert sign_in(browser, "media-handler", PASSWORD).status_code == 401
    assert sign_in(browser, "media-handler", NEXT).status_code == 303
    assert "handler:link_made" in events(runtime, f"handler:{forgetful}")


def test_a_new_password_ends_every_sign_in(reset_link, browser, client_as):
    signed_in = client_as.nobody()
    sign_in(signed_in, "media-handler", PASSWORD)
    assert signed_in.get("/account").status_code == 200
    set_new(browser, reset_link)
    assert signed_in.get("/account").status_code == 303


def test_a_reset_link_works_once_and_ends_after_a_day(reset_link, browser, clock):
    assert set_new(browser, reset_link).status_code == 303
    assert browser.get(reset_link).status_code == 409


def test_a_newer_link_ends_the_older(reset_link, browser, client_as, forgetful):
    client_as(Role.SYSTEM_ADMINISTRATOR).post(f"/api/v1/handlers/{forgetful}/make-link")
    assert browser.get(reset_link).status_code == 409


def test_a_reset_link_makes_no_administrator(reset_link, browser):
    assert browser.get(reset_link.replace("/reset/", "/setup/")).status_code == 409


def test_deactivating_a_handler_ends_the_link(reset_link, browser, client_as, forgetful):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    admin.post(f"/api/v1/handlers/{forgetful}/deactivate", json={"reason": "Left."})
    assert browser.get(reset_link).status_code == 409


def test_a_person_changes_the_password_and_stays_signed_in_here_only(browser, client_as, forgetful, runtime):
    sign_in(browser, "media-handler", PASSWORD)
    elsewhere = client_as.nobody()
    sign_in(elsewhere, "media-handler", PASSWORD)
    form = {"current": PASSWORD, "password": NEXT, "again": NEXT}
    token = token_of(browser, "/account/password")
    assert browser.post("/account/password", data=form | {"csrf_token": token}).status_code == 303
    pressed_again = browser.post("/account/password", data=form | {"csrf_token": token})
    assert pressed_again.status_code == 303
    assert browser.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    with runtime.database.reading() as session:
        assert NEXT not in handler_by_login(session, "media-handler").password_hash


def test_the_present_password_is_asked_and_guessing_it_is_slow(client_as, runtime, house):
    with_password(runtime, house, Role.AUDITOR)
    client = client_as.nobody()
    body = client.post("/api/v1/sign-ins", json={"login": "auditor", "password": PASSWORD}).json()
    headers = {"x-csrf-token": body["csrf_token"]}
    answers = [
        client.put("/api/v1/account/password", json={"current": "no", "password": NEXT}, headers=headers)
        for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "current" in answers[0].json()["fields"]


def by_program(client, act, link, **typed):
    return client.post(f"/api/v1/links/{act}", json={"link": link.rpartition("/")[2], **typed})


def test_a_program_makes_the_first_administrator_once(link, browser):
    typed = {"login": "root", "name": "Administrator 1", "password": PASSWORD}
    assert by_program(browser, "set-up", link, **typed | {"password": "short"}).status_code == 422
    assert by_program(browser, "reset-password", link, password=PASSWORD).status_code == 409
    assert by_program(browser, "set-up", link, **typed).status_code == 204
    assert by_program(browser, "set-up", link, **typed | {"login": "other"}).status_code == 409
    assert sign_in(browser, "root", PASSWORD).status_code == 303


def test_a_program_sets_a_new_password_once(reset_link, browser):
    assert by_program(browser, "set-up", reset_link, login="x1", name="X", password=NEXT).status_code == 409
    assert by_program(browser, "reset-password", reset_link, password=NEXT).status_code == 204
    assert by_program(browser, "reset-password", reset_link, password=NEXT).status_code == 409
    assert sign_in(browser, "media-handler", NEXT).status_code == 303


def test_another_site_cannot_use_a_link_in_somebodys_browser(reset_link, browser):
    browser.headers["sec-fetch-site"] = "cross-site"
    assert by_program(browser, "reset-password", reset_link, password=NEXT).status_code == 403
