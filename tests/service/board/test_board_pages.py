"""The board of a run in every state it can be in, and every act on it, as different people see them."""

import re

import pytest
from week import ADMINISTRATOR, AUDITOR, CUSTODIAN, HANDLER, HOME, NUMBER, OUT, Week

from service.consignments.models import Direction
from service.ledger.writer import SYSTEM
from service.rotation.listing import run_row
from service.rotation.models import RunState
from service.rotation.queries import run_by_number, sheet

RUN = f"/runs/{NUMBER}"


@pytest.fixture
def week(runtime, app):
    return Week(runtime, app)


def text(page):
    """What is read on the page, without marks."""
    body = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", page.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def chip(page):
    return re.search(r'class="chip custody[^"]*">(?:<svg.*?</svg>)?([^<]+)', page.text)[1].strip()


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": client.csrf, **fields})


def row(week):
    with week.runtime.database.reading() as session:
        return run_row(session, NUMBER)


STATES = [
    ("planned", "waits for approval"),
    ("approved", "scan and pack"),
    ("ejected", "scan and pack"),
    ("packed", "seal"),
    ("frozen", "waits for the carrier"),
    ("sent", "in transit"),
    ("received", "to reconcile"),
    ("reconciled", "recalled"),
    ("recalled", "coming home"),
    ("home", "to unpack"),
    ("unpacked", "to load"),
    ("loaded", "to close"),
    ("closed", "closed"),
]


def test_the_board_says_where_the_run_stands_in_every_state(week):
    reader = week.client(AUDITOR)
    for step, word in STATES:
        week.to(step)
        for leg in Direction:
            page = reader.get(f"{RUN}?leg={leg}")
            assert page.status_code == 200
            assert chip(page) == word, step
        assert reader.get(f"{RUN}/board").status_code == 200
        assert reader.get(f"{RUN}/sheet?leg=home").status_code == 200
        assert reader.get("/runs").status_code == 200
    week.house.check()


def test_the_act_that_comes_next_stands_out(week):
    for step, act in (
        ("ejected", "Scan out"),
        ("packed", "Seal"),
        ("frozen", "Open CN-0001"),
        ("home", "Unpack"),
    ):
        page = week.to(step).client(HANDLER).get(RUN)
        head = page.text[page.text.index('<header class="head">') :].partition("</header>")[0]
        assert f">{act}</a>" in head, step


def test_each_step_counts_what_was_seen(week):
    page = text(week.to("ejected").client(HANDLER).get(RUN))
    assert "Eject done, 3 of 3" in page
    assert "Scan out to come, 0 of 3" in page
    page = text(week.to("packed").client(HANDLER).get(RUN))
    assert "Pack done, 3 of 3" in page
    assert "Seal to come, 0 of 1" in page
    page = text(week.to("sent").client(HANDLER).get(RUN))
    assert "Vendor acknowledges under way, 0 of 3" in page
    page = text(week.to("loaded").client(HANDLER).get(RUN))
    assert "Reconcile done, agreed" in page
    assert "Loaded done, 2 of 2" in page


def test_a_sheet_tells_what_to_do_with_each_medium(week):
    handler = week.to("ejected").client(HANDLER)
    assert text(handler.get(RUN)).count("take it out") == 3
    week.to("packed")
    assert "C-0117" in text(handler.get(RUN))
    week.to("unpacked")
    assert text(handler.get(f"{RUN}?leg=home")).count("load it") == 2


def test_an_approval_is_shown_by_name_before_it_happens(week):
    administrator = week.to("planned").client(ADMINISTRATOR)
    page = text(administrator.get(f"{RUN}/approve"))
    assert all(barcode in page.replace(" ", "") for barcode in (*OUT, *HOME))
    assert "A consignment of 3 media" in page
    answer = post(administrator, f"{RUN}/approve")
    assert (answer.status_code, answer.headers["location"]) == (303, RUN)
    assert row(week).state is RunState.APPROVED


def test_a_second_press_of_approve_does_nothing_more(week):
    administrator = week.to("planned").client(ADMINISTRATOR)
    first = post(administrator, f"{RUN}/approve", form_key="k1")
    second = post(administrator, f"{RUN}/approve", form_key="k1")
    assert (first.status_code, second.status_code) == (303, 303)
    late = post(administrator, f"{RUN}/approve", form_key="k2")
    assert late.status_code == 409
    assert "is approved" in text(late)


def test_what_changed_since_the_plan_closes_the_approval(week):
    from datetime import date

    from service.media.models import MEDIUM
    from service.rotation.actions import RotationEvent

    administrator = week.to("planned").client(ADMINISTRATOR)
    later = {"expires_on": date(2030, 1, 1)}
    week.runtime.writer.run(
        SYSTEM,
        lambda unit: unit.change(MEDIUM, week.house.ids["STR091L8"], later, RotationEvent.TIER_ASSIGNED),
    )
    page = text(administrator.get(f"{RUN}/approve"))
    assert "kept longer than planned" in page
    assert "leave out what cannot go as planned first" in page
    assert post(administrator, f"{RUN}/approve").status_code == 409


def test_lines_are_left_out_with_one_reason_for_all_that_were_chosen(week):
    administrator = week.to("planned").client(ADMINISTRATOR)
    asked = post(administrator, f"{RUN}/leave-out", select=["STR141L8", "STR142L8"])
    assert asked.status_code == 200
    assert "2 media stay" in text(asked)
    bare = post(administrator, f"{RUN}/leave-out", select=["STR141L8", "STR142L8"], chosen="yes")
    assert bare.status_code == 422
    assert "Write why it stays." in text(bare)
    done = post(
        administrator, f"{RUN}/leave-out", select=["STR141L8", "STR142L8"], chosen="yes", reason="a restore"
    )
    assert done.status_code == 303
    assert row(week).out == 1
    nothing = post(administrator, f"{RUN}/leave-out")
    assert (nothing.status_code, row(week).out) == (303, 1)


