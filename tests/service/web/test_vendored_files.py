"""What others made is listed with version, licence and hash, and is exactly what is listed."""

import hashlib
import json
import re

import pytest

from service.web.templating import STATIC, static_url

MANIFEST = json.loads((STATIC / "vendor.json").read_text("utf-8"))["files"]
OWN_IN_VENDOR = {"vendor/pico/pico.subset.scss"}
LICENCES = {"MIT", "0BSD", "OFL-1.1"}


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_in_the_manifest(entry: dict[str, str]) -> None:
    assert hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_has_its_licence_beside_it(entry: dict[str, str]) -> None:
    assert entry["licence"] in LICENCES
    assert entry["version"]
    assert entry["source"]
    assert len((STATIC / entry["licence_file"]).read_text("utf-8")) > 200


def test_nothing_lies_among_the_vendored_files_that_the_manifest_does_not_name() -> None:
    named = (
        {entry["file"] for entry in MANIFEST} | {entry["licence_file"] for entry in MANIFEST} | OWN_IN_VENDOR
    )
    there = {
        path.relative_to(STATIC).as_posix()
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert there == named


def test_an_address_changes_when_the_content_does() -> None:
    digest = hashlib.sha256((STATIC / "app.css").read_bytes()).hexdigest()
    assert static_url("app.css") == f"/static/app.css?v={digest[:12]}"


def test_the_style_sheet_names_the_faces_by_their_content() -> None:
    found = re.findall(
        r'url\("(fonts/[^"?]+)\?v=([0-9a-f]{12})"\)', (STATIC / "tokens.css").read_text("utf-8")
    )
    assert len(found) == 2
    for path, version in found:
        assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest().startswith(version)


@pytest.mark.parametrize("path", [*STATIC.glob("*.css"), *STATIC.glob("*.js")], ids=lambda path: path.name)
def test_our_own_files_ask_no_other_host(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    assert [url for url in re.findall(r"https?://[^\s\"')]+", text) if "www.w3.org" not in url] == []
