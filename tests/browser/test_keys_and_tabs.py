"""A desk without a mouse, two tabs, the way back, a button pressed twice: on a real house."""

import re
from pathlib import Path

import pytest
from parts import need
from playwright.sync_api import expect
from serving import BROWSER, chromium, serving, signed_in

need("browser", present=Path(BROWSER).exists(), how="install Debian's chromium")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    data = tmp_path_factory.mktemp("house") / "data"
    with serving(data, "--demo") as address, chromium() as browser:
        yield signed_in(browser, address, "admin")


def run_of(page):
    page.goto("/runs")
    return re.search(r"\d{4}-W\d{2}", page.locator("main").inner_text())[0]


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def test_search_lands_on_the_thing_by_keys_alone(desk):
    desk.goto("/")
    keys(desk, "/")
    desk.keyboard.type("str142l8\n")
    desk.wait_for_url("**/media/STR142L8")
    keys(desk, "/")
    desk.keyboard.type("C-0117\n")
    desk.wait_for_url("**/containers/C-0117")


def test_the_first_tab_skips_to_the_page_and_the_order_is_head_rail_page(desk):
    desk.goto("/media")
    keys(desk, "Tab")
    expect(desk.locator(".skip")).to_be_focused()
    keys(desk, "Enter", "Tab")
    assert desk.evaluate("document.activeElement.closest('main') !== null")
    seen = desk.evaluate(
        """[...document.querySelectorAll('a[href], button, input:not([type=hidden])')].filter((one) => one.checkVisibility())
            .map((one) => one.closest('header.top, nav.rail, main')?.tagName ?? '').filter((name, at, all) => name && name !== all[at - 1])"""
    )
    assert seen == ["HEADER", "NAV", "MAIN"]


def test_rows_are_walked_and_opened_by_keys(desk):
    desk.goto("/media?content=scratch")
    keys(desk, "j", "j", "k")
    barcode = desk.locator("tr.at .bc").inner_text()
    keys(desk, "Enter")
    desk.wait_for_url(f"**/media/{barcode}")
    desk.go_back()
    expect(desk).to_have_url(re.compile("content=scratch"))


def test_rows_are_chosen_by_keys_and_one_act_takes_them_all(desk):
    number = run_of(desk)
    desk.goto(f"/runs/{number}")
    keys(desk, "j", "x", "j", "x")
    chosen = desk.locator(".pick input:checked").evaluate_all("all => all.map((one) => one.value)")
    assert len(chosen) == 2
    expect(desk.locator(".bulk-count")).to_have_text("2 chosen")
    desk.get_by_role("button", name="Leave out").click()
    for barcode in chosen:
        expect(desk.locator("main form")).to_contain_text(barcode)


def test_what_is_focused_is_never_under_the_head_or_the_bar(desk):
    desk.set_viewport_size({"width": 360, "height": 640})
    desk.goto("/media/new")
    for _ in range(30):
        keys(desk, "Tab")
        top, bottom, inside = desk.evaluate(
            """() => { const one = document.activeElement, box = one.getBoundingClientRect();
                return [box.top, box.bottom, one.closest('main') !== null]; }"""
        )
        bar = desk.evaluate("document.querySelector('nav.rail').getBoundingClientRect().top")
        assert not inside or (bottom > 52 and top < bar), desk.evaluate("document.activeElement.outerHTML")
    desk.set_viewport_size({"width": 1440, "height": 900})


def test_two_tabs_and_a_double_click_approve_once(desk):
    number = run_of(desk)
    other = desk.context.new_page()
    for tab in (desk, other):
        tab.goto(f"/runs/{number}/approve")
    desk.get_by_role("button", name=f"Approve {number}").dblclick()
    expect(desk.locator("main")).to_contain_text("by Administrator 1")
    other.get_by_role("button", name=f"Approve {number}").click()
    expect(other.locator("main")).to_contain_text("approved")
    other.go_back()
    expect(other.locator("main")).to_be_visible()
    desk.goto(f"/runs/{number}")
    expect(desk.locator("main").get_by_text("Approved", exact=True)).to_have_count(1)
    other.close()
