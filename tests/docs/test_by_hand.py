"""What docs/ledger-format.md tells a stranger to type works: bash, OpenSSL and Python's standard library, none of our code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from media_site import make_site, register

from service.ledger import store
from service.ledger.writer import SYSTEM
from service.media.actions import MediumEvent

TEXT = (Path(__file__).parents[2] / "docs" / "ledger-format.md").read_text(encoding="utf-8")
BY_HAND = TEXT.partition("## By hand")[2]
OPENSSL = re.search(r"in bash:\n\n```\n(.*?)```", BY_HAND, re.DOTALL)[1]
ROOT, INCLUSION = re.findall(r"```python\n(.*?)```", BY_HAND, re.DOTALL)
pytestmark = pytest.mark.one_database


@pytest.fixture
def folder(runtime, tmp_path):
    register(runtime, make_site(runtime), "STR142L8")

    def work(unit):
        for number in range(unit.first_position, 700):
            unit.append("medium:other", MediumEvent.EDITED, facts={"n": number})

    runtime.writer.run(SYSTEM, work)
    with runtime.database.reader.connect() as connection:
        store.export(connection, tmp_path / "export", str(runtime.verifier))
        (tmp_path / "export" / "entry").write_bytes(store.entry(connection, 321).body)
        (tmp_path / "export" / "proof").write_text(store.proof(connection, 321))
    return tmp_path / "export"


def typed(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def python(folder, script, *args):
    return typed(folder, sys.executable, "-I", "-S", "-c", script, *args)


def test_the_signature_of_a_checkpoint_is_checked_with_openssl(folder):
    done = typed(folder, "bash", "-ec", OPENSSL)
    assert "Signature Verified Successfully" in done.stdout, done.stderr
    signed = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(signed.replace("\n700\n", "\n701\n"))
    assert typed(folder, "bash", "-ec", OPENSSL).returncode != 0


def test_the_root_is_computed_in_python(folder):
    root = (folder / "checkpoint").read_text().splitlines()[2]
    assert python(folder, ROOT).stdout.strip() == root
    bundle = folder / "tile" / "entries" / "001"
    bundle.write_bytes(bundle.read_bytes().replace(b'"n":300', b'"n":301'))
    assert python(folder, ROOT).stdout.strip() != root


def test_an_entry_is_proved_in_python(folder):
    root = (folder / "checkpoint").read_text().splitlines()[2]
    done = python(folder, INCLUSION, "entry", "proof")
    assert done.stdout.strip() == root, done.stderr
    (folder / "entry").write_bytes((folder / "entry").read_bytes() + b" ")
    assert python(folder, INCLUSION, "entry", "proof").stdout.strip() != root
