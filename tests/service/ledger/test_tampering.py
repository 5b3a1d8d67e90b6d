"""Somebody with the database's password, or with the export's folder: whatever they change is found and named."""

import pytest
from media_site import make_site, register
from sqlalchemy import text

from service.db import open_database
from service.ledger import replay, store, verify
from service.ledger.stored import node_problems
from service.ledger.tiles import tile_problems
from service.ledger.writer import SYSTEM
from service.media.actions import MediumEvent
from service.schema import PROJECTIONS

SIZE = 600


@pytest.fixture
def ledger(runtime):
    site = make_site(runtime)
    register(runtime, site, "STR142L8")

    def work(unit):
        unit.keep_checkpoint = True
        for number in range(unit.first_position, SIZE):
            unit.append("medium:other", MediumEvent.EDITED, facts={"n": number})

    runtime.writer.run(SYSTEM, work)
    return runtime


def unlocked(runtime, *statements):
    """As an administrator of the database: the triggers are dropped first."""
    intruder = open_database(runtime.database.url)
    with intruder.writer.begin() as connection:
        if intruder.kind == "sqlite":
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(named)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.exec_driver_sql(statement)
    intruder.close()


def attempt(runtime, statement):
    """With the triggers as they are; nothing is committed."""
    intruder = open_database(runtime.database.url)
    try:
        with intruder.writer.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        intruder.close()


def problems(runtime):
    """What `strongroom ledger verify` says."""
    with runtime.database.reader.connect() as connection:
        verdict = verify.verify(store.bodies(connection), store.notes(connection), runtime.verifier)
        return [*verdict.problems, *node_problems(connection, verdict.root)]


def byte_changed(kind, position):
    if kind == "sqlite":
        return f"UPDATE ledger_entry SET body = CAST(replace(CAST(body AS TEXT), '\"v\":1', '\"v\":2') AS BLOB) WHERE position = {position}"
    return (
        f"UPDATE ledger_entry SET body = set_byte(body, 5, get_byte(body, 5) + 1) WHERE position = {position}"
    )


def test_an_honest_ledger_has_no_problems(ledger):
    assert problems(ledger) == []


def test_a_changed_byte_of_an_entry_is_found_and_its_tile_named(ledger):
    unlocked(ledger, byte_changed(ledger.database.kind, 300))
    found = problems(ledger)
    assert f"the checkpoint of {SIZE} entries does not fit the entries" in found
    assert "the stored hash 1/1 does not fit its entries" in found
    assert "the stored hash 1/0 does not fit its entries" not in found


def test_two_swapped_entries_are_found(ledger):
    swap = (
        "UPDATE ledger_entry SET position = 9001 WHERE position = 10",
        "UPDATE ledger_entry SET position = 10 WHERE position = 11",
        "UPDATE ledger_entry SET position = 11 WHERE position = 9001",
    )
    unlocked(ledger, *swap)
    assert f"the checkpoint of {SIZE} entries does not fit the entries" in problems(ledger)
    told = replayed(ledger)
    assert any(line.startswith("entry 10: the table's position") for line in told)


def test_the_newest_entries_cannot_be_dropped(ledger):
    unlocked(ledger, f"DELETE FROM ledger_entry WHERE position >= {SIZE - 3}")
    assert f"3 entries are missing: the checkpoint signs {SIZE}, {SIZE - 3} are here" in problems(ledger)


def test_an_entry_taken_out_of_the_middle_is_found(ledger):
    unlocked(ledger, "DELETE FROM ledger_entry WHERE position = 5")
    assert problems(ledger) != []


