"""Every form of every page, filled with what no form should hold: a clear refusal, never a failure, and nothing half done."""

import re
from pathlib import Path

import pytest
from clients import sign_in
from fastapi.routing import iter_route_contexts
from shell.api_house import person_of_all_roles
from week import NUMBER, Week

import service
from service.bookkeeping import ORGANISATION
from service.ledger import replay, store, verify
from service.ledger.writer import SYSTEM
from service.runtime import remember
from service.schema import PROJECTIONS

SOURCES = Path(service.__file__).parent
FIELDS = sorted({
    name
    for file in [*SOURCES.rglob("*pages.py"), *SOURCES.rglob("*_page.py"), *SOURCES.rglob("*forms.py"), *SOURCES.rglob("*form.py")]
    for name in re.findall(r'(?:text|texts|_raw)\(\s*(?:typed, |page, )?"(\w+)"', file.read_text(encoding="utf-8"))
} | {"form_key", "shown", "kept", "task", "barcode", "roles", "signature", "signature_typed", "due_at"})  # fmt: skip
DEVICE_FAULT = 502
REAL = {
    "consignments": "CN-0001", "runs": NUMBER, "holds": "H-0001", "discrepancies": "D-0001", "proposals": "P-0001",
    "labels": "L-0001", "libraries": "Library 1", "containers": "C-0117", "media": "STR141L8",
}  # fmt: skip
NUL = "\x00"
HOSTILE = {
    "control characters": "\x1b[31m\r\n\x07\u202e",
    "a long word": "A" * 20_000,
    "a number too large": "99999999999999999999999",
    "a day that is none": "2026-02-30T25:61",
}


@pytest.fixture
def everybody(runtime, app):
    week = Week(runtime, app).to("packed")
    party_id = week.house.ids["Organisation"]
    runtime.writer.run(SYSTEM, lambda unit: remember(unit, ORGANISATION, party_id))
    client = sign_in(runtime, app, person_of_all_roles(runtime))
    client._transport.raise_server_exceptions = False  # a failure is an answer here
    return client


def forms(app):
    """(path with something real in it) of every page that takes a form of somebody signed in."""
    for route in iter_route_contexts(app.routes):
        path = route.path
        signs_out = path in {"/sign-out", "/account/password"} or path.startswith("/account/sign-ins")
        if "POST" in (route.methods or ()) and not path.startswith("/api/") and not signs_out:
            real = REAL.get(path.split("/")[1], "0" * 26)
            yield re.sub(r"\{[^}]+\}", real, path, count=1), path


def failures(client, app, send):
    found = []
    for address, path in forms(app):
        answer = send(client, re.sub(r"\{[^}]+\}", "C-0117", address))
        if answer.status_code >= 500 and answer.status_code != DEVICE_FAULT:
            found.append((path, answer.status_code, answer.text[:200]))
    return found


def is_whole(runtime):
    with runtime.database.reader.connect() as connection:
        verdict = verify.verify(store.bodies(connection), store.notes(connection), runtime.verifier)
        return verdict.ok and replay.check(connection, PROJECTIONS).ok


def check(everybody, app, runtime, value):
    filled = {name: value for name in FIELDS if name != "form_key"} | {"csrf_token": everybody.csrf}
    assert failures(everybody, app, lambda client, path: client.post(path, data=filled)) == []
    assert is_whole(runtime)


def test_a_nul_in_every_field_brings_no_server_down(everybody, app, runtime):
    """PostgreSQL takes no NUL in a text: it has to be refused before."""
    check(everybody, app, runtime, NUL)


@pytest.mark.one_database
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_form_brings_the_server_down(value, everybody, app, runtime):
    check(everybody, app, runtime, value)


@pytest.mark.one_database
def test_no_form_key_brings_the_server_down(everybody, app, runtime):
    filled = {"form_key": NUL, "csrf_token": everybody.csrf}
    assert failures(everybody, app, lambda client, path: client.post(path, data=filled)) == []
    assert is_whole(runtime)


RAW = {
    "wrong encoding": ("application/x-www-form-urlencoded", b"&".join(b"%s=%%ff%%fe\xff\xc3(" % name.encode() for name in FIELDS)),
    "a cut upload": (
        "multipart/form-data; boundary=cut",
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nbarcode,type',
    ),
}  # fmt: skip


# Starlette leaves the temporary file of a cut upload to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.one_database
@pytest.mark.parametrize(("kind", "body"), RAW.values(), ids=RAW.keys())
def test_no_body_brings_the_server_down(kind, body, everybody, app, runtime):
    headers = {"content-type": kind}
    assert (
        failures(everybody, app, lambda client, path: client.post(path, content=body, headers=headers)) == []
    )
    assert is_whole(runtime)


@pytest.mark.one_database
def test_ten_megabytes_in_a_field_are_refused_by_their_size(everybody, app):
    body = b"barcode=" + b"A" * 10_000_000
    headers = {"content-type": "application/x-www-form-urlencoded"}
    wrong = [
        path
        for path in ("/scan", "/media", "/runs", "/consignments", "/containers", "/handlers", "/policies")
        if everybody.post(path, content=body, headers=headers).status_code != 413
    ]
    assert wrong == []
