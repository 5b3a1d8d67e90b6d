"""IPP messages (RFC 8010): bytes in, values out, and back. Pure.

    version 2 · operation or status 2 · request id 4 · groups · end tag · data

A group is a delimiter tag and its attributes; an attribute is value tag 1 · name length 2 · name ·
value length 2 · value. A further value of the same attribute has no name. So have the members of a
collection: they are kept flat, as they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import ProtocolError

HEADER_BYTES = 8
LONGEST_FIELD = 0x7FFF
FIRST_VALUE_TAG = 0x10


class GroupTag(IntEnum):
    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class ValueTag(IntEnum):
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


WITH_LANGUAGE = frozenset({ValueTag.TEXT_WITH_LANGUAGE, ValueTag.NAME_WITH_LANGUAGE})
STRINGS = frozenset(range(0x40, 0x60)) | WITH_LANGUAGE
NUMBERS = frozenset({ValueTag.INTEGER, ValueTag.ENUM})
NUMBER_BYTES = 4


@dataclass(frozen=True, slots=True)
class Value:
    """`tag` may be one that ValueTag does not name: out of band, dates, ranges, collections."""

    tag: int
    raw: bytes

    @property
    def text(self) -> str:
        if self.tag not in STRINGS:
            raise ProtocolError(f"a value of kind {self.tag:02X} is no text")
        raw = _without_language(self.raw) if self.tag in WITH_LANGUAGE else self.raw
        return raw.decode("utf-8", "replace")

    @property
    def number(self) -> int:
        if self.tag not in NUMBERS or len(self.raw) != NUMBER_BYTES:
            raise ProtocolError(f"a value of kind {self.tag:02X} and {len(self.raw)} bytes is no number")
        return int.from_bytes(self.raw, "big", signed=True)

    @property
    def truth(self) -> bool:
        if self.tag != ValueTag.BOOLEAN or self.raw not in (b"\0", b"\1"):
            raise ProtocolError(f"a value of kind {self.tag:02X} is neither true nor false")
        return self.raw == b"\1"


def _without_language(raw: bytes) -> bytes:
    """Language length 2 · language · text length 2 · text."""
    reader = _Reader(raw)
    reader.take(reader.length())
    return reader.take(reader.length())


@dataclass(frozen=True, slots=True)
class Attribute:
    """At least one value."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    tag: int
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """`code` is the operation of a request and the status of an answer."""

    code: int
    request_id: int
    groups: tuple[Group, ...]
    data: bytes = b""
    version: tuple[int, int] = (2, 0)

    def values(self, tag: GroupTag, name: str) -> tuple[Value, ...]:
        """All values of an attribute in the groups of that kind; none where it is not there."""
        groups = (group for group in self.groups if group.tag == tag)
        found = (a.values for group in groups for a in group.attributes if a.name == name)
        return tuple(value for values in found for value in values)

    def texts(self, tag: GroupTag, name: str) -> tuple[str, ...]:
        return tuple(value.text for value in self.values(tag, name) if value.tag in STRINGS)

    def number(self, tag: GroupTag, name: str) -> int | None:
        return next((value.number for value in self.values(tag, name) if value.tag in NUMBERS), None)

    def truth(self, tag: GroupTag, name: str) -> bool | None:
        found = self.values(tag, name)
        return next((value.truth for value in found if value.tag == ValueTag.BOOLEAN), None)


def text_attribute(tag: ValueTag, name: str, *values: str) -> Attribute:
    return Attribute(name, tuple(Value(tag, value.encode()) for value in values))


def number_attribute(tag: ValueTag, name: str, value: int) -> Attribute:
    return Attribute(name, (Value(tag, value.to_bytes(NUMBER_BYTES, "big", signed=True)),))


def encode_message(message: Message) -> bytes:
    """ProtocolError for a name or value that is too long for its length field."""
    head = bytes(message.version) + message.code.to_bytes(2, "big") + message.request_id.to_bytes(4, "big")
    groups = b"".join(_encode_group(group) for group in message.groups)
    return head + groups + bytes([GroupTag.END]) + message.data


def _encode_group(group: Group) -> bytes:
    return bytes([group.tag]) + b"".join(_encode_attribute(a) for a in group.attributes)


def _encode_attribute(attribute: Attribute) -> bytes:
    names: Iterable[bytes] = (attribute.name.encode(), *(b"" for _ in attribute.values[1:]))
    pairs = zip(names, attribute.values, strict=True)
    return b"".join(bytes([value.tag]) + _field(name) + _field(value.raw) for name, value in pairs)


def _field(raw: bytes) -> bytes:
    if len(raw) > LONGEST_FIELD:
        raise ProtocolError(f"a field of {len(raw)} bytes does not fit into an IPP message")
    return len(raw).to_bytes(2, "big") + raw


def parse_message(raw: bytes) -> Message:
    reader = _Reader(raw)
    head = reader.take(HEADER_BYTES)
    groups: list[Group] = []
    while (tag := reader.take(1)[0]) != GroupTag.END:
        if tag == 0 or tag >= FIRST_VALUE_TAG:
            raise ProtocolError(f"byte {reader.at - 1} of an IPP message is {tag:02X}, which begins no group")
        groups.append(Group(tag, _parse_attributes(reader)))
    code, request_id = int.from_bytes(head[2:4], "big"), int.from_bytes(head[4:], "big")
    return Message(code, request_id, tuple(groups), reader.rest(), (head[0], head[1]))


def _parse_attributes(reader: "_Reader") -> tuple[Attribute, ...]:
    found: list[tuple[str, list[Value]]] = []
    while reader.peek() >= FIRST_VALUE_TAG:
        tag = reader.take(1)[0]
        name = reader.take(reader.length())
        value = Value(tag, reader.take(reader.length()))
        if name:
            found.append((_name(name), [value]))
        elif found:
            found[-1][1].append(value)
        else:
            raise ProtocolError("an IPP group begins with a value that belongs to no attribute")
    return tuple(Attribute(name, tuple(values)) for name, values in found)


def _name(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"the attribute name {raw!r} is not ASCII") from error


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw, self.at = raw, 0

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._raw):
            raise ProtocolError(f"an IPP message ends after {len(self._raw)} bytes, {end} are announced")
        found, self.at = self._raw[self.at : end], end
        return found

    def peek(self) -> int:
        found = self.take(1)[0]
        self.at -= 1
        return found

    def length(self) -> int:
        length = int.from_bytes(self.take(2), "big")
        if length > LONGEST_FIELD:
            raise ProtocolError(f"an IPP field announces {length} bytes")
        return length

    def rest(self) -> bytes:
        return self._raw[self.at :]
