"""The changer command as Bareos calls it, against a server on a real port with a virtual library."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from standing_server import listening
from structlog.testing import capture_logs

from drivers.library_files import CartridgeDefinition, Place
from drivers.registry import open_drive
from service.custody.actions import open_discrepancy
from service.custody.models import DiscrepancyKind
from service.devices import mtx_changer
from service.devices.duty import Timing
from service.devices.models import JobKind, JobState
from service.handlers.actions import create_handler
from service.handlers.models import Role
from service.handlers.queries import secret_hash
from service.handlers.rules import ROLE_PERMISSIONS, Permission
from service.handlers.token_actions import create_token
from service.holds import actions as holds
from service.ids import new_id
from service.ledger.writer import Actor, Via
from service.media.actions import change_content
from service.media.models import Content

SLOT, DRIVE = 0x1000, 0x0100
SECRET = "sr_0123456789abcdefghijklmnopqrstuvwxyz"
FIRST, SECOND, THIRD = "STR151L8", "STR152L8", "STR153L8"


@pytest.fixture
def site(make_robot_site, definition_of):
    """The usual library; in its last slot is a medium too old for its drives."""
    old = CartridgeDefinition(Place.STORAGE, 12, "OLD001L5")
    return make_robot_site(definition_of([f"STR15{n}L8" for n in range(1, 8)], more=(old,)))


@pytest.fixture
def address(app):
    """Its log is kept apart from what the command prints."""
    with capture_logs(), listening(app) as url:
        yield url


@pytest.fixture
def handler_id(site, client_as):
    """Bareos' own handler, with a token that may read and operate libraries and nothing else."""
    handler_id = client_as(Role.MEDIA_HANDLER).handler_id
    token_for(site, handler_id, [Permission.READ, Permission.OPERATE_LIBRARY])
    return handler_id


def token_for(site, handler_id, scopes, secret=SECRET):
    site.run(
        lambda unit: create_token(
            unit, new_id(unit.now), handler_id=handler_id, token_hash=secret_hash(secret), name="Bareos",
            scopes=scopes, allowed=ROLE_PERMISSIONS[Role.MEDIA_HANDLER], days=30,
        )
    )  # fmt: skip


@pytest.fixture
def changer(address, handler_id, tmp_path, capsys):
    """`changer("load", "1", "/dev/nst0", "0")`: exit code, lines, what stood on standard error."""
    token = tmp_path / "token"
    token.write_text(f"{SECRET}\n")

    def call(*arguments, device="Library 1", **more):
        environment = {
            "STRONGROOM_CHANGER_SERVER": address,
            "STRONGROOM_CHANGER_TOKEN_FILE": str(token),
            "STRONGROOM_CHANGER_CONFIG": "",
            "STRONGROOM_CHANGER_WAIT_S": "20",
        }
        environment |= {f"STRONGROOM_CHANGER_{name.upper()}": str(value) for name, value in more.items()}
        code = mtx_changer.run([device, *arguments], environment)
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return call


def facts_of(site, subject, event):
    return [entry.fields["facts"] for entry in site.entries(subject) if entry.event == event]


def test_a_day_of_bareos_goes_through_the_service_and_stands_on_the_record(site, changer, handler_id, clock):
    site.worker()
    assert changer("slots") == (0, ["16"], "")
    assert changer("loaded", "0", "/dev/nst0", "0") == (0, ["0"], "")
    assert changer("load", "1", "/dev/nst0", "0") == (
        0,
        ["Loading media from Storage Element 1 into drive 0...done"],
        "",
    )
    assert changer("loaded", "0", "/dev/nst0", "0")[1] == ["1"]
    assert changer("list")[1] == [*(f"{n}:STR15{n}L8" for n in range(2, 8)), "12:OLD001L5", f"1:{FIRST}"]
    assert changer("listall")[1][:4] == [f"D:0:F:1:{FIRST}", "D:1:E", "S:1:E", f"S:2:F:{SECOND}"]
    assert changer("listall")[1][-1] == "I:16:E"
    assert changer("unload", "1", "/dev/nst0", "0")[1] == ["Unloading drive 0 into Storage Element 1...done"]
    assert changer("transfer", "2", "9") == (0, [], "")
    assert site.where(SECOND) == "slot 9"
    assert (site.where(FIRST), site.moves_done()) == ("slot 1", 3)
    load, unload, _ = site.jobs(JobKind.MOVE)
    assert [job.requested_by for job in (load, unload)] == [handler_id] * 2
    subject = f"job:{load.job_id}"
    (intended,), (seen,) = (facts_of(site, subject, f"job:step_{what}") for what in ("intended", "observed"))
    assert (intended["asked"], intended["requested_by"]) == ("load 1 0", handler_id)
    assert (intended["source_name"], intended["destination_name"]) == ("slot 1", "drive 1")
    assert (seen["verdict"], seen["told"], seen["requested_by"]) == ("moved", "GOOD", handler_id)
    moved = facts_of(site, f"medium:{site.medium(FIRST).medium_id}", "medium:moved")
    assert [(one["asked"], one["requested_by"]) for one in moved] == [
        ("load 1 0", handler_id),
        ("unload 1 0", handler_id),
    ]
    site.stop()
    site.check_ledger()


