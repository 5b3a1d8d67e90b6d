"""Identifiers: 26 characters of Crockford base 32 (48 bits of milliseconds, 80 random bits), sortable by time."""

import secrets
from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
PATTERN = f"^[{ALPHABET}]{{{LENGTH}}}$"
_RANDOM_BITS = 80


def new_id(now: datetime, entropy: int | None = None) -> str:
    value = int(now.timestamp() * 1000) << _RANDOM_BITS
    value |= secrets.randbits(_RANDOM_BITS) if entropy is None else entropy
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def is_id(text: str) -> bool:
    """What is not one is not looked up: a database refuses some characters."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text)
