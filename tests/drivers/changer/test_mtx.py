"""mtx' text: recorded samples, and the virtual library's own text against its element status bytes."""

import itertools
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import errors as e
from drivers import registry
from drivers.changer.model import ElementType, MoveRequest, MoveVerdict, ProblemKind, SourceAuthority
from drivers.changer.mtx import DRIVE_BASE, MtxChanger, exchange_of, move_arguments
from drivers.changer.mtx_errors import error_of_run, sense_blocks
from drivers.changer.mtx_text import MtxElement, MtxStatus, parse_status, render_status
from drivers.lock import ProcessLock
from drivers.simulator import mtx_face

SAMPLE_B = "\n".join(
    (
        "  Storage Changer /dev/sg6:2 Drives, 38 Slots ( 36 Import/Export )",
        "Data Transfer Element 0:Full (Storage Element 2 Loaded):VolumeTag = LT1000L3" + 24 * " ",
        "Data Transfer Element 1:Empty",
        "      Storage Element 1:Full :VolumeTag=LT1001L3" + 24 * " ",
        "      Storage Element 2:Empty",
        "      Storage Element 3 IMPORT/EXPORT:Empty",
        "      Storage Element 33 IMPORT/EXPORT:Full ",
    )
)


def sense_block(key: str, asc: str, ascq: str, *, residual: bool = False) -> str:
    lines = [
        "Long Report=yes",
        f"Valid Residual={'yes' if residual else 'no'}",
        "Error Code=70 (Current)",
        f"Sense Key={key}",
        "FileMark=no",
        "EOM=no",
        "ILI=no",
        *(["Residual = 00 00 00 00"] if residual else []),
        f"Additional Sense Code = {asc}",
        f"Additional Sense Qualifier = {ascq}",
        "BPV=no",
        "Error in CDB=no",
        "SKSV=no",
    ]
    return "".join(f"mtx: Request Sense: {line}\n" for line in lines)


def recorded(stdout: str = "", stderr: str = "", code: int = 0):
    return exchange_of(["status"], stdout.encode(), stderr.encode(), code)


def test_the_recorded_table_with_padded_tags_is_read():
    status = parse_status(SAMPLE_B)
    assert (status.device, status.announced_drives, status.announced_slots) == ("/dev/sg6", 2, 38)
    assert status.drives[0] == MtxElement(0, full=True, tag="LT1000L3", source=2)
    assert status.slots[0].tag == "LT1001L3"
    assert status.slots[3] == MtxElement(33, full=True, tag="", import_export=True)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("      Storage Element 4:Empty:VolumeTag=" + 32 * " ", MtxElement(4, full=False, tag="")),
        ("      Storage Element 2:Empty:VolumeTag=", MtxElement(2, full=False, tag="")),
        ("      Storage Element 2:Empty:VolumeTag=GHOST9L8", MtxElement(2, full=False, tag="GHOST9L8")),
        ("      Storage Element 2:Full :VolumeTag=DG 001L8", MtxElement(2, full=True, tag="DG 001L8")),
        ("      Storage Element 2:Full :VolumeTag = ABC001L8", MtxElement(2, full=True, tag="ABC001L8")),
        ("Data Transfer Element:Full (Unknown Storage Element Loaded)", MtxElement(0, full=True, tag="")),
        (
            "Data Transfer Element 3:Full (Storage Element 7 Loaded):VolumeTag=A",
            MtxElement(3, full=True, tag="A", source=7),
        ),
        (
            "Data Transfer Element 1:Full (Storage Element 7 Loaded):VolumeTag = A:AlternateVolumeTag = B",
            MtxElement(1, full=True, tag="A", source=7),
        ),
    ],
)
def test_rows_are_read_in_every_known_spacing(row, expected):
    status = parse_status(f"  Storage Changer x:1 Drives, 1 Slots ( 0 Import/Export )\n{row}\n")
    assert (*status.drives, *status.slots) == (expected,)


