"""`strongroom labels` and `strongroom printers`, as a shell runs them."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.printing.models import LabelState

pytestmark = pytest.mark.one_database
PROGRAM = [sys.executable, "-c", "from service.cli import main; main()"]
SERIES = ("--series", "ABC001L8..ABC030L8", "--stock", "lto-79x17-a4")


@pytest.fixture
def strongroom(room, tmp_path):
    key = tmp_path / "ledger.key"
    pem = room.runtime.signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(pem)
    environment = os.environ | {
        "STRONGROOM_DATA_DIR": str(room.runtime.settings.data_dir),
        "STRONGROOM_LEDGER_KEY_FILE": str(key),
        "STRONGROOM_DATABASE_URL": room.runtime.settings.resolved_database_url,
    }

    def run(*words, typed=""):
        return subprocess.run(
            [*PROGRAM, *map(str, words)], env=environment, cwd=tmp_path, input=typed, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip

    return run


def test_a_series_becomes_a_sheet_and_its_labels_are_proved_from_a_wedge(strongroom, room, tmp_path):
    tried = strongroom("labels", "print", *SERIES, "--dry-run", "--json")
    assert json.loads(tried.stdout) == {
        "dry_run": True, "labels": 30, "pages": 2, "stock": "lto-79x17-a4", "first": "ABC001L8", "last": "ABC030L8",
        "in_specification": True,
    }  # fmt: skip
    assert room.reserved() == {}
    done = strongroom("labels", "print", *SERIES, "--start-at", "7", "--out", "labels.pdf", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sent"] == 30
    assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")
    assert not list(tmp_path.glob("*.part"))
    scanned = strongroom("labels", "verify", "LP-0001", typed="ABC001L8\n\nABC001L8\nABC099L8\n")
    assert scanned.returncode == 1
    assert scanned.stdout.startswith("printed  ABC001L8  29 left\n")
    assert "REFUSED  ABC001L8 was scanned already" in scanned.stdout
    assert "REFUSED  “ABC099L8” is not a label of LP-0001" in scanned.stdout
    assert room.labels("LP-0001", LabelState.PRINTED) == ["ABC001L8"]


def test_the_same_series_again_is_refused_by_name_and_leaves_no_file(strongroom, room, tmp_path):
    room.plan("ABC030L8")
    refused = strongroom("labels", "print", *SERIES, "--out", "labels.pdf")
    assert refused.returncode == 1
    assert "ABC030L8 (reserved in LS-0001)" in refused.stderr
    assert list(tmp_path.glob("labels.pdf*")) == []
    assert len(room.reserved()) == 1


def test_what_cannot_be_done_has_its_exit_code_and_wastes_no_number(strongroom, room):
    unwritable = strongroom("labels", "print", *SERIES, "--out", "nowhere/labels.pdf")
    assert unwritable.returncode == 2
    assert "cannot be written: No such file or directory. No number was reserved." in unwritable.stderr
    refused = strongroom("labels", "print", *SERIES, "--out", "x.pdf", "--start-at", "25")
    assert refused.returncode == 1
    assert "there is no label 25 to start at" in refused.stderr
    assert strongroom("labels", "print", *SERIES).returncode == 2
    assert room.reserved() == {}


def test_a_printer_is_added_calibrated_and_sent_to(strongroom, room, tmp_path):
    from drivers.registry import open_printer_hands

    open_printer_hands(tmp_path / "zebra").close()
    url = f"sim://{tmp_path / 'zebra'}"
    added = strongroom(
        "printers", "add", "Zebra 1", url, "--language", "zpl", "--dpi", "300", "--stock", "roll-79x17"
    )
    assert (added.returncode, added.stdout) == (0, "Zebra 1 added: ready.\n"), added.stderr
    sent = strongroom("labels", "print", "--series", "ABC001L8..ABC002L8", "--printer", "Zebra 1")
    assert "2 to be printed" in sent.stdout, sent.stderr
    assert room.view("LP-0001").device_job_id is not None
    right = strongroom("labels", "calibrate", "Zebra 1", "--measured", "50.5", "50", "100", "100")
    assert right.stdout == "Zebra 1 is calibrated.\n"


def test_a_printer_that_does_not_answer_is_a_device_fault(strongroom):
    refused = strongroom(
        "printers", "add", "Zebra 1", "tcp://127.0.0.1:9", "--language", "zpl", "--dpi", "300"
    )
    assert refused.returncode == 3
    assert "cannot be reached" in refused.stderr


def test_stocks_and_the_next_series_are_told(strongroom, room):
    room.plan("ABC001L8..ABC005L8")
    assert "hand scanner only" in strongroom("labels", "stocks").stdout
    assert strongroom("labels", "next", "3").stdout == "ABC006L8..ABC008L8\n"
    assert strongroom("labels", "jobs").stdout.startswith(
        "LP-0001 LS-0001  series  ABC001L8..ABC005L8  open: 5 to be"
    )
