"""How every command names designs and sets their parameters, and what it says of them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import loas_tl
from loas_tl.designs import effects
from loas_tl.designs.parameter import parameters_of
from loas_tl.designs.registry import compared, designs, find, names
from loas_tl.workload.statistics import statistics_of
from tests.cli.outcome import Outcome, Run, contents, document
from tests.cli.test_compare import HEAVY
from tests.workload.examples import one_layer

MINE = """
import loas_tl

WIDE = loas_tl.design("LoAS").with_(name="Wide", pes=32, about="LoAS with 32 TPPEs")
"""

TWO = """
import loas_tl

SMALL = loas_tl.design("LoAS", pes=4)
LARGE = loas_tl.design("LoAS", pes=64).with_(name="Large")
NUMBER = 3
"""

OWN = """
from dataclasses import dataclass

from loas_tl.designs.loas import Loas
from loas_tl.designs.parameter import parameter

@dataclass(frozen=True, kw_only=True)
class Own(Loas):
    name: str = "Own"
    about: str = "LoAS by another name"
    pes: int = parameter(8, 1, 64, "TPPEs", about="fewer of them")
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files of designs in the folder that the command is run in."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"mine.py": MINE, "two.py": TWO, "own.py": OWN}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


Compared = Callable[..., dict[str, Any]]


@pytest.fixture(name="compared_json")
def _compared_json(run: Run, tensors: Path) -> Compared:
    """The JSON of ``compare`` of these accelerators."""

    def answer(*arguments: object) -> dict[str, Any]:
        outcome = run(
            *("compare", "--tensors", tensors, "--json", "-", "--accelerator"), *arguments
        )
        outcome.assert_succeeded()
        return document(outcome.out)

    return answer


def ran(parsed: dict[str, Any]) -> list[str]:
    """The accelerators of a comparison, in order; rows, totals and designs agree on them."""
    labels = [one["accelerator"] for one in parsed["designs"]]
    assert [row["accelerator"] for row in parsed["totals"]] == labels
    layers = len(parsed["layers"]) // len(labels)
    assert [row["accelerator"] for row in parsed["layers"]] == labels * layers
    return labels


def figures(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """What was counted, without what it is called."""
    left_out = ("accelerator", "notes")
    return [
        {key: value for key, value in row.items() if key not in left_out}
        for row in (*parsed["layers"], *parsed["totals"])
    ]


def words(text: str) -> str:
    """The text without the lines that it was broken into."""
    return " ".join(text.split())


def first_cells(table: str) -> list[str]:
    """The first column of a printed table, with names that take several lines put together."""
    cells: list[str] = []
    for line in table.splitlines():
        if not line.startswith("│"):
            continue
        first, *others = (cell.strip() for cell in line.strip("│").split("│"))
        if any(others):
            cells.append(first)
        else:
            cells[-1] += f" {first}"
    return cells


# The three ways of naming a design.


@pytest.mark.parametrize("name", ["LoAS", "loas", "LOAS", "lo as", "Lo-AS", "LoAS:"])
def test_by_name_whatever_its_case(compared_json: Compared, name: str) -> None:
    assert ran(compared_json(name)) == ["LoAS"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("LoAS:pes=32", "LoAS pes=32"),
        ("LoAS:pes=32,cache_KiB=512", "LoAS cache_KiB=512 pes=32"),
        ("loas: cache_KiB = 512 , pes = 32", "LoAS cache_KiB=512 pes=32"),
        ("LoAS:pes=16", "LoAS"),
        ("LoAS-FT:pes=32", "LoAS-FT pes=32"),
        ("LoAS n-major:tile_m=16", "LoAS N-major tile_m=16"),
        ("PTB:rows=8,timesteps=2", "PTB rows=8 timesteps=2"),
        ("LoAS:skip_empty=yes", "LoAS skip_empty=1"),
        ("LoAS:technology=45nm", "LoAS technology=45"),
        ("LoAS:technology=22.5nm,pes=8", "LoAS technology=22.5 pes=8"),
    ],
)
def test_by_name_with_parameters(compared_json: Compared, name: str, label: str) -> None:
    parsed = compared_json(name)
    assert ran(parsed) == [label]
    design = loas_tl.design(name)
    given = {key: getattr(design, key) for key in design.parameters}
    assert parsed["designs"][0]["parameters"] == given
    assert parsed["designs"][0]["area_mm2"] == design.area_mm2


@pytest.mark.parametrize(
    ("name", "label", "same_as"),
    [
        ("mine.py:WIDE", "Wide", "LoAS:pes=32"),
        ("mine.py", "Wide", "LoAS:pes=32"),
        ("./mine.py", "Wide", "LoAS:pes=32"),
        ("mine.py:WIDE:pes=8", "Wide pes=8", "LoAS:pes=8"),
        (
            "mine.py:WIDE:pes=8,cache_KiB=512",
            "Wide cache_KiB=512 pes=8",
            "LoAS:pes=8,cache_KiB=512",
        ),
        ("mine.py::pes=8", "Wide pes=8", "LoAS:pes=8"),
        ("mine.py:WIDE:pes=32", "Wide", "LoAS:pes=32"),
        ("two.py:SMALL", "LoAS pes=4", "LoAS:pes=4"),
        ("two.py:SMALL:fifo_depth=4", "LoAS pes=4 fifo_depth=4", "LoAS:pes=4,fifo_depth=4"),
        ("two.py:LARGE", "Large", "LoAS:pes=64"),
        ("own.py:Own", "Own", "LoAS:pes=8"),
        ("own.py", "Own", "LoAS:pes=8"),
        ("own.py:Own:pes=64", "Own pes=64", "LoAS:pes=64"),
    ],
)
@pytest.mark.usefixtures("here")
def test_from_a_python_file(compared_json: Compared, name: str, label: str, same_as: str) -> None:
    parsed = compared_json(name)
    assert ran(parsed) == [label]
    assert figures(parsed) == figures(compared_json(same_as))


