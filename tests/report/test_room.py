"""What a page does where there is little room: columns, the shade at an edge, contents."""

from __future__ import annotations

from typing import Any

import pytest

from loas_tl.report.web import Cell, Sheet
from tests.report.browser import Open, wait
from tests.report.pages import PAGES

pytestmark = pytest.mark.browser

BEYOND = """
return [...document.querySelectorAll("table.dataTable")].map(table => {
  const scroll = table.parentElement;
  return [table.getAttribute("aria-label"), scroll.scrollWidth - scroll.clientWidth];
}).filter(([, beyond]) => beyond > 1);
"""

LEFT_OUT = """
return [...document.querySelectorAll("p.columns")].filter(line => !line.hidden).map(
  line => [line.nextElementSibling.ariaLabel.replace("Table: ", ""), line.innerText.trim()]);
"""

HEADS = """
return [...document.querySelectorAll(`#sheet-${arguments[0]} thead th`)]
  .map(head => head.textContent);
"""

WITHOUT = "div.dt-layout-table::after { display: none !important; }"
"""A style without any shade."""


@pytest.mark.parametrize(
    ("least", "leaving"),
    [
        ((), ["d", "c"]),
        (("c", "b", "not a column"), ["c", "b"]),
        (("words", "c"), ["words", "c", "d"]),
    ],
)
def test_columns_leave_in_the_order_that_is_stated(least: list[str], leaving: list[str]) -> None:
    columns = ["name", "words", "b", "c", "d"]
    row = ["x", "y", *(Cell(1.0, "1") for _ in range(3))]
    sheet = Sheet(columns, [row], "t", ["text", "text", *["number"] * 3], least=least)
    assert [columns[place] for place in sheet.leaving] == leaving


@pytest.mark.parametrize("page", PAGES)
def test_tables_fit_a_usual_view(opened: Open, page: str) -> None:
    browser = opened(page, 12 if PAGES[page].accelerators else 1)
    assert browser.execute_script(BEYOND) == []


def test_no_column_of_a_comparison_is_left_out_in_a_usual_view(opened: Open) -> None:
    browser = opened("compare", 1, 8)
    assert browser.execute_script(LEFT_OUT) == []


def test_columns_are_left_out_said_and_brought_back(opened: Open) -> None:
    browser = opened("compare", 2, 8, width=390)
    at = 0  # the totals
    shown = browser.execute_script(HEADS, at)
    said = dict(browser.execute_script(LEFT_OUT))["Totals of each network and accelerator"]
    assert said.startswith("Show all columns left out here: PEs in use, published formula")
    gone = said.partition(": ")[2].split(", ")
    assert shown[:3] == ["network", "accelerator", "cycles"]
    assert not set(shown) & set(gone)
    box = browser.find_element("css selector", f"#columns-{at} input")
    browser.execute_script("arguments[0].focus()", box)
    box.send_keys(" ")
    everything = browser.execute_script(HEADS, at)
    assert set(everything) == {*shown, *gone}
    assert browser.execute_script(BEYOND)
    box.send_keys(" ")
    assert browser.execute_script(HEADS, at) == shown
    # In a view with room they come back by themselves.
    _resize(browser, 1280)
    wait(lambda: browser.execute_script(HEADS, at) == everything)
    assert browser.execute_script(LEFT_OUT) == []


def test_the_edge_behind_which_columns_follow_is_shaded(opened: Open) -> None:
    """By what is painted, with the shade and without it."""
    browser = opened("compare", 2, 1, width=390)
    browser.find_element("css selector", "#columns-0 input").click()
    for scrolled, shaded in ((0, True), (10**6, False)):
        browser.execute_script(
            "const one = document.querySelector('#sheet-0').parentElement;"
            "one.scrollIntoView({block: 'center'}); one.scrollLeft = arguments[0]",
            scrolled,
        )
        wait(lambda: _painted(browser) == _painted(browser))
        before = _painted(browser)
        browser.execute_script(
            "const style = document.createElement('style'); style.id = 'without';"
            "style.textContent = arguments[0]; document.head.append(style)",
            WITHOUT,
        )
        after = _painted(browser)
        browser.execute_script("document.getElementById('without').remove()")
        assert (before != after) == shaded


def test_what_is_scrolled_is_reached_by_keys(opened: Open) -> None:
    browser = opened("compare", 2, 1, width=390)
    tabs = "return document.querySelector('#sheet-0').parentElement.tabIndex"
    assert browser.execute_script(tabs) == -1
    browser.find_element("css selector", "#columns-0 input").click()
    assert browser.execute_script(tabs) == 0


@pytest.mark.parametrize("page", PAGES)
def test_contents_fold_where_there_is_little_room(opened: Open, page: str) -> None:
    browser = opened(page, width=390)
    high = "return document.querySelector('.contents').getBoundingClientRect().height"
    assert browser.execute_script(high) < 60
    summary = browser.find_element("css selector", ".contents summary")
    assert summary.text == "Contents"
    assert summary.aria_role == "DisclosureTriangle"
    summary.send_keys("\ue007")  # Enter
    links = browser.find_elements("css selector", ".contents details[open] a")
    assert links
    assert all(link.is_displayed() for link in links)
    assert browser.execute_script(high) < 900
    summary.send_keys("\ue00c")  # Escape
    assert browser.execute_script(high) < 60
    assert browser.execute_script("return document.activeElement.textContent") == "Contents"
    summary.send_keys("\ue007")
    last = browser.find_elements("css selector", ".contents details[open] a")[-1]
    last.send_keys("\ue007")
    top = "return document.querySelector(location.hash).getBoundingClientRect().top"
    wait(lambda: browser.execute_script("return location.hash"))
    assert browser.execute_script(high) < 60
    # The heading is not below the bar.
    assert browser.execute_script(top) >= browser.execute_script(high)


def test_contents_stand_open_where_there_is_room(opened: Open) -> None:
    browser = opened("compare", 2, 1, width=1280)
    opens = "return [...document.querySelectorAll('.contents details')].map(one => one.open)"
    assert browser.execute_script(opens) == [True] * 3
    _resize(browser, 768)
    wait(lambda: browser.execute_script(opens) == [False] * 3)
    _resize(browser, 1280)
    wait(lambda: browser.execute_script(opens) == [True] * 3)


def _resize(browser: Any, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def _painted(browser: Any) -> str:
    """A picture of the right edge of the first table's box."""
    x, y, height = browser.execute_script(
        "const box = document.querySelector('#sheet-0').parentElement.getBoundingClientRect();"
        "return [box.right - 16 + scrollX, box.top + scrollY, Math.min(box.height, 120)]"
    )
    clip = {"x": x, "y": y, "width": 16, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "clip": clip})
    return str(shot["data"])
