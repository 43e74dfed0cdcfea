"""Random small specifications and tensors for the exact counts."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

MORE_DIMENSIONS = ("T", "Q")
MEMBERS = ((), (), ("Z",), ("A", "Z"), ("B", "Z"), ("A",), ("B",), ("A", "B"), ("A", "B", "Z"))
"""Which tensors a further dimension belongs to."""
LEVELS = ("Outer", "Middle", "Inner")
FAN_OUTS = ("Row", "Lane")
COMPRESSED = ("CP", "B", "RLE")
UNCOMPRESSED = ("UOP", "UB")


class Example:
    """A specification as text, and tensors for it; the same for the same seed.

    Besides M, N and K there are up to two dimensions that any of the tensors may have, or none.

    Args:
        seed: of random numbers.
        most: iterations.
        idle: have loops of a dimension of neither operand, with more than one iteration.
    """

    def __init__(self, seed: int, most: int = 300, *, idle: bool = False) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.idle = idle
        self.tensors = {"A": ["M", "K"], "B": ["K", "N"], "Z": ["M", "N"]}
        more = MORE_DIMENSIONS[: self.random.choice((1, 1, 2) if idle else (0, 1, 1, 2))]
        self.dimensions = ("M", "N", "K", *more)
        for dimension in more:
            members = MEMBERS[:3] if idle and dimension == more[0] else MEMBERS
            for name in self.random.choice(members):
                self.tensors[name].append(dimension)
        for axes in self.tensors.values():
            if self.random.random() < 0.2:
                axes.reverse()
        self.levels = [n for n in LEVELS if n == "Outer" or self.random.random() < 0.7]
        self.fan_outs = [n for n in FAN_OUTS if self.random.random() < 0.6]
        self.nodes = self._nodes()
        self.factors = self._factors(most)
        self.keeps = self._keeps()
        self.multicast = self.random.random() < 0.9
        self.link = self.random.random() < 0.4
        self.reuse = self.random.random() < 0.9
        self.text = self._text()
        rng = np.random.default_rng(seed)
        self.masks = {
            name: self._mask(rng, axes)
            for name, axes in self.tensors.items()
            if name != "Z" or self.random.random() < 0.5
        }

    def _nodes(self) -> Any:
        nodes = ["Outer"]
        for level, fan_out in (("Middle", "Row"), ("Inner", "Lane")):
            inside = [level] if level in self.levels else []
            around = [fan_out] if fan_out in self.fan_outs else []
            nodes += inside + around
        return nodes

    def _factors(self, most: Any) -> Any:
        factors = {node: dict.fromkeys(self.dimensions, 1) for node in self.nodes}
        total = 1
        first = self.random.randint(1, 2) if self.idle else 0
        for number in range(self.random.randint(3, 8)):
            bound = self.random.choice((2, 2, 3, 4))
            if total * bound > most:
                break
            node, dimension = self.random.choice(self.nodes), self.random.choice(self.dimensions)
            if number < first:
                dimension = MORE_DIMENSIONS[0]
            factors[node][dimension] *= bound
            total *= bound
        return factors

    def _keeps(self) -> Any:
        keeps: Any = {level: [] for level in self.levels}
        for name in self.tensors:
            kept = [level for level in self.levels if self.random.random() < 0.7]
            for level in kept or [self.random.choice(self.levels)]:
                keeps[level].append(name)
        return keeps

    def _mask(self, rng: Any, axes: Any) -> Any:
        shape = [math.prod(self.factors[n][d] for n in self.nodes) for d in axes]
        density = self.random.choice((0.0, 0.05, 0.1, 0.3, 0.5, 0.9, 1.0))
        mask = rng.random(shape) < density
        if self.random.random() < 0.5:
            # Whole slices empty, as in pruned weights and silent channels.
            for axis, size in enumerate(shape):
                empty = rng.random(size) < 0.3
                mask[(slice(None),) * axis + (empty,)] = False
        return mask

    def _size(self, dimension: Any) -> Any:
        return math.prod(self.factors[node][dimension] for node in self.nodes)

    def _ranks(self) -> Any:
        # Zeros can be left out of inner ranks only where no outer one leaves any out.
        outer = self.random.randint(0, 8)
        formats = [self.random.choice(UNCOMPRESSED) for _ in range(outer)]
        formats += [self.random.choice(COMPRESSED) for _ in range(8 - outer)]
        return formats

    def _format(self, name: Any) -> Any:
        ranks = []
        for form in self._ranks():
            flat = ""
            if self.random.random() < 0.2:
                group = self.random.sample(self.dimensions, self.random.randint(1, 3))
                rest = [d for d in self.dimensions if d not in group]
                groups = [group, rest] if rest and self.random.random() < 0.8 else [group]
                flat = f", flattened_rankIDs: {groups}".replace("'", "")
            ranks.append(f"{{format: {form}{flat}}}")
        return f"{{name: {name}, ranks: [{', '.join(ranks)}]}}"

    def _actions(self, level: Any) -> Any:
        actions = []
        for _ in range(self.random.choice((0, 1, 1, 2))):
            options = []
            for _ in range(self.random.choice((1, 1, 2))):
                inside = self.levels[: self.levels.index(level) + 1]
                targets = [t for t in self.tensors if any(t in self.keeps[lv] for lv in inside)]
                if not targets:
                    continue
                target = self.random.choice(targets)
                others = [t for t in self.tensors if t != target and (t != "Z" or _rarely(self))]
                on = self.random.sample(others, self.random.randint(1, len(others)))
                options.append(f"{{target: {target}, condition_on: [{', '.join(on)}]}}")
            if options:
                kind = self.random.choice(("skipping", "gating"))
                actions.append(f"{{type: {kind}, options: [{', '.join(options)}]}}")
        return actions

    def _storage(self, level: Any) -> Any:
        formats = [self._format(t) for t in self.keeps[level] if self.random.random() < 0.5]
        actions = self._actions(level)
        width = 8 * self.random.choice((1, 1, 1, 2, 4))
        sparse = ""
        if formats or actions:
            sparse = f"""
    sparse_optimizations:
      representation_format: {{data_spaces: [{", ".join(formats)}]}}
      action_optimization: [{", ".join(actions)}]"""
        bypass = [t for t in self.tensors if t not in self.keeps[level]]
        attributes = {
            "width": width,
            "datawidth": 8,
            "metadata_storage_width": 64,
            "metadata_storage_depth": 4096,
            "metadata_datawidth": self.random.choice((8, 16)),
        }
        if level != "Outer":
            attributes["depth"] = 4096
        if self.random.random() < 0.5:
            attributes |= {"read_bandwidth": 2, "write_bandwidth": 1}
        if self.random.random() < 0.2:
            attributes |= {"shared_bandwidth": 1, "network_fill_latency": 3}
        given = ", ".join(f"{key}: {value}" for key, value in attributes.items())
        stored = f"keep: [{', '.join(self.keeps[level])}], bypass: [{', '.join(bypass)}]"
        return f"""  - !Component
    name: {level}
    class: {"DRAM" if level == "Outer" else "storage"}
    attributes: {{{given}}}
    constraints: {{dataspace: {{{stored}}}}}{sparse}
