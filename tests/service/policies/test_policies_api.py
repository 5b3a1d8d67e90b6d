"""Policies and schedules over JSON."""

from datetime import date

import pytest
from week import ADMINISTRATOR, AUDITOR, HANDLER, Week

POLICIES, SCHEDULES = "/api/v1/policies", "/api/v1/schedules"
TIERS = [
    {"tier": "daily", "keep": 30, "span": "days", "off_site": False},
    {"tier": "weekly", "keep": 12, "span": "weeks", "off_site": True},
    {"tier": "monthly", "keep": 24, "span": "months", "off_site": True},
    {"tier": "yearly", "keep": 7, "span": "years", "off_site": True},
]


@pytest.fixture
def week(runtime, app):
    return Week(runtime, app)


@pytest.fixture
def administrator(week):
    return week.client(ADMINISTRATOR)


def policy(**changes):
    return {"name": "Standard", "weekly_weekday": 3, "tiers": TIERS, **changes}


def shorter():
    return [{**tier, "keep": 4} if tier["tier"] == "weekly" else tier for tier in TIERS]


def in_force(client):
    return client.get(POLICIES).json()["items"]


def test_a_new_version_replaces_the_old_one_and_both_are_kept(administrator):
    answer = administrator.post(POLICIES, json=policy(weekly_weekday=4))
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    assert [one["version"] for one in in_force(administrator)] == [2]
    versions = administrator.get(POLICIES, params={"name": "Standard"}).json()["items"]
    assert [(one["version"], one["active"]) for one in versions] == [(2, True), (1, False)]


def test_a_shorter_retention_wants_its_reason(administrator):
    refused = administrator.post(POLICIES, json=policy(tiers=shorter()))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:strongroom:problem:shorter-retention")
    assert refused.json()["shorter"] == ["weekly sets are kept 4 weeks instead of 12 weeks"]
    assert in_force(administrator)[0]["version"] == 1
    answer = administrator.post(POLICIES, json=policy(tiers=shorter(), reason="the vault is full"))
    assert answer.status_code == 201


def test_the_preview_names_whom_a_version_concerns_and_writes_nothing(week, administrator):
    answer = administrator.post(f"{POLICIES}/preview", json=policy(tiers=shorter())).json()
    assert answer["media"] == [
        {"barcode": "STR141L8", "before": "2027-02-04", "after": "2026-12-10"},
        {"barcode": "STR142L8", "before": "2027-02-11", "after": "2026-12-17"},
    ]
    assert (answer["kept"], answer["more"]) == (2, 0)
    assert in_force(administrator)[0]["version"] == 1


def test_media_that_have_their_tier_keep_it(week, administrator):
    week.to("planned")
    before = week.house.medium_row("STR141L8")
    administrator.post(POLICIES, json=policy(tiers=shorter(), reason="the vault is full"))
    after = week.house.medium_row("STR141L8")
    assert (after.expires_on, after.policy_version) == (before.expires_on, 1)
    assert after.expires_on == date(2027, 2, 4)
    week.house.check()


def test_a_version_nobody_has_read_is_not_replaced(administrator):
    found = in_force(administrator)[0]
    etag = administrator.get(f"{POLICIES}/{found['policy_id']}").headers["etag"]
    first = administrator.post(POLICIES, json=policy(weekly_weekday=4), headers={"If-Match": etag})
    second = administrator.post(POLICIES, json=policy(weekly_weekday=5), headers={"If-Match": etag})
    assert (first.status_code, second.status_code) == (201, 412)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"weekly_weekday": 7}, "weekly_weekday"),
        ({"tiers": []}, "tiers"),
        ({"tiers": [*TIERS, TIERS[0]]}, "tiers"),
        ({"tiers": [{**TIERS[0], "keep": 0}]}, "keep"),
        ({"tiers": [{**TIERS[0], "keep": 10**6}]}, "keep"),
    ],
)
def test_a_policy_that_does_not_fit_is_refused_by_field(administrator, changes, field):
    answer = administrator.post(POLICIES, json=policy(**changes))
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def schedule(week, **changes):
    ids = week.house.ids
    return {
        "name": "Weekly 2", "policy_name": "Standard", "library_id": ids["Library 1"], "vault_id": ids["Vault 2"],
        "carrier_id": ids["Carrier"], "weekday": 1, "hour": 6, "time_zone": "Europe/Berlin", **changes,
    }  # fmt: skip


