"""`strongroom settings`: every setting with its value and where it came from, and never a secret."""

import pytest
from shell.program import contents, environment, strongroom

from service.settings import Settings

SECRET = "hush-hush-4711"
URL = f"postgresql+psycopg://strongroom:{SECRET}@db.example/strongroom"


def shown(folder, env) -> dict[str, tuple[str, str]]:
    """{name: (value, origin)}"""
    before = contents(folder)
    found = strongroom("settings", cwd=folder, env=env)
    assert (found.returncode, found.stderr) == (0, "")
    assert SECRET not in found.stdout
    assert contents(folder) == before
    rows = {}
    for line in found.stdout.splitlines():
        name, _, rest = line.partition(" ")
        rows[name] = (rest.strip()[:40].split("  ")[0].strip(), rest.strip().rpartition("  ")[2])
    return rows


def test_every_setting_is_shown_and_comes_from_the_default(tmp_path):
    rows = shown(tmp_path, environment())
    assert list(rows) == list(Settings.model_fields)
    assert {origin for _, origin in rows.values()} == {"default"}


def test_each_source_stands_above_the_one_below_it(tmp_path):
    (tmp_path / "strongroom.toml").write_text(
        "port = 9001\nsite = 'From file'\nlog_json = true\nhost = '10.0.0.1'\n"
    )
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "strongroom_port").write_text("9002")
    (secrets / "strongroom_site").write_text("From secret")
    env = environment(config_file=tmp_path / "strongroom.toml", secrets_dir=secrets, port=9003)
    rows = shown(tmp_path, env)
    assert rows["port"] == ("9003", "environment STRONGROOM_PORT")
    assert rows["site"] == ("From secret", "secret file strongroom_site")
    assert rows["host"] == ("10.0.0.1", "file strongroom.toml")
    assert rows["log_json"] == ("True", "file strongroom.toml")
    assert rows["worker"] == ("True", "default")


@pytest.mark.parametrize("source", ["environment", "plain environment", "secret file", "file"])
def test_the_database_url_is_never_shown(source, tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (tmp_path / "strongroom.toml").write_text(f"database_url = '{URL}'\n" if source == "file" else "")
    env = environment(secrets_dir=secrets, config_file=tmp_path / "strongroom.toml")
    if source == "environment":
        env["STRONGROOM_DATABASE_URL"] = URL
    elif source == "plain environment":
        env["DATABASE_URL"] = URL
    elif source == "secret file":
        (secrets / "strongroom_database_url").write_text(URL + "\n")
    value, origin = shown(tmp_path, env)["database_url"]
    assert value == "(set)"
    assert (
        origin
        == {
            "environment": "environment STRONGROOM_DATABASE_URL",
            "plain environment": "environment DATABASE_URL",
            "secret file": "secret file strongroom_database_url",
            "file": "file strongroom.toml",
        }[source]
    )


def test_a_wrong_value_of_a_secret_is_not_repeated(tmp_path):
    found = strongroom(
        "serve", cwd=tmp_path, env=environment(database_url=SECRET, data_dir=tmp_path / "data")
    )
    assert found.returncode == 2
    assert SECRET not in found.stdout + found.stderr
