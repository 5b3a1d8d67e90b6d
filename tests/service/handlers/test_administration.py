"""Administration of handlers, by API and by page."""

import pytest
from door import events

from service.handlers.models import Role
from service.ledger import store

CARRIER = {"kind": "courier", "name": "Carrier 9"}


@pytest.fixture
def admin(client_as):
    return client_as(Role.SYSTEM_ADMINISTRATOR)


def new_handler(house, **changed):
    return {
        "login": "handler-7",
        "name": "Handler 7",
        "party_id": house.organisation_id,
        "roles": ["media_handler"],
    } | changed


@pytest.fixture
def made(admin, house):
    answer = admin.post("/api/v1/handlers", json=new_handler(house))
    assert answer.status_code == 201
    return answer.json()


def test_a_handler_is_made_with_an_entry_and_no_secret_in_it(made, admin, runtime):
    with runtime.database.reader.connect() as connection:
        entry = store.entries_of(connection, f"handler:{made['handler_id']}")[0]
    assert entry.event == "handler:created"
    assert entry.handler_id == admin.handler_id
    assert entry.changes["roles"] == ["media_handler"]
    assert "password_hash" not in entry.changes


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login": "HANDLER-7"}, "login"),
        ({"login": "x y"}, "login"),
        ({"login": "other", "name": ""}, "name"),
        ({"login": "other", "party_id": "0" * 26}, "party_id"),
        ({"login": "other", "roles": []}, "roles"),
        ({"login": "other", "roles": ["restore_operator", "backup_administrator"]}, "reason"),
    ],
)
def test_what_does_not_fit_is_named(changed, field, made, admin, house):
    answer = admin.post("/api/v1/handlers", json=new_handler(house, **changed))
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_excluding_roles_are_refused_whatever_the_reason(admin, house):
    roles = ["system_administrator", "backup_administrator"]
    answer = admin.post("/api/v1/handlers", json=new_handler(house, roles=roles, reason="Few people."))
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":conflict")


def test_the_reason_for_a_doubtful_pair_stands_in_the_ledger(made, admin, runtime):
    answer = admin.post(
        f"/api/v1/handlers/{made['handler_id']}/change-roles",
        json={"roles": ["vault_custodian", "media_handler"], "reason": "Night shift alone."},
    )
    assert answer.status_code == 200
    with runtime.database.reader.connect() as connection:
        entry = store.entries_of(connection, f"handler:{made['handler_id']}")[0]
    assert entry.fields["reason"] == "Night shift alone."


def test_changed_roles_count_at_once(client_as, admin):
    someone = client_as(Role.BACKUP_ADMINISTRATOR)
    assert someone.post("/api/v1/parties", json=CARRIER).status_code == 201
    path = f"/api/v1/handlers/{someone.handler_id}/change-roles"
    assert admin.post(path, json={"roles": ["auditor"]}).status_code == 200
    assert someone.post("/api/v1/parties", json=CARRIER | {"name": "Carrier 10"}).status_code == 403


def test_nobody_changes_their_own_rights(admin):
    base = f"/api/v1/handlers/{admin.handler_id}"
    assert admin.post(f"{base}/change-roles", json={"roles": ["auditor"]}).status_code == 409
    assert admin.post(f"{base}/deactivate", json={"reason": "Bye."}).status_code == 409


def test_the_last_system_administrator_stays(admin, house, runtime):
    from service.handlers.actions import change_roles
    from service.ledger.writer import SYSTEM

    with pytest.raises(Exception, match="last active system administrator"):
        runtime.writer.run(SYSTEM, lambda unit: change_roles(unit, admin.handler_id, [Role.AUDITOR]))


def test_deactivation_ends_the_sign_ins(client_as, admin, runtime):
    someone = client_as(Role.MEDIA_HANDLER)
    base = f"/api/v1/handlers/{someone.handler_id}"
    assert admin.post(f"{base}/deactivate", json={"reason": "Left."}).json()["active"] is False
    assert someone.get("/api/v1/account").status_code == 401
    assert admin.post(f"{base}/reactivate").json()["active"] is True
    assert someone.get("/api/v1/account").status_code == 401
    tags = events(runtime, f"handler:{someone.handler_id}")
    assert tags[-2:] == ["handler:deactivated", "handler:reactivated"]


def test_an_edit_of_an_outdated_reading_is_refused(made, admin):
    path = f"/api/v1/handlers/{made['handler_id']}"
    etag = admin.get(path).headers["etag"]
    first = admin.patch(path, json={"name": "Handler 8"}, headers={"if-match": etag})
    assert first.status_code == 200
    assert admin.patch(path, json={"title": "Lead"}, headers={"if-match": etag}).status_code == 412
    fresh = first.headers["etag"]
    assert fresh == admin.get(path).headers["etag"]
    assert (
        admin.patch(path, json={"title": "Lead"}, headers={"if-match": fresh}).json()["name"] == "Handler 8"
    )


