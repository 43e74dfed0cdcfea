"""What a call returns: counts, energies and areas in SI units, by component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.timeloop.result import Result

PICO = 1e-12
SQUARE_MICRO = 1e-12


class MultipliableDict(dict[str, Any]):
    """Values by component, multiplied and divided all at once."""

    def __mul__(self, other: Any) -> MultipliableDict:
        return MultipliableDict({key: value * other for key, value in self.items()})

    def __rmul__(self, other: Any) -> MultipliableDict:
        return self * other

    def __truediv__(self, other: Any) -> MultipliableDict:
        return MultipliableDict({key: value / other for key, value in self.items()})


class OutputStats:
    """What an engine found out about one mapping.

    Attributes:
        percent_utilization: from 0 to 100; utilization: the same from 0 to 1.
        computes: of the whole problem, as if nothing were saved.
        cycles: of the whole run.
        cycle_seconds: of one cycle, from ``GLOBAL_CYCLE_SECONDS`` or ``global_cycle_seconds``.
        latency: seconds.
        per_component_energy: in J; energy: their sum.
        per_component_area: in m2, of all instances; area: their sum.
        variables: of the specification, with their values.
        mapping: as ``map.txt`` has it.
        accesses: words read, filled and updated in one instance, over all tensors, by level.
        computes_per_second, computes_per_second_per_square_meter, computes_per_joule: as named;
            infinite where an area or an energy is 0.
        result: all that is known, by level and tensor; None of a sum of several.
        notes: what was counted otherwise, has no effect or no price, a sentence each.
    """

    def __init__(
        self,
        percent_utilization: float,
        computes: float,
        cycles: float,
        cycle_seconds: float,
        per_component_energy: Mapping[str, Any],
        per_component_area: Mapping[str, Any],
        variables: Mapping[str, Any],
        mapping: str | None = "",
        *,
        accesses: Mapping[str, Mapping[str, float]] | None = None,
        result: Result | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        self.percent_utilization = percent_utilization
        self.computes = computes
        self.cycles = cycles
        self.cycle_seconds = cycle_seconds
        self.latency = cycles * cycle_seconds
        self.per_component_energy = MultipliableDict(per_component_energy)
        self.per_component_area = MultipliableDict(per_component_area)
        self.variables = {
            # A function cannot go to another process, and has no value to show.
            key: f"function {getattr(value, '__name__', value)}" if callable(value) else value
            for key, value in variables.items()
        }
        self.area = sum(per_component_area.values())
        self.energy = sum(per_component_energy.values())
        self.computes_per_second = _over(computes, cycle_seconds * cycles)
        self.computes_per_second_per_square_meter = _over(self.computes_per_second, self.area)
        self.computes_per_joule = _over(computes, self.energy)
        self.mapping = mapping
        self.accesses = {level: dict(counts) for level, counts in (accesses or {}).items()}
        self.result = result
        self.notes = tuple(notes)

    @property
    def utilization(self) -> float:
        """Share of the compute units' cycles that are used, from 0 to 1."""
        return self.percent_utilization / 100

    def scale_computes_by(self, factor: float) -> None:
        """Counts each compute as several, or as a part of one.

        Args:
            factor: how many times.
        """
        self.computes *= factor
        self.computes_per_second *= factor
        self.computes_per_joule *= factor

    def access(self, key: str) -> Any:
        """An attribute, or a variable.

        Args:
            key: its name.

        Returns:
            Its value.

        Raises:
            AttributeError: it is neither.
        """
        if key in self.__dict__ or hasattr(type(self), key):
            return getattr(self, key)
        if key in self.variables:
            return self.variables[key]
        raise AttributeError(f"{key!r} is neither a result nor a variable")

    def per_compute(self, key: str) -> Any:
        """An attribute over the computes.

        Args:
            key: its name.

        Returns:
            A number, or numbers by component.
        """
        return getattr(self, key) / self.computes

    @staticmethod
    def aggregate(tests: Iterable[OutputStats]) -> OutputStats:
        """Runs one after the other: sums, the last run's area, an average of utilization.

        Args:
            tests: what each run found.

        Returns:
            What all of them together take.

        Raises:
            InputError: where there are none.
        """
        each = list(tests)
        if not each:
            raise InputError("nothing to aggregate; expected at least one result")
        computes = sum(test.computes for test in each)
        energy: dict[str, Any] = {}
        for test in each:
            _add(energy, test.per_component_energy)
        return OutputStats(
            _over(sum(test.percent_utilization * test.computes for test in each), computes),
            computes,
            sum(test.cycles for test in each),
            each[-1].cycle_seconds,
            energy,
            each[-1].per_component_area,
            each[-1].variables,
            None,
            accesses=_sums(test.accesses for test in each),
            notes=dict.fromkeys(note for test in each for note in test.notes),
        )

    @staticmethod
    def aggregate_by(tests: Iterable[OutputStats], *keys: str) -> OutputStatsList:
        """One aggregate for all runs with the same values of some attributes or variables.

        Args:
            tests: what each run found.
            keys: names of the attributes or variables.

        Returns:
            The aggregates, in the order in which the values first appear.

        Raises:
            InputError: as :meth:`OutputStats.aggregate`.
        """
        return OutputStatsList(OutputStats.aggregate(group) for group in _groups(tests, keys))

    def combine_per_component_area(self, from_keys: list[str], to: str) -> None:
        """Several components' areas as one's.

        Args:
            from_keys: names of the components.
            to: the name that they get.

        Raises:
            KeyError: a component is not there.
            InputError: a component is named twice.
        """
        _combine(self.per_component_area, from_keys, to)

    def combine_per_component_energy(self, from_keys: list[str], to: str) -> None:
        """Several components' energies as one's.

        Args:
            from_keys: names of the components.
            to: the name that they get.

        Raises:
            KeyError: a component is not there.
            InputError: a component is named twice.
        """
        _combine(self.per_component_energy, from_keys, to)

    def combine_per_component_area_energy(self, from_keys: list[str], to: str) -> None:
        """Several components' areas and energies as one's.

        Args:
            from_keys: names of the components.
            to: the name that they get.

        Raises:
            KeyError: a component is not there.
            InputError: a component is named twice.
        """
        self.combine_per_component_area(from_keys, to)
        self.combine_per_component_energy(from_keys, to)

    def clear_zero_energies(self) -> None:
        """Leaves components without energy out."""
        _clear_zeros(self.per_component_energy)

    def clear_zero_areas(self) -> None:
        """Leaves components without area out."""
        _clear_zeros(self.per_component_area)

    def __repr__(self) -> str:
        return (
            f"OutputStats(cycles={self.cycles:g}, energy={self.energy:.4g} J, "
            f"area={self.area:.4g} m2, utilization={self.percent_utilization:.2f} %)"
        )