def test_a_shorter_history_with_an_old_head_contradicts_the_kept_checkpoint(ledger):
    unlocked(
        ledger,
        f"DELETE FROM ledger_entry WHERE position >= {SIZE - 3}",
        f"UPDATE ledger_head SET size = {SIZE - 3}",
    )
    with pytest.raises(ValueError, match="a frontier of"):
        problems(ledger)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE ledger_node SET hash = {zero} WHERE level = 1 AND position = 1", "the stored hash 1/1 does not fit its entries"),
        ("DELETE FROM ledger_node WHERE level = 1 AND position = 1", "the stored hash 1/1 does not fit its entries"),
        ("INSERT INTO ledger_node (level, position, hash) VALUES (1, 2, {zero})", "the stored hash 1/2 does not fit its entries"),
        ("INSERT INTO ledger_node (level, position, hash) VALUES (2, 0, {zero})", "the stored hash 2/0 does not fit the hashes below it"),
    ],
)  # fmt: skip
def test_a_changed_hash_of_the_tree_is_named(statement, named, ledger):
    zero = "zeroblob(32)" if ledger.database.kind == "sqlite" else "decode(repeat('00', 32), 'hex')"
    unlocked(ledger, statement.format(zero=zero))
    assert problems(ledger) == [named]


def test_a_changed_right_edge_is_found_before_it_grows(ledger):
    zeros = 32 * SIZE.bit_count()
    packed = (
        f"zeroblob({zeros})" if ledger.database.kind == "sqlite" else f"decode(repeat('00', {zeros}), 'hex')"
    )
    unlocked(ledger, f"UPDATE ledger_head SET frontier = {packed}")
    assert problems(ledger) == ["the stored right edge does not fit the entries"]


def test_a_changed_kept_checkpoint_is_found(ledger):
    unlocked(ledger, "UPDATE ledger_checkpoint SET note = replace(note, 'strongroom', 'strangroom')")
    assert any("a checkpoint is not valid" in problem for problem in problems(ledger))


def replayed(runtime):
    with runtime.database.reader.connect() as connection:
        return replay.check(connection, PROJECTIONS).differences


@pytest.mark.parametrize(
    ("column", "value"),
    [("subject", "'medium:elsewhere'"), ("event", "'medium:packed'"), ("recorded_at", "'2020-01-01 00:00:00.000000'")],
)  # fmt: skip
def test_an_entry_hidden_from_its_medium_is_found(column, value, ledger):
    unlocked(ledger, f"UPDATE ledger_entry SET {column} = {value} WHERE position = 300")
    assert problems(ledger) == []  # the entries themselves are whole
    name = "at" if column == "recorded_at" else column
    assert replayed(ledger) == (f"entry 300: the table's {name} is not what the entry says",)


@pytest.fixture
def exported(ledger, tmp_path):
    with ledger.database.reader.connect() as connection:
        store.export(connection, tmp_path / "export", str(ledger.verifier))
    return tmp_path / "export"


def test_an_honest_export_has_honest_tiles(exported):
    assert tile_problems(exported, SIZE) == []


@pytest.mark.parametrize("name", ["0/000", "0/001", f"0/002.p/{SIZE % 256}", "1/000.p/2"])
def test_a_changed_or_missing_tile_is_named(name, exported):
    file = exported / "tile" / name
    what = "the hashes below it" if name.startswith("1") else "its entries"
    content = bytearray(file.read_bytes())
    content[33] ^= 1
    file.write_bytes(content)
    assert tile_problems(exported, SIZE) == [f"tile/{name} does not fit {what}"]
    file.unlink()
    assert tile_problems(exported, SIZE) == [f"tile/{name} does not fit {what}"]


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize("name", ["ledger_entry", "ledger_node", "ledger_checkpoint"])
def test_the_database_itself_refuses_to_change_or_remove(name, statement, ledger):
    column = {"ledger_entry": "body", "ledger_node": "hash", "ledger_checkpoint": "note"}[name]
    with pytest.raises(Exception, match="append-only"):
        attempt(ledger, statement.format(name, column, column))
    assert problems(ledger) == []


def test_the_database_itself_refuses_to_empty_or_replace(ledger):
    statement = {
        "sqlite": "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE position = 1",
        "postgresql": "TRUNCATE ledger_entry",
    }[ledger.database.kind]
    with pytest.raises(Exception, match="append-only"):
        attempt(ledger, statement)
