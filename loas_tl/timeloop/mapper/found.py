"""A search from specification to mapping: ``loas_tl.timeloop.mapper.search``.

Source: the search is ours; what a mapping is and costs as of Timeloop (ISPASS 2019) and Sparseloop
(MICRO 2022).
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.components.component import GLOBAL_CYCLE_SECONDS
from loas_tl.ground.errors import InputError
from loas_tl.ground.files import check_writable
from loas_tl.ground.processes import processors
from loas_tl.ground.shown import Shown
from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.mapper import checkpoint as checkpoints
from loas_tl.timeloop.mapper.budget import number
from loas_tl.timeloop.mapper.edp import cycle_of, edp
from loas_tl.timeloop.mapper.emptied import nothing_fits
from loas_tl.timeloop.mapper.heeded import ended_by, held_by_mapping, metric_of, unheeded
from loas_tl.timeloop.mapper.state import Best, State
from loas_tl.timeloop.mapper.strategy import Outcome, Progress, Setup, run
from loas_tl.timeloop.mapper.winner import directives, mapped_spec, native_mapping
from loas_tl.timeloop.native import build_machine, evaluate_mapping
from loas_tl.timeloop.prices import Given, Prices
from loas_tl.timeloop.prices import prices as prices_of
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import load_spec, write_spec
from loas_tl.timeloop.spec.constraints import Directive
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable
from loas_tl.timeloop.spec.writer import directive_tree, write_mapping

if TYPE_CHECKING:
    import pandas as pd

CLOSE = 0.002
"""How far batches and model may be apart: roundings of single counts."""


UNITS = {"edp": " J s", "energy": " pJ", "cycles": ""}
"""Of a cost, by metric."""


@dataclass(frozen=True, repr=False)
class Found(Shown):
    """What a search found.

    Attributes:
        result: of the best mapping, by the single-mapping model.
        metric: what was made small.
        cost: the best mapping's: pJ, cycles, or J s.
        mapping: the best mapping as entries of ``mapping``.
        spec: the specification with that mapping in place of what constrained the search.
        mappings, valid_mappings: different ones evaluated, and those among them that can be.
        space: mappings of the whole space, as timeloop-mapper would count them.
        seconds: the search took.
        exhaustive: every mapping of the space was evaluated.
        interrupted: by Ctrl-C.
        reasons: how many mappings failed, by level and reason.
        cycle_seconds: of a cycle: the specification's, else that with which components leak.
        seed: of the search's random choices.
    """

    result: Result
    metric: str
    cost: float
    mapping: tuple[Directive, ...]
    spec: Spec
    mappings: int
    valid_mappings: int
    space: int
    seconds: float
    exhaustive: bool
    interrupted: bool
    reasons: Counter[tuple[str, str]]
    cycle_seconds: float = GLOBAL_CYCLE_SECONDS
    seed: int | None = None

    @property
    def headline(self) -> str:
        """What was made small, how small, and by how many mappings."""
        seen = "all" if self.exhaustive else "some"
        return (
            f"{self.metric} {self.cost:.4g}{UNITS[self.metric]} after {self.mappings:,} mappings "
            f"({seen}); "
            f"{self.result.headline}"
        )

    def to_frame(self) -> pd.DataFrame:
        """The frame of the best mapping's result."""
        return self.result.to_frame()

    def brief(self) -> pd.DataFrame:
        """Level, tensor, cycles, accesses and energy of the best mapping."""
        return self.result.brief()

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl map --json``: that of ``model`` and how the mapping was found."""
        search = {
            "metric": self.metric,
            "valid_mappings": self.valid_mappings,
            "mappings": self.mappings,
            "seconds": self.seconds,
            "exhaustive": self.exhaustive,
            "mapping": [directive_tree(directive) for directive in self.mapping],
        }
        return self.result.to_dict() | {"search": search}

    def files(self) -> dict[str, str]:
        """Contents of the files of ``loas-tl map --out``, by name.

        ``mapping.yaml`` goes with specifications that do not constrain the mapping; where nodes
        have constraints, Timeloop may see contradictions, which ``spec.yaml`` has not.
        """
        return {"mapping.yaml": write_mapping(self.mapping), "spec.yaml": write_spec(self.spec)}


def search(
    spec: Spec | str | Path | Iterable[str | Path],
    *,
    metric: str | None = None,
    time_limit: float | None = None,
    max_mappings: int | None = None,
    seed: int = 0,
    jobs: int | None = None,
    energies: EnergyTable | None = None,
    areas: dict[str, float] | None = None,
    prices: Prices | Given | None = None,
    allow_unpriced: bool = False,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> Found:
    """Searches for the mapping that takes least energy, fewest cycles, or least of their product.

    Spaces of up to 300,000 mappings (or of up to ``max_mappings``, or of what fits
    ``time_limit``) are gone through; in larger ones four populations of mappings are bred from
    ``seed``. Without a limit that ends as the specification's ``mapper`` section asks
    (``search_size``, ``timeout``, ``victory_condition``; see :class:`~.budget.Budget`), and in any
    case after 150,000 mappings that brought nothing better. The same specification, seed and
    ``max_mappings`` give the same mapping, whatever ``jobs``.
    Memory: some 100 MB a process, and 8 bytes a mapping up to 160 MB.

    Args:
        spec: a specification, or its files.
        metric: ``edp``, ``energy`` or ``cycles``; by default what the specification's ``mapper``
            asks for first, else ``edp``. What it asks for next decides between equals, by default
            the other of energy and cycles.
        time_limit: seconds.
        max_mappings: different mappings to evaluate at most.
        seed: of the random choices.
        jobs: processes; by default ``num_threads`` of the specification, at most one for each
            core, and as many where it has none.
        energies: pJ by component and action, which come before all other prices.
        areas: µm² of one instance by component, that go with them.
        prices: pJ by class and action, before what the models say, or all prices
            (:func:`loas_tl.timeloop.prices.prices`); by default those of the specification's ERT,
            else of the component models.
        allow_unpriced: search by energy though components have no price; theirs counts as 0.
        checkpoint: a file to keep the state in, and to go on from where it exists.
        progress: called after each round with the state and the seconds.

    Returns:
        The best mapping and its result.

    Raises:
        InputError: the specification asks for what is not supported, no mapping is possible, or
            none was found; says why mappings failed. Or the metric is of energy, and a component
            has no price.

    >>> import loas_tl
    >>> layer = loas_tl.generate_network("V-L8").layers[0]
    >>> text = loas_tl.design("LoAS").spec(layer).search_spec
    >>> spec = loas_tl.spec.parse_spec(text)
    >>> limits = {"max_mappings": 200, "jobs": 1}
    >>> found = loas_tl.mapper.search(spec, metric="cycles", **limits)
    >>> found.metric, found.cost == found.result.cycles
    ('cycles', True)
    """
    started = time.perf_counter()
    if not isinstance(spec, Spec):
        spec = load_spec(spec)
    _check_limits(time_limit, max_mappings, seed, jobs)
    if energies is not None:
        cost = Prices(energies, areas)
    else:
        cost = prices if isinstance(prices, Prices) else prices_of(spec, prices)
    if not allow_unpriced:
        if cost.unpriced:  # what is wrong in the specification comes before what has no price
            build_machine(spec, cost.energies, cost.areas)
        cost.require(metric or metric_of(spec))
    setup = Setup.of(
        spec,
        metric=metric,
        seed=seed,
        max_mappings=max_mappings,
        time_limit=time_limit,
        energies=cost.energies,
        areas=cost.areas,
    )
    state, keeper = None, None
    if checkpoint is not None:
        path = Path(checkpoint)
        check_writable([path])
        if path.exists():
            state = checkpoints.load(path, setup)
            _check_best(state, setup, path)
        keeper = _Keeper(path, setup)
    outcome = run(
        setup,
        jobs=jobs or min(number(spec, "num_threads") or processors(), processors()),
        state=state,
        started=started,
        progress=progress,
        save=None if keeper is None else keeper.save,
    )
    return _found(setup, outcome, cost, keeper.notes if keeper is not None else ())


def _check_limits(
    time_limit: float | None, max_mappings: int | None, seed: int, jobs: int | None
) -> None:
    if time_limit is not None and not (time_limit > 0 and math.isfinite(time_limit)):
        raise InputError(f"time limit {time_limit:g}; expected a number of seconds above 0")
    for name, value, least in (
        ("max mappings", max_mappings, 1),
        ("seed", seed, 0),
        ("jobs", jobs, 1),
    ):
        if value is not None and value < least:
            raise InputError(f"{name} {value}; expected at least {least}")


class _Keeper:
    """Keeps the state in a file, and says where that cannot be done: the search goes on."""

    def __init__(self, path: Path, setup: Setup) -> None:
        self._path, self._setup = path, setup
        self.notes: tuple[str, ...] = ()

    def save(self, state: State, _: float) -> None:
        try:
            checkpoints.save(self._path, self._setup, state)
        except InputError as error:
            self.notes = (f"the checkpoint is not up to date: {error}",)
        else:
            self.notes = ()


def _by_the_model(setup: Setup, best: Best) -> Result:
    """What the single-mapping model says of the best mapping."""
    mapping = native_mapping(setup.machine, setup.space.bounds, setup.architecture, best.mapping, 0)
    return evaluate_mapping(setup.machine.hardware, mapping)


def _apart(best: Best, result: Result) -> str | None:
    """How far search and model are apart on the best mapping, or None where they agree."""
    for name, ours, model in (
        ("energy", best.energy, result.energy_pj),
        ("cycles", best.cycles, result.cycles),
    ):
        if not abs(ours - model) <= max(16.0, CLOSE * model):
            return (
                f"{name} of the best mapping is {ours:g} in the search and {model:g} by the model"
            )
    return None


def _check_best(state: State, setup: Setup, path: Path) -> None:
    """Refuse a checkpoint whose best mapping is not what it says: nothing would ever beat it."""
    if state.best is None:
        return
    try:
        apart = _apart(state.best, _by_the_model(setup, state.best))
    except EngineError as error:
        apart = str(error)
    if apart is not None:
        raise InputError(
            f"is no checkpoint that this search wrote: {apart}; give another file name, or delete "
            "it to begin anew",
            file=path,
        )


def _found(setup: Setup, outcome: Outcome, prices: Prices, notes: Sequence[str]) -> Found:
    state = outcome.state
    if state.best is None:
        if outcome.interrupted:
            raise KeyboardInterrupt
        raise InputError(_why_none(setup, state, outcome), key="mapping")
    best = state.best
    bounds = setup.space.bounds
    result = _by_the_model(setup, best)
    apart = _apart(best, result)
    if apart is not None:
        raise EngineError(f"{apart}; please report this specification")
    said = [
        *notes,
        *held_by_mapping(setup.spec),
        *bounds.notes,
        *unheeded(setup.spec, setup.architecture, setup.metric, setup.budget),
    ]
    if outcome.ended_by is not None:
        said.append(ended_by(setup.spec, outcome.ended_by))
    result = prices.mark(replace(result, notes=(*result.notes, *said)))
    entries = directives(setup.machine, bounds, best.mapping, 0)
    cycle = cycle_of(setup.spec)
    cost = {
        "energy": result.energy_pj,
        "cycles": result.cycles,
        "edp": edp(result.energy_pj, result.cycles, cycle),
    }[setup.metric]
    return Found(
        result,
        setup.metric,
        cost,
        entries,
        mapped_spec(setup.spec, entries),
        state.mappings,
        state.valid,
        setup.space.size,
        outcome.seconds,
        outcome.exhaustive,
        outcome.interrupted,
        state.reasons,
        cycle,
        setup.seed,
    )


def _why_none(setup: Setup, state: State, outcome: Outcome) -> str:
    if not state.mappings and outcome.exhaustive:
        return nothing_fits(setup.machine, setup.space.bounds)
    if not state.mappings:
        limit = setup.budget.seconds or 0.0
        return (
            f"the time limit of {limit:g} s was over after {outcome.seconds:.1f} s, in which the "
            "specification was read, its tile sizes were listed and not one mapping was priced; "
            "give it more time (--time-limit), or a number of mappings alone (--max-mappings)"
        )
    failed = state.reasons.total()
    shares = "; ".join(
        f"{count / failed:.0%} {level}: {reason}"
        for (level, reason), count in state.reasons.most_common(4)
    )
    seen = "all" if outcome.exhaustive else "the"
    until = ""
    if outcome.ended_by is not None:
        option = outcome.ended_by
        until = f" before mapper.{option} {number(setup.spec, option)} ended the search"
    return f"no valid mapping among {seen} {state.mappings:,} that were tried{until}: {shares}"
