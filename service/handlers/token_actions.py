"""API tokens: shown once, stored hashed, never more than the handler's roles give."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import insert, update

from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.handlers.models import ApiToken
from service.handlers.rules import Permission
from service.ids import is_id
from service.ledger.writer import Unit

_TOKEN = table(ApiToken)
LONGEST_DAYS = 366
MAX_NAME = 120


class TokenEvent(StrEnum):
    CREATED = "token:created"
    REVOKED = "token:revoked"


def check_token(name: str, scopes: Iterable[Permission], allowed: frozenset[Permission], days: int) -> None:
    fields: dict[str, str] = {}
    if not name or not name.isprintable() or len(name) > MAX_NAME:
        fields["name"] = "Write what the token is for."
    chosen = frozenset(scopes)
    if not chosen:
        fields["scopes"] = "Choose at least one."
    elif beyond := sorted(chosen - allowed):
        fields["scopes"] = f"Your roles do not give {', '.join(beyond)}."
    if not 1 <= days <= LONGEST_DAYS:
        fields["days"] = f"1 to {LONGEST_DAYS} days."
    if fields:
        raise InvalidInputError("No token was made. " + " ".join(fields.values()), fields=fields)


def create_token(
    unit: Unit,
    token_id: str,
    *,
    handler_id: str,
    token_hash: str,
    name: str,
    scopes: Iterable[Permission],
    allowed: frozenset[Permission],
    days: int,
) -> str:
    """`allowed` is what the handler's roles give now. Returns the token's id."""
    chosen = sorted(set(scopes))
    check_token(name, chosen, allowed, days)
    ends = unit.now + timedelta(days=days)
    row = {
        "token_id": token_id,
        "token_hash": token_hash,
        "handler_id": handler_id,
        "name": name,
        "scopes": [scope.value for scope in chosen],
        "created_at": unit.now,
        "expires_at": ends,
        "revoked_at": None,
    }
    unit.connection.execute(insert(_TOKEN), [row])
    unit.append(
        f"token:{token_id}",
        TokenEvent.CREATED,
        facts={"handler": handler_id, "name": name, "scopes": chosen, "until": ends},
    )
    return token_id


def revoke_token(unit: Unit, handler_id: str, token_id: str) -> None:
    """The handler's own token; nothing when it is revoked already."""
    found = unit.session.get(ApiToken, token_id) if is_id(token_id) else None
    if found is None or found.handler_id != handler_id:
        raise NotFoundError("token", token_id)
    if found.revoked_at is not None:
        return
    unit.connection.execute(update(_TOKEN).where(_TOKEN.c.token_id == token_id).values(revoked_at=unit.now))
    unit.append(f"token:{token_id}", TokenEvent.REVOKED, facts={"handler": handler_id})
