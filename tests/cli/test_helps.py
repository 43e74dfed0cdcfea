"""Helps start at once: they import nothing heavy, whichever command is asked."""

from __future__ import annotations

import json

from loas_tl.cli.design_keys import OWN, SHARED
from loas_tl.cli.examples import EXAMPLES
from loas_tl.designs.registry import designs
from tests.cli.outcome import HEAVY, Run

ASK = """
import contextlib, io, json, sys
from loas_tl.cli.main import main

heavy, said, seen = {heavy}, {{}}, {{}}
for arguments in ([], ["--version"], *([name] for name in {names})):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            main([*arguments, *([] if "--version" in arguments else ["--help"])])
        except SystemExit as end:
            assert not end.code
    said[" ".join(arguments)] = out.getvalue()
    seen[" ".join(arguments)] = sorted(set(heavy) & set(sys.modules))
print(json.dumps([said, seen]))
"""


def test_no_help_imports_anything_heavy(run_apart: Run) -> None:
    outcome = run_apart("-c", ASK.format(heavy=list(HEAVY), names=[*EXAMPLES]))
    outcome.assert_succeeded()
    said, seen = json.loads(outcome.out)
    assert set(said) == {"", "--version", *EXAMPLES}
    assert {name: found for name, found in seen.items() if found} == {}
    for name, help_ in said.items():
        assert help_.startswith("loas-tl 0" if name == "--version" else f"usage: loas-tl {name}")
        assert ("\nexamples:\n  loas-tl" in help_) == (name in EXAMPLES)


def test_the_keys_of_a_help_are_those_of_the_designs() -> None:
    keys = {one.label: [*one.parameters] for one in designs()}
    shared = [key for key in keys["LoAS"] if all(key in own for own in keys.values())]
    assert SHARED.split() == shared
    own = {name: [key for key in all_ if key not in shared] for name, all_ in keys.items()}
    assert {name: text.split() for name, text in OWN.items()} == own


def test_energy_names_accelerators_and_keys(run: Run) -> None:
    said = run("energy", "--help").out
    for name, keys in {"all": SHARED, **OWN}.items():
        listed = " ".join(said.partition(f"\n  {name}: ")[2].split())
        assert listed.startswith(", ".join(keys.split()))
