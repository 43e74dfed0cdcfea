"""Keep what a real Accelergy makes of the accelerators; writes tests/data/accelergy_tables.json.

Needs ``accelergy`` and timeloopfe's ``tl`` on the PATH.

    python benchmarks/record_accelergy.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from loas_tl.designs import in_spec
from loas_tl.designs.design import Design
from loas_tl.designs.loas import LoasFt, LoasNMajor
from loas_tl.designs.registry import designs as registered
from loas_tl.timeloop.accelergy import library as accelergy
from loas_tl.timeloop.accelergy import plugins

KEPT = Path(__file__).parents[1] / "tests" / "data" / "accelergy_tables.json"


def run(home: Path, *command: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise SystemExit(f"no {command[0]} on the PATH")
    subprocess.run(  # noqa: S603
        [program, *command[1:]],
        env=os.environ | {"HOME": str(home)},
        cwd=home,
        capture_output=True,
        check=True,
    )


def tables(home: Path, given: str, *command: str) -> dict[str, dict[str, float]]:
    (home / "given.yaml").write_text(given)
    run(home, *command, "given.yaml", "-o", str(home / "out"))
    read: Any = yaml.safe_load
    ert = read((home / "out" / "ERT.yaml").read_text())["ERT"]["tables"]
    art = read((home / "out" / "ART.yaml").read_text())["ART"]["tables"]
    return {
        "pJ": {f"{c['name']} {a['name']}": a["energy"] for c in ert for a in c["actions"]},
        "um2": {c["name"]: c["area"] for c in art},
    }


KEPT_AS = {"SparTen": "SparTen-ANN", "Gamma": "Gamma-ANN"}
"""Names of the ANN twins that do not read as if they were the spiking ones."""


def kept_as(design: Design) -> Design:
    """The design as the file calls it."""
    return design.with_(name=KEPT_AS.get(design.name, design.name))


def main() -> None:
    found = {}
    # LoAS-FT is LoAS's hardware, and so is LoAS N-major.
    kept = [one for one in registered() if not isinstance(one, LoasFt | LoasNMajor)]
    designs = [kept_as(design) for design in kept]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        run(home, "accelergy")  # writes its configuration
        plugins.install(home / plugins.CONFIG)
        for design in designs:
            architecture = yaml.safe_dump(accelergy.architecture(design.chip), sort_keys=False)
            of_design = {"composition": tables(home, architecture, "accelergy")}
            if design.templates is not None:
                spec = in_spec.specification_of(design)
                of_design["specification"] = tables(home, spec, "tl", "accelergy")
            found[design.name] = of_design
    KEPT.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
