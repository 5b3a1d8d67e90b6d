"""The iSCSI target on the wire: what stock initiators do not notice when it is wrong."""

import socket
import struct
import threading
import time

import pytest

from drivers import registry
from drivers.changer.model import MoveRequest
from drivers.errors import TransportError
from drivers.scsi.chap import Credentials, Secret, respond
from drivers.simulator.iscsi.digest import digest
from drivers.simulator.iscsi.server import IscsiTarget

NO_TAG = 0xFFFFFFFF
PING_S = 0.3  # long enough for a busy machine to answer in time
TUR = bytes(16)
INQUIRY = bytes.fromhex("120000006000").ljust(16, b"\0")


def read_element_status(count: int) -> bytes:
    return struct.pack(">BBHHBBHxx4x", 0xB8, 0x12, 0x1000, count, 0, 0, 0xFFFF)


class Initiator:
    """The least that can log in, with every number checked."""

    def __init__(
        self,
        target: IscsiTarget,
        *,
        isid: bytes = b"\x80\0\0\0\0\1",
        keys: dict | None = None,
        flags: int = 0x87,
    ) -> None:
        self.socket = socket.create_connection(target.address, timeout=5)
        self.isid, self.command_number, self.status_number, self.tag = isid, 7, 1, 0
        pairs = {
            "InitiatorName": "iqn.2026-01.test:initiator",
            "TargetName": target.name,
            "SessionType": "Normal",
            "MaxRecvDataSegmentLength": "4096",
        } | (keys or {})
        self.login_answer = self.login({k: v for k, v in pairs.items() if v is not None}, flags)

    def login(self, pairs: dict, flags: int = 0x87) -> tuple[bytes, dict]:
        data = b"".join(f"{k}={v}".encode() + b"\0" for k, v in pairs.items())
        header = struct.pack(
            ">BBBBB3s6sHIHHII16x",
            0x43,
            flags,
            0,
            0,
            0,
            len(data).to_bytes(3, "big"),
            self.isid,
            0,
            0,
            0,
            0,
            self.command_number,
            self.status_number,
        )
        self.socket.sendall(header + data + bytes(-len(data) % 4))
        header, answer = self.receive()
        return header, dict(item.split("=", 1) for item in answer.decode().split("\0") if item)

    def receive(self) -> tuple[bytes, bytes]:
        header = self._exactly(48)
        length = int.from_bytes(header[5:8], "big")
        return header, self._exactly(length + -length % 4)[:length]

    def _exactly(self, count: int) -> bytes:
        whole = b""
        while len(whole) < count:
            part = self.socket.recv(count - len(whole))
            if not part:
                raise ConnectionError
            whole += part
        return whole

    def command(
        self, cdb: bytes, *, flags: int = 0x80, length: int = 0, data: bytes = b"", lun: int = 0
    ) -> int:
        self.tag += 1
        header = struct.pack(
            ">BBxxB3sBB6xIIII16s",
            0x01,
            flags,
            0,
            len(data).to_bytes(3, "big"),
            0,
            lun,
            self.tag,
            length,
            self.command_number,
            self.status_number,
            cdb,
        )
        self.socket.sendall(header + data + bytes(-len(data) % 4))
        self.command_number += 1
        return self.tag

    def send(
        self,
        op: int,
        flags: int = 0x80,
        *,
        tag: int = 0x77,
        word_20: int = NO_TAG,
        lun: int = 0,
        data: bytes = b"",
        words: bytes = b"",
        immediate: bool = True,
    ) -> None:
        header = struct.pack(
            ">BBxxB3sBB6xIIII",
            op | (0x40 if immediate else 0),
            flags,
            0,
            len(data).to_bytes(3, "big"),
            0,
            lun,
            tag,
            word_20,
            self.command_number,
            self.status_number,
        )
        self.socket.sendall(header + words.ljust(16, b"\0") + data + bytes(-len(data) % 4))

    def data_out(
        self, tag: int, transfer_tag: int, number: int, offset: int, data: bytes, *, final: bool, lun: int = 0
    ) -> None:
        words = struct.pack(">xxxxII4x", number, offset)
        self.send(
            0x05,
            0x80 if final else 0,
            tag=tag,
            word_20=transfer_tag,
            lun=lun,
            data=data,
            words=words,
            immediate=False,
        )

    def answers(self) -> list[tuple[bytes, bytes]]:
        """Everything up to the unit that carries the status of one command."""
        found = []
        while True:
            header, data = self.receive()
            found.append((header, data))
            if header[0] == 0x21 or (header[0] == 0x25 and header[1] & 1):
                assert word(header, 24) == self.status_number
                self.status_number += 1
                return found

    def drain(self, luns: int = 3) -> None:
        """Take the power-on event of every logical unit."""
        for lun in range(luns):
            self.command(TUR, lun=lun)
            assert self.answers()[-1][0][3] == 2

    def close(self) -> None:
        self.socket.close()


