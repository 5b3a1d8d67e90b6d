"""What people do with a week in their browsers: approve, empty the mail slots, seal, sign, receive."""

import re

from playwright.sync_api import expect
from serving import WAIT_MS, scan

RUN = re.compile(r"\d{4}-W\d{2}")


def approve(page):
    page.goto("/runs")
    number = RUN.search(page.locator("main").inner_text())[0]
    page.goto(f"/runs/{number}")
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name=f"Approve {number}").click()
    expect(page.locator("main")).to_contain_text("by Administrator 1")
    return number


def take_out_all(page, number, wanted):
    """Stand at the door of the simulated library and empty the mail slots when the library asks for it."""
    for _ in range(120):
        page.goto(f"/runs/{number}")
        panel = page.locator("main").inner_text()
        if page.locator("main").get_by_text("waits", exact=True).count() == wanted and "Take " not in panel:
            break
        if re.search(r"Take .* out of mail slot", panel):
            page.goto("/libraries")
            everything = page.get_by_role("button", name=re.compile("Take (all )?out"))
            if everything.count():  # the page before may have been older than the hand that emptied them
                everything.last.click()
                page.wait_for_load_state()
        page.wait_for_timeout(1000)
    return sorted(set(re.findall(r"STR\d{3}L8", page.locator("#run-sheet").inner_text())))


def seal_and_freeze(page, number, seal):
    scan(page, "SR-CLOSE", "Seal")
    scan(page, seal, "Sealed")
    page.keyboard.type("SR-FREEZE\n")
    page.wait_for_url(f"**/consignments/{number}*")


def draw(page, field):
    glass = page.locator(f"[data-sign={field}] svg.glass")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 90)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + step * 20, box["y"] + 90 - step % 3 * 25)
    page.mouse.up()


def courier_signs(page, number, name):
    page.goto(f"/consignments/{number}/sign")
    page.fill("[name=name]", name)
    page.fill("[name=badge]", "77-1")
    page.check("[name=identity_checked]")
    draw(page, "signature")
    page.get_by_role("button", name="I take this container").click()
    expect(page.locator("main")).to_contain_text("in transit")


def receive(page, number, container, seal, driver):
    page.goto(f"/scan?task=receive:{number}")
    scan(page, container, "Container")
    page.keyboard.type(f"{seal}\n")
    expect(page.locator("#band-word")).to_have_text("Intact", timeout=WAIT_MS)
    page.goto(f"/consignments/{number}/acknowledge")
    page.fill("[name=name]", driver)
    page.fill("[name=badge]", "77-1")
    page.check("[name=identity_checked]")
    page.fill("[name=signature_typed]", driver)
    page.get_by_role("button", name="Acknowledge everything").click()
    expect(page.locator("main")).to_contain_text("both sides recorded")
