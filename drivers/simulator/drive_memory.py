"""Cartridge memory of a virtual medium, as a drive gives access to it."""

from drivers.errors import ProtocolError
from drivers.media_types import GENERATIONS, density_of
from drivers.scsi import attributes as mam
from drivers.scsi.attributes import KINDS, Attribute, AttributeFormat
from drivers.simulator import tape_data
from drivers.simulator.call import Call
from drivers.simulator.drive_view import cartridge_of, drive_of
from drivers.simulator.faults import active
from drivers.simulator.reply import GOOD, INVALID_FIELD, Reply, refuse
from drivers.simulator.state import Cartridge, Drive
from drivers.simulator.tape_file import BLOCK, ENCRYPTED, Entry

MIB = 1 << 20
VALUES_ACTION, LIST_ACTION = 0, 1
NEVER = 0xFFFFFFFFFFFFFFFF
DATA_TYPE, CLEANING_TYPE, WORM_TYPE = 0x00, 0x01, 0x80
MEMORY_ERROR = "4/44/00"


def read_attribute(call: Call) -> Reply:
    cartridge = _cartridge(call)
    wanted = [a for a in _attributes(call, cartridge) if a.id >= call.fields["first"]]
    match call.fields["action"]:
        case 0:
            return Reply(mam.encode_attributes(wanted))
        case 1:
            body = b"".join(a.id.to_bytes(2, "big") for a in wanted)
            return Reply(len(body).to_bytes(4, "big") + body)
        case _:
            raise refuse(INVALID_FIELD)


def _cartridge(call: Call) -> Cartridge:
    cartridge = cartridge_of(call)
    if cartridge is None:
        raise refuse("2/3A/00")
    if cartridge.memory_dead:
        raise refuse(MEMORY_ERROR)
    return cartridge


def write_attribute(call: Call) -> Reply:
    cartridge = _cartridge(call)
    try:
        wanted = mam.parse_attributes(call.data_out)
    except ProtocolError as error:
        raise refuse("5/26/00") from error
    if any(a.id not in mam.HOST_ATTRIBUTES for a in wanted):
        raise refuse("5/26/00")
    if active(call.state, "memory-write-dropped") is None:
        for attribute in wanted:
            _store(cartridge, attribute)
        call.folder.save()
    return GOOD


def _store(cartridge: Cartridge, attribute: Attribute) -> None:
    key = f"{attribute.id:04X}"
    if attribute.value:
        cartridge.attributes[key] = f"{int(attribute.format)}:{attribute.value.hex()}"
    else:
        cartridge.attributes.pop(key, None)


def _attributes(call: Call, cartridge: Cartridge) -> list[Attribute]:
    drive, partition = drive_of(call), call.fields["partition"]
    if partition >= max(1, len(cartridge.partition_mb)):
        raise refuse(INVALID_FIELD)
    entries = tape_data.tape_of(call, cartridge, partition).entries()
    size = cartridge.partition_mb[partition] if cartridge.partition_mb else 0
    numbers = _counters(drive, cartridge, entries, size) | _medium_numbers(drive, cartridge)
    found = [_number(number, value) for number, value in numbers.items()]
    found += [_text(number, text) for number, text in _texts(cartridge).items()]
    found += [_stored(key, value) for key, value in cartridge.attributes.items()]
    return sorted(found, key=lambda a: a.id)


def _number(number: int, value: int) -> Attribute:
    return Attribute(
        number, AttributeFormat.BINARY, value.to_bytes(KINDS[number].size, "big"), read_only=True
    )


def _text(number: int, text: str) -> Attribute:
    value = text.encode("latin-1", "replace")[: KINDS[number].size].ljust(KINDS[number].size)
    return Attribute(number, AttributeFormat.ASCII, value, read_only=True)


def _stored(key: str, value: str) -> Attribute:
    form, _, content = value.partition(":")
    return Attribute(int(key, 16), AttributeFormat(int(form)), bytes.fromhex(content))


def _counters(drive: Drive, cartridge: Cartridge, entries: list[Entry], size_mb: int) -> dict[int, int]:
    """`size_mb` is that of the partition asked for, 0 where the tape has only one."""
    generation = GENERATIONS.get(drive.generation)
    capacity = (size_mb or (generation.native_mb if generation else 0)) * 1_000_000 // MIB
    used = sum(entry.size for entry in entries) // MIB
    first, plain = _encrypted_range(entries)
    return {
        0x0000: max(0, capacity - used),
        0x0001: capacity,
        0x0002: sum(1 << (64 - flag) for flag in drive.alerts),
        0x0003: cartridge.load_count,
        0x0004: 1024,
        0x0007: 1,
        0x0009: cartridge.change_reference,
        0x0220: cartridge.written_bytes // MIB,
        0x0221: cartridge.read_bytes // MIB,
        0x0222: cartridge.written_this_load // MIB,
        0x0223: cartridge.read_this_load // MIB,
        0x0224: first,
        0x0225: plain,
    }


def _encrypted_range(entries: list[Entry]) -> tuple[int, int]:
    """The first encrypted block, and the first plain block after it; all ones where there is none."""
    first = next((n for n, e in enumerate(entries) if e.kind == ENCRYPTED), NEVER)
    plain = next((n for n, e in enumerate(entries) if e.kind == BLOCK and n > first), NEVER)
    return first, plain


def _medium_numbers(drive: Drive, cartridge: Cartridge) -> dict[int, int]:
    density = density_of(cartridge.barcode, drive.generation)
    generation = GENERATIONS.get(drive.generation)
    kind = CLEANING_TYPE if cartridge.cleaning else WORM_TYPE if cartridge.worm else DATA_TYPE
    return {
        0x0006: density,
        0x0402: 960,
        0x0403: 127,
        0x0405: density,
        0x0407: generation.memory_bytes if generation else 0,
        0x0408: kind,
        0x0409: 0,
    }


def _texts(cartridge: Cartridge) -> dict[int, str]:
    drives = {0x020A + n: name for n, name in enumerate(cartridge.last_drives)}
    return {
        0x0005: "LTO-CVE",
        0x0400: "STRONG",
        0x0401: cartridge.serial,
        0x0404: "LTO-CVE",
        0x0406: "20260101",
        **drives,
    }
