"""Takes the two pictures of the README from a demonstration house; not a test. `make pictures`"""

import tempfile
from pathlib import Path

from carrying import approve, take_out_all
from playwright.sync_api import expect
from serving import chromium, scan, serving, signed_in

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
OUT = "CN-0001"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "data", "--demo") as address,
        chromium() as browser,
    ):
        admin, handler = (signed_in(browser, address, login) for login in ("admin", "handler"))
        number = approve(admin)
        handler.goto(f"/runs/{number}")
        expect(handler.locator("#live")).to_contain_text("Take ", timeout=60_000)
        handler.screenshot(path=PICTURES / "run.png", full_page=True)
        barcodes = take_out_all(handler, number, wanted=7)
        handler.goto(f"/scan?task=pack:{OUT}")
        scan(handler, "C-0117", "Container")
        for barcode in barcodes[:5]:
            scan(handler, barcode, "Right")
        scan(handler, "STR141L8", "Wrong")
        handler.wait_for_timeout(500)  # the flash of a new answer
        handler.screenshot(path=PICTURES / "scan.png")


if __name__ == "__main__":
    main()
