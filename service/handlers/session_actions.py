"""Opening, seeing and ending sign-ins."""

from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from service.db import table
from service.errors import NotFoundError
from service.handlers.actions import HandlerEvent
from service.handlers.models import HANDLER, SignIn
from service.ledger.writer import Actor, Unit

_SIGN_IN = table(SignIn)
NAME_LENGTH = 16  # a session is named by the start of its hash, which gives nothing away


def open_sign_in(unit: Unit, handler_id: str, session_hash: str, csrf_token: str, lasts: timedelta) -> None:
    """Sweeps away what has ended of this handler's."""
    unit.connection.execute(
        delete(_SIGN_IN).where(_SIGN_IN.c.handler_id == handler_id, _SIGN_IN.c.expires_at <= unit.now)
    )
    row = {
        "session_hash": session_hash,
        "handler_id": handler_id,
        "csrf_token": csrf_token,
        "created_at": unit.now,
        "seen_at": unit.now,
        "expires_at": unit.now + lasts,
    }
    unit.connection.execute(insert(_SIGN_IN), [row])
    unit.append(
        HANDLER.subject(handler_id),
        HandlerEvent.SIGNED_IN,
        facts={"session": session_hash[:NAME_LENGTH], "until": unit.now + lasts},
        actor=Actor(handler_id, unit.actor.via),
    )


def end_sign_in(unit: Unit, session_hash: str) -> None:
    """Nothing when it has ended already."""
    query = select(_SIGN_IN.c.handler_id).where(_SIGN_IN.c.session_hash == session_hash)
    handler_id = unit.connection.execute(query).scalar_one_or_none()
    if handler_id is None:
        return
    unit.connection.execute(delete(_SIGN_IN).where(_SIGN_IN.c.session_hash == session_hash))
    unit.append(
        HANDLER.subject(handler_id),
        HandlerEvent.SIGNED_OUT,
        facts={"session": session_hash[:NAME_LENGTH]},
    )


def end_own_sign_in(unit: Unit, handler_id: str, name: str) -> None:
    """End the handler's sign-in whose hash starts with `name`."""
    query = select(_SIGN_IN.c.session_hash).where(_SIGN_IN.c.handler_id == handler_id)
    found = [full for full in unit.connection.execute(query).scalars() if full[:NAME_LENGTH] == name]
    if not found:
        raise NotFoundError("sign-in", name)
    end_sign_in(unit, found[0])


def see(unit: Unit, session_hash: str) -> None:
    """Keeps the sign-in from idling out; no entry, it happens every minute."""
    unit.connection.execute(
        update(_SIGN_IN).where(_SIGN_IN.c.session_hash == session_hash).values(seen_at=unit.now)
    )
