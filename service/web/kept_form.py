"""What somebody typed into a form whose sign-in ended meanwhile: carried through the door, sent when they press again.

Kept only where this site's own page posted it, so that no other site can put words into somebody's form.
"""

from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from service.web.deps import CSRF_FIELD
from service.web.views.forms import Form
from service.web.views.pages import DoorPage
from service.web.views.parts import Act, Rich, Strong

KEPT_FIELD = "kept"
FORM_KEY = "form_key"
MOST_BYTES = 256 * 1024  # twice in a request of a megabyte
SHOWN = 80
_OWN = frozenset({CSRF_FIELD, FORM_KEY})
_SECRET = frozenset({"password", "again", "current", KEPT_FIELD})


class Kept(msgspec.Struct, frozen=True):
    """`action` is where it was posted to, `page` where it was typed; both are paths of this site."""

    action: str
    page: str
    fields: tuple[tuple[str, str], ...]


def page_of(request: Request) -> str:
    """The path, with its query, of this site's page that the request comes from; "/" when it does not say."""
    referer = urlsplit(request.headers.get("referer", ""))
    if not referer.path or referer.netloc != request.headers.get("host", ""):
        return "/"
    return referer.path + (f"?{referer.query}" if referer.query else "")


async def kept_of(request: Request) -> Kept | None:
    """The posted form; None for one from elsewhere, with a file, with a password, or too large to carry."""
    if request.method != "POST" or not _is_ours(request):
        return None
    typed = await request.form()
    fields = tuple((name, value) for name, value in typed.multi_items() if isinstance(value, str))
    await typed.close()
    if len(fields) < len(typed.multi_items()) or _SECRET & {name for name, _ in fields}:
        return None
    kept = Kept(
        _address(request),
        page_of(request),
        tuple((name, value) for name, value in fields if name not in _OWN),
    )
    return kept if kept.fields and len(carried(kept)) <= MOST_BYTES else None


def _is_ours(request: Request) -> bool:
    """Every browser says where a POST comes from, in one header or the other."""
    origin = urlsplit(request.headers.get("origin", "")).netloc
    return request.headers.get("sec-fetch-site") == "same-origin" or origin == request.headers.get("host")


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def carried(kept: Kept) -> str:
    return msgspec.json.encode(kept).decode()


def read_kept(typed: FormData) -> Kept | None:
    """What the door's form carries; None when it carries nothing of ours."""
    text = typed.get(KEPT_FIELD, "")
    if isinstance(text, UploadFile) or not text:
        return None
    try:
        kept = msgspec.json.decode(text, type=Kept)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    return kept if all(_is_path(path) for path in (kept.action, kept.page)) else None


def _is_path(text: str) -> bool:
    return text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()


def kept_page(kept: Kept, why: str) -> DoorPage:
    """What was typed, and the button that sends it."""
    form = Form("kept", kept.action, "Send it now", hidden=kept.fields, other=(Act("Leave it", kept.page),))
    return DoorPage("Typed before", None, "What you typed is still here", why, form, tuple(_typed(kept)))


def _typed(kept: Kept) -> list[Rich]:
    return [
        (f"{name.replace('_', ' ').capitalize()}: ", Strong(_short(value)))
        for name, value in kept.fields
        if value.strip()
    ]


def _short(value: str) -> str:
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value):,} characters)"
