"""The scheduler makes the runs that are due: once, also after downtime, also with replicas."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from house import furnished, with_media

from service.ledger import store
from service.ledger.writer import Writer
from service.policies.actions import set_schedule
from service.policies.models import SCHEDULE, CatchUp
from service.rotation import listing
from service.rotation.actions import plan_by_hand
from service.rotation.models import RunState
from service.rotation.scheduler import Scheduler, start_scheduler, tick
from service.runtime import Runtime


@pytest.fixture
def house(runtime):
    return with_media(furnished(runtime))


def schedule(house, **changes):
    values = {
        "name": "Weekly", "policy_name": "Standard", "library_id": house.ids["Library 1"], "vault_id": house.ids["Vault 2"],
        "carrier_id": house.ids["Carrier"], "weekday": 3, "hour": 7, "minute": 0, "time_zone": "America/New_York", **changes,
    }  # fmt: skip
    return house.run(lambda unit: set_schedule(unit, **values))


def runs(house):
    with house.runtime.database.reading() as session:
        return [
            (row.number, row.slot, row.state)
            for row in sorted(listing.run_rows(session), key=lambda row: row.slot)
        ]


def test_nothing_is_due_before_the_hour_and_one_run_after_it(house, clock):
    assert tick(house.runtime) == []
    clock.now = datetime(2026, 11, 26, 11, 59, 59, tzinfo=UTC)
    assert tick(house.runtime) == []
    clock.now = datetime(2026, 11, 26, 12, 0, 1, tzinfo=UTC)
    assert tick(house.runtime) == ["2026-W48"]
    assert tick(house.runtime) == []
    assert runs(house) == [("2026-W48", "2026-11-26", RunState.PLANNED)]
    house.check()


def test_a_run_planned_by_hand_for_the_slot_is_not_made_again(house, clock):
    house.run(lambda unit: plan_by_hand(unit, house.ids["schedule"], date(2026, 11, 26)))
    clock.now = datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert tick(house.runtime) == []
    assert len(runs(house)) == 1


def test_planning_by_hand_takes_no_slot_from_the_schedule(house, clock):
    schedule(house, catch_up=CatchUp.ALL)
    clock.now = datetime(2026, 11, 27, 18, tzinfo=UTC)  # the scheduler was down on Thursday the 26th
    house.run(lambda unit: plan_by_hand(unit, house.ids["schedule"]))
    tick(house.runtime)
    assert {slot for _, slot, _ in runs(house)} == {"2026-11-26", "2026-11-27"}


@pytest.mark.parametrize(
    ("catch_up", "slots", "dropped"),
    [
        (CatchUp.ALL, ["2026-11-26", "2026-12-03", "2026-12-10"], None),
        (CatchUp.LATEST, ["2026-12-10"], ["2026-11-26", "2026-12-03"]),
        (CatchUp.SKIP, [], ["2026-11-26", "2026-12-03", "2026-12-10"]),
    ],
)
def test_downtime_is_caught_up_with_as_the_schedule_says(house, clock, catch_up, slots, dropped):
    schedule_id = schedule(house, catch_up=catch_up)
    clock.now = datetime(2026, 12, 11, 9, tzinfo=UTC)
    tick(house.runtime)
    assert [slot for _, slot, _ in runs(house)] == slots
    with house.runtime.database.reader.connect() as connection:
        entries = store.entries_of(connection, f"schedule:{schedule_id}")
    told = [entry.facts["slots"] for entry in entries if entry.event == "schedule:slots_dropped"]
    assert told == ([dropped] if dropped else [])
    assert tick(house.runtime) == []
    house.check()


def test_a_run_with_nothing_to_carry_is_cancelled_with_that_reason(house, clock):
    clock.now = datetime(2026, 11, 26, 13, tzinfo=UTC)
    tick(house.runtime)
    clock.now = datetime(2026, 12, 3, 13, tzinfo=UTC)
    tick(house.runtime)
    assert [state for _, _, state in runs(house)] == [RunState.PLANNED, RunState.CANCELLED]


def test_a_schedule_that_is_off_makes_nothing_and_makes_nothing_up(house, clock):
    schedule(house, enabled=False, catch_up=CatchUp.ALL)
    clock.now = datetime(2026, 12, 11, 9, tzinfo=UTC)
    assert tick(house.runtime) == []
    schedule(house, enabled=True, catch_up=CatchUp.ALL)
    assert tick(house.runtime) == []
    clock.now = datetime(2026, 12, 17, 12, tzinfo=UTC)
    assert len(tick(house.runtime)) == 1


def test_another_weekday_counts_from_now_on(house, clock):
    clock.now = datetime(2026, 11, 27, 15, tzinfo=UTC)  # Friday
    tick(house.runtime)
    schedule(house, weekday=4, hour=8, catch_up=CatchUp.ALL)
    assert tick(house.runtime) == []
    clock.now = datetime(2026, 12, 4, 13, tzinfo=UTC)
    tick(house.runtime)
    assert [slot for _, slot, _ in runs(house)] == ["2026-11-26", "2026-12-04"]


def test_one_schedule_without_a_policy_does_not_hold_up_the_other(house, clock):
    schedule_id = schedule(house, name="Broken")
    gone = (
        SCHEDULE.table.update().where(SCHEDULE.table.c.schedule_id == schedule_id).values(policy_name="Gone")
    )
    house.run(lambda unit: unit.connection.execute(gone).rowcount)
    clock.now = datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert tick(house.runtime) == ["2026-W48"]


def test_two_replicas_never_make_two_runs(house, clock):
    runtime = house.runtime
    clock.now = datetime(2026, 11, 26, 13, tzinfo=UTC)
    if runtime.database.kind == "sqlite":  # one process has the one writer; its threads are the replicas
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(tick, [runtime] * 4))
    else:
        second = Writer(runtime.database, runtime.signer, clock).start()
        other = Runtime(runtime.settings, runtime.database, runtime.signer, second, clock)
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(tick, [runtime, other] * 2))
        second.stop()
    assert [number for numbers in made for number in numbers] == ["2026-W48"]
    house.check()


def test_the_scheduler_plans_by_itself_and_stops_within_a_second(house, clock):
    clock.now = datetime(2026, 11, 26, 13, tzinfo=UTC)
    scheduler = Scheduler(house.runtime, every_s=0.05).start()
    deadline = time.monotonic() + 10
    while not runs(house) and time.monotonic() < deadline:
        time.sleep(0.02)
    began = time.monotonic()
    scheduler.stop()
    assert time.monotonic() - began < 1
    assert [number for number, _, _ in runs(house)] == ["2026-W48"]


def test_a_long_wait_is_cut_short_by_the_stop(house):
    stop = start_scheduler(
        Runtime(
            house.runtime.settings.model_copy(update={"scheduler": True}),
            house.runtime.database,
            house.runtime.signer,
            house.runtime.writer,
            house.runtime.clock,
        )
    )
    thread = Thread(target=stop)
    thread.start()
    thread.join(1)
    assert not thread.is_alive()
