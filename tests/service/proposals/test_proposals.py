"""Giving rights and shortening a retention: one person proposes, another decides, the ledger names both."""

import json
from hashlib import sha256

import pytest
from door import events

from service.handlers.models import Role
from service.handlers.queries import handler_by_login
from service.ledger import store
from service.ledger.writer import SYSTEM
from service.policies.actions import publish_policy
from service.policies.rules import DEFAULT_TIERS
from service.proposals import actions
from service.proposals.models import PROPOSAL, ProposalKind
from service.proposals.rules import PERMISSION
from service.settings import SecondPerson

ADMINISTRATOR, OFFICER, BACKUP, HANDLER = (
    Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.BACKUP_ADMINISTRATOR, Role.MEDIA_HANDLER,
)  # fmt: skip
WHY = "Covers the night shift."
SHORT = [{"tier": "weekly", "keep": 4, "span": "weeks", "off_site": True}]
LONG = [tier.stored() for tier in DEFAULT_TIERS]


@pytest.fixture
def policy(runtime, house):
    runtime.writer.run(SYSTEM, lambda unit: publish_policy(unit, "Standard", DEFAULT_TIERS, 3))


def bodies(runtime, subject):
    with runtime.database.reader.connect() as connection:
        return [
            json.loads(store.entry(connection, one.position).body)
            for one in store.entries_of(connection, subject)
        ]


def change_roles(client, handler_id, *roles, **more):
    return client.post(f"/api/v1/handlers/{handler_id}/change-roles", json={"roles": list(roles), **more})


