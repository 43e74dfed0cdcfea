"""Random specifications of this domain: sparse matrix products and convolutions."""

from __future__ import annotations

import math
import random
from typing import Any

import yaml

CACHE = {"depth": 65536, "width": 8, "datawidth": 8}
METADATA = {
    "metadata_storage_depth": 65536,
    "metadata_storage_width": 32,
    "metadata_datawidth": 4,
}


class _Tagged(dict[str, Any]):
    """A node with its tag."""

    tag = "!Component"


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, _data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Tagged, lambda dumper, data: dumper.represent_mapping(data.tag, data.items())
)


def _node(name: str, tag: str = "!Component", **values: Any) -> _Tagged:
    node = _Tagged({"name": name, **values})
    node.tag = tag
    return node


def random_spec(seed: int, *, sparse: bool = True) -> dict[str, Any]:
    """A specification as a tree, to be written with :func:`text`."""
    rng = random.Random(seed)  # noqa: S311
    if rng.random() < 0.3:
        dims = {"M": 4, "C": 2, "P": rng.choice([2, 4]), "R": rng.choice([2, 3])}
        a: list[Any] = [[["C"]], [["P"], ["R"]]]
        b: list[Any] = [[["M"]], [["C"]], [["R"]]]
        z: list[Any] = [[["M"]], [["P"]]]
    else:
        dims = {d: rng.choice([2, 4, 6, 8]) for d in "MNK"}
        a, b, z = [[["M"]], [["K"]]], [[["K"]], [["N"]]], [[["M"]], [["N"]]]
    projections = {"A": a, "B": b, "Z": z}
    slots = ["DRAM", "Cache", "PE", "Buffer"]
    factors = {slot: dict.fromkeys(dims, 1) for slot in slots}
    for dimension, size in dims.items():
        for prime in (2, 3):
            while size % prime == 0:
                factors[rng.choice(slots)][dimension] *= prime
                size //= prime
    keep = {slot: [t for t in "ABZ" if slot == "DRAM" or rng.random() < 0.8] for slot in slots}
    spec: dict[str, Any] = {
        "architecture": {"version": 0.4, "nodes": _nodes(rng, factors, keep)},
        "problem": {
            "version": 0.4,
            "shape": {
                "dimensions": list(dims),
                "data_spaces": [
                    {"name": name, "projection": p, **({"read_write": True} if name == "Z" else {})}
                    for name, p in projections.items()
                ],
            },
            "instance": dict(dims),
        },
        "mapping": [
            {
                "target": slot,
                "type": "spatial" if slot == "PE" else "temporal",
                "factors": [f"{d}={n}" for d, n in factors[slot].items()],
                "permutation": rng.sample(list(dims), len(dims)),
            }
            for slot in slots
        ],
    }
    if sparse:
        spec["problem"]["instance"]["densities"] = {
            name: {
                "distribution": rng.choice(["hypergeometric", "fixed_structured"]),
                "density": rng.choice([0.05, 0.25, 0.5, 0.75, 1.0]),
            }
            for name in "AB"
        }
        spec["sparse_optimizations"] = {
            "version": 0.4,
            "targets": _targets(rng, projections, factors, keep),
        }
    return spec


def _nodes(
    rng: random.Random, factors: dict[str, dict[str, int]], keep: dict[str, list[str]]
) -> list[_Tagged]:
    def storage(name: str) -> _Tagged:
        attributes: dict[str, Any] = {**CACHE, **METADATA}
        if rng.random() < 0.3:
            attributes |= {"read_bandwidth": rng.choice([1, 4]), "write_bandwidth": 2}
        bypass = [t for t in "ABZ" if t not in keep[name]]
        dataspace = {"keep": keep[name], "bypass": bypass}
        return _node(
            name,
            **{"class": "storage"},
            attributes=attributes,
            constraints={"dataspace": dataspace},
        )

    attributes = {"width": 8, "datawidth": 8, "metadata_storage_width": 64}
    return [
        _node("DRAM", **{"class": "DRAM"}, attributes={**attributes, "metadata_datawidth": 4}),
        storage("Cache"),
        _node("PE", "!Container", spatial={"meshX": math.prod(factors["PE"].values())}),
        storage("Buffer"),
        _node("mac", **{"class": "mac"}, attributes={"datawidth": 8}),
    ]


def _targets(
    rng: random.Random,
    projections: dict[str, list[Any]],
    factors: dict[str, dict[str, int]],
    keep: dict[str, list[str]],
) -> list[dict[str, Any]]:
    targets: list[dict[str, Any]] = [{"target": slot} for slot in ("DRAM", "Cache", "Buffer")]
    inside = [("DRAM", "Cache", "PE", "Buffer"), ("Cache", "PE", "Buffer"), ("Buffer",)]
    for tensor in "AB":
        if rng.random() < 0.5:
            continue
        inner, upper = rng.choice(["CP", "B", "RLE"]), rng.choice(["UOP", "CP"])
        relevant = {term[0] for rank in projections[tensor] for term in rank}
        for target, slots in zip(targets, inside, strict=True):
            if tensor not in keep[target["target"]]:
                continue
            loops = sum(factors[s][d] > 1 for s in slots for d in relevant)
            ranks = [{"format": upper}] * (max(loops, 1) - 1) + [{"format": inner}]
            formats = target.setdefault("representation_format", {"data_spaces": []})
            formats["data_spaces"].append({"name": tensor, "ranks": ranks})
    for target in targets[1:]:
        actions = [
            {
                "type": rng.choice(["gating", "skipping"]),
                "options": [{"target": t, "condition_on": [c for c in "AB" if c != t]}],
            }
            for t in "ABZ"
            if rng.random() < 0.4
        ]
        if actions:
            target["action_optimization"] = actions
    compute = [{"type": kind} for kind in ("gating", "skipping") if rng.random() < 0.3]
    if compute:
        targets.append({"target": "mac", "compute_optimization": compute})
    return targets


def text(spec: dict[str, Any]) -> str:
    """The specification as YAML."""
    written: str = yaml.dump(spec, Dumper=_Dumper, sort_keys=False)
    return written
