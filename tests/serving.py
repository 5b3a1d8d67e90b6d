"""A real `strongroom serve` for browser tests, and browsers for the people who sign in."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from ports import free_port

PASSWORD = "four people carry one week"
STRONGROOM = str(Path(sys.executable).with_name("strongroom"))
BROWSER = os.environ.get("STRONGROOM_TEST_BROWSER", "/usr/bin/chromium")
WAIT_MS = 60_000


@contextmanager
def serving(data_dir: Path, *options: str, port: int = 0, **settings: str):
    """The address of a server on a free port, or on this one; ended when the block ends."""
    port = port or free_port()
    environment = {
        **os.environ,
        "STRONGROOM_DATA_DIR": str(data_dir),
        **{f"STRONGROOM_{k.upper()}": v for k, v in settings.items()},
    }
    process = subprocess.Popen(
        [STRONGROOM, "serve", "--port", str(port), *options],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_ready(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def wait_until_ready(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not become ready")


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, login: str) -> Page:
    page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("nav.rail")).to_be_visible(timeout=WAIT_MS)
    return page


def scan(page: Page, code: str, word: str) -> None:
    """Type a code as a wedge scanner does, and wait for the band's word."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#band-word")).to_have_text(re.compile(word), timeout=WAIT_MS)
    expect(page.locator("#band-big")).to_contain_text(
        code if not code.startswith("SR-") else "", timeout=WAIT_MS
    )