def test_a_file_may_lie_anywhere_and_use_what_lies_beside_it(
    compared_json: Compared, tmp_path: Path
) -> None:
    folder = tmp_path / "some folder" / "v1.2"
    folder.mkdir(parents=True)
    (folder / "beside_it.py").write_text("PES = 32\n")
    (folder / "mine.py").write_text("from beside_it import PES\n" + MINE.replace("=32", "=PES"))
    for name in (f"{folder}/mine.py:WIDE", f"{folder}/../v1.2/mine.py"):
        parsed = compared_json(name)
        assert ran(parsed) == ["Wide"]
        assert parsed["designs"][0]["parameters"]["pes"] == 32


def test_a_file_that_has_changed_is_read_again(compared_json: Compared, here: Path) -> None:
    assert ran(compared_json("mine.py")) == ["Wide"]
    (here / "mine.py").write_text(MINE.replace('"Wide"', '"Wider"').replace("=32", "=64"))
    parsed = compared_json("mine.py")
    assert ran(parsed) == ["Wider"]
    assert parsed["designs"][0]["parameters"]["pes"] == 64


@pytest.mark.usefixtures("here")
def test_the_three_ways_go_together_in_the_order_given(compared_json: Compared) -> None:
    asked = ("mine.py", "LoAS:pes=8", "PTB", "LoAS", "two.py:LARGE")
    assert ran(compared_json(*asked)) == ["Wide", "LoAS pes=8", "PTB", "LoAS", "Large"]


@pytest.mark.usefixtures("here")
def test_the_same_one_twice_is_once(compared_json: Compared) -> None:
    asked = ("LoAS", "loas", "LoAS:pes=16", "two.py:SMALL", "LoAS:pes=4", "mine.py", "mine.py:WIDE")
    assert ran(compared_json(*asked)) == ["LoAS", "LoAS pes=4", "Wide"]


@pytest.mark.usefixtures("here")
def test_every_command_takes_them(run: Run, tensors: Path, tmp_path: Path) -> None:
    of_workload = ("--tensors", tensors)
    for name, label in (("LoAS:pes=8", "LoAS pes=8"), ("mine.py:WIDE:pes=8", "Wide pes=8")):
        energy = run("energy", name, "--json", "-")
        energy.assert_succeeded()
        assert document(energy.out)["accelerator"] == label
        assert document(energy.out)["parts"]["tppe"]["count"] == 8
        assert run("energy", name.partition(":pes")[0], "--set", "pes=8", "--json", "-") == energy

        joined = run("innerjoin", *of_workload, "--accelerator", name, "--json", "-")
        joined.assert_succeeded()
        assert document(joined.out)["accelerator"] == label

        formats = run("formats", *of_workload, "--accelerator", name, "--json", "-")
        formats.assert_succeeded()
        assert document(formats.out)["notes"][0].startswith(f"{label}: pes=8 has no effect here")

        validated = run("validate", *of_workload, "--accelerator", name, "--json", "-")
        validated.assert_succeeded()
        assert {row["accelerator"] for row in document(validated.out)["cycles"]} == {label}

        out = tmp_path / label
        rendered = run("render", name, *of_workload, "--layer", "alpha", "-o", out)
        assert rendered == Outcome(0, f"{out}\n", "")
        architecture = (out / "arch.yaml").read_text()
        assert architecture.startswith(f"# {label}: ")
        assert "#   pes=8\n" in architecture
        assert "meshX: 8" in architecture

        listed = run("designs", name, "--json", "-")
        listed.assert_succeeded()
        assert json.loads(listed.out)[0]["accelerator"] == label


# --set.


def test_settings_go_to_each_design_that_has_the_parameter(compared_json: Compared) -> None:
    asked = ("LoAS", "SparTen-SNN", "PTB", "--set", "pes=32", "fifo_depth=4", "--set", "rows=8")
    labels = ["LoAS pes=32 fifo_depth=4", "SparTen-SNN pes=32", "PTB rows=8"]
    parsed = compared_json(*asked)
    assert ran(parsed) == labels
    by_hand = compared_json("LoAS:pes=32,fifo_depth=4", "SparTen-SNN:pes=32", "PTB:rows=8")
    assert parsed == by_hand


def test_what_every_design_has_is_set_in_all(run: Run, tensors: Path) -> None:
    outcome = run("compare", "--tensors", tensors, "--set", "cache_KiB=512", "--json", "-")
    outcome.assert_succeeded()
    assert ran(document(outcome.out)) == [f"{one.name} cache_KiB=512" for one in compared()]


@pytest.mark.usefixtures("here")
def test_settings_come_on_top_of_a_names_own(compared_json: Compared) -> None:
    asked = ("LoAS:pes=8", "LoAS:tile_n=16", "mine.py:WIDE:fifo_depth=4", "--set", "pes=4")
    assert ran(compared_json(*asked)) == [
        *("LoAS pes=4", "LoAS pes=4 tile_n=16", "Wide pes=4 fifo_depth=4")
    ]
    assert ran(compared_json("LoAS:pes=8", "--set", "pes=16")) == ["LoAS"]


# What is refused.

