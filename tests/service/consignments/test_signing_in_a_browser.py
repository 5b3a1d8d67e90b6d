"""Signing on the glass, the dock on a phone, the sheet of paper: in Chromium, over HTTP."""

import re
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pypdfium2
import pytest
import serving
import uvicorn
from parts import need
from playwright.sync_api import expect
from ports import free_port
from serving import BROWSER
from travel import HOME, OURS, OUT, VENDOR

from service.consignments.models import ConsignmentState
from service.web.sign_ins import cookie_name

need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")
pytestmark = pytest.mark.one_database
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
START_S = 20


@pytest.fixture(scope="module")
def chromium():
    with serving.chromium() as browser:
        yield browser


@pytest.fixture
def base(travel):
    """The address of the running application."""
    port = free_port()
    config = uvicorn.Config(
        travel.app, host="127.0.0.1", port=port, log_config=None, lifespan="off", ws="none", access_log=False
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    deadline = monotonic() + START_S
    while not server.started and monotonic() < deadline:
        sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(START_S)


@pytest.fixture
def page_of(chromium, base, travel):
    """`page_of(OURS, DESK)`: a browser page in which that person is signed in; errors on its console fail the test."""
    contexts, errors = [], []

    def make(who, viewport, scheme="light"):
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, base_url=base)
        name = cookie_name(travel.runtime)
        context.add_cookies([{"name": name, "value": travel.client(who).cookies[name], "url": base}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


def is_fault(message):
    """A refused form is not one: Chromium reports its 4xx too."""
    return message.type == "error" and not message.text.startswith("Failed to load resource: the server responded with a status of 4")  # fmt: skip


def draw(page, field):
    glass = page.locator(f'[data-sign="{field}"] .glass')
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    left, top = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5
    page.mouse.move(left, top)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(left + 20 * step, top + (25 if step % 2 else -25))
    page.mouse.up()


def test_a_courier_signs_on_the_glass_and_the_vendor_acknowledges(travel, page_of):
    number = travel.frozen(OUT)
    page = page_of(OURS, DESK)
    page.goto(f"/consignments/{number}")
    page.get_by_role("link", name="Courier signs").click()
    page.get_by_label("Name of the courier").fill("Driver 3")
    page.get_by_label("Badge or identity document").fill("40118")
    page.get_by_label("I have seen this badge").check()
    draw(page, "signature")
    draw(page, "own_signature")
    page.get_by_role("button", name="I take this container").click()
    expect(page).to_have_url(re.compile(f"/consignments/{number}$"))
    expect(page.locator(".legs .ink path")).to_have_count(2)
    drawn = page.locator(".legs .ink path").first.get_attribute("d")
    assert re.fullmatch(r"M\d+ \d+(L\d+ \d+){4,}", drawn)

    dock = page_of(VENDOR, PHONE)
    dock.goto(f"/consignments/{number}")
    dock.get_by_role("link", name="Acknowledge").click()
    dock.get_by_label("Seal number as you read it").fill(travel.seal)
    dock.get_by_role("button", name=f"Record {travel.box}").click()
    expect(dock.get_by_text("1 of 1 container looked at, 2 of 2 media here.")).to_be_visible()
    dock.get_by_label("Name of the courier").fill("Driver 3")
    dock.get_by_label("Badge or identity document").fill("40118")
    dock.get_by_label("I have seen this badge").check()
    dock.locator("#finish-signature-typed").fill("Driver 3")
    dock.get_by_role("button", name="Acknowledge everything").click()
    expect(dock.get_by_text("2 media are received.")).to_be_visible()
    assert travel.state(number).state is ConsignmentState.RECEIVED
    travel.house.check()


def test_what_was_drawn_survives_an_error(travel, page_of):
    number = travel.frozen(OUT)
    page = page_of(OURS, DESK)
    page.goto(f"/consignments/{number}/sign")
    page.get_by_label("Name of the courier").fill(OURS)
    page.get_by_label("Company").fill("Organisation")
    page.get_by_label("Badge or identity document").fill("40118")
    page.get_by_label("I have seen this badge").check()
    draw(page, "signature")
    drawn = page.locator('input[name="signature"]').input_value()
    page.get_by_role("button", name="I take this container").click()
    expect(page.get_by_text("cannot both release and receive")).to_be_visible()
    assert page.locator('input[name="signature"]').input_value() == drawn
    assert page.locator('[data-sign="signature"] .stroke').get_attribute("d") == drawn


def test_no_page_scrolls_sideways_on_a_phone(travel, page_of):
    late = travel.overdue(OUT)
    opened, frozen, coming, home = (
        travel.chosen(OUT), travel.frozen(OUT), travel.in_transit(HOME), travel.received(HOME),
    )  # fmt: skip
    travel.disputed(OUT)
    paths = [
        "/consignments", "/consignments?which=overdue", "/consignments/new", "/containers", "/containers/new", "/discrepancies",
        "/discrepancies/D-0001", f"/containers/{travel.box}", *(f"/consignments/{one}" for one in (late, opened, frozen, coming, home)),
        f"/consignments/{frozen}/sign", f"/consignments/{coming}/acknowledge", f"/consignments/{opened}/freeze",
        f"/consignments/{opened}/containers", f"/consignments/{opened}/add", f"/consignments/{home}/close",
    ]  # fmt: skip
    for scheme in ("light", "dark"):
        page = page_of(OURS, PHONE, scheme)
        for path in paths:
            assert page.goto(path).status == 200, path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], (path, wide)


def test_the_printed_sheet_carries_barcode_signatures_and_every_line(travel, page_of, tmp_path):
    number = travel.in_transit(OUT, count=14)
    page = page_of(OURS, DESK)
    page.goto(f"/consignments/{number}")
    page.emulate_media(media="print")
    expect(page.locator(".head .plate svg")).to_be_visible()
    expect(page.locator("nav.rail")).to_be_hidden()
    sheet = tmp_path / "sheet.pdf"
    page.pdf(path=str(sheet), format="A4")
    document = pypdfium2.PdfDocument(sheet)
    text = "".join(document[index].get_textpage().get_text_range() for index in range(len(document)))
    document.close()
    for words in (
        number,
        "both sides recorded",
        "Driver 3",
        travel.box,
        travel.seal,
        "page 1 of",
        "UTC",
        *travel.barcodes,
    ):
        assert words in text, words
