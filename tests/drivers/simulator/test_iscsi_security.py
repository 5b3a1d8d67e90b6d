"""CHAP on the wire and through libiscsi: who gets in, who does not, and that no secret is told."""

import hashlib
import json

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError
from drivers.scsi.chap import CHAP_FILE, Credentials, Secret, read_credentials, respond
from drivers.simulator.iscsi.security import Gate, NotProvenError, decode_binary
from drivers.simulator.iscsi.server import IscsiTarget

US, THEM = Secret("robot", b"robots-own-secret"), Secret("library", b"librarys-secret!")
CHALLENGE = bytes(range(16))


@pytest.fixture
def gate():
    return Gate(Credentials(US, THEM), random=lambda count: CHALLENGE[:count])


def open_gate(gate, **changes):
    gate.step({"AuthMethod": "CHAP,None"})
    asked = dict(gate.step({"CHAP_A": changes.pop("algorithms", "5")}))
    algorithm, identifier = int(asked["CHAP_A"]), int(asked["CHAP_I"])
    proof = respond(algorithm, identifier, changes.pop("secret", US.value), decode_binary(asked["CHAP_C"]))
    return gate.step({"CHAP_N": US.name, "CHAP_R": f"0x{proof.hex()}"} | changes)


def test_the_response_is_the_hash_of_number_secret_and_challenge():
    whole = b"\7secret-of-chap\1\2"
    assert respond(5, 7, b"secret-of-chap", b"\1\2") == hashlib.md5(whole).digest()
    assert respond(7, 7, b"secret-of-chap", b"\1\2") == hashlib.sha256(whole).digest()


@pytest.mark.parametrize("algorithms", ["5", "5,7", "8,7"])
def test_who_knows_the_secret_gets_in(gate, algorithms):
    assert not gate.is_open
    assert open_gate(gate, algorithms=algorithms) == []
    assert gate.is_open


def test_the_target_proves_itself_when_it_is_asked(gate):
    answers = dict(open_gate(gate, CHAP_I="9", CHAP_C="0b" + "c29tZSBvdGhlciBjaGFsbGVuZ2U="))
    assert answers["CHAP_N"] == "library"
    assert decode_binary(answers["CHAP_R"]) == respond(5, 9, THEM.value, b"some other challenge")


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": b"another-secret!!"},
        {"CHAP_N": "somebody"},
        {"CHAP_R": "0x00"},
        {"CHAP_R": "0xzz"},
        {"CHAP_R": "plain"},
        {"algorithms": "6"},
        {"CHAP_I": "9", "CHAP_C": f"0x{CHALLENGE.hex()}"},
        {"CHAP_I": "999", "CHAP_C": "0x0102"},
        {"CHAP_I": "²", "CHAP_C": "0x0102"},
        {"CHAP_I": "9", "CHAP_C": "0x"},
    ],
)
def test_nobody_else_gets_in_and_our_own_challenge_is_never_answered(gate, changes):
    with pytest.raises(NotProvenError):
        open_gate(gate, **changes)


def test_a_response_before_a_challenge_proves_nothing(gate):
    with pytest.raises(NotProvenError):
        gate.step({"CHAP_N": US.name, "CHAP_R": "0x00"})
    assert not gate.is_open


def test_an_open_house_asks_for_nothing():
    gate = Gate(None)
    assert gate.is_open
    assert gate.step({"AuthMethod": "CHAP,None"}) == [("AuthMethod", "None")]


@pytest.fixture
def files(tmp_path):
    texts = {
        "one-way": "robot robots-own-secret\n",
        "mutual": "# both\nrobot robots-own-secret\nlibrary librarys-secret!\n",
        "wrong": "robot some-other-secret\n",
        "impostor": "robot robots-own-secret\nlibrary not-the-librarys\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def locked(bench, tmp_path, files):
    with IscsiTarget(tmp_path / "library", credentials=read_credentials(files / "mutual")) as target:
        yield f"iscsi://127.0.0.1:{target.address[1]}/{target.name}"


@pytest.mark.parametrize(
    ("name", "lets_in"),
    [("one-way", True), ("mutual", True), ("wrong", False), ("impostor", False), (None, False)],
)
def test_libiscsi_gets_in_with_the_right_secrets_alone(libiscsi, locked, files, name, lets_in):
    url = f"{locked}/0" + (f"?chap_file={files / name}" if name else "")
    if lets_in:
        with registry.open_changer(url) as changer:
            snapshot = changer.inventory(deadline_s=5)
        told = json.dumps([url, *map(repr, snapshot.raw)])
    else:
        with pytest.raises(BackendUnavailableError) as caught:
            registry.open_changer(url)
        told = str(caught.value)
    assert not any(secret in told for secret in ("own-secret", "librarys-secret", "some-other", "not-the"))


def test_the_file_may_be_named_by_the_environment(libiscsi, locked, files, monkeypatch):
    monkeypatch.setenv(CHAP_FILE, str(files / "one-way"))
    with registry.open_drive(f"{locked}/1") as drive:
        assert drive.identify(deadline_s=5).serial == "DRV0000001"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "one or two lines"),
        ("robot\n", "one or two lines"),
        ("robot two words\n", "one or two lines"),
        ("a aaaaaaaaaaaa\nb bbbbbbbbbbbb\nc cccccccccccc\n", "one or two lines"),
        ("robot short\n", "less than 12"),
        ("robot the-same-secret\nlibrary the-same-secret\n", "the same secret"),
        (b"\xff\xfe", "not UTF-8"),
        (None, "No such file"),
    ],
)
def test_a_file_that_will_not_do_is_named_without_what_it_holds(tmp_path, text, told):
    path = tmp_path / "chap"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BackendUnavailableError, match=told) as caught:
        read_credentials(path)
    assert "short" not in str(caught.value)
    assert "the-same-secret" not in str(caught.value)


def test_a_url_with_a_secret_in_it_is_refused_and_not_repeated():
    with pytest.raises(BackendUnavailableError, match="chap_file") as caught:
        registry.open_changer("iscsi://robot%hush-hush@127.0.0.1/iqn.2026-01.test:x/0")
    assert "hush" not in str(caught.value)


def test_credentials_do_not_show_their_secrets():
    assert "secret" not in repr(Credentials(US, THEM))
