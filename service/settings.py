"""Settings, from the strongest source to the weakest: environment, secrets folder, TOML file, default."""

import os
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "STRONGROOM_"
SECRET_FIELDS = frozenset({"database_url"})


def _expanded(value: object) -> object:
    return Path(str(value)).expanduser() if isinstance(value, str | Path) else value


Folder = Annotated[Path, BeforeValidator(_expanded)]
Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises ValueError for anything else."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _names_networks(text: str) -> str:
    networks(text)
    return text


class SecondPerson(StrEnum):
    """`when-possible`: as soon as anybody else could approve; a first administrator has nobody yet."""

    ALWAYS = "always"
    WHEN_POSSIBLE = "when-possible"
    NEVER = "never"


class Settings(BaseSettings):
    """Every setting is `STRONGROOM_<NAME>` in the environment and `<name>` in the TOML file and the secrets folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", populate_by_name=True)

    data_dir: Folder = Field(
        Path("data"), description="Folder for the database, the ledger key and simulated devices."
    )
    database_url: str = Field(
        "",
        validation_alias=AliasChoices("STRONGROOM_DATABASE_URL", "DATABASE_URL", "database_url"),
        description="SQLAlchemy URL; empty means SQLite in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8420, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "", description="Address people type, such as https://vault.example; empty means host and port."
    )
    trusted_proxies: Annotated[str, AfterValidator(_names_networks)] = Field(
        "",
        description="Addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas.",
    )
    organisation: str = Field("Our organisation", description="Name of the organisation that owns the media.")
    site: str = Field("Site 1", description="Name of the first site, made at the first start.")
    time_zone: str = Field("UTC", description="IANA zone of the first site.")
    ledger_origin: str = Field(
        "strongroom.invalid/custody",
        description="Name of the ledger in its checkpoints; fixed at the first start.",
    )
    ledger_key_file: Folder | None = Field(
        None, description="Ed25519 key that signs checkpoints; default: ledger.key in the data folder."
    )
    demo: bool = Field(
        default=False, description="Make a demonstration site with four people at the first start."
    )
    library_file: Folder | None = Field(
        None, description="CSV, mtx or mhvtl file that the simulated library and its media start from."
    )
    changer_record: Path | None = Field(
        None, description="File that strongroom-mtx-changer writes its moves to where it has no server."
    )
    second_person: SecondPerson = Field(
        SecondPerson.WHEN_POSSIBLE,
        description="Whether giving rights and shortening a retention needs a second person: always, when-possible, never.",
    )
    worker: bool = Field(default=True, description="Run the device worker inside the server process.")
    scheduler: bool = Field(
        default=True, description="Create runs by their schedule inside the server process."
    )
    session_hours: float = Field(12.0, gt=0, description="A sign-in ends after so many hours.")
    session_idle_minutes: float = Field(
        120.0, gt=0, description="A sign-in ends after so many minutes without an act."
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least severe level that is logged."
    )
    log_json: bool = Field(default=False, description="Log JSON lines instead of text for people.")
    config_file: Folder | None = Field(None, description="TOML file with any of these settings.")
    secrets_dir: Folder = Field(
        Path("/run/secrets"), description="Folder with one file a secret, named strongroom_<name>."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings
        toml = os.environ.get(PREFIX + "CONFIG_FILE")
        sources = [init_settings, env_settings, file_secret_settings]
        return (
            (*sources, TomlConfigSettingsSource(settings_cls, Path(toml).expanduser()))
            if toml
            else tuple(sources)
        )

    @cached_property
    def proxies(self) -> tuple[Network, ...]:
        return networks(self.trusted_proxies)

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'strongroom.db').absolute()}"

    @property
    def resolved_ledger_key_file(self) -> Path:
        return self.ledger_key_file or self.data_dir / "ledger.key"

    @property
    def resolved_public_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def origins(settings: Settings) -> list[tuple[str, str, str]]:
    """(name, value shown to people, where it came from) for every setting; secrets are not shown."""
    toml = settings.config_file.name if settings.config_file else ""
    in_toml: set[str] = set()
    if settings.config_file:
        import tomllib

        in_toml = set(tomllib.loads(settings.config_file.read_text(encoding="utf-8")))
    return [
        (name, _shown(name, getattr(settings, name)), _origin(name, settings, in_toml, toml))
        for name in Settings.model_fields
    ]


def _shown(name: str, value: object) -> str:
    if name in SECRET_FIELDS and value:
        return "(set)"
    return "" if value is None else str(value)


def _origin(name: str, settings: Settings, in_toml: set[str], toml: str) -> str:
    variable = PREFIX + name.upper()
    if variable in os.environ:
        return f"environment {variable}"
    if name == "database_url" and "DATABASE_URL" in os.environ:
        return "environment DATABASE_URL"
    if (settings.secrets_dir / variable.lower()).is_file():
        return f"secret file {variable.lower()}"
    if name in in_toml:
        return f"file {toml}"
    return "command line" if name in settings.model_fields_set else "default"
