"""A person prints a series on a label printer that dies in the middle, looks, scans, goes on: in Chromium, over HTTP."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import serving
from parts import need
from playwright.sync_api import Page, expect
from serving import BROWSER, STRONGROOM, WAIT_MS

from drivers.registry import open_printer_hands

need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")
pytestmark = pytest.mark.one_database
BARCODES = [f"ABC{number:03}L8" for number in range(1, 7)]


def strongroom(data_dir: Path, *words: str) -> None:
    environment = {**os.environ, "STRONGROOM_DATA_DIR": str(data_dir)}
    subprocess.run([STRONGROOM, *words], env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def chromium():
    with serving.chromium() as browser:
        yield browser


@pytest.fixture
def hands(tmp_path):
    with open_printer_hands(tmp_path / "zebra") as person:
        yield person


@pytest.fixture
def handler(chromium, tmp_path, hands):
    data = tmp_path / "data"
    with serving.serving(data, "--demo") as address:
        url = f"sim://{tmp_path / 'zebra'}"
        strongroom(
            data,
            "printers",
            "add",
            "Zebra 1",
            url,
            "--language",
            "zpl",
            "--dpi",
            "300",
            "--stock",
            "roll-79x17",
        )
        page = serving.signed_in(chromium, address, "handler")
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield page
        page.context.close()
        assert [
            told for told in errors if "409 (Conflict)" not in told
        ] == []  # refused scans, which the page tells


def picture(page: Page, name: str) -> None:
    """For people's eyes, where STRONGROOM_TEST_PICTURES names a folder."""
    folder = os.environ.get("STRONGROOM_TEST_PICTURES")
    if folder is None:
        return
    for scheme in ("light", "dark"):
        for width, height in ((1440, 900), (360, 780)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def printed(hands) -> list[str]:
    """Barcodes of the paper labels, in the order in which they came out."""
    return [re.search(rb"\^FD([A-Z0-9]{8})\^FS", label)[1].decode() for label in hands.printed()]


def scan(page: Page, code: str, word: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#band-word")).to_have_text(word, timeout=WAIT_MS)
    expect(page.locator("#band-big")).to_have_text(code, timeout=WAIT_MS)


def plan_series(page: Page) -> None:
    page.goto("/labels")
    picture(page, "labels-empty")
    page.get_by_role("link", name="New labels").first.click()
    page.get_by_label("Which").fill("ABC001L8..ABC006L8")
    page.get_by_label("Stock", exact=True).select_option("roll-79x17")
    page.get_by_label("Printed").select_option("printer:Zebra 1")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".pictures svg")).to_have_count(3)
    box = page.locator(".pictures svg").first.bounding_box()
    assert abs(box["width"] - 79 * 96 / 25.4) < 1  # true scale, in CSS millimetres
    picture(page, "labels-new")
    page.get_by_role("button", name="Reserve 6 numbers").click()
    expect(page.locator("h1")).to_have_text("LP-0001")
    picture(page, "labels-planned")


def scan_what_came_out(page: Page) -> None:
    page.get_by_role("link", name="Scan what was printed").first.click()
    expect(page.locator("#scan")).to_be_focused()
    scan(page, "ABC001L8", "Printed")
    scan(page, "ABC001L8", "Stop")
    expect(page.locator("#band-say")).to_contain_text("was scanned already")
    scan(page, "STR147L8", "Stop")
    expect(page.locator("#band-say")).to_contain_text("is not a label of LP-0001")
    picture(page, "labels-verify")
    scan(page, "ABC002L8", "Printed")
    expect(page.locator("#left-count")).to_have_text("0")


def go_on(page: Page) -> None:
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("link", name="Resume").click()
    picture(page, "labels-resume")
    page.get_by_label("What you saw at the printer").fill("Power was gone; ABC002L8 had come out.")
    page.get_by_role("button", name="Go on printing").click()
    expect(page.locator("#label-job")).to_contain_text("2 of 6", timeout=WAIT_MS)
    expect(page.locator("#label-job table tbody tr").nth(5)).to_contain_text("sent", timeout=WAIT_MS)


def look_at_the_rest(page: Page) -> None:
    page.goto("/labels/LP-0001")
    expect(page.locator(".head")).to_contain_text("printed")
    picture(page, "labels-printed")
    page.goto("/labels")
    picture(page, "labels-list")
    page.goto("/labels/series/LS-0001")
    picture(page, "labels-series")
    page.goto("/printers")
    page.get_by_role("link", name="Zebra 1").click()
    expect(page.locator(".head")).to_contain_text("ready")
    picture(page, "printer")
    page.get_by_role("link", name="Calibrate").click()
    picture(page, "printer-calibrate")


def test_a_series_is_printed_and_proved_though_the_printer_dies_in_it(handler, hands):
    page = handler
    plan_series(page)
    hands.set_fault("dies", after=2)
    page.get_by_role("button", name="Send to Zebra 1").click()
    expect(page.locator(".faults")).to_contain_text("Look at the printer whether ABC002L8", timeout=WAIT_MS)
    assert printed(hands) == BARCODES[:2]
    picture(page, "labels-in-doubt")
    scan_what_came_out(page)
    hands.clear_faults()
    go_on(page)
    assert printed(hands) == BARCODES
    page.goto("/labels/LP-0001/verify")
    for barcode in BARCODES[2:]:
        scan(page, barcode, "Printed")
    expect(page.locator("#band-say")).to_contain_text("LP-0001 is complete")
    look_at_the_rest(page)
