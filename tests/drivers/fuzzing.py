"""Mutated and random bytes against every decoder: only ProtocolError may come out.

    python tests/drivers/fuzzing.py [INPUTS] [SEED]

One million inputs by default. Prints how many were accepted and refused per decoder, and on a crash
the input that caused it.
"""

import atexit
import contextlib
import functools
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from drivers.changer.elements import element_state
from drivers.changer.model import ChangerIdentity, Freshness
from drivers.changer.mtx import exchange_of
from drivers.changer.mtx_errors import error_of_run
from drivers.changer.mtx_reading import parse_inquiry, snapshot_of
from drivers.changer.mtx_text import parse_status
from drivers.errors import LibraryFileError, ProtocolError
from drivers.library_files import (
    CartridgeDefinition,
    DriveDefinition,
    LibraryDefinition,
    Place,
    read_mhvtl,
    read_mtx_status,
)
from drivers.printer import host_status, lp_text
from drivers.printer.ipp import message as ipp_message
from drivers.printer.ipp import operations as ipp_operations
from drivers.printer.model import PrinterLanguage
from drivers.scsi import attributes, cdb, encryption, inquiry, log_pages, mode, partitions, stream
from drivers.scsi.chap import Credentials, Secret
from drivers.scsi.element_status import (
    Descriptor,
    ElementPage,
    encode_descriptor,
    encode_element_status,
    parse_element_status,
)
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import encode_fixed_sense, error_of, parse_sense
from drivers.simulator.folder import create
from drivers.simulator.iscsi.negotiation import Terms, negotiate
from drivers.simulator.iscsi.pdu import MalformedError, parse_text
from drivers.simulator.iscsi.security import Gate, NotProvenError
from drivers.simulator.target import SimulatedLibrary
from drivers.tape.blocks import block_of

IDENTITY = ChangerIdentity("V", "P", "1", "S", (), "mtx", "mtx://x")
NOW = datetime(2026, 3, 3, tzinfo=UTC)


def _element_status(data: bytes) -> None:
    for item in parse_element_status(data).descriptors:
        element_state(item)


def _sense_answer(data: bytes) -> None:
    error_of(RawExchange("x", bytes(6), b"", b"", data[0] if data else 0, data[1:]))


def _block(data: bytes) -> None:
    exchange = RawExchange("x", bytes(6), b"", data, 2, data)
    if not isinstance(error_of(exchange), Exception):
        block_of(exchange)


def _command(data: bytes) -> None:
    for device in cdb.LAYOUTS:
        layout = cdb.find_layout(device, data)
        if layout is not None:
            layout.decode(data)


def _mtx(data: bytes) -> None:
    error_of_run(exchange_of(["status"], b"", data, 1))
    snapshot_of(exchange_of(["status"], data, b"", 0), IDENTITY, Freshness.CACHED, NOW, ())


def _ipp(data: bytes) -> None:
    message = ipp_message.parse_message(data)
    ipp_operations.status_of(message, data)
    ipp_operations.job_of(message, data)
    ipp_operations.refusal_of(message)
    ipp_operations.format_for(PrinterLanguage.ZPL, message)
    if ipp_message.parse_message(ipp_message.encode_message(message)) != message:
        raise AssertionError("an IPP message is not what it was after a round trip")


SAMPLE_ITEM = Descriptor(
    4, 256, 9, 0, 0, 1, 1003, b"ABC001L8".ljust(36), None, (2, 1, b"IBM     ULT3580-TD8     DRV0000001")
)
SAMPLE_PAGE = ElementPage(4, 0x80, 86, (encode_descriptor(SAMPLE_ITEM),) * 3)
KEY_PAGE = encryption.SetEncryption(2, 2, bytes(32), kads=((0, b"key"),))
STATUS_PAGE = encryption.EncryptionStatus(
    2, 2, 1, 7, holds_encrypted=True, raw_read_disabled=True, kads={0: b"key"}
)
MTX = b"  Storage Changer x:1 Drives, 2 Slots ( 1 Import/Export )\nData Transfer Element 0:Full (Storage Element 1 Loaded):VolumeTag = A\n      Storage Element 1:Full :VolumeTag=B\n      Storage Element 2 IMPORT/EXPORT:Empty\n"
LPSTAT = b"printer z is idle.  enabled since x\n\tAlerts: media-low-warning\nz accepting requests since x\n"
IPP = ipp_message.Message(
    0,
    7,
    (
        ipp_message.Group(
            1, (ipp_message.text_attribute(ipp_message.ValueTag.CHARSET, "attributes-charset", "utf-8"),)
        ),
        ipp_message.Group(2, (ipp_message.number_attribute(ipp_message.ValueTag.ENUM, "job-state", 9),)),
        ipp_message.Group(
            4,
            (
                ipp_message.number_attribute(ipp_message.ValueTag.ENUM, "printer-state", 3),
                ipp_message.text_attribute(
                    ipp_message.ValueTag.KEYWORD, "printer-state-reasons", "media-low", "other"
                ),
                ipp_message.Attribute("printer-is-accepting-jobs", (ipp_message.Value(0x22, b"\1"),)),
                ipp_message.Attribute("status-message", (ipp_message.Value(0x35, b"\0\2en\0\1x"),)),
            ),
        ),
    ),
)
SENSE_TEXT = b"mtx: Request Sense: Long Report=yes\nmtx: Request Sense: Sense Key=Not Ready\nmtx: Request Sense: Additional Sense Code = 04\n"

