"""Serves the specimens on loopback and takes pictures of them; not a test.

python tests/service/web/shoot.py FOLDER [PAGE ...]            360 and 1440 px, light and dark
python tests/service/web/shoot.py --axe axe.min.js [PAGE ...]  prints axe-core's findings
"""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Browser, Page, sync_playwright
from web_specimens.pages import PAGES
from web_specimens.serving import served

CHROMIUM = "/usr/bin/chromium"
AXE = """axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}).then((all) => all.violations
    .map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary]))"""
SIZES = {"1440": (1440, 900), "360": (360, 780)}


def visit(browser: Browser, address: str, size: str, scheme: str) -> Page:
    width, height = SIZES[size]
    touch = width < 700
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch, is_mobile=touch
    )
    page = context.new_page()
    page.on("console", lambda message: print("  console:", message.text) if message.type == "error" else None)
    page.goto(address, wait_until="load")
    return page


def shoot(browser: Browser, base: str, names: list[str], folder: Path) -> None:
    for name in names:
        for size in SIZES:
            for scheme in ("light", "dark"):
                page = visit(browser, f"{base}/{name}", size, scheme)
                page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=size == "1440")
                sideways = page.evaluate(f"document.documentElement.scrollWidth - {SIZES[size][0]}")
                print(name, size, scheme, f"scrolls sideways by {sideways} px" if sideways > 0 else "")
                page.context.close()


def inspect(browser: Browser, base: str, names: list[str], axe: Path) -> None:
    for name in names:
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
                )
                page = context.new_page()
                page.goto(f"{base}/{name}")
                page.add_script_tag(content=axe.read_text("utf-8"))
                for finding in page.evaluate(AXE):
                    print(name, size, scheme, *finding)
                context.close()


def main(arguments: list[str]) -> None:
    axe = arguments[0] == "--axe"
    target = Path(arguments[1] if axe else arguments[0])
    names = arguments[2 if axe else 1 :] or list(PAGES)
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        work = partial(inspect, axe=target) if axe else partial(shoot, folder=target)
        work(browser, base, names)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