class OutputStatsList(list[OutputStats]):
    """Several runs; what is done to them is done to each."""

    def aggregate(self) -> OutputStats:
        """All of them one after the other.

        Returns:
            What all of them together take.

        Raises:
            InputError: where there are none.
        """
        return OutputStats.aggregate(self)

    def aggregate_by(self, *keys: str) -> OutputStatsList:
        """:meth:`OutputStats.aggregate_by`.

        Args:
            keys: names of attributes or variables.

        Returns:
            The aggregates.

        Raises:
            InputError: as :meth:`OutputStats.aggregate`.
        """
        return OutputStats.aggregate_by(self, *keys)

    def split_by(self, *keys: str) -> list[OutputStatsList]:
        """A list for each set of values of some attributes or variables.

        Args:
            keys: their names.

        Returns:
            The lists, in the order in which the values first appear.
        """
        return [OutputStatsList(group) for group in _groups(self, keys)]

    def combine_per_component_area(self, from_keys: list[str], to: str) -> None:
        """Several components' areas as one's.

        Args:
            from_keys: names of the components.
            to: the name that they get.

        Raises:
            KeyError: a component is not there.
            InputError: a component is named twice.
        """
        for test in self:
            test.combine_per_component_area(from_keys, to)

    def combine_per_component_energy(self, from_keys: list[str], to: str) -> None:
        """Several components' energies as one's.

        Args:
            from_keys: names of the components.
            to: the name that they get.

        Raises:
            KeyError: a component is not there.
            InputError: a component is named twice.
        """
        for test in self:
            test.combine_per_component_energy(from_keys, to)

    def combine_per_component_area_energy(self, from_keys: list[str], to: str) -> None:
        """Several components' areas and energies as one's.

        Args:
            from_keys: names of the components.
            to: the name that they get.

        Raises:
            KeyError: a component is not there.
            InputError: a component is named twice.
        """
        for test in self:
            test.combine_per_component_area_energy(from_keys, to)

    def clear_zero_energies(self) -> None:
        """Leaves components without energy out."""
        for test in self:
            test.clear_zero_energies()

    def clear_zero_areas(self) -> None:
        """Leaves components without area out."""
        for test in self:
            test.clear_zero_areas()


