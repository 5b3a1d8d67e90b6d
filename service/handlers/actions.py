"""Making handlers and changing what they may do. Passwords come in hashed: hashing does not belong in the writer."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from service.db import table
from service.errors import InvalidInputError, NotFoundError, RefusedError
from service.handlers import rules
from service.handlers.models import HANDLER, ApiToken, Handler, Role, SetupLink, SignIn
from service.handlers.queries import employers
from service.handlers.second_person import check_alone
from service.ids import is_id
from service.ledger.writer import Unit
from service.settings import SecondPerson

_H = HANDLER.table
_SIGN_IN = table(SignIn)
_TOKEN = table(ApiToken)
_LINK = table(SetupLink)


class HandlerEvent(StrEnum):
    CREATED = "handler:created"
    EDITED = "handler:edited"
    ROLES_CHANGED = "handler:roles_changed"
    DEACTIVATED = "handler:deactivated"
    REACTIVATED = "handler:reactivated"
    PASSWORD_SET = "handler:password_set"  # noqa: S105 - an event's tag
    LINK_MADE = "handler:link_made"
    SIGNED_IN = "handler:signed_in"
    SIGNED_OUT = "handler:signed_out"
    SIGN_IN_REFUSED = "handler:sign_in_refused"


def create_handler(
    unit: Unit,
    *,
    login: str,
    name: str,
    party_id: str,
    roles: Iterable[Role],
    title: str = "",
    password_hash: str = "",
    reason: str | None = None,
    alone: SecondPerson = SecondPerson.NEVER,
    facts: Mapping[str, object] | None = None,
) -> str:
    """Returns the handler's id. `alone` as for `change_roles`. Without a password the handler cannot sign in until a one-time link set one."""
    held = sorted(set(roles))
    login = rules.login_of(login)
    rules.check_person(login, name, title)
    rules.check_roles(held, reason)
    check_new(unit, login, party_id)
    check_alone(unit, alone, rules.Permission.MANAGE_HANDLERS, f"A handler who is {_words(held)}")
    handler_id = unit.new_id()
    values = {
        "handler_id": handler_id,
        "login": login,
        "name": name,
        "title": title,
        "party_id": party_id,
        "roles": [role.value for role in held],
        "password_hash": password_hash,
        "active": True,
        "created_at": unit.now,
    }
    unit.create(HANDLER, values, HandlerEvent.CREATED, reason=reason, facts=facts or _flag(alone))
    return handler_id


def check_new(unit: Unit, login: str, party_id: str) -> None:
    unit.flush()
    _check_login_is_free(unit, login)
    _check_employer(unit, party_id)


def _words(roles: Iterable[Role]) -> str:
    return " and ".join(rules.role_word(role) for role in roles)


def _flag(alone: SecondPerson) -> dict[str, object] | None:
    """What one person did alone because nobody else could approve it says so."""
    return {"alone": True} if alone is SecondPerson.WHEN_POSSIBLE else None


def _check_login_is_free(unit: Unit, login: str) -> None:
    if unit.connection.execute(select(_H.c.handler_id).where(_H.c.login == login)).first() is not None:
        raise InvalidInputError(
            f"There is a handler with the login {login} already. Nothing was saved.",
            fields={"login": "This login is taken."},
        )


def _check_employer(unit: Unit, party_id: str) -> None:
    if party_id not in {found.party_id for found in employers(unit.connection)}:
        raise InvalidInputError(
            "The handler works for no active party. Nothing was saved.",
            fields={"party_id": "Choose a party."},
        )


def edit_handler(unit: Unit, handler_id: str, *, name: str, title: str, party_id: str) -> None:
    found = existing(unit, handler_id)
    rules.check_person(found.login, name, title)
    if party_id != found.party_id:
        _check_employer(unit, party_id)
    typed = {"name": name, "title": title, "party_id": party_id}
    changed = {key: value for key, value in typed.items() if getattr(found, key) != value}
    if changed:
        unit.change(HANDLER, handler_id, changed, HandlerEvent.EDITED)


