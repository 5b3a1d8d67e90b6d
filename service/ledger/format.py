"""The exact bytes of a ledger entry: restricted canonical JSON, compatible with RFC 8785.

Values are strings, booleans, null, integers below 2**53 in magnitude, lists and objects with ASCII keys; times are
RFC 3339 UTC strings. Only the standard library and msgspec are imported here, so that an outsider can run the verifier.
"""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache

import msgspec

VERSION = 1
MAX_ENTRY_BYTES = 65_535  # C2SP tlog-tiles stores an entry behind a 16-bit length
_MAX_INTEGER = 2**53
KEYS_IN_USE = 1024

_encode = msgspec.json.Encoder(order="sorted").encode


class FormatError(ValueError):
    pass


def canonical_bytes(value: object) -> bytes:
    """RFC 8785 bytes of a value of the restricted kind.

    Raises FormatError for floats, integers of 2**53 and more, non-ASCII keys, lone surrogates and other types.
    """
    return encoded(plain(value))


def encoded(value: object) -> bytes:
    """The bytes of a value that `plain` has passed."""
    try:
        text = _encode(value)
    except UnicodeEncodeError as error:
        raise FormatError(f"not canonical JSON: {error}") from error
    return _rfc8785_escapes(text) if b"\\u" in text else text


def _rfc8785_escapes(text: bytes) -> bytes:
    """Slow path for control characters, which encoders write in different ways."""
    return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


_LEAVES = frozenset({str, bool, type(None)})


def plain(value: object) -> object:
    """The value with enumerations as their text, times as RFC 3339 and sets as lists; raises FormatError for what does not belong."""
    if type(value) in _LEAVES:
        return value
    if isinstance(value, dict):
        return {_key(key): item if type(item) in _LEAVES else plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(plain(item)) for item in value)
    return _scalar(value)


def _scalar(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case int() if abs(value) < _MAX_INTEGER:
            return int(value)
        case int():
            raise FormatError(f"integer {value} does not fit 53 bits")
        case datetime():
            return timestamp(value)
        case date():
            return value.isoformat()
        case _:
            raise FormatError(f"{type(value).__name__} does not belong in an entry")


@lru_cache(KEYS_IN_USE)
def _key(key: object) -> str:
    if type(key) is str and key.isascii():
        return key
    if isinstance(key, StrEnum):
        return key.value
    raise FormatError(f"key {key!r} is not an ASCII string")


def timestamp(at: datetime) -> str:
    """RFC 3339 UTC with microseconds, always 27 characters."""
    if at.tzinfo is None:
        raise FormatError("a time without a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text)