def stats_of(
    result: Result,
    areas: Mapping[str, float],
    variables: Mapping[str, Any],
    seconds: float,
    mapping: str,
    notes: Iterable[str],
) -> OutputStats:
    """A result as scripts read it.

    Args:
        result: of an engine.
        areas: µm² of all instances, by component.
        variables: with their values.
        seconds: of a cycle.
        mapping: as text.
        notes: beside the result's own.
    """
    energies = energies_of(result)
    names = dict.fromkeys([*areas, *energies])
    return OutputStats(
        100 * result.utilization,
        result.computes.algorithmic,
        result.cycles,
        seconds,
        {name: energies.get(name, 0.0) * PICO for name in names},
        {name: areas.get(name, 0.0) * SQUARE_MICRO for name in names},
        variables,
        mapping,
        accesses=_accesses(result),
        result=result,
        notes=(*result.notes, *notes),
    )


def energies_of(result: Result) -> dict[str, float]:
    """In pJ by component, outermost last."""
    energies = {name: level.energy_pj for name, level in reversed(list(result.levels.items()))}
    return {result.compute.name: result.compute.energy_pj, **energies, **result.networks}


def _accesses(result: Result) -> dict[str, dict[str, float]]:
    return {
        name: {
            event: sum(getattr(tensor, event).actual for tensor in level.tensors.values())
            for event in ("reads", "fills", "updates")
        }
        for name, level in result.levels.items()
    }


def _add(sums: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        sums[key] = sums.get(key, 0) + value


def _sums(tables: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = {}
    for table in tables:
        for level, counts in table.items():
            _add(sums.setdefault(level, {}), counts)
    return sums


def _over(a: float, b: float) -> float:
    if b:
        return a / b
    return float("inf") if a else float("nan")


def _groups(tests: Iterable[OutputStats], keys: tuple[str, ...]) -> list[list[OutputStats]]:
    groups: dict[tuple[Any, ...], list[OutputStats]] = {}
    for test in tests:
        groups.setdefault(tuple(test.access(key) for key in keys), []).append(test)
    return list(groups.values())


def _combine(values: MultipliableDict, from_keys: list[str], to: str) -> None:
    for key in from_keys:
        if key not in values:
            raise KeyError(f"{key!r} is no component here; there are {', '.join(values)}")
    if len(set(from_keys)) < len(from_keys):
        raise InputError(f"a component is named twice in {', '.join(from_keys)}")
    values[to] = sum(values.pop(key) for key in from_keys)


def _clear_zeros(values: MultipliableDict) -> None:
    for key in [key for key, value in values.items() if value == 0]:
        del values[key]
