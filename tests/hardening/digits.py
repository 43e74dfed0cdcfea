"""Figures of fixed commands, recorded in ``tests/data/digits.json.xz``."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.timeloop_runs import reference_runs
from tests.workload.examples import save, spikes, weights

RECORDED = Path(__file__).parents[1] / "data" / "digits.json.xz"
TENSORS = "{folder}/t.npz"
MODELS = ("both", "--accounting", "both", "--accelerator", "all")
COMMANDS: dict[str, tuple[str, ...]] = {
    "compare": ("compare", "--tensors", TENSORS, "--model", *MODELS),
    "compare generated": (
        *("compare", "--network", "A-L4", "--seed", "5", "--workload-set", "timesteps=8"),
        *("weight_density=0.3", "spike_density=0.1"),
    ),
    "explore": (
        *("explore", "LoAS", "--tensors", TENSORS, "--vary", "pes=8..64:8", "hbm_GBps=32,64,128"),
        *("--sampler", "random", "--points", "8", "--model", "detailed", "--jobs", "1"),
    ),
    "innerjoin": ("innerjoin", "--tensors", TENSORS),
    "formats": ("formats", "--tensors", TENSORS),
    "validate": ("validate", "--tensors", TENSORS, "--accelerator", "LoAS", "GoSPA-SNN"),
    "energy": ("energy", "LoAS", "--set", "pes=48", "cache_KiB=333", "clock_MHz=777"),
    **{
        f"map {name}": (
            *("map", f"{{folder}}/{name}.yaml", "--engine", "native", "--max-mappings", "1000"),
            *("--seed", "7", "--jobs", "1"),
        )
        for name in ("mapper-dense-0007", "mapper-gate-0003")
    },
    **{
        f"model {name}": ("model", f"{{folder}}/{name}.yaml", "--engine", "native")
        for name in ("dense-0000", "skip-0009", "hyper-0006", "conv-0300", "parallel-0303")
    },
}
TIMED = frozenset({"seconds"})
"""Keys whose numbers are no figures of a machine."""


def write_inputs(folder: Path) -> None:
    """What the commands read."""
    arrays = {
        "one/x": spikes(4, 20, 150),
        "one/w": weights(150, 24),
        "two/x": spikes(4, 9, 64, seed=1),
        "two/w": weights(64, 40, seed=1),
    }
    save(folder / "t.npz", arrays)
    for name, run in reference_runs().items():
        if any(name in command for command in COMMANDS):
            (folder / f"{name}.yaml").write_text(run.spec, "utf-8")


def figures(run: Callable[[list[str]], str], name: str, folder: Path) -> list[str]:
    """All numbers in what a command prints as JSON, to the last digit, in order.

    Args:
        run: runs the command, and gives its standard output.
        name: of :data:`COMMANDS`.
        folder: of :func:`write_inputs`.
    """
    arguments = [word.format(folder=folder) for word in COMMANDS[name]]
    return list(_numbers(json.loads(run([*arguments, "--json", "-"]))))


def recorded() -> dict[str, list[str]]:
    """The figures of every command, as they were."""
    kept: dict[str, list[str]] = json.loads(lzma.decompress(RECORDED.read_bytes()))
    return kept


def _numbers(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key in sorted(tree):
            if key not in TIMED:
                for number in _numbers(tree[key]):
                    yield f"{key} {number}"
    elif isinstance(tree, list):
        for each in tree:
            yield from _numbers(each)
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield repr(tree)
