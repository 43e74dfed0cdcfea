"""Designs as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from loas_tl.designs.effects import MODELS, acts_on
from loas_tl.designs.parameter import Parameter, plain
from loas_tl.ground.fitted import FittedTable

if TYPE_CHECKING:
    from loas_tl.designs.design import Design

NONE = "-"


def design_table(designs: Sequence[Design]) -> FittedTable:
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


def parameter_table(design: Design) -> FittedTable:
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
        line += f"; {design.area_mm2:.4f} mm², {design.leakage_mW:.2f} mW of leakage"
    elif design.technology > 0:
        line += (
            "; it declares no pe(), so that loas-tl energy prices what every accelerator has "
            f"(cache, neurons, crossbars: {design.area_mm2:.4f} mm², "
            f"{design.leakage_mW:.2f} mW of leakage)"
        )
    return line


def value_of(design: Design, name: str) -> str:
    """A parameter's value as text; of one that was left open, what it comes to."""
    value = design.settled[name]
    return "measured" if value is None else str(plain(value))


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
