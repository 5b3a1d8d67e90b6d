"""Signing in with login and password. Verifying happens in the caller's thread, the decision in the writer's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.errors import InvalidInputError, NotSignedInError
from service.handlers import attempts, rules
from service.handlers.actions import HandlerEvent, existing, set_password
from service.handlers.credentials import hash_password, new_secret, normalised, password_fits
from service.handlers.models import HANDLER, Handler
from service.handlers.queries import Person, handler, handler_by_login, secret_hash
from service.handlers.session_actions import open_sign_in
from service.ledger.writer import Actor, Unit, Via
from service.runtime import Runtime


class SignInRefusedError(NotSignedInError):
    title = "Sign-in refused"

    def __init__(self) -> None:
        super().__init__(
            "Login and password do not fit. You are not signed in.",
            "Check both and try again; a system administrator can send you a link for a new password.",
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A new sign-in; `secret` goes into the cookie and nowhere else."""

    handler_id: str
    secret: str
    csrf_token: str
    expires_at: datetime


def sign_in(runtime: Runtime, login: str, password: str, address: str, via: Via) -> Opened:
    """Raises SignInRefusedError or TooManySignInsError; neither tells whether the login exists."""
    login = rules.login_of(login)
    with runtime.database.reading() as session:
        attempts.check_attempts(session.connection(), login, address, runtime.clock())
        found = handler_by_login(session, login) if rules.LOGIN.fullmatch(login) else None
    known = found if found is not None and found.active else None
    fits = password_fits(password, known.password_hash if known else "")

    def decide(unit: Unit) -> Opened | None:
        attempts.check_attempts(unit.connection, login, address, unit.now)
        if not fits or known is None or not _unchanged(unit, known):
            _refuse(unit, login, address, known)
            return None
        return _open(unit, known.handler_id, login, timedelta(hours=runtime.settings.session_hours))

    opened = runtime.writer.run(Actor(known.handler_id if known else None, via), decide)
    if opened is None:
        raise SignInRefusedError
    return opened


def _unchanged(unit: Unit, known: Handler) -> bool:
    """Deactivated, or another password, since it was read?"""
    found = existing(unit, known.handler_id)
    return found.active and found.password_hash == known.password_hash


def _refuse(unit: Unit, login: str, address: str, known: Handler | None) -> None:
    if attempts.count_failure(unit, login, address) and known is not None:
        unit.append(
            HANDLER.subject(known.handler_id),
            HandlerEvent.SIGN_IN_REFUSED,
            facts={"failures": attempts.LOGIN_FAILURES, "waits_s": int(attempts.WINDOW.total_seconds())},
        )


def _open(unit: Unit, handler_id: str, login: str, lasts: timedelta) -> Opened:
    opened = Opened(handler_id, new_secret(), new_secret(), unit.now + lasts)
    open_sign_in(unit, handler_id, secret_hash(opened.secret), opened.csrf_token, lasts)
    attempts.clear_failures(unit, login)
    return opened


def change_own_password(
    runtime: Runtime, person: Person, *, current: str, password: str, again: str, address: str
) -> None:
    """Ends the person's other sign-ins. A second press of the same button finds the password changed and is content."""
    rules.check_new_password(normalised(password), normalised(again), person.login)
    with runtime.database.reading() as session:
        attempts.check_attempts(session.connection(), person.login, address, runtime.clock())
        stored = handler(session, person.handler_id).password_hash
    actor = Actor(person.handler_id, Via.WEB if person.session_hash else Via.API)
    if not password_fits(current, stored):
        if password_fits(password, stored):
            return
        runtime.writer.run(actor, lambda unit: attempts.count_failure(unit, person.login, address))
        raise InvalidInputError(
            "The present password does not fit. The password was not changed.",
            fields={"current": "This is not your present password."},
        )
    hashed = hash_password(password)
    runtime.writer.run(
        actor, lambda unit: set_password(unit, person.handler_id, hashed, keep=person.session_hash)
    )