def test_the_changer_may_be_called_by_name_url_path_or_serial_number(site, changer):
    for called in ("Library 1", site.url, site.url[6:], "SIM0000009", site.device_id):
        assert changer("slots", device=called) == (0, ["16"], "")
    assert changer("slots", device="/dev/sg9") == (
        1, [], "Strongroom knows no library '/dev/sg9'. Nothing was moved.\n",
    )  # fmt: skip
    assert changer("slots", device="/dev/sg9", library="Library 1")[1] == ["16"]


def test_loaded_answers_from_a_look_that_is_young_enough_and_looks_where_it_is_not(site, changer, clock):
    site.hands.swap(SLOT, DRIVE)
    assert changer("loaded", "0", "/dev/nst0", "0")[1] == ["0"]
    site.worker()
    clock.forward(seconds=61)
    assert changer("loaded", "0", "/dev/nst0", "0")[1] == ["1"]
    assert changer("loaded", "0", "/dev/nst0", "7") == (1, [], "Library 1 has no drive 7.\n")


def put_on_hold(site, barcode):
    """By a security officer, for a reason."""
    officer = site.run(
        lambda unit: create_handler(
            unit, login="officer", name="Officer", party_id=site.medium(barcode).custodian_id,
            roles=[Role.SECURITY_OFFICER], reason="",
        )
    )  # fmt: skip
    medium_id = site.medium(barcode).medium_id
    by = Actor(officer, Via.API)
    site.run(lambda unit: holds.place(unit, medium_id, "Litigation 4711", owner_id=officer), by)


def test_what_must_not_be_written_on_is_not_loaded_and_the_reason_is_told(site, changer):
    put_on_hold(site, FIRST)
    quarantined, frozen = (site.medium(barcode).medium_id for barcode in (SECOND, THIRD))
    site.run(lambda unit: change_content(unit, quarantined, Content.QUARANTINED, "smells burnt"))
    site.run(
        lambda unit: open_discrepancy(unit, DiscrepancyKind.UNEXPECTED_IN_LIBRARY, "x", medium_id=frozen)
    )
    site.approve_run()
    for slot, why in enumerate(
        (
            f"{FIRST} is on hold since",
            f"{SECOND} is quarantined",
            f"{THIRD} has an open discrepancy",
            "leaves with run",
        ),
        start=1,
    ):
        code, lines, err = changer("load", str(slot), "/dev/nst0", "0")
        assert (code, lines) == (1, [])
        assert why in err
    assert not site.jobs(JobKind.MOVE)


def test_a_medium_on_hold_may_leave_the_drive_but_not_the_library(site, changer):
    site.worker()
    changer("load", "1", "/dev/nst0", "0")
    put_on_hold(site, FIRST)
    assert changer("unload", "1", "/dev/nst0", "0")[0] == 0
    code, _, err = changer("transfer", "1", "13")
    assert code == 1
    assert "mail slot is refused" in err
    assert site.where(FIRST) == "slot 1"


