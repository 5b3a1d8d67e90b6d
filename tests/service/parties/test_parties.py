"""Parties, by API and by page."""

import pytest
from door import events
from standing import put_medium, set_custody

from service.consignments.actions import cancel
from service.handlers.models import Role
from service.ledger import store
from service.media.models import Custody

NEW = {"kind": "courier", "name": "Carrier 9", "contact": "Dispatch desk"}


@pytest.fixture
def admin(client_as):
    return client_as(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def made(admin):
    answer = admin.post("/api/v1/parties", json=NEW)
    assert answer.status_code == 201
    return answer.json()


def test_a_party_is_made_with_an_entry(made, admin, runtime):
    path = f"/api/v1/parties/{made['party_id']}"
    assert admin.get(path).json() == made
    assert events(runtime, f"party:{made['party_id']}") == ["party:created"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "Carrier 9"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "other", "contact": "x" * 501}, "contact"),
        ({"name": "other", "contact": "a\0b"}, "contact"),
        ({"name": "other", "kind": "friend"}, "kind"),
    ],
)
def test_what_does_not_fit_is_named(changed, field, made, admin):
    answer = admin.post("/api/v1/parties", json=NEW | changed)
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_a_contact_may_have_lines(admin):
    assert admin.post("/api/v1/parties", json=NEW | {"contact": "Desk\r\nby day"}).status_code == 201


def test_an_edit_keeps_what_is_left_out(made, admin, runtime):
    path = f"/api/v1/parties/{made['party_id']}"
    assert admin.patch(path, json={"contact": "Night desk"}).json()["name"] == "Carrier 9"
    assert events(runtime, f"party:{made['party_id']}")[-1] == "party:edited"
    assert admin.patch(path, json={"name": "Our organisation"}).status_code == 422
    assert admin.patch(path, json={"name": "X"}, headers={"if-match": '"old"'}).status_code == 412


def test_a_party_with_media_in_custody_stays_active(made, admin, house, runtime):
    medium_id = put_medium(runtime, "STR142L8", house.room_id, made["party_id"])
    path = f"/api/v1/parties/{made['party_id']}/deactivate"
    refused = admin.post(path, json={"reason": "The contract ended."})
    assert refused.status_code == 409
    assert refused.json()["in_its_hands"] == 1
    set_custody(runtime, medium_id, Custody.GONE)
    assert admin.post(path, json={"reason": "The contract ended."}).json()["active"] is False


def test_our_organisation_stays(admin, house):
    path = f"/api/v1/parties/{house.organisation_id}/deactivate"
    assert admin.post(path, json={"reason": "Why not."}).status_code == 409


def test_a_party_that_is_not_active_employs_nobody_new(made, admin):
    path = f"/api/v1/parties/{made['party_id']}"
    admin.post(f"{path}/deactivate", json={"reason": "The contract ended."})
    person = {
        "login": "driver",
        "name": "Driver 1",
        "party_id": made["party_id"],
        "roles": ["vault_custodian"],
    }
    assert admin.post("/api/v1/handlers", json=person).status_code == 422
    assert admin.post(f"{path}/reactivate").json()["active"] is True
    assert admin.post("/api/v1/handlers", json=person).status_code == 201


def test_a_person_makes_edits_and_closes_a_party_on_the_pages(admin):
    made = admin.post("/parties", data={"kind": "vault_vendor", "name": "Vault vendor 9", "contact": ""})
    page = made.headers["location"]
    assert "vault vendor" in admin.get(page).text
    assert admin.post(f"{page}/edit", data={"name": "", "contact": ""}).status_code == 422
    assert admin.post(f"{page}/edit", data={"name": "Vault vendor 10", "contact": ""}).status_code == 303
    assert admin.post(f"{page}/deactivate", data={"reason": ""}).status_code == 422
    assert admin.post(f"{page}/deactivate", data={"reason": "Closed."}).status_code == 303
    shown = admin.get(page).text
    assert "not active" in shown
    assert "Closed." in shown


def test_what_was_typed_stays_when_it_does_not_fit(made, admin):
    answer = admin.post(
        "/parties", data={"kind": "courier", "name": "Carrier 9", "contact": "Dispatch, by day"}
    )
    assert answer.status_code == 422
    assert "Dispatch, by day" in answer.text
    assert "This name is taken." in answer.text


@pytest.mark.parametrize("party_id", ["0" * 26, "x", "%00"])
def test_a_party_that_is_not_there_is_not_found(party_id, admin):
    assert admin.get(f"/api/v1/parties/{party_id}").status_code == 404
    assert admin.get(f"/parties/{party_id}").status_code == 404


def test_a_carrier_of_an_open_consignment_stays_active(runtime, app):
    from travel import OUT, Travel

    travel = Travel(runtime, app)
    number = travel.opened(OUT)
    travel.house.person("Root", Role.SYSTEM_ADMINISTRATOR, "Organisation")
    root = travel.client("Root")
    path = f"/api/v1/parties/{travel.house.ids['Carrier']}/deactivate"
    refused = root.post(path, json={"reason": "The contract ended."})
    assert (refused.status_code, refused.json()["on_the_way"]) == (409, 1)
    travel.run(lambda unit: cancel(unit, number, "The vault is closed."))
    assert root.post(path, json={"reason": "The contract ended."}).status_code == 200


def test_our_organisation_s_gs1_prefix_is_entered_kept_by_other_edits_and_taken_away(admin, house, runtime):
    path = f"/api/v1/parties/{house.organisation_id}"
    assert admin.patch(path, json={"gs1_prefix": " 0614141 "}).json()["gs1_prefix"] == "0614141"
    assert admin.patch(path, json={"contact": "Desk"}).json()["gs1_prefix"] == "0614141"
    assert admin.patch(path, json={"gs1_prefix": ""}).json()["gs1_prefix"] is None
    with runtime.database.reader.connect() as connection:
        told = store.entries_of(connection, f"party:{house.organisation_id}", limit=3)
    assert [one.event for one in told] == ["party:edited"] * 3
    assert told[2].fields["set"] == {"gs1_prefix": "0614141"}


@pytest.mark.parametrize("prefix", ["061", "0614141000000", "06 4141", "O614141", "٠٦١٤١٤١"])
def test_what_is_no_gs1_prefix_is_refused_at_its_field(admin, house, prefix):
    answer = admin.patch(f"/api/v1/parties/{house.organisation_id}", json={"gs1_prefix": prefix})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["gs1_prefix"])


def test_only_our_organisation_has_a_gs1_prefix_and_only_administrators_enter_it(
    admin, made, house, client_as
):
    answer = admin.patch(f"/api/v1/parties/{made['party_id']}", json={"gs1_prefix": "0614141"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:strongroom:problem:party")
    path = f"/api/v1/parties/{house.organisation_id}"
    assert client_as(Role.AUDITOR).patch(path, json={"gs1_prefix": "0614141"}).status_code == 403


def test_the_page_of_our_organisation_takes_and_shows_the_gs1_prefix(admin, made, house):
    page = f"/parties/{house.organisation_id}"
    typed = {"csrf_token": admin.csrf, "name": "Our organisation", "contact": ""}
    wrong = admin.post(f"{page}/edit", data=typed | {"gs1_prefix": "061"})
    assert (wrong.status_code, "4 to 12 digits" in wrong.text) == (422, True)
    assert admin.post(f"{page}/edit", data=typed | {"gs1_prefix": "0614141"}).status_code == 303
    assert "0614141" in admin.get(page).text
    assert 'value="0614141"' in admin.get(f"{page}/edit").text
    assert "GS1" not in admin.get(f"/parties/{made['party_id']}/edit").text
