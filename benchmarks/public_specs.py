"""Read public Timeloop specs as their users give them, and say which are taken.

    python benchmarks/public_specs.py CHECKOUT... [--csv FILE]

A checkout is a folder with one of the repositories below, fetched beside this one; its last name is
that of the repository, or of owner and repository (``owner+repository``). Nothing of them is kept
but name, verdict and reason: ``results/public_specs.csv``.

How the files belong together, and which data go with them, is what the scripts and notebooks of
each repository do. A spec counts as loaded if it is read, and its architecture, constraints and
mapping are brought together, and as modelled if its own mapping is evaluated, or else one that a
short search finds. With ``--timeloop`` the real one counts the same mapping.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.running import run_model
from loas_tl.timeloop.spec import Spec
from loas_tl.timeloop.spec.loading import load

MAPPINGS = 3000
"""That are looked at where a spec is for a search; any valid one will do."""


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
        if arch.stem != "arch":  # v3
            yield Public(f"tutorial 2020 {arch.stem} with Accelergy (v3)", files)
            continue
        for compute, bits, psum in (("fpmac", 32, 32), ("intmac", 8, 16)):
            data = {
                "input_weight_datawidth": bits,
                "psum_datawidth": psum,
                "mac_class": compute,
            }
            yield Public(f"tutorial 2020 {compute} with Accelergy", files, data)
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
            if (network.name == "MM") != name.startswith("sparse"):
                continue  # a convolution for an array of matrices, or the other way round
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


def lab_3(folder: Path) -> Iterator[Public]:
    """alecpratt/lab3-starter-2025: the notebooks of a course."""
    lab = folder / "workspace/lab3"
    top = lab / "designs/top.yaml.jinja2"
    given = {"architecture": "designs/singlePE/arch.yaml", "mapping": "designs/singlePE/map.yaml"}
    system = {"architecture": "designs/system/arch.yaml", "mapper": "designs/_include/mapper.yaml"}
    for layer in sorted(path.stem for path in (lab / "layer_shapes").glob("*.yaml")):
        problem = {"problem": f"layer_shapes/{layer}.yaml"}
        if layer == "conv2":
            yield Public(f"lab 3 one PE, {layer}", (top,), given | problem, (lab,))
        for kind in ("constraints", "constraints_relaxed", "constraints_ws", "constraints_os",
                     "constraints_is"):  # fmt: skip
            data = system | problem | {"pe_meshX": 4, "pe_meshY": 4}
            data |= {"constraints": f"designs/system/{kind}.yaml", "pe_spatial_c_constraint": True}
            if layer == "conv2" or kind == "constraints_relaxed":
                yield Public(f"lab 3 system, {kind}, {layer}", (top,), data, (lab,))


def lab_4(folder: Path) -> Iterator[Public]:
    """parikhushii/deep-learning-hardware-group-13: the notebooks of a course."""
    lab = folder / "workspace/lab4"
    top = lab / "designs/top.yaml.jinja2"
    for mapping in ("untiled", "tiled"):
        for zeros in (None, "buffer_gating", "buffer_skipping", "buffer_compressed"):
            data: dict[str, Any] = {"mapping": f"designs/{mapping}.map.yaml"}
            if zeros is not None:
                data["sparse_optimizations"] = f"designs/sparse_opts/{zeros}.yaml"
            yield Public(f"lab 4 {mapping}, {zeros or 'dense'}", (top,), data, (lab,))
    constrained = {"constraints": "designs/untiled.constraints.yaml"}
    searched = constrained | {"mapper": "designs/mapper.yaml"}
    yield Public("lab 4 search", (top,), searched, (lab,))
    factors = {
        f"{level}_factor_{dimension}": factor
        for level, three in (("DRAM", (4096, 256, 256)), ("Buffer", (1, 4, 16)), ("PE", (1, 4, 1)))
        for dimension, factor in zip("KMN", three, strict=True)
    }
    orders = {f"{level}_permutation": ["K", "M", "N"] for level in ("DRAM", "Buffer", "PE")}
    for form, bits in (("B", 1), ("COO", 16), ("CSR", 16)):
        data = (
            factors
            | orders
            | {
                "sparse_format": form,
                "metadata_datawidth": bits,
                "constraints": "part6/constraints_global.yaml",
                "problem": "part6/problem3.yaml",
                "mapping": "part6/example_map.yaml",
                "sparse_optimizations": f"part6/sparse-opt_{form}.yaml",
            }
        )
        yield Public(f"lab 4 design, {form}", (lab / "part6/top.yaml.jinja2",), data, (lab,))


def keyword_spotting(folder: Path) -> Iterator[Public]:
    """shlok2018/ds-cnn-kws-accelerator: scripts/sweep.py."""
    for arch in sorted((folder / "arch").glob("*.yaml")):
        for problem in sorted((folder / "problems").glob("*.yaml")):
            data = {"arch": f"arch/{arch.name}", "problem": f"problems/{problem.name}"}
            yield Public(f"{arch.stem}, {problem.stem}", (folder / "top.yaml.jinja2",), data)


def transformer(folder: Path) -> Iterator[Public]:
    """jonasknobloch/spinnloop: src/spinnloop/model.py, which sets the sizes in Python."""
    names = ("intmac", "architecture", "problem", "variables")
    files = tuple(folder / "config" / f"{name}.yaml" for name in names)
    for mapping in sorted((folder / "config/mappings/128").glob("*.yaml")):
        yield Public(f"mapping {mapping.stem}", (*files, mapping))


def genetic(folder: Path) -> Iterator[Public]:
    """akarshkumar0101/hardware-final-project: run_layer_stats.py."""
    designs = folder / "workspace/example_designs"
    yield Public("eyeriss_like", (designs / "top.yaml.jinja2",), {"architecture": "eyeriss_like"})


def loops(folder: Path) -> Iterator[Public]:
    """Accelergy-Project/looptree-tutorial: configs of fused layers."""
    yield Public("fused layers", tuple(sorted((folder / "workspace/configs").glob("*.yaml"))))


REPOSITORIES: dict[str, Callable[[Path], Iterator[Public]]] = {
    "timeloop-accelergy-exercises": exercises,
    "timeloopfe": front_end,
    "cimloop": cim,
    "cimloop_5930_project": cim,
    "lab3-starter-2025": lab_3,
    "deep-learning-hardware-group-13": lab_4,
    "ds-cnn-kws-accelerator": keyword_spotting,
    "spinnloop": transformer,
    "hardware-final-project": genetic,
    "looptree-tutorial": loops,
}


@dataclass(frozen=True)
class Row:
    """What became of a spec."""

    repository: str
    spec: str
    verdict: str
    reason: str = ""
    mapping: str = ""
    against_timeloop: str = ""


def row(repository: str, public: Public, *, timeloop: bool) -> Row:
    """``modelled``, ``loaded`` or ``refused``, and why; with the real one's counts beside."""
    try:
        spec = load(public.files, data=public.data, include=public.include).spec()
    except InputError as error:
        return Row(repository, public.name, "refused", _reason(error, public))
    mapping = "given"
    try:
        result = evaluate(spec)
    except MappingError as error:
        compared = same_refusal(spec, error) if timeloop else ""
        return Row(repository, public.name, "modelled", str(error), mapping, compared)
    except InputError as given:
        mapping = "found"
        try:
            found = search(spec, max_mappings=MAPPINGS, seed=0, jobs=1, allow_unpriced=True)
        except InputError as error:
            reason = error if mapping_is_free(given) else given
            return Row(repository, public.name, "loaded", _reason(reason, public))
        spec, result = found.spec, evaluate(found.spec)
    compared = compare(spec, result) if timeloop else ""
    return Row(repository, public.name, "modelled", "", mapping, compared)