EVERYWHERE: dict[str, tuple[str, tuple[str, ...]]] = {
    "an unknown design": ("TPU", ("unknown accelerator 'TPU'; expected one of LoAS, ", *names())),
    "a design misspelt": ("LoAZ", ("unknown accelerator 'LoAZ'; did you mean 'LoAS'? expected",)),
    "no name": ("", ("unknown accelerator ''", "FILE.py:NAME")),
    "an unknown parameter": (
        "LoAS:colour=3",
        ("LoAS has no 'colour'; expected one of ", *parameters_of(find("LoAS"))),
    ),
    "a parameter misspelt": (
        "LoAS:fifo_dept=4",
        ("LoAS has no 'fifo_dept'; did you mean 'fifo_depth'? expected one of technology, ",),
    ),
    "a parameter of another": ("PTB:pes=32", ("PTB has no 'pes'; ", "rows, timesteps")),
    "a parameter without value": ("LoAS:pes", ("LoAS:pes", "expected key=value")),
    "an empty parameter": ("LoAS:,pes=3", ("LoAS:,pes=3", "expected key=value")),
    "one parameter twice": ("LoAS:pes=3,pes=4", ("LoAS:pes=3,pes=4", "pes comes twice")),
    "a value that is none": (
        "LoAS:pes=many",
        ("LoAS.pes: is 'many'; expected a whole number from 1 to 1024 TPPEs (",),
    ),
    "a value out of range": ("LoAS-FT:pes=0", ("LoAS-FT.pes: is '0'; expected a whole number",)),
    "values that do not go together": (
        "LoAS:cache_KiB=64,input_cache_KiB=64",
        ("LoAS.cache_KiB: is 64, but its partitions input_cache_KiB (64), ", "take 112 KiB"),
    ),
    "a missing file": ("absent.py:WIDE", ("absent.py: cannot be read (No such file or dir",)),
    "a missing file without a name": ("absent.py", ("absent.py: cannot be read (No such file",)),
    "a folder": ("folder.py:WIDE", ("folder.py: is no file; expected a Python file",)),
    "a link to itself": ("loop.py", ("loop.py: cannot be read (",)),
    "no such name": (
        "mine.py:WIDER",
        ("mine.py: has no 'WIDER'; did you mean 'WIDE'? expected FILE.py:NAME", "designs: WIDE"),
    ),
    "nothing like it": ("two.py:x", ("two.py: has no 'x'; expected FILE.py:NAME, ", "LARGE")),
    "which of two": ("two.py", ("two.py: expected FILE.py:NAME, of its designs: SMALL, LARGE",)),
    "none in it": ("empty.py", ("empty.py: expected FILE.py:NAME, of its designs: none",)),
    "no design": ("two.py:NUMBER", ("two.py: NUMBER: is no design; expected a loas_tl.Design",)),
    "not its own class": (
        "own.py:Loas",
        ("own.py: Loas: is no design; expected a loas_tl.Design",),
    ),
    "a bad parameter of a file's": (
        "mine.py:WIDE:pess=8",
        ("Wide has no 'pess'; did you mean 'pes'?",),
    ),
    "a bad value of a file's": ("mine.py:WIDE:pes=0", ("Wide.pes: is '0'; expected a whole",)),
    "a name that is taken": (
        "taken.py",
        ("taken.py: MINE: there already is an accelerator 'LoAS'; give this one another name",),
    ),
    "a class whose name is taken": (
        "taken_class.py",
        ("taken_class.py: Mine: there already is an accelerator 'LoAS'; give this one another",),
    ),
    "a SyntaxError": ("syntax.py:WIDE", ("syntax.py: line 3: SyntaxError: ", "a file that runs")),
    "a NameError": (
        "name.py:WIDE",
        ("name.py: line 2: NameError: name 'WIDE' is not defined; expected a file that runs",),
    ),
    "a SystemExit": ("exit.py:WIDE", ("exit.py: line 2: SystemExit: ", "a file that runs")),
    "a SystemExit without a word": ("exit_0.py", ("exit_0.py: line 1: SystemExit: ",)),
    "a missing module": (
        "import.py:WIDE",
        ("import.py: line 1: ModuleNotFoundError: No module named 'not_there'",),
    ),
    "an error of two lines": ("lines.py", ("lines.py: line 1: ValueError: one two; expected",)),
    "no end of calls": ("calls.py", ("calls.py: line 1: RecursionError: ",)),
    "no text": ("latin.py:WIDE", ("latin.py: line 1: SyntaxError: ",)),
    "null bytes": ("null.py", ("null.py: ", "null bytes", "a file that runs")),
    "a design that is none": (
        "bad.py:WIDE",
        ("bad.py: LoAS.pes: is 3000; expected a whole number from 1 to 1024 TPPEs",),
    ),
    "a class whose default is none": (
        "bad_class.py:Own",
        ("bad_class.py: Own: Own.pes: is 80; expected a whole number from 1 to 64 TPPEs",),
    ),
}

FILES: dict[str, str | bytes] = {
    "empty.py": "",
    "taken.py": "from loas_tl.designs.loas import Loas\nfrom dataclasses import replace\n"
    "MINE = replace(Loas(), about='not the real one')\n",
    "taken_class.py": OWN.replace('"Own"', '"LoAS"').replace("class Own", "class Mine"),
    "syntax.py": "\n\nWIDE = (\n",
    "name.py": "\nWIDE = WIDE\n",
    "exit.py": "import sys\nsys.exit('bye')\n",
    "exit_0.py": "raise SystemExit\n",
    "import.py": "import not_there\n",
    "lines.py": "raise ValueError('one\\ntwo')\n",
    "calls.py": "def f(): f()\nf()\n",
    "latin.py": b"WIDE = '\xff'\n",
    "null.py": b"WIDE = 1\0\n",
    "bad.py": "import loas_tl\nWIDE = loas_tl.design('LoAS', pes=3000)\n",
    "bad_class.py": OWN.replace("parameter(8,", "parameter(80,"),
}


