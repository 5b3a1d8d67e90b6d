"""Passwords (argon2id) and random secrets. Hashing is slow on purpose: never call it in the writer's thread."""

import secrets
import threading
import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SECRET_BYTES = 32
TOKEN_PREFIX = "str_"  # noqa: S105 - marks a string as one of ours, so that scanners for leaked secrets find it

# RFC 9106, second recommended option, on one lane: 64 MiB, three passes.
_HASHER = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=1),))
# Each needs 64 MiB; more at once would let a flood of sign-ins take all the memory.
_AT_ONCE = threading.Semaphore(2)


def normalised(password: str) -> str:
    """The same password from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(normalised(password))


def password_fits(password: str, password_hash: str) -> bool:
    """Takes the same time for a login that does not exist or has no password (an empty hash): never fits."""
    with _AT_ONCE:
        fits = _HASHER.verify(normalised(password), password_hash or _dummy_hash())
    return fits and bool(password_hash)


@cache
def _dummy_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(SECRET_BYTES))


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def new_token() -> str:
    return TOKEN_PREFIX + new_secret()