def mapping_is_free(error: InputError) -> bool:
    """Whether a spec has no mapping of its own, rather than one that cannot be carried out."""
    return "multiply to" in str(error) or "expected = in a mapping" in str(error)


def priced(spec: Spec) -> Spec:
    """With a table of its own, so that Accelergy has nothing to do."""
    storage = ("read", "write", "update", "leak")
    before = ("", "metadata_", "gated_", "skipped_", "gated_metadata_", "skipped_metadata_")
    actions = [kind + name for kind in before for name in storage]
    actions += ["compute", "gated_compute", "skipped_compute"]
    nodes = [p.node.name for p in spec.architecture.placed() if p.node.kind != "container"]
    energies = dict.fromkeys(nodes, dict.fromkeys(actions, 1.0))
    return replace(spec, energies=energies, areas=dict.fromkeys(nodes, 1.0), components=())


def same_refusal(spec: Spec, error: MappingError) -> str:
    """``equal`` where the real Timeloop refuses the mapping for the same reason."""
    try:
        run_model(priced(spec), timeout=120)
    except MappingError as other:
        return "equal" if other.kind == error.kind else f"Timeloop: {other}"[:120]
    except InputError as other:
        return f"Timeloop: {other}"[:120]
    return "Timeloop takes it"


def compare(spec: Spec, result: Result) -> str:
    """``equal``, or the first count in which the real Timeloop differs."""
    try:
        real = run_model(priced(spec), timeout=120)
    except InputError as error:
        return f"Timeloop: {str(error)[:120]}"
    if real.cycles != result.cycles:
        return f"{result.cycles} cycles, Timeloop {real.cycles}"
    for level, stats in real.levels.items():
        for tensor, counts in stats.tensors.items():
            ours = result.levels[level].tensors[tensor]
            for kind in ("reads", "fills", "updates"):
                mine, theirs = getattr(ours, kind).actual, getattr(counts, kind).actual
                if round(mine) != round(theirs):
                    return f"{level} {tensor} {kind}: {mine:.0f}, Timeloop {theirs:.0f}"
    return "equal"


def _reason(error: InputError, public: Public) -> str:
    text = str(error)
    for path in sorted({p for file in public.files for p in file.resolve().parents}, reverse=True):
        text = text.replace(f"{path}/", "")
    return re.sub(r"(\.\./)+", "", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", nargs="+", type=Path)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--timeloop", action="store_true", help="run the real one on each mapping")
    arguments = parser.parse_args()
    rows = []
    for folder in arguments.checkout:
        name = folder.name.rsplit("+", 1)[-1]
        for public in REPOSITORIES[name](folder.absolute()):
            rows.append(row(name, public, timeloop=arguments.timeloop))
            print(*astuple(rows[-1])[1:], sep=" | ", flush=True)
    loaded = sum(one.verdict != "refused" for one in rows)
    equal = sum(one.against_timeloop == "equal" for one in rows)
    print(f"{loaded} of {len(rows)} loaded, {equal} equal to the real Timeloop")
    if arguments.csv:
        with arguments.csv.open("w", newline="") as file:
            names = [each.name for each in fields(Row)]
            csv.writer(file).writerows([names, *(astuple(one) for one in rows)])


if __name__ == "__main__":
    main()
