"""The tape drive contract on a virtual drive; the wire between them is bytes."""

import os

import pytest

from drivers import registry
from drivers.changer.model import MoveVerdict
from drivers.errors import (
    EncryptionKeyError,
    IllegalRequestError,
    MediaIncompatibleError,
    MediaRemovalPreventedError,
    NoMediumError,
    WormViolationError,
    WriteProtectedError,
)
from drivers.scsi import attributes as mam
from drivers.scsi.attributes import host_attribute
from drivers.scsi.encryption import (
    BlockEncryption,
    DecryptionMode,
    EncryptionMode,
    KadType,
    SetEncryption,
)
from drivers.scsi.stream import Activity
from drivers.tape.model import MediumCondition

D = 30.0
KEY, OTHER_KEY = bytes(range(32)), bytes(32)
KAD = b"key-0001"


def key_page(key: bytes = KEY, **changes) -> SetEncryption:
    fields = {"encryption": EncryptionMode.ENCRYPT, "decryption": DecryptionMode.DECRYPT, "key": key}
    return SetEncryption(**fields | {"kads": ((KadType.UNAUTHENTICATED, KAD),)} | changes)


@pytest.fixture
def drive(bench):
    with registry.open_drive(f"{bench.url}&drive=DRV0000001") as drive:
        yield drive


@pytest.fixture
def loaded(bench, drive):
    """The first drive with ABC001L8 in it."""
    assert bench.move("ABC001L8", bench.drive()).verdict is MoveVerdict.MOVED
    drive.medium(deadline_s=D)
    drive.take_attentions()
    return drive


def test_its_serial_number_joins_it_to_the_changer(bench, drive):
    states = [e for e in bench.look().elements if e.drive is not None]
    assert drive.identify(deadline_s=D).serial == states[0].drive.serial


def test_an_empty_drive_holds_nothing(drive):
    assert drive.medium(deadline_s=D).condition is MediumCondition.NONE
    with pytest.raises(NoMediumError):
        drive.cartridge_memory(deadline_s=D)


def test_a_load_is_an_event_and_counts_in_the_cartridge(bench, drive):
    bench.move("ABC001L8", bench.drive())
    assert drive.medium(deadline_s=D).condition is MediumCondition.READY
    assert [str(sense) for sense in drive.take_attentions()] == ["6/28/00"]
    memory = drive.cartridge_memory(deadline_s=D)
    assert memory.number(mam.LOAD_COUNT) == 1
    assert memory.text(mam.MEDIUM_SERIAL) == "MED00000001"
    assert memory.text(mam.LAST_DRIVE).endswith("DRV0000001")


def test_blocks_and_filemarks_come_back_as_written(loaded):
    written = [b"a", os.urandom(65536), b"c" * 1000]
    for block in written:
        loaded.write_block(block, deadline_s=D)
    loaded.write_filemarks(1, deadline_s=D)
    loaded.write_block(b"second file", deadline_s=D)
    loaded.rewind(deadline_s=D)
    assert [loaded.read_block(deadline_s=D).data for _ in written] == written
    assert loaded.read_block(deadline_s=D).filemark
    assert loaded.position(deadline_s=D).file == 1
    assert loaded.read_block(deadline_s=D).data == b"second file"
    assert loaded.read_block(deadline_s=D).end_of_data


def test_positions_can_be_found_again(loaded):
    for number in range(5):
        loaded.write_block(bytes((number,)), deadline_s=D)
    loaded.write_filemarks(1, deadline_s=D)
    loaded.locate(3, deadline_s=D)
    assert loaded.position(deadline_s=D).block == 3
    assert loaded.read_block(deadline_s=D).data == b"\x03"
    loaded.rewind(deadline_s=D)
    loaded.space_filemarks(1, deadline_s=D)
    position = loaded.position(deadline_s=D)
    assert (position.block, position.file) == (6, 1)
    loaded.space_filemarks(-1, deadline_s=D)
    assert loaded.position(deadline_s=D).block == 5


def test_writing_in_the_middle_forgets_what_was_behind(loaded):
    for number in range(5):
        loaded.write_block(bytes((number,)), deadline_s=D)
    loaded.locate(2, deadline_s=D)
    loaded.write_block(b"new", deadline_s=D)
    assert loaded.read_block(deadline_s=D).end_of_data


def test_data_survive_unload_move_and_another_process(bench, loaded):
    loaded.write_block(b"kept", deadline_s=D)
    loaded.write_filemarks(1, deadline_s=D)
    loaded.eject(deadline_s=D)
    assert loaded.medium(deadline_s=D).condition is MediumCondition.NONE
    assert bench.move("ABC001L8", bench.drive(2)).verdict is MoveVerdict.MOVED
    with registry.open_drive(f"{bench.url}&drive=2") as other:
        assert other.medium(deadline_s=D).condition is MediumCondition.READY
        assert other.read_block(deadline_s=D).data == b"kept"
        assert other.cartridge_memory(deadline_s=D).number(mam.LOAD_COUNT) == 2


