"""Who is signed in, by session or by token; who there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import column, func
from sqlalchemy import select as select_core
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection
from sqlmodel import Session, col, select

from service.errors import NotFoundError
from service.handlers.models import ApiToken, Handler, Role, SignIn
from service.handlers.rules import Permission, permissions_of
from service.ids import is_id

# Parties are a higher room; whom a handler works for is asked of the table alone.
_PARTY = named_table("party", column("party_id"), column("name"), column("active"))


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


def person_by_session(session: Session, session_hash: str, now: datetime, idle: timedelta) -> Person | None:
    row = session.exec(
        select(SignIn, Handler)
        .join(Handler, col(Handler.handler_id) == col(SignIn.handler_id))
        .where(
            SignIn.session_hash == session_hash,
            col(SignIn.expires_at) > now,
            col(SignIn.seen_at) > now - idle,
            col(Handler.active),
        )
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


@dataclass(frozen=True, slots=True)
class Employer:
    party_id: str
    name: str


def employers(connection: Connection) -> list[Employer]:
    """The active parties, by name."""
    query = select_core(_PARTY.c.party_id, _PARTY.c.name).where(_PARTY.c.active).order_by(_PARTY.c.name)
    return [Employer(party_id, name) for party_id, name in connection.execute(query)]


def party_names(connection: Connection) -> dict[str, str]:
    """Every party's name, active or not, by id."""
    rows = connection.execute(select_core(_PARTY.c.party_id, _PARTY.c.name))
    return {row.party_id: row.name for row in rows}


def handler(session: Session, handler_id: str) -> Handler:
    found = session.get(Handler, handler_id) if is_id(handler_id) else None
    if found is None:
        raise NotFoundError("handler", handler_id)
    return found


def handler_by_login(session: Session, login: str) -> Handler | None:
    return session.exec(select(Handler).where(Handler.login == login)).one_or_none()


def handlers(
    session: Session, *, after: str | None = None, limit: int = 200, active: bool | None = None
) -> Sequence[Handler]:
    """By id: about the order in which they were made."""
    query = select(Handler).order_by(col(Handler.handler_id)).limit(limit)
    if after is not None:
        query = query.where(col(Handler.handler_id) > after)
    if active is not None:
        query = query.where(col(Handler.active) == active)
    return session.exec(query).all()


def handlers_of(session: Session, party_id: str, limit: int) -> Sequence[Handler]:
    """Who works for a party."""
    query = select(Handler).where(Handler.party_id == party_id)
    return session.exec(query.order_by(col(Handler.name)).limit(limit)).all()


def active_count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Handler).where(col(Handler.active))).one()


def names_of(session: Session, handler_ids: Sequence[str]) -> dict[str, str]:
    """Names by id, for lists that show who did what."""
    query = select(Handler.handler_id, Handler.name).where(col(Handler.handler_id).in_(handler_ids))
    return dict(session.exec(query).all())


def sign_ins_of(session: Session, handler_id: str, now: datetime) -> Sequence[SignIn]:
    query = select(SignIn).where(SignIn.handler_id == handler_id, col(SignIn.expires_at) > now)
    return session.exec(query.order_by(col(SignIn.seen_at).desc())).all()


def tokens_of(session: Session, handler_id: str) -> Sequence[ApiToken]:
    query = select(ApiToken).where(ApiToken.handler_id == handler_id)
    return session.exec(query.order_by(col(ApiToken.token_id).desc())).all()


def token_of(session: Session, handler_id: str, token_id: str) -> ApiToken:
    found = session.get(ApiToken, token_id) if is_id(token_id) else None
    if found is None or found.handler_id != handler_id:
        raise NotFoundError("token", token_id)
    return found
