"""The scan page in Chromium against a server that can be slow, refuse, or be gone."""

import json
import os
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web_specimens.pages import PAGES
from web_specimens.serving import CSP

from service.web.templating import STATIC, render

CHROMIUM = shutil.which("chromium")
REQUIRED = "browser" in os.environ.get("STRONGROOM_TEST_REQUIRE", "")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="Debian's chromium is not installed"
)


class Desk(ThreadingHTTPServer):
    """Answers scans out of `answers` by barcode; keeps every request; `gone` hangs up before it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.scans: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self.gone = False
        self.deaf_once = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, scan: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.answers.get(scan["barcode"], (200, right(scan["barcode"])))


class Answering(BaseHTTPRequestHandler):
    server: Desk

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/static/"):
            self.send(200, (STATIC / path.removeprefix("/static/")).read_bytes(), guess_type(path)[0] or "")
        else:
            self.send(200, render(*PAGES["scan-ready"]).encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.gone:
            self.connection.close()
            return
        scan = json.loads(body)
        assert self.headers["X-CSRF-Token"] == "csrf-specimen"
        self.server.scans.append(scan)
        self.server.keys.append(self.headers["Idempotency-Key"])
        if self.server.deaf_once:  # recorded, but the answer is lost
            self.server.deaf_once = False
            self.connection.close()
            return
        status, answer = self.server.answer(scan)
        self.send(status, json.dumps(answer).encode(), "application/json")

    def send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def right(barcode: str) -> dict[str, Any]:
    return {
        "outcome": "right",
        "tone": "green",
        "word": "Right",
        "barcode": barcode,
        "sentence": "Pack into C-0117",
        "moved": {
            "barcode": barcode,
            "at": "2026-11-19T19:09:31Z",
            "undo_href": f"/scan/undo?barcode={barcode}",
        },
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    server = Desk()
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(f"{desk.url}/scan")
    yield opened
    assert faults == []
    context.close()


def wedge(page: Page, *barcodes: str, end: str = "Enter") -> None:
    """Types as a wedge scanner does: at once, without looking at the page."""
    for barcode in barcodes:
        page.keyboard.type(barcode)
        page.keyboard.press(end)


def sent(desk: Desk) -> list[str]:
    return [scan["barcode"] for scan in desk.scans]


def test_a_scan_is_answered_in_the_band_and_moves_its_line(page: Page, desk: Desk) -> None:
    desk.answers["STR158L8"] = (200, {**right("STR158L8"), "counts": {"left": 5, "done": 9}})
    wedge(page, "STR158L8")
    expect(page.locator("#band")).to_have_class("band green fresh")
    expect(page.locator("#band-big")).to_have_text("STR158L8")
    expect(page.locator("#band-say")).to_have_text("Pack into C-0117")
    expect(page.locator("#left-count")).to_have_text("5")
    expect(page.locator("#done li").first).to_contain_text("14:09:31")
    assert page.locator("#left [data-barcode=STR158L8]").count() == 0
    assert page.locator("#done li").first.get_attribute("class") == "new green"


def test_scans_typed_as_fast_as_a_wedge_types_are_all_sent_once_and_in_order(page: Page, desk: Desk) -> None:
    barcodes = [f"STR{number}L8" for number in range(200, 240)]
    wedge(page, *barcodes)
    expect(page.locator("#band-big")).to_have_text("STR239L8")
    assert sent(desk) == barcodes
    assert len(set(desk.keys)) == 40
    assert [scan["client_id"] for scan in desk.scans] == desk.keys
    assert {scan["task"] for scan in desk.scans} == {"run:2026-W47:out"}


def test_a_wedge_that_ends_with_tab_is_understood(page: Page, desk: Desk) -> None:
    wedge(page, "STR158L8", "STR159L8", end="Tab")
    expect(page.locator("#band-big")).to_have_text("STR159L8")
    assert sent(desk) == ["STR158L8", "STR159L8"]


def test_the_field_gets_what_is_typed_wherever_the_person_clicked_before(page: Page, desk: Desk) -> None:
    page.locator("#band").click()
    wedge(page, "STR158L8")
    page.locator("h2").first.click()
    wedge(page, "STR159L8")
    expect(page.locator("#band-big")).to_have_text("STR159L8")
    expect(page.locator("#scan")).to_be_focused()
    assert sent(desk) == ["STR158L8", "STR159L8"]


def test_a_wrong_medium_is_red_counted_and_does_not_stop_the_next_scan(page: Page, desk: Desk) -> None:
    desk.answers["STR088L8"] = (
        200,
        {
            "outcome": "wrong",
            "tone": "red",
            "word": "Stop",
            "barcode": "STR088L8",
            "sentence": "Not in this run: due home 14 May",
        },
    )
    wedge(page, "STR088L8")
    expect(page.locator("#band")).to_have_class("band red fresh")
    expect(page.locator("#band-word")).to_have_text("Stop")
    expect(page.locator("#aside")).to_contain_text("1 set aside")
    wedge(page, "STR158L8")
    expect(page.locator("#band")).to_have_class("band green fresh")


def test_a_refusal_is_shown_with_what_to_do_and_is_not_sent_again(page: Page, desk: Desk) -> None:
    desk.answers["STR158L8"] = (
        409,
        {"title": "Sealed", "detail": "C-0117 is sealed.", "next_step": "Open a new container."},
    )
    wedge(page, "STR158L8", "STR159L8")
    expect(page.locator("#band-big")).to_have_text("STR159L8")
    assert sent(desk) == ["STR158L8", "STR159L8"]


def test_without_network_the_scans_wait_visibly_and_go_out_in_order_when_it_is_back(
    page: Page, desk: Desk
) -> None:
    desk.gone = True
    wedge(page, "STR158L8", "STR159L8", "ZZZ999L8")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline-count")).to_have_text("3 scans wait on this device")
    expect(page.locator("#band-say")).to_have_text("Not on the list on this device")
    expect(page.locator("#done .waits")).to_have_count(2)
    assert desk.scans == []
    desk.gone = False
    expect(page.locator("#offline")).to_be_hidden(timeout=20_000)
    expect(page.locator("#done .waits")).to_have_count(0)
    assert sent(desk) == ["STR158L8", "STR159L8", "ZZZ999L8"]


def test_scans_that_wait_survive_a_reload_of_the_page(page: Page, desk: Desk) -> None:
    desk.gone = True
    wedge(page, "STR158L8", "STR159L8")
    expect(page.locator("#offline-count")).to_have_text("2 scans wait on this device")
    desk.gone = False
    page.reload()
    expect(page.locator("#band-big")).to_have_text("STR159L8")
    # the page may have gone between a request and its answer: then the same scan comes again under its own key
    assert list(dict.fromkeys(sent(desk))) == ["STR158L8", "STR159L8"]
    assert len({scan["client_id"] for scan in desk.scans}) == 2


def test_a_lost_answer_is_asked_for_again_under_the_same_key(page: Page, desk: Desk) -> None:
    desk.deaf_once = True
    wedge(page, "STR158L8")
    expect(page.locator("#band-word")).to_have_text("Right", timeout=10_000)
    assert sent(desk) == ["STR158L8", "STR158L8"]
    assert len(set(desk.keys)) == 1


def test_a_code_that_opens_another_task_takes_the_scans_behind_it_along(page: Page, desk: Desk) -> None:
    desk.answers["C-0118"] = (
        200,
        {
            "outcome": "command",
            "tone": "blue",
            "word": "Open",
            "barcode": "C-0118",
            "sentence": "Now pack into C-0118",
            "task": "pack:C-0118",
        },
    )
    wedge(page, "C-0118", "STR158L8", "STR159L8")
    expect(page.locator("#band-big")).to_have_text("STR159L8")
    assert [scan["task"] for scan in desk.scans] == ["run:2026-W47:out", "pack:C-0118", "pack:C-0118"]


def test_the_last_scan_opens_the_command_code_of_the_next_step(page: Page, desk: Desk) -> None:
    closing = {"command": "SR-CLOSE", "label": "Close and seal C-0117", "enabled": True, "reason": ""}
    desk.answers["STR164L8"] = (200, {**right("STR164L8"), "commands": [closing]})
    figure = page.locator("[data-command=SR-CLOSE]")
    expect(figure.locator(".code")).to_be_hidden()
    wedge(page, "STR164L8")
    expect(figure.locator(".code")).to_be_visible()
    figure.get_by_role("button").click()
    expect(page.locator("#band-big")).to_have_text("SR-CLOSE")
    assert sent(desk) == ["STR164L8", "SR-CLOSE"]


def test_a_pasted_list_becomes_one_scan_a_line(page: Page, desk: Desk) -> None:
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text", "STR158L8\\nSTR159L8\\r\\nSTR160L8\\n");
            document.getElementById("scan").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#band-big")).to_have_text("STR160L8")
    assert sent(desk) == ["STR158L8", "STR159L8", "STR160L8"]


def test_sound_and_vibration_are_switched_off_each_on_its_own_and_stay_so(
    browser: Browser, desk: Desk
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.add_init_script(
        "window.buzzed = []; navigator.vibrate = (pattern) => { buzzed.push(pattern); return true; };"
    )
    page.goto(f"{desk.url}/scan")
    wedge(page, "STR158L8")
    expect(page.locator("#band-big")).to_have_text("STR158L8")
    assert page.evaluate("buzzed.length") == 1
    page.get_by_role("button", name="vibration on").click()
    expect(page.get_by_role("button", name="vibration off")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="sound on")).to_be_visible()
    wedge(page, "STR159L8")
    expect(page.locator("#band-big")).to_have_text("STR159L8")
    assert page.evaluate("buzzed.length") == 1
    page.get_by_role("button", name="sound on").click()
    page.reload()
    expect(page.get_by_role("button", name="sound off")).to_be_visible()
    expect(page.get_by_role("button", name="vibration off")).to_be_visible()
    context.close()


def test_a_container_that_is_opened_is_named_in_the_task_and_its_lists_follow(page: Page, desk: Desk) -> None:
    desk.answers["C-0118"] = (
        200,
        {
            "outcome": "command", "tone": "blue", "word": "Container", "barcode": "C-0118", "sentence": "Now pack into C-0118",
            "task": "pack:CN-0412:C-0118", "about": "CN-0412, into C-0118", "counts": {"left": 3, "done": 11},
        },
    )  # fmt: skip
    wedge(page, "C-0118")
    expect(page.locator("#about")).to_contain_text("into C-0118")
    expect(page.locator("#about a").last).to_have_attribute("href", "/search?q=C-0118")
    expect(page.locator("#left-count")).to_have_text("3")
