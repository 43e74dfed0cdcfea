"""Commands that read tensors."""

from __future__ import annotations

import random

READERS_OF_TENSORS = (
    ("formats",), ("sparsity",), ("innerjoin", "--reading", "literal"), ("summary",), ("render",
    "LoAS", "-o", "o"),
    ("compare", "--accelerator", "LoAS", "SparTen-SNN"), ("validate", "--accelerator", "PTB"),
    ("explore", "LoAS", "--vary", "pes=8,16", "--jobs", "1"),
)  # fmt: skip


def reader(rng: random.Random, option: str, file: str) -> list[str]:
    """One of them, with the file."""
    command, *more = rng.choice(READERS_OF_TENSORS)
    if command == "summary":
        return ["summary", file]
    return [command, *more, option, file]