def word(header: bytes, offset: int) -> int:
    return int.from_bytes(header[offset : offset + 4], "big")


@pytest.fixture
def target(bench, tmp_path):
    with IscsiTarget(tmp_path / "library") as target:
        yield target


@pytest.fixture
def initiator(target):
    one = Initiator(target)
    one.status_number = word(one.login_answer[0], 24) + 1
    yield one
    one.close()


def test_login_answers_every_key_and_starts_the_numbers_where_the_initiator_said(target):
    one = Initiator(
        target,
        keys={
            "HeaderDigest": "None,CRC32C",
            "InitialR2T": "No",
            "ImmediateData": "Yes",
            "X-com.example": "1",
            "DefaultTime2Wait": "2",
            "MaxBurstLength": "16776192",
        },
    )
    header, answers = one.login_answer
    assert header[0] == 0x23
    assert header[36] == 0
    assert word(header, 24) == 1
    assert word(header, 28) == 7
    assert int.from_bytes(header[14:16], "big") != 0
    assert header[8:14] == one.isid
    assert answers == {
        "TargetPortalGroupTag": "1",
        "MaxRecvDataSegmentLength": "262144",
        "HeaderDigest": "None",
        "InitialR2T": "No",
        "ImmediateData": "Yes",
        "X-com.example": "NotUnderstood",
        "DefaultTime2Wait": "2",
        "MaxBurstLength": "262144",
    }
    one.close()


@pytest.mark.parametrize(
    ("keys", "detail"),
    [
        ({"TargetName": "iqn.2026-01.test:other"}, 0x03),
        ({"TargetName": None}, 0x07),
        ({"InitiatorName": None}, 0x07),
        ({"AuthMethod": "CHAP"}, 0x01),
    ],
)
def test_a_login_that_cannot_be_is_refused_with_its_reason(target, keys, detail):
    one = Initiator(target, keys=keys)
    assert tuple(one.login_answer[0][36:38]) == (2, detail)
    with pytest.raises(ConnectionError):
        one.receive()
    one.close()


def test_discovery_lists_the_target_and_takes_no_commands(target):
    one = Initiator(target, keys={"SessionType": "Discovery", "TargetName": None})
    one.send(0x04, data=b"SendTargets=All\0")
    header, data = one.receive()
    assert header[0] == 0x24
    assert f"TargetName={target.name}\0TargetAddress=127.0.0.1:{target.address[1]},1\0".encode() == data
    one.command(TUR)
    assert one.receive()[0][0] == 0x3F
    one.close()


def test_every_session_meets_its_own_power_on_event_on_every_unit(target, initiator):
    other = Initiator(target, isid=b"\x80\0\0\0\0\2")
    other.status_number = word(other.login_answer[0], 24) + 1
    for one in (initiator, other):
        one.drain()
        one.command(TUR)
        assert one.answers()[-1][0][3] == 0
    other.close()


def test_inquiry_is_answered_before_and_without_the_event(initiator):
    initiator.command(INQUIRY, flags=0xC0, length=96)
    assert initiator.answers()[-1][0][3] == 0
    initiator.command(TUR)
    header, data = initiator.answers()[-1]
    assert header[3] == 2
    assert int.from_bytes(data[:2], "big") == len(data) - 2 == 18
    assert (data[4], data[14], data[15]) == (6, 0x29, 0)


