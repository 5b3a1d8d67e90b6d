"""The server is killed and comes back: no scan is lost or made twice, and the open pages go on by themselves."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from parts import need
from playwright.sync_api import expect
from ports import free_port
from prepared import login_of, prepared
from serving import BROWSER, STRONGROOM, chromium, scan, serving, signed_in, wait_until_ready
from travel import OURS, OUT

from service.ledger import store
from service.runtime import open_runtime
from service.settings import Settings

need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")
COUNT = 12
ENDS_S = 5


def chosen(travel):
    number = travel.chosen(OUT, COUNT)
    return number, travel.box, travel.barcodes, [travel.house.ids[barcode] for barcode in travel.barcodes]


class Packing:
    """A consignment to pack, and a server that can be killed and started again at the same address."""

    def __init__(self, data_dir):
        self.data_dir, self.port = data_dir, free_port()
        self.process = None
        self.login = login_of(OURS)
        self.number, self.box, self.barcodes, self.ids = prepared(data_dir, chosen, OURS)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        environment = {**os.environ, "STRONGROOM_DATA_DIR": str(self.data_dir), "STRONGROOM_SITE": "Annex"}
        command = [STRONGROOM, "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        wait_until_ready(self.port)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=30)

    def packed(self):
        """How often each medium was packed, by the ledger."""
        runtime = open_runtime(Settings(data_dir=self.data_dir))
        try:
            with runtime.database.reader.connect() as connection:
                return [
                    sum(
                        entry.event == "medium:packed"
                        for entry in store.entries_of(connection, f"medium:{one}")
                    )
                    for one in self.ids
                ]
        finally:
            runtime.close()


@pytest.fixture
def packing(tmp_path):
    made = Packing(tmp_path / "data")
    made.start()
    yield made
    if made.process.poll() is None:
        made.end()


def test_scans_made_while_the_server_is_gone_arrive_each_once_when_it_is_back(packing):
    with chromium() as browser:
        page = signed_in(browser, packing.address, packing.login)
        page.goto(f"/scan?task=pack:{packing.number}:{packing.box}")
        for barcode in packing.barcodes[:3]:
            scan(page, barcode, "Right")
        packing.kill()
        for barcode in packing.barcodes[3:7]:
            page.keyboard.type(f"{barcode}\n")
        expect(page.locator("#offline-count")).to_have_text("4 scans wait on this device", timeout=20_000)
        expect(page.locator("#scan")).to_be_focused()
        packing.start()
        for barcode in packing.barcodes[7:9]:
            page.keyboard.type(f"{barcode}\n")
        packing.kill()
        for barcode in packing.barcodes[9:]:
            page.keyboard.type(f"{barcode}\n")
        packing.start()
        expect(page.locator("#offline")).to_be_hidden(timeout=30_000)
        expect(page.locator("#left-count")).to_have_text("0", timeout=30_000)
        expect(page.locator("#done-count")).to_have_text(str(COUNT))
    packing.end()
    assert packing.packed() == [1] * COUNT


def test_an_open_board_hears_of_an_approval_at_once_also_after_the_server_came_back(tmp_path):
    port = free_port()
    with chromium() as browser:
        with serving(tmp_path / "data", "--demo", port=port) as address:
            watcher, admin = (signed_in(browser, address, login) for login in ("handler", "admin"))
            watcher.route(re.compile(r"/runs/"), without_polling)
            number = open_board(watcher)
            began = time.monotonic()
        assert time.monotonic() - began < ENDS_S + 3  # a listening page holds nobody up
        with serving(tmp_path / "data", "--demo", port=port):
            expect(watcher.locator("#board")).to_be_visible()
            admin.goto(f"/runs/{number}/approve")
            admin.get_by_role("button", name=f"Approve {number}").click()
            expect(watcher.locator("#board")).to_contain_text("by Administrator 1", timeout=20_000)


def without_polling(route):
    """Pages and fragments that only the stream keeps current."""
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r"every \d+s, refresh", "refresh", answer.text()))


def open_board(page):
    page.goto("/runs")
    number = re.search(r"\d{4}-W\d{2}", page.locator("main").inner_text())[0]
    with page.expect_request("**/events"):
        page.goto(f"/runs/{number}")
    expect(page.locator("#board")).to_have_attribute("hx-trigger", "refresh")
    return number
