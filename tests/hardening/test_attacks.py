"""Whatever is given to the command, it answers, or says in a line what is wrong.

By default the same few attacks on every reader run; ``LOAS_TL_FUZZ=1000`` runs others, as many on
each. The seed that a failure names makes the same attack again: ``benchmarks/attack.py`` keeps its
files.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hardening.attacked import attacked
from tests.hardening.targets import TARGETS, Target

ASKED = os.environ.get("LOAS_TL_FUZZ")
EXAMPLES = int(ASKED or "12")


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("target", TARGETS, ids=[one.name for one in TARGETS])
def test_an_attack_ends_in_an_answer_or_in_a_line(target: Target) -> None:
    for package in target.needs:
        pytest.importorskip(package)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=not ASKED)
    @given(seed=st.integers(0, 2**48))
    def attack(seed: int) -> None:
        with tempfile.TemporaryDirectory() as base:
            folder = Path(base) / "a" / "b" / "c"  # names lead out of it, and not further
            folder.mkdir(parents=True)
            done = attacked(target, f"0/{seed}", folder)
        assert done.problem is None, (done.asked, done.outcome.err)

    attack()
