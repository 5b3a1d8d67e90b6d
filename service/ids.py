"""Identifiers: 26 characters of Crockford base 32 (48 bits of milliseconds, 80 random bits), sortable by time.

Within one millisecond of one process each is the last one plus one, so that things made together sort as they were made.
"""

import secrets
import threading
from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
PATTERN = f"^[{ALPHABET}]{{{LENGTH}}}$"
_RANDOM_BITS = 80


class _Sequence:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def after(self, value: int) -> int:
        with self._lock:
            if value >> _RANDOM_BITS == self._last >> _RANDOM_BITS:
                value = self._last + 1
            self._last = value
        return value


_sequence = _Sequence()


def new_id(now: datetime) -> str:
    value = int(now.timestamp() * 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS - 1)
    value = _sequence.after(value)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def is_id(text: str) -> bool:
    """What is not one is not looked up: a database refuses some characters."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text)
