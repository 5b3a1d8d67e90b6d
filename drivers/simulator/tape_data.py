"""Reading and writing blocks on a virtual tape."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from drivers.media_types import GENERATIONS, drive_writes
from drivers.scsi.encryption import DecryptionMode, EncryptionMode
from drivers.scsi.exchange import Sense
from drivers.scsi.sense_table import SenseKey
from drivers.simulator.call import Call
from drivers.simulator.drive_view import cartridge_of, drive_of
from drivers.simulator.faults import consume
from drivers.simulator.folder import MEDIA
from drivers.simulator.reply import GOOD, INVALID_FIELD, RefusedError, Reply, refuse
from drivers.simulator.state import Cartridge
from drivers.simulator.tape_file import BLOCK, ENCRYPTED, FILEMARK, Entry, TapeFile

NONCE = 12
NO_KEY, WRONG_KEY, NOT_ENCRYPTED = "7/74/01", "7/74/03", "7/74/02"
WRITE_FAILED, READ_FAILED = "3/0C/00", "3/11/00"
FILEMARK_FOUND, END_OF_DATA, END_OF_MEDIUM = (0x00, 0x01), (0x00, 0x05), (0x00, 0x02)
MEGABYTE = 1_000_000
MOST_FILEMARKS = 100_000  # in one command; each is an object of its own here


def loaded(call: Call) -> Cartridge:
    cartridge = cartridge_of(call)
    if cartridge is None:
        raise refuse("2/3A/00")
    return cartridge


def tape_of(call: Call, cartridge: Cartridge, partition: int | None = None) -> TapeFile:
    """The data of one partition; without `partition` of the one the tape is in."""
    number = drive_of(call).partition if partition is None else partition
    name = f"{cartridge.serial}.p{number}.tape" if number else f"{cartridge.serial}.tape"
    tapes = call.folder.tapes
    if name not in tapes:
        tapes[name] = TapeFile(call.folder.path / MEDIA / name)
    return tapes[name]


def read(call: Call) -> Reply:
    """One block of variable size, or several of the fixed size."""
    if consume(call.state, "read-error") is not None:
        call.folder.save()
        raise refuse(READ_FAILED)
    length = call.fields["length"]
    if not call.fields["fixed"]:
        return _read_variable(call, length) if length else GOOD
    size, parts = drive_of(call).block_size, list[bytes]()
    for done in range(length):
        parts.append(_read_fixed(call, size, length - done, b"".join(parts)))
    return Reply(b"".join(parts))


def _next(call: Call, missing: int, so_far: bytes) -> Entry:
    """The object under the head; a filemark or the end of data ends the command."""
    drive = drive_of(call)
    entries = tape_of(call, loaded(call)).entries()
    if drive.position >= len(entries):
        raise RefusedError(Sense(SenseKey.BLANK_CHECK, *END_OF_DATA, info=missing), so_far)
    entry = entries[drive.position]
    if entry.kind == FILEMARK:
        drive.position += 1
        raise RefusedError(Sense(0, *FILEMARK_FOUND, info=missing, filemark=True), so_far)
    return entry


def _read_variable(call: Call, length: int) -> Reply:
    entry = _next(call, length, b"")
    data = _open_block(call, entry)
    _advance(call, len(data))
    short = length - len(data)
    if short < 0 or (short > 0 and not call.fields["sili"]):
        raise RefusedError(Sense(0, 0, 0, info=short, wrong_length=True), data[:length])
    return Reply(data)


def _read_fixed(call: Call, size: int, missing: int, so_far: bytes) -> bytes:
    data = _open_block(call, _next(call, missing, so_far))
    _advance(call, len(data))
    if len(data) != size:
        raise RefusedError(Sense(0, 0, 0, info=missing, wrong_length=True), so_far)
    return data


def _advance(call: Call, read_bytes: int) -> None:
    """Counters live in memory until the next durable change, as a drive's do until unload."""
    drive, cartridge = drive_of(call), loaded(call)
    drive.position += 1
    cartridge.read_bytes += read_bytes
    cartridge.read_this_load += read_bytes


