"""A form sent empty comes back with its faults named, in our words: the browser's own bubbles are switched off."""

import re
from html import unescape

import pytest
from week import ADMINISTRATOR, HANDLER, Week

from service.handlers.models import Role

SYSTEM, OFFICER = "System administrator 1", "Security officer 1"
FORMS = {
    ADMINISTRATOR: (
        "/media/new", "/media/STR141L8/change-content", "/containers/new", "/consignments/new", "/parties/new", "/locations/new",
        "/recovery-lists/new", "/policies/new", "/schedules/new", "/account/tokens/new", "/account/password", "/consignments/CN-0001/cancel",
        "/consignments/CN-0001/add",
    ),
    HANDLER: ("/consignments/CN-0001/cancel",),
    SYSTEM: ("/handlers/new",),
    OFFICER: ("/media/STR141L8/place-hold",),
}  # fmt: skip
KINDS_LEFT_AS_THEY_ARE = {"hidden", "checkbox", "radio", "submit"}


@pytest.fixture
def week(runtime, app):
    made = Week(runtime, app).to("approved")
    made.house.person(SYSTEM, Role.SYSTEM_ADMINISTRATOR, "Organisation")
    made.house.person(OFFICER, Role.SECURITY_OFFICER, "Organisation")
    return made


def emptied(form):
    """The fields of a form with everything that is typed left out; what is chosen stays as it is offered."""
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        one = {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        kind = one.get("type", "text")
        if kind in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if kind != "file" and "name" in one:
            fields.setdefault(one["name"], one.get("value", "") if kind in KINDS_LEFT_AS_THEY_ARE else "")
    fields.update(dict.fromkeys(re.findall(r'<textarea[^>]*name="([^"]+)"', form), ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[name] = re.findall(r'value="([^"]*)"', options)[:1]
    return fields


def test_all_that_is_left_out_is_named_at_once(week):
    answer = week.client(ADMINISTRATOR).post(
        "/media", data={"barcode": "", "location": "", "content": "scratch"}
    )
    assert answer.status_code == 422
    assert 'href="#register-barcode">Barcode</a>: This is missing.' in answer.text
    assert 'href="#register-location">Where it is</a>: Where it is has to be said' in answer.text


def test_every_form_sent_empty_comes_back_with_what_is_missing(week):
    wrong = []
    for person, paths in FORMS.items():
        client = week.client(person)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            assert 'class="form"' in page.text, path
            form = re.search(r'<form class="form".*?</form>', page.text, re.DOTALL)[0]
            assert " novalidate>" in form, path
            fields, action = emptied(form), unescape(re.search(r'action="([^"]+)"', form)[1])
            answer = client.post(action, data=fields)
            if answer.status_code not in {404, 409, 422} or 'class="summary red"' not in answer.text:
                wrong.append(
                    (path, answer.status_code, answer.text[-600:] if answer.status_code != 303 else "")
                )
    assert wrong == []
