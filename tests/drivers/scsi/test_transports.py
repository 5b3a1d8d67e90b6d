"""The transports as far as they go without a kernel device; the lab has those."""

import ctypes
from pathlib import Path

import pytest

from drivers.changer.mtx import program_runner
from drivers.errors import BackendUnavailableError, CommandTimeoutError, TransportError
from drivers.scsi import commands
from drivers.scsi.libiscsi import IscsiAddress, IscsiTransport
from drivers.scsi.sense import error_of
from drivers.scsi.sg_io import SgHeader, SgTransport, open_node
from drivers.scsi.transport import Deadline
from drivers.simulator.iscsi.server import IscsiTarget

OFFSETS = {
    "interface_id": 0,
    "dxfer_direction": 4,
    "cmd_len": 8,
    "mx_sb_len": 9,
    "iovec_count": 10,
    "dxfer_len": 12,
    "dxferp": 16,
    "cmdp": 24,
    "sbp": 32,
    "timeout": 40,
    "flags": 44,
    "pack_id": 48,
    "usr_ptr": 56,
    "status": 64,
    "sb_len_wr": 67,
    "host_status": 68,
    "driver_status": 70,
    "resid": 72,
    "duration": 76,
    "info": 80,
}


def test_the_sg_header_lies_in_memory_as_the_kernel_reads_it():
    assert ctypes.sizeof(SgHeader) == 88
    assert {name: getattr(SgHeader, name).offset for name in OFFSETS} == OFFSETS


def test_a_node_that_is_no_scsi_device_refuses_the_first_command():
    with SgTransport(Path("/dev/null")) as transport, pytest.raises(BackendUnavailableError):
        transport.execute(commands.test_unit_ready(), timeout_s=1)


def test_a_file_is_not_a_node(tmp_path):
    (tmp_path / "node").touch()
    with pytest.raises(BackendUnavailableError, match="not a SCSI generic node"):
        open_node(tmp_path / "node")


@pytest.fixture
def target(bench, libiscsi, tmp_path):
    with IscsiTarget(tmp_path / "library") as target:
        yield target


def connect(target: IscsiTarget, unit: int = 0) -> IscsiTransport:
    host, port = target.address
    return IscsiTransport(IscsiAddress(host, port, target.name, unit), initiator="iqn.2026-01.test:transport")


def test_libiscsi_swallows_no_event_on_connecting(target):
    with connect(target) as transport:
        answers = [transport.execute(commands.test_unit_ready(), timeout_s=5) for _ in range(2)]
    assert [str(error_of(a).sense) if error_of(a) else None for a in answers] == ["6/29/00", None]


def test_every_result_says_how_long_it_was_given(bench, target, tmp_path):
    from drivers.simulator.target import SimulatedLibrary
    from drivers.simulator.transport import SimulatorTransport

    with connect(target) as wire, SimulatorTransport(SimulatedLibrary(tmp_path / "library"), 0) as here:
        for transport in (wire, here):
            assert transport.execute(commands.test_unit_ready(), timeout_s=7.5).timeout_s == 7.5
    program = program_runner("true")
    assert program(["-f", "/dev/x", "status"], 3.0).timeout_s == 3.0


def test_libiscsi_hands_over_the_raw_sense(target):
    with connect(target) as transport:
        answer = transport.execute(commands.test_unit_ready(), timeout_s=5)
    assert (len(answer.sense), answer.sense[0], answer.sense[7]) == (18, 0x70, 10)


def test_libiscsi_gives_the_data_that_came_and_no_more(target):
    with connect(target) as transport:
        answer = transport.execute(commands.inquiry(), timeout_s=5)
        assert (len(answer.data_in), answer.residual) == (96, 0)
        answer = transport.execute(commands.inquiry_page(0x80), timeout_s=5)
        assert (len(answer.data_in), answer.residual) == (14, 241)


def test_a_command_that_is_never_answered_is_a_timeout(bench, target):
    with connect(target) as transport:
        transport.execute(commands.test_unit_ready(), timeout_s=5)
        bench.hands.set_fault("lost-status", phase="placed")
        answer = transport.execute(commands.move_medium(0, 0x1000, 0x1014), timeout_s=1)
    assert isinstance(error_of(answer), CommandTimeoutError | TransportError)
    assert bench.place_of("ABC001L8") == 0x1014


def test_a_lost_connection_is_said_with_every_further_command(target):
    transport = connect(target)
    transport.execute(commands.test_unit_ready(), timeout_s=5)
    target.close()
    answers = [transport.execute(commands.test_unit_ready(), timeout_s=1) for _ in range(2)]
    assert all(isinstance(error_of(a), TransportError | CommandTimeoutError) for a in answers)
    transport.close()


def test_a_wrong_target_name_cannot_be_opened(target):
    host, port = target.address
    with pytest.raises(BackendUnavailableError):
        IscsiTransport(IscsiAddress(host, port, "iqn.2026-01.test:nobody", 0), initiator="iqn.2026-01.test:x")


def test_a_deadline_counts_down_and_then_refuses():
    clock = iter((0.0, 1.0, 9.0, 11.0))
    deadline = Deadline(10.0, lambda: next(clock))
    assert deadline.require(100.0, "x") == 9.0
    assert deadline.require(0.5, "x") == 0.5
    with pytest.raises(CommandTimeoutError):
        deadline.require(1.0, "x")