def test_a_wrong_line_among_the_chosen_leaves_all_of_them(week):
    administrator = week.to("planned").client(ADMINISTRATOR)
    answer = post(
        administrator, f"{RUN}/leave-out", select=["STR141L8", "NO-SUCH"], chosen="yes", reason="why"
    )
    assert answer.status_code == 409
    assert row(week).out == 3


def test_a_run_is_cancelled_with_a_reason(week):
    administrator = week.to("planned").client(ADMINISTRATOR)
    assert administrator.get(f"{RUN}/cancel").status_code == 200
    assert post(administrator, f"{RUN}/cancel", reason=" ").status_code == 422
    assert post(administrator, f"{RUN}/cancel", reason="no carrier").status_code == 303
    assert row(week).state is RunState.CANCELLED
    page = administrator.get(RUN)
    assert (page.status_code, chip(page)) == (200, "cancelled")


def test_what_came_home_may_stay_out_of_the_library_with_a_reason(week):
    handler = week.to("unpacked").client(HANDLER)
    done = post(handler, f"{RUN}/skip-loading", select=["STR091L8"], chosen="yes", reason="worn")
    assert done.status_code == 303
    with week.runtime.database.reading() as session:
        lines = sheet(session, run_by_number(session, NUMBER), Direction.HOME)
    assert [line.skip_reason for line in lines] == ["worn", None]


def test_closing_is_dashed_with_its_reason_until_all_is_done(week):
    administrator = week.to("sent").client(ADMINISTRATOR)
    assert "CN-0001 is in transit" in text(administrator.get(RUN))
    refused = post(administrator, f"{RUN}/close")
    assert refused.status_code == 409
    week.to("loaded")
    assert post(administrator, f"{RUN}/close").status_code == 303
    assert row(week).state is RunState.CLOSED


def test_what_somebody_may_not_do_is_dashed_and_says_whom_it_needs(week):
    page = text(week.to("planned").client(AUDITOR).get(RUN))
    assert "needs a backup administrator or security officer" in page
    for verb in ("approve", "cancel"):
        assert week.client(AUDITOR).get(f"{RUN}/{verb}").status_code == 403
    for verb in ("approve", "cancel", "leave-out", "close", "skip-loading"):
        assert post(week.client(AUDITOR), f"{RUN}/{verb}").status_code == 403
        assert post(week.client(CUSTODIAN), f"{RUN}/{verb}").status_code == 403
    assert week.client(CUSTODIAN).get(RUN).status_code == 403
    assert week.client(CUSTODIAN).get("/runs").status_code == 403


def test_a_run_that_is_not_there_is_said(week):
    page = week.client(AUDITOR).get("/runs/2031-W01")
    assert page.status_code == 404
    assert "There is no run “2031-W01”." in page.text


def test_missing_media_turn_the_step_red_and_stand_above_the_sheet(week):
    week.to("sent")
    week.house.scan(CUSTODIAN, "receive:CN-0001", "C-0117")
    week.house.scan(CUSTODIAN, "receive:CN-0001:C-0117", "SR-BROKEN")
    week.house.scan(CUSTODIAN, "receive:CN-0001", *OUT[:2])
    from house import signature

    from service.receipts.actions import receive

    week.run(
        lambda unit: receive(
            unit, "CN-0001", signature("Driver 3", "Carrier"), signature(CUSTODIAN, "Vault vendor")
        )
    )
    page = text(week.client(HANDLER).get(RUN))
    assert "Vendor acknowledges wrong, 1 missing" in page
    assert "Not as planned 2" in page
    assert "Open D-0001" in page


def test_the_sheet_is_a_file_too(week):
    answer = week.to("packed").client(AUDITOR).get(f"{RUN}/sheet.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["content-disposition"] == f'attachment; filename="run-{NUMBER}.csv"'
    assert [line.split(",")[0] for line in lines] == ["barcode", *OUT, *HOME]


def test_planning_by_hand_shows_the_dry_run_first(week):
    administrator = week.client(ADMINISTRATOR)
    schedule = week.house.ids["schedule"]
    assert "Show what it would carry" in text(administrator.get("/runs/new"))
    page = text(administrator.get(f"/runs/new?schedule_id={schedule}&slot=2026-11-19"))
    assert "3 media would leave, 2 would come home" in page
    assert "Plan this run" in page
    assert administrator.get(RUN).status_code == 404
    answer = post(administrator, "/runs", schedule_id=schedule, slot="2026-11-19")
    assert (answer.status_code, answer.headers["location"]) == (303, RUN)
    again = text(administrator.get(f"/runs/new?schedule_id={schedule}&slot=2026-11-19"))
    assert f"run {NUMBER} is there for this day" in again


@pytest.mark.parametrize("slot", ["yesterday", "2031-01-01", "2026-02-30"])
def test_a_day_that_cannot_be_planned_is_refused_beside_its_field(week, slot):
    administrator = week.client(ADMINISTRATOR)
    schedule = week.house.ids["schedule"]
    assert 'aria-invalid="true"' in administrator.get(f"/runs/new?schedule_id={schedule}&slot={slot}").text
    assert post(administrator, "/runs", schedule_id=schedule, slot=slot).status_code == 422


def test_without_a_schedule_the_empty_list_says_what_to_do(client_as):
    page = text(client_as("backup_administrator").get("/runs"))
    assert "No schedule plans runs." in page
    assert "Set a schedule" in page
