"""Record what a real Accelergy says of the usual classes: ``tests/data/usual_classes.json``.

    python benchmarks/record_usual_classes.py

takes Accelergy v0.4 with its CACTI, Aladdin and library plug-ins on the PATH. The tests hold the
component models to what it wrote, and ``compare_energies.py`` tells how far they are from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

RECORDED = Path(__file__).parents[1] / "tests" / "data" / "usual_classes.json"
CYCLE = 1e-9

STORAGE = ("read", "write", "update", "leak")
LIBRARY = {
    "aladdin_adder": ("add", "leak"),
    "aladdin_multiplier": ("multiply", "leak"),
    "aladdin_register": ("read", "write", "leak"),
    "aladdin_comparator": ("compare", "leak"),
    "aladdin_counter": ("count", "leak"),
}


def cases() -> list[dict[str, Any]]:
    """Components: a class, attributes and the actions asked for."""
    found: list[dict[str, Any]] = []

    def add(kind: str, actions: tuple[str, ...], **attributes: Any) -> None:
        attributes = {"technology": "45nm", "global_cycle_seconds": CYCLE, **attributes}
        found.append({"class": kind, "attributes": attributes, "actions": list(actions)})

    # At points of the table, at all nodes.
    for node in (22, 32, 45, 65, 90):
        for width, depth, banks in ((32, 64, 1), (64, 1024, 2), (256, 8192, 1), (128, 65536, 4)):
            nm = f"{node}nm"
            add("SRAM", STORAGE, width=width, depth=depth, n_banks=banks, technology=nm)
    # Smaller than CACTI answers for, and other nodes.
    for width, depth in ((8, 16), (16, 224), (24, 12), (8, 64)):
        add("SRAM", STORAGE, width=width, depth=depth, n_banks=1)
    for node in (40, 28, 16, 7):
        add("SRAM", STORAGE, width=64, depth=4096, n_banks=1, technology=f"{node}nm")
    # Between the points.
    for width, depth, banks in (
        *((64, 192, 1), (16, 224, 1), (128, 1536, 1), (96, 3000, 2), (40, 640, 1)),
        *((72, 20000, 1), (256, 12288, 1), (64, 100000, 4), (512, 700, 2), (24, 48, 1)),
    ):
        add("SRAM", STORAGE, width=width, depth=depth, n_banks=banks)
        add("SRAM", STORAGE, width=width, depth=depth, n_banks=banks, technology="32nm")
    for ports in (2, 4):
        add("SRAM", STORAGE, width=64, depth=1024, n_banks=1, n_rw_ports=ports)
    for kind in ("LPDDR4", "LPDDR", "DDR3", "GDDR5", "HBM2", "HMC"):
        add("DRAM", STORAGE, width=64, type=kind)
    for cycle in (5e-10, 1e-9, 2e-9, 5e-9, 8e-9, 2e-8):
        for kind in ("intadder", "intmultiplier", "intmac", "reg", "counter", "comparator"):
            add(kind, ("access", "leak"), width=16, global_cycle_seconds=cycle)
        add("fpmac", ("access", "leak"), exponent=8, mantissa=24, global_cycle_seconds=cycle)
    for width in (4, 8, 32, 64):
        add("intmac", ("compute", "mac_gated", "mac_reused", "leak"), width=width)
        add("bitwise", ("access", "leak"), width=width)
    add("intmultiplier", ("access", "mult_gated", "mult_reused", "leak"), width=8)
    for exponent, mantissa in ((5, 11), (8, 24), (11, 53)):
        for kind in ("fpadder", "fpmultiplier", "fpmac"):
            add(kind, ("access", "leak"), exponent=exponent, mantissa=mantissa)
    add("regfile", STORAGE, width=16, depth=12)
    add("regfile", STORAGE, width=8, depth=64, technology="40nm")
    add("crossbar", ("access", "leak"), n_inputs=4, n_outputs=8, width=16)
    add("wire", ("transfer", "transfer_random"), length="2mm", width=16)
    for node in (45, 40, 32, 16):
        for kind, actions in LIBRARY.items():
            add(kind, actions, width=8, technology=f"{node}nm")
    add("aladdin_multiplier", ("multiply",), width_a=8, width_b=4)
    add("aladdin_register", ("read",))
    return found


def record(components: list[dict[str, Any]], accelergy: str = "accelergy") -> list[dict[str, Any]]:
    """The components with Accelergy's pJ by action and um2, in its own six digits."""
    local = [
        {
            "name": f"c{index}[1..1]",
            "class": each["class"],
            "attributes": each["attributes"],
            "required_actions": each["actions"],
        }
        for index, each in enumerate(components)
    ]
    given = {"technology": "45nm", "global_cycle_seconds": CYCLE}
    chip = {"name": "chip", "attributes": given, "local": local}
    tree = {"version": "0.4", "subtree": [chip]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "arch.yaml"
        path.write_text(json.dumps({"architecture": tree}))  # texts in quotes
        subprocess.run(  # noqa: S603 - the program on the PATH
            [accelergy, str(path), "-o", folder], check=True, env=os.environ, capture_output=True
        )
        energies = yaml.safe_load((Path(folder) / "ERT.yaml").read_text())["ERT"]["tables"]
        areas = yaml.safe_load((Path(folder) / "ART.yaml").read_text())["ART"]["tables"]
    um2 = {each["name"]: each["area"] for each in areas}
    found = []
    for index, each in enumerate(components):
        name = f"chip.c{index}[1..1]"
        table = next(entry for entry in energies if entry["name"] == name)
        pj = {
            action["name"]: action["energy"]
            for action in table["actions"]
            if action["name"] in each["actions"]
        }
        found.append({**each, "actions": pj, "area_um2": um2[name]})
    return found


def main() -> None:
    """Record, and say how many."""
    found = record(cases())
    lines = ",\n".join(json.dumps(each) for each in found)
    RECORDED.write_text(f"[\n{lines}\n]\n")
    sys.stdout.write(f"{RECORDED}: {len(found)} components\n")


if __name__ == "__main__":
    main()
