"""A design: an accelerator as its parameters, and all that the models need computed from them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from loas_tl.components.cache import FiberCacheBank
from loas_tl.components.chip import Chip
from loas_tl.components.circuits import PLifUnit
from loas_tl.components.component import Component, Part
from loas_tl.components.fabric import HbmChannel, SwizzleSwitchCrossbar
from loas_tl.components.technology import SMALLEST_NM
from loas_tl.components.units import in_mm2, in_mW, in_pJ
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
from loas_tl.designs.parameter import Value, parameter, plain
from loas_tl.designs.parametrised import Parametrised
from loas_tl.designs.readings import Reading
from loas_tl.ground.errors import InputError
from loas_tl.ground.kib import BITS_PER_KIB
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

LINE_SHARE = 4
"""A port to a PE is a quarter of a line wide: 64 of 256 bits, as published."""


@dataclass(frozen=True, kw_only=True)
class Design(Parametrised, Shown):
    """An accelerator. A subclass declares one: its parameters, and what is truly its own.

    The parameters are its fields, made by :func:`~loas_tl.designs.parameter.parameter`; those
    below every accelerator has. What the models need is computed from them, each by a method that
    a subclass overrides or leaves: without a dataflow there is no published model, without a
    machine in it no detailed one, without templates no Timeloop spec.

    Class attributes:
        templates: name of its Jinja templates, beside the file that declares it or in
            ``arch_specs/`` and ``mappings/``; None where it has none.
        operand: what the templates' first operand is.
        shares: of the cache, the partitions of input, weights and outputs.
        spread: the extent of a layer (``T``, ``M``, ``N``) that a parameter's units share out.
        published: what was published of it, None where nothing was.
        dense_weights: whether it runs on unpruned weights.
        unpriced: what is to be said of a parameter whose hardware costs nothing here.
        readings: how it is read where its authors leave the timing open, by parameter and in its
            unit; the defaults are the plausible reading (``loas_tl.designs.readings``).
        pe_name: what its PEs are called among its parts.
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
    shares: ClassVar[tuple[Fraction, Fraction, Fraction]] = (
        Fraction(1, 4),
        Fraction(21, 32),
        Fraction(3, 32),
    )
    spread: ClassVar[dict[str, str]] = {}
    published: ClassVar[PublishedFigures | None] = None
    dense_weights: ClassVar[bool] = False
    unpriced: ClassVar[dict[str, str]] = {
        "hbm_GBps": "bandwidth costs nothing by itself; hbm_channels and hbm_width do"
    }
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {}
    pe_name: ClassVar[str] = "pe"
    compared: ClassVar[bool] = True
    counted_by: ClassVar[str] = LOAS_RULES

    technology: float = parameter(
        32,
        PLACEHOLDERS,
        90,
        "nm",
        about="process node, 7 to 90; -1 has Accelergy answer its placeholders (1 pJ an action)",
        kind="node",
    )
    clock_MHz: int = parameter(800, 1, 10000, "MHz", about="clock of everything on the chip")
    cache_KiB: int = parameter(
        256, 8, 65536, "KiB", about="global cache; its partitions below must fit in it"
    )
    cache_banks: int = parameter(
        16, 1, 1024, "banks", about="banks of the global cache that work side by side"
    )
    line_bits: int = parameter(256, 32, 4096, "bits", about="one access of a bank")
    hbm_GBps: int = parameter(128, 1, 10000, "GB/s", about="bandwidth off the chip")
    hbm_channels: int = parameter(16, 1, 1024, "channels", about="HBM channels of hbm_width bits")
    hbm_width: int = parameter(64, 8, 1024, "bits", about="width of an HBM channel")
    weight_bits: int = parameter(8, 1, 16, "bits", about="a weight")
    pointer_bits: int = parameter(32, 8, 63, "bits", about="where a compressed fiber begins")
    input_cache_KiB: float | None = parameter(
        None, 1, 65536, "KiB", about="partition of the cache for spikes", kind="number"
    )
    weight_cache_KiB: float | None = parameter(
        None, 1, 65536, "KiB", about="partition of the cache for weights", kind="number"
    )
    output_cache_KiB: float | None = parameter(
        None, 1, 65536, "KiB", about="partition of the cache for outputs", kind="number"
    )

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

    # What energy, area and leakage need.

    def pe(self) -> Component | None:
        """A processing element; None where it is not known, and then unpriced."""
        return None

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

    @property
    def lanes(self) -> int:
        """Outputs side by side, each with a switch port and a neuron: one a PE."""
        return self.pe_count

    @property
    def ports(self) -> int:
        """Ports of the switch to the PEs: one a lane."""
        return self.lanes

    def neurons(self) -> tuple[Part, ...]:
        """What turns sums into spikes: one timestep after the other."""
        neuron = PLifUnit(timesteps=1, technology=self.technology)
        return (Part("lif_unit", neuron, self.lanes),) if self.lanes else ()

    def bank(self) -> FiberCacheBank:
        """A bank of the global cache."""
        return FiberCacheBank(
            width=self.line_bits,
            depth=-(-self.cache_KiB * BITS_PER_KIB // self.line_bits),
            n_banks=self.cache_banks,
            cache_bytes=self.cache_KiB * 1024,
            technology=self.technology,
        )

    def parts(self) -> tuple[Part, ...]:
        """Cache, PEs, neurons, switches, and the channels of the HBM (off the chip).

        Source: LoAS (MICRO 2024), section V: two swizzle switches, from the cache to the PEs and
        from the cache to the HBM. Schedulers are left out.
        """
        nm, pe = self.technology, self.pe()
        return (
            Part("global_cache", self.bank(), self.cache_banks),
            *(() if pe is None else (Part(self.pe_name, pe, self.pe_count),)),
            *self.neurons(),
            *self.crossbars(),
            Part("hbm_channel", HbmChannel(width=self.hbm_width, technology=nm), self.hbm_channels),
        )

    def crossbars(self) -> tuple[Part, ...]:
        """The switches, which no Timeloop spec holds."""
        ports = (
            ("crossbar_to_pes", self.ports, max(self.line_bits // LINE_SHARE, 1)),
            ("crossbar_to_hbm", self.hbm_channels, self.hbm_width),
        )
        return tuple(
            Part(
                name,
                SwizzleSwitchCrossbar(
                    inputs=self.cache_banks,
                    outputs=outputs,
                    width=width,
                    technology=self.technology,
                ),
            )
            for name, outputs, width in ports
            if outputs
        )

    def left_out(self) -> tuple[Part, ...]:
        """Parts that its Timeloop spec cannot hold, by name; by default the switches.

        Those of one name are added up; a count below 0 takes off what stands in the spec for them.
        """
        return self.crossbars()

    @cached_property
    def chip(self) -> Chip:
        """All of its parts as one component.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        if self.technology == PLACEHOLDERS:
            raise InputError(
                f"is {PLACEHOLDERS}, placeholders that have no area; expected "
                f"{SMALLEST_NM:g} to 90 nm",
                key=f"{self.name}.technology",
            )
        return Chip(technology=self.technology, label=self.label, members=self.parts())

    @property
    def area_mm2(self) -> float:
        """Area of all parts on the chip, in mm².

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        return in_mm2(self.chip.area)

    @property
    def leakage_mW(self) -> float:  # noqa: N802 - the unit as it is written
        """Leakage of all parts, in mW.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        return in_mW(self.chip.leakage)

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

    # Partitions of the cache.

    @property
    def input_KiB(self) -> Fraction:  # noqa: N802 - the unit as it is written
        """The cache's partition for spikes."""
        return self.partition("input")

    @property
    def weight_KiB(self) -> Fraction:  # noqa: N802
        """The cache's partition for weights."""
        return self.partition("weight")

    @property
    def output_KiB(self) -> Fraction:  # noqa: N802
        """The cache's partition for outputs."""
        return self.partition("output")

    def partition(self, which: str) -> Fraction:
        """A partition of the cache in KiB: what was set, else its share.

        Args:
            which: ``"input"``, ``"weight"`` or ``"output"``.

        Returns:
            Its size.
        """
        given = getattr(self, f"{which}_cache_KiB")
        return self.cache_KiB * self.share(which) if given is None else Fraction(given)

    def share(self, which: str) -> Fraction:
        """Share of the cache that a partition takes by default.

        Args:
            which: ``"input"``, ``"weight"`` or ``"output"``.

        Returns:
            A share, above 0 and below 1.
        """
        return self.shares[PARTITIONS.index(which)]


def declared_in(kind: type[Design]) -> Path:
    """The folder of the file that declares a design."""
    try:
        return Path(inspect.getfile(kind)).resolve().parent
    except (OSError, TypeError):  # typed at a prompt
        return Path.cwd()
