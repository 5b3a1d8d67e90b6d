"""The writer: units, batches, answers, refusals."""

import asyncio
import threading
from enum import StrEnum

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.db import open_database
from service.errors import RefusedError
from service.ledger import store, verify
from service.ledger.writer import SYSTEM
from service.parties.models import PARTY, PartyKind


class Event(StrEnum):
    HAPPENED = "test:happened"


def verdict(runtime):
    with runtime.database.reader.connect() as connection:
        return verify.verify(store.bodies(connection), store.notes(connection), runtime.verifier)


def test_an_answer_means_that_the_entry_is_in_the_signed_tree(runtime):
    position = runtime.writer.run(
        SYSTEM, lambda unit: unit.append("medium:a", Event.HAPPENED, facts={"n": 1})
    )
    with runtime.database.reader.connect() as connection:
        entry = store.entry(connection, position)
        verify.verify_proof(entry.body, store.proof(connection, position), runtime.verifier)
    assert entry.facts == {"n": 1}
    assert verdict(runtime).ok


def test_a_refused_unit_leaves_no_row_and_no_entry(runtime):
    def refuse(unit):
        unit.create(
            PARTY,
            {"party_id": "p1", "kind": PartyKind.COURIER, "name": "Carrier", "contact": "", "active": True},
            Event.HAPPENED,
        )
        raise RefusedError("No.")

    with pytest.raises(RefusedError):
        runtime.writer.run(SYSTEM, refuse)
    with runtime.database.reader.connect() as connection:
        assert store.head(connection).size == 0
        assert connection.execute(text("SELECT count(*) FROM party")).scalar_one() == 0


def test_units_of_many_threads_make_one_gapless_ledger(runtime):
    def work():
        for _ in range(20):
            runtime.writer.run(SYSTEM, lambda unit: unit.append("medium:b", Event.HAPPENED))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdict(runtime).size == 160
    assert verdict(runtime).ok


def test_one_bad_item_of_a_bulk_fails_alone(runtime):
    def many(unit, items):
        for _, item in items:
            if item == 3:
                raise RefusedError("Not three.")
        return [unit.append("medium:c", Event.HAPPENED, facts={"n": item}) for _, item in items]

    answers = runtime.writer.run_many(SYSTEM, many, [1, 2, 3, 4])
    assert [isinstance(answer, RefusedError) for answer in answers] == [False, False, True, False]
    assert verdict(runtime).size == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET event = 'x'",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_node SET level = 9",
    ],
)
def test_the_database_itself_refuses_to_change_the_ledger(runtime, statement):
    for _ in range(260):
        runtime.writer.run(SYSTEM, lambda unit: unit.append("medium:d", Event.HAPPENED))
    intruder = open_database(runtime.database.url)
    with (
        intruder.writer.connect() as connection,
        pytest.raises(DBAPIError, match=r"append-only|permission denied"),
    ):
        connection.execute(text(statement))
    intruder.close()
    assert verdict(runtime).ok


def test_an_answer_that_cannot_be_taken_keeps_no_other_from_being_given(runtime):
    async def ask():
        loop = asyncio.get_running_loop()
        taken = loop.create_future()

        def fail(value, error):
            raise LookupError

        def many(unit, items):
            return [unit.append("medium:e", Event.HAPPENED, facts={"n": item}) for _, item in items]

        runtime.writer.call_many(SYSTEM, many, 1, fail)
        runtime.writer.call_many(SYSTEM, many, 2, lambda value, error: taken.set_result((value, error)))
        return await asyncio.wait_for(taken, 30)

    assert asyncio.run(ask()) == (1, None)
    assert verdict(runtime).size == 2


def test_no_rows_make_no_entry(runtime):
    before = runtime.writer.run(SYSTEM, lambda unit: unit.first_position)
    runtime.writer.run(SYSTEM, lambda unit: unit.create_many(PARTY, [], Event.HAPPENED))
    assert runtime.writer.run(SYSTEM, lambda unit: unit.first_position) == before