def test_a_schedule_is_made_read_and_edited(week, administrator):
    made = administrator.post(SCHEDULES, json=schedule(week))
    assert made.status_code == 201
    address = f"{SCHEDULES}/{made.json()['schedule_id']}"
    found = administrator.get(address)
    assert found.json()["next_at"] == "2026-11-24T05:00:00Z"
    edited = administrator.patch(address, json={"hour": 8}, headers={"If-Match": found.headers["etag"]})
    assert edited.json()["hour"] == 8
    again = administrator.patch(address, json={"hour": 9}, headers={"If-Match": found.headers["etag"]})
    assert again.status_code == 412
    administrator.patch(address, json={"enabled": False})
    assert administrator.get(address).json()["next_at"] is None
    assert len(administrator.get(SCHEDULES).json()["items"]) == 2
    week.house.check()


def test_a_name_is_given_once(week, administrator):
    administrator.post(SCHEDULES, json=schedule(week))
    assert administrator.post(SCHEDULES, json=schedule(week)).status_code == 422
    first = week.house.ids["schedule"]
    answer = administrator.patch(f"{SCHEDULES}/{first}", json={"name": "Weekly 2"})
    assert answer.json()["fields"] == {"name": "This name is taken."}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"library_id": "nowhere"}, "library_id"),
        ({"vault_id": "\x00"}, "vault_id"),
        ({"carrier_id": "nobody"}, "carrier_id"),
        ({"weekday": 7}, "weekday"),
        ({"hour": -1}, "hour"),
        ({"minute": 60}, "hour"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_a_schedule_that_does_not_fit_is_refused_by_field(week, administrator, changes, field):
    answer = administrator.post(SCHEDULES, json=schedule(week, **changes))
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_characters_that_a_database_refuses_are_refused_before_it(week, administrator):
    first = week.house.ids["schedule"]
    assert administrator.post(POLICIES, json=policy(name="a\x00")).status_code == 422
    assert administrator.post(POLICIES, json=policy(reason="a\x00")).status_code == 422
    assert administrator.get(POLICIES, params={"name": "\x00"}).json()["items"] == []
    assert administrator.get(f"{POLICIES}/%00").status_code == 404
    assert administrator.post(SCHEDULES, json=schedule(week, name="a\x00")).status_code == 422
    assert administrator.post(SCHEDULES, json=schedule(week, policy_name="\x00")).status_code == 404
    assert administrator.patch(f"{SCHEDULES}/%00", json={"hour": 1}).status_code == 404
    assert administrator.patch(f"{SCHEDULES}/{first}", json={"carrier_id": "\x00"}).status_code == 422


def test_a_schedule_needs_a_policy_in_force(week, administrator):
    assert administrator.post(SCHEDULES, json=schedule(week, policy_name="None")).status_code == 404


def test_a_vault_is_not_a_library(week, administrator):
    ids = week.house.ids
    answer = administrator.post(
        SCHEDULES, json=schedule(week, library_id=ids["Vault 2"], vault_id=ids["slot 1"])
    )
    assert set(answer.json()["fields"]) == {"library_id", "vault_id"}


@pytest.mark.parametrize("name", [HANDLER, AUDITOR])
def test_others_read_and_change_nothing(week, name):
    client = week.client(name)
    assert client.get(POLICIES).status_code == 200
    assert client.get(f"{SCHEDULES}/{week.house.ids['schedule']}").status_code == 200
    assert client.post(POLICIES, json=policy()).status_code == 403
    assert client.post(SCHEDULES, json=schedule(week)).status_code == 403
