"""The work of a day with JavaScript switched off: sign in, scan, freeze, sign by name, receive, acknowledge."""

from pathlib import Path

import pytest
from parts import need
from playwright.sync_api import expect
from prepared import ENVIRONMENT, login_of, prepared
from serving import BROWSER, PASSWORD, chromium, serving
from travel import OURS, OUT, VENDOR

need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")


def chosen(travel):
    return travel.chosen(OUT, 2), travel.box, travel.barcodes


@pytest.fixture
def dock(tmp_path):
    number, box, barcodes = prepared(tmp_path / "data", chosen, OURS, VENDOR)
    with serving(tmp_path / "data", **ENVIRONMENT) as address, chromium() as browser:
        yield number, box, barcodes, lambda who: plain(browser, address, who)


def plain(browser, address, who):
    """Signed in, in a browser without JavaScript."""
    page = browser.new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto("/consignments")
    page.fill("[name=login]", login_of(who))
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Consignments", level=1)).to_be_visible()
    return page


def scan(page, code, word):
    page.fill("#scan", code)
    page.press("#scan", "Enter")
    expect(page.locator("#band-word")).to_have_text(word)


def sign(page):
    for name, value in (("name", "Driver 3"), ("badge", "77-1"), ("signature_typed", "Driver 3")):
        page.fill(f"[name={name}]", value)
    page.check("[name=identity_checked]")


def test_a_consignment_is_packed_signed_and_acknowledged(dock):
    number, box, barcodes, person = dock
    handler, custodian = person(OURS), person(VENDOR)
    handler.goto(f"/scan?task=pack:{number}:{box}")
    for barcode in barcodes:
        scan(handler, barcode, "Right")
    scan(handler, "NOT001L8", "Unknown")
    scan(handler, "SR-CLOSE", "Seal")
    scan(handler, "004711", "Sealed")
    handler.goto(f"/consignments/{number}/freeze")
    handler.get_by_role("button", name="Freeze the manifest").click()
    handler.goto(f"/consignments/{number}/sign")
    expect(handler.locator(".pad").first).to_be_hidden()  # nobody can draw without a script
    sign(handler)
    handler.get_by_role("button", name="I take").click()
    expect(handler.locator("main")).to_contain_text("in transit")
    custodian.goto(f"/scan?task=receive:{number}")
    scan(custodian, box, "Container")
    scan(custodian, "004711", "Intact")
    custodian.goto(f"/consignments/{number}/acknowledge")
    sign(custodian)
    custodian.get_by_role("button", name="Acknowledge everything").click()
    expect(custodian.locator("main")).to_contain_text("both sides recorded")


def test_a_form_with_faults_comes_back_with_what_was_typed(dock):
    number, _box, _barcodes, person = dock
    handler = person(OURS)
    handler.goto(f"/consignments/{number}/cancel")
    handler.get_by_role("button", name="Cancel it").click()
    expect(handler.locator(".summary")).to_contain_text("needs another look")
    expect(handler.locator(".has-error .error")).to_be_visible()
