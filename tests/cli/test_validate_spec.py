"""``loas-tl validate SPEC --data`` from the outside."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from loas_tl.report.validation_page import FORMS
from tests.cli.outcome import Run, contents
from tests.exact.test_execute import SPEC, A, B


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "spec.yaml").write_text(SPEC)
    np.savez(folder / "a.npz", A)
    np.savez(folder / "both.npz", A=A, weights=B)
    np.save(folder / "b.npy", B)
    (folder / "notes.txt").write_text("none")
    np.savez(folder / "objects.npz", np.array([{}, []], object))
    return folder


def test_json_alone_on_standard_output(run: Run, folder: Path) -> None:
    answers = []
    for a, b in (("a.npz", "b.npy"), ("both.npz", "both.npz:weights"), ("both.npz:A", "b.npy")):
        done = run(
            "validate", folder / "spec.yaml", "--data", f"A={folder / a}", f"B={folder / b}",
            "--json", "-",
        )  # fmt: skip
        done.assert_succeeded()
        answers.append(json.loads(done.out))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["cycles"][0]["predicted"] == 16
    assert list(answers[0]["notes"]) == [str(folder / "spec.yaml")]


def test_tables_and_files(run: Run, folder: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out", tmp_path / "counts.csv"
    done = run(
        "validate", folder / "spec.yaml", "--data", f"A={folder / 'a.npz'}",
        f"B={folder / 'b.npy'}", "--out", out, "--csv", table,
    )  # fmt: skip
    done.assert_succeeded()
    assert "Actual counts that are farthest off" in done.out
    assert "note: " in done.out
    assert set(contents(out)) == {
        *(f"{plot}.{form}" for plot in ("counts", "heat_map", "scatter") for form in FORMS),
        "validation.json", "validation.csv", "validation.html",
    }  # fmt: skip
    page = (out / "validation.html").read_text()
    assert "exact for one instance" in page
    assert "A: the spec has density 1 and the data 0.375" in page
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert {row["spec"] for row in rows} == {str(folder / "spec.yaml")}
    assert {row["action"] for row in rows} >= {"computes", "reads", "cycles"}


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [
        ((), "validated on --data NAME=FILE"),
        (("--data", "A=a.npz"), "no data for B; the data spaces are A, B, Z"),
        (("--data", "A=a.npz", "A=b.npy"), "--data: A is given twice"),
        (("--data", "A=a.npz", "B=nothing.npz"), "nothing.npz: no such file"),
        (("--data", "A=a.npz", "B=notes.txt"), "expected an .npz or .npy file"),
        (("--data", "A=a.npz", "B=both.npz"), "say which is B: B=both.npz:KEY"),
        (("--data", "A=a.npz", "B=both.npz:zzz"), "both.npz: zzz: missing"),
        (("--data", "A=a.npz", "B=objects.npz"), "Python objects"),
        (("--data", "A=a.npz", "B=a.npz"), "B has the shape (4, 4); expected (4, 2)"),
        (("--data", "A=a.npz", "B=b.npy", "--network", "vgg16"), "--network is of layers"),
        (("--data", "A=a.npz", "B=b.npy", "--layer", "1"), "--layer is of layers"),
    ],
)
def test_what_does_not_fit_is_refused(
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    mention: str,
) -> None:
    monkeypatch.chdir(folder)
    before = contents(folder)
    done = run("validate", "spec.yaml", *arguments, "--out", "out")
    done.assert_refused(mention)
    assert contents(folder) == before


def test_data_without_a_spec_is_refused(run: Run) -> None:
    run("validate", "--data", "A=a.npz").assert_refused("--data goes with a SPEC")


def test_templates_are_filled_in(run: Run, folder: Path) -> None:
    (folder / "top.yaml").write_text(SPEC.replace("depth: 64,", "depth: {{ depth }},"))
    (folder / "given.yaml").write_text("depth: 64\n")
    data = [f"A={folder / 'a.npz'}", f"B={folder / 'b.npy'}"]
    plain = run("validate", folder / "spec.yaml", "--data", *data, "--json", "-")
    for more in (("--set", "depth=64"), ("--data", folder / "given.yaml")):
        done = run("validate", folder / "top.yaml", "--data", *data, *more, "--json", "-")
        done.assert_succeeded()
        assert done.out.replace("top.yaml", "spec.yaml") == plain.out
