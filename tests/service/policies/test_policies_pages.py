"""Policies and schedules in the browser: shown, previewed, published."""

import re

import pytest
from week import ADMINISTRATOR, AUDITOR, Week

from service.policies.queries import policies, schedules


@pytest.fixture
def week(runtime, app):
    return Week(runtime, app)


@pytest.fixture
def administrator(week):
    return week.client(ADMINISTRATOR)


def text(page):
    body = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", page.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def versions(week):
    with week.runtime.database.reading() as session:
        return [(one.version, one.active) for one in policies(session, name="Standard")]


def policy_address(week):
    with week.runtime.database.reading() as session:
        return f"/policies/{policies(session)[0].policy_id}"


FORM = {
    "name": "Standard", "weekly_weekday": "3", "daily_keep": "30", "daily_span": "days", "weekly_keep": "12",
    "weekly_span": "weeks", "weekly_off_site": "on", "monthly_keep": "24", "monthly_span": "months", "monthly_off_site": "on",
    "yearly_keep": "7", "yearly_span": "years", "yearly_off_site": "on",
}  # fmt: skip


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": client.csrf, **fields})


def test_a_policy_shows_its_tiers_and_two_years_of_days(week, administrator):
    page = text(administrator.get(policy_address(week)))
    assert "Weekly 12 weeks off site" in page
    assert "Dec 2026 26 3, 10, 17, 24 · 31 31 Dec 2033" in page.replace("not yet ", "")
    assert "Nov 2026" in page
    assert "Oct 2028" in page
    assert "Nov 2028" not in page.partition("The next two years")[2].replace("26 Nov 2028", "")


def test_publishing_shows_first_what_it_changes(week, administrator):
    preview = post(administrator, "/policies", **FORM | {"weekly_keep": "4"})
    assert preview.status_code == 200
    told = text(preview)
    assert "weekly sets are kept 4 weeks instead of 12 weeks." in told
    assert "until 10 Dec 2026, was 4 Feb 2027" in told
    assert 'value="4"' in preview.text
    assert versions(week) == [(1, True)]
    shown = field(preview, "shown")
    without = post(administrator, "/policies", **FORM | {"weekly_keep": "4", "shown": shown})
    assert (without.status_code, versions(week)) == (409, [(1, True)])
    done = post(
        administrator, "/policies", **FORM | {"weekly_keep": "4", "shown": shown, "reason": "vault full"}
    )
    assert (done.status_code, versions(week)) == (303, [(2, True), (1, False)])


def test_other_content_than_was_shown_is_shown_again(week, administrator):
    shown = field(post(administrator, "/policies", **FORM | {"weekly_keep": "4"}), "shown")
    other = post(administrator, "/policies", **FORM | {"weekly_keep": "3", "shown": shown, "reason": "why"})
    assert other.status_code == 200
    assert "instead of 12 weeks" in text(other)
    assert versions(week) == [(1, True)]


def test_a_longer_retention_needs_no_reason(week, administrator):
    form = FORM | {"weekly_keep": "13"}
    shown = field(post(administrator, "/policies", **form), "shown")
    assert post(administrator, "/policies", **form, shown=shown).status_code == 303
    assert versions(week) == [(2, True), (1, False)]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"weekly_keep": "many"}, "weekly_keep"),
        ({"weekly_keep": "0"}, "weekly_keep"),
        ({"weekly_keep": "9" * 5000}, "weekly_keep"),
        ({"weekly_keep": "٣"}, "weekly_keep"),
        ({"weekly_span": "fortnights"}, "weekly_span"),
        ({"weekly_weekday": "8"}, "weekly_weekday"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(week, administrator, changes, named):
    page = post(administrator, "/policies", **FORM | {"monthly_keep": "25"} | changes)
    assert page.status_code == 422
    assert f'id="policy-{named}-error"' in page.text
    assert 'value="25"' in page.text
    assert versions(week) == [(1, True)]


def test_a_policy_needs_at_least_one_tier(week, administrator):
    none = {f"{tier}_keep": "" for tier in ("daily", "weekly", "monthly", "yearly")}
    assert post(administrator, "/policies", **FORM | none).status_code == 422


def test_a_new_policy_has_a_name_of_its_own(week, administrator):
    assert administrator.get("/policies/new").status_code == 200
    form = FORM | {"name": "Databases"}
    shown = field(post(administrator, "/policies", **form), "shown")
    answer = post(administrator, "/policies", **form, shown=shown)
    assert "Databases" in text(administrator.get(answer.headers["location"]))
    assert "Databases" in text(administrator.get("/policies"))


def schedule_form(week, **changes):
    ids = week.house.ids
    return {
        "name": "Monthly", "policy_name": "Standard", "library_id": ids["Library 1"], "vault_id": ids["Vault 2"],
        "carrier_id": ids["Carrier"], "weekday": "1", "hour": "06:30", "time_zone": "Europe/Berlin", "catch_up": "all",
        "enabled": "on", **changes,
    }  # fmt: skip


def test_a_schedule_is_set_shown_and_edited(week, administrator):
    assert administrator.get("/schedules/new").status_code == 200
    made = post(administrator, "/schedules", **schedule_form(week))
    page = text(administrator.get(made.headers["location"]))
    assert "Tuesday 06:30, Europe/Berlin" in page
    assert "Every run that was missed" in page
    edit = f"{made.headers['location']}/edit"
    assert 'value="06:30"' in administrator.get(edit).text
    form = schedule_form(week)
    del form["enabled"]
    assert post(administrator, edit, **form).status_code == 303
    page = text(administrator.get(made.headers["location"]))
    assert "Nothing comes. The schedule is off." in page
    assert "Monthly off" in text(administrator.get("/schedules"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hour": "late"}, "hour"),
        ({"hour": "25:00"}, "hour"),
        ({"weekday": ""}, "weekday"),
        ({"catch_up": "never"}, "catch_up"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"name": ""}, "name"),
        ({"library_id": "x"}, "library_id"),
    ],
)
def test_a_wrong_field_of_a_schedule_is_named(week, administrator, changes, named):
    page = post(administrator, "/schedules", **schedule_form(week, **changes))
    assert page.status_code == 422
    assert f'id="schedule-{named}-error"' in page.text
    with week.runtime.database.reading() as session:
        assert len(schedules(session)) == 1


def test_a_reader_sees_the_acts_dashed(week):
    auditor = week.client(AUDITOR)
    schedule = f"/schedules/{week.house.ids['schedule']}"
    for address in ("/policies", policy_address(week), "/schedules", schedule):
        page = auditor.get(address)
        assert page.status_code == 200
        assert "needs a backup administrator" in text(page)
    assert auditor.get("/policies/new").status_code == 403
    assert auditor.get(f"{schedule}/edit").status_code == 403


def test_administration_leads_to_both(week, administrator):
    page = administrator.get("/administration").text
    assert 'href="/policies"' in page
    assert 'href="/schedules"' in page
