"""Who is signed in, by session or by token."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session, col, select

from service.handlers.models import ApiToken, Handler, Role, SignIn
from service.handlers.rules import Permission, permissions_of


@dataclass(frozen=True, slots=True)
class Person:
    """The handler behind a request, and what they may do in it."""

    handler_id: str
    login: str
    name: str
    title: str
    party_id: str
    roles: tuple[Role, ...]
    permissions: frozenset[Permission]
    session_hash: str | None  # None for a token
    csrf_token: str
    expires_at: datetime
    seen_at: datetime

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def secret_hash(secret: str) -> str:
    """How session and API secrets are stored; they are random, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def person_by_session(session: Session, session_hash: str, now: datetime) -> Person | None:
    row = session.exec(
        select(SignIn, Handler)
        .join(Handler, col(Handler.handler_id) == col(SignIn.handler_id))
        .where(SignIn.session_hash == session_hash, col(SignIn.expires_at) > now, col(Handler.active))
    ).one_or_none()
    if row is None:
        return None
    sign_in, handler = row
    roles = tuple(Role(role) for role in handler.roles)
    return Person(
        handler.handler_id, handler.login, handler.name, handler.title, handler.party_id, roles, permissions_of(roles),
        session_hash, sign_in.csrf_token, sign_in.expires_at, sign_in.seen_at,
    )  # fmt: skip


def person_by_token(session: Session, token_hash: str, now: datetime) -> Person | None:
    """A token never gives more than its handler has, nor more than its scopes name."""
    row = session.exec(
        select(ApiToken, Handler)
        .join(Handler, col(Handler.handler_id) == col(ApiToken.handler_id))
        .where(
            ApiToken.token_hash == token_hash,
            col(ApiToken.expires_at) > now,
            col(ApiToken.revoked_at).is_(None),
            col(Handler.active),
        )
    ).one_or_none()
    if row is None:
        return None
    token, handler = row
    roles = tuple(Role(role) for role in handler.roles)
    allowed = permissions_of(roles) & {Permission(scope) for scope in token.scopes}
    return Person(
        handler.handler_id, handler.login, handler.name, handler.title, handler.party_id, roles, allowed,
        None, "", token.expires_at, now,
    )  # fmt: skip