PARTS = partitions.Partitions(3, 1, partitions.PartitionFlag(0x3C), 9, (2, 0xFFFF))
DEVICE_CONF = b"Library: 10 CHANNEL: 00 TARGET: 00 LUN: 00\n Vendor identification: STK\n Product identification: L80\n Unit serial number: X\n"
CONTENTS = b"Drive 1: X\nPicker 1:\nMAP 1:\nSlot 1: ABC001L8\n"


def _mhvtl(data: bytes) -> None:
    """Half the input is device.conf, half the contents."""
    for conf, contents in ((data, CONTENTS), (DEVICE_CONF, data)):
        with contextlib.suppress(LibraryFileError):
            read_mhvtl(conf.decode("latin-1"), contents.decode("latin-1"))


def _mtx_file(data: bytes) -> None:
    with contextlib.suppress(LibraryFileError):
        read_mtx_status(data.decode("latin-1"))


def _login_text(data: bytes) -> None:
    try:
        offered = parse_text(data)
        negotiate(Terms(), offered)
        with contextlib.suppress(NotProvenError):
            Gate(CREDENTIALS).step(offered)
    except MalformedError as error:
        raise ProtocolError(str(error)) from error


CREDENTIALS = Credentials(Secret("robot", b"the-robots-own-secret"))
LOGIN = b"InitiatorName=iqn.x\0HeaderDigest=None,CRC32C\0MaxBurstLength=65536\0CHAP_A=5,7\0"


def _virtual(unit: int) -> Callable[[bytes], None]:
    """A command of the virtual library: the first byte chooses which, what follows are its fields and data."""
    layouts = tuple(cdb.LAYOUTS[cdb.DeviceType.TAPE if unit else cdb.DeviceType.CHANGER].values())

    def execute(data: bytes) -> None:
        layout = layouts[data[0] % len(layouts)] if data else layouts[0]
        block = bytes((layout.opcode,)) + data[1 : layout.length].ljust(layout.length - 1, b"\0")
        whole = int.from_bytes(block, "big")
        for field, value in zip(layout.fixed, layout.fixed_values, strict=True):
            shift = field.shift(layout.length)
            whole = whole & ~(field.maximum << shift) | value << shift
        block = whole.to_bytes(layout.length, "big")
        reply = virtual_library().execute("fuzz", unit, block, data[layout.length :], timeout_s=1)
        parse_sense(reply.sense)

    return execute


