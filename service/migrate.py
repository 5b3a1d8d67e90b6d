"""Brings the database's schema to this version; refuses a database from a newer one."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from service.db import Database
from service.errors import StartError


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "migrations:.")
    config.set_main_option("path_separator", "os")
    return config


def revision(database: Database) -> str | None:
    """The database's schema version; raises StartError when the database does not answer."""
    try:
        with database.reader.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        cause = error.__cause__ or error
        # SQLite speaks of the file alone; a server's words may repeat what is in the URL
        reason = str(cause) if database.kind == "sqlite" else type(cause).__name__
        raise StartError(
            f"The database does not answer: {reason}. Nothing was changed.",
            next_step="Check the database URL, the data folder's permissions, and that the server runs.",
        ) from error


def is_current(database: Database) -> bool:
    return revision(database) == ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(database: Database) -> bool:
    """Run what is missing, in one transaction; True when something was. Raises StartError for a newer database."""
    script = ScriptDirectory.from_config(_config())
    found = revision(database)
    if found is not None and found not in {step.revision for step in script.walk_revisions()}:
        raise StartError(
            f"The database was made by a newer version of Strongroom (schema {found}). Nothing was changed.",
            next_step="Install that version, or start on another data folder.",
        )
    if found == script.get_current_head():
        return False
    config = _config()
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True
