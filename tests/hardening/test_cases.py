"""Inputs and situations in which the program once broke a promise.

Those at hand (``LOAS_TL_CASES`` names their folder) are run as they are: their scripts say how, in
this process, with what ``loas-tl`` would have been given. Which test of our own inputs is of the
same kind, and always runs, is written down for each of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.outcome import Outcome, Run
from tests.test_timeloop_cases import SHARED

FOLDER = SHARED / "hardening"
TESTS = Path(__file__).parents[1]

ARCHIVES, FILES, STREAMS, TEXTS, WORKERS, AROUND = (
    f"hardening/test_{name}.py" for name in
    ("archives", "files", "streams", "texts", "workers", "surroundings")
)  # fmt: skip
DESCRIPTIONS = f"{TEXTS}::test_nonsense_in_a_description_is_refused_by_name"
SINGLE = f"{ARCHIVES}::test_a_single_array_is_not_loaded_to_be_refused"
NAMES = f"{FILES}::test_a_name_that_is_no_utf8_is_written_out"
DASHES = f"{STREAMS}::test_an_option_that_is_two_dashes_is_refused"
CONFIGURED = "energy/test_plugins.py::test_any_configuration_comes_back"
NOT_CONFIGURED = "energy/test_plugins.py::test_a_bad_configuration_is_refused_and_left_alone"
LINKS = f"{FILES}::test_a_link_that_leads_back_to_itself_is_refused"
SIZES = f"{AROUND}::test_no_option_is_so_large_that_it_is_taken"
FITTING = "rendering/test_fitting.py"

TWINS = {
    "checkpoint-array-shape": f"{ARCHIVES}::test_a_checkpoint_of_other_shapes_is_refused",
    "checkpoint-is-npy-huge-shape": SINGLE,
    "columns-20-empty-table": "report/test_narrow.py::test_no_figure_of_a_comparison_is_cut",
    "csv-formula": f"{FILES}::test_a_name_that_a_spreadsheet_would_compute_is_quoted",
    "ctrl-c-while-importing": (
        "hardening/test_interruptions.py::test_ctrl_c_is_one_line_while_importing"
    ),
    "escape-sequence-to-terminal": f"{TEXTS}::test_no_name_gives_orders_to_a_terminal",
    "exact-cycles-T-above-lanes": (
        "exact/test_execute.py::test_loops_of_neither_operand_take_their_cycles"
    ),
    "expression-memory": "spec/test_expressions.py::test_lists_of_lists_end",
    "expression-syntax-warning": f"{TEXTS}::test_python_says_nothing_of_what_is_no_expression",
    "expression-time": "spec/test_expressions.py::test_lists_of_lists_end",
    "formats-line-bytes-huge": SIZES,
    "gamma-rendered-spec-does-not-fit": f"{FITTING}::test_layers_that_did_not_fit",
    "innerjoin-huge--fifo-depth": SIZES,
    "innerjoin-huge--offset-buffers": SIZES,
    "layers-yaml-no-size-bound": f"{TEXTS}::test_a_description_without_end_is_refused",
    "layers-yaml-tag-int-empty": DESCRIPTIONS,
    "layers-yaml-tag-timestamp": DESCRIPTIONS,
    "map-checkpoint-disk-full-loses-result": (
        f"{FILES}::test_a_checkpoint_that_cannot_be_written_does_not_lose_the_result"
    ),
    "map-counts-above-2-53": (
        "mapper/test_departures.py::test_sizes_beyond_doubles_are_searched"
    ),
    "map-ctrl-c-before-first-batch": (
        "mapper/test_search.py::test_a_round_that_was_cut_short_is_done_again"
    ),
    "map-jobs-unbounded": f"{WORKERS}::test_more_processes_than_processors_are_cut_with_a_word",
    "map-orphans": f"{WORKERS}::test_workers_end_with_the_process_that_made_them",
    "map-time-limit-not-kept": f"{WORKERS}::test_no_answer_comes_after_the_deadline",
    "model-counts-above-2-53": (
        "engine/native/test_departures.py::test_counts_beyond_doubles_are_exact"
    ),
    "mplbackend-unknown": f"{AROUND}::test_no_backend_is_asked_to_draw",
    "non-utf8-file-name-compare-out": NAMES,
    "non-utf8-file-name-csv": NAMES,
    "non-utf8-file-name-formats-out": NAMES,
    "non-utf8-file-name-validate-csv": NAMES,
    "npz-bomb": (
        f"{ARCHIVES}::test_what_unpacks_to_more_than_there_may_be_is_refused_before_it_is"
    ),
    "npz-is-npy-huge-shape": SINGLE,
    "npz-is-npy-unterminated-header": SINGLE,
    "numba-cache-dir-full": f"{AROUND}::test_compiled_code_that_cannot_be_kept_still_runs",
    "numba-no-cache-folder": f"{AROUND}::test_compiled_code_that_cannot_be_kept_still_runs",
    "option-double-dash-compare": DASHES,
    "option-double-dash-innerjoin": DASHES,
    "option-double-dash-model": DASHES,
    "output-differs-between-python-3.11-and-3.12": (
        "designs/test_digits.py::test_a_network_takes_these_digits"
    ),
    "output-over-input": f"{FILES}::test_an_input_is_not_written_over",
    "plugins-bom": CONFIGURED,
    "plugins-config-dev-zero": f"{AROUND}::test_a_configuration_without_end_is_refused",
    "plugins-quoted-key": CONFIGURED,
    "plugins-tilde": CONFIGURED,
    "plugins-yaml-date": NOT_CONFIGURED,
    "plugins-yaml-deep": NOT_CONFIGURED,
    "plugins-yaml-timestamp": NOT_CONFIGURED,
    "render-set-in-range-spec-refused": f"{FITTING}::test_settings_that_did_not_fit",
    "rendered-spec-illegal-probability": (
        f"{FITTING}::test_most_of_a_nearly_dense_tensor_is_spread_evenly"
    ),
    "sigkill-in-the-middle-of-writing": f"{FILES}::test_what_a_dead_process_left_is_taken_away",
    "spec-fuzz-samples": "mapper/test_departures.py::test_a_diagonal_is_priced_by_the_model",
    "spec-name-too-long": f"{FILES}::test_a_spec_that_cannot_be_read_is_named",
    "spec-path-permission": f"{FILES}::test_a_spec_that_cannot_be_read_is_named",
    "spec-sparse-20G": f"{FILES}::test_a_spec_that_cannot_be_read_is_named",
    "stderr-closed-error-goes-to-stdout": (
        f"{STREAMS}::test_an_error_never_goes_to_standard_output"
    ),
    "stderr-full-exit-code": f"{STREAMS}::test_a_full_standard_error_keeps_the_exit_code",
    "stdout-closed": f"{STREAMS}::test_a_closed_standard_output_is_said_in_a_line",
    "stdout-full": f"{STREAMS}::test_a_full_standard_output_is_said_in_a_line",
    "stdout-full-json": f"{STREAMS}::test_a_full_standard_output_is_said_in_a_line",
    "svg-not-xml-innerjoin": f"{TEXTS}::test_any_name_is_drawn",
    "symlink-loop--json": LINKS,
    "symlink-loop--out": LINKS,
    "symlink-loop-checkpoint": LINKS,
}  # fmt: skip
"""The test that always runs, by the folder whose kind of fault it is of."""


@dataclass(frozen=True)
class Ends:
    """How a case's commands end: their exit codes, and what the last says."""

    codes: tuple[int, ...]
    said: str = ""


