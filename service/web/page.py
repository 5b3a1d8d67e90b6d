"""What an HTML route asks for.

    @router.get("/runs/{number}")
    def run_page(number: str, page: Annotated[Page, page_for(Permission.READ)]) -> Response:
        return page.render("runs/run.html", view)

    @router.post("/runs/{number}/approve")
    def approve(number: str, page: Annotated[Page, page_for(Permission.APPROVE_RUN)]) -> Response:
        page.act(lambda unit: actions.approve(unit, number))
        return page.redirect(f"/runs/{number}", "Approved.")

Every form carries `csrf_token` and `form_key`; a second press of the same button of the same page gets the first answer.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson
from fastapi import Depends, Request
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.answers import RequestKey, once
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Actor, Unit, Via
from service.runtime import Runtime
from service.web.deps import declared, permitted, runtime_of
from service.web.errors import refusal
from service.web.framing import NOTICE_COOKIE, framed
from service.web.kept_errors import from_problem
from service.web.kept_form import FORM_KEY
from service.web.templating import render
from service.web.views.frame import Frame
from service.web.views.parts import Tone

NOTICE_S = 30


@dataclass
class Page:
    request: Request
    runtime: Runtime
    session: Session
    person: Person
    form: FormData

    @property
    def now(self) -> datetime:
        return self.runtime.clock()

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.request.app.state.zone
        return zone

    @property
    def actor(self) -> Actor:
        return Actor(self.person.handler_id, Via.WEB)

    def text(self, name: str) -> str:
        """A typed field, stripped; empty when it is not there."""
        value = self.form.get(name, "")
        return "" if isinstance(value, UploadFile) else value.strip()

    def texts(self, name: str) -> list[str]:
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def render(self, template: str, view: object, status: int = 200) -> Response:
        frame = self.frame()
        response = HTMLResponse(render(template, view, frame), status)
        if frame.notices:
            response.delete_cookie(NOTICE_COOKIE)
        return response

    def fragment(self, template: str, view: object) -> Response:
        return HTMLResponse(render(template, view, replace(self.frame(), notices=())))

    def frame(self) -> Frame:
        return framed(self.request, self.session, self.person)

    def act(self, work: Callable[[Unit], Any]) -> Any:
        """Do the work in one unit; returns what it returns (strings, numbers, lists and maps of these)."""
        answer = self.runtime.writer.run(
            self.actor, once(self._key(), 200, lambda unit: orjson.dumps(work(unit)), refusal)
        )
        if answer.status >= 400:  # noqa: PLR2004 - first HTTP error status
            raise from_problem(orjson.loads(answer.body))
        return orjson.loads(answer.body)

    def _key(self) -> RequestKey | None:
        given = self.text(FORM_KEY)
        if not given:
            return None
        content = orjson.dumps(
            [(name, value) for name, value in self.form.multi_items() if isinstance(value, str)]
        )
        return RequestKey.of(
            self.person.handler_id, given, self.request.method, self.request.url.path, content
        )

    def redirect(self, url: str, notice: str = "", tone: Tone = Tone.GREEN) -> Response:
        """303 to the next page; `notice` is shown there once. htmx follows by HX-Redirect."""
        if "hx-request" in self.request.headers:
            response = Response(status_code=204, headers={"HX-Redirect": url})
        else:
            response = RedirectResponse(url, 303)
        if notice:
            response.set_cookie(
                NOTICE_COOKIE,
                quote(f"{tone.value}:{notice}"),
                max_age=NOTICE_S,
                httponly=True,
                samesite="lax",
            )
        return response


def page_for(permission: Permission) -> Any:
    async def load(request: Request) -> tuple[Person, FormData]:
        person = await permitted(request, permission)
        posts = request.method == "POST"
        return person, await request.form() if posts else FormData()

    def dependency(
        request: Request, loaded: Annotated[tuple[Person, FormData], Depends(declared(load, permission))]
    ) -> Iterator[Page]:
        runtime = runtime_of(request)
        with closing(Session(runtime.database.reader, autoflush=False, expire_on_commit=False)) as session:
            yield Page(request, runtime, session, *loaded)

    return Depends(declared(dependency, permission))
