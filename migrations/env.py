"""Alembic's entry: `service.migrate` hands the connection over in the configuration's attributes."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from service.db import EnumText, UtcTime
from service.schema import METADATA


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.Unicode(length=40)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=render,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
