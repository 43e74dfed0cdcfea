"""Read public Timeloop specs as their users give them, and say which are taken.

    python benchmarks/public_specs.py CHECKOUT... [--csv FILE]

A checkout is a folder with one of the repositories below, fetched beside this one; its last name is
that of the repository, or of owner and repository (``owner+repository``). Nothing of them is kept
but name, verdict and reason: ``results/public_specs.csv``.

How the files belong together, and which data go with them, is what the scripts and notebooks of
each repository do. A spec counts as loaded if it is read, and its architecture, constraints and
mapping are brought together; what stands in the way else is the reason.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec.loading import load


@dataclass(frozen=True)
class Public:
    """A spec: its name, its files, and what goes with them."""

    name: str
    files: tuple[Path, ...]
    data: dict[str, Any] = field(default_factory=dict)
    include: tuple[Path, ...] = ()


def exercises(folder: Path) -> Iterator[Public]:
    """Accelergy-Project/timeloop-accelergy-exercises: run_example.py, run_example_designs.py."""
    tutorials = folder / "workspace" / "tutorial_exercises"
    first = tutorials / "01_accelergy_timeloop_2020_ispass"
    for exercise in sorted((first / "timeloop").iterdir()):
        parts = {
            part: tuple(sorted((exercise / part).glob("*.yaml")))
            for part in ("arch", "prob", "map", "constraints", "mapper")
        }
        common = (*parts["arch"], *sorted((exercise / "arch/components").glob("*.yaml")),
                  *parts["prob"], *parts["mapper"])  # fmt: skip
        for other in (*parts["map"], *parts["constraints"]) or (None,):
            files = common if other is None else (*common, other)
            name = exercise.name if other is None else f"{exercise.name}/{other.stem}"
            if exercise.is_dir() and common:
                yield Public(f"tutorial 2020 {name}", files)
    second = first / "timeloop+accelergy"
    for arch in sorted((second / "arch").glob("*.yaml")):
        files = (arch, *sorted((second / "arch/components").glob("*.yaml")),
                 *sorted((second / "prob").glob("*.yaml")),
                 *sorted((second / "mapper").glob("*.yaml")))  # fmt: skip
        yield Public(f"tutorial 2020 {arch.stem} with Accelergy", files)
    year = tutorials / "02_interface_and_design_space_exploration_2024"
    top = year / "top.yaml.jinja"
    yield Public("tutorial 2024", (top,))
    yield Public("tutorial 2024 datawidth", (top,), {"datawidth_jinja": 16})
    yield Public("tutorial 2024 without register", (top,), {"reg_enabled": False})
    yield Public("tutorial 2024 files", tuple(sorted((year / "inputs").glob("*.yaml"))))
    designs = folder / "workspace/example_designs/example_designs"
    layers = folder / "workspace/example_designs/layer_shapes"
    for arch in sorted(designs.rglob("arch.yaml")):
        name = str(arch.parent.relative_to(designs))
        yield Public(f"design {name}", (designs / "top.yaml.jinja2",), {"architecture": name})
    for name in sorted(path.parent.name for path in designs.glob("*/arch.yaml")):
        for network in sorted(path for path in layers.iterdir() if path.is_dir()):
            layer = min(network.rglob("*.yaml"))
            yield Public(
                f"design {name} on {network.name}",
                (designs / "top.yaml.jinja2",),
                {"architecture": name, "problem": str(layer)},
                (layers,),
            )


def front_end(folder: Path) -> Iterator[Public]:
    """Accelergy-Project/timeloopfe: run_examples.py, tests/test_load_examples.py."""
    examples = folder / "arch_spec_examples"
    common = tuple(examples / f"{name}.yaml" for name in ("mapper_quick", "variables"))
    for arch in sorted(examples.rglob("arch*.yaml")):
        if "old" in arch.stem:
            continue
        name = str(arch.relative_to(examples).with_suffix(""))
        own = arch.parent / "problem.yaml"
        by_name = examples / f"problem_{arch.parent.name}.yaml"
        problem = next((p for p in (own, by_name) if p.exists()), examples / "problem.yaml")
        beside = (path for path in sorted(arch.parent.glob("*.yaml")) if "arch" not in path.stem)
        files = dict.fromkeys((arch, problem, *beside, *common))
        yield Public(f"example {name}", tuple(files))


def cim(folder: Path) -> Iterator[Public]:
    """mit-emze/cimloop: get_spec of scripts/utils.py."""
    models = folder / "workspace/models"
    top = models / "top.yaml.jinja2"
    for macro in sorted((models / "arch/1_macro").iterdir()):
        data = {"macro": macro.name, "iso": macro.name, "system": "ws_dummy_buffer_one_macro"}
        yield Public(f"macro {macro.name}", (top,), data)


REPOSITORIES: dict[str, Callable[[Path], Iterator[Public]]] = {
    "timeloop-accelergy-exercises": exercises,
    "timeloopfe": front_end,
    "cimloop": cim,
}


def verdict(public: Public) -> tuple[str, str]:
    """``loaded``, ``modelled`` or ``refused``, and why."""
    try:
        spec = load(public.files, data=public.data, include=public.include).spec()
    except InputError as error:
        return "refused", _reason(error, public)
    try:
        evaluate(spec)
    except InputError as error:
        return "loaded", _reason(error, public)
    return "modelled", ""


def _reason(error: InputError, public: Public) -> str:
    text = str(error)
    for path in sorted({p for file in public.files for p in file.resolve().parents}, reverse=True):
        text = text.replace(f"{path}/", "")
    return re.sub(r"(\.\./)+", "", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", nargs="+", type=Path)
    parser.add_argument("--csv", type=Path)
    arguments = parser.parse_args()
    rows = []
    for folder in arguments.checkout:
        name = folder.name.rsplit("+", 1)[-1]
        for public in REPOSITORIES[name](folder):
            rows.append((name, public.name, *verdict(public)))
            print(*rows[-1][1:], sep=" | ")
    loaded = sum(row[2] != "refused" for row in rows)
    print(f"{loaded} of {len(rows)} loaded")
    if arguments.csv:
        with arguments.csv.open("w", newline="") as file:
            csv.writer(file).writerows([("repository", "spec", "verdict", "reason"), *rows])


if __name__ == "__main__":
    main()