IMPOSSIBLE = {
    ("load", "8", "/dev/nst0", "0"): "Slot 8 of Library 1 is empty",
    ("load", "99", "/dev/nst0", "0"): "has no mail slot 87",
    ("load", "1", "/dev/nst0", "5"): "has no drive 6",
    ("transfer", "1", "2"): "Slot 2 holds STR152L8",
    ("unload", "1", "/dev/nst0", "0"): "Drive 1 of Library 1 is empty",
    ("load", "x", "/dev/nst0", "0"): "usage:",
    ("load", "1"): "usage:",
    ("dance",): "usage:",
}


def test_what_cannot_be_done_leaves_with_1_and_queues_nothing(site, changer):
    for arguments, why in IMPOSSIBLE.items():
        code, lines, err = changer(*arguments)
        assert (code, lines) == (1, [])
        assert why in err
    assert not site.jobs()


def test_a_label_that_is_not_read_or_not_registered_is_not_loaded(site, changer):
    site.hands.put(SLOT + 10, "NEW001L8")
    site.hands.set_fault("unreadable-labels", addresses=[SLOT])
    site.worker()
    assert "11:NEW001L8" in changer("list")[1]
    assert "the barcode NEW001L8, which is not registered" in changer("load", "11", "/dev/nst0", "0")[2]
    assert "a label that cannot be read" in changer("load", "1", "/dev/nst0", "0")[2]
    assert site.moves_done() == 0


def test_a_token_without_the_right_to_operate_moves_nothing(site, changer, handler_id, tmp_path):
    token_for(site, handler_id, [Permission.READ], secret="sr_reader_only_000000000000000000")
    (tmp_path / "reader").write_text("sr_reader_only_000000000000000000")
    code, _, err = changer("load", "1", "/dev/nst0", "0", token_file=tmp_path / "reader")
    assert code == 1
    assert "operate library" in err
    assert changer("slots", token_file=tmp_path / "reader")[1] == ["16"]
    (tmp_path / "reader").write_text("sr_wrong")
    assert changer("slots", token_file=tmp_path / "reader")[0] == 1


def test_a_move_that_fails_says_so_and_leaves_no_question_where_the_medium_stands_as_before(site, changer):
    site.hands.set_fault("jam", phase="before-pick", times=2)
    site.worker()
    code, lines, err = changer("load", "1", "/dev/nst0", "0")
    assert (code, lines) == (1, [])
    assert "STR151L8 is still in slot 1" in err
    (job,) = site.jobs(JobKind.MOVE)
    assert job.state is JobState.FAILED


def test_a_move_that_is_unclear_waits_for_a_person_and_the_backup_program_is_told(site, changer):
    site.hands.set_fault("jam", phase="in-gripper")
    site.worker()
    code, _, err = changer("load", "1", "/dev/nst0", "0")
    assert code == 1
    assert "gripper" in err
    (job,) = site.jobs(JobKind.MOVE)
    assert job.state is JobState.NEEDS_OPERATOR
    assert job.job_id in err


def test_the_drive_lets_go_before_the_robot_takes_the_medium(site, changer):
    site.worker()
    changer("load", "1", "/dev/nst0", "0")
    site.hands.set_fault("eject-required")
    assert changer("unload", "1", "/dev/nst0", "0")[0] == 0
    assert site.where(FIRST) == "slot 1"


def test_a_drive_that_is_not_to_let_go_keeps_its_medium_and_the_move_fails(site, changer):
    site.worker()
    changer("load", "1", "/dev/nst0", "0")
    with open_drive(f"{site.url}?drive=SIM0000001") as drive:
        drive.prevent_removal(on=True, deadline_s=5)
        code, _, err = changer("unload", "1", "/dev/nst0", "0")
    assert code == 1
    assert "Nothing was moved" in err
    assert site.where(FIRST) == "drive 1"


def test_load_waits_until_the_drive_can_use_the_medium_and_fails_where_it_cannot(site, changer):
    site.worker()
    drive = f"{site.url}?drive=SIM0000001"
    assert changer("load", "1", drive, "0")[0] == 0
    assert changer("unload", "1", drive, "0")[0] == 0
    code, _, err = changer("load", "12", drive, "0")
    assert code == 1
    assert "the drive is not ready" in err


def test_without_a_worker_the_command_gives_up_and_its_move_is_cancelled(site, changer):
    code, _, err = changer("load", "1", "/dev/nst0", "0", wait_s=1)
    assert code == 1
    assert "not done within" in err
    (job,) = site.jobs(JobKind.MOVE)
    assert job.state is JobState.CANCELLED
    site.worker()
    look = site.enqueue(JobKind.INVENTORY)
    site.wait_for_state(look, JobState.DONE)
    assert site.moves_done() == 0


