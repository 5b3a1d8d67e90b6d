"""The frame around every page: made from the request, the signed-in person and what is open."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import unquote

from fastapi import Request
from sqlmodel import Session

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ids import new_id
from service.ledger import store
from service.runtime import Runtime
from service.web.views.frame import OUTSIDER_RAIL, RAIL, Count, Frame, Place
from service.web.views.frame import Person as FramePerson
from service.web.views.parts import Notice, Tone

NOTICE_COOKIE = "strongroom_notice"


def framed(request: Request, session: Session, person: Person) -> Frame:
    runtime: Runtime = request.app.state.runtime
    now = runtime.clock()
    counts: Callable[[Session, Person, datetime], Mapping[Place, Count]] = request.app.state.rail_counts
    head = store.head(session.connection())
    outsider = not person.may(Permission.READ)
    return Frame(
        site=runtime.settings.site,
        now=now,
        zone=request.app.state.zone,
        csrf=person.csrf_token,
        person=FramePerson(person.name, person.title),
        counts=counts(session, person, now),
        ledger_size=None if outsider else head.size,
        signed_at=None if outsider else head.signed_at,
        notices=_notices(request),
        query=request.query_params.get("q", ""),
        places=OUTSIDER_RAIL if outsider else RAIL,
        administration_href=None if outsider else "/administration",
        simulated=bool(getattr(request.app.state, "simulated", False)),
        form_key=new_id(now),
    )


def unframed(request: Request, csrf: str = "") -> Frame:
    """Where nobody is signed in, or nothing may be asked of the database."""
    runtime: Runtime = request.app.state.runtime
    now = runtime.clock()
    return Frame(runtime.settings.site, now, request.app.state.zone, csrf=csrf, form_key=new_id(now))


def _notices(request: Request) -> tuple[Notice, ...]:
    tone, _, text = unquote(request.cookies.get(NOTICE_COOKIE, "")).partition(":")
    return (Notice(text, Tone(tone)),) if text and tone in set(Tone) else ()
