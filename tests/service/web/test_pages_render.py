"""Every page and fragment, rendered from specimens: well-formed, no inline code, named, light."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from web_specimens.pages import FRAGMENTS, PAGES

from service.web.templating import STATIC, render

VOID = {"meta", "link", "input", "br", "img", "hr", "use", "path", "rect", "circle", "line"}
FIRST_PAINT_BYTES = 200_000
FACES = ("fonts/jetbrains-mono-Regular-subset.woff2", "fonts/jetbrains-mono-Bold-subset.woff2")
NAMED = {
    "text",
    "password",
    "email",
    "number",
    "date",
    "time",
    "datetime-local",
    "search",
    "checkbox",
    "radio",
    "file",
    None,
}


class Reader(HTMLParser):
    """Keeps every element with its attributes; complains about a tag closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside_label: list[bool] = []
        self.faults: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"an attribute twice in <{tag} {attrs}>")
        self.elements.append((tag, dict(attrs)))
        self.inside_label.append("label" in self.open)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside_label.append("label" in self.open)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]} at {self.getpos()}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"} and data.strip():
            self.scripts.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def rendered(name: str) -> str:
    return render(*PAGES[name])


def ids(reader: Reader) -> list[str]:
    return [attributes["id"] for _, attributes in reader.elements if attributes.get("id")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed(name: str) -> None:
    reader = read(rendered(name))
    assert reader.faults == []
    assert reader.open == []


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_is_well_formed_and_no_whole_page(name: str) -> None:
    html = render(*FRAGMENTS[name])
    reader = read(html)
    assert (reader.faults, reader.open) == ([], [])
    assert "<html" not in html


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_inline_script_and_no_inline_style(name: str) -> None:
    reader = read(rendered(name))
    assert reader.scripts == []
    for tag, attributes in reader.elements:
        assert tag != "style"
        assert not [key for key in attributes if key == "style" or key.startswith("on")], (tag, attributes)
        assert not (attributes.get("href") or "").startswith("javascript:")
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/")


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_every_reference_leads_somewhere(name: str) -> None:
    reader = read(rendered(name))
    counted = Counter(ids(reader))
    assert [each for each, times in counted.items() if times > 1] == []
    for tag, attributes in reader.elements:
        wanted = [
            word
            for key in ("aria-labelledby", "aria-describedby")
            for word in (attributes.get(key) or "").split()
        ]
        wanted += [attributes[key] for key in ("for", "form") if attributes.get(key) and tag != "form"]
        href = attributes.get("href") or ""
        wanted += [href[1:]] if href.startswith("#") and len(href) > 1 else []
        assert [one for one in wanted if one not in counted] == [], (tag, attributes)


@pytest.mark.parametrize("name", PAGES)
def test_every_field_has_a_label(name: str) -> None:
    reader = read(rendered(name))
    labelled = {attributes.get("for") for tag, attributes in reader.elements if tag == "label"}
    for (tag, attributes), inside in zip(reader.elements, reader.inside_label, strict=True):
        if tag in {"select", "textarea"} or (tag == "input" and attributes.get("type") in NAMED):
            assert inside or attributes.get("id") in labelled or attributes.get("aria-label"), attributes


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_says_what_it_shows_or_is_hidden(name: str) -> None:
    for tag, attributes in read(rendered(name)).elements:
        if tag == "svg":
            assert (
                attributes.get("aria-label")
                or attributes.get("aria-hidden") == "true"
                or attributes.get("class", "").startswith("tagged")
            )
        if tag == "img":
            assert attributes.get("alt")


@pytest.mark.parametrize("name", PAGES)
def test_every_posting_form_carries_the_csrf_token(name: str) -> None:
    html = rendered(name)
    token = PAGES[name][2].csrf
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        assert ('method="post"' in form) == (f'name="csrf_token" value="{token}"' in form), form[:200]


@pytest.mark.parametrize("name", PAGES)
def test_the_first_paint_stays_under_200_kilobytes(name: str) -> None:
    html = rendered(name)
    addressed = set(re.findall(r'(?:src|href)="/static/([^"?]+)\?v=', html)) | set(FACES)
    weight = len(html.encode()) + sum((STATIC / path).stat().st_size for path in addressed)
    assert weight < FIRST_PAINT_BYTES, f"{weight:,} bytes"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_of_the_first_level_and_a_title(name: str) -> None:
    html = rendered(name)
    assert len(re.findall(r"<h1\b", html)) == 1
    assert re.search(r"<title>[^<]+ · Strongroom</title>", html)


def test_the_rail_shows_the_seven_places_in_the_order_of_work_and_lights_the_current_one() -> None:
    rail = re.search(r'<nav class="rail".*?</nav>', rendered("run"), re.DOTALL)
    assert rail
    names = re.findall(r'<a href="[^"]+"[^>]*>([A-Z][a-z\u00ad]+)', rail[0])
    assert [name.replace("\u00ad", "") for name in names] == [
        "Today",
        "Scan",
        "Runs",
        "Consignments",
        "Media",
        "Library",
        "Evidence",
    ]
    assert re.search(r'<a href="/runs" aria-current="page">', rail[0])


def test_what_is_not_allowed_is_shown_with_its_reason_and_cannot_be_pressed() -> None:
    html = rendered("medium")
    assert '<span class="act" aria-disabled="true">Put in a run</span>' in html
    assert "on hold since 3 March; release needs two people" in html


def test_text_from_outside_is_escaped() -> None:
    template, view, frame = PAGES["search-nothing"]
    html = render(template, _replaced(view, query="<script>alert(1)</script>"), frame)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_closed_command_code_has_no_bars_to_read() -> None:
    closing = re.search(r'<figure data-command="SR-CLOSE">.*?</figure>', rendered("scan-right"), re.DOTALL)
    assert closing
    assert '<div class="code" hidden>' in closing[0]
    assert "no code while 5 are missing" in closing[0]


def test_a_hand_over_with_one_side_missing_is_drawn_torn() -> None:
    html = rendered("medium")
    assert html.count('class="torn"') == 1
    assert html.count('<svg class="join"') == 4


def _replaced(view: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(view, **changes)
