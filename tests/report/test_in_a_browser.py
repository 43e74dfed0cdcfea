"""Pages in a real browser: nothing cut or outside the view, no error; sorting and hiding work."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import loas_tl
from loas_tl.report.page import page
from tests.report import layer

pytestmark = pytest.mark.browser

WIDTHS = {390: "dark", 768: "light", 1280: "dark", 1920: "light"}
NAMES = ("LoAS", "SparTen-SNN", "LoAS-FT", "GoSPA-SNN", "Gamma-SNN", "PTB")

OUTSIDE = """
const wide = document.documentElement.clientWidth, found = [];
const within = (box, of) => box.left >= of.left - 2 && box.right <= of.right + 2
  && box.top >= of.top - 2 && box.bottom <= of.bottom + 2;
if (document.documentElement.scrollWidth > wide) found.push("the page is wider than the view");
for (const one of document.querySelectorAll("h1, h2, p, li, label, figure, .tile, svg, footer")) {
  if (one.closest(".scroll") || one.closest("details")) continue;
  const box = one.getBoundingClientRect();
  if (box.width && (box.left < -1 || box.right > wide + 1)) found.push(one.tagName + box.right);
}
for (const text of document.querySelectorAll("figure svg text")) {
  const box = text.getBoundingClientRect(), of = text.closest("svg").getBoundingClientRect();
  if (box.width && !within(box, of)) found.push("cut: " + text.textContent);
}
for (const chart of document.querySelectorAll(".chart"))
  if (!chart.querySelector(".mark-rect path, .mark-symbol path")) found.push("empty: " + chart.id);
return found;
"""

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs Selenium")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs Chromium and its driver")
    os.environ["SE_OFFLINE"] = "true"
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield made
    made.quit()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Open:
    def open_page(text: str, width: int = 1280, scheme: str = "light") -> Any:
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get(path.as_uri())
        wait(lambda: browser.execute_script("return document.documentElement.dataset.ready"))
        return browser

    return open_page


def wait(until: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def compared(accelerators: int, networks: int) -> str:
    chosen = [*NAMES, *(f"LoAS:pes={pes}" for pes in range(4, 10))][:accelerators]
    asked = [
        loas_tl.Network(f"network {at}", (layer(5, "a"), layer(9, "b"))) for at in range(networks)
    ]
    found = (
        loas_tl.compare(asked, accelerators=chosen, model="both")
        if networks == 1
        else loas_tl.compare(asked, accelerators=chosen)
    )
    return page(found)


def rows(browser: Any, sheet: int, column: int) -> list[str]:
    cells = f"#sheet-{sheet} tbody td:nth-child({column})"
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)", cells
    )
    return found


@pytest.mark.parametrize(("accelerators", "networks"), [(1, 1), (2, 1), (12, 8)])
def test_nothing_is_cut_or_outside_the_view(opened: Open, accelerators: int, networks: int) -> None:
    text = compared(accelerators, networks)
    assert len(text.encode()) < 3_000_000
    for width, scheme in WIDTHS.items():
        browser = opened(text, width, scheme)
        assert browser.execute_script(OUTSIDE) == []
        assert [log for log in browser.get_log("browser") if log["level"] == "SEVERE"] == []
        fetched = browser.execute_script(
            "return performance.getEntriesByType('resource').map(one => one.name)"
        )
        assert [name for name in fetched if not name.startswith(("blob:", "data:"))] == []


def test_the_first_plot_is_on_the_first_screen(opened: Open) -> None:
    browser = opened(compared(6, 1))
    top = "return document.querySelector('figure').getBoundingClientRect().bottom"
    assert browser.execute_script(top) < 900


def test_tables_sort_and_accelerators_hide(opened: Open) -> None:
    browser = opened(compared(6, 1))
    before = rows(browser, 0, 3)
    browser.execute_script("document.querySelector('#sheet-0 th:nth-child(3)').click()")
    wait(lambda: rows(browser, 0, 3) != before)
    figures = [int(cell.replace(",", "")) for cell in rows(browser, 0, 3)]
    assert figures == sorted(figures)

    bars = "return document.querySelectorAll('#chart-0 .mark-rect path').length"
    assert browser.execute_script(bars) == 6
    browser.execute_script("document.querySelector('.pick input[value=PTB]').click()")
    wait(lambda: browser.execute_script(bars) == 5)
    assert "PTB" not in rows(browser, 0, 2)
    browser.execute_script("document.querySelector('.pick input[value=PTB]').click()")
    wait(lambda: browser.execute_script(bars) == 6)
    assert "PTB" in rows(browser, 0, 2)


def test_views_can_be_switched(opened: Open) -> None:
    browser = opened(compared(2, 1))
    points = "return document.querySelectorAll('#chart-0 .mark-symbol path').length"
    assert browser.execute_script(points) == 0
    browser.execute_script("document.querySelector('.views input[value=log]').click()")
    wait(lambda: browser.execute_script(points) == 2)
