import json

import pytest

from drivers import mtx_changer


@pytest.fixture
def run(bench, capsys):
    def call(*arguments: str) -> tuple[int, list[str], str]:
        code = mtx_changer.main([bench.url, *arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return call


def test_the_lists_have_the_form_backup_programs_read(bench, run):
    run("load", "1", "/dev/nst0", "0")
    run("transfer", "2", "25")
    code, lines, _ = run("list")
    assert code == 0
    assert lines[0] == "3:ABC003L8"
    assert lines[-1] == "1:ABC001L8"
    assert "25:ABC002L8" in lines
    everything = run("listall")[1]
    assert everything[:4] == ["D:0:F:1:ABC001L8", "D:1:E", "S:1:E", "S:2:E"]
    assert "I:25:F:ABC002L8" in everything
    assert "S:12:F:" in everything
    assert everything[-1] == "I:28:E"
    assert run("slots")[1] == ["28"]


def test_a_loaded_medium_of_unknown_origin_does_not_vanish_from_the_list(bench, run):
    run("load", "1", "/dev/nst0", "0")
    bench.hands.power_cycle()
    assert "0:ABC001L8" in run("list")[1]
    assert run("listall")[1][0] == "D:0:F:0:ABC001L8"


def test_loaded_tells_the_slot_or_0(run):
    assert run("loaded", "0", "/dev/nst0", "0")[1] == ["0"]
    run("load", "3", "/dev/nst0", "0")
    assert run("loaded", "0", "/dev/nst0", "0")[1] == ["3"]


def test_load_and_unload_go_there_and_back(bench, run):
    assert run("load", "1", "/dev/nst0", "1")[0] == 0
    assert bench.place_of("ABC001L8") == bench.drive(2)
    assert run("unload", "1", "/dev/nst0", "1")[0] == 0
    assert bench.place_of("ABC001L8") == 0x1000


def test_unload_ejects_first_where_the_drive_does_not_let_go(bench, run):
    run("load", "1", "/dev/nst0", "0")
    bench.hands.set_fault("eject-required")
    assert run("unload", "1", "/dev/nst0", "0")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("load", "20", "x", "0"),
        ("load", "99", "x", "0"),
        ("load", "1", "x", "9"),
        ("dance",),
        ("load", "x"),
        (),
    ],
)
def test_what_cannot_be_done_leaves_with_1(run, arguments):
    code, _, err = run(*arguments)
    assert code == 1
    assert err


def test_a_load_into_a_drive_that_cannot_use_the_medium_fails(bench, run):
    bench.hands.put_in_mail_slot(bench.mail_slot(), "OLD001L5")
    assert run("load", "25", "/dev/nst0", "0")[0] == 1


def test_every_move_is_on_record_even_a_failed_one(bench, run, tmp_path, monkeypatch):
    monkeypatch.setenv("STRONGROOM_CHANGER_RECORD", str(tmp_path / "record"))
    run("load", "1", "/dev/nst0", "0")
    bench.hands.set_fault("jam")
    run("transfer", "2", "20")
    lines = [json.loads(line) for line in (tmp_path / "record").read_text().splitlines()]
    assert [(line["tag"], line["verdict"]) for line in lines] == [
        ("ABC001L8", "moved"),
        ("ABC002L8", "not-moved"),
    ]
    assert "4/15/01" in lines[1]["device_answer"]
