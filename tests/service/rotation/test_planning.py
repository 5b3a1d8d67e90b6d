"""Planning, leaving out, approving: what a run may take, and what it says of the rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from house import furnished, with_media
from sqlalchemy import func, select

from service.consignments.models import Direction
from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.holds.actions import place
from service.ledger import store
from service.ledger.writer import Actor, Via
from service.media.models import MEDIUM, Content
from service.packing.actions import skip
from service.policies.actions import publish_policy
from service.policies.queries import schedule
from service.policies.rules import DEFAULT_TIERS
from service.rotation import actions, listing, queries, rules
from service.rotation.export import csv_of
from service.rotation.models import Run, RunLine, RunState
from service.rotation.planning import plan

SLOT = date(2026, 11, 19)
OUT = ["STR141L8", "STR142L8", "STR143L8"]
HOME = ["STR091L8", "STR092L8"]


@pytest.fixture
def house(runtime):
    return with_media(furnished(runtime))


def plan_it(house, slot=SLOT):
    return house.run(lambda unit: actions.plan_run(unit, house.ids["schedule"], slot))


def sheet(house, number, direction=Direction.OUT):
    with house.runtime.database.reading() as session:
        return queries.sheet(session, queries.run_by_number(session, number), direction)


def run_row(house, number):
    with house.runtime.database.reading() as session:
        return listing.run_row(session, number)


def count(house, model):
    with house.runtime.database.reader.connect() as connection:
        return connection.execute(select(func.count()).select_from(table(model))).scalar_one()


def hold(house, barcode):
    owner = house.people["Handler 1"].handler_id
    house.run(
        lambda unit: place(unit, house.ids[barcode], "litigation", owner_id=owner),
        Actor(owner, Via.API),
    )


def test_a_run_takes_off_site_tiers_out_and_expired_media_home(house):
    number = plan_it(house)
    assert [line.barcode for line in sheet(house, number)] == OUT
    assert [line.barcode for line in sheet(house, number, Direction.HOME)] == HOME
    assert sheet(house, number)[0].why == "weekly 2026-W46, off site until 4 Feb 2027"
    assert house.medium_row("STR143L8").tier == "monthly"
    assert house.medium_row("STR144L8").tier is None
    house.check()


def test_a_slot_planned_twice_is_one_run(house):
    first, entries = plan_it(house), house.entries("STR141L8")
    assert plan_it(house) == first
    assert (count(house, Run), count(house, RunLine)) == (1, 5)
    assert house.entries("STR141L8") == entries


def test_two_people_who_plan_at_once_get_the_same_run(house):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: plan_it(house), range(8)))
    assert set(numbers) == {"2026-W47"}
    assert (count(house, Run), count(house, RunLine)) == (1, 5)


def test_a_second_run_of_the_week_takes_what_the_first_left(house):
    plan_it(house)
    house.medium("STR146L8", "slot 6", "Organisation", written_on=date(2026, 11, 19))
    second = plan_it(house, date(2026, 11, 20))
    assert second == "2026-W47-2"
    assert [line.barcode for line in sheet(house, second)] == ["STR146L8"]


def test_the_dry_run_is_the_plan(house):
    house.medium("STR147L8", "slot 7", "Organisation", written_on=None)
    house.medium("STR148L8", "slot 8", "Organisation", written_on=date(2026, 11, 12), encrypted=False)
    hold(house, "STR142L8")
    hold(house, "STR092L8")
    with house.runtime.database.reading() as session:
        dry = plan(session.connection(), schedule(session, house.ids["schedule"]), SLOT)
    assert count(house, Run) == 0
    assert {one.barcode: one.why for one in dry.left_out} == {
        "STR142L8": "on hold",
        "STR147L8": "full, and no day is recorded on which it was written",
        "STR148L8": "not encrypted",
        "STR092L8": "expired, and on hold",
    }
    number = plan_it(house)
    assert [line.barcode for line in sheet(house, number)] == [one.barcode for one in dry.out]
    assert [(line.barcode, line.why) for line in sheet(house, number, Direction.HOME)] == [
        (one.barcode, one.why) for one in dry.home
    ]
    with house.runtime.database.reader.connect() as connection:
        (planned,) = store.entries_of(connection, f"run:{run_row(house, number).run_id}")
    assert planned.facts["left_out_count"] == 4
    assert "STR142L8: on hold" in planned.facts["left_out"]


def test_a_day_that_the_policy_has_no_tier_for_is_said(house):
    house.run(lambda unit: publish_policy(unit, "Standard", DEFAULT_TIERS[1:], 3, "no daily sets any more"))
    with house.runtime.database.reading() as session:
        dry = plan(session.connection(), schedule(session, house.ids["schedule"]), SLOT)
    assert [(one.barcode, one.why) for one in dry.left_out] == [
        ("STR144L8", "full, and the policy has no tier for 18 Nov 2026")
    ]


def test_what_is_left_out_stays_and_says_why(house):
    number = plan_it(house)
    house.run(lambda unit: actions.leave_out(unit, number, "STR142L8", "a restore needs it"))
    house.run(lambda unit: actions.approve(unit, number))
    left = next(line for line in sheet(house, number) if line.barcode == "STR142L8")
    assert left.skip_reason == "a restore needs it"
    assert house.entries("STR142L8")[-1] == "medium:step_skipped"
    with house.runtime.database.reader.connect() as connection:
        wanted = queries.lines_to_eject(connection, run_row(house, number).run_id)
    assert [line.barcode for line in wanted] == ["STR141L8", "STR143L8"]
    assert (run_row(house, number).out, run_row(house, number).home) == (2, 2)
    house.check()


@pytest.mark.parametrize(
    ("barcode", "reason", "error"),
    [
        ("STR142L8", "  ", InvalidInputError),
        ("STR145L8", "why not", rules.LineNotOpenError),
        ("NONE", "why not", rules.LineNotOpenError),
    ],
)
def test_leaving_out_needs_a_reason_and_a_line(house, barcode, reason, error):
    number = plan_it(house)
    with pytest.raises(error):
        house.run(lambda unit: actions.leave_out(unit, number, barcode, reason))


def test_an_approval_opens_both_consignments_and_marks_what_expired(house):
    number = plan_it(house)
    house.run(lambda unit: actions.approve(unit, number))
    row = run_row(house, number)
    assert (row.state, row.out_number, row.home_number) == (RunState.APPROVED, "CN-0001", "CN-0002")
    assert house.medium_row("STR091L8").content is Content.EXPIRED
    house.check()


def test_a_run_is_approved_once(house):
    number = plan_it(house)
    house.run(lambda unit: actions.approve(unit, number))
    with pytest.raises(rules.RunStateError, match="is approved"):
        house.run(lambda unit: actions.approve(unit, number))
    assert run_row(house, number).out_number == "CN-0001"


def test_an_approval_judges_the_plan_again(house):
    number = plan_it(house)
    hold(house, "STR142L8")
    later = {"expires_on": date(2030, 1, 1)}
    house.run(
        lambda unit: unit.change(MEDIUM, house.ids["STR091L8"], later, actions.RotationEvent.TIER_ASSIGNED)
    )
    with pytest.raises(rules.RunOutdatedPlanError) as refused:
        house.run(lambda unit: actions.approve(unit, number))
    assert refused.value.facts["barcodes"] == ["STR142L8", "STR091L8"]
    assert run_row(house, number).state is RunState.PLANNED
    house.run(lambda unit: actions.leave_out(unit, number, "STR142L8", "on hold"))
    house.run(lambda unit: actions.leave_out(unit, number, "STR091L8", "not there"))
    house.run(lambda unit: actions.approve(unit, number))
    assert [line.barcode for line in sheet(house, number) if not line.skip_reason] == ["STR141L8", "STR143L8"]


def test_a_run_with_nothing_left_to_carry_is_not_approved(house):
    number = plan_it(house)
    for barcode in (*OUT, *HOME):
        house.run(lambda unit, barcode=barcode: actions.leave_out(unit, number, barcode, "not this week"))
    with pytest.raises(rules.RunNotDoneError, match="nothing to carry"):
        house.run(lambda unit: actions.approve(unit, number))


def test_a_cancelled_run_gives_its_media_back_to_the_next(house):
    number = plan_it(house)
    with pytest.raises(InvalidInputError):
        house.run(lambda unit: actions.cancel(unit, number, " "))
    house.run(lambda unit: actions.cancel(unit, number, "the carrier is ill"))
    with pytest.raises(rules.RunStateError):
        house.run(lambda unit: actions.leave_out(unit, number, "STR141L8", "too late"))
    again = plan_it(house, date(2026, 11, 20))
    assert [line.barcode for line in sheet(house, again)] == OUT
    house.check()


def test_what_is_skipped_while_packing_is_not_ejected(house):
    number = plan_it(house)
    house.run(lambda unit: actions.approve(unit, number))
    house.run(lambda unit: skip(unit, "CN-0001", "STR141L8", "the label is torn"))
    with house.runtime.database.reader.connect() as connection:
        wanted = queries.lines_to_eject(connection, run_row(house, number).run_id)
    assert [line.barcode for line in wanted] == ["STR142L8", "STR143L8"]


def test_a_run_is_not_closed_before_its_consignments_are(house):
    number = plan_it(house)
    house.run(lambda unit: actions.approve(unit, number))
    with pytest.raises(rules.RunNotDoneError, match="CN-000"):
        house.run(lambda unit: actions.close(unit, number))


def test_only_what_comes_home_can_be_left_out_of_the_library(house):
    number = plan_it(house)
    with pytest.raises(rules.RunStateError):
        house.run(lambda unit: actions.skip_loading(unit, number, "STR091L8", "worn"))
    house.run(lambda unit: actions.approve(unit, number))
    with pytest.raises(rules.LineNotOpenError):
        house.run(lambda unit: actions.skip_loading(unit, number, "STR141L8", "worn"))
    house.run(lambda unit: actions.skip_loading(unit, number, "STR091L8", "worn"))


def test_planning_by_hand_is_for_a_day_near_today(house):
    by_hand = actions.plan_by_hand
    with pytest.raises(InvalidInputError) as refused:
        house.run(lambda unit: by_hand(unit, house.ids["schedule"], date(2027, 11, 19)))
    assert "slot" in refused.value.fields
    with pytest.raises(NotFoundError):
        house.run(lambda unit: by_hand(unit, "nowhere", SLOT))
    assert house.run(lambda unit: by_hand(unit, house.ids["schedule"])) == "2026-W47"


def test_the_sheet_is_paged_by_barcode_and_exported_whole(house):
    number = plan_it(house)
    with house.runtime.database.reading() as session:
        run = queries.run_by_number(session, number)
        first = queries.sheet(session, run, Direction.OUT, limit=2)
        rest = queries.sheet(session, run, Direction.OUT, after=first[-1].barcode)
    assert [line.barcode for line in (*first, *rest)] == OUT
    house.run(lambda unit: actions.leave_out(unit, number, "STR141L8", '=HYPERLINK("x")'))
    text = csv_of(sheet(house, number)).decode("utf-8-sig").splitlines()
    assert text[0].startswith("barcode,direction,why")
    assert "'=HYPERLINK" in text[1]
    assert len(text) == 4
