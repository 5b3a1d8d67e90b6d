"""Every page of a demonstration house in Chromium: no barrier, nothing sideways, nothing small to a finger, no script refused, light.

One house, one browser, one walk through a week; the tests look at what the walk noted.
"""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from carrying import approve, courier_signs, receive, seal_and_freeze, take_out_all
from parts import need
from playwright.sync_api import expect
from serving import BROWSER, PASSWORD, STRONGROOM, chromium, scan, serving, signed_in

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")
need("axe", present=AXE.exists(), how=f"run 'npm ci' in {AXE.parents[2]}")

FIRST_PAINT_BYTES = 200_000
FINGER_PX = 44
HEIGHT = 900
OUT = "CN-0001"
BY_COLOUR = ["color-contrast", "link-in-text-block"]  # what a dark page can fail and its light twin not
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SHAPE = {**STANDARDS, "rules": {rule: {"enabled": False} for rule in BY_COLOUR}}
COLOUR = {"runOnly": BY_COLOUR}
# No colour depends on the width, so the middle one is looked at for its shape.
WIDTHS = ((1440, STANDARDS, COLOUR), (768, SHAPE, None), (360, STANDARDS, COLOUR))
LOOK = """rules => axe.run(document, {...rules, resultTypes: ['violations'], elementRef: false}).then((all) =>
    all.violations.map((one) => `${one.id} × ${one.nodes.length}: ${one.nodes[0].html.slice(0, 160)}`))"""
