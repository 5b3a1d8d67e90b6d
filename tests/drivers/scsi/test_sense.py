import pytest

from drivers import errors as e
from drivers.errors import AttentionKind, NotReadyReason
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import check, classify, encode_fixed_sense, error_of, parse_sense
from drivers.scsi.sense_table import SENSE_TABLE, find_row


def exchange(**parts) -> RawExchange:
    return RawExchange(
        **{"device": "x", "cdb": b"\0" * 6, "data_out": b"", "data_in": b"", "status": 0, "sense": b""}
        | parts
    )


CASES = [
    ("2/04/01", e.NotReadyError, NotReadyReason.BECOMING_READY),
    ("2/04/07", e.NotReadyError, NotReadyReason.BECOMING_READY),
    ("2/04/1A", e.NotReadyError, NotReadyReason.BECOMING_READY),
    ("2/04/02", e.NotReadyError, NotReadyReason.INIT_REQUIRED),
    ("2/04/03", e.NotReadyError, NotReadyReason.MANUAL_INTERVENTION),
    ("4/04/03", e.NotReadyError, NotReadyReason.MANUAL_INTERVENTION),
    ("2/04/12", e.NotReadyError, NotReadyReason.OFFLINE),
    ("2/04/15", e.NotReadyError, NotReadyReason.ROBOTICS_DISABLED),
    ("2/04/18", e.NotReadyError, NotReadyReason.DOOR_OPEN),
    ("2/04/19", e.NotReadyError, NotReadyReason.SEQUENTIAL_MODE),
    ("2/04/8E", e.NotReadyError, NotReadyReason.SEQUENTIAL_MODE),
    ("2/04/1B", e.NotReadyError, NotReadyReason.SANITISING),
    ("4/15/01", e.MediaLoadFailedError, None),
    ("5/20/00", e.IllegalRequestError, "unknown-command"),
    ("5/21/01", e.ElementAddressInvalidError, None),
    ("5/24/00", e.IllegalRequestError, "invalid-field"),
    ("5/26/10", e.EncryptionKeyError, "limit-reached"),
    ("7/27/00", e.WriteProtectedError, None),
    ("6/28/00", e.UnitAttentionError, AttentionKind.MEDIUM_MAY_HAVE_CHANGED),
    ("6/28/01", e.UnitAttentionError, AttentionKind.IE_ACCESSED),
    ("6/28/03", e.UnitAttentionError, AttentionKind.IE_ACCESSED),
    ("6/29/07", e.UnitAttentionError, AttentionKind.POWER_ON),
    ("6/2A/01", e.UnitAttentionError, AttentionKind.MODE_CHANGED),
    ("6/2A/04", e.UnitAttentionError, AttentionKind.RESERVATION_PREEMPTED),
    ("6/2A/12", e.UnitAttentionError, AttentionKind.ENCRYPTION_CHANGED),
    ("6/2A/15", e.UnitAttentionError, AttentionKind.PREVENTION_PREEMPTED),
    ("6/99/99", e.UnitAttentionError, AttentionKind.OTHER),
    ("5/30/00", e.MediaIncompatibleError, None),
    ("3/30/03", e.CleaningCartridgeError, "installed"),
    ("3/30/0B", e.CleaningCartridgeError, "expired"),
    ("7/30/0C", e.WormViolationError, None),
    ("2/3A/00", e.NoMediumError, None),
    ("2/3A/02", e.NotReadyError, NotReadyReason.DOOR_OPEN),
    ("5/3B/0D", e.ElementFullError, None),
    ("5/3B/0E", e.ElementEmptyError, None),
    ("5/3B/11", e.ElementNotAccessibleError, None),
    ("2/3B/11", e.NotReadyError, NotReadyReason.MAGAZINE_MISSING),
    ("2/3B/12", e.NotReadyError, NotReadyReason.MAGAZINE_MISSING),
    ("6/3B/13", e.UnitAttentionError, AttentionKind.MAGAZINE_INSERTED),
    ("5/3B/0C", e.IllegalRequestError, None),
    ("5/3B/18", e.ElementNotAccessibleError, None),
    ("6/3B/1B", e.UnitAttentionError, AttentionKind.DRIVE_INSERTED),
    ("5/3B/81", e.ElementNotAccessibleError, "partition"),
    ("5/3B/90", e.CartridgeInDriveError, None),
    ("5/3B/A0", e.ElementNotAccessibleError, "transport-full"),
    ("5/3B/77", e.ElementNotAccessibleError, None),
    ("6/3F/0E", e.UnitAttentionError, AttentionKind.TARGET_CHANGED),
    ("5/44/81", e.CartridgeInDriveError, None),
    ("4/53/00", e.MediaLoadFailedError, None),
    ("5/53/02", e.MediaRemovalPreventedError, "library"),
    ("5/53/03", e.MediaRemovalPreventedError, "drive"),
    ("5/53/07", e.VolumeIdProblemError, "duplicate"),
    ("6/5A/01", e.UnitAttentionError, AttentionKind.OPERATOR_REQUEST),
    ("2/74/71", e.ElementNotAccessibleError, "partition"),
    ("7/74/03", e.EncryptionKeyError, "wrong-or-missing"),
    ("4/83/00", e.VolumeIdProblemError, "unreadable"),
    ("5/83/04", e.ElementNotAccessibleError, "not-installed"),
    ("5/EE/31", e.EncryptionKeyError, "key-manager"),
    ("7/EF/10", e.EncryptionKeyError, "key-manager"),
    ("4/44/00", e.HardwareError, None),
    ("3/11/00", e.MediumError, None),
    ("8/00/05", e.MediumError, None),
    ("B/45/00", e.CommandAbortedError, None),
]


