"""The migrations make exactly the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from service import migrate
from service.db import EnumText, UtcTime
from service.schema import METADATA


def same_type(_context, _inspected, _metadata, _found, wanted):
    return False if isinstance(wanted, EnumText | UtcTime) else None


def test_the_migrated_schema_is_the_schema_of_the_models(runtime):
    with runtime.database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        assert compare_metadata(context, METADATA) == []


def test_a_migrated_database_is_current_and_migrating_again_does_nothing(runtime):
    assert migrate.is_current(runtime.database)
    assert not migrate.upgrade(runtime.database)