REFUSED = Ends((2,))
ANSWERED = Ends((0,))
CASES = {
    "checkpoint-array-shape": REFUSED,
    "checkpoint-is-npy-huge-shape": REFUSED,
    "columns-20-empty-table": Ends((0,), "LoAS"),
    "expression-memory": REFUSED,
    "expression-syntax-warning": REFUSED,
    "expression-time": REFUSED,
    "formats-line-bytes-huge": REFUSED,
    "innerjoin-huge--fifo-depth": REFUSED,
    "innerjoin-huge--offset-buffers": REFUSED,
    "layers-yaml-no-size-bound": Ends((2,), "8 MiB"),
    "layers-yaml-tag-int-empty": REFUSED,
    "layers-yaml-tag-timestamp": REFUSED,
    "model-counts-above-2-53": ANSWERED,
    "non-utf8-file-name-csv": ANSWERED,
    "npz-is-npy-huge-shape": REFUSED,
    "npz-is-npy-unterminated-header": REFUSED,
    "option-double-dash-compare": REFUSED,
    "option-double-dash-innerjoin": REFUSED,
    "option-double-dash-model": REFUSED,
    "output-over-input": Ends((2, 2), "is an input"),
    "plugins-bom": Ends((0, 0, 0)),
    "plugins-config-dev-zero": REFUSED,
    "plugins-quoted-key": Ends((0, 0, 0)),
    "plugins-tilde": Ends((0, 0, 0)),
    "plugins-yaml-deep": REFUSED,
    "plugins-yaml-timestamp": REFUSED,
    "spec-name-too-long": REFUSED,
    "spec-path-permission": REFUSED,
    "spec-sparse-20G": Ends((2,), "8 MiB"),
    "symlink-loop--json": REFUSED,
    "symlink-loop--out": REFUSED,
    "symlink-loop-checkpoint": REFUSED,
}
"""Those that need nothing of the machine, and no more than a second."""


