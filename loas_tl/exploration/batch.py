"""Evaluate candidates: look up what is there, run what is not, keep it as it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from loas_tl.designs.design import Design
from loas_tl.designs.parameter import Value, plain
from loas_tl.exploration.evaluation import AT_ONCE, Answer, Failure, Outcome, Task
from loas_tl.exploration.how import How
from loas_tl.exploration.identity import design_key, version
from loas_tl.exploration.points import NOT_RUN, Point, assembled
from loas_tl.exploration.processes import TRIES, WorkerDiedError
from loas_tl.exploration.runners import Runner
from loas_tl.exploration.space import Candidate
from loas_tl.exploration.store import Row, Store
from loas_tl.exploration.workloads import Plan, Recipe, Workload
from loas_tl.ground.errors import InputError
from loas_tl.models.dataflow import TiledAccelerator

BLOCK = 4
"""Groups of designs that go through all layers before the next ones do: points come whole."""


@dataclass(frozen=True)
class State:
    """How far a run is.

    Attributes:
        done: points with all their layers; failed: of them.
        total: points in all.
        share: of all work, 0 to 1.
    """

    done: int
    failed: int
    total: int
    share: float


class Batch:
    """Evaluates candidates of one space, a batch at a time.

    Args:
        store: what was found before, and what is found.
        runner: where work is done.
        workload: of candidates that vary nothing of it.
        how: the model.
        space: the space's hash.
        progress: called as points are done.
    """

    def __init__(
        self,
        store: Store,
        runner: Runner,
        workload: Workload,
        how: How,
        space: str,
        progress: Callable[[State], None] | None = None,
    ) -> None:
        self._store, self._runner, self._workload, self._how = store, runner, workload, how
        self._space, self._progress = space, progress
        self._plans: dict[tuple[tuple[str, Value], ...], tuple[Plan, ...]] = {}
        self._points: dict[tuple[str, str], Point] = {}
        self._failed = 0
        self.interrupted = False

    def points(self) -> list[Point]:
        """All of them so far, in order."""
        return sorted(self._points.values(), key=lambda point: point.number)

    def interrupt(self) -> None:
        """Say that Ctrl-C ended the run."""
        self.interrupted = True

    def evaluate(
        self, candidates: Sequence[Candidate], points_in_all: int | None = None
    ) -> list[Point]:
        """The candidates' points, in their order; one that was there before is the same point.

        Args:
            candidates: the batch.
            points_in_all: of all batches, where that is known.
        """
        places = [self._asked(candidate) for candidate in candidates]
        fresh = {place: asked for place, asked in places if place not in self._points}
        for number, (place, asked) in enumerate(fresh.items(), start=len(self._points)):
            row = replace(asked.row, number=number)
            fresh[place] = replace(asked, row=row)
            self._points[place] = _waiting(row, asked.design)
        self._store.add(self._space, [asked.row for asked in fresh.values()])
        self._run(fresh, points_in_all)
        return [self._points[place] for place, _ in places]

    def _asked(self, candidate: Candidate) -> tuple[tuple[str, str], _Asked]:
        """A candidate as a point that waits, under what tells it from others."""
        parameters = {key: plain(value) for key, value in candidate.values.items()}
        row = Row(0, candidate.base.label, candidate.base.label, parameters, "", ())
        recipes: tuple[Recipe, ...] = ()
        design = None
        try:
            design = candidate.design()
            plans = self._plans_of(candidate.of_workload)
            recipes = tuple(recipe for plan in plans for recipe in plan.recipes)
            row = replace(
                row,
                label=design.label,
                design=design_key(design),
                layers=tuple(
                    (
                        *(plan.network, plan.layer),
                        tuple(tuple(one.key for one in sample) for sample in plan.samples),
                    )
                    for plan in plans
                ),
            )
        except InputError as error:
            row = replace(row, error=str(error))
        key = row.design or f"{row.label} {sorted(parameters.items())}"
        asked = _Asked(row, design, recipes)
        return (f"{row.label} {key}", " ".join(one.key for one in recipes)), asked

    def _plans_of(self, values: Mapping[str, Value]) -> tuple[Plan, ...]:
        key = tuple(sorted(values.items()))
        if key not in self._plans:
            self._plans[key] = self._workload.varied(values).plans()
        return self._plans[key]

    def _run(self, fresh: Mapping[tuple[str, str], _Asked], points_in_all: int | None) -> None:
        outcomes: dict[tuple[str, str], Outcome] = {}
        users: dict[tuple[str, str], list[tuple[str, str]]] = {}
        left: Counter[tuple[str, str]] = Counter()
        missing: dict[tuple[str, ...], dict[str, Design]] = {}
        recipes: dict[str, Recipe] = {}
        done_before = len(self._points) - len(fresh)
        for place, asked in fresh.items():
            if asked.design is None:
                self._settle(place, asked, outcomes)
                continue
            needed = []
            for recipe in dict.fromkeys(asked.recipes):
                pair = asked.row.design, recipe.key
                recipes[recipe.key] = recipe
                if pair not in outcomes:
                    found = self._found(*pair)
                    if found is not None:
                        outcomes[pair] = found
                if pair not in outcomes:
                    needed.append(recipe.key)
                    users.setdefault(pair, []).append(place)
            left[place] = len(needed)
            if needed:
                missing.setdefault(tuple(needed), {})[asked.row.design] = asked.design
            else:
                self._settle(place, asked, outcomes)
        work_in_all = sum(
            _work(recipes[r]) * len(m) for needed, m in missing.items() for r in needed
        )
        work_done, settled = 0.0, len(fresh) - sum(1 for count in left.values() if count)
        self._report(done_before + settled, points_in_all, 0.0 if work_in_all else 1.0)
        for task, answer in self._answers(self._tasks(missing, recipes)):
            names = task.keys
            found_here = list(zip(names, answer.outcomes, strict=True))
            recipe_key = task.recipe.key
            if answer.layer:
                self._store.keep(recipe_key, answer.layer, self._how.key, task.version, found_here)
            work_done += _work(task.recipe) * len(names)
            for name, outcome in found_here:
                outcomes[name, recipe_key] = outcome
                for place in users.pop((name, recipe_key), ()):
                    left[place] -= 1
                    if not left[place]:
                        self._settle(place, fresh[place], outcomes)
                        settled += 1
            self._report(done_before + settled, points_in_all, work_done / work_in_all)

    def _settle(
        self,
        place: tuple[str, str],
        asked: _Asked,
        outcomes: Mapping[tuple[str, str], Outcome],
    ) -> None:
        point = assembled(asked.row, lambda *pair: outcomes.get(pair), asked.design)
        self._points[place] = point
        self._failed += point.error is not None

    def _found(self, design: str, recipe: str) -> Outcome | None:
        layer = self._store.layer_of(recipe)
        if layer is None:
            return None
        return self._store.find(design, layer, self._how.key, version())

    def _report(self, done: int, points_in_all: int | None, share: float) -> None:
        if self._progress is not None:
            total = max(points_in_all or 0, len(self._points))
            if points_in_all:
                share = done / total
            self._progress(State(done, self._failed, total, share))

    def _tasks(
        self, missing: Mapping[tuple[str, ...], Mapping[str, Design]], recipes: Mapping[str, Recipe]
    ) -> Iterator[Task]:
        """Groups of designs that share tiles, on one layer each; blocks of them layer by layer."""
        at_once = AT_ONCE[self._how.model]
        for needed, designs in missing.items():
            ordered = sorted(designs.items(), key=lambda each: _sharing(each[1]))
            groups = [ordered[at : at + at_once] for at in range(0, len(ordered), at_once)]
            for start in range(0, len(groups), BLOCK):
                for key in needed:
                    for group in groups[start : start + BLOCK]:
                        keys, those = zip(*group, strict=True)
                        yield Task(recipes[key], those, keys, self._how, version())

    def _answers(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Answer]]:
        """The answers; a task that ends its workers is tried again, a design at a time."""
        dead: list[Task] = []
        for task, answer in self._runner.run(tasks):
            if isinstance(answer, WorkerDiedError):
                dead.append(task)
            else:
                yield task, answer
        singles = (
            replace(task, designs=(one,), keys=(key,))
            for task in dead
            for one, key in zip(task.designs, task.keys, strict=True)
        )
        for task, answer in self._runner.run(singles) if dead else ():
            if isinstance(answer, WorkerDiedError):
                said = f"its worker ended {TRIES} times; if memory is short, use fewer --jobs"
                answer = Answer("", (Failure(said, lasting=False),))
            yield task, answer


@dataclass(frozen=True)
class _Asked:
    """A point that waits: its row, its design where it can be, and its layers."""

    row: Row
    design: Design | None
    recipes: tuple[Recipe, ...]


def _waiting(row: Row, design: Design | None) -> Point:
    return Point(
        *(row.number, row.accelerator, row.label, row.parameters), error=NOT_RUN, design=design
    )


def _work(recipe: Recipe) -> float:
    """About how much a layer takes, for the time that is left."""
    make: Any = recipe.make
    layer = make.args[0] if getattr(make, "args", None) else None
    extents = [float(getattr(layer, name, 1)) for name in "MNK"]
    return prod(extents) ** 0.5 + 1.0


def _sharing(design: Design) -> tuple[str, ...]:
    """What is alike in designs that share tiles, the rarest change first."""
    flow = design.dataflow()
    if not isinstance(flow, TiledAccelerator):
        return (repr(flow),)
    parts = (flow.operand, flow.lanes, flow.tile_k, flow.machine, flow.tile_m, flow.tile_n)
    return tuple(map(repr, parts))
