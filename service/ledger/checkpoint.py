"""Checkpoints as C2SP signed notes (signed-note, tlog-checkpoint) with Ed25519, and proofs as C2SP tlog-proof."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
KEY_ID_BYTES = 4
MIN_LINES = 3
PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointError(ValueError):
    pass


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A ledger's name and 32-byte Ed25519 public key, written as a C2SP vkey."""

    name: str
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{key_id(self.name, self.public).hex()}+{_b64(ED25519 + self.public)}"

    @staticmethod
    def parse(vkey: str) -> "Verifier":
        try:
            name, identifier, encoded = vkey.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
            expected = key_id(name, raw[1:]).hex()
        except ValueError as error:
            raise CheckpointError("not a verifier key") from error
        if raw[:1] != ED25519 or len(raw) != 33 or identifier != expected:  # noqa: PLR2004 - type byte and key
            raise CheckpointError("not an Ed25519 verifier key, or its key ID is wrong")
        return Verifier(name, raw[1:])

    def accepts(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    name: str
    key: Ed25519PrivateKey

    @cached_property  # a checkpoint is signed with every batch, and the public key takes as long as the signature
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, size: int, root: bytes) -> str:
        """The signed note for a tree of `size` leaves."""
        text = f"{self.name}\n{size}\n{_b64(root)}\n"
        blob = key_id(self.name, self.verifier.public) + self.key.sign(text.encode())
        return f"{text}\n\u2014 {self.name} {_b64(blob)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def parse(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note that the verifier's key signed; raises CheckpointError otherwise."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or any(ord(letter) < 0x20 and letter != "\n" for letter in note):  # noqa: PLR2004 - control characters
        raise CheckpointError("not a signed note")
    signed = _utf8(text + "\n")
    known = [blob for name, blob in _signature_lines(signatures) if _is_key(name, blob, verifier)]
    if not known:
        raise CheckpointError(f"not signed by {verifier.name}")
    if not all(verifier.accepts(signed, blob[KEY_ID_BYTES:]) for blob in known):
        raise CheckpointError("the signature does not fit the text")
    return _parse_text(text, verifier.name)


def _parse_text(text: str, name: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < MIN_LINES or lines[0] != name:
        raise CheckpointError("not a checkpoint of this ledger")
    root = _unb64(lines[2])
    if len(root) != sha256().digest_size:
        raise CheckpointError("the root is not a SHA-256 hash")
    return Checkpoint(lines[0], _number(lines[1]), root)


def _number(text: str) -> int:
    """Decimal without a sign or leading zeros, below 2**64."""
    if not PLAIN_NUMBER.fullmatch(text):
        raise CheckpointError("not a plain number")
    return int(text)


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error, or a letter beyond ASCII
        raise CheckpointError("not base64") from error


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CheckpointError("not UTF-8") from error


def _signature_lines(block: str) -> list[tuple[str, bytes]]:
    found = []
    for line in block.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        blob = _unb64(encoded)
        if dash != "\u2014" or not name or len(blob) <= KEY_ID_BYTES:
            raise CheckpointError("a malformed signature line")
        found.append((name, blob))
    return found


def _is_key(name: str, blob: bytes, verifier: Verifier) -> bool:
    return name == verifier.name and blob[:KEY_ID_BYTES] == key_id(verifier.name, verifier.public)


def proof_text(index: int, path: Sequence[bytes], note: str) -> str:
    """A `.tlog-proof` file."""
    lines = [PROOF_HEADER, f"index {index}", *(_b64(node) for node in path)]
    return "\n".join(lines) + "\n\n" + note


def parse_proof(text: str) -> tuple[int, list[bytes], str]:
    """(leaf index, path, checkpoint note); raises CheckpointError."""
    head, separator, note = text.partition("\n\n")
    lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    if not separator or len(lines) < 2 or lines[0] != PROOF_HEADER or not lines[1].startswith("index "):  # noqa: PLR2004 - header, index
        raise CheckpointError("not a tlog-proof")
    return _number(lines[1].removeprefix("index ")), [_unb64(line) for line in lines[2:]], note


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