def test_each_kind_has_a_test_that_always_runs() -> None:
    for twin in TWINS.values():
        file, _, name = twin.partition("::")
        assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE), twin


@pytest.mark.shared
def test_each_case_at_hand_has_a_twin() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the cases are not at hand; set LOAS_TL_CASES")
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} <= set(TWINS)


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_case_ends_as_it_should(
    run: Run, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (FOLDER / name).is_dir():
        pytest.skip(f"{name} is not at hand; set LOAS_TL_CASES")
    folder = tmp_path / "case"
    shutil.copytree(FOLDER / name, folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    for file, byte in (("c.yaml.before-loas-tl", "c.yaml"), ("t.npz", os.fsdecode(b"in\xff.npz"))):
        if (folder / file).exists() and (file.startswith("c") or "utf8" in name):
            (folder / file).rename(folder / byte)
    asked = _asked(folder, tmp_path / "tools")
    before = _small(folder)
    monkeypatch.chdir(folder)
    outcomes = [run(*arguments) for arguments in asked]
    ends = CASES[name]
    assert tuple(outcome.code for outcome in outcomes) == ends.codes
    for outcome in outcomes:
        _check(outcome)
    assert ends.said in outcomes[-1].out + outcomes[-1].err
    if name not in ("non-utf8-file-name-csv",):
        assert _small(folder) == before


def _small(folder: Path) -> dict[str, bytes | int]:
    """The files of a folder, and the sizes of those that nobody reads."""
    return {
        path.name: path.stat().st_size if path.stat().st_size > 10**6 else path.read_bytes()
        for path in folder.iterdir()
        if path.is_file()
    }


def _check(outcome: Outcome) -> None:
    if outcome.code == 0:
        assert outcome.err == ""
    else:
        outcome.assert_refused()
        assert len(outcome.err) <= 530
    assert "\x1b]" not in outcome.out + outcome.err


def _asked(folder: Path, tools: Path) -> list[list[str]]:
    """What the case's script gives to loas-tl; what else it does is done, but nothing removed."""
    tools.mkdir()
    for tool, script in (("loas-tl", 'printf "%s\\0" "$@" --end-- >> "$ASKED"'), ("rm", ":")):
        (tools / tool).write_text(f"#!/bin/sh\n{script}\n")
        (tools / tool).chmod(0o755)
    asked = tools / "asked"
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["/bin/bash", "command.sh"],
        cwd=folder,
        env={**os.environ, "PATH": path, "ASKED": str(asked)},
        capture_output=True,
        check=False,
    )
    calls: list[list[str]] = [[]]
    for word in asked.read_bytes().split(b"\0")[:-1]:
        if word == b"--end--":
            calls.append([])
        else:
            calls[-1].append(os.fsdecode(word))
    return calls[:-1]
