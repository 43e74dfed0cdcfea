"""Names of designs and settings that every command refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loas_tl.designs.parameter import parameters_of
from loas_tl.designs.registry import find, names
from tests.cli.outcome import Outcome, Run, contents
from tests.cli.own_files import MINE, OWN, Compared, ran

EVERYWHERE: dict[str, tuple[str, tuple[str, ...]]] = {
    "an unknown design": ("TPU", ("unknown accelerator 'TPU'; expected one of LoAS, ", *names())),
    "a design misspelt": ("LoAZ", ("unknown accelerator 'LoAZ'; did you mean 'LoAS'? expected",)),
    "no name": ("", ("unknown accelerator ''", "FILE.py:NAME")),
    "an unknown parameter": (
        "LoAS:colour=3",
        ("LoAS has no 'colour'; expected one of ", *list(parameters_of(find("LoAS")))[:8]),
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
    "a missing file": ("absent.py:WIDE", ("absent.py: is not there; expected a Python",)),
    "a missing file without a name": ("absent.py", ("absent.py: is not there; expected a Python",)),
    "a folder": ("folder.py:WIDE", ("folder.py: is no file; expected a Python file",)),
    "a link to itself": ("loop.py", ("loop.py: is a symbolic link that leads back to itself; ",)),
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
        ("--set: LoAS has no 'colour'; expected one of ", *list(parameters_of(find("LoAS")))[:8]),
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
    run(*command, "psum_bits=8").assert_refused("no accelerator here has 'psum_bits'; ", " more")


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
