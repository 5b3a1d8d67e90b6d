"""Everything that people and power cuts do to a virtual library, by name, seen through the ordinary drivers."""

import json
from pathlib import Path

import pytest

from drivers import errors as e
from drivers import registry
from drivers.__main__ import main
from drivers.errors import ProtocolError
from drivers.simulator.deeds import DEEDS, act

TAG = "ABC001L8"
D = 10.0
LOAD_COUNT, LAST_DRIVE, WRITTEN_MIB = 0x0003, 0x020A, 0x0220


@pytest.fixture
def do(bench):
    def now(name: str, **parameters) -> None:
        act(bench.hands, name, **parameters)

    return now


@pytest.fixture
def drive(bench):
    with registry.open_drive(f"{bench.url}&drive=1") as drive:
        yield drive


def events(bench) -> list[str]:
    return [str(sense) for sense in bench.changer.drain_attentions(deadline_s=D)]


@pytest.mark.parametrize(
    ("name", "parameters", "event"),
    [
        ("close-door", {}, "6/28/00"),
        ("close-mail-slot", {}, "6/28/01"),
        ("take", {"address": 0x1000}, "6/28/00"),
        ("put", {"address": 0x301, "barcode": "NEW001L8"}, "6/28/01"),
        ("swap", {"first": 0x1000, "second": 0x1001}, "6/28/00"),
        ("power-cycle", {}, "6/29/00"),
        ("set-mail-slots", {"count": 2}, "6/3F/0E"),
        ("replace-drive", {"address": 0x100, "serial": "NEWDRIVE01"}, "6/3B/1B"),
        ("raise-attention", {"asc": 0x2A, "ascq": 0x03}, "6/2A/03"),
    ],
)
def test_each_is_told_to_the_host_as_its_event(bench, do, name, parameters, event):
    events(bench)
    do(name, **parameters)
    assert events(bench) == [event]


def test_an_open_door_stops_the_library(bench, do):
    do("open-door")
    with pytest.raises(e.NotReadyError):
        bench.look()


def test_a_person_who_sorts_slots_makes_every_label_wrong(bench, do):
    do("swap", first=0x1000, second=0x1001)
    events(bench)
    assert (bench.place_of("ABC001L8"), bench.place_of("ABC002L8")) == (0x1001, 0x1000)


def test_a_drive_that_another_host_holds_does_not_let_go(bench, do):
    bench.move(TAG, bench.drive())
    do("hold-by-another-host", address=0x100)
    assert type(bench.move(TAG, 0x1014).refusal) is e.MediaRemovalPreventedError
    do("hold-by-another-host", address=0x100, on=False)
    assert bench.move(TAG, 0x1014).is_done


def test_a_load_in_a_foreign_drive_is_told_by_the_cartridge_alone(bench, do, drive):
    bench.move(TAG, bench.drive())
    drive.medium(deadline_s=D)
    before = drive.cartridge_memory(deadline_s=D)
    bench.move(TAG, bench.mail_slot())
    do("take", address=bench.mail_slot())
    do("load-elsewhere", barcode=TAG, written_bytes=5 << 20)
    do("put", address=bench.mail_slot(), barcode=TAG)
    events(bench)
    bench.move(TAG, bench.drive())
    drive.medium(deadline_s=D)
    after = drive.cartridge_memory(deadline_s=D)
    assert after.number(LOAD_COUNT) == before.number(LOAD_COUNT) + 2
    assert after.number(WRITTEN_MIB) == before.number(WRITTEN_MIB) + 5
    assert after.text(LAST_DRIVE).startswith("STRONG  DRV0000001")
    assert after.text(LAST_DRIVE + 1).startswith("FOREIGN FOREIGN001")


def test_only_a_medium_outside_can_be_loaded_elsewhere(do):
    with pytest.raises(e.ElementEmptyError):
        do("load-elsewhere", barcode=TAG)


def test_alerts_are_raised_on_drives_and_on_the_library(bench, do, drive):
    do("raise-alert", unit=1, flag=20)
    do("raise-alert", unit=0, flag=5)
    assert drive.alerts(deadline_s=D).flags == (20,)
    assert bench.changer.diagnostics(deadline_s=D).flags == (5,)


def test_the_tab_the_chip_and_the_uses_of_a_medium_are_set_by_hand(bench, do, drive):
    do("set-write-protect", barcode=TAG, on=True)
    do("kill-memory-chip", barcode=TAG)
    do("set-cleanings-left", barcode="CLN001CU", count=0)
    bench.move("CLN001CU", bench.drive())
    assert drive.alerts(deadline_s=D).flags == (22,)
    bench.move("CLN001CU", 0x1014)
    bench.move(TAG, bench.drive())
    drive.medium(deadline_s=D)
    with pytest.raises(e.WriteProtectedError):
        drive.write_block(b"x", deadline_s=D)
    assert 15 in drive.alerts(deadline_s=D).flags


def test_moves_take_the_time_that_was_set(bench, do):
    do("set-timing", move_s=0.3)
    assert bench.move(TAG, 0x1014).exchanges[-1] is not None
    assert bench.hands.dump()["move_s"] == 0.3


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("nonsense", {}, "unknown deed"),
        ("take", {}, "needs address"),
        ("open-door", {"wide": True}, "has no wide"),
    ],
)
def test_an_unknown_deed_or_parameter_is_refused(bench, name, parameters, told):
    with pytest.raises(ProtocolError, match=told):
        act(bench.hands, name, **parameters)


def test_deeds_are_done_and_listed_from_a_shell(bench, tmp_path, capsys):
    folder = str(tmp_path / "library")
    assert main(["simulator", "do", folder, "raise-attention", "asc=40", "ascq=1"]) == 0
    assert events(bench) == ["6/28/01"]
    assert main(["simulator", "do", folder, "take", f"address={json.dumps(0x1000)}"]) == 0
    assert TAG not in bench.look().by_tag
    assert main(["simulator", "do", folder, "take"]) == 3
    assert main(["simulator", "faults"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in DEEDS)


def test_no_deed_of_the_list_is_without_a_test():
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in DEEDS if f'"{name}"' not in source] == []
