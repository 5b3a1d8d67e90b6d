import json

import pytest

from drivers.__main__ import main

STATUS = """\
  Storage Changer /dev/sg6:1 Drives, 6 Slots ( 2 Import/Export )
Data Transfer Element 0:Empty
      Storage Element 1:Full :VolumeTag=ABC001L8
      Storage Element 2:Full{space}
      Storage Element 3:Empty
      Storage Element 4:Empty
      Storage Element 5 IMPORT/EXPORT:Empty
      Storage Element 6 IMPORT/EXPORT:Empty
""".format(space=" ")


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def url(run, tmp_path):
    definition = tmp_path / "status.txt"
    definition.write_text(STATUS)
    assert run("simulator", "create", str(tmp_path / "library"), str(definition))[0] == 0
    return f"sim://{tmp_path}/library"


def test_an_inventory_is_a_table_for_people(run, url):
    code, out, _ = run("inventory", url)
    assert code == 0
    assert "slot       1       4096     full" in out
    assert "[unreadable]" in out
    assert "SIM0000001" in out


def test_an_inventory_is_json_for_programs(run, url):
    code, out, _ = run("inventory", url, "--json", "--repeat", "3")
    value = json.loads(out)
    assert code == 0
    assert value["complete"]
    assert len(value["elements"]) == 8


def test_people_may_name_places_by_their_numbers(run, url):
    code, out, _ = run("move", url, "slot:1", "slot:5", "--tag", "ABC001L8")
    assert (code, "moved" in out) == (0, True)
    assert run("move", url, "slot:5", "drive:0")[0] == 0
    assert run("move", url, "256", "0x1000", "--json")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("slot:3", "slot:4"), 1, "empty"),
        (("slot:1", "slot:2"), 1, "full"),
        (("slot:1", "slot:3", "--tag", "OTHER1L8"), 1, "ABC001L8"),
        (("slot:1", "slot:99"), 2, "no slot 99"),
        (("slot:1", "shelf"), 2, "shelf"),
        (("slot:1",), 2, "required: TO"),
    ],
)
def test_a_move_that_cannot_be_says_why(run, url, arguments, code, text):
    got, _, err = run("move", url, *arguments)
    assert got == code
    assert text in err


def test_a_jam_is_a_device_fault(run, url, tmp_path):
    run("simulator", "fault", str(tmp_path / "library"), "jam", "phase=in-gripper")
    code, out, _ = run("move", f"{url}?settle_s=0", "slot:1", "slot:3")
    assert code == 3
    assert "in-transport" in out
    assert "4/15/01" in out


def test_an_unready_library_is_a_device_fault_until_the_fault_is_cleared(run, url, tmp_path):
    folder = str(tmp_path / "library")
    run("simulator", "fault", folder, "offline")
    assert run("inventory", url)[0] == 3
    run("simulator", "fault", folder, "offline", "--clear")
    assert run("inventory", url)[0] == 0


@pytest.mark.parametrize(
    "bad", ["sim:///no/such/folder", "ftp://x/y", "sim://relative", "sim:///x?colour=red", "nonsense"]
)
def test_what_cannot_be_opened_is_exit_2(run, bad):
    code, _, err = run("inventory", bad)
    assert code == 2
    assert err


def test_a_drive_shows_memory_alerts_and_encryption(run, url):
    run("move", url, "slot:1", "drive:0")
    drive = f"{url}?drive=1"
    assert "ULTRIUM-TD8" in run("identify", drive)[1]
    assert "MED00000001" in run("memory", drive)[1]
    assert json.loads(run("memory", drive, "--json")[1])[0]["id"] == "0000"
    assert run("alerts", drive)[1] == "no alerts\n"
    assert json.loads(run("encryption", drive, "--json")[1])["next_block_is"] == "not a block"


def test_memory_without_a_medium_is_a_device_fault(run, url):
    assert run("memory", f"{url}?drive=1")[0] == 3


def test_events_are_shown_once(run, url, tmp_path):
    run("simulator", "fault", str(tmp_path / "library"), "attention-after-move")
    run("move", url, "slot:1", "slot:3")
    assert run("events", url)[0] == 0


def test_every_fault_is_listed_and_an_unknown_one_is_refused(run, url, tmp_path):
    listing = run("simulator", "faults")[1]
    assert "jam" in listing
    assert run("simulator", "fault", str(tmp_path / "library"), "nonsense")[0] == 3


def test_a_wrong_definition_names_the_line(run, tmp_path):
    definition = tmp_path / "status.txt"
    definition.write_text(STATUS + "rubbish\n")
    code, _, err = run("simulator", "create", str(tmp_path / "other"), str(definition))
    assert (code, "line 9" in err) == (2, True)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("first", "code"),
    [("storage=2000", 0), ("storage=1", 2), ("storage=65534", 2), ("cellar=1", 2), ("drive=x", 2)],
)
def test_first_addresses_are_taken_as_given_or_refused(run, tmp_path, first, code):
    definition = tmp_path / "status.txt"
    definition.write_text(STATUS)
    made = run("simulator", "create", str(tmp_path / "library"), str(definition), "--first", first)
    assert made[0] == code
    if code == 0:
        assert "2000" in run("inventory", f"sim://{tmp_path}/library")[1]


def test_the_state_can_be_dumped(run, url, tmp_path):
    assert "ABC001L8" in run("simulator", "dump", str(tmp_path / "library"))[1]
