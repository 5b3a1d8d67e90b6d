"""Encryption of a virtual drive: keys in, state out."""

from drivers.errors import ProtocolError
from drivers.scsi import encryption as enc
from drivers.scsi.encryption import BlockEncryption, DecryptionMode, EncryptionMode, KadType
from drivers.simulator import tape_data
from drivers.simulator.call import Call
from drivers.simulator.drive_view import cartridge_of, check_ready, drive_of
from drivers.simulator.reply import GOOD, INVALID_FIELD, Reply, refuse
from drivers.simulator.tape_file import ENCRYPTED, FILEMARK, Entry

TAPE_ENCRYPTION, PROTOCOL_LIST = 0x20, 0x00
AES = enc.Algorithm(1, enc.AES_256_GCM, enc.KEY_LENGTH, 32, 12)
WRONG_KEY_LIMIT = 10
KEY_LIMIT_REACHED, BAD_PARAMETER = "5/26/10", "5/26/00"
FIRST_ENCRYPTING_GENERATION = 4
ENCRYPTION_CHANGED = (0x2A, 0x11)


def security_in(call: Call) -> Reply:
    if call.fields["protocol"] == PROTOCOL_LIST:
        return Reply(bytes(6) + (2).to_bytes(2, "big") + bytes((PROTOCOL_LIST, TAPE_ENCRYPTION)))
    _check_protocol(call)
    match call.fields["page"]:
        case 0x00:
            pages = (0x00, 0x01, enc.CAPABILITIES_PAGE, enc.STATUS_PAGE, enc.NEXT_BLOCK_PAGE)
            return Reply(_page_list(0x00, pages))
        case 0x01:
            return Reply(_page_list(0x01, (enc.SET_PAGE,)))
        case enc.CAPABILITIES_PAGE:
            return Reply(enc.encode_algorithms((AES,)))
        case enc.STATUS_PAGE:
            return Reply(enc.encode_status(_status(call)))
        case enc.NEXT_BLOCK_PAGE:
            check_ready(call)
            return Reply(enc.encode_next_block(_next_block(call)))
        case _:
            raise refuse(INVALID_FIELD)


def _page_list(page: int, pages: tuple[int, ...]) -> bytes:
    body = b"".join(number.to_bytes(2, "big") for number in pages)
    return page.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def _check_protocol(call: Call) -> None:
    if call.fields["protocol"] != TAPE_ENCRYPTION:
        raise refuse(INVALID_FIELD)
    if 0 < drive_of(call).generation < FIRST_ENCRYPTING_GENERATION:
        raise refuse("5/20/00")


def _kads(kad: bytes) -> enc.Kads:
    return {KadType.UNAUTHENTICATED: kad} if kad else {}


def _status(call: Call) -> enc.EncryptionStatus:
    drive, cartridge = drive_of(call), cartridge_of(call)
    entries = tape_data.tape_of(call, cartridge).entries() if cartridge and drive.loaded else []
    settings = drive.encryption
    return enc.EncryptionStatus(
        encryption=settings.get("encryption", EncryptionMode.OFF),
        decryption=settings.get("decryption", DecryptionMode.OFF),
        algorithm=AES.index,
        key_instance=drive.key_instance,
        holds_encrypted=any(entry.kind == ENCRYPTED for entry in entries),
        raw_read_disabled=bool(settings.get("raw_read_disabled")),
        kads=_kads(bytes.fromhex(settings.get("kad", ""))),
    )


def _next_block(call: Call) -> enc.NextBlock:
    position = drive_of(call).position
    entries = tape_data.tape_of(call, tape_data.loaded(call)).entries()
    entry = entries[position] if position < len(entries) else None
    found = BlockEncryption.NOT_A_BLOCK if entry is None else _encryption_of(call, entry)
    return enc.NextBlock(position, found, AES.index, _kads(entry.kad if entry else b""))


def _encryption_of(call: Call, entry: Entry) -> BlockEncryption:
    if entry.kind == FILEMARK:
        return BlockEncryption.NOT_A_BLOCK
    if entry.kind != ENCRYPTED:
        return BlockEncryption.PLAIN
    mode = drive_of(call).encryption.get("decryption", DecryptionMode.OFF)
    readable = mode in {DecryptionMode.DECRYPT, DecryptionMode.MIXED}
    return BlockEncryption.READABLE if readable else BlockEncryption.LOCKED


def security_out(call: Call) -> Reply:
    _check_protocol(call)
    if call.fields["page"] != enc.SET_PAGE:
        raise refuse(INVALID_FIELD)
    drive = drive_of(call)
    if drive.wrong_keys >= WRONG_KEY_LIMIT:
        raise refuse(KEY_LIMIT_REACHED)
    drive.encryption = _settings(call)
    drive.key_instance += 1
    _tell_others(call)
    call.folder.save()
    return GOOD


def _settings(call: Call) -> dict[str, object]:
    try:
        page = enc.parse_set(call.data_out)
    except ProtocolError as error:
        raise refuse(BAD_PARAMETER) from error
    off = page.encryption == EncryptionMode.OFF and page.decryption == DecryptionMode.OFF
    if off:
        return {}
    kad = dict(page.kads).get(KadType.UNAUTHENTICATED, b"")
    if len(page.key) != AES.key_length or len(kad) > AES.max_unauthenticated_kad:
        raise refuse(BAD_PARAMETER)
    return {
        "encryption": page.encryption,
        "decryption": page.decryption,
        "key": page.key.hex(),
        "kad": kad.hex(),
        "clear_on_demount": page.clear_on_demount,
        "raw_read_disabled": page.raw_read_disabled,
    }


def _tell_others(call: Call) -> None:
    for name, queues in call.state.attentions.items():
        if name != call.initiator:
            queues.setdefault(str(call.unit), []).append(ENCRYPTION_CHANGED)
