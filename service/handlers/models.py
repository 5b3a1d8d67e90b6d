"""People who sign in, and what proves that they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from service.db import UtcTime, table
from service.ledger.projection import Projection


class Role(StrEnum):
    SYSTEM_ADMINISTRATOR = "system_administrator"
    BACKUP_ADMINISTRATOR = "backup_administrator"
    RESTORE_OPERATOR = "restore_operator"
    MEDIA_HANDLER = "media_handler"
    VAULT_CUSTODIAN = "vault_custodian"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"


class Handler(SQLModel, table=True):
    __tablename__ = "handler"

    handler_id: str = Field(primary_key=True, max_length=26)
    login: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=120)
    title: str = Field(default="", max_length=120)
    party_id: str = Field(foreign_key="party.party_id", max_length=26)
    roles: list[str] = Field(sa_type=JSON)
    password_hash: str = Field(default="", max_length=200)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcTime)


HANDLER = Projection(
    "handler",
    table(Handler),
    "handler_id",
    frozenset({"login", "name", "title", "party_id", "roles", "active"}),
)


class SignIn(SQLModel, table=True):
    """An opaque server-side session; the cookie holds what hashes to `session_hash`."""

    __tablename__ = "sign_in"

    session_hash: str = Field(primary_key=True, max_length=64)
    handler_id: str = Field(foreign_key="handler.handler_id", index=True, max_length=26)
    csrf_token: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"

    token_id: str = Field(primary_key=True, max_length=26)
    token_hash: str = Field(max_length=64, unique=True)
    handler_id: str = Field(foreign_key="handler.handler_id", index=True, max_length=26)
    name: str = Field(max_length=120)
    scopes: list[str] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SignInAttempts(SQLModel, table=True):
    """Failed sign-ins in the current window, per login and per address."""

    __tablename__ = "sign_in_attempts"

    key: str = Field(primary_key=True, max_length=160)
    failures: int
    window_started_at: datetime = Field(sa_type=UtcTime)


class SetupLink(SQLModel, table=True):
    """A one-time link: without a handler it makes the first administrator, with one it sets that person's password."""

    __tablename__ = "setup_link"

    token_hash: str = Field(primary_key=True, max_length=64)
    handler_id: str | None = Field(default=None, foreign_key="handler.handler_id", index=True, max_length=26)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