def test_the_counters_of_the_cartridge_move_by_themselves(loaded):
    loaded.write_block(bytes(3 << 20), deadline_s=D)
    loaded.rewind(deadline_s=D)
    loaded.read_block(deadline_s=D)
    memory = loaded.cartridge_memory(deadline_s=D)
    assert memory.number(mam.WRITTEN_MIB) == 3
    assert memory.number(0x0223) == 3
    assert memory.number(mam.CHANGE_REFERENCE) == 1
    assert loaded.volume_statistics(deadline_s=D)["lifetime_mb_written"] == 3


def test_host_attributes_are_written_read_back_and_deleted(loaded):
    barcode, host = host_attribute(mam.BARCODE_TEXT, "ABC001L8"), host_attribute(0x0807, "vault")
    assert loaded.write_host_attributes([barcode, host], deadline_s=D).written == (0x0806, 0x0807)
    assert loaded.cartridge_memory(deadline_s=D).text(mam.BARCODE_TEXT) == "ABC001L8"
    gone = mam.Attribute(mam.BARCODE_TEXT, mam.AttributeFormat.ASCII, b"")
    assert loaded.write_host_attributes([gone], deadline_s=D).written == (0x0806,)
    assert mam.BARCODE_TEXT not in loaded.cartridge_memory(deadline_s=D).attributes


def test_a_write_that_was_dropped_in_silence_is_noticed(bench, loaded):
    bench.hands.set_fault("memory-write-dropped")
    result = loaded.write_host_attributes([host_attribute(mam.BARCODE_TEXT, "ABC001L8")], deadline_s=D)
    assert (result.written, result.dropped) == ((), (mam.BARCODE_TEXT,))


def test_the_serial_number_of_a_medium_cannot_be_written(loaded):
    forged = mam.Attribute(mam.MEDIUM_SERIAL, mam.AttributeFormat.ASCII, b"FORGED")
    with pytest.raises(IllegalRequestError):
        loaded.write_host_attributes([forged], deadline_s=D)


def test_alerts_are_read_without_clearing_them_for_others(bench, loaded):
    bench.hands.raise_alert(1, 20)
    for _ in range(2):
        alerts = loaded.alerts(deadline_s=D)
        assert (alerts.flags, alerts.cleared) == ((20,), False)


def test_where_reading_clears_alerts_that_is_said(bench, loaded):
    bench.hands.raise_alert(1, 20)
    bench.hands.set_fault("alerts-only-by-clearing")
    alerts = loaded.alerts(deadline_s=D)
    assert (alerts.flags, alerts.cleared) == ((20,), True)
    assert loaded.alerts(deadline_s=D).flags == ()


def test_the_drive_is_asked_for_its_own_timeouts(drive):
    assert drive.timeouts(deadline_s=D)[0x1B] == 960


def test_a_held_cartridge_is_not_given_away(bench, loaded):
    loaded.prevent_removal(on=True, deadline_s=D)
    with pytest.raises(MediaRemovalPreventedError):
        loaded.eject(deadline_s=D)
    outcome = bench.move("ABC001L8", bench.mail_slot())
    assert outcome.verdict is MoveVerdict.NOT_MOVED
    assert isinstance(outcome.refusal, MediaRemovalPreventedError)
    assert outcome.refusal.kind == "drive"
    loaded.prevent_removal(on=False, deadline_s=D)
    assert bench.move("ABC001L8", bench.mail_slot()).verdict is MoveVerdict.MOVED


def test_encrypted_blocks_need_their_key(loaded):
    loaded.set_key(key_page(), deadline_s=D)
    loaded.write_block(b"secret", deadline_s=D)
    loaded.rewind(deadline_s=D)
    assert loaded.read_block(deadline_s=D).data == b"secret"
    loaded.rewind(deadline_s=D)
    state = loaded.clear_key(deadline_s=D)
    assert state.status is not None
    assert (state.status.encryption, state.status.holds_encrypted) == (EncryptionMode.OFF, True)
    assert state.next_block is not None
    assert state.next_block.encryption == BlockEncryption.LOCKED
    assert state.next_block.kads == {KadType.UNAUTHENTICATED: KAD}
    with pytest.raises(EncryptionKeyError):
        loaded.read_block(deadline_s=D)


def test_encrypted_data_lie_encrypted_in_the_folder(bench, loaded, tmp_path):
    loaded.set_key(key_page(), deadline_s=D)
    loaded.write_block(b"very secret text", deadline_s=D)
    loaded.write_filemarks(1, deadline_s=D)
    stored = (tmp_path / "library" / "media" / "MED00000001.tape").read_bytes()
    assert KAD in stored
    assert b"very secret text" not in stored


def test_every_set_of_a_key_changes_the_key_instance(loaded):
    before = loaded.encryption_state(deadline_s=D).status
    loaded.set_key(key_page(), deadline_s=D)
    after = loaded.clear_key(deadline_s=D).status
    assert after.key_instance == before.key_instance + 2