"""

    def _text(self) -> Any:
        nodes = ""
        for node in self.nodes:
            if node in FAN_OUTS:
                nodes += (
                    f"  - !Container\n    name: {node}\n    spatial: {{meshX: 64, meshY: 64}}\n"
                )
            else:
                nodes += self._storage(node)
        compute = self.random.choice(("", "gating", "skipping", "gating, skipping"))
        mapping = ""
        for node in self.nodes:
            order = self.random.sample(self.dimensions, len(self.dimensions))
            factors = ", ".join(f"{d}={n}" for d, n in self.factors[node].items())
            kind = "spatial" if node in FAN_OUTS else "temporal"
            more = ""
            if node in FAN_OUTS:
                more = f", split: {self.random.randint(0, len(order))}"
                if not self.multicast:
                    more += ", no_reuse: [A, B, Z]"
                if not self.link:
                    more += ", no_link_transfer: [A, B, Z]"
            elif not self.reuse and node != "Outer" and not self.fan_outs:
                more = ", no_reuse: [A, B]"
            mapping += (
                f"- {{target: {node}, type: {kind}, factors: [{factors}], "
                f"permutation: [{', '.join(order)}]{more}}}\n"
            )
        projections = "".join(
            f"    - name: {name}\n      projection: [{', '.join(f'[[{d}]]' for d in axes)}]\n"
            + ("      read_write: true\n" if name == "Z" else "")
            for name, axes in self.tensors.items()
        )
        sizes = ", ".join(f"{d}: {self._size(d)}" for d in self.dimensions)
        return f"""
architecture:
  version: 0.4
  nodes:
{nodes}  - !Component
    name: unit
    class: compute
    attributes: {{datawidth: 8}}
    sparse_optimizations: {{compute_optimization: [{{type: [{compute}]}}]}}
problem:
  version: 0.4
  shape:
    name: spMspM
    dimensions: [{", ".join(self.dimensions)}]
    data_spaces:
{projections}  instance: {{{sizes}}}
mapping:
{mapping}"""


def _rarely(example: Any) -> Any:
    return example.random.random() < 0.1
