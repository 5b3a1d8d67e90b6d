"""Tape data encryption pages of SECURITY PROTOCOL IN and OUT (protocol 20). Pure."""

from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import ProtocolError

CAPABILITIES_PAGE, STATUS_PAGE, NEXT_BLOCK_PAGE, SET_PAGE = 0x10, 0x20, 0x21, 0x10
STATUS_LENGTH, NEXT_BLOCK_LENGTH, CAPABILITIES_LENGTH = 24, 16, 20
ALGORITHM_LENGTH, KAD_HEADER, SET_LENGTH = 24, 4, 20
PAGE_HEADER = 4
ALL_NEXUS, CLEAR_ON_DEMOUNT = 0x40, 0x04
AES_256_GCM, KEY_LENGTH = 0x00010014, 32
CEEM_ENCRYPT_CHECK, RAW_DECRYPT_DISABLED = 0x80, 0x20


class EncryptionMode(IntEnum):
    OFF = 0
    EXTERNAL = 1
    ENCRYPT = 2


class DecryptionMode(IntEnum):
    OFF = 0
    RAW = 1
    DECRYPT = 2
    MIXED = 3


class BlockEncryption(IntEnum):
    """What page 21 says about the next block."""

    UNKNOWN = 0
    NOT_NOW = 1
    NOT_A_BLOCK = 2
    PLAIN = 3
    UNSUPPORTED = 4
    READABLE = 5
    LOCKED = 6


class KadType(IntEnum):
    UNAUTHENTICATED = 0
    AUTHENTICATED = 1
    NONCE = 2
    METADATA = 3


Kads = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class EncryptionStatus:
    """`encryption` and `decryption` are raw modes; `key_instance` changes with every set of the key.

    `holds_encrypted` is VCELB: the volume contains encrypted logical blocks.
    """

    encryption: int
    decryption: int
    algorithm: int
    key_instance: int
    holds_encrypted: bool
    raw_read_disabled: bool
    kads: Kads


@dataclass(frozen=True, slots=True)
class NextBlock:
    object_number: int
    encryption: int
    algorithm: int
    kads: Kads


@dataclass(frozen=True, slots=True)
class Algorithm:
    """Sizes in bytes; `code` 00010014 is AES-256-GCM."""

    index: int
    code: int
    key_length: int
    max_unauthenticated_kad: int
    max_authenticated_kad: int


@dataclass(frozen=True, slots=True)
class SetEncryption:
    """The parameters of a Set Data Encryption page, for all initiators."""

    encryption: int
    decryption: int
    key: bytes = b""
    algorithm: int = 1
    clear_on_demount: bool = True
    raw_read_disabled: bool = True
    kads: tuple[tuple[int, bytes], ...] = ()


def _body(data: bytes, page: int, minimum: int) -> bytes:
    """The page up to its own length; its fixed part must be there in full."""
    body = data[: PAGE_HEADER + int.from_bytes(data[2:4], "big")]
    if len(body) < minimum or int.from_bytes(body[:2], "big") != page:
        raise ProtocolError(f"not an encryption page {page:02X} of at least {minimum} bytes")
    return body


def parse_kads(data: bytes) -> Kads:
    found, offset = Kads(), 0
    while offset + KAD_HEADER <= len(data):
        after = offset + KAD_HEADER + int.from_bytes(data[offset + 2 : offset + 4], "big")
        if after > len(data):
            break
        found[data[offset]] = data[offset + KAD_HEADER : after]
        offset = after
    return found


def encode_kads(kads: tuple[tuple[int, bytes], ...]) -> bytes:
    return b"".join(bytes((kind, 0)) + len(value).to_bytes(2, "big") + value for kind, value in kads)


def parse_status(data: bytes) -> EncryptionStatus:
    body = _body(data, STATUS_PAGE, STATUS_LENGTH)
    return EncryptionStatus(
        encryption=body[5],
        decryption=body[6],
        algorithm=body[7],
        key_instance=int.from_bytes(body[8:12], "big"),
        holds_encrypted=bool(body[12] & 0x08),
        raw_read_disabled=bool(body[12] & 0x01),
        kads=parse_kads(body[STATUS_LENGTH:]),
    )


