"""One call: a document, an engine, and the files that come out."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from loas_tl.ground.errors import InputError
from loas_tl.timeloopfe.v4.output_parsing import cycle_seconds
from loas_tl.timeloopfe.v4.output_stats import OutputStats, stats_of
from loas_tl.timeloopfe.v4.specification import Specification

if TYPE_CHECKING:
    from loas_tl.timeloop.native.machine import Machine
    from loas_tl.timeloop.prices import Given, Prices
    from loas_tl.timeloop.result import Result
    from loas_tl.timeloop.spec import Spec

INPUT = "parsed-processed-input.yaml"
MODEL, MAPPER = "timeloop-model", "timeloop-mapper"


@dataclass
class Call:
    """What a call is about.

    Attributes:
        document: a copy of the script's.
        folder: for the files; None for none.
        log: for what there is to say.
        given: pJ of an action, by class and action, that come before the models'.
    """

    document: Specification
    folder: Path | None
    log: TextIO
    given: Given | None = None

    @classmethod
    def of(
        cls,
        document: Specification,
        folder: str | Path | None,
        environment: Mapping[str, Any] | None,
        more: Iterable[str | Path] | None,
        log: TextIO,
        given: Given | None = None,
    ) -> Call:
        """A call with the document as it goes into the engine."""
        if not isinstance(document, Specification):
            kind = type(document).__name__
            raise InputError(f"expected a loas_tl.timeloopfe.Specification, got a {kind}")
        document = copy.deepcopy(document)
        for path in more or ():
            _add_tables(document, Path(path))
        if environment:
            variables = document["globals"]["environment_variables"]
            variables.update({str(key): value for key, value in environment.items()})
        return cls(document, None if folder is None else Path(folder), log, given)

    def native_model(self) -> OutputStats:
        """Evaluates the document's mapping."""
        from loas_tl.timeloop.native import build_machine, build_mapping, evaluate_mapping

        spec = self.document.typed()
        prices = _Prices.of(spec, self.given)
        architecture = spec.attached()
        machine = build_machine(spec, *prices.tables, attached=architecture)
        result = evaluate_mapping(machine, build_mapping(machine, architecture))
        return self._native(spec, result, machine, MODEL, prices)

    def native_mapper(self, limits: Mapping[str, Any], *, allow_unpriced: bool) -> OutputStats:
        """Searches a mapping."""
        from loas_tl.timeloop.mapper import search
        from loas_tl.timeloop.mapper.found import UNITS
        from loas_tl.timeloop.mapper.heeded import metric_of
        from loas_tl.timeloop.native import build_machine
        from loas_tl.timeloop.spec.writer import write_mapping

        spec = self.document.typed()
        prices = _Prices.of(spec, self.given)
        energies, areas = prices.tables
        if not allow_unpriced:
            build_machine(spec, energies, areas)  # says what is wrong before what has no price
            prices.require(metric_of(spec))
        found = search(spec, prices=prices.cost, allow_unpriced=True, **limits)
        machine = build_machine(found.spec, energies, areas, attached=found.spec.attached())
        seen = "all" if found.exhaustive else "some"
        self._say(
            f"{found.mappings} mappings ({seen} of a space of {found.space:.3g}), "
            f"{found.valid_mappings} valid, in {found.seconds:.1f} s; best {found.metric} "
            f"{found.cost:.6g}{UNITS[found.metric]}"
        )
        more = {f"{MAPPER}.map.yaml": write_mapping(found.mapping)}
        return self._native(spec, found.result, machine, MAPPER, prices, more)

    def price(self) -> None:
        """Writes what the components cost."""
        from loas_tl.timeloop.native import build_machine
        from loas_tl.timeloop.outputs.tables import write_art, write_ert
        from loas_tl.timeloop.spec import write_spec

        spec = self.document.typed()
        prices = _Prices.of(spec, self.given)
        machine = build_machine(spec, *prices.tables, attached=spec.attached())
        texts = {"ERT.yaml": write_ert(machine), "ART.yaml": write_art(machine)}
        self._write({**texts, INPUT: write_spec(spec)})
        for line in prices.log(machine):
            self._say(line)

    def timeloop(self, program: str, limits: Mapping[str, Any]) -> OutputStats:
        """Has the real Timeloop evaluate the mapping, or search one."""
        from loas_tl.timeloop.mapper.heeded import metric_of
        from loas_tl.timeloop.outputs.map import write_map
        from loas_tl.timeloop.running import run_mapper, run_model
        from loas_tl.timeloop.spec.functions import Function
        from loas_tl.timeloop.spec.loading import Loaded
        from loas_tl.timeloop.spec.tree_writer import write_tree

        if self.given:
            raise InputError("prices go with the native engine; give Timeloop an ERT")
        spec = self.document.typed()
        tree = self.document.tree()
        loaded = Loaded(tree, self.document.files, filled_in=True)
        for name, value in tree.get("variables", {}).items():
            if isinstance(value, Function):
                raise InputError(
                    f"variables.{name} is a function of Python's; it goes with the native engine"
                )
        self._write({INPUT: write_tree(tree)})
        if program == MODEL:
            result = run_model(loaded, out=self.folder)
        else:
            result, _ = run_mapper(loaded, metric=metric_of(spec), out=self.folder, **limits)
        areas = {name: area * result.instances.get(name, 1) for name, area in result.art.items()}
        return self._answer(spec, result, areas, write_map(result), ())

    def _native(
        self,
        spec: Spec,
        result: Result,
        machine: Machine,
        prefix: str,
        prices: _Prices,
        more: Mapping[str, str] | None = None,
    ) -> OutputStats:
        from loas_tl.timeloop.outputs import output_files
        from loas_tl.timeloop.spec import write_spec

        files = output_files(result, machine, prefix)
        log = "\n".join(prices.log(machine)) + "\n"
        texts = {f"{prefix}.accelergy.log": log, INPUT: write_spec(spec), **(more or {})}
        self._write({**files, **texts})
        areas = {machine.compute.name: machine.compute.area_um2 * machine.compute.instances}
        for level in machine.levels:
            if not level.spatial:
                areas[level.name] = level.area_um2 * level.instances
        outermost_first = dict(reversed(areas.items()))
        text = files[f"{prefix}.map.txt"]
        notes = tuple(note for note in prices.notes if note not in result.notes)
        return self._answer(spec, result, outermost_first, text, notes)

    def _answer(
        self,
        spec: Spec,
        result: Result,
        areas: Mapping[str, float],
        mapping: str,
        notes: tuple[str, ...],
    ) -> OutputStats:
        variables = spec.variables or {}
        unused = self.document.unused_data
        notes += tuple(
            f"jinja_parse_data: {name} has no effect: no template names it" for name in unused
        )
        stats = stats_of(result, areas, variables, cycle_seconds(spec), mapping, notes)
        for note in stats.notes:
            self._say(f"note: {note}")
        return stats

    def _write(self, files: Mapping[str, str]) -> None:
        from loas_tl.ground.files import write_all

        if self.folder is not None:
            write_all({self.folder / name: text for name, text in files.items()})

    def _say(self, line: str) -> None:
        print(line, file=self.log)


