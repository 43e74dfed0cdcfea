"""The component classes that specifications are priced by, as a table."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from rich.text import Text

from loas_tl.components import registry
from loas_tl.components.component import Component
from loas_tl.ground.fitted import FittedTable
from loas_tl.report.table import print_whole

if TYPE_CHECKING:
    from rich.console import Console

_EXAMPLES = {"technology": 45, "length": 100}


def print_classes(to: Console) -> None:
    """Print every class: the usual ones, then this package's own."""
    for title, classes in (
        ("Usual classes", registry.USUAL),
        ("Classes of LoAS and its baselines", registry.COMPONENTS),
    ):
        table = FittedTable(title=title, title_justify="left", title_style="bold")
        for heading in ("class", "attributes (default)", "actions", "source"):
            table.add_column(heading)
        table.least = ("source",)
        for one in classes:
            table.add_row(
                *(Text(text) for text in (one.kind, attributes(one), actions(one), one.source))
            )
        print_whole(to, table)


def attributes(one: type[Component]) -> str:
    """Attributes with their defaults."""
    return ", ".join(
        each.name
        if each.default is MISSING
        else f"{each.name} ({each.default:g})"
        if not isinstance(each.default, str)
        else f"{each.name} ({each.default})"
        for each in fields(one)
    )


def actions(one: type[Component]) -> str:
    """Actions of a class, ``leak`` last."""
    needed = {
        each.name: _EXAMPLES.get(each.name, 8)
        for each in fields(one)
        if each.default is MISSING or each.name == "mantissa"
    }
    example = one(**needed)
    names = [name for name in example.actions() if name != one.otherwise]
    if one.otherwise is not None:
        names.append("any other" if names else "any")
    return ", ".join([*names, "leak"])
