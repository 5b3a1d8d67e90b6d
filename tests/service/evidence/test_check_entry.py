"""`strongroom ledger check-entry`: three files and no server."""

import subprocess
import sys

import pytest

from service.ledger import store
from service.ledger.writer import SYSTEM
from service.media.actions import MediumEvent

pytestmark = pytest.mark.one_database
PROGRAM = [sys.executable, "-c", "from service.cli import main; main()", "ledger", "check-entry"]


@pytest.fixture
def files(runtime, tmp_path):
    for number in range(5):
        runtime.writer.run(
            SYSTEM, lambda unit, n=number: unit.append("medium:x", MediumEvent.EDITED, facts={"n": n})
        )
    with runtime.database.reader.connect() as connection:
        (tmp_path / "entry").write_bytes(store.entry(connection, 2).body)
        (tmp_path / "proof").write_text(store.proof(connection, 2))
    (tmp_path / "key").write_text(f"{runtime.verifier}\n")
    return tmp_path


def check(folder):
    return subprocess.run(
        [*PROGRAM, "entry", "proof", "--key", "key"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


def test_an_entry_is_proved_from_three_files(files):
    done = check(files)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("proved: in the ledger strongroom.invalid/custody of 5 entries")


def test_a_changed_entry_and_a_missing_file_are_told_apart(files):
    (files / "entry").write_bytes((files / "entry").read_bytes() + b" ")
    refused = check(files)
    assert (refused.returncode, refused.stdout[:11]) == (1, "NOT PROVED:")
    (files / "entry").unlink()
    assert check(files).returncode == 2
