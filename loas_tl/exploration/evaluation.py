"""One layer on a group of designs: what a worker does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from loas_tl.comparison import Counted, count_layer, dataflow_of, result_of
from loas_tl.designs.accountings import Entrant, entrants
from loas_tl.designs.design import Design
from loas_tl.exploration.figures import Figures
from loas_tl.exploration.how import How, ModelName
from loas_tl.exploration.identity import layer_key, version
from loas_tl.exploration.workloads import Recipe
from loas_tl.ground.errors import InputError
from loas_tl.ground.memo import Memo
from loas_tl.models.dataflow import Dataflow
from loas_tl.models.published.tiled import Operands
from loas_tl.workload.source import LayerSource

KEPT = 384 * 2**20
"""Bytes of layers, tiles, matches and walks that a process keeps at most."""

DESIGNS = 2048
"""Whose area and energies a process remembers, some 10 KiB each."""

AT_ONCE: dict[ModelName, int] = {"published": 100, "detailed": 25, "timeloop": 8, "mapped": 1}
"""Designs of a group: a second of work or so, which is what a killed run loses."""


@dataclass(frozen=True)
class Task:
    """A layer, and a group of designs that have something in common on it.

    Attributes:
        recipe: the layer.
        designs: the group; keys: their hashes.
        how: the model.
        version: of the code that asked.
    """

    recipe: Recipe
    designs: tuple[Design, ...]
    keys: tuple[str, ...]
    how: How
    version: str


@dataclass(frozen=True)
class Failure:
    """Why a design has no figures.

    Attributes:
        reason: one line.
        lasting: whether it would be the same another time.
    """

    reason: str
    lasting: bool = True


Outcome = Figures | Failure

Counting = Literal["published", "detailed"]


@dataclass(frozen=True)
class Answer:
    """What a worker found.

    Attributes:
        layer: the layer's hash; empty where it could not be made.
        outcomes: one a design, in the task's order.
    """

    layer: str
    outcomes: tuple[Outcome, ...]


_memo = Memo(KEPT)


def work(task: Task) -> Answer:
    """Evaluate a task; what its designs have in common, and those of tasks before, is kept.

    Raises:
        InputError: where this process runs another version of the code.
    """
    if version() != task.version:
        raise InputError(
            f"a worker has another version of loas-tl ({version()}, here {task.version}); expected "
            "the same on all machines",
            key="--scheduler",
        )
    recipe = task.recipe
    try:
        layer = _memo.get(("layer", recipe.key), recipe.make)
    except Exception as error:
        return Answer("", (_failure(error),) * len(task.designs))
    key = _memo.get(("layer key", recipe.key), lambda: layer_key(layer))
    operands = Operands(layer, _memo.part(recipe.key))
    return Answer(key, tuple(_outcomes(operands, task)))


def _outcomes(operands: Operands, task: Task) -> Iterator[Outcome]:
    model = task.how.model
    if model == "published" or model == "detailed":
        with suppress(Exception):
            # Together, since what they have in common is done at once. Where one fails, it is
            # the only one that does below.
            yield from _together(operands, task, model)
            return
    for design, key in zip(task.designs, task.keys, strict=True):
        try:
            yield _one(operands, design, key, task)
        except Exception as error:  # noqa: PERF203 - a design fails alone
            yield _failure(error)


def _together(operands: Operands, task: Task, model: Counting) -> list[Outcome]:
    priced = [
        _priced(design, key, task.how, model)
        for design, key in zip(task.designs, task.keys, strict=True)
    ]
    counted = count_layer(
        operands.layer,
        [one.entrant for one in priced],
        [one.dataflow for one in priced],
        model,
        operands,
    )
    source = _source(task.recipe)
    return [_figures(source, one, found) for one, found in zip(priced, counted, strict=True)]


def _one(operands: Operands, design: Design, key: str, task: Task) -> Outcome:
    model = task.how.model
    if model == "published" or model == "detailed":
        alone = replace(task, designs=(design,), keys=(key,))
        return _together(operands, alone, model)[0]
    from loas_tl.exploration.engine import mapped

    return mapped(operands.layer, design, task.how)


def _failure(error: Exception) -> Failure:
    if isinstance(error, InputError):
        return Failure(str(error))
    said = " ".join(str(error).split())
    return Failure(f"{type(error).__name__}: {said}", lasting=not isinstance(error, MemoryError))


@dataclass(frozen=True)
class _Priced:
    """What of a design is the same on every layer."""

    entrant: Entrant
    dataflow: Dataflow
    area_mm2: float
    outside: tuple[str, ...]


_prices: OrderedDict[tuple[str, str], _Priced] = OrderedDict()


def _priced(design: Design, key: str, how: How, model: Counting) -> _Priced:
    known = key, how.key
    if known not in _prices:
        entrant = entrants([design], how.accounting)[0]
        _ = design.constants
        _prices[known] = _Priced(
            entrant, dataflow_of(entrant, model), design.area_mm2, design.chip.outside()
        )
        while len(_prices) > DESIGNS:
            _prices.popitem(last=False)
    return _prices[known]


def _figures(source: LayerSource, one: _Priced, counted: Counted | str) -> Outcome:
    """As :func:`loas_tl.compare` has it, from the same functions."""
    if isinstance(counted, str):
        return Failure(counted)
    return Figures(result_of(source, one.entrant, counted, one.outside), one.area_mm2)


def _source(recipe: Recipe) -> LayerSource:
    return LayerSource(recipe.network, recipe.layer, recipe.make, False)