def test_data_in_is_numbered_cut_to_the_agreed_length_and_ends_with_the_status(initiator):
    initiator.drain()
    wanted = 8 + 8 + 24 * 48
    initiator.command(read_element_status(24), flags=0xC0, length=wanted)
    units = initiator.answers()
    assert [word(h, 36) for h, _ in units] == list(range(len(units)))
    assert [word(h, 40) for h, _ in units] == [sum(len(d) for _, d in units[:n]) for n in range(len(units))]
    assert all(len(d) <= 4096 for _, d in units)
    last = units[-1][0]
    assert last[1] & 0x81 == 0x81
    assert last[1] & 0x06 == 0
    assert all(word(h, 20) == NO_TAG for h, _ in units)


def test_less_data_than_expected_is_an_underflow_and_more_an_overflow(initiator):
    initiator.drain()
    initiator.command(INQUIRY, flags=0xC0, length=200)
    header, data = initiator.answers()[-1]
    assert (header[1] & 0x06, word(header, 44), len(data)) == (0x02, 104, 96)
    initiator.command(INQUIRY, flags=0xC0, length=36)
    header, data = initiator.answers()[-1]
    assert (header[1] & 0x06, word(header, 44), len(data)) == (0x04, 60, 36)


def write_cdb(length: int) -> bytes:
    return (b"\x0a\0" + length.to_bytes(3, "big")).ljust(16, b"\0")


@pytest.fixture
def with_tape(bench, initiator):
    """ABC001L8 in the first drive, which is logical unit 1."""
    bench.move("ABC001L8", bench.drive())
    initiator.drain()
    initiator.command(TUR, lun=1)
    initiator.answers()
    return initiator


def tape_text(bench, length: int) -> bytes:
    with registry.open_drive(f"{bench.url}&drive=1") as drive:
        drive.medium(deadline_s=5)
        drive.rewind(deadline_s=5)
        return drive.read_block(deadline_s=5).data[:length]


def test_data_out_is_asked_for_in_bursts_and_the_requests_consume_no_status_number(bench, with_tape):
    payload = bytes(range(256)) * 2048
    tag = with_tape.command(write_cdb(len(payload)), flags=0xA0, length=len(payload), lun=1)
    asked = 0
    for number in range(2):
        header, _ = with_tape.receive()
        assert header[0] == 0x31
        assert word(header, 24) == with_tape.status_number
        assert (word(header, 36), word(header, 40)) == (number, asked)
        length = word(header, 44)
        for part in range(0, length, 65536):
            piece = payload[asked + part : asked + min(part + 65536, length)]
            with_tape.data_out(
                tag, word(header, 20), part // 65536, asked + part, piece, final=part + 65536 >= length, lun=1
            )
        asked += length
    header = with_tape.answers()[-1][0]
    assert (header[0], header[3], word(header, 36)) == (0x21, 0, 2)
    assert asked == len(payload)
    assert tape_text(bench, 600000) == payload


def test_unsolicited_data_are_taken_before_anything_is_asked_for(bench, target):
    one = Initiator(target, keys={"InitialR2T": "No", "ImmediateData": "Yes", "FirstBurstLength": "4096"})
    one.status_number = word(one.login_answer[0], 24) + 1
    bench.move("ABC001L8", bench.drive())
    one.drain()
    one.command(TUR, lun=1)
    one.answers()
    payload = b"u" * 6000
    tag = one.command(write_cdb(6000), flags=0x20, length=6000, data=payload[:1000], lun=1)
    one.data_out(tag, NO_TAG, 0, 1000, payload[1000:4096], final=True, lun=1)
    header, _ = one.receive()
    assert (header[0], word(header, 40), word(header, 44)) == (0x31, 4096, 1904)
    one.data_out(tag, word(header, 20), 0, 4096, payload[4096:], final=True, lun=1)
    assert one.answers()[-1][0][3] == 0
    assert tape_text(bench, 9999) == payload
    one.close()


