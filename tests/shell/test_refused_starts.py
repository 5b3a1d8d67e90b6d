"""What stops a start: one clear sentence, exit code 2, and nothing touched."""

import socket
import sqlite3

import pytest
from ports import free_port
from shell.program import contents, environment, strongroom

from service.runtime import load_or_make_key

PASSWORD = "hush-hush-4711"
DEAD = f"postgresql+psycopg://strongroom:{PASSWORD}@127.0.0.1:1/strongroom"


def refused(folder, *args, **settings):
    """Start it; the two lines it says. Nothing under `folder` may change."""
    env = environment(**{"data_dir": folder / "data", "port": 8420} | settings)
    before = contents(folder)
    found = strongroom("serve", *args, cwd=folder, env=env, plain=True)
    assert contents(folder) == before
    assert found.returncode == 2, found
    assert found.stdout == ""
    assert PASSWORD not in found.stderr
    lines = found.stderr.splitlines()
    assert len(lines) == 2, found.stderr
    assert lines[0].endswith("."), lines
    return lines


@pytest.fixture
def port():
    return free_port()


def test_a_port_in_use(started, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        said, then = refused(tmp_path, "--port", str(number))
    assert said == f"Port {number} on 127.0.0.1 cannot be used: Address already in use. Nothing was changed."
    assert "--port" in then


def test_a_host_that_is_none(tmp_path, port):
    said, _ = refused(tmp_path, host="no.such.host.invalid", port=port)
    assert said.startswith(f"Port {port} on no.such.host.invalid cannot be used: ")


def test_a_data_folder_that_cannot_be_made(tmp_path, port):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    said, _ = refused(tmp_path, data_dir=closed / "data", port=port)
    assert (
        said
        == f"The data folder {closed / 'data'} cannot be written: permission denied. Nothing was changed."
    )


def test_a_data_folder_with_data_that_cannot_be_written(started, tmp_path, port):
    started.chmod(0o555)
    said, then = refused(tmp_path, port=port)
    assert said == f"The data folder {started} cannot be written: permission denied. Nothing was changed."
    assert "STRONGROOM_DATA_DIR" in then
    started.chmod(0o755)


def test_a_data_folder_that_is_a_file(tmp_path, port):
    (tmp_path / "data").write_text("notes")
    said, _ = refused(tmp_path, port=port)
    assert "is not a folder" in said


def test_a_database_from_a_newer_version(started, tmp_path, port):
    with sqlite3.connect(started / "strongroom.db") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    said, _ = refused(tmp_path, port=port)
    assert (
        said
        == "The database was made by a newer version of Strongroom (schema 9999_later). Nothing was changed."
    )


def test_a_database_that_is_none(started, tmp_path, port):
    (started / "strongroom.db").write_text("This was a database once. " * 100)
    said, _ = refused(tmp_path, port=port)
    assert said == "The database does not answer: file is not a database. Nothing was changed."


def test_a_database_server_that_is_not_there(tmp_path, port):
    said, then = refused(tmp_path, database_url=DEAD, port=port)
    assert said == "The database does not answer: OperationalError. Nothing was changed."
    assert "server runs" in then


def test_a_database_server_that_says_nothing(tmp_path, port):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql+psycopg://strongroom:{PASSWORD}@127.0.0.1:{mute.getsockname()[1]}/strongroom?connect_timeout=2"
        said, _ = refused(tmp_path, database_url=url, port=port)
    assert said == "The database does not answer: ConnectionTimeout. Nothing was changed."


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://strongroom@localhost/x", f"oracle+none://x:{PASSWORD}@y/z"]
)
def test_a_database_url_that_is_none(url, tmp_path, port):
    said, then = refused(tmp_path, database_url=url, port=port)
    assert said.startswith(("The database URL cannot be used.", "A mysql database is not supported."))
    assert "postgresql+psycopg://" in then


