"""Every page in a real browser: nothing cut, overlapping, empty or outside the view, no error.

Widths, schemes, counts of accelerators and of networks are tried in pairs. All of their product is,
where ``LOAS_TL_BROWSER`` is ``all``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import combinations, product
from typing import Any

import pytest

from tests.report.browser import Open, wait
from tests.report.pages import ACCELERATORS, NETWORKS, PAGES, text_of

pytestmark = pytest.mark.browser

WIDTHS = (390, 768, 1280, 1920)
SCHEMES = ("light", "dark")
AXE = "axe-core@^4.10"
MOST_BYTES = 3 * 1024**2

OUTSIDE = """
const wide = document.documentElement.clientWidth, found = [];
const within = (box, of) => box.left >= of.left - 2 && box.right <= of.right + 2
  && box.top >= of.top - 2 && box.bottom <= of.bottom + 2;
const apart = (one, other) => one.right <= other.left + 1 || other.right <= one.left + 1
  || one.bottom <= other.top + 3 || other.bottom <= one.top + 3;
if (document.documentElement.scrollWidth > wide) found.push("the page is wider than the view");
for (const one of document.querySelectorAll("h1, h2, p, li, label, figure, .tile, svg, footer")) {
  if (one.closest(".scroll") || one.closest("details:not([open]), .vega-embed details")) continue;
  const box = one.getBoundingClientRect();
  if (box.width && (box.left < -1 || box.right > wide + 1)) found.push(one.tagName + box.right);
}
for (const svg of document.querySelectorAll("figure svg.marks")) {
  const texts = [...svg.querySelectorAll("text")]
    .filter(text => text.textContent && getComputedStyle(text).opacity > 0)
    .map(text => [text, text.getBoundingClientRect()]).filter(([, box]) => box.width);
  const of = svg.getBoundingClientRect();
  texts.forEach(([text, box], at) => {
    if (!within(box, of)) found.push("cut: " + text.textContent);
    for (const [other, its] of texts.slice(at + 1))
      if (!apart(box, its))
        found.push("overlapping: " + text.textContent + ", " + other.textContent);
  });
  const menu = svg.closest("figure").querySelector("summary").getBoundingClientRect();
  for (const [text, box] of texts)
    if (!apart(menu, box)) found.push("under the menu: " + text.textContent);
}
for (const chart of document.querySelectorAll(".chart"))
  if (!chart.querySelector(".mark-rect path, .mark-symbol path, .mark-line path"))
    found.push("empty: " + chart.id);
for (const scroll of document.querySelectorAll(".scroll"))
  if (!scroll.querySelector("tbody tr"))
    found.push("no rows: " + scroll.getAttribute("aria-label"));
for (const row of document.querySelectorAll(".dt-layout-table")) {
  const table = row.querySelector("table"), scroll = table.parentElement;
  const more = scroll.scrollWidth - scroll.clientWidth - scroll.scrollLeft > 1;
  if (more !== (getComputedStyle(row, "::after").opacity === "1"))
    found.push("no or a needless shade at the edge: " + table.getAttribute("aria-label"));
}
return found;
"""

Case = tuple[str, int, int, int, str]
"""A page, how many accelerators and networks it is of, a width and a scheme."""


def _product() -> list[Case]:
    return [
        (page, accelerators, networks, width, scheme)
        for page, kind in PAGES.items()
        for accelerators, networks in kind.counts()
        for width, scheme in product(WIDTHS, SCHEMES)
    ]


def _pairs(case: Case) -> set[tuple[int, Any, int, Any]]:
    return {(i, case[i], j, case[j]) for i, j in combinations(range(len(case)), 2)}


def cases() -> list[Case]:
    """Cases that have every pair of values that stand together in any; all of them if asked."""
    every = _product()
    if os.environ.get("LOAS_TL_BROWSER") == "all":
        return every
    missing = set().union(*map(_pairs, every))
    chosen = []
    while missing:
        best = max(every, key=lambda case: len(_pairs(case) & missing))
        chosen.append(best)
        missing -= _pairs(best)
    return sorted(chosen)


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, as npm has it."""
    cache = pytestconfig.cache
    kept = (cache.mkdir("axe-core") if cache else tmp_path_factory.mktemp("axe")) / "axe.min.js"
    if not kept.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("needs npm, for axe-core")
        folder = tmp_path_factory.mktemp("npm")
        options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
        done = subprocess.run(  # noqa: S603
            [npm, "install", *options, AXE],
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            pytest.skip(f"npm has no {AXE}: {done.stderr.strip().splitlines()[-1:]}")
        shutil.copy(folder / "node_modules" / "axe-core" / "axe.min.js", kept)
    return kept.read_text(encoding="utf-8")


def rows(browser: Any, sheet: int, column: int) -> list[str]:
    cells = f"#sheet-{sheet} tbody tr > :nth-child({column})"
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)", cells
    )
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: "-".join(map(str, case)))
def test_nothing_is_cut_or_outside_the_view(opened: Open, case: Case) -> None:
    page, accelerators, networks, *_ = case
    assert len(text_of(page, accelerators, networks).encode()) < MOST_BYTES
    browser = opened(*case)
    assert browser.execute_script(OUTSIDE) == []
    assert [log for log in browser.get_log("browser") if log["level"] == "SEVERE"] == []
    fetched = browser.execute_script(
        "return performance.getEntriesByType('resource').map(one => one.name)"
    )
    assert [name for name in fetched if not name.startswith(("blob:", "data:"))] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious(opened: Open, axe: str, page: str, scheme: str) -> None:
    browser = opened(page, scheme=scheme)
    browser.execute_script(axe)
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations.map("
        "one => [one.id, one.impact, one.nodes.length, one.nodes[0].html.slice(0, 200)])))"
    )
    assert [one for one in found if one[1] in ("serious", "critical")] == []