def _open_block(call: Call, entry: Entry) -> bytes:
    stored, settings = tape_of(call, loaded(call)).read(entry), drive_of(call).encryption
    mode = settings.get("decryption", DecryptionMode.OFF)
    if entry.kind == BLOCK:
        if mode == DecryptionMode.DECRYPT:
            raise refuse(NOT_ENCRYPTED)
        return stored
    if mode in {DecryptionMode.OFF, DecryptionMode.RAW}:
        raise refuse(NO_KEY)
    try:
        return AESGCM(bytes.fromhex(settings["key"])).decrypt(stored[:NONCE], stored[NONCE:], entry.kad)
    except InvalidTag as error:
        drive_of(call).wrong_keys += 1
        call.folder.save()
        raise refuse(WRONG_KEY) from error


def check_writable(call: Call, cartridge: Cartridge, position: int) -> None:
    drive = drive_of(call)
    if cartridge.write_protected or not drive_writes(drive.generation, cartridge.barcode):
        raise refuse("7/27/00")
    if cartridge.worm and position < len(tape_of(call, cartridge).entries()):
        raise refuse("7/30/0C")


def write(call: Call) -> Reply:
    cartridge, drive = loaded(call), drive_of(call)
    check_writable(call, cartridge, drive.position)
    if consume(call.state, "write-error") is not None:
        call.folder.save()
        raise refuse(WRITE_FAILED)
    blocks = _blocks(call, drive.block_size)
    if (
        capacity(call, cartridge, drive.partition)
        < sum(map(len, blocks)) + tape_of(call, cartridge).used_bytes()
    ):
        raise RefusedError(Sense(SenseKey.VOLUME_OVERFLOW, *END_OF_MEDIUM, end_of_medium=True))
    items = [_seal_block(call, block) for block in blocks]
    tape_of(call, cartridge).write(drive.position, items, sync=False)
    drive.position += len(items)
    _count_written(call, cartridge, sum(map(len, blocks)))
    return GOOD


def _blocks(call: Call, size: int) -> list[bytes]:
    if not call.fields["fixed"]:
        return [call.data_out] if call.data_out else []
    if not size or len(call.data_out) != size * call.fields["length"]:
        raise refuse(INVALID_FIELD)
    return [call.data_out[at : at + size] for at in range(0, size * call.fields["length"], size)]


def capacity(call: Call, cartridge: Cartridge, partition: int) -> int:
    """Bytes that fit into one partition."""
    if cartridge.partition_mb:
        return MEGABYTE * cartridge.partition_mb[partition]
    generation = GENERATIONS.get(drive_of(call).generation)
    return MEGABYTE * generation.native_mb if generation else 1 << 62


def _seal_block(call: Call, data: bytes) -> tuple[int, bytes, bytes]:
    settings = drive_of(call).encryption
    if settings.get("encryption", EncryptionMode.OFF) != EncryptionMode.ENCRYPT:
        return BLOCK, data, b""
    nonce, kad = os.urandom(NONCE), bytes.fromhex(settings.get("kad", ""))
    key = bytes.fromhex(settings["key"])
    return ENCRYPTED, nonce + AESGCM(key).encrypt(nonce, data, kad), kad


def _count_written(call: Call, cartridge: Cartridge, count: int) -> None:
    first = cartridge.written_this_load == 0
    cartridge.written_bytes += count
    cartridge.written_this_load += count
    if first and count:
        cartridge.change_reference += 1
        call.folder.save()


def write_filemarks(call: Call) -> Reply:
    """Also makes everything written before durable; a count of 0 does only that."""
    cartridge, drive, count = loaded(call), drive_of(call), call.fields["count"]
    if count > MOST_FILEMARKS:
        raise refuse(INVALID_FIELD)
    if count:
        check_writable(call, cartridge, drive.position)
    position = drive.position if count else len(tape_of(call, cartridge).entries())
    tape_of(call, cartridge).write(position, [(FILEMARK, b"", b"")] * count, sync=True)
    drive.position += count
    call.folder.save()
    return GOOD