@pytest.mark.parametrize(
    "text", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
@pytest.mark.parametrize("first", [True, False], ids=["first start", "later start"])
def test_a_ledger_key_that_is_none(text, first, started, tmp_path, port):
    folder = tmp_path / "new" if first else started
    folder.mkdir(exist_ok=True)
    (folder / "ledger.key").write_bytes(text)
    said, then = refused(tmp_path, data_dir=folder, port=port)
    assert said == f"The ledger key {folder / 'ledger.key'} cannot be read. Nothing was changed."
    assert "backup" in then


def test_a_ledger_key_that_may_not_be_read(started, tmp_path, port):
    (started / "ledger.key").chmod(0)
    found = strongroom("serve", cwd=tmp_path, env=environment(data_dir=started, port=port), plain=True)
    assert found.returncode == 2
    assert found.stderr.startswith(
        f"The ledger key {started / 'ledger.key'} cannot be read. Nothing was changed.\n"
    )
    assert sorted(path.name for path in started.iterdir()) == ["ledger.key", "strongroom.db"]


def test_a_ledger_key_that_is_lost_is_not_made_anew(started, tmp_path, port):
    (started / "ledger.key").unlink()
    said, _ = refused(tmp_path, port=port)
    assert said.startswith(f"The ledger key {started / 'ledger.key'} is not there, but the ledger has ")


def test_a_ledger_key_of_another_ledger(started, tmp_path, port):
    load_or_make_key(tmp_path / "other.key")
    said, then = refused(tmp_path, ledger_key_file=tmp_path / "other.key", port=port)
    assert (
        said
        == f"The ledger key {tmp_path / 'other.key'} is not the one that signed this ledger. Nothing was changed."
    )
    assert "STRONGROOM_LEDGER_KEY_FILE" in then


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"port: 8421", "is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 5)."),
        (b"site = '\xff'", "is not UTF-8."),
        (b"prot = 8421", "gives prot, which is no setting."),
        (b"secrets_dir = '/tmp'", "gives secrets_dir, which is no setting."),
    ],
)
def test_a_settings_file_that_does_not_fit(text, sentence, tmp_path):
    file = tmp_path / "strongroom.toml"
    file.write_bytes(text)
    said, _ = refused(tmp_path, config_file=file)
    assert said.endswith(f"{file} {sentence} Nothing was changed.")


def test_a_settings_file_that_is_not_there(tmp_path):
    said, _ = refused(tmp_path, config_file=tmp_path / "none.toml")
    assert (
        said
        == f"The settings file {tmp_path / 'none.toml'} cannot be read: No such file or directory. Nothing was changed."
    )


def test_a_misspelt_variable_is_not_passed_over(tmp_path):
    said, then = refused(tmp_path, databse_url="postgresql+psycopg://db/strongroom")
    assert said == "The environment gives STRONGROOM_DATABSE_URL, which is no setting. Nothing was changed."
    assert then == "Did you mean STRONGROOM_DATABASE_URL?"


def test_a_secret_nobody_knows(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "strongroom_database").write_text(DEAD)
    said, _ = refused(tmp_path, secrets_dir=tmp_path / "secrets")
    assert said.endswith("gives strongroom_database, which is no setting. Nothing was changed.")


def test_a_folder_of_secrets_that_is_not_there(tmp_path):
    said, _ = refused(tmp_path, secrets_dir=tmp_path / "secrets")
    assert said == f"The folder of secrets {tmp_path / 'secrets'} is not there. Nothing was changed."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "eighty"),
        ("port", "70000"),
        ("log_level", "loud"),
        ("worker", "perhaps"),
        ("session_hours", "0"),
    ],
)
def test_a_value_that_does_not_fit(name, value, tmp_path):
    said, _ = refused(tmp_path, **{name: value})
    assert said.startswith(f"The setting {name} does not fit: ")


def test_a_time_zone_that_is_none(tmp_path, port):
    said, _ = refused(tmp_path, time_zone="Mars/Base", port=port)
    assert said == "The setting time_zone does not fit: 'Mars/Base' is no IANA zone. Nothing was changed."


def test_a_library_file_that_is_not_there(tmp_path, port):
    said, _ = refused(tmp_path, "--library", str(tmp_path / "none.csv"), port=port)
    assert said.startswith(
        f"The library file {tmp_path / 'none.csv'} cannot be read: No such file or directory."
    )


def test_a_library_file_with_lines_that_are_rejected(tmp_path, port):
    (tmp_path / "mine.csv").write_text(
        "barcode,type,content,where\nSTR001L8,lto,full,slot 1\nSTR001L8,lto,full,slot 2\nSTR002L8,paper,full,slot 3\n"
    )
    said, _ = refused(tmp_path, "--library", "mine.csv", port=port)
    assert said.startswith(
        "mine.csv: 2 lines are rejected (line 3: STR001L8 stands in line 2 already.; line 4: "
    )


def test_looking_whether_the_schema_is_current_makes_no_database(tmp_path):
    found = strongroom("migrate", "--check", cwd=tmp_path)
    assert (found.returncode, found.stdout, found.stderr) == (1, "not current\n", "")
    assert contents(tmp_path) == {}


def test_bad_usage_is_exit_2_too(tmp_path):
    found = strongroom("serve", "--prot", "1", cwd=tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert "No such option" in found.stderr
    assert contents(tmp_path) == {}
