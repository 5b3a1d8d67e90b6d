"""The logo of our organisation: what is taken, who may, and where it appears."""

import base64
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from service.errors import InvalidInputError
from service.handlers.models import Role
from service.ledger import store
from service.parties.logo import MOST_BYTES, check_logo


def png(width=60, height=20, colour=(10, 80, 160)):
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def bomb():
    """A small file that claims to be enormous."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def body(content):
    return {"png": base64.b64encode(content).decode()}


def test_a_png_is_taken_and_its_size_is_told():
    assert (check_logo(png()).width, check_logo(png()).height) == (60, 20)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a PNG"),
        (b"GIF89a", "no PNG"),
        (b"\xff\xd8\xff\xe0" + b"0" * 100, "no PNG"),
        (b"\x89PNG\r\n\x1a\n", "no PNG"),
        (png()[:-30], "can be read"),
        (png()[:50] + b"0000" + png()[54:], "can be read"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * MOST_BYTES, "bytes"),
        (bomb(), "pixels"),
        (png(2_001, 1), "pixels"),
    ],
    ids=["nothing", "gif", "jpeg", "only the start", "cut off", "spoilt", "too long", "bomb", "too wide"],
)
def test_what_is_no_usable_png_is_refused_in_a_sentence(content, said):
    with pytest.raises(InvalidInputError, match=said):
        check_logo(content)


def test_the_logo_is_set_shown_replaced_and_taken_away_with_an_entry_each(client_as, house, runtime):
    client = client_as(Role.SYSTEM_ADMINISTRATOR)
    path = f"/api/v1/parties/{house.organisation_id}"
    assert client.get(f"{path}/logo.png").status_code == 404
    assert client.put(f"{path}/logo", json=body(png())).status_code == 200
    assert client.put(f"{path}/logo", json=body(png(30, 30))).status_code == 200
    assert client.get(f"{path}/logo.png").content == png(30, 30)
    assert client.delete(f"{path}/logo").status_code == 200
    assert client.delete(f"{path}/logo").status_code == 404
    with runtime.database.reader.connect() as connection:
        told = store.entries_of(connection, f"party:{house.organisation_id}", limit=3)
    assert [one.event for one in told] == ["party:logo_removed", "party:logo_set", "party:logo_set"]
    assert (told[1].facts["width"], len(told[1].facts["sha256"])) == (30, 64)


def test_only_our_organisation_has_a_logo_and_only_administrators_set_it(client_as, house, runtime):
    client = client_as(Role.SYSTEM_ADMINISTRATOR)
    made = client.post("/api/v1/parties", json={"kind": "courier", "name": "Carrier 9", "contact": ""}).json()
    answer = client.put(f"/api/v1/parties/{made['party_id']}/logo", json=body(png()))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:strongroom:problem:party")
    path = f"/api/v1/parties/{house.organisation_id}/logo"
    assert client_as(Role.AUDITOR).put(path, json=body(png())).status_code == 403
    assert client.put(path, json=body(b"GIF89a")).status_code == 422


def test_the_page_takes_a_file_and_shows_what_is_wrong_with_it(client_as, house):
    client = client_as(Role.SYSTEM_ADMINISTRATOR)
    page = f"/parties/{house.organisation_id}"
    assert f"{page}/logo" in client.get(page).text
    wrong = client.post(
        f"{page}/logo", data={"csrf_token": client.csrf}, files={"logo": ("a.png", b"GIF89a")}
    )
    assert (wrong.status_code, "It is no PNG picture." in wrong.text) == (422, True)
    done = client.post(f"{page}/logo", data={"csrf_token": client.csrf}, files={"logo": ("a.png", png())})
    assert (done.status_code, done.headers["location"]) == (303, page)
    assert f"{page}/logo.png" in client.get(page).text
    assert client.post(f"{page}/logo/remove", data={"csrf_token": client.csrf}).status_code == 303
    assert "logo.png" not in client.get(page).text
