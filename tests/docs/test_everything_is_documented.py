"""Every command and option, setting, event and device URL scheme is in docs/, and nothing that is not there any more."""

import importlib
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import click
import pytest
import typer

import service
from drivers.registry import SCHEMES
from service import commands
from service.cli import Exit
from service.settings import PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs"
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")
EVENTS = (DOCS / "events.md").read_text(encoding="utf-8")
TAG = re.compile(r"[a-z_]+:[a-z_]+")


def every_command() -> dict[str, click.Command]:
    """By the words that are typed: "ledger verify"."""
    app = typer.Typer()
    commands.register(app)
    return dict(leaves(typer.main.get_command(app), ()))


def leaves(command, words):
    if not hasattr(command, "commands"):
        yield " ".join(words), command
        return
    for name, below in command.commands.items():
        yield from leaves(below, (*words, name))


COMMANDS = every_command()


def row_of(words: str) -> str:
    found = [line for line in OPERATING.splitlines() if re.match(rf"\| `strongroom {words}[` ]", line)]
    assert len(found) == 1, f"{words} has {len(found)} rows"
    return found[0]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_its_row_with_every_option_and_argument(words):
    row = row_of(words)
    for parameter in COMMANDS[words].params:
        if parameter.param_type_name == "argument":
            assert parameter.name.upper() in row
        elif parameter.name != "help":
            assert f"`{parameter.opts[0]}" in row, parameter.opts


def test_no_command_is_documented_that_is_not_there():
    documented = re.findall(r"^\| `strongroom ([a-z -]+?)(?: [A-Z]+)*` \|", OPERATING, re.MULTILINE)
    assert sorted(documented) == sorted(COMMANDS)


def table_under(heading: str) -> list[str]:
    """The first cells of the rows of the first table under this heading."""
    part = OPERATING.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `?([a-z0-9_]+)`? \|", part, re.MULTILINE)


def test_the_table_of_settings_is_the_settings():
    assert [name for name in table_under("Settings") if name != "setting"] == list(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_with_its_default_and_its_meaning(name):
    field = Settings.model_fields[name]
    default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default or "")
    shown = f"`{default}`" if default else ""
    assert f"| `{name}` | {shown} | {field.description} |" in OPERATING


def test_variables_that_the_text_names_are_settings():
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", OPERATING))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_explained(code):
    assert re.search(rf"^\| {code.value} \| \w", OPERATING, re.MULTILINE)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_of_a_device_url_is_explained(scheme):
    assert re.search(rf"^\| `{scheme}://", OPERATING, re.MULTILINE)


def every_tag() -> set[str]:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(service.__path__, "service.")
    ]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    }
    return {member.value for kind in kinds for member in kind if TAG.fullmatch(member.value)}


def test_every_event_has_a_row_that_says_when_and_no_row_is_of_an_event_that_is_gone():
    rows = re.findall(r"^\| `([a-z_]+:[a-z_]+)` \| ([^|]+) \|", EVENTS, re.MULTILINE)
    assert sorted(tag for tag, _ in rows) == sorted(every_tag())
    assert all(len(when) > 3 for _, when in rows)


@pytest.mark.parametrize("file", sorted(DOCS.glob("*.md")), ids=lambda file: file.name)
def test_a_document_that_is_named_in_a_document_is_there(file):
    text = file.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z-]+\.md)`", text))
    root = DOCS.parent
    assert [name for name in named if not (DOCS / name).is_file() and not (root / name).is_file()] == []
