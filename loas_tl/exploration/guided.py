"""Samplers that learn from what came of the points before: Optuna's NSGA-II and TPE."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.designs.parameter import Value
from loas_tl.exploration.ranges import Axis
from loas_tl.exploration.samplers import POINTS, Sampler, Score
from loas_tl.exploration.space import Candidate, Dimensions
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna.trial import FrozenTrial, Trial

GENERATION = 50
"""Points of NSGA-II that are looked at side by side."""

TOGETHER = 8
"""Points of TPE that are looked at side by side, however many processes there are."""

_EXCESS = "excess"


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InputError(
            "needs Optuna; install it with pip install 'loas-tl[optuna]'", key="--sampler"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def guided(
    sampler: Literal["nsga2", "tpe"],
    space: Sequence[Dimensions],
    points: int | None,
    seed: int,
    objectives: int,
    constraints: int,
) -> Sampler:
    """Points that Optuna asks for, a generation (or eight) at a time.

    What it asks for follows from the seed and what came of its points: a run that goes on asks
    for the same points again, and finds them in the store.

    Args:
        sampler: NSGA-II or TPE (of several objectives).
        space: what varies.
        points: in all, 100 by default.
        seed: of its random numbers.
        objectives: how many there are.
        constraints: how many there are.

    Raises:
        InputError: where Optuna is not installed, or a key has too many values.
    """
    optuna = _optuna()
    for one in space:
        for each in one.axes:
            if not each.continuous and not isinstance(each.values, range):
                _ordered(each)
    return _asking(optuna, sampler, space, points or POINTS, seed, objectives, constraints)


def _asking(
    optuna: Any,
    sampler: str,
    space: Sequence[Dimensions],
    points: int,
    seed: int,
    objectives: int,
    constraints: int,
) -> Sampler:
    together = min(GENERATION, points) if sampler == "nsga2" else TOGETHER
    # Before Optuna 5 samplers were told how to find a trial's constraints.
    own = not hasattr(optuna.trial.Trial, "set_constraint")
    bounded = {"constraints_func": _excess_of} if constraints and own else {}
    made = (
        optuna.samplers.NSGAIISampler(seed=seed, population_size=max(together, 2), **bounded)
        if sampler == "nsga2"
        else optuna.samplers.TPESampler(seed=seed, constant_liar=True, **bounded)
    )
    study: OptunaStudy = optuna.create_study(directions=["minimize"] * objectives, sampler=made)
    asked = 0
    while asked < points:
        trials = [study.ask() for _ in range(min(together, points - asked))]
        asked += len(trials)
        scores = yield [_candidate(trial, space) for trial in trials]
        for trial, score in zip(trials, scores, strict=True):
            if score.values is None:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
                continue
            if constraints and own:
                trial.set_user_attr(_EXCESS, list(score.excess))
            for number, excess in enumerate(score.excess if not own else ()):
                trial.set_constraint(f"constraint {number}", excess)
            study.tell(trial, list(score.values))


def _candidate(trial: Trial, space: Sequence[Dimensions]) -> Candidate:
    one = space[0]
    if len(space) > 1:
        names = [each.base.label for each in space]
        one = space[names.index(trial.suggest_categorical("accelerator", names))]
    return Candidate(one.base, {axis.key: _suggested(trial, axis) for axis in one.axes})


def _suggested(trial: Trial, axis: Axis) -> Value:
    if axis.continuous:
        return trial.suggest_float(axis.key, axis.low, axis.high)
    # Values are asked for by their place, so that sizes that double are evenly apart.
    ordered = axis.values if isinstance(axis.values, range) else _ordered(axis)
    return ordered[trial.suggest_int(axis.key, 0, len(ordered) - 1)]


def _ordered(axis: Axis) -> list[Value]:
    return sorted(axis.values)


def _excess_of(trial: FrozenTrial) -> Sequence[float]:
    return list(trial.user_attrs.get(_EXCESS, ()))


class Study:
    """The trials of a space as an Optuna study in the store, for Optuna's own tools.

    Args:
        store: the file.
        name: of the study.
        objectives: their names; utilisation is there with a minus, as less is better.
    """

    def __init__(self, store: str | os.PathLike[str], name: str, objectives: Sequence[str]) -> None:
        self._optuna = _optuna()
        self._storage = self._optuna.storages.RDBStorage(
            f"sqlite:///{Path(store).absolute()}",
            engine_kwargs={"connect_args": {"timeout": 60}},
        )
        self._study = self._optuna.create_study(
            study_name=name,
            storage=self._storage,
            directions=["minimize"] * len(objectives),
            load_if_exists=True,
        )
        self._study.set_user_attr("objectives", list(objectives))
        self._there = {
            trial.user_attrs.get("number") for trial in self._study.get_trials(deepcopy=False)
        }
        self._kept = 0

    def keep(self, candidates: Sequence[Candidate], scores: Sequence[Score]) -> None:
        """Add trials; those of an earlier run are there."""
        optuna = self._optuna
        fresh = []
        for candidate, score in zip(candidates, scores, strict=True):
            number, self._kept = self._kept, self._kept + 1
            if number in self._there:
                continue
            values = {"accelerator": candidate.base.label, **candidate.values}
            failed = score.values is None
            fresh.append(
                optuna.trial.create_trial(
                    state=optuna.trial.TrialState.FAIL
                    if failed
                    else optuna.trial.TrialState.COMPLETE,
                    values=None if score.values is None else list(score.values),
                    user_attrs={"number": number, **values},
                )
            )
        self._study.add_trials(fresh)

    def close(self) -> None:
        """Let go of the file."""
        self._storage.engine.dispose()
