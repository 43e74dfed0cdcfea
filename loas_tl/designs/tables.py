"""Tables that fit a terminal, and designs as such."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from loas_tl.designs.effects import MODELS, acts_on
from loas_tl.designs.parameter import Parameter, plain

if TYPE_CHECKING:
    from loas_tl.designs.design import Design

NONE = "-"


class FittedTable(Table):
    """A table that a narrow terminal cuts no figure and no name of.

    Where it is too wide for a terminal, columns are left out, and a line below says which. Those
    with ``no_wrap`` are never broken, all others fold. In a pipe nothing is left out.

    Attributes:
        least: headings of the columns that can be left out, least important first.
        folded: width of a column that folds for which others are left out.
    """

    least: Sequence[str] = ()
    folded: int = 24

    def figures(self, *headings: str, width: int = 11) -> None:
        """Add columns of figures; headings go over lines of this width."""
        for heading in headings:
            lines = "\n".join(wrap(heading, width, break_long_words=False))
            self.add_column(Text(lines), justify="right", no_wrap=True)

    def natural(self, console: Console, options: ConsoleOptions) -> int:
        """The width at which nothing breaks."""
        return Measurement.get(console, options.update(max_width=UNLIMITED), self).maximum

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Leave out what does not fit, then draw the rest."""
        whole, gone = self.columns, []
        folding = [column for column in whole if not column.no_wrap and column.max_width is None]
        for column in folding:
            column.overflow = "fold"
        if console.is_terminal and self.natural(console, options) > options.max_width:
            for column in folding:
                column.max_width = min(options.max_width // 3, self.folded)
            for heading in self.least:
                if self.natural(console, options) <= options.max_width:
                    break
                self.columns = [one for one in self.columns if words(one.header) != heading]
                gone.append(heading)
            for column in folding:
                column.max_width = None
        yield from super().__rich_console__(console, options)
        self.columns = whole
        if gone:
            said = f"left out at {options.max_width} columns: {'; '.join(gone)}"
            yield Text(said, style="dim")


UNLIMITED = 10_000


def words(text: object) -> str:
    """A heading on one line."""
    return " ".join(str(text).split())


def design_table(designs: Sequence[Design]) -> Table:
    """A line each, of at least one: name, which models it has, what it does, what it can set."""
    first, *others = designs
    shared = [n for n in first.parameters if all(n in other.parameters for other in others)]
    table = FittedTable(
        title="Designs",
        title_justify="left",
        title_style="bold",
        caption=Text(f"All of them have {', '.join(shared)}."),
        caption_justify="left",
    )
    table.add_column("design")
    for model in MODELS:
        table.add_column(model, justify="center", no_wrap=True)
    table.add_column("what it does; its own parameters")
    for one in designs:
        marks = ("yes" if model in one.models else NONE for model in MODELS)
        own = ", ".join(name for name in one.parameters if name not in shared)
        about = Text.assemble(one.about, "\n", (own, "dim"), *rules_line(one))
        table.add_row(Text(one.label), *marks, about)
    return table


def rules_line(design: Design) -> tuple[tuple[str, str], ...]:
    """A line on whose rules it was published by, where they are not LoAS's evaluation's."""
    rules = design.rules()
    return () if rules is None else ((f"\npublished by {rules.source}", "dim"),)


def parameter_table(design: Design) -> Table:
    """A line a parameter: value, default, range, unit, the models it acts on, what it means."""
    title = Text(f"{design.label}: {design.about}")
    table = FittedTable(title=title, title_justify="left", title_style="bold")
    table.least, table.folded = ("acts on", "unit"), 18
    defaults = {name: default_of(design, one) for name, one in design.parameters.items()}
    longest = max(len(word) for cell in ("default", *defaults.values()) for word in cell.split())
    table.add_column("parameter", no_wrap=True)
    table.figures("value")
    table.add_column("default", justify="right", max_width=longest)
    table.figures("range")
    table.add_column("unit")
    table.add_column("acts on")
    table.add_column("what it is")
    for name, one in design.parameters.items():
        table.add_row(
            name,
            Text(value_of(design, name)),
            Text(defaults[name]),
            f"{one.low:g} to {one.high:g}",
            Text(one.unit),
            ", ".join(acts_on(design, name)) or NONE,
            Text(one.about),
            style="bold" if name in design.changed else None,
        )
    return table


def models_line(design: Design) -> str:
    """Which models a design has, and its area and leakage."""
    line = f"models: {', '.join(design.models) or 'none'}"
    if design.technology > 0 and "energy" in design.models:
        line += f"; {design.area_mm2:.4f} mm2, {design.leakage_mW:.2f} mW of leakage"
    return line


def value_of(design: Design, name: str) -> str:
    """A parameter's value as text; of one that was left open, what it comes to."""
    value = getattr(design, name)
    if value is not None:
        return str(plain(value))
    partition = name.removesuffix("_cache_KiB")
    return str(plain(getattr(design, f"{partition}_KiB"))) if partition != name else "measured"


def default_of(design: Design, one: Parameter) -> str:
    """A parameter's default as text; of a partition, its share of the cache."""
    if one.default is not None:
        return str(plain(one.default))
    partition = one.name.removesuffix("_cache_KiB")
    if partition == one.name:
        return "measured"
    share = design.share(partition)
    return f"{share} of cache_KiB"


def record(design: Design) -> dict[str, Any]:
    """A design as in ``loas-tl designs --json``.

    ``published_by`` is there where its rules are not LoAS's evaluation's; parameters that act on
    them are marked in :func:`parameter_table`.
    """
    rules = design.rules()
    return {
        "accelerator": design.label,
        "about": design.about,
        "models": list(design.models),
        "area_mm2": design.area_mm2 if design.technology > 0 else None,
        "leakage_mW": design.leakage_mW if design.technology > 0 else None,
        **({} if rules is None else {"published_by": rules.source}),
        "parameters": {
            name: {
                "value": getattr(design, name),
                "default": one.default,
                "minimum": one.low,
                "maximum": one.high,
                "unit": one.unit,
                "about": one.about,
                "acts_on": [model for model in acts_on(design, name) if model in MODELS],
            }
            for name, one in design.parameters.items()
        },
    }
