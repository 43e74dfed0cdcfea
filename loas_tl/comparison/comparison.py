"""Results side by side: what ``loas_tl.compare`` answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.comparison.result import LeftOut, Result
from loas_tl.designs.accountings import LOAS_ACCOUNTING, Entrant
from loas_tl.designs.design import Design
from loas_tl.designs.readings import DEFAULT, Reading
from loas_tl.designs.registry import key_of
from loas_tl.ground.csv_text import csv_text
from loas_tl.ground.nearest import unknown
from loas_tl.ground.shown import Shown
from loas_tl.ground.spread import flat
from loas_tl.ground.titles import network_named, network_titles
from loas_tl.workload.network import Coverage

if TYPE_CHECKING:
    import pandas as pd


Model = Literal["published", "detailed", "both"]


MODELS: tuple[Model, ...] = ("published", "detailed", "both")


BASELINE = "SparTen-SNN"
"""What speedups are over, where it runs and nothing else was asked for."""


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """The result of :func:`compare`.

    Attributes:
        layers: one result for each layer and accelerator, in order.
        totals: the layers of each network added up, one for each accelerator.
        generated: names of the networks that were generated from the published statistics, so
            that published figures stand beside theirs.
        model: which model counted; with ``"both"`` each published result has the detailed one
            beside it.
        entrants: the accelerators with the rules that count each, in order.
        baseline: name of the accelerator that speedups and energy ratios are over.
        coverage: by network, how much of it its layers stand for; only where that is not all.
        left_out: what has no figures, and why.
        reading: of what the papers leave open (``loas_tl.designs.readings``); the detailed model
            alone depends on it.

    >>> import loas_tl
    >>> comparison = loas_tl.compare("V-L8", accelerators=["SparTen-SNN", "LoAS"])
    >>> comparison.networks, comparison.accelerators
    (['V-L8'], ['SparTen-SNN', 'LoAS'])
    >>> total = comparison.total("V-L8", "LoAS")
    >>> total.counts.cycles, round(total.counts.dram_kib, 1)
    (14213, 198.8)
    >>> round(total.physical.total / 1e6, 2)  # uJ
    10.74
    """

    layers: tuple[Result, ...]
    totals: tuple[Result, ...]
    generated: frozenset[str] = frozenset()
    model: Model = "published"
    entrants: tuple[Entrant, ...] = ()
    baseline: str = BASELINE
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def headline(self) -> str:
        """Accelerators, networks and model."""
        return (
            f"{', '.join(self.accelerators)} on {network_titles(self.networks)}, {self.model} model"
        )

    def brief(self) -> pd.DataFrame:
        """A row a network and accelerator: cycles, speedup, traffic, energy, utilization."""
        frame = self.to_frame(totals=True)
        base = frame[frame["accelerator"] == self.baseline].set_index("network")["cycles"]
        frame["speedup"] = frame["network"].map(base) / frame["cycles"]
        detailed = ["detailed_cycles"] if "detailed_cycles" in frame else []
        names = ["network", "accelerator", "cycles", *detailed, "speedup"]
        return frame[[*names, "dram_KiB", "sram_KiB", "energy_pJ", "utilization"]]

    @property
    def designs(self) -> tuple[Design, ...]:
        """The accelerators, in order."""
        return tuple(dict.fromkeys(one.design for one in self.entrants))

    @property
    def mixed(self) -> bool:
        """Whether accelerators are counted by other rules than those of LoAS's evaluation."""
        return any(one.accounting != LOAS_ACCOUNTING for one in self.entrants)

    @property
    def accountings(self) -> dict[str, str]:
        """By accelerator: whose rules count it."""
        return {one.label: one.accounting for one in self.entrants}

    reading: Reading = DEFAULT

    @property
    def networks(self) -> list[str]:
        """Names of the networks, in order."""
        return list(dict.fromkeys(total.network for total in self.totals))

    @property
    def accelerators(self) -> list[str]:
        """Names of the accelerators, in order."""
        return list(dict.fromkeys(total.accelerator for total in self.totals))

    @property
    def notes(self) -> dict[str, list[str]]:
        """By accelerator: what is to be said of its totals, each line once."""
        said = {
            name: [
                note for total in self.totals if total.accelerator == name for note in total.notes
            ]
            for name in self.accelerators
        }
        return {name: list(dict.fromkeys(notes)) for name, notes in said.items() if notes}

    def total(self, network: str, accelerator: str) -> Result | None:
        """The total of one accelerator on one network.

        Args:
            network: its name or its title, in whatever case: ``"alexnet"``, ``"AlexNet"``.
            accelerator: its label, one of :attr:`accelerators`, likewise.

        Returns:
            The result; None where it ran and has no figures (:attr:`left_out` says why).

        Raises:
            InputError: for what did not run here, with the nearest name.
        """
        ran = [*self.networks, *(one.network for one in self.left_out if one.network)]
        labels = [*self.accelerators, *self.accountings]
        labels += [one.accelerator for one in self.left_out]
        return self.found(network_named(network, dict.fromkeys(ran)), _label(accelerator, labels))

    def found(self, network: str, accelerator: str) -> Result | None:
        """:meth:`total` of what may not have run, by exact names: None then, too.

        Args:
            network: its name.
            accelerator: its label.

        Returns:
            The result, or None.
        """
        for total in self.totals:
            if (total.network, total.accelerator) == (network, accelerator):
                return total
        return None

    def to_frame(self, totals: bool = False) -> pd.DataFrame:
        """A pandas frame with one row a layer and accelerator, or of the totals.

        ``notes`` are one text there, lines apart by semicolons. Where there are several samples
        a row is their mean, and has standard deviations and extremes as columns of their own.

        Args:
            totals: whether rows are totals of networks.

        Returns:
            The frame; the unit is in the name of a column.
        """
        import pandas as pd

        rows = [row.record(self.mixed) for row in (self.totals if totals else self.layers)]
        return pd.DataFrame([flat(row) for row in rows])

    def to_csv(self) -> str:
        """:meth:`to_frame` as CSV."""
        rows = [flat(row.record(self.mixed)) for row in self.layers]
        return csv_text(rows) or super().to_csv()

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`: model, baseline, designs, ``layers`` and ``totals``.

        Where there are several samples, ``samples`` has the rows of each, without a layer for
        its totals; where a network is not covered as a whole, ``coverage`` says what is missing.
        Where accelerators are counted by several rules, rows and designs say whose, and
        ``left_out`` what has no figures, and why.
        Where the detailed model counted, ``reading`` stands beside ``model``.

        Returns:
            The object; the unit is in the name of a key.
        """
        document: dict[str, Any] = {
            "model": self.model,
            **({} if self.model == "published" else {"reading": self.reading}),
            "baseline": self.baseline,
            "designs": [
                {
                    "accelerator": one.label,
                    **({"accounting": one.accounting} if self.mixed else {}),
                    "parameters": one.design.settled,
                    "area_mm2": one.design.area_mm2,
                    "leakage_mW": one.design.leakage_mW,
                    "notes": self.notes.get(one.label, []),
                }
                for one in self.entrants
            ],
            "layers": [row.record(self.mixed) for row in self.layers],
            "totals": [row.record(self.mixed) for row in self.totals],
        }
        if any(row.samples for row in self.totals):
            document["samples"] = [
                {"sample": number, **one.record(self.mixed)}
                for row in (*self.totals, *self.layers)
                for number, one in enumerate(row.samples)
            ]
        if self.coverage:
            document["coverage"] = {
                name: coverage.record() for name, coverage in self.coverage.items()
            }
        if self.mixed or self.left_out:
            document["left_out"] = [asdict(one) for one in self.left_out]
        return document


def _label(given: str, labels: Sequence[str]) -> str:
    """Which of the labels is meant, in whatever case; InputError for none of them."""
    if given in labels:
        return given
    for label in labels:
        if key_of(label) == key_of(str(given)):
            return label
    raise unknown(str(given), list(dict.fromkeys(labels)), "no accelerator here is called")