@pytest.mark.parametrize(("code", "error", "kind"), CASES)
def test_every_sense_code_raises_its_own_error(code, error, kind):
    key, asc, ascq = (int(part, 16) for part in code.split("/"))
    with pytest.raises(error) as caught:
        check(exchange(status=2, sense=encode_fixed_sense(Sense(key, asc, ascq))))
    assert type(caught.value) is error
    assert caught.value.kind == kind
    assert code in str(caught.value)


def test_every_row_of_the_table_can_be_reached():
    for row in SENSE_TABLE:
        for key in row.keys or "23456":
            assert find_row(int(key, 16), row.asc, row.first) is row or not row.keys


def test_fixed_sense_survives_a_round_trip():
    sense = Sense(3, 0x11, 0x02, info=-7, field_ptr=5, filemark=True, end_of_medium=True, wrong_length=True)
    parsed = parse_sense(encode_fixed_sense(sense))
    assert parsed is not None
    assert (parsed.key, parsed.asc, parsed.ascq, parsed.info, parsed.field_ptr) == (3, 0x11, 2, -7, 5)
    assert parsed.filemark
    assert parsed.end_of_medium
    assert parsed.wrong_length


def test_descriptor_format_sense_is_read():
    information = bytes.fromhex("000a8000") + (9).to_bytes(8, "big")
    stream = bytes.fromhex("04020080")
    raw = bytes((0x72, 0x03, 0x11, 0x00, 0, 0, 0, len(information + stream))) + information + stream
    sense = parse_sense(raw)
    assert sense is not None
    assert (str(sense), sense.info, sense.filemark) == ("3/11/00", 9, True)


def test_no_sense_at_all_is_none_and_garbage_is_a_protocol_error():
    assert parse_sense(b"") is None
    assert parse_sense(bytes(18)) is None
    for raw in (b"\x55" * 18, b"\x70", b"\x72\x06"):
        with pytest.raises(e.ProtocolError):
            parse_sense(raw)


def test_deferred_sense_is_never_attached_to_this_command():
    raw = encode_fixed_sense(Sense(4, 0x44, 0x00, deferred=True))
    with pytest.raises(e.ProtocolError, match="earlier command"):
        check(exchange(status=2, sense=raw))


def test_sense_wins_over_what_the_host_adapter_reports():
    raw = encode_fixed_sense(Sense(5, 0x3B, 0x0E))
    assert type(error_of(exchange(status=2, sense=raw, host_status=7))) is e.ElementEmptyError


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"status": 0x08}, e.DeviceBusyError),
        ({"status": 0x28}, e.DeviceBusyError),
        ({"status": 0x18}, e.ReservationConflictError),
        ({"status": 0x40}, e.CommandAbortedError),
        ({"status": 0x02}, e.TransportError),
        ({"status": 0x77}, e.TransportError),
        ({"host_status": 3}, e.CommandTimeoutError),
        ({"driver_status": 0x06}, e.CommandTimeoutError),
        ({"host_status": 1}, e.TransportError),
    ],
)
def test_without_sense_the_status_decides(parts, error):
    assert type(error_of(exchange(**parts))) is error


def test_a_recovered_error_is_a_success():
    assert error_of(exchange(status=2, sense=encode_fixed_sense(Sense(1, 0x17, 0x01)))) is None


def test_an_error_carries_what_was_sent_and_what_came_back():
    sent = exchange(status=2, sense=encode_fixed_sense(Sense(2, 4, 0x12)), duration_ms=7)
    error = error_of(sent)
    assert error is not None
    assert error.exchange is sent
    assert error.sense == parse_sense(sent.sense)
    assert classify(Sense(2, 4, 0x12)).exchange is None


def test_the_digest_of_an_exchange_depends_on_every_part():
    parts = [
        {},
        {"cdb": b"\1" * 6},
        {"data_in": b"a"},
        {"data_out": b"a"},
        {"sense": b"a"},
        {"status": 2},
        {"host_status": 1},
    ]
    assert len({exchange(**part).digest() for part in parts}) == len(parts)
