"""The real Timeloop, where it is installed, takes what was found and counts the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl import timeloop
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.real import installation
from loas_tl.timeloop.spec import parse_spec
from tests.timeloop_runs import Run, searches

LACKING = ", ".join(part.name for part in installation.parts() if part.found is None)


@pytest.mark.timeloop
@pytest.mark.skipif(bool(LACKING), reason=f"install {LACKING}: `loas-tl doctor` says how to get it")
@pytest.mark.parametrize("run", searches(), ids=lambda run: run.name)
def test_it_takes_the_winner(run: Run, tmp_path: Path) -> None:
    found = search(parse_spec(run.spec), max_mappings=5000)
    spec = tmp_path / "spec.yaml"
    spec.write_text(found.files()["spec.yaml"])
    real = timeloop.run_model(spec, timeout=300)
    assert real.cycles == found.result.cycles
    assert real.computes == found.result.computes
    for name, level in real.levels.items():
        ours = found.result.levels[name].tensors
        for tensor, stats in level.tensors.items():
            assert ours[tensor].reads == stats.reads
            assert ours[tensor].fills == stats.fills
            assert ours[tensor].updates == stats.updates
    # Printed with two decimals.
    assert real.energy_pj == pytest.approx(found.result.energy_pj, rel=1e-4)
