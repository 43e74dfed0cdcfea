"""Finds a good mapping: all of a small space, else a seeded search."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.bounds import bounds_of
from loas_tl.timeloop.mapper.budget import PATIENCE, Budget
from loas_tl.timeloop.mapper.evaluate import Evaluation
from loas_tl.timeloop.mapper.exhaustive import Enumeration
from loas_tl.timeloop.mapper.heeded import metrics_of
from loas_tl.timeloop.mapper.islands import prices
from loas_tl.timeloop.mapper.judge import Judge, judge_maker
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.pool import OutOfTimeError, Pool
from loas_tl.timeloop.mapper.seen import hashes_of
from loas_tl.timeloop.mapper.space import Space
from loas_tl.timeloop.mapper.state import ISLANDS, State
from loas_tl.timeloop.native import build_machine
from loas_tl.timeloop.spec.architecture import Architecture
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable

AT_ONCE = 1024
"""Mappings of a batch: a few MB an array."""
ROUNDS_TO_GROW, MOST_DOUBLINGS = 4, 2
"""Rounds after which a batch doubles, and how often it does."""
FEW_AT_ONCE = 32
"""The same where mappings are priced one by one."""
_FEWEST_AT_ONCE = 16
_LATE, _LATE_S = 0.08, 0.4
"""How late a round may end: a share of the time limit, and seconds, whichever is more."""
_TRIED, _SHARE, _FEWEST_IN_TIME, _QUICK = 4, 0.1, 4, 16
"""Mappings that tell how long one takes; of a time limit what a round may take; the least of one;
and the part of it in which the few must be priced for more to be tried.
"""
SMALL = 300_000
"""Mappings up to which a space is gone through, unless the budget is smaller."""
PER_SECOND = 10_000
"""Mappings a second that are taken to fit a time limit."""
COUNTED = 4
"""Combinations of factors, for each mapping that is taken to fit a time limit, that are counted."""
VISIT_EVERY = 6
SAVE_EVERY = 10.0
"""Seconds between two states that are kept."""

Progress = Callable[["State", float], None]
"""Called after each round with the state and the seconds so far."""


@dataclass(frozen=True)
class Setup:
    """A search about to begin.

    Attributes:
        machine, architecture, space: of the specification.
        metrics: what to make small, and what decides between equals.
        seed: of all random choices.
        budget: what ends the search, if anything.
    """

    spec: Spec
    machine: Machine
    architecture: Architecture
    space: Space
    metrics: tuple[str, str]
    seed: int
    budget: Budget

    @classmethod
    def of(
        cls,
        spec: Spec,
        *,
        metric: str | None = None,
        seed: int = 0,
        max_mappings: int | None = None,
        time_limit: float | None = None,
        energies: EnergyTable | None = None,
        areas: dict[str, float] | None = None,
    ) -> Setup:
        """Resolves a specification, its constraints and its energies.

        Raises:
            InputError: something is not supported, or no mapping is possible.
        """
        metrics = metrics_of(spec, metric)
        budget = Budget.of(spec, max_mappings, time_limit)
        architecture = spec.attached()
        hardware = build_machine(spec, energies, areas, attached=architecture)
        machine = Machine.of(hardware)
        space = Space.of(machine, bounds_of(machine, spec, architecture), seed)
        return cls(spec, machine, architecture, space, metrics, seed, budget)

    @property
    def metric(self) -> str:
        """What to make small."""
        return self.metrics[0]

    def enumeration(self) -> Enumeration | None:
        """The space in order, if it is small enough to be gone through."""
        budget = self.budget
        most = SMALL
        if budget.mappings is not None:
            most = budget.mappings
        if budget.seconds is not None:
            most = int(min(most, budget.seconds * PER_SECOND))
        if budget.valid is not None:
            most = min(most, budget.valid)
        everything = Enumeration(self.space)
        if budget.seconds is not None and everything.combinations > COUNTED * most:
            return None  # counting would take the time of searching
        if not everything.countable or everything.fewest > most or everything.size > most:
            return None
        return everything

    def judge(self) -> Judge:
        """What prices mappings in this process."""
        return Judge(self.machine, self.space.bounds, self.architecture)


@dataclass(frozen=True)
class Outcome:
    """How a search ended.

    Attributes:
        state: what it knows.
        seconds: it took, earlier runs included.
        exhaustive: every mapping of the space was evaluated.
        interrupted: by Ctrl-C.
        ended_by: the option of the specification that ended it, if one did.
    """

    state: State
    seconds: float
    exhaustive: bool
    interrupted: bool
    ended_by: str | None = None


def run(
    setup: Setup,
    *,
    jobs: int = 1,
    state: State | None = None,
    started: float | None = None,
    progress: Progress | None = None,
    save: Callable[[State, float], None] | None = None,
) -> Outcome:
    """Searches until a limit is reached, the space is exhausted, or Ctrl-C.

    With the same specification, seed and number of mappings the outcome is the same, whatever
    ``jobs`` and however often it was resumed.

    Args:
        setup: what to search.
        jobs: processes.
        state: of a search to go on with.
        started: ``time.perf_counter()`` of when the clock began to run; by default now.
        progress: see :data:`Progress`.
        save: called like progress, now and then and at the end, to keep the state.
    """
    began = time.perf_counter() if started is None else started
    state = state or State()
    before = state.seconds

    def seconds() -> float:
        return before + time.perf_counter() - began

    everything = setup.enumeration()
    judge = setup.judge()
    at_once = AT_ONCE if judge.in_batches else FEW_AT_ONCE
    if setup.budget.valid is not None:
        # Of few mappings most are to be bred, not drawn.
        at_once = max(_FEWEST_AT_ONCE, min(at_once, setup.budget.valid // 16))
    interrupted = False
    saved = now = seconds()
    round_takes = 0.0
    in_round = False
    before_round = state
    limit = setup.budget.seconds
    deadline = None if limit is None else began - before + limit + max(_LATE * limit, _LATE_S)
    maker = judge_maker(setup.machine, setup.space.bounds, setup.architecture)
    tried: list[tuple[Mappings, Evaluation]] = []
    with Pool(maker, jobs, deadline) as pool:
        try:
            if deadline is not None:
                at_once = _in_time(setup, pool, jobs, at_once, tried)
            while not _enough(setup, state, now + round_takes, everything):
                before_round, in_round = state.copy(), True
                if everything is not None:
                    _next_batches(setup, everything, state, pool, at_once)
                else:
                    larger = _growth(state.round) if at_once == AT_ONCE else 1
                    _next_round(setup, state, pool, at_once * larger)
                state.after_round(before_round)
                in_round = False
                # The next round must end in time, too.
                round_takes, now = seconds() - now, seconds()
                if progress is not None:
                    progress(state, now)
                if save is not None and now - saved > SAVE_EVERY:
                    state.seconds = saved = now
                    save(state, saved)
        except (KeyboardInterrupt, OutOfTimeError) as ended:
            interrupted = isinstance(ended, KeyboardInterrupt)
            # A round that was cut short is done again when the search is resumed.
            state = before_round if in_round else state
    if not state.mappings:  # not even a round was done: what was tried is better than nothing
        for mappings, evaluation in reversed(tried):
            fresh = state.seen.add(hashes_of(mappings))
            if len(fresh) == len(mappings):
                state.take(mappings, evaluation, setup.metrics)
    state.seconds = seconds()
    if save is not None:
        save(state, state.seconds)
    in_order = everything is not None and state.round >= everything.size
    exhaustive = in_order or state.complete
    ended_by = None if exhaustive or interrupted else _used_up(setup.budget, state)
    return Outcome(state, state.seconds, exhaustive, interrupted, ended_by)


def _in_time(
    setup: Setup,
    pool: Pool[Mappings, Evaluation],
    jobs: int,
    at_once: int,
    tried: list[tuple[Mappings, Evaluation]],
) -> int:
    """Mappings of a batch with which a round takes a small part of the time limit.

    Of some specifications a mapping takes a second, of most a batch hardly longer than one: one is
    tried, then a few, then more, as long as they are quick, and not counted.

    Args:
        setup: of the search.
        pool: prices them.
        jobs: its processes.
        at_once: the most.
        tried: gets those that were tried, in case that time is up before more are.

    Raises:
        OutOfTimeError: not even those were priced in time.
    """
    rng = np.random.default_rng([setup.seed, _TRIED])
    limit = setup.budget.seconds or 0.0
    share = _SHARE * limit * max(jobs, 1) / ISLANDS
    few = setup.space.sample(rng, _TRIED, 0)
    pool.map([few.take(np.arange(0))])  # until a process is ready

    def takes(mappings: Mappings) -> float:
        started = time.perf_counter()
        [evaluation] = pool.map([mappings])
        tried.append((mappings, evaluation))
        return time.perf_counter() - started

    if takes(few.take(np.arange(len(few))[:1])) * ISLANDS * len(few) > limit:
        return 1
    took = takes(few)
    count = len(few)
    each, whatever = took / count, 0.0
    again = took <= limit / _QUICK
    while again and count < at_once:
        more = setup.space.sample(rng, min(4 * count, at_once), 0)
        if len(more) <= count:
            break
        before, took = took, takes(more)
        each = max((took - before) / (len(more) - count), 1e-9)
        count = len(more)
        # What a batch takes however small it is should not be most of what it takes.
        whatever = max(took - each * count, 0.0)
        again = took <= share
    return max(_FEWEST_IN_TIME, int(min(max(share - whatever, whatever) / each, at_once)))


def _enough(setup: Setup, state: State, seconds: float, everything: Enumeration | None) -> bool:
    budget = setup.budget
    if budget.seconds is not None and seconds >= budget.seconds and state.mappings:
        return True
    if everything is not None:
        return state.round >= everything.size
    if state.complete or _used_up(budget, state) is not None:
        return True
    if budget.mappings is not None:
        return state.mappings >= budget.mappings
    return budget.seconds is None and state.since >= PATIENCE


def _growth(done: int) -> int:
    """How many times larger a round is after so many: small ones learn, large ones are quick."""
    return 1 << min(done // ROUNDS_TO_GROW, MOST_DOUBLINGS)


def _used_up(budget: Budget, state: State) -> str | None:
    return budget.used_up(state.valid, state.invalid, state.suboptimal)


def _next_batches(
    setup: Setup,
    everything: Enumeration,
    state: State,
    pool: Pool[Mappings, Evaluation],
    at_once: int,
) -> None:
    """The next mappings of a space that is gone through in order."""
    batches = []
    for _ in range(ISLANDS):
        stop = min(state.round + 2 * at_once, everything.size)
        mappings = everything.batch(state.round, stop)
        batches.append(mappings.take(state.seen.add(hashes_of(mappings))))
        state.round = stop
        if stop == everything.size:
            break
    for mappings, evaluation in zip(batches, pool.map(batches), strict=True):
        state.take(mappings, evaluation, setup.metrics)


def _next_round(setup: Setup, state: State, pool: Pool[Mappings, Evaluation], at_once: int) -> None:
    """Breeds, prices and settles the mappings of each island."""
    budget = setup.budget
    left = None if budget.mappings is None else budget.mappings - state.mappings
    batches: list[Mappings] = []
    explored: list[int] = []

    def bred() -> Iterator[Mappings]:
        nonlocal left
        for number, island in enumerate(state.islands):
            rng = np.random.default_rng([setup.seed, state.round, number])
            mappings, best = island.breed(setup.space, rng, at_once)
            fresh = mappings.take(state.seen.add(hashes_of(mappings)))
            if left is not None:
                fresh = fresh.take(np.arange(min(len(fresh), left)))
                left -= len(fresh)
            batches.append(fresh)
            explored.append(best)
            yield fresh

    evaluations = pool.map(bred())
    for number, (mappings, evaluation) in enumerate(zip(batches, evaluations, strict=True)):
        counted = budget.up_to_limit(state.valid, evaluation.valid)
        if counted < len(mappings):
            mappings, evaluation = mappings.take(np.arange(counted)), evaluation.first(counted)
        state.take(mappings, evaluation, setup.metrics)
        cost, tie = prices(evaluation, setup.metrics)
        island = state.islands[number].settle(
            mappings, cost, tie, evaluation.valid, explored[number]
        )
        state.islands[number] = island.afresh()
    state.round += 1
    if state.round % VISIT_EVERY == 0:
        # The first island stays by itself, the others hear of their neighbour's best.
        for number in range(1, ISLANDS):
            neighbour = state.islands[number - 1]
            state.islands[number] = state.islands[number].visited_by(neighbour)
    if sum(len(batch) for batch in batches) == 0:
        state.since += at_once
        state.complete = state.complete or _nothing_new(setup, state)


def _nothing_new(setup: Setup, state: State) -> bool:
    """Whether a round without any new mapping means that there are no others."""
    everything = Enumeration(setup.space)
    return everything.countable and state.mappings >= everything.size