def test_pings_are_answered_while_the_robot_moves(bench, initiator):
    initiator.drain()
    bench.hands.set_fault("slow-motion", seconds=1.0)
    move = bytes.fromhex("a50000001000100f") + bytes(8)
    initiator.command(move)
    start = time.monotonic()
    initiator.send(0x00, tag=0x99, data=b"ping")
    header, data = initiator.receive()
    assert (header[0], word(header, 16), data) == (0x20, 0x99, b"ping")
    initiator.status_number += 1
    assert time.monotonic() - start < 0.5
    assert initiator.answers()[-1][0][0] == 0x21


def test_an_aborted_task_is_never_answered(bench, initiator):
    initiator.drain()
    bench.hands.set_fault("slow-motion", seconds=0.5)
    tag = initiator.command(bytes.fromhex("a50000001000100f") + bytes(8))
    time.sleep(0.1)
    initiator.send(0x02, 0x81, tag=0x55, word_20=tag)
    header, _ = initiator.receive()
    assert (header[0], header[2]) == (0x22, 0)
    initiator.status_number += 1
    initiator.command(INQUIRY, flags=0xC0, length=96)
    assert word(initiator.answers()[-1][0], 16) == tag + 1


def test_a_task_nobody_knows_cannot_be_aborted(initiator):
    initiator.send(0x02, 0x81, tag=0x55, word_20=0x1234)
    assert initiator.receive()[0][2] == 1


def test_a_reset_of_one_unit_is_an_event_there_and_nowhere_else(initiator):
    initiator.drain()
    initiator.send(0x02, 0x85, tag=0x55, lun=1)
    assert initiator.receive()[0][2] == 0
    initiator.status_number += 1
    initiator.command(TUR, lun=0)
    assert initiator.answers()[-1][0][3] == 0
    initiator.command(TUR, lun=1)
    header, data = initiator.answers()[-1]
    assert (header[3], data[14]) == (2, 0x29)


def test_a_gap_in_the_command_numbers_ends_the_connection(initiator):
    initiator.command_number += 5
    initiator.command(TUR)
    with pytest.raises(ConnectionError):
        initiator.receive()


@pytest.mark.parametrize("raw", [b"\xff" * 48, b"\x01" + b"\xff" * 47, bytes(48)])
def test_garbage_before_login_ends_the_connection_and_only_that(target, raw):
    with socket.create_connection(target.address, timeout=5) as sock:
        sock.sendall(raw)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(4096):
            pass
    one = Initiator(target)
    assert one.login_answer[0][36] == 0
    one.close()


def test_a_unit_that_does_not_exist_says_so(initiator):
    initiator.command(TUR, lun=9)
    header, data = initiator.answers()[-1]
    assert (header[3], data[4], data[14]) == (2, 5, 0x25)


def test_logout_is_answered_and_the_nexus_forgotten(bench, initiator):
    initiator.send(0x06)
    assert initiator.receive()[0][0] == 0x26
    with pytest.raises(ConnectionError):
        initiator.receive()
    end = time.monotonic() + 5
    while set(bench.hands.dump()["attentions"]) != {"host"}:
        assert time.monotonic() < end


def test_a_second_login_of_the_same_port_replaces_the_first_session(target, initiator):
    again = Initiator(target)
    with pytest.raises(ConnectionError):
        initiator.receive()
    again.status_number = word(again.login_answer[0], 24) + 1
    again.drain()
    again.close()


def test_a_lost_status_is_never_sent(bench, initiator):
    initiator.drain()
    bench.hands.set_fault("lost-status", phase="placed")
    initiator.command(bytes.fromhex("a50000001000100f") + bytes(8))
    initiator.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        initiator.receive()
    assert bench.hands.dump()["moves_done"] == 1


