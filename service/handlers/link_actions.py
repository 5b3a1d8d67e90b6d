"""One-time links: the first administrator's, and a handler's to a new password. Only the token's hash is stored."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from service.bookkeeping import ORGANISATION
from service.db import table
from service.errors import RefusedError
from service.handlers import rules
from service.handlers.actions import HandlerEvent, administrators, create_handler, existing, set_password
from service.handlers.models import HANDLER, Role, SetupLink
from service.ledger.writer import Unit
from service.runtime import recall

_LINK = table(SetupLink)
LASTS = timedelta(hours=24)


class LinkError(RefusedError):
    title = "The link is not valid"

    def __init__(self) -> None:
        super().__init__(
            "This link was used, is too old, or never was. Nothing was changed.",
            next_step="Ask your system administrator for a new one; the first one is printed when Strongroom starts.",
        )


def make_setup_link(unit: Unit, token_hash: str) -> bool:
    """For the first administrator; False when there is one already. Earlier links stay good until one is used."""
    if administrators(unit):
        return False
    _insert(unit, token_hash, None)
    return True


def make_password_link(unit: Unit, handler_id: str, token_hash: str) -> None:
    """Takes the place of the handler's earlier links."""
    found = existing(unit, handler_id)
    if not found.active:
        raise RefusedError(
            f"{found.name} is not active. No link was made.", next_step="Reactivate the handler first."
        )
    unit.connection.execute(delete(_LINK).where(_LINK.c.handler_id == handler_id, _LINK.c.used_at.is_(None)))
    _insert(unit, token_hash, handler_id)
    unit.append(HANDLER.subject(handler_id), HandlerEvent.LINK_MADE, facts={"until": unit.now + LASTS})


def _insert(unit: Unit, token_hash: str, handler_id: str | None) -> None:
    row = {
        "token_hash": token_hash,
        "handler_id": handler_id,
        "created_at": unit.now,
        "expires_at": unit.now + LASTS,
        "used_at": None,
    }
    unit.connection.execute(insert(_LINK), [row])


def create_first_administrator(
    unit: Unit, token_hash: str, *, login: str, name: str, password_hash: str
) -> str:
    """Uses up the setup link; returns the handler's id."""
    link = _use(unit, token_hash)
    if link.handler_id is not None or administrators(unit):
        raise LinkError
    handler_id = create_handler(
        unit,
        login=login,
        name=name,
        title=rules.role_word(Role.SYSTEM_ADMINISTRATOR),
        party_id=recall(unit.connection, ORGANISATION) or "",
        roles=[Role.SYSTEM_ADMINISTRATOR],
        password_hash=password_hash,
    )
    unit.connection.execute(delete(_LINK).where(_LINK.c.handler_id.is_(None), _LINK.c.used_at.is_(None)))
    return handler_id


def set_password_by_link(unit: Unit, token_hash: str, password_hash: str) -> str:
    """Uses up the handler's link; returns the handler's id."""
    link = _use(unit, token_hash)
    if link.handler_id is None:
        raise LinkError
    set_password(unit, link.handler_id, password_hash, by_link=True)
    return str(link.handler_id)


def check_link(connection: Connection, token_hash: str, now: datetime, *, of_handler: bool) -> str:
    """The login it is for, empty for the first administrator's. Raises LinkError when it is of the other kind or over."""
    link = _open_link(connection, token_hash, now)
    if (link.handler_id is not None) != of_handler:
        raise LinkError
    return str(link.login or "")


def _use(unit: Unit, token_hash: str) -> Row[Any, Any, Any]:
    link = _open_link(unit.connection, token_hash, unit.now)
    unit.connection.execute(update(_LINK).where(_LINK.c.token_hash == token_hash).values(used_at=unit.now))
    return link


def _open_link(connection: Connection, token_hash: str, now: datetime) -> Row[Any, Any, Any]:
    link = connection.execute(
        select(_LINK.c.token_hash, _LINK.c.handler_id, HANDLER.table.c.login)
        .join(HANDLER.table, HANDLER.table.c.handler_id == _LINK.c.handler_id, isouter=True)
        .where(_LINK.c.token_hash == token_hash, _LINK.c.used_at.is_(None), _LINK.c.expires_at > now)
    ).one_or_none()
    if link is None:
        raise LinkError
    return link
