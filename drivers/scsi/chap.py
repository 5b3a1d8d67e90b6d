"""CHAP: names and secrets from a file, and the arithmetic of challenge and response. Pure but for the file.

The file holds one line `NAME SECRET` for the initiator and, where the target must prove itself too
(mutual CHAP), a second one for the target. Lines that begin with # do not count.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from drivers.errors import BackendUnavailableError

CHAP_FILE = "STRONGROOM_ISCSI_CHAP_FILE"
# RFC 7143 asks for 96 bits; Windows takes at most 16 bytes, others more.
LEAST_SECRET_BYTES, MOST_LINES = 12, 2


@dataclass(frozen=True, slots=True)
class Secret:
    """A name with its secret, which no text of this object shows."""

    name: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    initiator: Secret
    target: Secret | None = None


def given_credentials(chap_file: str | None) -> Credentials | None:
    """From the file named by the option, or else by the environment; None where neither names one."""
    path = chap_file or os.environ.get(CHAP_FILE)
    return read_credentials(Path(path)) if path else None


def read_credentials(path: Path) -> Credentials:
    """BackendUnavailableError in one sentence, which never repeats what the file holds."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BackendUnavailableError(f"the CHAP file {path} cannot be read: {reason}") from error
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not 1 <= len(rows) <= MOST_LINES or any(len(row) != 2 for row in rows):  # noqa: PLR2004 - name and secret
        raise BackendUnavailableError(f"the CHAP file {path} must hold one or two lines NAME SECRET")
    secrets = [Secret(name, value.encode()) for name, value in rows]
    if any(len(secret.value) < LEAST_SECRET_BYTES for secret in secrets):
        raise BackendUnavailableError(
            f"the CHAP file {path} holds a secret of less than {LEAST_SECRET_BYTES} characters"
        )
    if len({secret.value for secret in secrets}) < len(secrets):
        raise BackendUnavailableError(f"the CHAP file {path} gives both sides the same secret")
    return Credentials(*secrets)


# The algorithms' numbers on the wire, the strongest first.
ALGORITHMS = {7: "sha256", 5: "md5"}


def respond(algorithm: int, identifier: int, secret: bytes, challenge: bytes) -> bytes:
    whole = bytes((identifier,)) + secret + challenge
    return hashlib.new(ALGORITHMS[algorithm], whole, usedforsecurity=False).digest()


def proves(response: bytes, algorithm: int, identifier: int, secret: bytes, challenge: bytes) -> bool:
    return hmac.compare_digest(response, respond(algorithm, identifier, secret, challenge))