def test_several_sessions_work_on_several_units_at_once(bench, target):
    bench.move("ABC001L8", bench.drive(1))
    bench.move("ABC002L8", bench.drive(2))
    problems: list[Exception] = []

    def fill(lun: int) -> None:
        try:
            one = Initiator(target, isid=bytes((0x80, 0, 0, 0, 1, lun)), keys={"ImmediateData": "Yes"})
            one.status_number = word(one.login_answer[0], 24) + 1
            one.drain()
            one.command(TUR, lun=lun)
            one.answers()
            for number in range(50):
                one.command(write_cdb(4), flags=0xA0, length=4, data=number.to_bytes(4, "big"), lun=lun)
                assert one.answers()[-1][0][3] == 0
            one.close()
        except (AssertionError, OSError) as error:
            problems.append(error)

    threads = [threading.Thread(target=fill, args=(lun,)) for lun in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert problems == []
    for number in (1, 2):
        with registry.open_drive(f"{bench.url}&drive={number}") as drive:
            drive.medium(deadline_s=5)
            drive.rewind(deadline_s=5)
            assert [drive.read_block(deadline_s=5).data for _ in range(50)] == [
                n.to_bytes(4, "big") for n in range(50)
            ]


@pytest.fixture
def locked(bench, tmp_path):
    credentials = Credentials(Secret("robot", b"robots-own-secret"))
    with IscsiTarget(tmp_path / "library", credentials=credentials) as target:
        yield target


class Stepping(Initiator):
    """Logs in unit by unit; `stages` are the flags of each."""

    def __init__(self, target: IscsiTarget) -> None:
        super().__init__(target, keys={"AuthMethod": "CHAP,None"}, flags=0x00)


def test_a_target_with_secrets_refuses_who_skips_the_security_stage(locked):
    one = Initiator(locked)
    assert tuple(one.login_answer[0][36:38]) == (2, 0x01)
    with pytest.raises(ConnectionError):
        one.receive()
    one.close()


def test_chap_is_carried_out_in_the_security_stage_and_leaves_it_when_proven(locked):
    one = Stepping(locked)
    header, answers = one.login_answer
    assert (header[1], answers["AuthMethod"]) == (0x00, "CHAP")
    header, asked = one.login({"CHAP_A": "7,5"}, flags=0x00)
    assert (header[1], asked["CHAP_A"]) == (0x00, "7")
    proof = respond(7, int(asked["CHAP_I"]), b"robots-own-secret", bytes.fromhex(asked["CHAP_C"][2:]))
    header, _ = one.login({"CHAP_N": "robot", "CHAP_R": f"0x{proof.hex()}"}, flags=0x81)
    assert (header[1], header[36]) == (0x81, 0)
    header, answers = one.login({"HeaderDigest": "None"}, flags=0x87)
    assert (header[1], answers) == (0x87, {"HeaderDigest": "None"})
    assert int.from_bytes(header[14:16], "big") != 0
    one.status_number = word(header, 24) + 1
    one.drain()
    one.close()


def test_an_unproven_initiator_cannot_talk_its_way_out_of_the_security_stage(locked):
    one = Stepping(locked)
    header, _ = one.login({"CHAP_A": "5"}, flags=0x81)
    assert header[1] & 0x80 == 0
    header, _ = one.login({}, flags=0x87)
    assert tuple(header[36:38]) == (2, 0x01)
    one.close()


def test_discovery_asks_for_the_secret_too(locked):
    one = Initiator(locked, keys={"SessionType": "Discovery", "TargetName": None})
    assert tuple(one.login_answer[0][36:38]) == (2, 0x01)
    one.close()


@pytest.mark.parametrize(
    ("text", "crc"),
    [
        (bytes(32), "aa36918a"),
        (b"\xff" * 32, "43aba862"),
        (bytes(range(32)), "4e79dd46"),
        (bytes(range(31, -1, -1)), "5cdb3f11"),
    ],
)
def test_the_digest_is_that_of_rfc_3720(text, crc):
    assert digest(text).hex() == crc


@pytest.fixture
def digesting(target):
    """Logged in with both digests; from then on every unit carries them."""
    one = Digesting(target, keys={"HeaderDigest": "CRC32C", "DataDigest": "CRC32C"})
    one.status_number = word(one.login_answer[0], 24) + 1
    one.digests = True
    yield one
    one.close()


class Digesting(Initiator):
    digests = False

    def receive(self) -> tuple[bytes, bytes]:
        header = self._exactly(48)
        if self.digests:
            assert self._exactly(4) == digest(header)
        length = int.from_bytes(header[5:8], "big")
        data = self._exactly(length + -length % 4)
        if self.digests and data:
            assert self._exactly(4) == digest(data)
        return header, data[:length]

    def ask(self, cdb: bytes, *, length: int = 0, spoil: bool = False) -> None:
        self.tag += 1
        flags = 0xC0 if length else 0x80
        numbers = (self.tag, length, self.command_number, self.status_number)
        header = struct.pack(">BBxxB3s8xIIII16s", 0x01, flags, 0, bytes(3), *numbers, cdb)
        self.socket.sendall(header + (bytes(4) if spoil else digest(header)))
        self.command_number += 1


def test_digests_are_agreed_on_where_the_initiator_insists_and_cover_every_unit(digesting):
    assert digesting.login_answer[1]["HeaderDigest"] == "CRC32C"
    assert digesting.login_answer[1]["DataDigest"] == "CRC32C"
    digesting.ask(INQUIRY, length=96)
    header, data = digesting.answers()[-1]
    assert (header[0], len(data)) == (0x25, 96)


def test_a_header_whose_digest_does_not_fit_ends_the_connection(digesting):
    digesting.ask(INQUIRY, length=96, spoil=True)
    with pytest.raises(ConnectionError):
        digesting.receive()


def test_a_silent_initiator_is_asked_whether_it_is_there_and_let_go_when_it_is_not(bench, tmp_path):
    with IscsiTarget(tmp_path / "library", ping_s=PING_S) as target:
        one = Initiator(target)
        one.status_number = word(one.login_answer[0], 24) + 1
        for _ in range(3):
            header, _ = one.receive()
            assert (header[0], word(header, 16)) == (0x20, NO_TAG)
            assert word(header, 20) != NO_TAG
            assert word(header, 24) == one.status_number
            one.send(0x00, tag=NO_TAG, word_20=word(header, 20))
        one.drain()
        for _ in range(2):
            assert one.receive()[0][0] == 0x20
        with pytest.raises(ConnectionError):
            one.receive()
        one.close()


def test_libiscsi_answers_the_targets_pings_between_commands(libiscsi, bench, tmp_path):
    with IscsiTarget(tmp_path / "library", ping_s=PING_S) as target:
        url = f"iscsi://127.0.0.1:{target.address[1]}/{target.name}/0?settle_s=0.01"
        bench.hands.set_fault("slow-motion", seconds=5 * PING_S)
        with registry.open_changer(url) as changer:
            before = changer.inventory(deadline_s=5)
            place = before.by_tag["ABC001L8"][0].address
            assert changer.move(MoveRequest(place, place + 20, "ABC001L8", "m", 20.0)).is_done


def test_an_idle_libiscsi_answers_no_pings_and_is_let_go(libiscsi, bench, tmp_path):
    with IscsiTarget(tmp_path / "library", ping_s=PING_S) as target:
        url = f"iscsi://127.0.0.1:{target.address[1]}/{target.name}/0"
        with registry.open_changer(url) as changer:
            assert changer.inventory(deadline_s=5).complete
            time.sleep(5 * PING_S)
            with pytest.raises(TransportError):
                changer.inventory(deadline_s=5)


def test_a_login_without_an_end_is_cut_off(target):
    with socket.create_connection(target.address, timeout=5) as sock:
        text = b"X" * 8000
        header = struct.pack(
            ">BBxxB3s6sHIHHII16x",
            0x43,
            0x44,
            0,
            len(text).to_bytes(3, "big"),
            b"\x80\0\0\0\0\1",
            0,
            0,
            0,
            0,
            7,
            1,
        )
        with pytest.raises((ConnectionError, AssertionError)):  # noqa: PT012 - either end may notice first
            for _ in range(20):
                sock.sendall(header + text)
                assert sock.recv(4096)