@pytest.fixture
def bad_files(here: Path) -> Path:
    """The files that must be refused, beside the good ones."""
    for name, text in FILES.items():
        (here / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (here / "folder.py").mkdir()
    (here / "loop.py").symlink_to("loop.py")
    return here


def without_caches(folder: Path) -> dict[str, bytes | None]:
    """What is in a folder, but for what Python itself leaves where it imports."""
    return {name: held for name, held in contents(folder).items() if "__pycache__" not in name}


@pytest.mark.parametrize("bad", EVERYWHERE)
def test_what_cannot_be_used_is_refused_in_one_line_and_nothing_is_written(
    run: Run, tensors: Path, bad_files: Path, bad: str
) -> None:
    """By every command that takes a design, before anything else is done."""
    name, mentions = EVERYWHERE[bad]
    before = without_caches(bad_files)
    of_workload = ("--tensors", tensors)
    for command in (
        ("compare", *of_workload, "--accelerator", name, "--out", "out", "--csv", "rows.csv"),
        ("compare", *of_workload, "--accelerator", "LoAS", name, "--json", "-"),
        ("compare", *of_workload, "--accelerator", "LoAS", "--baseline", name, "--out", "out"),
        ("validate", *of_workload, "--accelerator", name, "--out", "out"),
        ("innerjoin", *of_workload, "--accelerator", name, "--out", "out"),
        ("formats", *of_workload, "--accelerator", name, "--out", "out"),
        ("render", name, *of_workload, "-o", "out"),
        ("render", name, "--parameters"),
        ("energy", name, "--out", "out"),
        ("designs", name, "--json", "designs.json"),
    ):
        run(*command).assert_refused(*mentions)
        assert without_caches(bad_files) == before


SETTINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "an unknown parameter": (
        ("colour=3",),
        ("--set: LoAS has no 'colour'; expected one of ", *parameters_of(find("LoAS"))),
    ),
    "a parameter misspelt": (
        ("fifo_dept=4",),
        ("--set: LoAS has no 'fifo_dept'; did you mean 'fifo_depth'? expected one of ",),
    ),
    "a parameter of another": (("rows=8",), ("--set: LoAS has no 'rows'; ",)),
    "a value that is none": (("pes=many",), ("LoAS.pes: is 'many'; expected a whole number",)),
    "a value out of range": (("pes=1025",), ("LoAS.pes: is '1025'; expected a whole number",)),
    "a switch that is none": (("skip_empty=2",), ("LoAS.skip_empty: is '2'; expected 0 or 1",)),
    "partitions too large": (("input_cache_KiB=100",), ("LoAS.cache_KiB: is 256, but its part",)),
    "no value": (("pes=",), ("--set 'pes='; expected key=value",)),
    "no key": (("=3",), ("--set '=3'; expected key=value",)),
    "no equals": (("pes", "3"), ("--set 'pes'; expected key=value",)),
    "twice": (("pes=3", "pes=3"), ("--set pes comes twice",)),
    "twice apart": (("pes=3", "--set", "pes=4"), ("--set pes comes twice",)),
    "the name": (("name=Mine",), ("--set: LoAS has no 'name'; ",)),
    "nothing": ((), ("--set", "expected")),
}


@pytest.mark.parametrize("bad", SETTINGS)
def test_what_cannot_be_set_is_refused_in_one_line_and_nothing_is_written(
    run: Run, tensors: Path, here: Path, bad: str
) -> None:
    settings, mentions = SETTINGS[bad]
    before = contents(here)
    of_workload = ("--tensors", tensors)
    for command in (
        ("compare", *of_workload, "--accelerator", "LoAS", "--out", "out", "--json", "a.json"),
        ("validate", *of_workload, "--accelerator", "LoAS", "--out", "out"),
        ("innerjoin", *of_workload, "--out", "out"),
        ("formats", *of_workload, "--out", "out"),
        ("render", "LoAS", *of_workload, "-o", "out"),
        ("energy", "LoAS", "--out", "out"),
        ("designs", "LoAS", "--json", "designs.json"),
    ):
        run(*command, "--set", *settings).assert_refused(*mentions)
        assert contents(here) == before


def test_a_parameter_that_no_design_has_is_refused(run: Run, tensors: Path) -> None:
    command = ("compare", "--tensors", tensors, "--accelerator", "LoAS", "PTB", "--set")
    run(*command, "fifo_dept=4").assert_refused(
        "--set: no accelerator here has 'fifo_dept'; did you mean 'fifo_depth'? expected one of "
    )
    run(*command, "psum_bits=8").assert_refused("no accelerator here has 'psum_bits'; ", "rows")


def test_two_that_are_called_the_same_are_refused(run: Run, tensors: Path, here: Path) -> None:
    (here / "same.py").write_text(
        "import loas_tl\n"
        "A = loas_tl.design('LoAS', pes=4).with_(name='Mine')\n"
        "B = loas_tl.design('LoAS', pes=8).with_(name='Mine')\n"
    )
    command = ("compare", "--tensors", tensors, "--out", "out", "--accelerator")
    run(*command, "same.py:A", "same.py:B").assert_refused(
        "two accelerators are called 'Mine'; give one another name"
    )
    assert not (here / "out").exists()


def test_a_stop_without_a_word_is_said_to_be_one(run: Run, bad_files: Path) -> None:
    assert (bad_files / "exit_0.py").is_file()
    run("energy", "exit_0.py").assert_refused("exit_0.py: line 1: SystemExit: stopped; expected")


@pytest.mark.parametrize("name", ["fails.py:Own", "fails.py"])
def test_a_class_that_cannot_be_made_is_refused(run: Run, here: Path, name: str) -> None:
    fails = "\n    def dataflow(self):\n        return 1 // 0\n"
    (here / "fails.py").write_text(OWN + fails)
    run("energy", name, "--out", "out").assert_refused("fails.py: ", "ZeroDivisionError")
    assert not (here / "out").exists()


def test_a_files_only_design_may_be_made_from_one_that_it_imports(
    compared_json: Compared, here: Path
) -> None:
    (here / "from_it.py").write_text(
        "from loas_tl.designs.loas import LOAS\nWIDE = LOAS.with_(name='Wide', pes=32)\n"
    )
    assert ran(compared_json("from_it.py:WIDE")) == ["Wide"]
    assert ran(compared_json("from_it.py:LOAS")) == ["LoAS"]
    assert ran(compared_json("from_it.py")) == ["Wide"]


