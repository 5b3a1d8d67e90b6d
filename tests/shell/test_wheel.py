"""The wheel, installed in an environment of its own and run far from the checkout."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from shell.program import contents, environment, serving, strongroom

from service.demo_site import PASSWORD

ROOT = Path(__file__).parents[2]
TEST_PACKAGES = ("_pytest", "pytest", "hypothesis", "schemathesis", "playwright", "httpx", "jsonschema")


def run(*command: object, cwd: Path) -> None:
    found = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (found,) = folder.glob("strongroom-*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    """The `strongroom` of a new environment. What it depends on comes from this environment by a .pth, so that no network is needed;
    the wheel's own files stand before it, and the checkout is not on the path.
    """
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    run(folder / "bin" / "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    here = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "zz_dependencies.pth").write_text(here + "\n")
    return folder / "bin" / "strongroom"


def test_it_carries_what_runs_and_nothing_of_the_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {"service", "drivers", "labels", "migrations"} <= tops
    assert all(
        top in {"service", "drivers", "labels", "migrations"} or top.endswith(".dist-info") for top in tops
    )
    for kept in (
        ROOT / "service" / "web" / "templates",
        ROOT / "service" / "web" / "static",
        ROOT / "service" / "devices" / "demo",
    ):
        wanted = {
            str(path.relative_to(ROOT))
            for path in kept.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        }
        assert wanted
        assert wanted <= set(names), sorted(wanted - set(names))
    assert not [name for name in names if name.endswith((".pyc", ".db", ".key"))]


def test_it_serves_a_demo_and_its_ledger_verifies(installed, tmp_path):
    with serving(tmp_path, "--demo", program=installed) as server:
        assert "four people" in server.said
        status, page = server.request("GET", "/sign-in")
        assert (status, b"<form" in page) == (200, True)
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())
        assert any(".css" in file for file in files)
        assert [server.request("GET", file)[0] for file in files] == [200] * len(files)
        server.sign_in("admin", PASSWORD)
        assert len(server.json("GET", "/api/v1/media?limit=100")["items"]) > 20
        assert server.request("GET", "/media")[0] == 200
        server.end()
    env = environment(data_dir=tmp_path / "data")
    for command, said in (
        (("ledger", "verify"), "verified"),
        (("ledger", "replay", "--check"), "agree"),
        (("migrate", "--check"), "current"),
    ):
        found = subprocess.run(
            [installed, *command],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert (found.returncode, said in found.stdout) == (0, True), found


def test_it_runs_from_its_own_files_and_needs_no_test_package(installed, tmp_path):
    asked = (
        "import sys, service.app, service.cli, drivers, labels, migrations, service.commands;"
        "print(service.app.__file__, drivers.__file__, labels.__file__, migrations.__file__, sep='\\n');"
        f"print([name for name in {TEST_PACKAGES} if name in sys.modules])"
    )
    found = subprocess.run(
        [installed.with_name("python"), "-c", asked],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    *files, test_packages = found.stdout.splitlines()
    assert all(file.startswith(str(installed.parents[1])) for file in files)
    assert test_packages == "[]"


def test_a_command_of_the_installed_wheel_makes_nothing_where_it_is_asked_for_help(installed, tmp_path):
    found = subprocess.run(
        [installed, "--help"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert "serve" in found.stdout
    assert contents(tmp_path) == {}
    assert strongroom("--help", cwd=tmp_path).stdout == found.stdout