def change_roles(
    unit: Unit,
    handler_id: str,
    roles: Iterable[Role],
    reason: str | None = None,
    *,
    alone: SecondPerson = SecondPerson.NEVER,
    facts: Mapping[str, object] | None = None,
) -> None:
    """`alone` says whether one person is enough: raises SecondPersonNeededError. The system, and who approves, need no other."""
    held = sorted(set(roles))
    found = existing(unit, handler_id)
    rules.check_not_oneself(handler_id, unit.actor.handler_id)
    rules.check_roles(held, reason)
    if [role.value for role in held] == sorted(found.roles):
        return
    check_alone(unit, alone, rules.Permission.MANAGE_HANDLERS, "Another set of roles")
    if Role.SYSTEM_ADMINISTRATOR in found.roles and Role.SYSTEM_ADMINISTRATOR not in held:
        rules.check_an_administrator_stays(found.name, administrators(unit, besides=handler_id))
    unit.change(
        HANDLER,
        handler_id,
        {"roles": [role.value for role in held]},
        HandlerEvent.ROLES_CHANGED,
        reason=reason,
        facts=facts or _flag(alone),
    )


def deactivate_handler(unit: Unit, handler_id: str, reason: str | None = None) -> None:
    """Ends the handler's sign-ins, tokens and open links with it."""
    found = existing(unit, handler_id)
    rules.check_not_oneself(handler_id, unit.actor.handler_id)
    if not found.active:
        return
    if Role.SYSTEM_ADMINISTRATOR in found.roles:
        rules.check_an_administrator_stays(found.name, administrators(unit, besides=handler_id))
    unit.change(HANDLER, handler_id, {"active": False}, HandlerEvent.DEACTIVATED, reason=reason)
    end_sign_ins(unit, handler_id)
    unit.connection.execute(delete(_LINK).where(_LINK.c.handler_id == handler_id, _LINK.c.used_at.is_(None)))
    unit.connection.execute(
        update(_TOKEN)
        .where(_TOKEN.c.handler_id == handler_id, _TOKEN.c.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )


def reactivate_handler(unit: Unit, handler_id: str) -> None:
    if not existing(unit, handler_id).active:
        unit.change(HANDLER, handler_id, {"active": True}, HandlerEvent.REACTIVATED)


def set_password(
    unit: Unit, handler_id: str, password_hash: str, *, keep: str | None = None, by_link: bool = False
) -> None:
    """Every sign-in ends but the one whose session hash is `keep`."""
    found = existing(unit, handler_id)
    if not found.active:
        raise RefusedError(f"{found.name} is not active. The password was not set.")
    unit.connection.execute(
        update(_H).where(_H.c.handler_id == handler_id).values(password_hash=password_hash)
    )
    end_sign_ins(unit, handler_id, keep=keep)
    unit.append(HANDLER.subject(handler_id), HandlerEvent.PASSWORD_SET, facts={"by_link": by_link})


def end_sign_ins(unit: Unit, handler_id: str, keep: str | None = None) -> None:
    ended = delete(_SIGN_IN).where(_SIGN_IN.c.handler_id == handler_id)
    unit.connection.execute(ended if keep is None else ended.where(_SIGN_IN.c.session_hash != keep))


def administrators(unit: Unit, besides: str | None = None) -> int:
    """How many active system administrators there are."""
    unit.flush()
    rows = unit.connection.execute(select(_H.c.handler_id, _H.c.roles).where(_H.c.active))
    return sum(Role.SYSTEM_ADMINISTRATOR in roles and handler_id != besides for handler_id, roles in rows)


def handler_count(unit: Unit) -> int:
    unit.flush()
    return unit.connection.execute(select(func.count()).select_from(_H)).scalar_one()


def existing(unit: Unit, handler_id: str) -> Handler:
    unit.flush()
    found = unit.session.get(Handler, handler_id, populate_existing=True) if is_id(handler_id) else None
    if found is None:
        raise NotFoundError("handler", handler_id)
    return found
