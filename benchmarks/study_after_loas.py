"""LoAS beside product sparsity and patterns, by one accounting: the tables of docs/after-loas.md.

Recordings (a folder with the .npz of `loas_tl/data/recordings`) with pruned and with unpruned
weights, and generated VGG16 over timesteps and weight densities.

    python benchmarks/study_after_loas.py [FOLDER]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from loas_tl import compare, design
from loas_tl.report.normalised import normalised_rows
from loas_tl.workload.recordings import shipped_descriptions

ACCELERATORS = (
    *("LoAS", "Prosperity", "Prosperity:weight_aware=1", "Phi", "GustavSNN:two_pointer=1"),
    *("MINT", "MINT:weight_aware=1", "SATO", "SATO:weight_aware=1"),
    *("PTB-StSAP", "PTB-StSAP:weight_aware=1", "Eyeriss-SNN"),
)
FEW = ("LoAS", "Prosperity", "Phi", "GustavSNN:two_pointer=1")


def table(title: str, found: Any) -> None:
    """A Markdown table of a network's totals, normalised to LoAS."""
    [network] = found.networks
    print(f"\n### {title}\n")
    print("| accelerator | cycles | DRAM alone, cycles | speedup | at LoAS's area | energy uJ | |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for row in normalised_rows(found, network):
        assert row.energy_nJ is not None
        print(
            f"| {row.accelerator} | {row.time_us * 800:,.0f} | {row.dram_us * 800:,.0f} "
            f"| {row.speedup:.2f} | {row.speedup_area:.2f} "
            f"| {row.energy_nJ / 1e3:,.0f} | {row.energy_ratio:.2f} |"
        )


def recorded(folder: Path, name: str, pruned: bool) -> Any:
    """A recording with the published number of weights, or all of them."""
    [path] = [one for one in shipped_descriptions() if one.stem == name]
    described = yaml.safe_load(path.read_text())
    if not pruned:
        for layer in described["layers"].values():
            layer["weight_sparsity"] = 0.0
    with tempfile.TemporaryDirectory() as home:
        layers = Path(home) / "layers.yaml"
        layers.write_text(yaml.safe_dump(described))
        return compare(
            spikes=folder / f"{name}.npz",
            layers=layers,
            accelerators=ACCELERATORS,
            accounting="own",
            baseline="LoAS",
        )


def sweep(key: str, values: tuple[Any, ...]) -> None:
    """Speedups over LoAS at its area, of generated VGG16 with one thing changed."""
    print(f"\n### VGG16, {key}: speedup over LoAS at its area\n")
    print(f"| {key} | " + " | ".join(FEW[1:]) + " |")
    print("|--:|" + "--:|" * len(FEW[1:]))
    for value in values:
        found = compare(
            "vgg16", accelerators=FEW, accounting="own", baseline="LoAS", workload={key: value}
        )
        _, *others = normalised_rows(found, found.networks[0])
        print(f"| {value} | " + " | ".join(f"{row.speedup_area:.2f}" for row in others) + " |")


def areas() -> None:
    """Areas at 32 nm, and LoAS as small as Prosperity."""
    print("\n### Areas\n")
    for name in ACCELERATORS:
        print(f"- {name}: {design(name).area_mm2:.3f} mm2")
    wanted = design("Prosperity").area_mm2
    pes = min(range(1, 65), key=lambda n: abs(design("LoAS", pes=n).area_mm2 - wanted))
    print(f"- LoAS:pes={pes}: {design('LoAS', pes=pes).area_mm2:.3f} mm2, Prosperity's")


def main() -> None:
    areas()
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["LOAS_TL_RECORDINGS"])
    for name in ("alexnet_cifar10", "vgg16_cifar10"):
        for pruned in (True, False):
            words = "the published number of weights" if pruned else "no weight pruned"
            table(f"{name}, {words}", recorded(folder, name, pruned))
    sweep("timesteps", (1, 2, 4, 8))
    sweep("weight_density", (1.0, 0.5, 0.2, 0.1, 0.05, 0.02))


if __name__ == "__main__":
    main()
