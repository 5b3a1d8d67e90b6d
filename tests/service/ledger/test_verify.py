"""What the verifier finds: changed bytes, missing and swapped entries, forged notes, cut exports; and edited tables."""

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from media_site import make_site, register
from sqlalchemy import text

from service.db import open_database
from service.ledger import replay, store, tree, verify
from service.ledger.checkpoint import CheckpointError, Signer
from service.ledger.writer import SYSTEM
from service.media.actions import MediumEvent
from service.schema import PROJECTIONS

SIGNER = Signer("strongroom.invalid/test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ENTRIES = [f'{{"n":{number}}}'.encode() for number in range(400)]


def note(entries, signer=SIGNER):
    return signer.sign(len(entries), tree.root_of([tree.leaf_hash(entry) for entry in entries]))


NOTES = [note(ENTRIES[:size]) for size in (1, 100, 256, 400)]


def problems(entries, notes=NOTES):
    return verify.verify(entries, notes, SIGNER.verifier).problems


def test_an_honest_ledger_verifies_with_every_checkpoint():
    verdict = verify.verify(ENTRIES, NOTES, SIGNER.verifier)
    assert verdict.ok
    assert (verdict.size, verdict.checked) == (400, 4)


def test_a_changed_byte_is_found_by_every_checkpoint_after_it():
    changed = [*ENTRIES[:150], b'{"n":151}', *ENTRIES[151:]]
    assert problems(changed) == (
        "the checkpoint of 256 entries does not fit the entries", "the checkpoint of 400 entries does not fit the entries",
    )  # fmt: skip


def test_a_missing_entry_is_found():
    assert problems(ENTRIES[:-1]) == ("1 entries are missing: the checkpoint signs 400, 399 are here",)
    assert any("does not fit" in problem for problem in problems([*ENTRIES[:200], *ENTRIES[201:]]))


def test_swapped_entries_are_found():
    swapped = [*ENTRIES[:10], ENTRIES[11], ENTRIES[10], *ENTRIES[12:]]
    assert len(problems(swapped)) == 3


def test_entries_behind_no_checkpoint_are_told():
    assert problems([*ENTRIES, b"{}"]) == ("1 entries are behind no checkpoint",)


def test_a_note_of_another_key_is_no_checkpoint():
    forger = Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
    forged = note([*ENTRIES, b"{}"], forger)
    assert problems([*ENTRIES, b"{}"], [*NOTES, forged]) == (
        "a checkpoint is not valid: not signed by strongroom.invalid/test", "1 entries are behind no checkpoint",
    )  # fmt: skip


def test_two_histories_under_one_key_are_told():
    other = note([b"{}", *ENTRIES[1:100]])
    assert any("different roots" in problem for problem in problems(ENTRIES, [*NOTES, other]))


def test_no_checkpoint_at_all_proves_nothing():
    assert problems(ENTRIES, []) == ("there is no valid checkpoint",)


@pytest.mark.parametrize("size", [0, 1, 2, 65_535, 65_536, 65_537, 131_072, 140_001])
def test_large_ledgers_are_hashed_in_subtrees_with_the_same_root(size):
    entries = [b"%d" % number for number in range(size)]
    expected = tree.root_of([tree.leaf_hash(entry) for entry in entries])
    notes = [SIGNER.sign(size, expected)]
    verdict = verify.verify(entries, notes, SIGNER.verifier)
    assert verdict.ok, verdict.problems
    assert verdict.root == expected


@pytest.fixture
def ledger(runtime):
    """A ledger of 600 entries about media that are there."""
    site = make_site(runtime)
    register(runtime, site, "STR142L8")

    def work(unit):
        for number in range(unit.first_position, 600):
            unit.append("medium:other", MediumEvent.EDITED, facts={"n": number})

    runtime.writer.run(SYSTEM, work)
    return runtime


@pytest.fixture
def exported(ledger, tmp_path):
    with ledger.database.reader.connect() as connection:
        store.export(connection, tmp_path / "export", str(ledger.verifier))
    return tmp_path / "export"


def verdict_of(folder):
    return verify.verify(*verify.read_export(folder))


def test_an_export_verifies_without_the_database(exported):
    verdict = verdict_of(exported)
    assert verdict.ok, verdict.problems
    assert verdict.size == 600


def test_an_export_that_was_cut_is_found(exported):
    last = next((exported / "tile" / "entries" / "002.p").iterdir())
    content = last.read_bytes()
    entries = list(verify.split_bundle(content))
    last.write_bytes(verify.join_bundle(entries[:-1]))
    assert any("missing" in problem for problem in verdict_of(exported).problems)
    last.write_bytes(content[:-3])
    with pytest.raises(CheckpointError, match="in the middle of an entry"):
        verdict_of(exported)
    shutil.rmtree(last.parent)
    assert any("missing" in problem for problem in verdict_of(exported).problems)


def test_an_export_in_which_a_byte_was_changed_is_found(exported):
    bundle = exported / "tile" / "entries" / "000"
    content = bundle.read_bytes()
    bundle.write_bytes(content.replace(b"STR142L8", b"STR143L8"))
    assert bundle.read_bytes() != content
    assert any("does not fit" in problem for problem in verdict_of(exported).problems)


def test_an_export_without_its_key_or_checkpoint_cannot_be_read(exported):
    (exported / "checkpoint").unlink()
    with pytest.raises(FileNotFoundError):
        verdict_of(exported)
    (exported / "ledger.vkey").write_text("nonsense")
    with pytest.raises(CheckpointError):
        verdict_of(exported)


def test_the_database_s_own_bytes_are_checked_against_the_signed_root(ledger):
    with ledger.database.reader.connect() as connection:
        entries = list(store.bodies(connection))
        notes = store.notes(connection)
    assert verify.verify(entries, notes, ledger.verifier).ok
    entries[3] = entries[3][:-1] + b" }"
    assert not verify.verify(entries, notes, ledger.verifier).ok


def replayed(runtime):
    with runtime.database.reader.connect() as connection:
        return replay.check(connection, PROJECTIONS)


def edit_behind_the_back(runtime, statement):
    """As somebody with the database's password would."""
    intruder = open_database(runtime.database.url)
    with intruder.writer.begin() as connection:
        connection.execute(text(statement))
    intruder.close()


def test_replay_agrees_with_honest_tables(ledger):
    found = replayed(ledger)
    assert found.ok
    assert found.rows >= 20


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE medium SET content = 'scratch'", "content is 'scratch', by the ledger 'active'"),
        ("UPDATE medium SET barcode = 'STR999L8'", "barcode is 'STR999L8', by the ledger 'STR142L8'"),
        ("UPDATE medium SET expires_on = '2020-01-01'", "expires_on is '2020-01-01', by the ledger None"),
        ("UPDATE party SET name = 'Another vendor' WHERE kind = 'vault_vendor'", "name is 'Another vendor'"),
        ("DELETE FROM medium", "in the ledger, not in the tables"),
    ],
)
def test_replay_finds_a_row_edited_behind_the_back(ledger, statement, said):
    edit_behind_the_back(ledger, statement)
    found = replayed(ledger)
    assert found.different == 1
    assert said in found.differences[0]


def test_replay_finds_a_row_that_no_entry_made(ledger):
    edit_behind_the_back(
        ledger,
        "INSERT INTO party (party_id, kind, name, contact, active) VALUES ('x', 'courier', 'Ghost', '', true)",
    )
    assert replayed(ledger).differences == ("party:x: in the tables, not in the ledger",)
