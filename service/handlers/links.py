"""What a one-time link opens, for the page and the API. The link is looked at before the password is hashed: hashing is slow, and anybody may knock."""

from service.handlers import rules
from service.handlers.credentials import hash_password, normalised
from service.handlers.link_actions import check_link, create_first_administrator, set_password_by_link
from service.handlers.queries import secret_hash
from service.ledger.writer import Actor
from service.runtime import Runtime


def set_up(
    runtime: Runtime, actor: Actor, token: str, *, login: str, name: str, password: str, again: str
) -> str:
    """The first administrator's id."""
    login = rules.login_of(login)
    rules.check_person(login, name)
    login_of_link(runtime, token, of_handler=False)
    hashed = _checked_hash(password, again, login)
    return runtime.writer.run(
        actor,
        lambda unit: create_first_administrator(
            unit, secret_hash(token), login=login, name=name, password_hash=hashed
        ),
    )


def reset(runtime: Runtime, actor: Actor, token: str, *, password: str, again: str) -> str:
    """The id of the handler whose password it is now."""
    hashed = _checked_hash(password, again, login_of_link(runtime, token, of_handler=True))
    return runtime.writer.run(actor, lambda unit: set_password_by_link(unit, secret_hash(token), hashed))


def login_of_link(runtime: Runtime, token: str, *, of_handler: bool) -> str:
    """Whom the link is for, empty for the first administrator's. Raises LinkError."""
    with runtime.database.reading() as session:
        return check_link(session.connection(), secret_hash(token), runtime.clock(), of_handler=of_handler)


def _checked_hash(password: str, again: str, login: str) -> str:
    rules.check_new_password(normalised(password), normalised(again), login)
    return hash_password(password)
