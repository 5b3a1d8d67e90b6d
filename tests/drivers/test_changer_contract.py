"""What every changer backend must do.

Runs on the virtual library in this process, over iSCSI and through its mtx face, on recorded runs of Debian's mtx,
on Debian's tgt, and on whatever STRONGROOM_TEST_CHANGER_URL names: see tests/real_devices.py for what may be touched there.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import mtx_recordings
import pytest
import real_devices

from drivers import registry
from drivers.changer.difference import differences
from drivers.changer.model import DriveIdRead, ElementType, MoveRequest, MoveVerdict, SourceAuthority
from drivers.changer.mtx import MtxChanger, exchange_of
from drivers.changer.protocol import Changer
from drivers.changer.settings import ChangerSettings
from drivers.errors import (
    ElementAddressInvalidError,
    ElementEmptyError,
    ElementFullError,
    MoveRefusedError,
    StaleSnapshotError,
    UnexpectedMediumError,
)
from drivers.simulator import mtx_face
from drivers.simulator.iscsi.server import IscsiTarget

REAL_URLS = real_devices.CHANGER_URLS
BACKENDS = real_devices.backends("sim", "mtx", "mtx-recorded", "iscsi", "tgt", urls=REAL_URLS)
DEADLINE_S = 900.0


@dataclass
class Subject:
    """A changer, and the one medium that may be moved."""

    changer: Changer
    tag: str

    def look(self):
        return self.changer.inventory(deadline_s=DEADLINE_S)

    def request(self, dst: int, **changes) -> MoveRequest:
        src = self.look().by_tag[self.tag][0].address
        fields = {
            "src": src,
            "dst": dst,
            "expect_tag": self.tag,
            "move_id": "contract",
            "deadline_s": DEADLINE_S,
        }
        return MoveRequest(**fields | changes)

    def free(self, kind: ElementType) -> int:
        places = [e for e in self.look().of_type(kind) if not e.full and e.installed]
        if kind is ElementType.DATA_TRANSFER:
            places = [e for e in places if real_devices.may_use(e)]
        if not places:
            pytest.fail(
                f"the suite needs a free {kind.name.lower().replace('_', ' ')} element that may be used"
            )
        return places[0].address


@contextlib.contextmanager
def open_subject(backend: str, request) -> Iterator[tuple[Changer, str]]:
    """The changer of one backend with the barcode that may be moved there."""
    if backend in REAL_URLS:
        with registry.open_changer(backend) as changer:
            if mtx_recordings.RECORD and isinstance(changer, MtxChanger):
                changer._program = mtx_recordings.recorded(changer._program, request.node.originalname)
            changer.wait_ready(deadline_s=DEADLINE_S)
            with real_devices.untouched(changer):
                yield changer, real_devices.scratch_tag(real_devices.look(changer))
    elif backend == "mtx-recorded":
        with open_recorded(request.node.originalname) as subject:
            yield subject
    elif backend == "tgt":
        with registry.open_changer(request.getfixturevalue("tgt_url")) as changer:
            yield changer, "A00001L8"
    else:
        with open_virtual(backend, request) as changer:
            yield changer, "ABC001L8"


@contextlib.contextmanager
def open_recorded(test: str) -> Iterator[tuple[Changer, str]]:
    replay, lock = mtx_recordings.Replay(test), registry.lock_for("mtx-recorded")
    settings = ChangerSettings(settle_s=0.0)
    changer = MtxChanger("/dev/recorded", replay, url="mtx:///dev/recorded", lock=lock, settings=settings)
    changer.wait_ready(deadline_s=DEADLINE_S)
    with real_devices.untouched(changer):
        yield changer, replay.tag


@contextlib.contextmanager
def open_virtual(backend: str, request) -> Iterator[Changer]:
    url, folder = request.getfixturevalue("library_url"), request.getfixturevalue("tmp_path") / "library"
    if backend == "iscsi":
        request.getfixturevalue("libiscsi")
        with IscsiTarget(folder) as target:
            wire = f"iscsi://127.0.0.1:{target.address[1]}/{target.name}/0?settle_s=0.01"
            with registry.open_changer(wire) as changer:
                yield changer
    elif backend == "mtx":
        settings = ChangerSettings(settle_s=0.01)
        yield MtxChanger(
            str(folder), run_face, url=url, lock=registry.lock_for(str(folder)), settings=settings
        )
    else:
        with registry.open_changer(url) as changer:
            yield changer


def run_face(arguments, timeout_s):
    """Mtx' text face in this process: the same backend as with the program, faster."""
    assert timeout_s > 0
    done = mtx_face.run(arguments)
    return exchange_of(arguments, done.stdout.encode(), done.stderr.encode(), done.code)


@pytest.fixture(params=BACKENDS)
def subject(request, met):
    with open_subject(request.param, request) as (changer, tag):
        changer.wait_ready(deadline_s=DEADLINE_S)
        met(changer.identify(deadline_s=DEADLINE_S), "changer", request.param)
        subject = Subject(changer, tag)
        home = subject.look().by_tag[tag][0].address
        yield subject
        if subject.look().by_tag[tag][0].address != home:
            changer.move(subject.request(home))


def is_move(exchange) -> bool:
    """MOVE MEDIUM, or mtx' words for it."""
    words = (b"\0load\0", b"\0unload\0", b"\0transfer\0")
    return exchange.cdb[0] == 0xA5 or any(word in exchange.cdb for word in words)


