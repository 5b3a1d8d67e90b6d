"""The changer command's settings, in docs/backup-programs.md."""

from pathlib import Path

from drivers.changer_order import LEAST
from drivers.mtx_changer import RECORD
from service.devices.changer_settings import CONFIG, MAX_AGE_S, NAMES, PREFIX, WAIT_S

TEXT = (Path(__file__).parents[3] / "docs" / "backup-programs.md").read_text(encoding="utf-8")


def test_every_setting_of_the_changer_command_has_its_row():
    for name in NAMES:
        assert f"| `{PREFIX}{name.upper()}` | `{name}` |" in TEXT
    for name in (f"{PREFIX}TOKEN", f"{PREFIX}CONFIG", RECORD, CONFIG, "`libraries`"):
        assert name in TEXT
    assert f"wait for a move or a look, {WAIT_S:.0f} |" in TEXT
    assert f"so many seconds, {MAX_AGE_S:.0f};" in TEXT


def test_every_order_has_its_row():
    for command in LEAST:
        assert f"\n| `{command}` |" in TEXT
