"""Keeps what a search knows in a file, so that it can go on another day.

The file is numpy's ``.npz`` without pickled objects: arrays, and one JSON text.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from loas_tl import __version__
from loas_tl.ground.errors import InputError
from loas_tl.ground.files import write_all
from loas_tl.ground.raised import reading
from loas_tl.timeloop.mapper.islands import Island
from loas_tl.timeloop.mapper.loops import Ints, Mappings
from loas_tl.timeloop.mapper.seen import Seen
from loas_tl.timeloop.mapper.space import Space
from loas_tl.timeloop.mapper.state import ISLANDS, Best, State
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.workload.archive import open_archive

FORMAT = 2
_PARTS = ("factors", "order", "split", "keep")


def fingerprint(setup: Setup) -> str:
    """What two searches must have in common for one to go on with the other's state."""
    in_order = setup.enumeration() is not None
    what = (setup.machine, setup.space.bounds, setup.metrics, setup.seed, in_order)
    facts = repr((__version__, *what))
    return hashlib.sha256(facts.encode()).hexdigest()


def save(path: Path, setup: Setup, state: State) -> None:
    """Writes the state, whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    arrays: dict[str, Any] = {}
    facts: dict[str, Any] = {
        "format": FORMAT,
        "search": fingerprint(setup),
        "round": state.round,
        "mappings": state.mappings,
        "valid": state.valid,
        "since": state.since,
        "invalid": state.invalid,
        "suboptimal": state.suboptimal,
        "seconds": state.seconds,
        "complete": state.complete,
        "reasons": [[level, reason, count] for (level, reason), count in state.reasons.items()],
        "islands": [[island.stuck, str(island.explored)] for island in state.islands],
        "blocks": len(state.seen.blocks),
    }
    if state.best is not None:
        best = state.best
        facts["best"] = [best.energy, best.cycles, best.cost, best.tie]
        _put(arrays, "best", best.mapping)
    for number, island in enumerate(state.islands):
        if island.elite is not None:
            _put(arrays, f"island{number}", island.elite)
            arrays[f"island{number}_cost"] = island.cost
            arrays[f"island{number}_tie"] = island.tie
    for number, block in enumerate(state.seen.blocks):
        arrays[f"seen{number}"] = block
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    content = io.BytesIO()
    np.savez(content, **arrays)
    write_all({path: content.getvalue()})


def load(path: Path, setup: Setup) -> State:
    """Reads a state.

    Raises:
        InputError: the file is not a checkpoint, or of another search.
    """
    with reading(path, "a checkpoint of a search"):
        with open_archive(path, "the state of a search (it is no checkpoint)") as archive:
            arrays = {
                name: archive.read(name, "numbers (it is no checkpoint of a search)")
                for name in archive.keys
            }
        facts = json.loads(arrays["facts"].tobytes())
        if facts["format"] != FORMAT or facts["search"] != fingerprint(setup):
            raise InputError(
                "is the checkpoint of another search (specification, metric, seed, or version of "
                "loas-tl); give another file name, or delete it to begin anew",
                file=path,
            )
        state = _state(facts, arrays)
        if min(state.round, state.mappings, state.valid, state.since, state.seconds) < 0:
            raise ValueError("counts below 0")
        if state.best is not None:
            _check(state.best.mapping, setup.space, 1)
        for island in state.islands:
            if island.elite is not None and island.cost is not None and island.tie is not None:
                _check(island.elite, setup.space, len(island.elite))
                _check_numbers(island.cost, np.dtype(np.float64), len(island.elite))
                _check_numbers(island.tie, np.dtype(np.float64), len(island.elite))
        for block in state.seen.blocks:
            _check_numbers(block, np.dtype(np.uint64), block.size)
    return state


def _check(mappings: Mappings, space: Space, count: int) -> None:
    """Refuse arrays that cannot be so many mappings of the space."""
    model = space.sample(np.random.default_rng(0), 1)
    for part in _PARTS:
        given, like = getattr(mappings, part), getattr(model, part)
        if given.dtype != like.dtype or given.shape != (*like.shape[:-1], count):
            raise ValueError(f"{part} has shape {list(given.shape)} of {given.dtype}")
    dimensions = mappings.order.shape[1]
    if (
        not count
        or not _within(mappings.factors, 1, max(space.machine.sizes))
        or not _within(mappings.keep, 0, len(space.bounds.keeps) - 1)
        or not _within(mappings.split, 0, dimensions)
        or (np.sort(mappings.order, axis=1) != np.arange(dimensions)[:, np.newaxis]).any()
    ):
        raise ValueError("values are out of range")


def _within(values: Ints, least: int, most: int) -> bool:
    return bool((values >= least).all() and (values <= most).all())


def _check_numbers(values: Any, kind: np.dtype[Any], count: int) -> None:
    if values.dtype != kind or values.shape != (count,) or not count or np.isnan(values).any():
        raise ValueError(f"has an array of shape {list(values.shape)} of {values.dtype}")


def _put(arrays: dict[str, Any], name: str, mappings: Mappings) -> None:
    for part in _PARTS:
        arrays[f"{name}_{part}"] = getattr(mappings, part)


def _get(arrays: dict[str, Any], name: str) -> Mappings:
    return Mappings(*(arrays[f"{name}_{part}"] for part in _PARTS))


def _state(facts: dict[str, Any], arrays: dict[str, Any]) -> State:
    state = State(
        round=int(facts["round"]),
        mappings=int(facts["mappings"]),
        valid=int(facts["valid"]),
        since=int(facts["since"]),
        invalid=int(facts["invalid"]),
        suboptimal=int(facts["suboptimal"]),
        seconds=float(facts["seconds"]),
        complete=bool(facts["complete"]),
        reasons=Counter(
            {(str(level), str(reason)): int(count) for level, reason, count in facts["reasons"]}
        ),
        seen=Seen([arrays[f"seen{number}"] for number in range(facts["blocks"])]),
    )
    if "best" in facts:
        state.best = Best(_get(arrays, "best"), *map(float, facts["best"]))
    for number, (stuck, explored) in enumerate(facts["islands"][:ISLANDS]):
        if f"island{number}_cost" in arrays:
            state.islands[number] = Island(
                _get(arrays, f"island{number}"),
                arrays[f"island{number}_cost"],
                arrays[f"island{number}_tie"],
                int(stuck),
                int(explored),
            )
    return state
