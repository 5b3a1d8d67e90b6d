"""Puts the rooms together: routes, errors, middleware, background workers."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from service import rooms
from service.errors import NotSignedInError, StrongroomError
from service.handlers import door_pages
from service.handlers.queries import Person
from service.runtime import Runtime
from service.today.rail import rail_counts
from service.web.deps import CsrfError
from service.web.errors import (
    PROBLEM_ANSWER,
    InternalError,
    from_http,
    from_validation,
    problem_response,
    status_of,
    wants_page,
)
from service.web.kept_form import kept_of, page_of
from service.web.middleware import Surroundings
from service.web.problem_page import problem_page, typed_before_page
from service.web.sign_ins import SignIns, is_tls
from service.web.templating import STATIC

log = structlog.get_logger(__name__)

OPENAPI_URL = "/api/v1/openapi.json"
STREAM_LASTS_S = 60.0  # then the browser opens the next stream, and the sign-in is asked for again
FOREVER = "public, max-age=31536000, immutable"


class UndeclaredRouteError(Exception):
    """A route that declares no permission: default is deny, so the program does not start."""


def create_app(runtime: Runtime) -> FastAPI:
    app = FastAPI(
        title="Strongroom",
        version=rooms.VERSION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI_URL,
        routes=list(_doors()),
    )
    app.state.runtime = runtime
    app.state.sign_ins = SignIns(runtime)
    app.state.zone = ZoneInfo(runtime.settings.time_zone)
    app.state.rail_counts = rail_counts
    app.state.stream_lasts_s = STREAM_LASTS_S
    app.state.simulated = rooms.is_simulated(runtime)
    # What is public is sent compressed; pages are not, because they hold a secret beside what a caller typed.
    app.mount("/static", GZipMiddleware(_Static(directory=STATIC)), name="static")
    _handle_errors(app)
    app.add_middleware(Surroundings, tls=is_tls(runtime))
    app.state.at_once = rooms.AT_ONCE
    check_every_route_declares(app.routes)
    return app


@cache
def _doors() -> tuple[BaseRoute, ...]:
    """The routes of all rooms, worked out once a process: the framework takes a second of computing for them."""
    house = APIRouter(responses={"4XX": PROBLEM_ANSWER, "5XX": PROBLEM_ANSWER})
    for router in rooms.ROUTERS:
        house.include_router(router)
    return tuple(house.routes)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    stops = [start(app.state.runtime) for start in rooms.BACKGROUND]
    try:
        yield
    finally:
        for stop in reversed(stops):
            stop()


# The framework's own: the OpenAPI document and the files of the pages.
UNGUARDED = frozenset({OPENAPI_URL, "/static"})


def check_every_route_declares(routes: Sequence[BaseRoute]) -> None:
    for route in iter_route_contexts(routes):  # FastAPI keeps an included router's routes inside it
        if route.path not in UNGUARDED and not permissions_of_route(route):
            raise UndeclaredRouteError(f"{route.methods} {route.path} declares no permission")


def permissions_of_route(route: RouteContext) -> frozenset[object]:
    """What the route asks for; {None} for a public one, empty where nothing is declared."""
    own = getattr(getattr(route, "endpoint", None), "__dict__", {})
    if "permission" in own:  # the scan route checks for itself
        return frozenset({own["permission"]})
    dependant = getattr(route, "dependant", None)
    return frozenset() if dependant is None else frozenset(declared_permissions(dependant))


def declared_permissions(dependant: Dependant) -> Iterable[object]:
    """The permission marks of a route's dependencies; None stands for public."""
    for found in dependant.dependencies:
        call = found.call
        if call is not None and "permission" in getattr(call, "__dict__", {}):
            yield call.__dict__["permission"]
        yield from declared_permissions(found)


class _Static(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = FOREVER
        return response


def _handle_errors(app: FastAPI) -> None:
    def on(kind: type[Exception], translate: Callable[[Any], StrongroomError]) -> None:
        async def handle(request: Request, error: Exception) -> Response:
            status = error.status_code if isinstance(error, HTTPException) else None
            return await answer(request, translate(error), status)

        app.add_exception_handler(kind, handle)

    on(StrongroomError, lambda error: error)
    on(RequestValidationError, from_validation)
    on(HTTPException, from_http)

    async def unexpected(request: Request, error: Exception) -> Response:
        request_id = request.scope.get("state", {}).get("request_id", "")
        log.error("request_failed", id=request_id, path=request.url.path, error=repr(error), exc_info=error)
        return await answer(request, InternalError(request_id), 500)

    app.add_exception_handler(Exception, unexpected)


async def answer(request: Request, error: StrongroomError, status: int | None = None) -> Response:
    """The error as a page or as problem details; somebody not signed in is led to the door, with what was typed."""
    if not wants_page(request):
        return problem_response(error, status)
    if isinstance(error, NotSignedInError):
        return await _to_the_door(request)
    person = await _person_of(request)
    if isinstance(error, CsrfError) and person is not None and (kept := await kept_of(request)) is not None:
        page = await run_in_threadpool(typed_before_page, request, kept, person)
    else:
        page = await run_in_threadpool(problem_page, request, error, person)
    return HTMLResponse(page, status or status_of(error))


async def _to_the_door(request: Request) -> Response:
    if "hx-request" in request.headers:  # a fragment: the page around it says so and stays
        return Response(status_code=401)
    kept = await kept_of(request)
    if kept is not None:
        return door_pages.sign_in_first(request, request.app.state.runtime, kept)
    then = page_of(request) if request.method == "POST" else request.url.path
    if request.method != "POST" and request.url.query:
        then += f"?{request.url.query}"
    return RedirectResponse(
        "/sign-in" + (f"?{urlencode({'then': then}, safe='/')}" if then != "/" else ""), 303
    )


async def _person_of(request: Request) -> Person | None:
    """Who meets the error; an address nobody knows has no route that would have asked."""
    known: Person | None = getattr(request.state, "person", None)
    if known is not None:
        return known
    sign_ins: SignIns = request.app.state.sign_ins
    try:
        return await sign_ins.person(request)
    except NotSignedInError:
        return None
