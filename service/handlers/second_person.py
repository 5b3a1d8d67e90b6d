"""Whether one person is enough: for giving rights, and for shortening a retention (NIST SP 800-53 r5 AC-3(2))."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.errors import RefusedError
from service.handlers.models import HANDLER, Role
from service.handlers.rules import Permission, permissions_of
from service.ledger.writer import Unit
from service.settings import SecondPerson

_H = HANDLER.table


class SecondPersonNeededError(RefusedError):
    title = "A second person is needed"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs a second person. Nothing was changed.",
            next_step="Propose it; somebody else who may decide approves it.",
        )


def may_approve(held: frozenset[Permission], permission: Permission) -> bool:
    """Whoever could have done it, and a security officer."""
    return permission in held or Permission.APPROVE_PROPOSAL in held


def is_needed(
    connection: Connection, mode: SecondPerson, permission: Permission, handler_id: str | None
) -> bool:
    if mode is not SecondPerson.WHEN_POSSIBLE:
        return mode is SecondPerson.ALWAYS
    rows = connection.execute(select(_H.c.handler_id, _H.c.roles).where(_H.c.active))
    return any(
        other != handler_id and may_approve(permissions_of(Role(role) for role in roles), permission)
        for other, roles in rows
    )


def check_alone(unit: Unit, mode: SecondPerson, permission: Permission, what: str) -> None:
    """Raises SecondPersonNeededError."""
    unit.flush()
    if is_needed(unit.connection, mode, permission, unit.actor.handler_id):
        raise SecondPersonNeededError(what)