def test_it_says_who_it_is(subject):
    identity = subject.changer.identify(deadline_s=DEADLINE_S)
    assert identity.vendor
    assert identity.product
    assert identity.backend


def test_an_inventory_is_complete_and_carries_its_evidence(subject):
    snapshot = subject.look()
    assert snapshot.complete
    assert {e.type for e in snapshot.elements} >= {ElementType.STORAGE, ElementType.DATA_TRANSFER}
    assert len({e.address for e in snapshot.elements}) == len(snapshot.elements)
    assert snapshot.raw
    assert all(exchange.cdb for exchange in snapshot.raw)


def test_two_looks_at_a_quiet_library_are_equal(subject):
    first, second = subject.look(), subject.look()
    assert first.digest == second.digest
    assert differences(first, second) == ()


def test_drives_are_named_by_serial_number(subject):
    if subject.changer.capabilities(deadline_s=DEADLINE_S).drive_ids is DriveIdRead.NONE:
        assert all(e.drive is None for e in subject.look().elements)
        return
    serials = [
        e.drive.serial for e in subject.look().of_type(ElementType.DATA_TRANSFER) if e.installed and e.drive
    ]
    assert len(set(serials)) == len(serials)
    assert serials


def test_an_empty_element_has_no_tag(subject):
    assert all(e.tag is None for e in subject.look().elements if not e.full)


def test_a_move_there_and_back_is_seen(subject):
    home, dst = subject.look().by_tag[subject.tag][0].address, subject.free(ElementType.STORAGE)
    there = subject.changer.move(subject.request(dst))
    assert (there.verdict, there.found_at) == (MoveVerdict.MOVED, dst)
    assert there.after is not None
    assert not there.after.by_address[home].full
    back = subject.changer.move(subject.request(home))
    assert back.verdict is MoveVerdict.MOVED
    assert any(is_move(exchange) for exchange in back.exchanges)


def test_a_drive_is_filled_and_emptied_again(subject):
    home, drive = subject.look().by_tag[subject.tag][0].address, subject.free(ElementType.DATA_TRANSFER)
    loaded = subject.changer.move(subject.request(drive))
    assert loaded.verdict is MoveVerdict.MOVED
    assert loaded.after is not None
    source = loaded.after.by_address[drive].source
    assert source.authority is not SourceAuthority.SVALID or source.address == home
    assert subject.changer.move(subject.request(home)).verdict is MoveVerdict.MOVED


def test_a_finished_move_asked_for_again_is_already_there_and_nothing_is_sent(subject):
    dst = subject.free(ElementType.STORAGE)
    request = subject.request(dst)
    subject.changer.move(request)
    again = subject.changer.move(request)
    assert again.verdict is MoveVerdict.ALREADY_THERE
    assert not any(is_move(exchange) for exchange in again.exchanges)


def test_recovery_of_a_finished_move_says_moved_and_sends_no_move(subject):
    dst, before = subject.free(ElementType.STORAGE), subject.look()
    request = subject.request(dst)
    subject.changer.move(request)
    outcome = subject.changer.recover(request, before)
    assert outcome.verdict is MoveVerdict.MOVED
    assert not any(is_move(exchange) for exchange in outcome.exchanges)


def test_recovery_of_a_move_never_sent_says_not_moved_and_safe_to_repeat(subject):
    request = subject.request(subject.free(ElementType.STORAGE))
    outcome = subject.changer.recover(request, subject.look())
    assert outcome.verdict is MoveVerdict.NOT_MOVED
    assert outcome.safe_to_repeat


def test_an_empty_source_is_refused_before_anything_moves(subject):
    empty, other = [e.address for e in subject.look().of_type(ElementType.STORAGE) if not e.full][:2]
    with pytest.raises(ElementEmptyError):
        subject.changer.move(subject.request(other, src=empty, expect_tag="NOSUCHL8"))


def test_a_full_destination_is_refused_before_anything_moves(subject):
    here = subject.look().by_tag[subject.tag][0].address
    taken = next(
        e.address for e in subject.look().of_type(ElementType.STORAGE) if e.full and e.address != here
    )
    with pytest.raises(ElementFullError):
        subject.changer.move(subject.request(taken))


def test_a_wrong_medium_is_refused_by_name(subject):
    dst = subject.free(ElementType.STORAGE)
    with pytest.raises(UnexpectedMediumError, match=subject.tag):
        subject.changer.move(subject.request(dst, expect_tag="WRONG1L8"))


def test_an_address_that_does_not_exist_is_refused(subject):
    with pytest.raises(ElementAddressInvalidError):
        subject.changer.move(subject.request(0xFFFE))


def test_a_move_onto_itself_is_refused(subject):
    here = subject.look().by_tag[subject.tag][0].address
    with pytest.raises(MoveRefusedError):
        subject.changer.move(subject.request(here, expect_tag=None))


def test_a_plan_made_on_an_older_picture_is_refused(subject):
    dst = subject.free(ElementType.STORAGE)
    with pytest.raises(StaleSnapshotError):
        subject.changer.move(subject.request(dst, expect_before_digest="0" * 64))


def test_a_quiet_library_is_ready_without_events(subject):
    assert subject.changer.wait_ready(deadline_s=DEADLINE_S).unit_attentions == ()