def propose(client, handler_id, *roles, reason=WHY):
    answer = client.post(
        "/api/v1/proposals/roles", json={"handler_id": handler_id, "roles": list(roles), "reason": reason}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def decide(client, number, verb="approve", **body):
    return client.post(f"/api/v1/proposals/{number}/{verb}", json=body)


def roles_of(client, handler_id):
    return client.get(f"/api/v1/handlers/{handler_id}").json()["roles"]


def test_who_is_alone_gives_roles_at_once_and_the_entry_says_so(client_as, runtime):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    assert change_roles(admin, other.handler_id, Role.AUDITOR).status_code == 200
    assert bodies(runtime, f"handler:{other.handler_id}")[0]["facts"] == {"alone": True}


def test_with_a_second_person_nobody_changes_roles_alone(client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    client_as(OFFICER)
    refused = change_roles(admin, other.handler_id, Role.AUDITOR)
    assert (refused.status_code, refused.json()["title"]) == (409, "A second person is needed")
    assert roles_of(admin, other.handler_id) == [HANDLER]


@pytest.mark.parametrize(
    ("mode", "with_officer", "status"),
    [
        (SecondPerson.ALWAYS, False, 409), (SecondPerson.ALWAYS, True, 409), (SecondPerson.NEVER, True, 200),
        (SecondPerson.WHEN_POSSIBLE, False, 200), (SecondPerson.WHEN_POSSIBLE, True, 409),
    ],
)  # fmt: skip
def test_the_setting_says_when_a_second_person_is_needed(mode, with_officer, status, client_as, runtime):
    runtime.settings = runtime.settings.model_copy(update={"second_person": mode})
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    if with_officer:
        client_as(OFFICER)
    assert change_roles(admin, other.handler_id, Role.AUDITOR).status_code == status


def test_somebody_who_cannot_approve_is_no_second_person(client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    client_as(BACKUP)
    assert change_roles(admin, other.handler_id, Role.AUDITOR).status_code == 200


def test_a_proposal_is_approved_by_another_and_the_ledger_names_both(client_as, runtime):
    admin, officer, other = client_as(ADMINISTRATOR), client_as(OFFICER), client_as(HANDLER)
    made = propose(admin, other.handler_id, HANDLER, Role.RESTORE_OPERATOR)
    assert roles_of(admin, other.handler_id) == [HANDLER]
    done = decide(officer, made["number"])
    assert (done.status_code, done.json()["outcome"]) == (200, "approved")
    assert sorted(roles_of(admin, other.handler_id)) == sorted([HANDLER, Role.RESTORE_OPERATOR])
    subject = f"proposal:{made['proposal_id']}"
    assert events(runtime, subject) == ["proposal:made", "proposal:approved"]
    approved, proposed = bodies(runtime, subject)
    assert (proposed["by"]["handler"], approved["by"]["handler"]) == (admin.handler_id, officer.handler_id)
    changed = bodies(runtime, f"handler:{other.handler_id}")[0]
    assert changed["facts"] == {"proposal": made["number"], "proposed_by": admin.handler_id}
    assert changed["reason"] == WHY


def test_what_is_approved_is_known_by_its_hash(client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    made = propose(admin, other.handler_id, Role.AUDITOR)
    canonical = json.dumps(made["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert made["content_sha256"] == sha256(canonical.encode()).hexdigest()


def test_nobody_approves_their_own_proposal(client_as, runtime):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    number = propose(admin, other.handler_id, Role.AUDITOR)["number"]
    assert decide(admin, number).status_code == 403
    assert roles_of(admin, other.handler_id) == [HANDLER]


def test_nobody_approves_what_gives_themselves_rights(client_as, app, runtime, house):
    admin, officer = client_as(ADMINISTRATOR), client_as(OFFICER)
    number = propose(admin, officer.handler_id, OFFICER, Role.RESTORE_OPERATOR)["number"]
    assert decide(officer, number).status_code == 409
    assert roles_of(admin, officer.handler_id) == [OFFICER]
    assert admin.get(f"/api/v1/proposals/{number}").json()["outcome"] is None


@pytest.mark.parametrize("role", [BACKUP, HANDLER, Role.AUDITOR, Role.RESTORE_OPERATOR])
def test_only_who_may_do_it_or_a_security_officer_approves(role, client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    number = propose(admin, other.handler_id, Role.AUDITOR)["number"]
    assert decide(client_as(role), number).status_code == 403
    assert decide(client_as(role), number, "refuse", reason="No.").status_code == 403


def test_a_proposal_is_decided_once(client_as):
    admin, officer, other = client_as(ADMINISTRATOR), client_as(OFFICER), client_as(HANDLER)
    number = propose(admin, other.handler_id, Role.AUDITOR)["number"]
    assert decide(officer, number, "refuse", reason="Not agreed.").json()["outcome"] == "refused"
    for answer in (decide(officer, number), decide(officer, number, "refuse", reason="No.")):
        assert (answer.status_code, answer.json()["title"]) == (409, "Decided already")
    assert roles_of(admin, other.handler_id) == [HANDLER]


def test_its_proposer_withdraws_it(client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    number = propose(admin, other.handler_id, Role.AUDITOR)["number"]
    assert decide(admin, number, "refuse", reason="A mistake.").json()["outcome"] == "withdrawn"


def test_what_changed_since_is_not_overwritten(client_as, runtime):
    admin, officer, other = client_as(ADMINISTRATOR), client_as(OFFICER), client_as(HANDLER)
    first, second = (propose(admin, other.handler_id, role)["number"] for role in (Role.AUDITOR, BACKUP))
    assert decide(officer, second).status_code == 200
    assert decide(officer, first).json()["title"] == "The proposal is too old"
    assert roles_of(admin, other.handler_id) == [BACKUP]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "bell\a"])
def test_a_proposal_says_why(reason, client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    body = {"handler_id": other.handler_id, "roles": ["auditor"], "reason": reason}
    assert admin.post("/api/v1/proposals/roles", json=body).status_code == 422


def test_excluding_roles_are_not_even_proposed(client_as):
    admin, other = client_as(ADMINISTRATOR), client_as(HANDLER)
    body = {"handler_id": other.handler_id, "roles": [HANDLER, OFFICER], "reason": WHY}
    assert admin.post("/api/v1/proposals/roles", json=body).status_code == 409


def test_a_new_handler_waits_for_the_second_person(client_as, runtime, house):
    admin, officer = client_as(ADMINISTRATOR), client_as(OFFICER)
    body = {
        "login": "new-1",
        "name": "New 1",
        "party_id": house.organisation_id,
        "roles": [HANDLER],
        "reason": WHY,
    }
    assert admin.post("/api/v1/handlers", json=body).status_code == 409
    made = admin.post("/api/v1/proposals/handlers", json=body)
    assert made.status_code == 201
    with runtime.database.reading() as session:
        assert handler_by_login(session, "new-1") is None
    assert decide(officer, made.json()["number"]).status_code == 200
    with runtime.database.reading() as session:
        assert handler_by_login(session, "new-1").roles == [HANDLER]


def publish(client, tiers, path="policies", reason=WHY):
    body = {"name": "Standard", "weekly_weekday": 3, "tiers": tiers, "reason": reason}
    return client.post(f"/api/v1/{path}", json=body)


def version(client):
    return client.get("/api/v1/policies", params={"name": "Standard"}).json()["items"][0]["version"]


def test_shortening_a_retention_waits_for_the_second_person_and_lengthening_does_not(
    client_as, policy, runtime
):
    admin, officer = client_as(BACKUP), client_as(OFFICER)
    assert publish(admin, SHORT).status_code == 409
    assert version(admin) == 1
    number = publish(admin, SHORT, "proposals/policies").json()["number"]
    assert decide(officer, number).status_code == 200
    assert version(admin) == 2
    assert publish(admin, LONG).status_code == 201
    assert publish(admin, LONG, "proposals/policies").status_code == 409


def test_a_policy_published_since_makes_the_proposal_old(client_as, policy):
    admin, officer = client_as(BACKUP), client_as(OFFICER)
    number = publish(admin, SHORT, "proposals/policies").json()["number"]
    publish(admin, [{**tier, "keep": 50} for tier in LONG])
    assert decide(officer, number).json()["title"] == "The proposal is too old"


def test_alone_a_shorter_retention_is_flagged(client_as, policy, runtime):
    admin = client_as(BACKUP)
    assert publish(admin, SHORT).status_code == 201
    policy_id = admin.get("/api/v1/policies").json()["items"][0]["policy_id"]
    assert bodies(runtime, f"policy:{policy_id}")[0]["facts"] == {"alone": True}


def test_the_system_proposes_nothing(runtime, client_as):
    from service.errors import RefusedError

    other = client_as(HANDLER)
    with pytest.raises(RefusedError):
        runtime.writer.run(
            SYSTEM, lambda unit: actions.propose_roles(unit, other.handler_id, [Role.AUDITOR], WHY)
        )


def test_pages_propose_show_and_approve(client_as, policy):
    admin, officer, other = client_as(ADMINISTRATOR), client_as(OFFICER), client_as(HANDLER)
    form = {"csrf_token": admin.csrf, "roles": ["auditor"], "reason": ""}
    again = admin.post(f"/handlers/{other.handler_id}/roles", data=form)
    assert again.status_code == 422
    assert 'id="roles-reason-error"' in again.text
    sent = admin.post(f"/handlers/{other.handler_id}/roles", data=form | {"reason": WHY})
    assert sent.headers["location"] == "/proposals/P-0001"
    own = admin.get("/proposals/P-0001").text
    assert "another person decides" in own
    assert "Media handler" in own
    assert "P-0001" in officer.get("/").text
    assert "P-0001" not in admin.get("/").text
    done = officer.post("/proposals/P-0001/approve", data={"csrf_token": officer.csrf})
    assert done.status_code == 303
    assert roles_of(admin, other.handler_id) == ["auditor"]
    assert "P-0001" in admin.get("/proposals?everything=true").text


def test_pages_propose_a_handler_and_a_policy_and_refuse_them(client_as, policy, house, runtime):
    admin, backup, officer = client_as(ADMINISTRATOR), client_as(BACKUP), client_as(OFFICER)
    form = {
        "csrf_token": admin.csrf, "login": "new-1", "name": "New 1", "party_id": house.organisation_id, "roles": ["auditor"],
        "reason": WHY,
    }  # fmt: skip
    assert admin.post("/handlers", data=form).headers["location"] == "/proposals/P-0001"
    typed = {
        "csrf_token": backup.csrf, "name": "Standard", "weekly_weekday": "3", "weekly_keep": "4", "weekly_span": "weeks",
        "weekly_off_site": "on", "reason": WHY,
    }  # fmt: skip
    shown = backup.post("/policies", data=typed).text.partition('name="shown" value="')[2].partition('"')[0]
    assert backup.post("/policies", data=typed | {"shown": shown}).headers["location"] == "/proposals/P-0002"
    for number in ("P-0001", "P-0002"):
        assert officer.get(f"/proposals/{number}").status_code == 200
        assert officer.get(f"/proposals/{number}/refuse").status_code == 200
        sent = {"csrf_token": officer.csrf, "reason": "Not agreed."}
        assert officer.post(f"/proposals/{number}/refuse", data=sent).status_code == 303
    assert version(backup) == 1


@pytest.mark.parametrize("number", ["P-9999", "x", "P-0001%00", "0" * 20])
def test_a_proposal_that_is_not_there(number, client_as):
    officer = client_as(OFFICER)
    assert officer.get(f"/api/v1/proposals/{number}").status_code == 404
    assert decide(officer, number).status_code == 404


def test_every_kind_has_its_permission():
    assert set(PERMISSION) == set(ProposalKind)
    assert "content_sha256" in PROPOSAL.columns
