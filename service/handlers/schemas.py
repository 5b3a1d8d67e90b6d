"""Shapes of the API that differ from the tables: nothing secret comes out of a table by itself."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr

from service.handlers.models import ApiToken, Handler, Role, SignIn
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.handlers.session_actions import NAME_LENGTH

LONGEST_TYPED = 500
_EXAMPLE_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"
_EXAMPLE_TIME = "2026-11-19T19:06:00Z"


def _example(**values: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": values})


class SignInRequest(BaseModel):
    model_config = _example(login="handler", password="a sentence only you know")  # noqa: S106 - an example

    login: str = Field(max_length=LONGEST_TYPED)
    password: SecretStr = Field(max_length=LONGEST_TYPED)


class OpenedShape(BaseModel):
    """`csrf_token` goes into the X-CSRF-Token header of every unsafe request made with the cookie."""

    handler_id: str
    csrf_token: str
    expires_at: datetime


class PersonShape(BaseModel):
    """The person behind a request, and what they may do in it."""

    handler_id: str
    login: str
    name: str
    title: str
    party_id: str
    roles: list[Role]
    permissions: list[Permission]
    expires_at: datetime

    @staticmethod
    def of(person: Person) -> "PersonShape":
        return PersonShape(
            handler_id=person.handler_id,
            login=person.login,
            name=person.name,
            title=person.title,
            party_id=person.party_id,
            roles=list(person.roles),
            permissions=sorted(person.permissions),
            expires_at=person.expires_at,
        )


class PasswordRequest(BaseModel):
    model_config = _example(current="the present sentence", password="a sentence only you know")  # noqa: S106 - an example

    current: SecretStr = Field(max_length=LONGEST_TYPED)
    password: SecretStr = Field(max_length=LONGEST_TYPED)


class HandlerShape(BaseModel):
    handler_id: str
    login: str
    name: str
    title: str
    party_id: str
    roles: list[Role]
    active: bool
    created_at: datetime

    @staticmethod
    def of(found: Handler) -> "HandlerShape":
        roles = [Role(role) for role in found.roles]
        return HandlerShape.model_validate(found.model_dump() | {"roles": roles})


class NewHandler(BaseModel):
    model_config = _example(
        login="handler-7",
        name="Handler 7",
        title="Media handler",
        party_id=_EXAMPLE_ID,
        roles=["media_handler"],
    )

    login: str = Field(max_length=LONGEST_TYPED)
    name: str = Field(max_length=LONGEST_TYPED)
    title: str = Field(default="", max_length=LONGEST_TYPED)
    party_id: str = Field(max_length=LONGEST_TYPED)
    roles: list[Role]
    reason: str | None = Field(default=None, max_length=LONGEST_TYPED)


class HandlerEdit(BaseModel):
    """What is left out stays."""

    model_config = _example(name="Handler 7", title="Media handler, night shift")

    name: str | None = Field(default=None, max_length=LONGEST_TYPED)
    title: str | None = Field(default=None, max_length=LONGEST_TYPED)
    party_id: str | None = Field(default=None, max_length=LONGEST_TYPED)


class RolesRequest(BaseModel):
    model_config = _example(roles=["media_handler", "restore_operator"], reason="Covers the night shift.")

    roles: list[Role]
    reason: str | None = Field(default=None, max_length=LONGEST_TYPED)


class ReasonRequest(BaseModel):
    model_config = _example(reason="Left the organisation.")

    reason: str = Field(min_length=1, max_length=LONGEST_TYPED)


class LinkShape(BaseModel):
    """`link` sets a new password once, until `expires_at`; it is shown here and never again."""

    link: str
    expires_at: datetime


class SetupRequest(BaseModel):
    """`link` is the last part of the one-time link."""

    model_config = _example(
        link="Pgdi1-_aoK7OjSoF0T90SYA3WzgjSnlpWQKS3BRscYM",
        login="root",
        name="Administrator 1",
        password="a sentence only you know",  # noqa: S106 - an example
    )

    link: SecretStr = Field(max_length=LONGEST_TYPED)
    login: str = Field(max_length=LONGEST_TYPED)
    name: str = Field(max_length=LONGEST_TYPED)
    password: SecretStr = Field(max_length=LONGEST_TYPED)


class ResetRequest(BaseModel):
    """`link` is the last part of the one-time link."""

    model_config = _example(
        link="Pgdi1-_aoK7OjSoF0T90SYA3WzgjSnlpWQKS3BRscYM",
        password="a sentence only you know",  # noqa: S106 - an example
    )

    link: SecretStr = Field(max_length=LONGEST_TYPED)
    password: SecretStr = Field(max_length=LONGEST_TYPED)


class SignInShape(BaseModel):
    """`name` is how a sign-in is called in the ledger and ended here; it opens nothing."""

    name: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool

    @staticmethod
    def of(found: SignIn, current: str | None) -> "SignInShape":
        return SignInShape(
            name=found.session_hash[:NAME_LENGTH],
            created_at=found.created_at,
            seen_at=found.seen_at,
            expires_at=found.expires_at,
            current=found.session_hash == current,
        )


class SignInList(BaseModel):
    items: list[SignInShape]


class TokenShape(BaseModel):
    token_id: str
    name: str
    scopes: list[Permission]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @staticmethod
    def of(found: ApiToken) -> "TokenShape":
        scopes = [Permission(scope) for scope in found.scopes]
        return TokenShape.model_validate(found.model_dump() | {"scopes": scopes})


class TokenList(BaseModel):
    items: list[TokenShape]


class NewTokenShape(TokenShape):
    """`secret` is shown here and never again; an answer repeated by its Idempotency-Key has none."""

    secret: str | None


class NewToken(BaseModel):
    model_config = _example(name="Inventory script", scopes=["read"], days=90)

    name: str = Field(max_length=LONGEST_TYPED)
    scopes: list[Permission]
    days: int = Field(default=90)
