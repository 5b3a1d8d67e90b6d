"""A request's headers as the bytes they came in: what scans are read from, without the framework's objects."""

from collections.abc import Mapping, Sequence

from starlette.types import Scope

Headers = Mapping[bytes, bytes]


def headers_of(scope: Scope) -> Headers:
    return by_name(scope["headers"])


def by_name(given: Sequence[tuple[bytes, bytes]]) -> Headers:
    """By lower-case name; of several of one name the first, of cookies all."""
    found = dict(reversed(given))
    if len(found) < len(given) and b"cookie" in found:
        found[b"cookie"] = b"; ".join(value for name, value in given if name == b"cookie")
    return found