TAGS = st.text(" ABC0189", max_size=10).map(str.strip)


@given(
    st.lists(st.tuples(st.booleans(), TAGS, st.booleans()), max_size=6),
    st.lists(st.tuples(st.booleans(), TAGS, st.none() | st.integers(1, 9)), max_size=3),
)
def test_a_table_survives_a_round_trip(slots, drives):
    status = MtxStatus(
        "/dev/sg3",
        len(drives),
        len(slots),
        0,
        tuple(
            MtxElement(n, full, tag if full else "", source=source if full else None)
            for n, (full, tag, source) in enumerate(drives)
        ),
        tuple(MtxElement(n, full, tag, mail) for n, (full, tag, mail) in enumerate(slots, start=1)),
    )
    assert parse_status(render_status(status)) == status


def test_sense_blocks_are_read_by_name_and_not_by_line():
    text = (
        sense_block("Not Ready", "04", "12")
        + "x\n"
        + sense_block("Hardware Error", "04", "03", residual=True)
    )
    assert [str(sense) for sense in sense_blocks(text)] == ["2/04/12", "4/04/03"]


MOVE_FAILED = "MOVE MEDIUM from Element Address 257 to 4097 Failed\n"
ERRORS = [
    (sense_block("Not Ready", "04", "12") + MOVE_FAILED, e.NotReadyError),
    (sense_block("Hardware Error", "04", "03", residual=True) + MOVE_FAILED, e.NotReadyError),
    (sense_block("Illegal Request", "53", "03") + MOVE_FAILED, e.MediaRemovalPreventedError),
    (sense_block("Not Ready", "04", "8E") + MOVE_FAILED, e.NotReadyError),
    (
        sense_block("Unit Attention", "29", "00") + "illegal Element Type Code 83 reported\n",
        e.UnitAttentionError,
    ),
    (MOVE_FAILED, e.TransportError),
    ("Source Element Address 4097 is Empty\n", e.ElementEmptyError),
    ("Destination Element Address 4097 is Already Full\n", e.ElementFullError),
    ("Drive needs offline before move\n", e.CartridgeInDriveError),
    ("Cleaning Cartridge Installed and Ejected\n", e.CleaningCartridgeError),
    ("Drive 0 Full (Storage Element 3 loaded)\n", e.ElementFullError),
    ("Data Transfer Element 0 is Empty\n", e.ElementEmptyError),
    ("Storage Element 4 is Already Full\n", e.ElementFullError),
    ("No Source for tape in drive 0!\n", e.ElementAddressInvalidError),
    ("Invalid <storage-element-number> argument '99' to 'load' command\n", e.ElementAddressInvalidError),
    ("illegal <drive-number> argument '9' to 'load' command\n", e.ElementAddressInvalidError),
    ("no Data Transfer Element reported\n", e.ProtocolError),
    ("illegal Element Type Code 83 reported\n", e.ProtocolError),
    ("INQUIRY Command Failed\n", e.TransportError),
    (
        "cannot open SCSI device '/dev/does-not-exist' - No such file or directory\n",
        e.BackendUnavailableError,
    ),
    ("/dev/null is not an sg device, or old sg driver\n", e.BackendUnavailableError),
    ("something never seen\n", e.TransportError),
]


@pytest.mark.parametrize(("stderr", "error"), ERRORS)
def test_everything_mtx_complains_about_is_a_typed_error(stderr, error):
    assert type(error_of_run(recorded(stderr=stderr, code=1))) is error


def test_a_sense_on_stderr_is_an_error_even_when_mtx_leaves_with_0():
    stderr = sense_block("Unit Attention", "28", "00") + "Mode sense (0x1A) for Page 0x1D failed\n"
    assert isinstance(error_of_run(recorded(SAMPLE_B, stderr)), e.UnitAttentionError)


