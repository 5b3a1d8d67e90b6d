"""The run over JSON: the same acts as the pages, by the same rules."""

import pytest
from week import ADMINISTRATOR, AUDITOR, CUSTODIAN, HANDLER, HOME, NUMBER, OUT, Week

RUNS = "/api/v1/runs"
RUN = f"{RUNS}/{NUMBER}"


@pytest.fixture
def week(runtime, app):
    return Week(runtime, app)


@pytest.fixture
def administrator(week):
    return week.client(ADMINISTRATOR)


def plan(week, client, **more):
    return client.post(f"{RUNS}/plan", json={"schedule_id": week.house.ids["schedule"], **more})


def test_the_preview_is_what_is_planned(week, administrator):
    schedule = week.house.ids["schedule"]
    preview = administrator.get(f"{RUNS}/preview", params={"schedule_id": schedule}).json()
    assert administrator.get(RUNS).json()["items"] == []
    planned = plan(week, administrator)
    assert planned.status_code == 201
    assert planned.headers["etag"]
    assert (planned.json()["out"], planned.json()["home"]) == (3, 2)
    sheet = administrator.get(f"{RUN}/sheet").json()["items"]
    assert [line["barcode"] for line in sheet] == [one["barcode"] for one in preview["out"]] == list(OUT)
    assert preview["out"][0]["expires_on"] == "2027-02-04"
    assert preview["left_out"] == []


def test_planning_a_slot_again_answers_with_its_run(week, administrator):
    first, again = plan(week, administrator), plan(week, administrator, slot="2026-11-19")
    assert first.json()["run_id"] == again.json()["run_id"]
    assert len(administrator.get(RUNS).json()["items"]) == 1


def test_a_replayed_request_gets_its_first_answer(week, administrator):
    headers = {"Idempotency-Key": "plan-1"}
    body = {"schedule_id": week.house.ids["schedule"]}
    first = administrator.post(f"{RUNS}/plan", json=body, headers=headers)
    again = administrator.post(f"{RUNS}/plan", json=body, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"schedule_id": "nowhere"}, 404),
        ({"schedule_id": "\x00"}, 404),
        ({"slot": "2031-01-01"}, 422),
        ({"slot": "not a day"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_cannot_be_planned_is_said(week, administrator, body, status):
    answer = administrator.post(f"{RUNS}/plan", json={"schedule_id": week.house.ids["schedule"], **body})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert administrator.get(RUNS).json()["items"] == []


def test_a_run_is_carried_by_its_acts(week, administrator):
    plan(week, administrator)
    left = administrator.post(f"{RUN}/leave-out", json={"barcode": "STR142L8", "reason": "a restore"})
    assert (left.status_code, left.json()["out"]) == (200, 2)
    assert administrator.post(f"{RUN}/close").status_code == 409
    approved = administrator.post(f"{RUN}/approve")
    assert (approved.json()["state"], approved.json()["out_number"]) == ("approved", "CN-0001")
    assert approved.json()["progress_out"] | {"wanted": 2, "skipped": 1} == approved.json()["progress_out"]
    late = administrator.post(f"{RUN}/cancel", json={"reason": "too late"})
    assert (late.status_code, late.json()["type"]) == (409, "urn:strongroom:problem:run-state")
    skipped = administrator.post(f"{RUN}/skip-loading", json={"barcode": HOME[0], "reason": "worn"})
    assert skipped.json()["progress_home"]["skipped"] == 1


def test_progress_and_sheet_follow_the_week(week, administrator):
    week.to("loaded")
    found = administrator.get(RUN).json()
    assert found["progress_out"] | {"seen": 3, "received": 3, "released": 3} == found["progress_out"]
    assert found["progress_home"] | {"unpacked": 2, "loaded": 2} == found["progress_home"]
    lines = administrator.get(f"{RUN}/sheet", params={"direction": "home"}).json()["items"]
    assert [line["content"] for line in lines] == ["scratch", "scratch"]
    assert administrator.post(f"{RUN}/close").json()["state"] == "closed"


def test_the_sheet_is_paged_by_a_cursor(week, administrator):
    week.to("planned")
    first = administrator.get(f"{RUN}/sheet", params={"limit": 2}).json()
    rest = administrator.get(f"{RUN}/sheet", params={"limit": 2, "after": first["next"]}).json()
    assert [line["barcode"] for line in (*first["items"], *rest["items"])] == list(OUT)
    assert rest["next"] is None


def test_runs_are_listed_newest_first_by_a_cursor(week, administrator, clock):
    for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
        plan(week, administrator, slot=day)
        clock.forward(seconds=1)
    first = administrator.get(RUNS, params={"limit": 2}).json()
    rest = administrator.get(RUNS, params={"limit": 2, "after": first["next"]}).json()
    slots = [one["slot"] for one in (*first["items"], *rest["items"])]
    assert slots == ["2026-11-19", "2026-11-18", "2026-11-17"]
    assert administrator.get(RUNS, params={"state": "closed"}).json()["items"] == []


def test_the_sheet_as_csv_holds_both_directions(week, administrator):
    week.to("planned")
    answer = administrator.get(f"{RUN}/sheet.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(answer.text.splitlines()) == 6


def test_an_unchanged_run_keeps_its_etag(week, administrator):
    week.to("planned")
    before = administrator.get(RUN).headers["etag"]
    assert administrator.get(RUN).headers["etag"] == before
    week.to("approved")
    assert administrator.get(RUN).headers["etag"] != before


@pytest.mark.parametrize("name", [HANDLER, AUDITOR, CUSTODIAN])
def test_only_those_who_may_plan_approve(week, name):
    week.to("planned")
    client = week.client(name)
    for verb, body in (("approve", None), ("cancel", {"reason": "x"}), ("close", None)):
        assert client.post(f"{RUN}/{verb}", json=body).status_code == 403
    assert client.get(RUN).status_code == (403 if name == CUSTODIAN else 200)


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("leave-out", {"barcode": "STR141L8\x00", "reason": "why"}),
        ("leave-out", {"barcode": "STR141L8", "reason": "nul \x00 in it"}),
        ("leave-out", {"barcode": "STR141L8", "reason": "x" * 501}),
        ("cancel", {"reason": "\x00"}),
        ("cancel", {"reason": " \n"}),
    ],
)
def test_characters_that_a_database_refuses_are_refused_before_it(week, administrator, verb, body):
    week.to("planned")
    assert administrator.post(f"{RUN}/{verb}", json=body).status_code in {409, 422}
    assert administrator.get(RUN).json()["out"] == 3


@pytest.mark.parametrize("number", ["2031-W01", "%00", "x" * 20, "x" * 2000])
def test_a_run_that_is_not_there_is_said(administrator, number):
    assert administrator.get(f"{RUNS}/{number}").status_code in {404, 422}