def encode_status(s: EncryptionStatus) -> bytes:
    flags = (0x08 if s.holds_encrypted else 0) | (0x01 if s.raw_read_disabled else 0)
    fixed = bytes((ALL_NEXUS | 2, s.encryption, s.decryption, s.algorithm)) + s.key_instance.to_bytes(
        4, "big"
    )
    body = fixed + bytes((flags,)) + bytes(11) + encode_kads(tuple(s.kads.items()))
    return STATUS_PAGE.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def parse_next_block(data: bytes) -> NextBlock:
    body = _body(data, NEXT_BLOCK_PAGE, NEXT_BLOCK_LENGTH)
    return NextBlock(
        object_number=int.from_bytes(body[4:12], "big"),
        encryption=body[12] & 0x0F,
        algorithm=body[13],
        kads=parse_kads(body[NEXT_BLOCK_LENGTH:]),
    )


def encode_next_block(block: NextBlock) -> bytes:
    fixed = block.object_number.to_bytes(8, "big") + bytes((block.encryption, block.algorithm, 0, 0))
    body = fixed + encode_kads(tuple(block.kads.items()))
    return NEXT_BLOCK_PAGE.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def parse_algorithms(data: bytes) -> tuple[Algorithm, ...]:
    body = _body(data, CAPABILITIES_PAGE, CAPABILITIES_LENGTH)
    rows = range(CAPABILITIES_LENGTH, len(body) - ALGORITHM_LENGTH + 1, ALGORITHM_LENGTH)
    return tuple(_algorithm(body[at : at + ALGORITHM_LENGTH]) for at in rows)


def _algorithm(row: bytes) -> Algorithm:
    number = int.from_bytes
    return Algorithm(
        row[0],
        number(row[20:24], "big"),
        number(row[10:12], "big"),
        number(row[6:8], "big"),
        number(row[8:10], "big"),
    )


def encode_algorithms(algorithms: tuple[Algorithm, ...]) -> bytes:
    body = bytes((0x01,)) + bytes(15) + b"".join(_encode_algorithm(a) for a in algorithms)
    return CAPABILITIES_PAGE.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def _encode_algorithm(a: Algorithm) -> bytes:
    sizes = (a.max_unauthenticated_kad, a.max_authenticated_kad, a.key_length)
    head = bytes((a.index, 0, 0, ALGORITHM_LENGTH - 4, 0x8A, 0))
    return head + b"".join(size.to_bytes(2, "big") for size in sizes) + bytes(8) + a.code.to_bytes(4, "big")


def encode_set(page: SetEncryption) -> bytes:
    control = CEEM_ENCRYPT_CHECK | (RAW_DECRYPT_DISABLED if page.raw_read_disabled else 0)
    control |= CLEAR_ON_DEMOUNT if page.clear_on_demount else 0
    fixed = bytes((ALL_NEXUS, control, page.encryption, page.decryption, page.algorithm, 0)) + bytes(8)
    body = fixed + len(page.key).to_bytes(2, "big") + page.key + encode_kads(page.kads)
    return SET_PAGE.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def parse_set(data: bytes) -> SetEncryption:
    body = _body(data, SET_PAGE, SET_LENGTH)
    key_end = SET_LENGTH + int.from_bytes(body[18:20], "big")
    if key_end > len(body):
        raise ProtocolError("the key is longer than its page")
    return SetEncryption(
        encryption=body[6],
        decryption=body[7],
        key=body[SET_LENGTH:key_end],
        algorithm=body[8],
        clear_on_demount=bool(body[5] & CLEAR_ON_DEMOUNT),
        raw_read_disabled=bool(body[5] & RAW_DECRYPT_DISABLED),
        kads=tuple(parse_kads(body[key_end:]).items()),
    )
