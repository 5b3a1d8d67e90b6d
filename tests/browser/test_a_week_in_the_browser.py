"""A new user's path: four people carry one week from the library to the vault and back, in the browser alone."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from carrying import approve, courier_signs, receive, seal_and_freeze, take_out_all
from parts import need
from playwright.sync_api import expect
from serving import BROWSER, STRONGROOM, chromium, scan, serving, signed_in

OUT, HOME = "CN-0001", "CN-0002"
EXPIRED = ["STR091L8", "STR092L8", "STR093L8", "STR094L8"]


@pytest.fixture
def site(tmp_path):
    need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")
    with serving(tmp_path / "data", "--demo") as address:
        yield address


def test_a_week_is_planned_carried_and_closed_in_the_browser(site, tmp_path):
    with chromium() as browser:
        people = {
            login: signed_in(browser, site, login) for login in ("admin", "handler", "custodian", "auditor")
        }
        number = approve(people["admin"])
        carry_out(people, number)
        bring_home(people, number)
        close(people["admin"], number)
        audit(people["auditor"])
    for command in (["verify"], ["replay", "--check"]):
        done = subprocess.run(
            [STRONGROOM, "ledger", *command, "--json"], capture_output=True, text=True, check=False,
            env={**os.environ, "STRONGROOM_DATA_DIR": str(tmp_path / "data")},
        )  # fmt: skip
        assert json.loads(done.stdout)["ok"], done.stdout


def carry_out(people, number):
    handler, custodian = people["handler"], people["custodian"]
    barcodes = take_out_all(handler, number, wanted=7)
    handler.goto(f"/scan?task=pack:{OUT}")
    scan(handler, "C-0117", "Container")
    for barcode in barcodes:
        scan(handler, barcode, "Right")
    expect(handler.locator("#left-count")).to_have_text("0")
    scan(handler, "STR141L8", "Wrong")
    seal_and_freeze(handler, OUT, seal="004711")
    courier_signs(handler, OUT, "Driver 3")
    receive(custodian, OUT, "C-0117", seal="004711", driver="Driver 3")
    resolve(people["admin"], OUT)
    reconcile(people["admin"], OUT)


def bring_home(people, number):
    handler, custodian = people["handler"], people["custodian"]
    custodian.goto(f"/scan?task=pack:{HOME}")
    scan(custodian, "C-0091", "Container")
    for barcode in EXPIRED:
        scan(custodian, barcode, "Right")
    seal_and_freeze(custodian, HOME, seal="004388")
    courier_signs(custodian, HOME, "Driver 1")
    receive(handler, HOME, "C-0091", seal="004388", driver="Driver 1")
    handler.goto(f"/scan?task=unpack:{HOME}")
    scan(handler, "C-0091", "Open")
    for barcode in EXPIRED:
        scan(handler, barcode, "Home")
    put_in_what_came_home(handler)
    reconcile(people["admin"], HOME)


def resolve(page, number):
    page.goto(f"/consignments/{number}")
    page.get_by_role("link", name="Resolve").first.click()
    page.get_by_role("textbox").last.fill("A neighbour on the shelf; put back into slot 2, seen there.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("main")).to_contain_text("put back into slot 2")


def reconcile(page, number):
    page.goto(f"/consignments/{number}/close")
    page.get_by_role("button", name=re.compile("^Close")).click()
    expect(page.locator("main")).to_contain_text("reconciled")


def put_in_what_came_home(page):
    page.goto("/libraries")
    page.get_by_role("button", name=re.compile("Put in what came home")).click()
    for _ in range(90):
        page.goto(f"/media/{EXPIRED[-1]}")
        if "in library" in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{EXPIRED[-1]} did not get back into the library")


def close(page, number):
    page.goto(f"/runs/{number}")
    page.get_by_role("link", name="Close the run").or_(
        page.get_by_role("button", name="Close the run")
    ).click()
    if page.get_by_role("button", name=re.compile(f"^Close {number}")).count():
        page.get_by_role("button", name=re.compile(f"^Close {number}")).click()
    expect(page.locator("main")).to_contain_text("closed")


def audit(page):
    page.goto(f"/media/{EXPIRED[0]}")
    text = page.locator("main").inner_text()
    assert "Driver 1" in text
    assert "004388" in text
    assert "scratch" in text
    page.goto("/ledger")
    expect(page.locator("main")).to_contain_text("verify")
