"""A design: an accelerator as its parameters, and all that the models need computed from them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from loas_tl.components.fabric import HbmChannel
from loas_tl.components.units import in_pJ
from loas_tl.designs.checks import (
    PARTITIONS,
    PLACEHOLDERS,
    check_cache,
    check_dataflow,
    check_declaration,
    check_partitions,
    check_technology,
)
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.hardware import Hardware
from loas_tl.designs.parameter import Value, plain
from loas_tl.designs.readings import Reading
from loas_tl.ground.errors import InputError
from loas_tl.ground.shown import Shown
from loas_tl.models.accounting import EnergyConstants, SramBit
from loas_tl.models.dataflow import (
    Dataflow,
    OutputStationaryArray,
    TiledAccelerator,
)
from loas_tl.models.machine import System

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.ground.fitted import FittedTable
    from loas_tl.models.rules import Rules
    from loas_tl.timeloop.rendering.form import Operand, TimeloopForm
    from loas_tl.timeloop.rendering.measure import Measured
    from loas_tl.timeloop.rendering.render import Rendered
    from loas_tl.workload.layer import Layer

LOAS_RULES = "LoAS's evaluation"
"""Whose rules count cycles and traffic, unless a design says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Design(Hardware, Shown):
    """An accelerator. A subclass declares one: its parameters, and what is truly its own.

    The parameters are its fields, made by :func:`~loas_tl.designs.parameter.parameter`; those of
    :class:`~loas_tl.designs.hardware.Hardware` every accelerator has. What the models need is
    computed from them, each by a method that a subclass overrides or leaves: without a dataflow
    there is no published model, without a machine in it no detailed one, without templates no
    Timeloop spec.

    Class attributes:
        templates: name of its Jinja templates, beside the file that declares it or in
            ``arch_specs/`` and ``mappings/``; None where it has none.
        operand: what the templates' first operand is.
        spread: the extent of a layer (``T``, ``M``, ``N``) that a parameter's units share out.
        published: what was published of it, None where nothing was.
        dense_weights: whether it runs on unpruned weights.
        unpriced: what is to be said of a parameter whose hardware costs nothing here.
        readings: how it is read where its authors leave the timing open, by parameter and in its
            unit; the defaults are the plausible reading (``loas_tl.designs.readings``).
        compared: whether it runs where no accelerators are named.
        counted_by: whose rules its dataflow counts by: LoAS's evaluation's, or ours.

    Raises:
        InputError: naming design and parameter, where a value is out of range or the values do not
            go together.

    >>> import loas_tl
    >>> loas = loas_tl.design("LoAS")
    >>> loas.models
    ('published', 'detailed', 'energy', 'timeloop')
    >>> loas.pes, loas.clock_MHz, round(loas.area_mm2, 2)
    (16, 800, 1.89)
    >>> loas.with_(cache_KiB=512).label
    'LoAS cache_KiB=512'
    """

    _rows_shown = 100  # what a design adds to the common parameters comes last

    templates: ClassVar[str | None] = None
    operand: ClassVar[Operand] = "packed"
    spread: ClassVar[dict[str, str]] = {}
    published: ClassVar[PublishedFigures | None] = None
    dense_weights: ClassVar[bool] = False
    unpriced: ClassVar[dict[str, str]] = {
        "hbm_GBps": "bandwidth costs nothing by itself; hbm_channels and hbm_width do"
    }
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {}
    compared: ClassVar[bool] = True
    counted_by: ClassVar[str] = LOAS_RULES

    def __init_subclass__(cls) -> None:
        """A dataclass makes a repr of all its fields, unless the class has one."""
        super().__init_subclass__()
        cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]

    def __post_init__(self) -> None:
        super().__post_init__()
        check_technology(self)
        check_declaration(self)
        check_cache(self)
        check_partitions(self)
        self.check()
        check_dataflow(self)

    def check(self) -> None:
        """Refuse values that do not go together (InputError); a subclass says which."""

    # What the published and the detailed model need.

    def dataflow(self) -> Dataflow | None:
        """Loop order, tiles, buffers and charges, and the machine; None without these models."""
        return None

    def said_of(self, layer: Layer) -> tuple[str, ...]:  # noqa: ARG002
        """What is to be said of its figures of a layer.

        Args:
            layer: the layer.

        Returns:
            A line each.
        """
        return ()

    def rules(self) -> Rules | None:
        """How it was published, where that is not by the rules of LoAS's evaluation."""
        return None

    @property
    def system(self) -> System:
        """The memory around the PEs.

        Raises:
            InputError: where a number is not above 0.
        """
        return System(
            banks=self.cache_banks,
            line_bytes=self.line_bits // 8,
            dram_bytes_per_s=self.hbm_GBps * 1e9,
            clock_hz=self.clock_MHz * 1e6,
        )

    def holds(self, elements: int, partition: str, bits: float = 1, usual: float = 1) -> int:
        """Elements of a published buffer, which is as large as its partition is to the usual one.

        Args:
            elements: that it holds as published, with the partition's share of 256 KiB.
            partition: ``"input"`` or ``"weight"``.
            bits: of an element.
            usual: bits of an element as published.

        Returns:
            How many there is room for, rounded down.
        """
        share = Fraction(getattr(self, f"{partition}_KiB")) / (256 * self.share(partition))
        return int(elements * share * Fraction(usual) / Fraction(bits))

    # What energies need.

    @property
    def pe_count(self) -> int:
        """How many there are: ``pes``, or as many as the dataflow shares work out to."""
        own = getattr(self, "pes", None)
        if own is not None:
            return int(own)
        dataflow = self.dataflow()
        if isinstance(dataflow, OutputStationaryArray):
            return dataflow.pes(1)
        return 0 if dataflow is None else dataflow.pes

    @cached_property
    def constants(self) -> EnergyConstants:
        """What a count costs: the published constants, and the parts' own figures.

        Raises:
            InputError: at the placeholders' technology.
        """
        static, pe, figures = self.leakage_mW, self.pe(), self.published or PublishedFigures()
        action = 0.0 if pe is None else in_pJ(pe.energy("compute"))
        hbm = HbmChannel(width=self.hbm_width, technology=self.technology)
        return EnergyConstants(
            published_compute=action if figures.compute is None else figures.compute,
            leakage_mW=static if figures.leakage_mW is None else figures.leakage_mW,
            action_pJ=action,
            static_mW=static,
            sram_bit=SramBit.of(self.bank()),
            dram_pJ_per_bit=hbm.pj_per_bit,
            clock_hz=self.clock_MHz * 1e6,
            published_busy=figures.busy,
        )

    # What Timeloop needs.

    @property
    def fine_tuned(self) -> bool:
        """Whether neurons that fire once count as silent."""
        return False

    @property
    def typical(self) -> dict[str, Value]:
        """What stands in the templates for what a layer would say, in the unit of each value."""
        return {}

    def timeloop(self) -> TimeloopForm | None:
        """Its templates and their values; None where it has no Timeloop spec.

        Returns:
            The templates, or None.

        Raises:
            InputError: where its templates are not there.
        """
        if self.templates is None:
            return None
        from loas_tl.timeloop.rendering.form import TimeloopForm, find_templates

        architecture, mapping = find_templates(self.templates, declared_in(type(self)))
        return TimeloopForm(
            name=self.label,
            about=self.about,
            architecture=architecture,
            mapping=mapping,
            operand=self.operand,
            values=self.settled,
            typical=self.typical,
            dense_weights=self.dense_weights,
            fine_tuned=self.fine_tuned,
            remarks=self._remarks(),
        )

    def _remarks(self) -> tuple[str, ...]:
        """What the top of a spec says it does not hold."""
        if self.technology == PLACEHOLDERS:
            return ()
        names = dict.fromkeys(part.name for part in self.left_out())
        return tuple(f"Not in this spec: {name}" for name in names)

    def spec(self, layer: Layer | Measured) -> Rendered:
        """The accelerator and a layer as a Timeloop v4 spec.

        Before anyone sees it, the native engine carries out its mapping; that takes some 10 ms.

        Args:
            layer: a layer, or what was measured of one.

        Returns:
            The texts of architecture, problem and mapping.

        Raises:
            InputError: where it has no templates, or they do not come out as a valid spec; where
                the layer does not fit, with the level, the reason and the parameters to change.
        """
        from loas_tl.timeloop.rendering.render import render

        return render(self.timeloop_or_refuse(), layer)

    def timeloop_or_refuse(self) -> TimeloopForm:
        """:meth:`timeloop` of a design that has it.

        Returns:
            Its templates and their values.

        Raises:
            InputError: where it has no Timeloop spec.
        """
        form = self.timeloop()
        if form is None:
            raise InputError(f"{self.name} has no Timeloop spec; it declares no templates")
        return form

    # All of it.

    @property
    def models(self) -> tuple[str, ...]:
        """Which models it has: ``published``, ``detailed``, ``energy``, ``timeloop``."""
        dataflow = self.dataflow()
        has = {
            "published": dataflow is not None,
            "detailed": isinstance(dataflow, OutputStationaryArray)
            or (isinstance(dataflow, TiledAccelerator) and dataflow.machine is not None),
            "energy": self.technology != PLACEHOLDERS and self.pe() is not None,
            "timeloop": self.templates is not None,
        }
        return tuple(model for model, there in has.items() if there)

    @property
    def settled(self) -> dict[str, Any]:
        """Its parameters' values, those of partitions left open as what they come to, in KiB.

        None is what the models measure themselves.
        """
        values = {name: getattr(self, name) for name in self.parameters}
        return values | {f"{one}_cache_KiB": plain(self.partition(one)) for one in PARTITIONS}

    def table(self) -> FittedTable:
        """Its parameters as a table: value, default, range, unit, what they act on and mean."""
        from loas_tl.designs.tables import parameter_table

        return parameter_table(self)

    @property
    def headline(self) -> str:
        """Its label, what it is, and area in mm² and leakage in mW where it can be priced.

        Raises:
            InputError: where its own parts refuse to be priced.
        """
        priced = "energy" in self.models
        of = f"; {self.area_mm2:.4g} mm², {self.leakage_mW:.4g} mW of leakage" if priced else ""
        return f"{self.label}, {self.about}{of}"

    def to_frame(self) -> pd.DataFrame:
        """A row a parameter: value, default, range, unit and what it is.

        A partition left open has the value that it comes to, and its share of the cache, in words,
        as default.

        Returns:
            The frame.

        Raises:
            InputError: where its own parts refuse to be priced.
        """
        import pandas as pd

        from loas_tl.designs.tables import default_of, record

        parameters = record(self)["parameters"]
        columns = ["parameter", "value", "default", "minimum", "maximum", "unit", "about"]
        rows = [{"parameter": name, **one} for name, one in parameters.items()]
        for row in rows:
            row["value"] = self.settled[row["parameter"]]
            if row["default"] is None:
                row["default"] = default_of(self, self.parameters[row["parameter"]])
        return pd.DataFrame(rows, columns=columns)

    def brief(self) -> pd.DataFrame:
        """Value, default and unit of each parameter.

        Returns:
            The frame.

        Raises:
            InputError: where its own parts refuse to be priced.
        """
        return self.to_frame()[["parameter", "value", "default", "unit"]]

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl designs --json``, of this one.

        Returns:
            The object of :meth:`to_json`.

        Raises:
            InputError: where its own parts refuse to be priced.
        """
        from loas_tl.designs.tables import record

        return record(self)


def declared_in(kind: type[Design]) -> Path:
    """The folder of the file that declares a design."""
    try:
        return Path(inspect.getfile(kind)).resolve().parent
    except (OSError, TypeError):  # typed at a prompt
        return Path.cwd()
