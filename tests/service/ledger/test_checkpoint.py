"""Signed notes and proofs: the known vector, and nonsense that raises nothing but CheckpointError."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from service.ledger import checkpoint, tree, verify
from service.ledger.checkpoint import CheckpointError, Signer, Verifier

VKEY = "vault.example/custody+ec1e947d+AdNnvCeOjJGvlWgW87PdoCu40rrSTN+LmcUCOTei19bM"
NOTE = (
    "vault.example/custody\n7\nEvKAi8pMShoFMXCjvEsCuz6D/gv4VOQsdbNQL7mqlaI=\n\n"
    "— vault.example/custody 7B6UfdshHgZeUMsDj1OmnWTeDmA9ZafgZUQiZ5KnKzZg/B6LUHOE43NFwhJ7TNTIfazHaCK6J3uUD9CobQarldz9rgE=\n"
)
ENTRY = b'{"seq":3}'
PATH = [
    "0+CmKo96klbIvrcVr97YPkMm0sRzedJZsXCahArS8R0=",
    "/FLXGjaKeY/Zbsflt+5fj5/dEMf/mrFGxOrB5qChsQo=",
    "W2qHXU9KHoTXZASQVliH8n4vPTTJGZZRQ2ZkO/A30QA=",
]
PROOF = "\n".join(["c2sp.org/tlog-proof@v1", "index 3", *PATH, "", NOTE])
SIGNER = Signer("strongroom.invalid/test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer("strongroom.invalid/test", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
WITNESS = Signer("witness.example/w", Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))
ROOT = tree.root_of([tree.leaf_hash(b"{}")])


def test_the_vector_s_note_is_accepted_under_its_key():
    key = Verifier.parse(VKEY)
    assert str(key) == VKEY
    found = checkpoint.parse(NOTE, key)
    assert (found.origin, found.size) == ("vault.example/custody", 7)
    assert found.root.hex() == "12f2808bca4c4a1a053170a3bc4b02bb3e83fe0bf854e42c75b3502fb9aa95a2"


def test_the_vector_s_proof_is_accepted_and_written_the_same():
    assert verify.verify_proof(ENTRY, PROOF, Verifier.parse(VKEY)).size == 7
    index, path, note = checkpoint.parse_proof(PROOF)
    assert checkpoint.proof_text(index, path, note) == PROOF


def test_an_extra_line_in_a_proof_is_passed_over():
    text = PROOF.replace("index 3", "extra aGVsbG8=\nindex 3")
    assert verify.verify_proof(ENTRY, text, Verifier.parse(VKEY)).size == 7


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("index 3", "index 2"),
        ("index 3", "index 7"),
        ("index 3", "index -3"),
        (PATH[0], PATH[1]),
        (PATH[0] + "\n", ""),
        ("custody\n7\n", "custody\n8\n"),
        ("EvKAi8", "FvKAi8"),
        ("7B6Ufdsh", "7B6Ufdsi"),
        ("tlog-proof@v1", "tlog-proof@v2"),
    ],
)
def test_a_changed_proof_is_refused(old, new):
    with pytest.raises(CheckpointError):
        verify.verify_proof(ENTRY, PROOF.replace(old, new, 1), Verifier.parse(VKEY))


def test_what_we_sign_we_accept_and_nobody_else_s_key_does():
    note = SIGNER.sign(1, ROOT)
    assert checkpoint.parse(note, SIGNER.verifier).root == ROOT
    with pytest.raises(CheckpointError, match="not signed by"):
        checkpoint.parse(note, OTHER.verifier)
    with pytest.raises(CheckpointError, match="not signed by"):
        checkpoint.parse(note, WITNESS.verifier)


def cosigned(note, signer, text=None):
    text = note.rpartition("\n\n")[0] + "\n" if text is None else text
    blob = checkpoint.key_id(signer.name, signer.verifier.public) + signer.key.sign(text.encode())
    return note + f"— {signer.name} {base64.b64encode(blob).decode()}\n"


def test_signatures_of_others_do_not_disturb_ours():
    note = SIGNER.sign(1, ROOT)
    for _ in range(16):
        note = cosigned(note, WITNESS)
    assert checkpoint.parse(note, SIGNER.verifier).size == 1
    assert checkpoint.parse(note.replace("1\n", "1\n", 1), SIGNER.verifier).size == 1


def test_a_second_signature_of_ours_that_does_not_fit_spoils_the_note():
    with pytest.raises(CheckpointError, match="does not fit"):
        checkpoint.parse(cosigned(SIGNER.sign(1, ROOT), SIGNER, "another text\n"), SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "strongroom.invalid/test\n01\n{root}\n",
        "strongroom.invalid/test\n-1\n{root}\n",
        "strongroom.invalid/test\n1e3\n{root}\n",
        "strongroom.invalid/test\n²\n{root}\n",
        "strongroom.invalid/test\n1\nAAAA\n",
        "strongroom.invalid/test\n1\nnot base64!\n",
        "strongroom.invalid/test\n1\n",
        "another.example/log\n1\n{root}\n",
        "\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    signed = text.format(root=base64.b64encode(ROOT).decode())
    note = cosigned(signed + "\n", SIGNER, signed)
    with pytest.raises(CheckpointError):
        checkpoint.parse(note, SIGNER.verifier)


def test_a_control_character_in_a_note_is_refused():
    with pytest.raises(CheckpointError):
        checkpoint.parse(NOTE.replace("\n7\n", "\n7\r\n"), Verifier.parse(VKEY))


MANGLED = st.builds(
    lambda text, at, piece, cut: text[:at] + piece + text[at + cut :],
    st.sampled_from([NOTE, PROOF, VKEY]),
    st.integers(0, 420),
    st.text(max_size=4),
    st.integers(0, 60),
)


@given(st.text() | MANGLED)
@example("")
@example("\n\n")
@example("c2sp.org/tlog-proof@v1\nindex ٣\n\n")
@example("a+b+c")
@example("é+00000000+" + base64.b64encode(b"\x01" + bytes(32)).decode())
@example("vault.example/custody\n7\nEvKA\n\n— vault.example/custody é\n")
def test_nonsense_raises_nothing_but_a_checkpoint_error(text):
    key = Verifier.parse(VKEY)
    for read in (
        lambda: Verifier.parse(text),
        lambda: checkpoint.parse(text, key),
        lambda: checkpoint.parse_proof(text),
        lambda: verify.verify_proof(ENTRY, text, key),
    ):
        try:
            read()
        except CheckpointError:
            continue


@given(st.binary(max_size=200))
def test_any_bytes_are_entries_or_a_checkpoint_error(bundle):
    try:
        entries = list(verify.split_bundle(bundle))
    except CheckpointError:
        return
    assert verify.join_bundle(entries) == bundle


@given(st.integers(0, 10**12))
def test_a_tile_s_path_reads_back_as_its_number(number):
    path = verify.tile_path(number)
    assert int(path.replace("x", "").replace("/", "")) == number
    assert path.count("x") == path.count("/")


def test_tile_paths_are_those_of_the_specification():
    assert verify.tile_path(1234067) == "x001/x234/067"
    assert verify.tile_path(0) == "000"
    assert verify.tile_path(999) == "999"
