"""Where the changer command finds its server: the environment, then a TOML file. Standard library only, so that it starts at once."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

PREFIX = "STRONGROOM_CHANGER_"
CONFIG = "/etc/strongroom/mtx-changer.toml"
NAMES = ("server", "token_file", "library", "ca_file", "wait_s", "max_age_s")
WAIT_S, MAX_AGE_S = 900.0, 60.0


class ChangerSettingsError(Exception):
    """The command cannot do as it was told; it never falls back to moving by itself."""


class ChangerSettings(NamedTuple):
    """`library` by the changer's name as the backup program calls it. `max_age_s`: how old a look `loaded` may answer from."""

    server: str
    token: str
    libraries: Mapping[str, str]
    library: str = ""
    ca_file: str = ""
    wait_s: float = WAIT_S
    max_age_s: float = MAX_AGE_S

    def library_of(self, changer: str) -> str:
        return self.libraries.get(changer) or self.library or changer


def load(environment: Mapping[str, str]) -> ChangerSettings | None:
    """None when no server is named anywhere."""
    given = _file(environment)
    given |= {name: environment[key] for name in NAMES if (key := PREFIX + name.upper()) in environment}
    server = str(given.get("server", "")).rstrip("/")
    if not server:
        return None
    return ChangerSettings(
        server=server,
        token=environment.get(f"{PREFIX}TOKEN") or _token(str(given.get("token_file", ""))),
        libraries=_libraries(given.get("libraries", {})),
        library=str(given.get("library", "")),
        ca_file=str(given.get("ca_file", "")),
        wait_s=_seconds(given, "wait_s", WAIT_S),
        max_age_s=_seconds(given, "max_age_s", MAX_AGE_S),
    )


def _file(environment: Mapping[str, str]) -> dict[str, Any]:
    named = environment.get(f"{PREFIX}CONFIG")
    path = named if named is not None else CONFIG
    if not path or (named is None and not os.path.lexists(path)):
        return {}
    import tomllib

    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs a third of the start-up time
            found = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise ChangerSettingsError(f"{path} cannot be read: {error}. Nothing was moved.") from error
    unknown = found.keys() - {*NAMES, "libraries"}
    if unknown:
        raise ChangerSettingsError(
            f"{path} gives {', '.join(sorted(unknown))}, which is no setting. Nothing was moved."
        )
    return found


def _token(path: str) -> str:
    if not path:
        raise ChangerSettingsError(f"{PREFIX}TOKEN_FILE names no file with an API token. Nothing was moved.")
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123 - as above
            return file.read().strip()
    except (OSError, ValueError) as error:
        raise ChangerSettingsError(
            f"The token file {path} cannot be read: {error}. Nothing was moved."
        ) from error


def _libraries(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ChangerSettingsError("`libraries` is a table of changer = library. Nothing was moved.")
    return {str(changer): str(library) for changer, library in given.items()}


def _seconds(given: Mapping[str, Any], name: str, default: float) -> float:
    try:
        return float(given.get(name, default))
    except (TypeError, ValueError) as error:
        raise ChangerSettingsError(f"`{name}` is a number of seconds. Nothing was moved.") from error
