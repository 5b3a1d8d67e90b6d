"""`strongroom documents`: printed, given out, listed and checked from the command line, beside the server."""

import json

import pytest
from papers import read_pdf
from travel import COURIER, OURS
from typer.testing import CliRunner

from service import commands
from service.cli import app as cli

commands.register(cli)


@pytest.fixture
def run(travel, monkeypatch, tmp_path):
    """Runs a command on the database of the test; the key is that of the test's ledger."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    settings, key = travel.runtime.settings, travel.runtime.signer.key
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "ledger.key").write_bytes(pem)
    (tmp_path / "ledger.vkey").write_text(f"{travel.runtime.verifier}\n")
    monkeypatch.setenv("STRONGROOM_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("STRONGROOM_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("STRONGROOM_LEDGER_KEY_FILE", str(tmp_path / "ledger.key"))
    return lambda *words, **more: CliRunner().invoke(cli, [str(word) for word in words], **more)


def test_a_document_is_printed_given_out_listed_and_checked_without_the_database(travel, run, tmp_path):
    number = travel.frozen()
    travel.client(OURS).post(f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER})
    out = tmp_path / "copy.pdf"
    done = run("documents", "print", "courier-copy", number, "--out", out, "--language", "de", "--issue")
    assert done.exit_code == 0, done.output
    read = read_pdf(out.read_bytes())
    assert (read.number, "Ladeliste" in read.text) == (f"{number}-C", True)
    listed = json.loads(run("documents", "issued", "--json").stdout)
    assert [(one["number"], one["issued_by"]) for one in listed] == [(f"{number}-C", "command line")]
    checked = run("documents", "check", out, "--key", tmp_path / "ledger.vkey")
    assert (checked.exit_code, "proved" in checked.stdout, "NOT" in checked.stdout) == (0, True, False)
    assert listed[0]["facts_sha256"] in checked.stdout


def test_a_file_that_proves_nothing_ends_with_1_and_one_that_is_none_is_refused(travel, run, tmp_path):
    number = travel.frozen()
    out = tmp_path / "m.pdf"
    assert run("documents", "print", "manifest", number, "--out", out).exit_code == 0
    other = tmp_path / "other.vkey"
    other.write_text("vault.example/custody+ec1e947d+AdNnvCeOjJGvlWgW87PdoCu40rrSTN+LmcUCOTei19bM\n")
    checked = run("documents", "check", out, "--key", other, "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["ok"]) == (1, False)
    (tmp_path / "none.pdf").write_bytes(b"%PDF-1.4 nothing")
    refused = run("documents", "check", tmp_path / "none.pdf", "--key", other)
    assert "is no PDF" in str(refused.exception)


def test_a_recovery_list_is_made_from_a_list_of_barcodes(travel, run, tmp_path):
    travel.house.medium("ABC001L8", "slot 1", "Organisation")
    out = tmp_path / "r.pdf"
    words = ("documents", "recovery-list", "-", "--out", out, "--request", "RQ-118", "--dataset", "claims")
    done = run(*words, input="abc001l8\n")
    assert (done.exit_code, "RL-0001" in done.stdout) == (0, True), done.output
    assert read_pdf(out.read_bytes()).facts["media"][0]["barcode"] == "ABC001L8"


def test_what_is_not_frozen_is_refused_with_the_same_sentence_as_over_the_api(travel, run, tmp_path):
    done = run("documents", "print", "manifest", travel.packed(), "--out", tmp_path / "m.pdf")
    assert "is not frozen yet" in str(done.exception)
    assert not (tmp_path / "m.pdf").exists()
