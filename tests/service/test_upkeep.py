"""What is swept once an hour, and what stays."""

from sqlalchemy import func, select

from service.answers import Answer, RequestKey, keep
from service.bookkeeping import KeptAnswer
from service.db import table
from service.ledger.writer import SYSTEM
from service.upkeep import start_upkeep, sweep


def count(runtime):
    with runtime.database.reader.connect() as connection:
        return connection.execute(select(func.count()).select_from(table(KeptAnswer))).scalar_one()


def keep_one(runtime, name):
    key = RequestKey.of("h", name, "POST", "/x", b"")
    runtime.writer.run(SYSTEM, lambda unit: keep(unit.connection, [(key, Answer(200, b"{}"))], unit.now))


def test_kept_answers_are_swept_after_a_week_and_not_before(runtime, clock):
    keep_one(runtime, "old")
    clock.forward(days=6)
    keep_one(runtime, "young")
    assert runtime.writer.run(SYSTEM, sweep) == 0
    clock.forward(days=2)
    assert runtime.writer.run(SYSTEM, sweep) == 1
    assert count(runtime) == 1


def test_the_upkeep_thread_stops_at_once(runtime):
    start_upkeep(runtime)()