@pytest.mark.parametrize("folder", ["my.python", "a.py", "old.py.d"])
def test_a_folder_may_have_py_in_its_name(compared_json: Compared, here: Path, folder: str) -> None:
    (here / folder).mkdir()
    (here / folder / "mine.py").write_text(MINE)
    for name in (f"{folder}/mine.py:WIDE", f"{folder}/mine.py", f"{folder}/mine.py:WIDE:pes=32"):
        assert ran(compared_json(name)) == ["Wide"]


def test_an_interrupted_file_is_an_interruption(run: Run, here: Path) -> None:
    (here / "interrupt.py").write_text("raise KeyboardInterrupt\n")
    assert run("energy", "interrupt.py") == Outcome(130, "", "loas-tl: interrupted\n")


def test_a_file_that_failed_may_be_mended(run: Run, here: Path) -> None:
    path = here / "mended.py"
    path.write_text("WIDE = (\n")
    for _ in range(2):
        run("energy", "mended.py").assert_refused("mended.py: line 1: SyntaxError")
    path.write_text(MINE)
    run("energy", "mended.py").assert_succeeded()


BARE = """
from dataclasses import dataclass, replace

from loas_tl import Design
from loas_tl.designs.loas import Loas

@dataclass(frozen=True, kw_only=True)
class Nothing(Design):
    name: str = "Nothing"

@dataclass(frozen=True, kw_only=True)
class Unbuilt(Loas):
    name: str = "Unbuilt"
    templates = None

    @property
    def machine(self):
        return None

@dataclass(frozen=True, kw_only=True)
class Unpriced(Loas):
    name: str = "Unpriced"

    def pe(self):
        return None

@dataclass(frozen=True, kw_only=True)
class Untold(Loas):
    name: str = "Untold"
    templates = "untold"
"""


@pytest.fixture
def bare(here: Path) -> Path:
    """Designs that lack a model each."""
    (here / "bare.py").write_text(BARE)
    return here


@pytest.mark.parametrize(
    ("command", "mention"),
    [
        (("compare", "--accelerator", "bare.py:Nothing"), "Nothing has no published model; it"),
        (
            ("compare", "--model", "detailed", "--accelerator", "bare.py:Unbuilt"),
            "Unbuilt has no detailed model; its dataflow declares no machine",
        ),
        (("compare", "--model", "both", "--accelerator", "bare.py:Unbuilt"), "no detailed model"),
        (("innerjoin", "--accelerator", "bare.py:Unbuilt"), "laggy prefix-sum"),
        (("validate", "--accelerator", "bare.py:Unbuilt"), "Unbuilt has no Timeloop spec; it"),
        (("render", "bare.py:Unbuilt"), "Unbuilt has no Timeloop spec; it declares no templates"),
        (("render", "bare.py:Untold"), "untold.yaml.jinja: no such template, nor beside"),
        (("validate", "--accelerator", "bare.py:Untold"), "untold.yaml.jinja: no such template"),
    ],
)
def test_a_model_that_a_design_has_not_is_refused(
    run: Run, tensors: Path, bare: Path, command: tuple[str, ...], mention: str
) -> None:
    before = contents(bare)
    run(*command, "--tensors", tensors, "--out", "out").assert_refused(mention)
    assert without_caches(bare) == before


@pytest.mark.usefixtures("bare")
def test_a_design_has_the_models_that_it_has(compared_json: Compared, run: Run) -> None:
    parsed = compared_json("bare.py:Unbuilt", "LoAS")
    ours, loas = (row | {"accelerator": ""} for row in parsed["totals"])
    assert ours == loas
    listed = json.loads(run("designs", "bare.py:Unbuilt", "--json", "-").out)
    assert listed[0]["models"] == ["published", "energy"]
    unpriced = compared_json("bare.py:Unpriced")
    said = "its PEs are not declared: their energy, area and leakage are unpriced"
    assert said in unpriced["designs"][0]["notes"]
    assert unpriced["totals"][0]["compute_pJ"] == 0
    listed = json.loads(run("designs", "bare.py:Unpriced", "--json", "-").out)
    assert listed[0]["models"] == ["published", "detailed", "timeloop"]


@pytest.mark.usefixtures("bare")
def test_a_design_of_nothing_is_listed(run: Run) -> None:
    outcome = run("designs", "bare.py:Nothing", "--json", "-")
    outcome.assert_succeeded()
    [listed] = json.loads(outcome.out)
    assert listed["models"] == []
    assert listed["area_mm2"] > 0
    run("designs", "bare.py:Nothing").assert_succeeded()
    run("energy", "bare.py:Nothing").assert_succeeded()


# Labels.


@pytest.mark.usefixtures("here")
def test_labels_are_the_same_everywhere(run: Run, tensors: Path, tmp_path: Path) -> None:
    labels = ["LoAS pes=32", "LoAS", "Wide pes=8", "PTB"]
    asked = ("LoAS:pes=32", "LoAS", "mine.py:WIDE:pes=8", "PTB")
    for model in ("published", "detailed", "both"):
        out = tmp_path / model
        outcome = run(
            *("compare", "--tensors", tensors, "--accelerator", *asked, "--model", model),
            *("--out", out, "--json", out / "c.json", "--csv", out / "c.csv"),
        )
        outcome.assert_succeeded()
        tables = 1 if model == "published" else 2
        assert first_cells(outcome.out) == labels * tables
        parsed = document((out / "c.json").read_text())
        assert ran(parsed) == labels
        assert parsed == document((out / "comparison.json").read_text())
        for name in ("c.csv", "comparison.csv"):
            rows = list(csv.DictReader((out / name).read_text().splitlines()))
            assert [row["accelerator"] for row in rows] == labels * 2
        page = (out / "report.html").read_text()
        for label in labels:
            # A row of each table of totals, and one of each layer.
            assert words(page).count(f"<td>{label}</td>") == tables + 2
        assert "speedup over LoAS pes=32" in words(page)


# The baseline.


