"""``loas-tl model`` and ``map`` on Jinja top files."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from tests.cli.outcome import Run
from tests.timeloop_runs import reference_runs

RUN = reference_runs()["conv-0300"]

TOP = "{{ include_text(what) }}\n{% if more is defined %}variables: {x: {{ more }}}{% endif %}\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "whole.yaml").write_text(RUN.spec)
    (tmp_path / "here").mkdir()
    path = tmp_path / "here" / "top.yaml.jinja2"
    path.write_text(TOP)
    return path


def test_data_come_from_files_and_options(run: Run, top: Path) -> None:
    plain = run("model", str(top.parent.parent / "there/whole.yaml"), "--engine", "native",
                "--json", "-")  # fmt: skip
    data = top.parent / "data.json"
    data.write_text(json.dumps({"what": "nowhere", "more": [1, 2]}))
    more = top.parent / "data.yaml"
    more.write_text("more: 3")
    outcome = run(
        "model", str(top), "--engine", "native", "--json", "-", "--data", str(data), "--data",
        str(more), "--set", "what=whole.yaml", "--include", str(top.parent.parent / "there"),
    )  # fmt: skip
    assert outcome.code == 0
    assert outcome.out == plain.out


def test_a_setting_without_effect_is_said(run: Run, top: Path) -> None:
    outcome = run(
        "model", str(top), "--engine", "native", "--set", "what=whole.yaml", "--set", "odd=1",
        "--include", str(top.parent.parent / "there"),
    )  # fmt: skip
    assert outcome.code == 0
    assert "--set odd has no effect: no template of " in outcome.err


@pytest.mark.parametrize(
    ("options", "mentions"),
    [
        ((), ("top.yaml.jinja2", "line 1", "'what' is undefined", "--set what=")),
        (("--set", "what=whole.yaml"), ("line 1", "there is no 'whole.yaml'")),
        (("--set", "what=../there/whole.yaml"), ("line 1", "outside", "--include DIR")),
        (("--set", "what"), ("--set", "expected key=value")),
        (("--data", "nowhere.yaml"), ("nowhere.yaml", "is not there")),
        (("--functions", "nowhere.py", "--set", "what=whole.yaml"), ("line 1", "whole.yaml")),
        (("--include", "nowhere"), ("nowhere", "--include", "no folder")),
    ],
)
@pytest.mark.parametrize("command", ["model", "map"])
def test_what_is_missing_is_named(
    run: Run, top: Path, command: str, options: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    run(command, str(top), "--engine", "native", *options).assert_refused(*mentions)


def test_functions_come_from_a_file(run: Run, top: Path) -> None:
    there = top.parent.parent / "there"
    text = (
        "globals: {expression_custom_functions: [mine.py]}\nvariables: {x: twice(2)}\n" + RUN.spec
    )
    (there / "whole.yaml").write_text(text)
    mine = top.parent / "mine.py"
    given = ("model", str(there / "whole.yaml"), "--engine", "native", "--json", "-")
    run(*given).assert_refused("mine.py", "--functions FILE.py")
    run(*given, "--functions", str(mine)).assert_refused("mine.py", "--functions", "no file")
    mine.write_text("def twice(x):\n    return 2 * x\n")
    assert run(*given, "--functions", str(mine)).code == 0
    mine.write_text("1 / 0")
    run(*given, "--functions", str(mine)).assert_refused("mine.py", "ZeroDivisionError")


def test_a_device_without_end_is_refused(run: Run) -> None:
    run("model", "/dev/zero", "--engine", "native").assert_refused("/dev/zero", "larger than 8 MiB")


def test_a_pipe_is_read_once(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "spec.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(RUN.spec,))
    writer.start()
    outcome = run("model", str(pipe), "--engine", "native", "--json", "-")
    writer.join()
    assert outcome.code == 0
