"""A sign-in that ends while somebody types: nothing typed is lost, and nobody else's words get in."""

import html
import re

import pytest
from clients import sign_in as signed_in
from door import PASSWORD, token_of, with_password

from service.handlers.models import Role
from service.parties.queries import party_by_name

ORIGIN = {"origin": "http://testserver", "referer": "http://testserver/parties/new"}
TYPED = {"kind": "courier", "name": "Carrier of the north & south", "contact": "Dispatch, day and night"}
LOGIN = "backup-administrator"


@pytest.fixture
def typist(runtime, app, house):
    handler_id = with_password(runtime, house, Role.BACKUP_ADMINISTRATOR)
    return signed_in(runtime, app, handler_id)


def form_in(text):
    """Action and hidden fields of the page's own form."""
    form = re.search(r'<form class="form".*?</form>', text, re.DOTALL)[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return re.search(r'action="([^"]+)"', form)[1], {name: html.unescape(value) for name, value in fields}


def parties(runtime):
    with runtime.database.reader.connect() as connection:
        return party_by_name(connection, TYPED["name"])


def expired(runtime, clock):
    clock.forward(hours=13)


def at_the_door(client, answer):
    """Signs in on the page that was answered."""
    action, hidden = form_in(answer.text)
    client.headers.pop("x-csrf-token", None)
    return client.post(action, data={**hidden, "login": LOGIN, "password": PASSWORD})


def test_what_was_typed_comes_through_the_door_and_is_sent_once_more_by_hand(typist, runtime, clock):
    expired(runtime, clock)
    shut = typist.post("/parties", data={**TYPED, "form_key": "old"}, headers=ORIGIN)
    assert shut.status_code == 401
    assert "What you typed is kept" in shut.text
    again = at_the_door(typist, shut)
    assert again.status_code == 200
    assert "Carrier of the north &amp; south" in again.text
    assert 'href="/parties/new"' in again.text
    assert parties(runtime) is None
    action, hidden = form_in(again.text)
    sent = typist.post(action, data=hidden, headers=ORIGIN)
    assert sent.status_code == 303
    assert parties(runtime) is not None


def test_a_wrong_password_on_the_way_loses_nothing(typist, runtime, clock):
    expired(runtime, clock)
    shut = typist.post("/parties", data=TYPED, headers=ORIGIN)
    action, hidden = form_in(shut.text)
    wrong = typist.post(action, data={**hidden, "login": LOGIN, "password": "not this one, no"})
    assert wrong.status_code == 401
    assert form_in(at_the_door(typist, wrong).text)[1]["name"] == TYPED["name"]


def test_a_form_of_an_earlier_sign_in_can_be_sent_under_the_new_one(typist, runtime):
    typist.headers.pop("x-csrf-token")
    old = typist.post("/parties", data={**TYPED, "csrf_token": "of the sign-in before"}, headers=ORIGIN)
    assert old.status_code == 403
    assert "This form is of an earlier sign-in" in old.text
    assert parties(runtime) is None
    action, hidden = form_in(old.text)
    assert typist.post(action, data=hidden, headers=ORIGIN).status_code == 303
    assert parties(runtime) is not None


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://elsewhere"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_what_another_site_posts_is_not_kept(typist, runtime, clock, headers):
    expired(runtime, clock)
    answer = typist.post("/parties", data=TYPED, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in"


def test_another_sites_form_is_not_offered_to_the_person_signed_in(typist):
    typist.headers.pop("x-csrf-token")
    answer = typist.post("/parties", data=TYPED, headers={"origin": "http://elsewhere"})
    assert answer.status_code == 403
    assert TYPED["name"] not in html.unescape(answer.text)


@pytest.mark.parametrize("address", ["//elsewhere/parties", "https://elsewhere/", "/\\elsewhere", "parties"])
def test_a_kept_form_that_would_leave_the_house_is_dropped(typist, runtime, app, address):
    from service.web.kept_form import Kept, carried

    kept = carried(Kept(address, "/", (("name", "x"),)))
    form = {"csrf_token": token_of(typist), "login": LOGIN, "password": PASSWORD, "kept": kept}
    assert typist.post("/sign-in", data=form).headers["location"] == "/"


def test_passwords_and_files_are_not_carried(typist, runtime, clock):
    expired(runtime, clock)
    secret = {"current": PASSWORD, "password": "another long sentence", "again": "another long sentence"}
    came_from = {**ORIGIN, "referer": "http://testserver/account/password"}
    answer = typist.post("/account/password", data=secret, headers=came_from)
    assert answer.headers["location"] == "/sign-in?then=/account/password"
    file = typist.post("/media/import", data={"kind": "csv"}, files={"file": b"barcode"}, headers=ORIGIN)
    assert file.headers["location"] == "/sign-in?then=/parties/new"


def test_the_door_leads_to_the_page_with_its_question(typist, runtime, clock):
    expired(runtime, clock)
    led = typist.get("/scan?task=pack:CN-0001&x=1")
    assert led.headers["location"] == "/sign-in?then=/scan%3Ftask%3Dpack%3ACN-0001%26x%3D1"
    shut = typist.get(led.headers["location"])
    assert at_the_door(typist, shut).headers["location"] == "/scan?task=pack:CN-0001&x=1"


def test_an_unknown_address_keeps_the_rail_and_the_search(typist):
    answer = typist.get("/nowhere")
    assert answer.status_code == 404
    assert 'class="rail"' in answer.text
    assert 'id="find"' in answer.text
    assert "Nothing was changed." in answer.text


def test_a_fragment_after_the_sign_in_has_ended_is_refused_and_no_door_is_drawn_into_the_page(
    typist, runtime, clock
):
    expired(runtime, clock)
    answer = typist.get("/today", headers={"hx-request": "true"})
    assert (answer.status_code, answer.text) == (401, "")
