"""`strongroom media import`, as a shell runs it."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from media_site import make_site, row

PROGRAM = [sys.executable, "-c", "from service.cli import main; main()"]
GOOD = "barcode,type,content,where\nSTR142L8,lto,full,Library 1 › slot 5\n"


@pytest.fixture
def strongroom(runtime, tmp_path):
    make_site(runtime)
    key = tmp_path / "ledger.key"
    key.write_bytes(runtime.signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    environment = os.environ | {
        "STRONGROOM_DATA_DIR": str(runtime.settings.data_dir),
        "STRONGROOM_LEDGER_KEY_FILE": str(key),
        "STRONGROOM_DATABASE_URL": runtime.settings.resolved_database_url,
    }

    def run(text, *options):
        file = tmp_path / "media.csv"
        file.write_text(text)
        return subprocess.run(
            [*PROGRAM, "media", "import", str(file), *options],
            env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


def test_a_file_is_tried_and_then_imported(strongroom, runtime):
    tried = strongroom(GOOD, "--dry-run")
    assert (tried.returncode, tried.stdout) == (
        0, "1 acceptable, 0 rejected, 0 left out. Nothing was imported: this was a dry run.\n",
    )  # fmt: skip
    done = strongroom(GOOD)
    assert (done.returncode, done.stdout) == (0, "1 media imported, 0 left out.\n")
    assert row(runtime, "STR142L8").content == "full"


def test_rejected_lines_are_a_table_and_exit_code_1(strongroom, runtime):
    refused = strongroom(GOOD + "str143L8,lto,full,A-02\n")
    assert refused.returncode == 1
    assert "3  str143L8,lto,full,A-02" in refused.stdout
    assert "lower-case letter s" in refused.stdout
    assert "Nothing was imported" in refused.stdout
    told = strongroom(GOOD + "str143L8,lto,full,A-02\n", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["rejected"][0]["line"] == 3


def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(strongroom):
    assert strongroom("nonsense").returncode == 1
    assert strongroom(GOOD, "--from", "xml").returncode == 2
    broken = strongroom("Storage Changer x", "--from", "mtx", "--library", "Library 1")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "Nothing was imported." in broken.stderr
