"""CRC32C (Castagnoli), the digest of iSCSI. Pure.

An initiator that offers "None" gets it: in Python a digest costs about 10 ms for 64 KiB.
"""

from functools import reduce

POLYNOMIAL = 0x82F63B78
MASK = 0xFFFFFFFF
DIGEST_LENGTH = 4


def _entry(byte: int) -> int:
    return reduce(lambda crc, _: crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0), range(8), byte)


TABLE = tuple(map(_entry, range(256)))


def crc32c(data: bytes) -> int:
    crc = MASK
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ MASK


def digest(data: bytes) -> bytes:
    """The four bytes as they travel."""
    return crc32c(data).to_bytes(DIGEST_LENGTH, "little")