@pytest.mark.parametrize(
    ("arguments", "baseline"),
    [
        (("PTB", "LoAS", "SparTen-SNN"), "SparTen-SNN"),
        (("PTB", "LoAS"), "PTB"),
        (("LoAS:pes=8", "PTB"), "LoAS pes=8"),
        (("PTB", "SparTen-SNN", "--set", "pes=32"), "SparTen-SNN pes=32"),
        (("PTB", "LoAS", "SparTen-SNN", "--baseline", "LoAS"), "LoAS"),
        (("PTB", "LoAS", "SparTen-SNN", "--baseline", "loas"), "LoAS"),
        (("LoAS", "LoAS:pes=32", "--baseline", "LoAS:pes=32"), "LoAS pes=32"),
        (("LoAS", "LoAS:pes=32", "--baseline", "LoAS pes=32"), "LoAS pes=32"),
        (("LoAS:pes=32", "LoAS", "--baseline", "LoAS"), "LoAS"),
        (("PTB", "LoAS", "--set", "pes=32", "--baseline", "LoAS"), "LoAS pes=32"),
        (("PTB", "LoAS", "--set", "pes=32", "--baseline", "LoAS:pes=32"), "LoAS pes=32"),
        pytest.param(("LoAS:pes=32", "LoAS", "--baseline", "loas"), "LoAS"),
        pytest.param(("SparTen-SNN:pes=32", "SparTen-SNN"), "SparTen-SNN"),
        (("PTB", "mine.py", "--baseline", "mine.py:WIDE"), "Wide"),
        (("PTB", "mine.py", "--baseline", "Wide"), "Wide"),
        (("PTB", "mine.py", "--set", "pes=8", "--baseline", "mine.py"), "Wide pes=8"),
    ],
)
@pytest.mark.usefixtures("here")
def test_ratios_are_over_the_baseline(
    run: Run, tensors: Path, arguments: tuple[str, ...], baseline: str
) -> None:
    for model in ("published", "detailed"):
        command = ("compare", "--tensors", tensors, "--model", model, "--accelerator", *arguments)
        outcome = run(*command, "--json", "-")
        outcome.assert_succeeded()
        parsed = document(outcome.out)
        assert parsed["baseline"] == baseline
        by_name = {row["accelerator"]: row for row in parsed["totals"]}
        shown = run(*command)
        shown.assert_succeeded()
        table = [line.split("│") for line in shown.out.splitlines() if line.startswith("│")]
        numbers = [cells for cells in table if cells[2].strip()][: len(by_name)]
        assert len(numbers) == len(by_name)
        base = by_name[baseline]
        for cells, row in zip(numbers, by_name.values(), strict=True):
            assert cells[2].strip() == f"{row['cycles']:,}"
            assert cells[3].strip() == f"{base['cycles'] / row['cycles']:.2f}"
            assert cells[6].strip() == f"{base['energy_pJ'] / row['energy_pJ']:.2f}"
        assert f"physical energy of {baseline} over it" in words(shown.out)


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (("LoAS", "PTB", "--baseline", "TPU"), ("unknown accelerator 'TPU'; expected one of",)),
        (
            ("LoAS", "PTB", "--baseline", "Stellar"),
            ("--baseline: 'Stellar' does not run here; expected one of LoAS, PTB",),
        ),
        (
            ("LoAS:pes=8", "PTB", "--baseline", "LoAS:pes=32"),
            ("--baseline: 'LoAS:pes=32' does not run here; expected one of LoAS pes=8, PTB",),
        ),
        (("LoAS", "PTB", "--baseline", "LoAS:pess=3"), ("'pess'; did you mean 'pes'?",)),
        (("LoAS", "PTB", "--baseline"), ("--baseline", "expected")),
        (("LoAS", "PTB", "--baseline", ""), ("unknown accelerator ''",)),
    ],
)
def test_a_baseline_that_does_not_run_is_refused(
    run: Run, tensors: Path, here: Path, arguments: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    before = contents(here)
    command = ("compare", "--tensors", tensors, "--out", "out", "--json", "c.json")
    run(*command, "--accelerator", *arguments).assert_refused(*mentions)
    assert contents(here) == before


# What is said of settings.

CONSTANTS = "energy_published has LoAS's published constants, whatever is set"
IDLE = "stand idle"


def test_a_setting_that_the_published_model_does_not_see_is_said(
    run: Run, tensors: Path, tmp_path: Path, compared_json: Compared
) -> None:
    before, after = compared_json("LoAS"), compared_json("LoAS:fifo_depth=4")
    unseen = "fifo_depth=4 changes energy and area, not the published model"
    notes = [unseen, CONSTANTS]
    assert after["designs"][0]["notes"] == notes
    assert [row["notes"] for row in (*after["layers"], *after["totals"])] == [notes] * 3
    counted = ("cycles", "computes", "dram_KiB", "sram_KiB", "energy_published")
    for old, new in zip(before["layers"], after["layers"], strict=True):
        assert {key: old[key] for key in counted} == {key: new[key] for key in counted}
        assert old["leakage_pJ"] > new["leakage_pJ"]  # as the note says

    command = ("compare", "--tensors", tensors, "--accelerator", "LoAS:fifo_depth=4", "PTB")
    outcome = run(*command, "--csv", tmp_path / "c.csv", "--out", tmp_path / "out")
    outcome.assert_succeeded()
    lines = [line for line in outcome.out.splitlines() if line.startswith("note: ")]
    assert lines == [f"note: LoAS fifo_depth=4: {note}" for note in notes]
    rows = list(csv.DictReader((tmp_path / "c.csv").read_text().splitlines()))
    assert [row["notes"] for row in rows] == ["; ".join(notes), ""] * 2
    page = words((tmp_path / "out" / "report.html").read_text())
    for note in notes:
        assert f"<li>LoAS fifo_depth=4: {note.replace(chr(39), '&#39;')}</li>" in page


def test_the_detailed_model_sees_it(compared_json: Compared) -> None:
    for model in ("detailed", "both"):
        parsed = compared_json("LoAS:fifo_depth=4", "--model", model)
        assert parsed["designs"][0]["notes"] == [CONSTANTS]


def test_a_setting_that_no_count_depends_on_is_said(compared_json: Compared) -> None:
    parsed = compared_json("LoAS:corrections=0.5,pointer_bits=16")
    notes = parsed["designs"][0]["notes"]
    assert CONSTANTS not in notes  # it is the published hardware still
    for note, setting in zip(notes, ("pointer_bits=16", "corrections=0.5"), strict=True):
        acts_on = effects.acts_on(find("LoAS"), setting.partition("=")[0])
        assert "timeloop" in acts_on
        assert not {"published", "energy"} & set(acts_on)
        elsewhere = ", ".join(effects.WORDS[model] for model in acts_on)
        assert note == f"{setting} has no effect here; it acts on {elsewhere}"
    # The energy of the parts depends on no setting of these either.
    assert figures(parsed) == figures(compared_json("LoAS"))


def test_nothing_is_said_of_designs_as_they_are(run: Run, tensors: Path) -> None:
    outcome = run("compare", "--tensors", tensors, "--accelerator", *names())
    outcome.assert_succeeded()
    assert "note:" not in outcome.out
    assert IDLE not in outcome.out


@pytest.mark.parametrize(
    ("name", "network", "layers", "line"),
    [
        # M = 20 and 9; a design that nobody changed is not told that it is too large.
        ("LoAS:pes=64", None, (0, 1), "pes=64 for {M} rows (M): {left} stand idle"),
        ("Gamma-SNN:pes=16,tile_n=32", None, (), ""),
        ("Gamma-SNN:pes=12", None, (1,), "pes=12 for {M} rows (M): {left} stand idle"),
        ("SparTen-SNN:pes=17", None, (0, 1), "pes=17 for {N} columns (N): {left} stand idle"),
        ("LoAS N-major:pes=12", None, (0,), "pes=12 for {N} columns (N): {left} stand idle"),
        ("LoAS:timesteps=8", None, (0, 1), "timesteps=8 for {T} timesteps: {left} stand idle"),
        ("LoAS:timesteps=2", None, (), ""),
        ("PTB:rows=10", None, (1,), "rows=10 for {M} rows (M): {left} stand idle"),
        ("Stellar:columns=9", None, (0,), "columns=9 for {N} columns (N): {left} stand idle"),
        (
            "LoAS:pes=64",
            "vgg16",
            (6, 7, 8, 9, 10, 11),
            "pes=64 for {M} rows (M): {left} stand idle",
        ),
    ],
)
def test_units_that_a_layer_leaves_idle_are_said(
    run: Run, tensors: Path, name: str, network: str | None, layers: tuple[int, ...], line: str
) -> None:
    workload = ("--tensors", tensors) if network is None else ("--network", network)
    extents = (
        [{"T": 4, "M": 20, "N": 8}, {"T": 4, "M": 9, "N": 16}]
        if network is None
        else [{"T": one.T, "M": one.M, "N": one.N} for one in statistics_of(network)]
    )
    if network is not None:
        assert layers == tuple(i for i, one in enumerate(extents) if one["M"] < 64)
    asked = ("compare", *workload, "--accelerator", name)
    parsed = document(run(*asked, "--json", "-").out)
    expected: dict[int, str] = {}
    for number in layers:
        extent = extents[number]
        [(units, key)] = re.findall(r"=(\d+) for \{(\w)\}", line)
        expected[number] = line.format(**extent, left=int(units) - extent[key])
    for number, row in enumerate(parsed["layers"]):
        said = [note for note in row["notes"] if IDLE in note]
        assert said == ([expected[number]] if number in expected else [])
    counted = list(expected.values())
    of_total = [
        f"{note} (in {counted.count(note)} of {len(extents)} layers)"
        for note in dict.fromkeys(counted)
    ]
    for held in (parsed["totals"][0], parsed["designs"][0]):
        assert [note for note in held["notes"] if IDLE in note] == of_total
    shown = run(*asked)
    shown.assert_succeeded()
    label = parsed["designs"][0]["accelerator"]
    lines = [one for one in shown.out.splitlines() if one.startswith("note: ") and IDLE in one]
    assert lines == [f"note: {label}: {note}" for note in of_total]


def test_a_timestep_that_stands_idle_is_not_used(compared_json: Compared) -> None:
    before, after = compared_json("LoAS"), compared_json("LoAS:timesteps=8")
    assert [row["cycles"] for row in before["layers"]] == [row["cycles"] for row in after["layers"]]


def test_notes_of_one_network_are_not_those_of_another(run: Run, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "one.npz")
    command = ("compare", "--tensors", path, "--accelerator", "LoAS:pes=32", "LoAS")
    parsed = document(run(*command, "--json", "-").out)
    idle = "pes=32 for 20 rows (M): 12 stand idle"
    assert [row["notes"] for row in parsed["layers"]] == [[CONSTANTS, idle], []]
    total = [CONSTANTS, f"{idle} (in 1 of 1 layers)"]
    assert [row["notes"] for row in parsed["totals"]] == [total, []]
    assert [one["notes"] for one in parsed["designs"]] == [total, []]


def test_figures_outside_the_sources_are_said_to_be(compared_json: Compared) -> None:
    notes = compared_json("LoAS:technology=7")["designs"][0]["notes"]
    assert any("technology in nm 7 is outside CACTI's table" in note for note in notes)


def test_render_says_it_beside_standard_output(run: Run, tensors: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("render", "LoAS:skip_empty=1,pes=64,fifo_depth=4", "--tensors", tensors, "-o", out)
    outcome = run(*command)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [str(out / "tiny-zeta_q"), str(out / "tiny-alpha")]
    label = "LoAS pes=64 fifo_depth=4 skip_empty=1"
    assert outcome.err.splitlines() == [
        f"note: {label}: skip_empty=1 has no effect here; it acts on the detailed model",
        f"note: {label}: tiny layer zeta/q: pes=64 for 20 rows (M): 44 stand idle",
        f"note: {label}: tiny layer alpha: pes=64 for 9 rows (M): 55 stand idle",
    ]


# loas-tl designs.


def test_all_designs_are_listed_with_their_models(run: Run) -> None:
    outcome = run("designs")
    outcome.assert_succeeded()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in outcome.out.splitlines()]
    by_name = {row[0]: row for row in rows if row and row[0]}
    assert list(by_name) == names()
    for one in designs():
        marks = by_name[one.name][1:5]
        assert marks == [
            "yes" if model in one.models else "-"
            for model in ("published", "detailed", "energy", "timeloop")
        ]
        assert one.about.startswith(by_name[one.name][5])
    assert by_name["LoAS N-major"][4] == "-"


def test_json_of_designs(run: Run, tmp_path: Path) -> None:
    outcome = run("designs", "--json", "-")
    outcome.assert_succeeded()
    listed = json.loads(outcome.out)
    assert [one["accelerator"] for one in listed] == names()
    for found, one in zip(listed, designs(), strict=True):
        assert list(found) == [
            *("accelerator", "about", "models", "area_mm2", "leakage_mW", "parameters")
        ]
        assert found["about"] == one.about
        assert found["models"] == list(one.models)
        assert found["area_mm2"] == one.area_mm2
        assert found["leakage_mW"] == one.leakage_mW
        assert list(found["parameters"]) == list(one.parameters)
        for name, each in found["parameters"].items():
            assert list(each) == [
                *("value", "default", "minimum", "maximum", "unit", "about", "acts_on")
            ]
            declared = one.parameters[name]
            assert each["value"] == getattr(one, name)
            assert (each["default"], each["about"]) == (declared.default, declared.about)
            assert (each["minimum"], each["maximum"]) == (declared.low, declared.high)
            assert set(each["acts_on"]) <= {"published", "detailed", "energy", "timeloop"}
    path = tmp_path / "new" / "designs.json"
    written = run("designs", "--json", path)
    assert written == run("designs")
    assert path.read_text() == outcome.out


def test_the_parameters_of_a_design_are_listed(run: Run) -> None:
    outcome = run("designs", "loas", "PTB", "--set", "pes=32")
    outcome.assert_succeeded()
    assert "LoAS pes=32: packed spikes, inner join" in words(outcome.out)
    assert "PTB: dense weights" in words(outcome.out)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in outcome.out.splitlines()]
    listed = [row[0] for row in rows if row and row[0]]
    assert listed == [*find("LoAS").parameters, *find("PTB").parameters]
    # Where both have one of that name, LoAS's.
    by_name = {row[0]: row for row in reversed(rows) if row and row[0]}
    assert by_name["pes"][1:5] == ["32", "16", "1 to 1024", "TPPEs"]
    assert by_name["input_cache_KiB"][1:3] == ["64", "1/4 of"]
    assert by_name["corrections"][1:3] == ["measured", "measured"]
    assert by_name["skip_empty"][5] == "detailed"
    [found, _] = json.loads(run("designs", "loas", "PTB", "--set", "pes=32", "--json", "-").out)
    values = {name: each["value"] for name, each in found["parameters"].items()}
    assert values["pes"] == 32
    assert found["area_mm2"] == loas_tl.design("LoAS", pes=32).area_mm2