@pytest.mark.parametrize("page", PAGES)
def test_headline_figures_and_the_first_plot_are_on_the_first_screen(
    opened: Open, page: str
) -> None:
    browser = opened(page)
    bottom = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom"
    assert browser.execute_script(bottom, ".tile") < 400
    assert browser.execute_script(bottom, "figure") < 900


@pytest.mark.parametrize("page", PAGES)
def test_every_table_sorts_by_every_column(opened: Open, page: str) -> None:
    browser = opened(page)
    unsorted = browser.execute_async_script("""
      const done = arguments[arguments.length - 1], found = [];
      const soon = () => new Promise(then => setTimeout(then));
      for (const table of document.querySelectorAll("table.dataTable"))
        for (const [at, head] of table.querySelectorAll("thead th").entries()) {
          head.click();
          const until = Date.now() + 5000;
          while (head.getAttribute("aria-sort") !== "ascending" && Date.now() < until) await soon();
          if (head.getAttribute("aria-sort") !== "ascending") found.push(head.textContent);
          if (!head.classList.contains("dt-type-numeric")) continue;
          const values = [...table.querySelectorAll(`tbody tr > :nth-child(${at + 1})`)]
            .map(cell => cell.dataset.order ?? cell.textContent.replaceAll(",", "")).map(Number);
          if (values.some((value, i) => i && value < values[i - 1]))
            found.push(head.textContent, values);
        }
      done(found);
    """)
    assert unsorted == []


@pytest.mark.parametrize("page", [page for page, kind in PAGES.items() if kind.accelerators])
def test_accelerators_hide_and_come_back(opened: Open, page: str) -> None:
    browser = opened(page)
    drawn = (
        "return document.querySelectorAll("
        "'.mark-rect path, .mark-symbol path, .mark-line path').length"
    )
    before = browser.execute_script(drawn)
    name = browser.execute_script(
        "const one = document.querySelector('.pick input'); one.click(); return one.value"
    )
    wait(lambda: browser.execute_script(drawn) < before)
    named = (
        "return [...document.querySelectorAll('tbody tr')]"
        ".filter(row => [...row.children].some(cell => cell.textContent === arguments[0])).length"
    )
    assert browser.execute_script(named, name) == 0
    browser.execute_script("document.querySelector('.pick input').click()")
    wait(lambda: browser.execute_script(drawn) == before)
    assert browser.execute_script(named, name) > 0


def test_figures_and_accelerators_of_a_comparison_sort_and_hide(opened: Open) -> None:
    browser = opened("compare", 12, 1)
    before = rows(browser, 0, 3)
    browser.execute_script("document.querySelector('#sheet-0 thead th:nth-child(3)').click()")
    wait(lambda: rows(browser, 0, 3) != before)
    figures = [int(cell.replace(",", "")) for cell in rows(browser, 0, 3)]
    assert figures == sorted(figures)

    bars = "return document.querySelectorAll('#chart-0 .mark-rect path').length"
    assert browser.execute_script(bars) == 12
    browser.execute_script("document.querySelector('.pick input[value=PTB]').click()")
    wait(lambda: browser.execute_script(bars) == 11)
    assert "PTB" not in rows(browser, 0, 2)
    browser.execute_script("document.querySelector('.pick input[value=PTB]').click()")
    wait(lambda: browser.execute_script(bars) == 12)
    assert "PTB" in rows(browser, 0, 2)


def test_views_can_be_switched(opened: Open) -> None:
    browser = opened("compare")
    points = "return document.querySelectorAll('#chart-0 .mark-symbol path').length"
    assert browser.execute_script(points) == 0
    browser.execute_script("document.querySelector('.views input[value=log]').click()")
    wait(lambda: browser.execute_script(points) == 2)


def test_a_table_is_searched(opened: Open) -> None:
    browser = opened("formats", 1, 8)
    at = browser.execute_script(
        "return [...document.querySelectorAll('table.dataTable')].find("
        "one => one.closest('.dt-container').querySelector('.dt-search')).id.split('-')[1]"
    )
    browser.execute_script(
        "const box = document.querySelector(`#sheet-${arguments[0]}`).closest('.dt-container')"
        ".querySelector('.dt-search input');"
        "box.value = 'bitmask'; box.dispatchEvent(new Event('input', {bubbles: true}))",
        at,
    )
    wait(lambda: set(rows(browser, int(at), 3)) == {"bitmask"})


def test_every_pair_of_values_is_among_the_chosen_cases() -> None:
    chosen = set().union(*map(_pairs, cases()))
    assert chosen == set().union(*map(_pairs, _product()))
    assert {case[1] for case in cases()} == set(ACCELERATORS)
    assert {case[2] for case in cases()} == set(NETWORKS)
