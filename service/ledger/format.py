"""The exact bytes of a ledger entry: restricted canonical JSON, compatible with RFC 8785.

Values are strings, booleans, null, integers below 2**53 in magnitude, lists and objects with ASCII keys; times are
RFC 3339 UTC strings. Only the standard library and msgspec are imported here, so that an outsider can run the verifier.
"""

import json
from datetime import UTC, datetime

import msgspec

VERSION = 1
MAX_ENTRY_BYTES = 65_535  # C2SP tlog-tiles stores an entry behind a 16-bit length
_MAX_INTEGER = 2**53

_encode = msgspec.json.Encoder(order="sorted").encode


class FormatError(ValueError):
    pass


def canonical_bytes(value: object) -> bytes:
    """RFC 8785 bytes of a value of the restricted kind.

    Raises FormatError for floats, integers of 2**53 and more, non-ASCII keys, lone surrogates and other types.
    """
    check(value)
    try:
        encoded = _encode(value)
    except (UnicodeEncodeError, TypeError) as error:
        raise FormatError(f"not canonical JSON: {error}") from error
    return _rfc8785_escapes(encoded) if b"\\u" in encoded else encoded


def _rfc8785_escapes(encoded: bytes) -> bytes:
    """Slow path for control characters, which encoders write in different ways."""
    text = json.dumps(json.loads(encoded), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


_PLAIN = frozenset({str, bool, type(None)})


def check(value: object) -> None:
    """Raise FormatError when the value is not of the restricted kind."""
    if type(value) in _PLAIN:  # most values; exact types are cheaper to tell than patterns
        return
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) >= _MAX_INTEGER:
                raise FormatError(f"integer {value} does not fit 53 bits")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise FormatError(f"key {key!r} is not an ASCII string")
                check(item)
        case list() | tuple():
            for item in value:
                check(item)
        case _:
            raise FormatError(f"{type(value).__name__} does not belong in an entry")


def timestamp(at: datetime) -> str:
    """RFC 3339 UTC with microseconds, always 27 characters."""
    if at.tzinfo is None:
        raise FormatError("a time without a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text)
