"""What is drawn from small spaces: ``python -m tests.mapper.moves`` records it anew."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.moves import cross, mutate, neighbours
from loas_tl.timeloop.mapper.space import Space
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import keeps, matmul

KEPT = Path(__file__).parents[1] / "data" / "moves.json"
ONLY = "temporal: {factors: [M=1, N=1, K=1]}"
RUBY = "mapspace: {version: 0.4, template: ruby}\n"
SPACES = {
    "free": matmul(m=12, n=4, k=6),
    "large": matmul(m=720, n=97, k=1000, mesh="meshX: 6, meshY: 4"),
    "two ways": matmul(m=2, n=2, k=2, cache_constraints=ONLY, mesh="meshX: 1"),
    "one dimension": matmul(m=3, n=1, k=1, mesh="meshX: 1"),
    "column": matmul(mesh="meshY: 2"),
    "sparse": matmul(m=12, n=4, k=6, sparse=True),
    "bounded": matmul(
        m=12,
        n=4,
        k=6,
        cache_constraints="temporal: {factors: [M<=3, N=2, K>=2], permutation: [K]}",
        buffer_constraints="temporal: {factors: [N=1]}",
    ),
    "split": matmul(m=12, mesh="meshX: 2, meshY: 2", pe_constraints="spatial: {split: 1}"),
    "grid": matmul(m=12, n=6, k=2, mesh="meshX: 3, meshY: 2"),
    "short": matmul(m=7, n=10, k=2, mesh="meshX: 4", rest=RUBY),
    "given": matmul(
        m=7,
        n=4,
        k=6,
        mesh="meshX: 4",
        pe_constraints="spatial: {factors: [M=4]}",
        cache_constraints=keeps("A", "B", "Z"),
    ),
    "beyond the primes": matmul(m=67, n=71 * 2, k=4),
}


def space_of(text: str) -> Space:
    """The space of a specification."""
    return Setup.of(parse_spec(text)).space


def drawn(text: str) -> dict[str, str]:
    """Random mappings of a space and what becomes of them, as one number each."""
    of = space_of(text)
    rng = np.random.default_rng(7)
    parents = of.sample(rng, 60)
    others = parents.take(rng.permutation(len(parents)))
    children = mutate(of, rng, parents)
    return {
        "sample": _digest(parents),
        "mutate": _digest(children),
        "cross": _digest(cross(rng, parents, others)),
        "neighbours": _digest(*(neighbours(of, parents.take(np.array([i]))) for i in range(3))),
        "canonical": _digest(of.canonical(children)),
        "fits": _digest_of(of.fits(children).tobytes()),
        "size": str(of.size),
    }


def _digest(*several: Mappings) -> str:
    parts = (
        part
        for mappings in several
        for part in (mappings.factors, mappings.order, mappings.split, mappings.keep)
    )
    return _digest_of(b"".join(np.ascontiguousarray(part, "<i8").tobytes() for part in parts))


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    found = {name: drawn(text) for name, text in SPACES.items()}
    KEPT.write_text(json.dumps(found, indent=1) + "\n")
