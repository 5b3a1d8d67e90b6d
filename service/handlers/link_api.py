"""One-time links as JSON: the first administrator, a new password. Nobody is signed in yet; the link is the proof."""

from fastapi import APIRouter, Request, Response

from service.handlers import cookies, links, schemas
from service.ledger.writer import Actor, Via
from service.web.deps import RuntimeDep, public

router = APIRouter(prefix="/api/v1/links", tags=["handlers"], dependencies=[public()])

NOBODY = Actor(None, Via.API)


@router.post("/set-up", status_code=204)
def set_up(request: Request, runtime: RuntimeDep, typed: schemas.SetupRequest) -> Response:
    """Make the first system administrator; then sign in. An Idempotency-Key is not honoured: the link works once."""
    cookies.check_same_site(request)
    password = typed.password.get_secret_value()
    links.set_up(
        runtime, NOBODY, typed.link.get_secret_value(), login=typed.login, name=typed.name, password=password, again=password
    )  # fmt: skip
    return Response(status_code=204)


@router.post("/reset-password", status_code=204)
def reset_password(request: Request, runtime: RuntimeDep, typed: schemas.ResetRequest) -> Response:
    """Set the password; the handler's sign-ins end. An Idempotency-Key is not honoured: the link works once."""
    cookies.check_same_site(request)
    password = typed.password.get_secret_value()
    links.reset(runtime, NOBODY, typed.link.get_secret_value(), password=password, again=password)
    request.app.state.sign_ins.forget()
    return Response(status_code=204)
