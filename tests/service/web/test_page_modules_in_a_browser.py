"""The small modules in Chromium: keys in tables, the signature pad, forms sent once."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright
from web_specimens.serving import served

CHROMIUM = shutil.which("chromium")
REQUIRED = "browser" in os.environ.get("STRONGROOM_TEST_REQUIRE", "")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="Debian's chromium is not installed"
)
PATH = re.compile(r"(M\d+ \d+(L\d+ \d+)*)+")


@pytest.fixture(scope="module")
def open_page() -> Iterator[Callable[[str], Page]]:
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )

        def opened(name: str) -> Page:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(f"{base}/{name}")
            return page

        yield opened
        browser.close()


def test_the_slash_finds_and_leaves_fields_alone(open_page: Callable[[str], Page]) -> None:
    page = open_page("media")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("A/B")
    expect(page.locator("#find")).to_have_value("A/B")


def test_j_and_k_move_x_chooses_and_the_count_is_said(open_page: Callable[[str], Page]) -> None:
    page = open_page("media")
    for key in ("j", "j", "k", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("tr.at")).to_contain_text("STR141L8")
    assert page.locator(".pick input:checked").evaluate_all("all => all.map((one) => one.value)") == [
        "STR140L8",
        "STR141L8",
    ]
    expect(page.locator(".bulk-count")).to_have_text("2 chosen")


def test_enter_opens_the_row_the_keys_stand_on(open_page: Callable[[str], Page]) -> None:
    page = open_page("media")
    page.keyboard.press("j")
    with page.expect_request("**/media/STR140L8"):
        page.keyboard.press("Enter")


def test_a_drawn_signature_becomes_whole_number_path_data_and_can_be_cleared(
    open_page: Callable[[str], Page],
) -> None:
    page = open_page("consignment-sign")
    glass = page.locator(".glass")
    glass.scroll_into_view_if_needed()
    kept = page.locator("input[name=signature]")
    page.get_by_role("button", name="Clear").click()
    box = glass.bounding_box()
    assert box is not None
    for start in (40, 200):
        page.mouse.move(box["x"] + start, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + start + 80, box["y"] + 30, steps=12)
        page.mouse.move(box["x"] + start + 100, box["y"] + 90, steps=12)
        page.mouse.up()
    drawn = kept.input_value()
    assert PATH.fullmatch(drawn)
    assert drawn.count("M") == 2
    page.get_by_role("button", name="Clear").click()
    expect(kept).to_have_value("")


def test_the_pad_never_leaves_its_box(open_page: Callable[[str], Page]) -> None:
    page = open_page("consignment-sign")
    glass = page.locator(".glass")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] - 300, box["y"] - 50, steps=5)
    page.mouse.up()
    points = re.findall(r"[ML](-?\d+) (-?\d+)", page.locator("input[name=signature]").input_value())
    assert all(0 <= int(x) <= 600 and 0 <= int(y) <= 168 for x, y in points)


def test_a_double_click_sends_a_form_once(open_page: Callable[[str], Page]) -> None:
    page = open_page("run")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.route("**/pause", lambda route: route.fulfill(status=204))
    page.get_by_role("button", name="Pause after this move").dblclick()
    page.wait_for_timeout(200)
    assert len(posts) == 1


def test_faults_of_a_form_are_read_first(open_page: Callable[[str], Page]) -> None:
    page = open_page("form")
    expect(page.locator("#correct-summary")).to_be_focused()
    page.locator("#correct-summary a").first.click()
    expect(page.locator("#correct-barcode")).to_be_focused()


def test_a_fragment_refreshes_itself_when_the_server_says_it_is_old(open_page: Callable[[str], Page]) -> None:
    page = open_page("run")
    page.route(
        "**/runs/2026-W47/board",
        lambda route: route.fulfill(
            body='<div id="board"><p id="fresh">new board</p></div>', content_type="text/html"
        ),
    )
    page.wait_for_function("window.htmx && document.querySelector('#board')")
    page.evaluate("document.getElementById('board').dispatchEvent(new CustomEvent('refresh'))")
    expect(page.locator("#fresh")).to_have_text("new board")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "The sign-in has ended."),
        (503, "This page cannot be kept current."),
        (0, "The server does not answer."),
    ],
)
def test_a_page_that_is_not_kept_current_says_so_and_since_when_until_it_is(
    open_page: Callable[[str], Page], status: int, said: str
) -> None:
    page = open_page("run")
    down = [True]

    def board(route: Route) -> None:
        if not down[0]:
            route.fulfill(
                body='<div id="board" hx-get="/runs/2026-W47/board">new</div>', content_type="text/html"
            )
        elif status:
            route.fulfill(status=status, body="")
        else:
            route.abort()

    page.route("**/runs/2026-W47/board", board)
    page.wait_for_function("window.htmx && document.querySelector('#board')")
    refresh = "document.getElementById('board').dispatchEvent(new CustomEvent('refresh'))"
    page.evaluate(refresh)
    expect(page.locator("#stale")).to_contain_text(f"{said} What is shown is as of ")
    expect(page.locator("#live")).to_be_visible()
    down[0] = False
    page.evaluate(refresh)
    expect(page.locator("#stale")).to_have_count(0)