def face_changer(folder, **options) -> MtxChanger:
    def run(arguments, timeout_s):
        assert timeout_s > 0
        done = mtx_face.run(arguments)
        return exchange_of(arguments, done.stdout.encode(), done.stderr.encode(), done.code)

    lock = ProcessLock(folder / "changer.lock")
    return MtxChanger(str(folder), run, url="mtx://x", lock=lock, sleep=lambda _: None, **options)


@pytest.fixture
def mtx(bench, tmp_path):
    with face_changer(tmp_path / "library") as changer:
        yield changer


DISTORTIONS = [
    {},
    {"unreadable-labels": {"addresses": [0x1000, 0x1003]}},
    {"six-characters": {"align": "right"}},
    {"lower-case": {}},
    {"padded-empty-tags": {}},
    {"phantom-tags": {}},
    {"media-id-first": {}},
    {"long-tags": {"suffix": "00"}},
    {"logical-library": {"storage": [0x1000, 0x1006], "drives": [0x101, 0x101], "mail_slots": None}},
]


@pytest.mark.parametrize("faults", DISTORTIONS, ids=lambda faults: next(iter(faults), "none"))
def test_the_text_and_the_bytes_of_one_library_say_the_same(bench, mtx, faults):
    """Each is the other's oracle: two encoders, two parsers, one model."""
    bench.move("ABC001L8", bench.drive())
    bench.move("ABC002L8", bench.mail_slot())
    for name, parameters in faults.items():
        bench.hands.set_fault(name, **parameters)
    bytes_say = bench.look()
    numbers = bytes_say.topology.slot_numbers
    drives = {e.address for e in bytes_say.of_type(ElementType.DATA_TRANSFER)}
    text_says = mtx.inventory(deadline_s=5)
    for state in bytes_say.elements:
        if state.type is ElementType.TRANSPORT:
            continue
        number = numbers[state.address] + (DRIVE_BASE if state.address in drives else 0)
        other = text_says.by_address[number]
        assert (other.type, other.full, other.tag_text) == (state.type, state.full, state.tag_text)
        assert (other.phantom_tag and other.phantom_tag.text) == (
            state.phantom_tag and state.phantom_tag.text
        )


def test_a_source_slot_told_by_mtx_is_marked_as_its_guess(bench, mtx):
    bench.move("ABC001L8", bench.drive())
    source = mtx.inventory(deadline_s=5).by_address[DRIVE_BASE].source
    assert source.authority is SourceAuthority.MTX_DERIVED


def test_a_guessed_source_can_be_plainly_wrong(bench, mtx):
    home, drive = bench.place_of("ABC001L8"), bench.drive()
    bench.move("ABC001L8", drive)
    bench.hands.put(home, "NEW001L8")
    guessed = mtx.inventory(deadline_s=5).by_address[DRIVE_BASE].source.address
    assert guessed != bench.look().topology.slot_numbers[home]


def test_an_event_makes_mtx_read_again_and_is_handed_over(bench, mtx):
    bench.hands.put_in_mail_slot(bench.mail_slot(), "NEW001L8")
    snapshot = mtx.inventory(deadline_s=5)
    assert [str(sense) for sense in snapshot.unit_attentions] == ["6/28/01"]
    assert snapshot.complete
    assert "NEW001L8" in snapshot.by_tag


def test_a_table_that_follows_an_event_is_never_believed(bench, tmp_path):
    bench.hands.raise_attention(0x28, 0x00)
    first = mtx_face.run(["-f", str(tmp_path / "library"), "status"])
    assert first.code == 0
    assert "( 0 Import/Export )" in first.stdout
    assert "Mode sense (0x1A) for Page 0x1D failed" in first.stderr


def test_a_table_that_contradicts_its_own_header_is_not_complete():
    def run(arguments, _):
        text = "Vendor ID: 'X'\n" if "inquiry" in arguments else SAMPLE_B
        return exchange_of(arguments, text.encode(), b"", 0)

    changer = MtxChanger("x", run, url="mtx://x", lock=registry.lock_for("x"))
    snapshot = changer.inventory(deadline_s=5)
    assert not snapshot.complete
    assert {p.kind for p in snapshot.problems} == {ProblemKind.COUNT_MISMATCH}


