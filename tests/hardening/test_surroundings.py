"""What surrounds a run: limits, caches, variables of the environment, options beyond all sense."""

from __future__ import annotations

import resource
import warnings
from pathlib import Path
from typing import Any

import numba
import pytest

from loas_tl.ground import compiled
from loas_tl.report import vega, web
from tests.cli.outcome import Run
from tests.workload.examples import one_layer


def test_no_backend_is_asked_to_draw(run_apart: Run) -> None:
    program = (
        "import sys; sys.argv[1:] = ['networks']\n"
        "from loas_tl.cli.main import main; main()\n"
        "import matplotlib; print(matplotlib.get_backend())"
    )
    outcome = run_apart("-c", program, MPLBACKEND="nonsense")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith("\nagg\n")


def test_a_page_says_why_it_has_no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (8 * 2**30, 8 * 2**30))
    monkeypatch.setattr(vega, "_bundles", [])
    monkeypatch.setattr(vega, "_kept", lambda: None)
    chart = web.Chart({"mark": "bar"}, "rows", "bars")
    sections = [web.Section("Speedup", "Over a baseline.", charts=[chart]), web.Section("Notes")]
    with pytest.warns(RuntimeWarning, match=r"left out: Vega, .* 80 GiB"):
        html = web.page("t", "lead", sections, {"rows": []}, {}, "Made by a test.")
    assert "vegaEmbed(" not in html.partition("<script")[0]
    assert 'id="chart-0"' not in html
    assert "Over a baseline. Charts are left out; the end of the page says why." in html
    assert web.LEFT_OUT in html


def test_compiled_code_that_cannot_be_kept_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    really = numba.njit

    def nowhere(*given: Any, **named: Any) -> Any:
        if named.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return really(*given, **named)

    monkeypatch.setattr(numba, "njit", nowhere)
    monkeypatch.setattr(compiled._Said, "once", False)
    with pytest.warns(RuntimeWarning, match="compiled anew each time"):
        twice = compiled.njit(lambda n: 2 * n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it has been said
        compiled.njit(lambda n: n)
    assert twice(21) == 42


def test_a_cache_that_is_full_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled._Said, "once", False)
    save = compiled._kept_if_possible(full)
    with pytest.warns(RuntimeWarning, match="cannot be kept"):
        save()
    save()


def test_a_configuration_without_end_is_refused(run: Run, tmp_path: Path) -> None:
    run("plugins", "where", "--config", "/dev/zero").assert_refused("/dev/zero", "256 KiB")
    deep = tmp_path / "c.yaml"
    deep.write_text("version: 0.4\nestimator_plug_ins: " + "[" * 3000 + "]" * 3000)
    run("plugins", "where", "--config", deep).assert_refused(str(deep), "nest")


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("formats", "--line-bytes", 10**20),
        ("formats", "--pointer-bits", 2**62),
        ("innerjoin", "--fifo-depth", 2**31),
        ("innerjoin", "--offset-buffers", 10**20),
        ("innerjoin", "--chunk", 10**9),
        ("innerjoin", "--chunk", 10**400),
    ],
)
def test_no_option_is_so_large_that_it_is_taken(
    run: Run, tmp_path: Path, command: str, option: str, value: int
) -> None:
    tensors = one_layer(tmp_path / "t.npz")
    named = option[2:].replace("-", "_")
    outcome = run(command, "--tensors", tensors, option, value)
    outcome.assert_refused(named if named in outcome.err else option)
    assert len(outcome.err) <= 530