def test_an_edit_that_changes_nothing_is_no_entry(made, admin, runtime):
    admin.patch(f"/api/v1/handlers/{made['handler_id']}", json={"name": made["name"]})
    assert events(runtime, f"handler:{made['handler_id']}") == ["handler:created"]


def test_handlers_are_listed_in_pages(admin, house):
    for number in range(5):
        admin.post("/api/v1/handlers", json=new_handler(house, login=f"handler-{number}"))
    seen, after = [], None
    while True:
        page = admin.get("/api/v1/handlers", params={"limit": 2} | ({"after": after} if after else {})).json()
        seen += [item["login"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("query", ["after=%00", "after=x", "limit=0", "limit=1000000", "active=perhaps"])
def test_a_bad_query_is_refused_in_words(query, admin):
    assert admin.get(f"/api/v1/handlers?{query}").status_code == 422
    assert admin.get("/handlers?after=%00").status_code == 422


@pytest.mark.parametrize("handler_id", ["0" * 26, "x", "%00"])
def test_a_handler_that_is_not_there_is_not_found(handler_id, admin):
    assert admin.get(f"/api/v1/handlers/{handler_id}").status_code == 404
    assert admin.get(f"/handlers/{handler_id}").status_code == 404
    assert admin.post(f"/api/v1/handlers/{handler_id}/reactivate").status_code == 404


def test_a_repeated_request_gets_the_same_answer_and_the_same_refusal(admin, house):
    headers = {"idempotency-key": "once"}
    first, second = (
        admin.post("/api/v1/handlers", json=new_handler(house), headers=headers) for _ in range(2)
    )
    assert first.json() == second.json()
    headers = {"idempotency-key": "twice"}
    first, second = (
        admin.post("/api/v1/handlers/" + "0" * 26 + "/reactivate", headers=headers) for _ in range(2)
    )
    assert first.status_code == second.status_code == 404
    assert first.json() == second.json()


def test_a_person_makes_a_handler_on_the_page_and_gets_the_link(admin, house):
    form = {
        "login": "handler-7",
        "name": "Handler 7",
        "party_id": house.organisation_id,
        "roles": "media_handler",
    }
    answer = admin.post("/handlers", data=form)
    assert answer.status_code == 303
    shown = admin.get(answer.headers["location"])
    assert "Handler 7" in shown.text
    assert "not set; send a link" in shown.text
    assert "/reset/" in admin.post(answer.headers["location"] + "/link").text


def test_the_page_keeps_what_was_typed(admin, house):
    form = {"login": "x y", "name": "Handler 7", "party_id": house.organisation_id, "roles": "media_handler"}
    answer = admin.post("/handlers", data=form)
    assert answer.status_code == 422
    assert 'value="x y"' in answer.text
    assert 'value="media_handler" checked' in answer.text
    assert 'id="handler-login-error"' in answer.text


def test_a_double_click_makes_one_handler(admin, house):
    form = {
        "form_key": "one-rendering",
        "login": "handler-7",
        "name": "Handler 7",
        "party_id": house.organisation_id,
        "roles": "media_handler",
    }
    first, second = (admin.post("/handlers", data=form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]


def test_deactivation_on_the_page_wants_a_reason(made, admin):
    path = f"/handlers/{made['handler_id']}/deactivate"
    assert admin.post(path, data={"reason": " "}).status_code == 422
    assert admin.post(path, data={"reason": "Left."}).status_code == 303
    assert "Reactivate" in admin.get(f"/handlers/{made['handler_id']}").text


def test_a_refused_change_of_roles_stays_on_the_form(made, admin):
    answer = admin.post(
        f"/handlers/{made['handler_id']}/roles", data={"roles": ["media_handler", "security_officer"]}
    )
    assert answer.status_code == 409
    assert "exclude each other" in answer.text


def test_an_auditor_sees_what_is_not_allowed_with_its_reason(made, client_as):
    auditor = client_as(Role.AUDITOR)
    shown = auditor.get(f"/handlers/{made['handler_id']}").text
    assert "needs the system administrator" in shown
    assert auditor.get("/administration").status_code == 200


def test_a_person_ends_a_sign_in_elsewhere(client_as):
    here, elsewhere = client_as(Role.AUDITOR), client_as(Role.AUDITOR)
    items = here.get("/api/v1/account/sign-ins").json()["items"]
    other = next(item["name"] for item in items if not item["current"])
    assert here.post(f"/account/sign-ins/{other}/end").status_code == 303
    assert elsewhere.get("/api/v1/account").status_code == 401
    assert here.get("/api/v1/account").status_code == 200


def test_nobody_ends_another_persons_sign_in(client_as):
    here, other = client_as(Role.AUDITOR), client_as(Role.MEDIA_HANDLER)
    name = other.get("/api/v1/account/sign-ins").json()["items"][0]["name"]
    assert here.delete(f"/api/v1/account/sign-ins/{name}").status_code == 404
    assert other.get("/api/v1/account").status_code == 200