@dataclass(frozen=True)
class _Prices:
    """What components cost, and what is to be said about it."""

    cost: Prices
    tables: tuple[Any, Any]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, spec: Spec, given: Given | None) -> _Prices:
        from loas_tl.timeloop.prices import prices

        cost = prices(spec, given)
        said = (*map(str, cost.unpriced), *cost.notes)
        return cls(cost, (cost.energies, cost.areas), said)

    def require(self, metric: str) -> None:
        """Refuses to go by an energy that is not known."""
        if metric == "cycles" or not self.cost.unpriced:
            return
        first = self.cost.unpriced[0]
        action = first.actions[0] if first.actions else "ACTION"
        raise InputError(
            f"{first}; a search by {metric} would not see its energy: give "
            f'prices={{"{first.kind}": {{"{action}": pJ}}}}, an ERT in extra_input_files, or '
            "allow_unpriced=True"
        )

    def log(self, machine: Machine) -> list[str]:
        """What stands in the place of Accelergy's log."""
        lines = ["INFO: priced by loas-tl; Accelergy was not run"]
        lines += [f"WARNING: {note}" for note in self.notes]
        for component, actions in machine.ert.items():
            costs = ", ".join(f"{action} {energy:.6g} pJ" for action, energy in actions.items())
            lines.append(f"INFO: {component}: {costs}")
        return lines


def _add_tables(document: Specification, path: Path) -> None:
    from loas_tl.timeloop.spec.loading import load

    for section, value in load(path).tree.items():
        if section not in ("ERT", "ART"):
            raise InputError(
                "extra_input_files may have the sections ERT and ART; give other files to "
                "from_yaml_files",
                file=path,
                key=section,
            )
        document[section] = value
