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


_Factors = dict[str, dict[str, int]]


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


def random_spec(
    seed: int, *, sparse: bool = True, short: bool = False, overbooked: bool = False
) -> dict[str, Any]:
    """A specification as a tree, to be written with :func:`text`.

    Args:
        seed: Of the random numbers.
        sparse: Whether tensors have densities, formats and rules.
        short: Whether loops may run short, as in ``M=4,2``; there is a fan-out of units, too.
        overbooked: Whether memories are as large as their tiles on average, and may be too small.
    """
    rng = random.Random(seed)  # noqa: S311
    if rng.random() < 0.3:
        dims = {"M": 4, "C": 2, "P": rng.choice([2, 4]), "R": rng.choice([2, 3])}
        if short:
            dims = {d: rng.randint(1, 7) for d in dims}
        a: list[Any] = [[["C"]], [["P"], ["R"]]]
        b: list[Any] = [[["M"]], [["C"]], [["R"]]]
        z: list[Any] = [[["M"]], [["P"]]]
    else:
        dims = {d: rng.randint(1, 24) if short else rng.choice([2, 4, 6, 8]) for d in "MNK"}
        a, b, z = [[["M"]], [["K"]]], [[["K"]], [["N"]]], [[["M"]], [["N"]]]
    projections = {"A": a, "B": b, "Z": z}
    slots = ["DRAM", "Cache", "PE", "Buffer"]
    if short:
        slots.append("mac")
    factors, written = _short_factors(rng, slots, dims) if short else _factors(rng, slots, dims)
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
                "type": "spatial" if slot in ("PE", "mac") else "temporal",
                "factors": [f"{d}={n}" for d, n in written[slot].items()],
                "permutation": rng.sample(list(dims), len(dims)),
            }
            for slot in slots
            if slot != "mac" or math.prod(factors[slot].values()) > 1
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
        if short or overbooked:
            # A full hypergeometric tensor loses tiles in Timeloop: a departure of its own.
            for density in spec["problem"]["instance"]["densities"].values():
                if density["density"] == 1.0:
                    density["distribution"] = "fixed_structured"
        spec["sparse_optimizations"] = {
            "version": 0.4,
            "targets": _targets(rng, projections, factors, keep),
        }
    if overbooked:
        _shrink(rng, spec, projections, factors, keep)
    return spec


def _shrink(
    rng: random.Random,
    spec: dict[str, Any],
    projections: dict[str, list[Any]],
    factors: _Factors,
    keep: dict[str, list[str]],
) -> None:
    """Makes the inner memories about as large as what their tiles hold on average."""
    densities = {t: d["density"] for t, d in spec["problem"]["instance"]["densities"].items()}
    order = ["Buffer", "PE", "Cache"]
    for node in spec["architecture"]["nodes"]:
        if node["name"] not in ("Cache", "Buffer"):
            continue
        inside = order[: order.index(node["name"]) + 1]
        reach = {d: math.prod(factors[s][d] for s in inside) for d in factors["DRAM"]}
        words = sum(
            math.prod(sum(reach[t[0]] - 1 for t in rank) + 1 for rank in _ranks(projections[name]))
            * densities.get(name, 1)
            for name in keep[node["name"]]
        )
        attributes = node["attributes"]
        attributes["depth"] = max(1, round(words * rng.choice([0.7, 0.9, 1, 1.1, 1.3, 2]) + 1))
        if rng.random() < 0.3:
            attributes["metadata_storage_depth"] = rng.choice([2, 4, 8, 16])
        attributes["allow_overbooking"] = rng.random() < 0.9


def _ranks(projection: list[Any]) -> list[list[Any]]:
    """Each rank as a list of terms."""
    return [rank if isinstance(rank[0], list) else [rank] for rank in projection]


def _factors(rng: random.Random, slots: list[str], dims: dict[str, int]) -> tuple[_Factors, Any]:
    factors: _Factors = {slot: dict.fromkeys(dims, 1) for slot in slots}
    for dimension, size in dims.items():
        for prime in (2, 3):
            while size % prime == 0:
                factors[rng.choice(slots)][dimension] *= prime
                size //= prime
    return factors, factors


def _short_factors(
    rng: random.Random, slots: list[str], dims: dict[str, int]
) -> tuple[_Factors, dict[str, dict[str, str]]]:
    """Full factors, and what is written of them: both the full and the short one."""
    factors: _Factors = {slot: dict.fromkeys(dims, 1) for slot in slots}
    written = {slot: dict.fromkeys(dims, "1") for slot in slots}
    for dimension, size in dims.items():
        inner_first = [slot for slot in reversed(slots) if rng.random() < 0.6] or ["DRAM"]
        for slot in inner_first[:-1]:
            bound = rng.choice([1, 2, 2, 3, 4, 5])
            rest = -(-size // bound)
            if slot in ("PE", "mac") and rest == 1:
                bound = size  # an outermost spatial loop cannot run short
            last = size - bound * (rest - 1)
            factors[slot][dimension] = bound
            written[slot][dimension] = str(bound) if bound == last else f"{bound},{last}"
            size = rest
        slot = inner_first[-1]
        factors[slot][dimension] = size
        written[slot][dimension] = str(size)
    return factors, written


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
    units = math.prod(factors["mac"].values()) if "mac" in factors else 1
    fan: dict[str, Any] = {"spatial": {"meshX": units}} if units > 1 else {}
    return [
        _node("DRAM", **{"class": "DRAM"}, attributes={**attributes, "metadata_datawidth": 4}),
        storage("Cache"),
        _node("PE", "!Container", spatial={"meshX": math.prod(factors["PE"].values())}),
        storage("Buffer"),
        _node("mac", **{"class": "mac", **fan}, attributes={"datawidth": 8}),
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
            inside_unit = ("mac",) if "mac" in factors else ()
            loops = sum(factors[s][d] > 1 for s in (*slots, *inside_unit) for d in relevant)
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