SMALL = """least => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')].filter((one) => {
    if (!one.checkVisibility() || one.closest('.off-screen, .skip') || getComputedStyle(one).display === 'inline') return false;
    const label = one.closest('label');
    return Math.max(one.getBoundingClientRect().height, label ? label.getBoundingClientRect().height : 0) < least;
}).map((one) => `${one.tagName} ${(one.textContent || one.name || '').trim().slice(0, 30)}`)"""
WEIGHT = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((one) => !one.name.includes('/live')).reduce((sum, one) => sum + one.decodedBodySize, 0)"""

PLANNED = {
    "admin": """/ /runs /runs/{run} /runs/{run}/approve /runs/{run}/cancel /runs/new /schedules /schedules/new /policies /policies/new
        /media /media?content=scratch /media?q=ZZZ /media/new /media/import /media/STR141L8 /media/STR141L8/edit /media/STR141L8/change-content
        /documents /recovery-lists/new /holds /containers /containers/C-0117 /containers/new /consignments /consignments/new /discrepancies /parties /parties/new
        /locations /locations/new /handlers /administration /labels /labels/new /labels/series /printers /printers/new /account /account/password /account/tokens/new /libraries /ledger
        /ledger/entries/5 /scan /search /search?q=STR /search?q=nothing%20so /nowhere /media/NONE""",
    "sys": "/handlers /handlers/new /administration /locations/new",
    "custodian": "/ /scan /consignments /media",
    "handler": "/",
}
ONE_OF_EACH = ("/schedules", "/policies", "/parties", "/locations", "/handlers")
WAITING = {"handler": "/ /runs/{run} /libraries", "auditor": "/"}
PACKING = {
    "handler": "/scan /scan?task=pack:CN-0001:C-0117 /consignments/CN-0001 /containers/C-0117 /runs/{run} /media/STR158L8"
}
FROZEN = {"handler": "/consignments/CN-0001 /consignments/CN-0001/sign"}
ON_THE_ROAD = {
    "custodian": "/ /consignments/CN-0001 /consignments/CN-0001/acknowledge /scan?task=receive:CN-0001",
    "admin": "/runs/{run}",
}
RECEIVED = {
    "admin": "/ /consignments/CN-0001 /consignments/CN-0001/close /discrepancies",
    "auditor": "/media/STR158L8",
}


class Walk:
    """Goes to pages as people do and writes down, by kind, what is wrong with them."""

    def __init__(self, browser, address, data_dir):
        self.browser, self.address = browser, address
        self.notes = defaultdict(list)
        self.axe = AXE.read_text("utf-8")
        self.people = {
            login: signed_in(browser, address, login)
            for login in ("admin", "handler", "custodian", "auditor")
        }
        self.people["sys"] = self._system_administrator(data_dir)
        self.phones = {login: self._phone(page) for login, page in self.people.items()}
        for page in (*self.people.values(), *self.phones.values()):
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.notes["console"].append(str(error)))

    def _system_administrator(self, data_dir):
        page = self.browser.new_context(base_url=self.address).new_page()
        told = subprocess.run(
            [STRONGROOM, "handlers", "setup-link"], capture_output=True, text=True, check=True, env={"STRONGROOM_DATA_DIR": str(data_dir)}
        )  # fmt: skip
        setup = re.search(r"/setup/\S+", told.stdout)[0]
        for path in ("/sign-in", setup):
            self.look(page, path)
        page.goto(setup)
        for name, value in (
            ("login", "sys"),
            ("name", "System administrator 5"),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ):
            page.fill(f"[name={name}]", value)
        page.get_by_role("button", name="Make the first administrator").click()
        expect(page.locator("nav.rail")).to_be_visible()
        return page

    def _phone(self, page):
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True,
            storage_state=page.context.storage_state(),
        )  # fmt: skip
        return context.new_page()

    def _hear(self, message):
        refused = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in {"error", "warning"} and not refused:
            self.notes["console"].append(f"{message.location.get('url')}: {message.text}")

    def visit(self, places, **named):
        for login, paths in places.items():
            for path in paths.split():
                self.look(self.people[login], path.format(**named))
                self.look_by_phone(login, path.format(**named))

    def look(self, page, path):
        page.goto(path)
        if (weight := page.evaluate(WEIGHT)) >= FIRST_PAINT_BYTES:
            self.notes["weight"].append(f"{path}: {weight:,} bytes")
        page.evaluate(self.axe)
        for width, rules, colours in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            self._inspect(page, f"{path} at {width}", rules)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.notes["sideways"].append(f"{path} at {width}")
            if colours:
                page.emulate_media(color_scheme="dark")
                self._inspect(page, f"{path} at {width}, dark", colours)
                page.emulate_media(color_scheme="light")

    def _inspect(self, page, where, rules):
        self.notes["barriers"] += [f"{where}: {found}" for found in page.evaluate(LOOK, rules)]

    def look_by_phone(self, login, path):
        page = self.phones[login]
        page.goto(path)
        self.notes["small"] += [f"{path}: {found}" for found in page.evaluate(SMALL, FINGER_PX)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.notes["sideways"].append(f"{path} on a phone")


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    data = tmp_path_factory.mktemp("house") / "data"
    with serving(data, "--demo") as address, chromium() as browser:
        walk = Walk(browser, address, data)
        go_through_a_week(walk)
        yield walk.notes


def go_through_a_week(walk):
    admin, handler, custodian = (walk.people[login] for login in ("admin", "handler", "custodian"))
    admin.goto("/runs")
    run = re.search(r"\d{4}-W\d{2}", admin.locator("main").inner_text())[0]
    walk.visit(PLANNED, run=run)
    walk.visit({"admin": " ".join(first_of_each(admin))})
    approve(admin)
    wait_for_the_mail_slots(handler, run)
    walk.visit(WAITING, run=run)
    barcodes = take_out_all(handler, run, wanted=7)
    handler.goto(f"/scan?task=pack:{OUT}")
    scan(handler, "C-0117", "Container")
    scan(handler, barcodes[0], "Right")
    scan(handler, "STR141L8", "Wrong")
    walk.visit(PACKING, run=run)
    handler.goto(f"/scan?task=pack:{OUT}:C-0117")
    for barcode in barcodes[1:]:
        scan(handler, barcode, "Right")
    seal_and_freeze(handler, OUT, seal="004711")
    walk.visit(FROZEN)
    courier_signs(handler, OUT, "Driver 3")
    walk.visit(ON_THE_ROAD, run=run)
    receive(custodian, OUT, "C-0117", seal="004711", driver="Driver 3")
    walk.visit(RECEIVED)


def first_of_each(page):
    for path in ONE_OF_EACH:
        page.goto(path)
        links = page.locator(f"main a[href^='{path}/']").evaluate_all(
            "all => all.map((one) => one.getAttribute('href'))"
        )
        yield next(link for link in links if not link.endswith("/new"))


def wait_for_the_mail_slots(page, run):
    page.goto(f"/runs/{run}")
    expect(page.locator("#live")).to_contain_text("Take ", timeout=60_000)


def test_no_page_has_a_barrier_by_wcag_22_aa(notes):
    assert not notes["barriers"], "\n".join(notes["barriers"])


def test_no_page_scrolls_sideways(notes):
    assert not notes["sideways"], "\n".join(notes["sideways"])


def test_a_finger_finds_every_target(notes):
    assert not notes["small"], "\n".join(notes["small"])


def test_no_page_has_anything_refused_by_its_own_policy_or_any_fault_of_a_script(notes):
    assert not notes["console"], "\n".join(notes["console"])


def test_the_first_paint_of_every_page_is_under_200_kilobytes(notes):
    assert not notes["weight"], "\n".join(notes["weight"])