@functools.cache
def virtual_library() -> SimulatedLibrary:
    """One for the whole run, with a medium in its drive, in memory where there is a file system for it."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    media = (
        CartridgeDefinition(Place.DRIVE, 1, "ABC001L8"),
        CartridgeDefinition(Place.STORAGE, 1, "ABC002L8"),
    )
    drives = (DriveDefinition("IBM", "ULT3580-TD8", "DRV1", 8),)
    create(folder / "library", LibraryDefinition("V", "P", "S", 4, 1, drives, media))
    return SimulatedLibrary(folder / "library")


DECODERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "element status": (_element_status, encode_element_status((SAMPLE_PAGE,), 256)),
    "sense": (parse_sense, encode_fixed_sense(Sense(5, 0x3B, 0x0E, info=3, field_ptr=2))),
    "answer": (_sense_answer, b"\2" + encode_fixed_sense(Sense(6, 0x29, 0))),
    "block": (_block, encode_fixed_sense(Sense(0, 0, 1, info=3, filemark=True))),
    "inquiry": (inquiry.parse_inquiry, bytes(96)),
    "designators": (inquiry.parse_designators, bytes.fromhex("0883000c02010004494220200103000250010000")),
    "serial": (inquiry.parse_serial, bytes.fromhex("08800004") + b"ABCD"),
    "operation codes": (inquiry.parse_opcodes, bytes.fromhex("000000141b0000000002000600" "0a00000000006400001ef0")),
    "element addresses": (mode.parse_element_addresses, bytes.fromhex("170010001d120001000103e80028000a000401f400040000")),
    "move matrix": (mode.parse_move_matrix, bytes(4) + mode.encode_move_matrix(frozenset({(2, 4)}))),
    "log page 11": (stream.parse_drive_status, log_pages.encode_log_page(0x11, {0: bytes(4)})),
    "log page 12": (log_pages.parse_alert_response, log_pages.encode_alert_response(frozenset({20}))),
    "log page 17": (stream.parse_volume_statistics, log_pages.encode_log_page(0x17, {1: bytes(8)})),
    "log page 2E": (log_pages.parse_alert_parameters, log_pages.encode_log_page(0x2E, {1: b"\1"})),
    "attributes": (attributes.parse_attributes, attributes.encode_attributes([attributes.host_attribute(0x0806, "A")])),
    "encryption status": (encryption.parse_status, encryption.encode_status(STATUS_PAGE)),
    "next block": (encryption.parse_next_block, encryption.encode_next_block(encryption.NextBlock(1, 5, 1, {0: b"k"}))),
    "algorithms": (encryption.parse_algorithms, encryption.encode_algorithms((encryption.Algorithm(1, 2, 32, 32, 12),))),
    "set encryption": (encryption.parse_set, encryption.encode_set(KEY_PAGE)),
    "position": (stream.parse_long_position, bytes(32)),
    "partitions": (partitions.parse_partitions, bytes(4) + partitions.encode_partitions(PARTS)),
    "mhvtl files": (_mhvtl, DEVICE_CONF),
    "mtx file": (_mtx_file, MTX),
    "login text": (_login_text, LOGIN),
    "virtual changer": (_virtual(0), bytes.fromhex("0e0000011000010000000000") + bytes(8)),
    "virtual drive": (_virtual(1), bytes.fromhex("0e0000011000010000000000") + bytes(24)),
    "densities": (stream.parse_densities, stream.encode_densities((stream.Density(0x5E, True, "U-8", 12),))),
    "command block": (_command, bytes.fromhex("a50000011000030100000000")),
    "mtx status": (_mtx, MTX),
    "mtx errors": (_mtx, SENSE_TEXT),
    "mtx inquiry": (lambda data: parse_inquiry(data.decode("latin-1"), "x"), b"Vendor ID: 'X'\n"),
    "host status": (host_status.parse_host_status, host_status.encode_host_status(host_status.HostStatus())),
    "ipp": (_ipp, ipp_message.encode_message(IPP)),
    "lpstat": (lp_text.status_of, LPSTAT),
    "lp": (lp_text.job_of, b"request id is zebra-17 (0 file(s))\n"),
    "mtx table": (lambda data: parse_status(data.decode("latin-1")), MTX),
}  # fmt: skip


def mutate(source: random.Random, sample: bytes) -> bytes:
    """A sample with some bytes changed, cut, repeated or inserted; now and then only noise."""
    kind = source.randrange(6)
    if kind == 0:
        return source.randbytes(source.randrange(64))
    data = bytearray(sample)
    for _ in range(source.randrange(1, 5)):
        data[source.randrange(len(data))] = source.choice((0, 1, 0x7F, 0x80, 0xFF, source.randrange(256)))
    at = source.randrange(len(data) + 1)
    match kind:
        case 1:
            return bytes(data[:at])
        case 2:
            return bytes(data[:at] + source.randbytes(source.randrange(8)) + data[at:])
        case 3:
            return bytes(data + data[at:])
        case _:
            return bytes(data)


def attack(name: str, data: bytes) -> bool:
    """True when the decoder accepted it, False when it refused; anything else gets out."""
    try:
        DECODERS[name][0](data)
    except ProtocolError:
        return False
    return True


def fuzz(inputs: int, seed: int) -> Counter[tuple[str, bool]]:
    source, names, tally = random.Random(seed), tuple(DECODERS), Counter[tuple[str, bool]]()
    for number in range(inputs):
        name = names[number % len(names)]
        data = mutate(source, DECODERS[name][1])
        try:
            tally[name, attack(name, data)] += 1
        except BaseException:
            sys.stderr.write(f"{name}: {data.hex()}\n")
            raise
    return tally


def main() -> None:
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    tally = fuzz(inputs, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for name in DECODERS:
        print(f"{name:20} accepted {tally[name, True]:8} refused {tally[name, False]:8}")
    print(f"{inputs} inputs, nothing but ProtocolError")


if __name__ == "__main__":
    main()