def test_a_medium_that_mtx_sees_nowhere_may_be_in_the_robots_hand(bench, mtx):
    bench.hands.set_fault("jam", phase="in-gripper")
    before = mtx.inventory(deadline_s=5)
    src = before.by_tag["ABC001L8"][0].address
    outcome = mtx.move(bench.request("ABC001L8", 20, src=src))
    assert outcome.verdict is MoveVerdict.INDETERMINATE


def test_moves_are_never_sent_without_naming_both_ends(bench):
    places = {"slot": 3, "drive": DRIVE_BASE + 1}
    sent = {
        (a, b): move_arguments(bench.request(None, dst, src=src))
        for (a, src), (b, dst) in itertools.product(places.items(), repeat=2)
        if (a, b) != ("drive", "drive")
    }
    assert sent == {
        ("slot", "slot"): ("transfer", "3", "3"),
        ("slot", "drive"): ("load", "3", "1"),
        ("drive", "slot"): ("unload", "3", "1"),
    }
    with pytest.raises(e.MoveRefusedError):
        move_arguments(bench.request(None, DRIVE_BASE, src=DRIVE_BASE + 1))


def test_what_mtx_cannot_do_is_refused(mtx):
    for call in (
        lambda: mtx.lock_mail_slot(prevent=True, deadline_s=1),
        lambda: mtx.open_mail_slot(1, deadline_s=1),
        lambda: mtx.close_mail_slot(1, deadline_s=1),
        lambda: mtx.diagnostics(deadline_s=1),
    ):
        with pytest.raises(e.IllegalRequestError):
            call()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["-f", "/does/not/exist", "status"], "cannot open SCSI device"),
        (["status"], "Usage"),
        (["-f", "{library}", "dance"], "Usage"),
        (["-f", "{library}", "load", "99", "0"], "illegal <storage-element-number> argument '99' to 'load'"),
        (["-f", "{library}", "load", "1", "9"], "illegal <drive-number> argument '9' to 'load'"),
        (["-f", "{library}", "unload", "20", "0"], "Data Transfer Element 0 is Empty"),
        (["-f", "{library}", "transfer", "20", "21"], "Source Element Address 4115 is Empty"),
        (["-f", "{library}", "transfer", "1", "2"], "Destination Element Address 4097 is Already Full"),
    ],
)
def test_the_face_fails_as_mtx_does(bench, tmp_path, arguments, text):
    filled = [a.replace("{library}", str(tmp_path / "library")) for a in arguments]
    done = mtx_face.run(filled)
    assert done.code == 1
    assert text in done.stderr


def test_the_face_is_a_program_of_its_own(bench, tmp_path):
    script = tmp_path / "mtx"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m drivers.simulator.mtx_face "$@"\n')
    script.chmod(0o755)
    with registry.open_changer(f"mtx://{tmp_path}/library?program={script}") as changer:
        assert changer.identify(deadline_s=30).vendor == "STRONG"
        assert len(changer.inventory(deadline_s=30).elements) == 30


def test_the_face_stands_in_for_the_program(bench, tmp_path):
    """The installed command, run by the mtx backend as it would run mtx."""
    program = Path(sys.executable).with_name("strongroom-sim-mtx")
    url = f"mtx://{tmp_path}/library?settle_s=0.01&program={program}"
    with registry.open_changer(url) as changer:
        assert changer.identify(deadline_s=30).product == "VIRTUAL LIBRARY"
        before = changer.inventory(deadline_s=30)
        place, *_ = before.by_tag["ABC001L8"]
        assert changer.move(MoveRequest(place.address, place.address + 20, "ABC001L8", "m", 60.0)).is_done
    assert bench.place_of("ABC001L8") == 0x1014
