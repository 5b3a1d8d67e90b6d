import runpy
from pathlib import Path

from drivers import __main__, registry
from drivers.changer.model import MoveFlag, MoveVerdict
from drivers.errors import DeviceError
from drivers.printer import schemes
from drivers.printer import shell as printer_shell
from drivers.printer.errors import CONDITION_TEXT
from drivers.printer.model import PrinterCondition
from drivers.simulator.printer import shell as simulated_printer_shell
from drivers.simulator.printer.faults import FAULTS

DOCS = Path(__file__).parents[2] / "docs"
HARDWARE = (DOCS / "hardware.md").read_text(encoding="utf-8")


def test_every_device_url_scheme_and_option_is_documented():
    assert [s for s in registry.SCHEMES if f"{s}://" not in HARDWARE] == []
    assert [o for o in registry.OPTIONS if f"`{o}`" not in HARDWARE] == []


def test_every_printer_url_scheme_and_option_is_documented():
    assert [s for s in schemes.SCHEMES if f"`{s}://" not in HARDWARE] == []
    options = {option for scheme in schemes.SCHEMES.values() for option in scheme.options}
    assert [o for o in options if f"`{o}`" not in HARDWARE] == []


def test_every_command_is_documented():
    names = {command.__name__ for command in __main__.COMMANDS}
    names |= {f"printer {c.callback.__name__}" for c in printer_shell.app.registered_commands}
    names |= {
        f"simulator printer {c.callback.__name__}" for c in simulated_printer_shell.app.registered_commands
    }
    assert [n for n in names if f"python -m drivers {n} " not in HARDWARE] == []


def test_every_condition_of_a_printer_is_documented_with_what_to_do():
    assert [c for c in PrinterCondition if f"`{c}`" not in HARDWARE] == []
    assert set(CONDITION_TEXT) == set(PrinterCondition)


def test_every_fault_of_the_simulated_printer_is_documented():
    assert [f for f in FAULTS if f"`{f}`" not in HARDWARE] == []


EMULATOR = runpy.run_path(str(Path(__file__).parents[1] / "lab" / "emulator.py"))


def test_the_lab_names_every_package_that_is_missing(tmp_path):
    absent = EMULATOR["missing_packages"](str(tmp_path), tmp_path)
    assert absent == [*EMULATOR["PACKAGES"].values(), "linux-image-amd64"]


def test_every_package_of_the_lab_is_documented_and_installed_by_the_checks():
    packages = {*EMULATOR["PACKAGES"].values(), "linux-image-amd64"}
    checks = (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
    assert [name for name in packages if f" {name}" not in HARDWARE] == []
    assert [name for name in packages if f"{name}" not in checks] == []


def test_every_verdict_and_flag_is_documented():
    words = [v.value for v in MoveVerdict if v is not MoveVerdict.ALREADY_THERE]
    words += [f.value for f in MoveFlag if f not in {MoveFlag.NO_SNAPSHOT, MoveFlag.NOT_STABLE}]
    assert [w for w in words if f"`{w}`" not in HARDWARE] == []


def test_the_error_tree_is_drawn_whole():
    def names(kind: type[DeviceError]) -> list[str]:
        return [kind.__name__, *(name for sub in kind.__subclasses__() for name in names(sub))]

    drawing = (
        (Path(__file__).parents[2] / "drivers" / "errors.py").read_text(encoding="utf-8").split('"""')[1]
    )
    assert [n for n in names(DeviceError) if n not in drawing] == []


def test_the_support_table_is_the_one_made_from_the_runs(support_table):
    runs = support_table.read_runs(support_table.RUNS)
    assert runs
    assert support_table.page_with_table(HARDWARE, runs) == HARDWARE


def test_runs_are_added_once(support_table, tmp_path):
    run = {"device": "A B", "revision": "1", "what": "drive", "through": "SG_IO, Linux"}
    for _ in range(2):
        support_table.add_runs(tmp_path / "runs", [run])
    assert support_table.read_runs(tmp_path / "runs") == [run]