def test_ten_wrong_keys_lock_the_drive_until_the_medium_is_reloaded(bench, loaded):
    loaded.set_key(key_page(), deadline_s=D)
    loaded.write_block(b"secret", deadline_s=D)
    loaded.set_key(key_page(OTHER_KEY), deadline_s=D)
    for _ in range(10):
        loaded.rewind(deadline_s=D)
        with pytest.raises(EncryptionKeyError):
            loaded.read_block(deadline_s=D)
    with pytest.raises(EncryptionKeyError) as caught:
        loaded.set_key(key_page(), deadline_s=D)
    assert caught.value.kind == "limit-reached"
    loaded.eject(deadline_s=D)
    loaded.load(deadline_s=D)
    loaded.set_key(key_page(), deadline_s=D)


def test_a_key_leaves_the_drive_with_the_medium(loaded):
    loaded.set_key(key_page(clear_on_demount=True), deadline_s=D)
    loaded.eject(deadline_s=D)
    status = loaded.encryption_state(deadline_s=D).status
    assert status is not None
    assert (status.encryption, status.kads) == (EncryptionMode.OFF, {})


def test_the_memory_knows_whether_everything_was_encrypted(loaded):
    loaded.set_key(key_page(), deadline_s=D)
    loaded.write_block(b"secret", deadline_s=D)
    memory = loaded.cartridge_memory(deadline_s=D)
    assert (memory.number(mam.FIRST_ENCRYPTED), memory.number(mam.FIRST_UNENCRYPTED)) == (0, (1 << 64) - 1)
    loaded.clear_key(deadline_s=D)
    loaded.write_block(b"open", deadline_s=D)
    assert loaded.cartridge_memory(deadline_s=D).number(mam.FIRST_UNENCRYPTED) == 1


@pytest.mark.parametrize(
    ("barcode", "loads", "writes"),
    [
        ("NEW001L8", True, True),
        ("NEW001L7", True, True),
        ("NEW001L6", False, False),
        ("NEW001L9", False, False),
    ],
)
def test_generations_refuse_each_other(bench, drive, barcode, loads, writes):
    bench.hands.put_in_mail_slot(bench.mail_slot(), barcode)
    assert bench.move(barcode, bench.drive()).verdict is MoveVerdict.MOVED
    state = drive.medium(deadline_s=D)
    if loads:
        assert state.condition is MediumCondition.READY
        drive.write_block(b"x", deadline_s=D)
    else:
        assert isinstance(state.error, MediaIncompatibleError)
        with pytest.raises(MediaIncompatibleError):
            drive.write_block(b"x", deadline_s=D)


def test_worm_media_take_more_but_never_something_else(bench, drive):
    bench.hands.put_in_mail_slot(bench.mail_slot(), "WRM001LY")
    bench.move("WRM001LY", bench.drive())
    drive.medium(deadline_s=D)
    drive.write_block(b"once", deadline_s=D)
    drive.write_block(b"more", deadline_s=D)
    drive.rewind(deadline_s=D)
    with pytest.raises(WormViolationError):
        drive.write_block(b"again", deadline_s=D)


def test_a_write_protected_medium_stays_as_it_is(bench, loaded):
    bench.hands.set_write_protect("ABC001L8", on=True)
    with pytest.raises(WriteProtectedError):
        loaded.write_block(b"x", deadline_s=D)


def test_a_cleaning_cartridge_does_its_work_and_is_let_go(bench, drive):
    bench.hands.raise_alert(1, 20)
    bench.move("CLN001CU", bench.drive())
    assert drive.medium(deadline_s=D).condition is MediumCondition.NONE
    assert drive.alerts(deadline_s=D).flags == ()


def test_an_expired_cleaning_cartridge_cleans_nothing_and_says_so(bench, drive):
    bench.hands.raise_alert(1, 20)
    bench.hands.set_cleanings_left("CLN001CU", 1)
    home = bench.place_of("CLN001CU")
    bench.move("CLN001CU", bench.drive())
    bench.move("CLN001CU", home)
    assert drive.alerts(deadline_s=D).flags == ()
    bench.hands.raise_alert(1, 20)
    bench.move("CLN001CU", bench.drive())
    drive.take_attentions()
    assert set(drive.alerts(deadline_s=D).flags) == {20, 22}


def test_a_first_load_that_optimises_is_waited_for_and_nothing_else_is_asked(bench, drive):
    bench.hands.set_fault("optimising", seconds=0.3)
    bench.move("ABC001L8", bench.drive())
    state = drive.medium(deadline_s=D)
    assert (state.condition, state.activity) == (MediumCondition.LOADING, Activity.CALIBRATING)
    assert drive.wait_loaded(deadline_s=D).condition is MediumCondition.READY


def test_a_fast_load_that_fails_afterwards_is_an_error_of_the_drive(bench, drive):
    bench.hands.set_fault("fast-load")
    assert bench.move("ABC001L8", bench.drive()).verdict is MoveVerdict.MOVED
    assert drive.medium(deadline_s=D).condition is MediumCondition.ERROR


def test_the_memory_tells_the_capacity_in_mib(loaded):
    assert loaded.cartridge_memory(deadline_s=D).number(1) == 12_000_000 * 1_000_000 // (1 << 20)
