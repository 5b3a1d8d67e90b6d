"""The sign-in's cookie, the double-submit cookie of forms that nobody is signed in for, and calls from other sites."""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from service.errors import ForbiddenError
from service.handlers.credentials import new_secret
from service.handlers.signing_in import Opened
from service.runtime import Runtime
from service.web.deps import CSRF_FIELD, CsrfError
from service.web.sign_ins import cookie_name, is_tls

DOOR_S = 3600
_FOREIGN = frozenset({"cross-site", "same-site"})


class CrossSiteError(ForbiddenError):
    title = "Not from another site"

    def __init__(self) -> None:
        super().__init__(
            "This request was made by another site. Nothing was done.",
            next_step="Sign in on Strongroom's own page.",
        )


def door_cookie(runtime: Runtime) -> str:
    return cookie_name(runtime) + "-door"


def set_sign_in(response: Response, runtime: Runtime, opened: Opened) -> None:
    lasts_s = int((opened.expires_at - runtime.clock()).total_seconds())
    response.set_cookie(
        cookie_name(runtime),
        opened.secret,
        max_age=lasts_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_tls(runtime),
    )


def clear_sign_in(response: Response, runtime: Runtime) -> None:
    response.delete_cookie(
        cookie_name(runtime), path="/", httponly=True, samesite="lax", secure=is_tls(runtime)
    )


def door_token(request: Request, runtime: Runtime) -> str:
    """The token this browser has already, so that two open tabs both work; else a new one."""
    return request.cookies.get(door_cookie(runtime)) or new_secret()


def set_door_token(response: Response, runtime: Runtime, token: str) -> None:
    response.set_cookie(
        door_cookie(runtime),
        token,
        max_age=DOOR_S,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_tls(runtime),
    )


def check_door(request: Request, runtime: Runtime, form: FormData) -> None:
    """Raises CsrfError unless the form carries what the cookie does."""
    expected = request.cookies.get(door_cookie(runtime), "")
    given = str(form.get(CSRF_FIELD, ""))
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise CsrfError


def check_same_site(request: Request) -> None:
    """Browsers say where a request comes from; programs say nothing and may sign in."""
    if request.headers.get("sec-fetch-site", "") in _FOREIGN:
        raise CrossSiteError


def local_path(then: str) -> str:
    """Where to go after signing in: an address of ours, else the first page. Never another host, never out again."""
    parts = urlsplit(then)
    ours = (
        then.startswith("/") and not then.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    clean = then.isprintable() and "\\" not in then
    return then if ours and clean and parts.path not in {"/sign-in", "/sign-out"} else "/"