def test_a_move_that_nobody_waits_for_any_more_is_not_begun(site, address, client_as, clock):
    operator = client_as(Role.MEDIA_HANDLER)
    wish = {"slot": 1, "drive": 0, "within_s": 5}
    job_id = operator.post(f"/api/v1/devices/{site.device_id}/load", json=wish).json()["job_id"]
    clock.forward(seconds=6)
    site.worker()
    job = site.wait_for_state(job_id, JobState.FAILED)
    assert job.fault == "Nobody waits for this move any more. Nothing was moved."
    assert site.moves_done() == 0


def test_a_medium_that_went_elsewhere_meanwhile_is_not_fetched_from_there(site, client_as):
    operator = client_as(Role.MEDIA_HANDLER)
    wish = {"slot": 1, "drive": 0}
    job_id = operator.post(f"/api/v1/devices/{site.device_id}/load", json=wish).json()["job_id"]
    site.hands.swap(SLOT, SLOT + 10)
    site.worker()
    job = site.wait_for_state(job_id, JobState.FAILED)
    assert job.fault == "STR151L8 is in slot 11 by now. Nothing was moved."


def test_two_backup_programs_never_meet_in_one_drive(site, changer):
    """Both ask for the same drive at once: one load is done, the other refused before anything moves (Bareos #1866)."""
    site.worker()
    codes = []
    environment = {"first": "1", "second": "2"}
    threads = [
        threading.Thread(target=lambda slot=slot: codes.append(changer("load", slot, "/dev/nst0", "0")[0]))
        for slot in environment.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [0, 1]
    assert site.moves_done() == 1


def test_the_command_as_bareos_starts_it(site, address, handler_id, tmp_path):
    """By argument order and configuration file, as a program of its own; ended by SIGTERM it takes its move back."""
    token, config = tmp_path / "token", tmp_path / "mtx-changer.toml"
    token.write_text(SECRET)
    config.write_text(
        f'server = "{address}"\ntoken_file = "{token}"\nwait_s = 30\n'
        '[libraries]\n"/dev/tape/by-id/scsi-1" = "Library 1"\n'
    )
    environment = {**os.environ, "STRONGROOM_CHANGER_CONFIG": str(config)}

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "service.devices.mtx_changer", "/dev/tape/by-id/scsi-1", *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    assert start("loaded", "0", "/dev/nst0", "0").communicate(timeout=60) == ("0\n", "")
    waiting = start("load", "1", "/dev/nst0", "0")
    site.wait_for(lambda: site.jobs(JobKind.MOVE))
    waiting.terminate()
    waiting.communicate(timeout=60)
    assert waiting.returncode == 1
    assert site.jobs(JobKind.MOVE)[0].state is JobState.CANCELLED
    site.worker()
    done = start("load", "1", "/dev/nst0", "0")
    assert done.communicate(timeout=60)[0].startswith("Loading media from Storage Element 1")
    assert done.returncode == 0


UNREACHED = (
    ({"server": "http://vault.example"}, "in the clear"),
    ({"server": "vault.example"}, "no address of a server"),
    ({"token_file": "/nowhere"}, "cannot be read"),
    ({"token_file": ""}, "names no file"),
    ({"config": "/nowhere.toml"}, "cannot be read"),
    ({"wait_s": "soon"}, "number of seconds"),
    ({"server": "https://127.0.0.1:9", "ca_file": "/nowhere"}, "cannot be read"),
    ({"server": "http://127.0.0.1:9"}, "does not answer"),
)


def test_a_server_that_is_meant_but_not_reached_is_never_passed_by(site, changer):
    for more, why in UNREACHED:
        code, _, err = changer("load", "1", "/dev/nst0", "0", device=site.url, **more)
        assert code == 1
        assert why in err
    assert site.moves_done() == 0


def test_a_misspelt_setting_of_the_file_is_refused(site, changer, tmp_path):
    (tmp_path / "c.toml").write_text('sever = "https://vault.example"\n')
    code, _, err = changer("slots", device=site.url, server="", config=tmp_path / "c.toml")
    assert code == 1
    assert "sever, which is no setting" in err


def test_without_a_server_the_driver_moves_and_the_worker_records_what_was_told_beside_what_it_saw(
    site, changer, tmp_path, monkeypatch
):
    record = tmp_path / "record"
    monkeypatch.setenv("STRONGROOM_CHANGER_RECORD", str(record))
    site.runtime.settings.changer_record = record
    assert changer("load", "1", f"{site.url}?drive=SIM0000001", "0", device=site.url, server="")[0] == 0
    with record.open("a") as file:
        file.write('{"at": "half a li')
    assert not site.jobs()
    line = json.loads(record.read_text().splitlines()[0])
    line["at"] = site.runtime.clock().isoformat()
    record.write_text(f"{json.dumps(line)}\nnot a line\n")
    site.worker(timing=replace(Timing(), observe_s=0.01, poll_s=0.02))
    site.wait_for(lambda: site.where(FIRST) == "drive 1")
    entry = site.entries(f"medium:{site.medium(FIRST).medium_id}")[-1]
    assert entry.event == "medium:observed"
    facts = entry.fields["facts"]
    assert (facts["from"].rpartition(" › ")[2], facts["to"].rpartition(" › ")[2]) == ("slot 1", "drive 1")
    assert (facts["told"]["command"], facts["told"]["answer"], facts["told"]["verdict"]) == (
        "load",
        "GOOD",
        "moved",
    )


def test_an_old_line_of_the_record_is_not_taken_for_the_move_that_is_seen(
    site, changer, tmp_path, monkeypatch
):
    record = tmp_path / "record"
    line = {"tag": FIRST, "destination": DRIVE, "at": "2026-01-01T00:00:00+00:00", "command": "load"}
    record.write_text(f"{json.dumps(line)}\n")
    site.runtime.settings.changer_record = record
    site.hands.swap(SLOT, DRIVE)
    site.worker(timing=replace(Timing(), observe_s=0.01, poll_s=0.02))
    site.wait_for(lambda: site.where(FIRST) == "drive 1")
    entry = site.entries(f"medium:{site.medium(FIRST).medium_id}")[-1]
    assert "told" not in entry.fields["facts"]


def test_a_lost_answer_asks_for_nothing_twice(site, handler_id, app, capsys):
    """The first connection breaks after the server has answered: the repeat gets the same job."""
    from service.devices.changer_client import Client
    from service.devices.changer_settings import ChangerSettings

    with listening(app) as address, Client(ChangerSettings(address, SECRET, {})) as client:
        library = client.library("Library 1")
        real, broken = client._connection.getresponse, []

        def once_broken():
            answer = real()
            if not broken:
                broken.append(answer.read())
                raise ConnectionResetError("gone")
            return answer

        client._connection.getresponse = once_broken
        job = client.post(f"/devices/{library.device_id}/load", {"slot": 1, "drive": 0})
    assert broken
    (only,) = site.jobs(JobKind.MOVE)
    assert job["job_id"] == only.job_id


def test_stopped_while_the_answer_is_on_its_way_the_command_still_takes_its_move_back(site, handler_id, app):
    from service.devices.changer_client import Client
    from service.devices.changer_settings import ChangerSettings

    with capture_logs(), listening(app) as address, Client(ChangerSettings(address, SECRET, {})) as client:
        library = client.library("Library 1")
        real, stopped = client._connection.getresponse, []

        def stopped_once():
            if not stopped:
                stopped.append(True)
                raise KeyboardInterrupt
            return real()

        client._connection.getresponse = stopped_once
        with pytest.raises(KeyboardInterrupt):
            client.queue(f"/devices/{library.device_id}/load", {"slot": 1, "drive": 0})
    (only,) = site.jobs(JobKind.MOVE)
    assert only.state is JobState.CANCELLED


def test_the_home_of_a_loaded_medium_is_the_slot_it_was_seen_to_leave_where_the_changer_forgot_it(
    site, changer
):
    site.worker()
    changer("load", "3", "/dev/nst0", "1")
    site.hands.power_cycle()
    assert changer("list")[1][-1] == "3:STR153L8"
    assert changer("loaded", "0", "/dev/nst1", "1")[1] == ["3"]