def test_placeholders_have_no_area(run: Run) -> None:
    outcome = run("designs", "LoAS", "--set", "technology=-1", "--json", "-")
    outcome.assert_succeeded()
    [found] = json.loads(outcome.out)
    assert found["accelerator"] == "LoAS technology=-1"
    assert found["area_mm2"] is found["leakage_mW"] is None
    run("designs", "LoAS", "--set", "technology=-1").assert_succeeded()


@pytest.mark.parametrize(
    "model",
    [
        "published",
        *(pytest.param(m) for m in ("detailed", "both")),
    ],
)
def test_placeholders_cannot_be_compared(
    run: Run, tensors: Path, tmp_path: Path, model: str
) -> None:
    before = contents(tmp_path)
    command = ("compare", "--tensors", tensors, "--model", model, "--out", tmp_path / "out")
    run(*command, "--accelerator", "LoAS", "PTB:technology=-1").assert_refused(
        "PTB.technology: is -1, placeholders that have no area; expected 7 to 90 nm"
    )
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (("--json",), ("--json", "expected")),
        (("--json", "."), (".", "expected")),
        (("--csv", "x.csv"), ("--csv",)),
        (("--set",), ("--set", "expected")),
        (("--set", "colour=3"), ("no accelerator here has 'colour'; did you mean 'columns'?",)),
    ],
)
def test_bad_arguments_of_designs(
    run: Run, here: Path, arguments: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    before = contents(here)
    run("designs", *arguments).assert_refused(*mentions)
    assert contents(here) == before


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("compare", ("--accelerator", "--set", "--baseline")),
        ("validate", ("--accelerator", "--set")),
        ("formats", ("--accelerator", "--set")),
        ("innerjoin", ("--accelerator", "--set")),
        ("render", ("--set",)),
        ("energy", ("--set",)),
        ("designs", ("--set", "--json")),
    ],
)
def test_help_names_them_and_imports_nothing_heavy(
    run_apart: Run, command: str, options: tuple[str, ...]
) -> None:
    outcome = run_apart("-X", "importtime", "-m", "loas_tl", command, "--help")
    assert outcome.code == 0
    for option in options:
        assert f"{option} " in outcome.out
    assert "LoAS:pes=32,cache_KiB=512, or FILE.py:NAME" in words(outcome.out)
    imported = {line.rpartition("|")[2].strip() for line in outcome.err.splitlines()}
    assert "loas_tl.cli.main" in imported
    assert {name.partition(".")[0] for name in imported} & set(HEAVY) == set()
