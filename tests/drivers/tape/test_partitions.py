"""Tapes in partitions: mode page 11, FORMAT MEDIUM, LOCATE and READ POSITION across them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import registry
from drivers.errors import IllegalRequestError, ProtocolError
from drivers.scsi import attributes as mam
from drivers.scsi import commands
from drivers.scsi.partitions import (
    PARTITION_PAGE,
    REST_OF_MEDIUM,
    PartitionFlag,
    Partitions,
    encode_partitions,
    parse_partitions,
)
from drivers.scsi.sense import check
from drivers.simulator.target import SimulatedLibrary
from drivers.simulator.transport import SimulatorTransport

D = 10.0
FLAGS = PartitionFlag.BY_INITIATOR | PartitionFlag.UNITS_OF_TEN
TWO = Partitions(1, 1, FLAGS, 9, (2, REST_OF_MEDIUM))


@pytest.fixture
def drive(bench):
    assert bench.move("ABC001L8", bench.drive()).is_done
    with registry.open_drive(f"{bench.url}&drive=1") as drive:
        drive.medium(deadline_s=D)
        yield drive


@pytest.fixture
def send(bench, tmp_path):
    """Commands that the drivers do not send by themselves, to the first drive."""
    with SimulatorTransport(SimulatedLibrary(tmp_path / "library"), 1) as transport:
        yield lambda command: check(transport.execute(command, timeout_s=D))


@pytest.fixture
def parted(drive, send):
    send(commands.mode_select(encode_partitions(TWO)))
    send(commands.format_medium(commands.AS_PARTITIONED))
    return drive


def test_a_new_medium_is_one_partition_and_the_drive_offers_three_more(drive):
    found = drive.partitions(deadline_s=D)
    assert (found.additional, found.most_additional) == (0, 3)
    assert PartitionFlag.ON_FORMAT in found.flags


def test_nothing_changes_before_the_medium_is_formatted(drive, send):
    send(commands.mode_select(encode_partitions(TWO)))
    with pytest.raises(IllegalRequestError):
        drive.locate(0, partition=1, deadline_s=D)


def test_each_partition_keeps_its_own_data_and_position(parted):
    for number, text in ((1, b"contents"), (0, b"index")):
        parted.locate(0, partition=number, deadline_s=D)
        parted.write_block(text, deadline_s=D)
        parted.write_filemarks(1, deadline_s=D)
        position = parted.position(deadline_s=D)
        assert (position.partition, position.block, position.file) == (number, 2, 1)
    for number, text in ((0, b"index"), (1, b"contents")):
        parted.locate(0, partition=number, deadline_s=D)
        assert parted.read_block(deadline_s=D).data == text
    parted.rewind(deadline_s=D)
    assert parted.position(deadline_s=D).partition == 1


def test_a_load_begins_in_the_first_partition_and_finds_both(bench, parted):
    parted.locate(0, partition=1, deadline_s=D)
    parted.write_block(b"kept", deadline_s=D)
    parted.eject(deadline_s=D)
    parted.load(deadline_s=D)
    parted.medium(deadline_s=D)
    assert parted.position(deadline_s=D).partition == 0
    parted.locate(0, partition=1, deadline_s=D)
    assert parted.read_block(deadline_s=D).data == b"kept"


def test_a_partition_that_is_not_there_cannot_be_found(parted):
    with pytest.raises(IllegalRequestError):
        parted.locate(0, partition=2, deadline_s=D)
    assert parted.position(deadline_s=D).partition == 0


def test_the_memory_tells_the_capacity_of_each_partition(parted, send):
    for number, megabytes in ((0, 2_000), (1, 11_998_000)):
        found = mam.parse_attributes(send(commands.read_attributes(0, partition=number)).data_in)
        capacity = next(a.number for a in found if a.id == 0x0001)
        assert capacity == megabytes * 1_000_000 // (1 << 20)
    with pytest.raises(IllegalRequestError):
        send(commands.read_attributes(0, partition=2))


def test_a_format_into_one_partition_forgets_all_of_them(parted, send):
    parted.locate(0, partition=1, deadline_s=D)
    parted.write_block(b"old", deadline_s=D)
    with pytest.raises(IllegalRequestError):
        send(commands.format_medium())
    parted.locate(0, partition=0, deadline_s=D)
    send(commands.format_medium())
    assert parted.read_block(deadline_s=D).end_of_data
    with pytest.raises(IllegalRequestError):
        parted.locate(0, partition=1, deadline_s=D)


@pytest.mark.parametrize(
    "wish",
    [
        Partitions(1, 4, FLAGS, 9, (1, 1, 1, 1, 1)),
        Partitions(1, 1, FLAGS, 9, (20_000, 1)),
        Partitions(1, 1, FLAGS, 9, (0, REST_OF_MEDIUM)),
        Partitions(1, 2, FLAGS, 9, (1, REST_OF_MEDIUM, REST_OF_MEDIUM)),
    ],
)
def test_partitions_that_cannot_be_are_refused(drive, send, wish):
    with pytest.raises(IllegalRequestError):
        send(commands.mode_select(encode_partitions(wish)))


def test_generations_before_the_fifth_know_no_partitions(tmp_path, library):
    from drivers.library_files import DriveDefinition

    url = f"sim://{tmp_path}/old"
    registry.prepare_simulator(url, library(drives=(DriveDefinition("HP", "Ultrium 4-SCSI", "OLD4", 4),)))
    with registry.open_drive(url) as drive:
        assert drive.partitions(deadline_s=D).most_additional == 0


@given(
    st.builds(
        Partitions,
        st.integers(0, 255),
        st.integers(0, 255),
        st.sampled_from([FLAGS, PartitionFlag.FIXED, PartitionFlag(0)]),
        st.integers(0, 15),
        st.lists(st.integers(0, 0xFFFF), max_size=20).map(tuple),
    )
)
def test_the_page_survives_a_round_trip(page):
    assert parse_partitions(bytes(4) + encode_partitions(page)) == page


@pytest.mark.parametrize("raw", [b"", bytes(4), bytes(4) + bytes((PARTITION_PAGE, 2, 0, 0))])
def test_a_short_page_is_a_protocol_error(raw):
    with pytest.raises(ProtocolError):
        parse_partitions(raw)
