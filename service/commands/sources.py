"""Where settings come from: every source is looked at by name, a misspelt one is refused, never passed over in silence."""

import os
import tomllib
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from service.errors import StartError
from service.settings import PREFIX, Settings

DEFAULT_SECRETS = "/run/secrets"
NAMES = frozenset(Settings.model_fields)
# These say where the other sources are, so they are read before any file.
FROM_ENVIRONMENT_ONLY = frozenset({"config_file", "secrets_dir"})
# Variables of the tests, of the mtx-changer command and of the device layer, which are no settings.
NOT_OURS = (f"{PREFIX}TEST_", f"{PREFIX}CHANGER_", f"{PREFIX}ISCSI_")


class SettingSourceError(StartError):
    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} Nothing was changed.", next_step=next_step)


def load(**options: Any) -> Settings:
    """The settings, options first. Raises StartError in one sentence when a source or a value does not fit."""
    check_sources(os.environ)
    secrets = Path(os.environ.get(f"{PREFIX}SECRETS_DIR") or DEFAULT_SECRETS).expanduser()
    folder: dict[str, Any] = {"_secrets_dir": secrets} if secrets.is_dir() else {}
    try:
        return Settings(**folder, **options)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise StartError(
            f"The setting {name} does not fit: {first['msg']}.", next_step="See `strongroom settings`."
        ) from error


def check_sources(environment: Mapping[str, str]) -> None:
    """Raises SettingSourceError for a source that cannot be read and for a name that is no setting."""
    given = {name.upper(): value for name, value in environment.items()}
    _known(
        (name for name in given if name.startswith(PREFIX) and not name.startswith(NOT_OURS)),
        {PREFIX + name.upper() for name in NAMES},
        "The environment",
    )
    _check_secrets(given.get(f"{PREFIX}SECRETS_DIR"))
    file = given.get(f"{PREFIX}CONFIG_FILE")
    if file:
        _known(_toml_names(Path(file).expanduser()), NAMES - FROM_ENVIRONMENT_ONLY, f"The file {file}")


def _known(names: Iterable[str], known: Collection[str], where: str) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise SettingSourceError(
                f"{where} gives {name}, which is no setting.",
                f"Did you mean {near[0]}?" if near else "`strongroom settings` lists them all.",
            )


def _toml_names(file: Path) -> list[str]:
    try:
        return list(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingSourceError(
            f"The settings file {file} cannot be read: {error.strerror}.",
            f"Write it or unset {PREFIX}CONFIG_FILE.",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingSourceError(f"The settings file {file} is not UTF-8.", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingSourceError(f"The settings file {file} is not TOML: {error}.", "Correct it.") from error


def _check_secrets(given: str | None) -> None:
    folder = Path(given or DEFAULT_SECRETS).expanduser()
    if not folder.is_dir():
        if given:
            raise SettingSourceError(
                f"The folder of secrets {folder} is not there.", f"Make it or unset {PREFIX}SECRETS_DIR."
            )
        return
    files = {file.name: file for file in folder.iterdir() if file.name.startswith(PREFIX.lower())}
    _known(files, {PREFIX.lower() + name for name in NAMES - FROM_ENVIRONMENT_ONLY}, f"The folder {folder}")
    for file in files.values():
        if not os.access(file, os.R_OK):
            raise SettingSourceError(
                f"The secret file {file} cannot be read.", "Let Strongroom's user read it."
            )
