"""Failed sign-ins, counted per login and per client address, so that guessing is slow.

The tables hold hashes of what was typed: people type a password into the wrong field.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import TooManyError
from service.handlers.models import SignInAttempts
from service.ledger.writer import Unit

_ATTEMPTS = table(SignInAttempts)
WINDOW = timedelta(minutes=15)
LOGIN_FAILURES = 5
ADDRESS_FAILURES = 30  # many people may stand behind one address
_IPV6_NETWORK = 64


class TooManySignInsError(TooManyError):
    title = "Too many sign-ins failed"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `failures` in a window under this key."""

    key: str
    failures: int


def limits(login: str, address: str) -> tuple[Limit, Limit]:
    return Limit(_login_key(login), LOGIN_FAILURES), Limit(_address_key(address), ADDRESS_FAILURES)


def _login_key(login: str) -> str:
    return "login:" + sha256(login.encode("utf-8", "replace")).hexdigest()


def _address_key(address: str) -> str:
    """One key for an IPv6 network: its owner can take any address in it."""
    try:
        known = ip_address(address)
    except ValueError:
        return "address:" + address[:60]
    if isinstance(known, IPv6Address):
        network = int(known) >> (128 - _IPV6_NETWORK)
        return f"address:{network:016x}/64"
    return f"address:{known}"


def wait_s(failures: int, started_at: datetime, limit: int, now: datetime) -> int:
    """Seconds until another try is allowed; 0 when one is allowed now."""
    left = (started_at + WINDOW - now).total_seconds()
    return max(1, int(left)) if failures >= limit and left > 0 else 0


def check_attempts(connection: Connection, login: str, address: str, now: datetime) -> None:
    """Raises TooManySignInsError, in the same words whether the login exists or not."""
    waits = [0]
    for limit in limits(login, address):
        row = connection.execute(select(_ATTEMPTS).where(_ATTEMPTS.c.key == limit.key)).one_or_none()
        if row is not None:
            waits.append(wait_s(row.failures, row.window_started_at, limit.failures, now))
    if max(waits):
        raise TooManySignInsError(
            "Too many sign-ins failed. This one was not tried.", retry_after_s=max(waits)
        )


def count_failure(unit: Unit, login: str, address: str) -> bool:
    """True when this failure was the last one allowed for the login."""
    unit.connection.execute(delete(_ATTEMPTS).where(_ATTEMPTS.c.window_started_at <= unit.now - WINDOW))
    of_login, of_address = limits(login, address)
    _add(unit, of_address.key)
    return _add(unit, of_login.key) == of_login.failures


def _add(unit: Unit, key: str) -> int:
    found = unit.connection.execute(
        select(_ATTEMPTS.c.failures).where(_ATTEMPTS.c.key == key)
    ).scalar_one_or_none()
    if found is None:
        row = {"key": key, "failures": 1, "window_started_at": unit.now}
        unit.connection.execute(insert(_ATTEMPTS), [row])
        return 1
    failures = int(found) + 1
    unit.connection.execute(update(_ATTEMPTS).where(_ATTEMPTS.c.key == key).values(failures=failures))
    return failures


def clear_failures(unit: Unit, login: str) -> None:
    """After a success. The address keeps its count: else one good account would pay for guessing at others."""
    unit.connection.execute(delete(_ATTEMPTS).where(_ATTEMPTS.c.key == _login_key(login)))
