"""Pages and pictures that are made from the package itself, into ``_generated``."""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import public  # lies beside this file

import loas_tl
from loas_tl.cli.commands import parser

PACKAGE = Path(loas_tl.__file__).parent


def write(docs: Path) -> None:
    """Write every generated file below ``docs/_generated``."""
    to = docs / "_generated"
    to.mkdir(exist_ok=True)
    files = {"commands.md": commands(), "python.md": python(), "layout.svg": layout(docs.parent)}
    for name, text in files.items():
        path = to / name
        # Left alone where it is the same, so that Sphinx does not read it again.
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def commands() -> str:
    """The reference of the command line: each command with its options, from its parser."""
    lines = [
        "# The command line",
        "",
        "Made from the parsers of `loas-tl`; `loas-tl COMMAND --help` says the same.",
        "",
    ]
    for name, command, about in subcommands(parser()):
        lines += [f"## {name}", "", _sentence(command.description or about), ""]
        lines += ["```text", _usage(command), "```", ""]
        lines += list(_options(command))
        if command.epilog:
            lines += ["```text", command.epilog.strip("\n"), "```", ""]
        for inner, sub, help_text in subcommands(command):
            lines += [f"### {name} {inner}", "", _sentence(sub.description or help_text), ""]
            lines += list(_options(sub))
    return "\n".join(lines)


def subcommands(
    of: argparse.ArgumentParser,
) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Name, parser and line of help of each subcommand."""
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {one.dest: one.help or "" for one in action._choices_actions}
            for name, sub in action.choices.items():
                yield name, sub, helps.get(name, "")


def _usage(of: argparse.ArgumentParser) -> str:
    return re.sub(r"\s*\[-h\]", "", of.format_usage().strip().removeprefix("usage: "))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return _escaped(text[:1].upper() + text[1:].rstrip(".") + ".")


def _options(of: argparse.ArgumentParser) -> Iterator[str]:
    for group in of._action_groups:
        actions = [
            one
            for one in group._group_actions
            if one.help != argparse.SUPPRESS
            and not isinstance(one, argparse._HelpAction | argparse._SubParsersAction)
        ]
        if not actions:
            continue
        yield from (f"| {group.title} | |", "|---|---|")
        for action in actions:
            metavar = of._get_formatter()._format_args(action, _default_metavar(action))
            names = [f"{one} {metavar}".strip() for one in action.option_strings] or [metavar]
            shown = ", ".join(f"`{one}`" for one in names).replace("|", "\\|")
            help_text = of._get_formatter()._expand_help(action) if action.help else ""
            yield f"| {shown} | {_escaped(' '.join(help_text.split()))} |"
        yield ""


def _default_metavar(action: argparse.Action) -> str:
    return action.dest.upper() if action.option_strings else action.dest


def _escaped(text: str) -> str:
    return re.sub(r"([|<>*_\[\]{}`$])", r"\\\1", text)


def python() -> str:
    """The reference of the Python API: every public name, from its docstring."""
    top = {
        name: value
        for name in loas_tl.__all__
        if not isinstance(value := getattr(loas_tl, name), ModuleType)
    }
    shown = set(top.values())
    lines = [
        "# The Python API",
        "",
        "The names of `loas_tl` (`import loas_tl`), then those of its packages, then the classes "
        "that these give back, hold or derive from. Nothing else is promised to stay.",
        "",
        "## Functions",
        "",
        *_directives([value for value in top.values() if not isinstance(value, type)]),
        "## Classes",
        "",
        *_directives([value for value in top.values() if isinstance(value, type)]),
        "## Packages",
        "",
        "| | |",
        "|---|---|",
    ]
    for name in loas_tl.__all__:
        if name not in top:
            first = (getattr(loas_tl, name).__doc__ or "").strip().splitlines()[0]
            lines += [f"| `loas_tl.{name}` | {_escaped(first)} |"]
    lines += [""]
    everything = public.public()
    for package in public.packages():
        listed = [getattr(package, name) for name in getattr(package, "__all__", ())]
        own = [one for one in listed if one in everything.values() and one not in shown]
        if own:
            lines += [f"### `{package.__name__}`", "", *_directives(own)]
            shown |= set(own)
    rest: dict[str, list[public.Public]] = {}
    for name, one in everything.items():
        if one not in shown:
            rest.setdefault(name.split(".")[1], []).append(one)
    lines += ["## What these lead to", ""]
    for name, ones in rest.items():
        lines += [f"### Of `loas_tl.{name}`", "", *_directives(ones)]
    return "\n".join(lines)


def _directives(names: Iterable[public.Public]) -> list[str]:
    """A block that has autodoc write these names up."""
    lines = ["```{eval-rst}"]
    for one in names:
        kind = "autoclass" if isinstance(one, type) else "autofunction"
        lines += [f".. {kind}:: {one.__module__}.{one.__qualname__}"]
        if isinstance(one, type) and not issubclass(one, Exception):
            lines += ["   :members:"]
        lines += [""]
    return [*lines, "```", ""]


def layers(root: Path) -> list[list[str]]:
    """The layers of the import contract, the topmost first; a list of packages each."""
    document = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [
        one for one in document["tool"]["importlinter"]["contracts"] if one["id"] == "layers"
    ]
    return [line.split(" | ") for line in contract["layers"]]


def imports() -> dict[str, dict[str, int]]:
    """How many modules of each package import each other package."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if len(inside.parts) == 1 and inside.stem.startswith("__"):
            continue
        own = inside.parts[0].removesuffix(".py")
        named = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            named |= {one.split(".")[1] for one in names if one.startswith("loas_tl.")}
        for other in named - {own}:
            found.setdefault(own, {})[other] = found.get(own, {}).get(other, 0) + 1
    return found


def direct(edges: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The imports that do not follow from others: none where a path leads there, too."""
    below: dict[str, set[str]] = {}

    def reached(name: str) -> set[str]:
        if name not in below:
            below[name] = set()
            for other in edges.get(name, {}):
                below[name] |= {other} | reached(other)
        return below[name]

    return {
        own: {
            other: count
            for other, count in others.items()
            if not any(other in reached(third) for third in others if third != other)
        }
        for own, others in edges.items()
    }


def layout(root: Path) -> str:
    """The packages by layer, with an arrow for each direct import between them, as SVG."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    rows, edges = layers(root), direct(imports())
    places = {}
    height = len(rows)
    mpl.rcParams |= {"svg.hashsalt": "loas-tl", "svg.fonttype": "none"}
    figure, axes = plt.subplots(figsize=(8, 0.62 * height))
    for index, row in enumerate(rows):
        y = height - index
        for position, name in enumerate(row):
            # Every second layer stands to one side, so that arrows do not run through boxes.
            x = 5 + (position - (len(row) - 1) / 2) * 2.9 + (0.9 if index % 2 else -0.9)
            places[name] = x, y
    for own, others in edges.items():
        for other, count in others.items():
            if own not in places or other not in places:
                continue
            (x0, y0), (x1, y1) = places[own], places[other]
            axes.add_patch(
                FancyArrowPatch(
                    (x0, y0 - 0.24),
                    (x1, y1 + 0.24),
                    connectionstyle=f"arc3,rad={0.06 * (y0 - y1 - 1) * (1 if x0 < 5 else -1):.2f}",
                    arrowstyle="-|>",
                    mutation_scale=8,
                    color="#4a6fa5",
                    alpha=0.75,
                    linewidth=0.6 + 0.3 * min(count, 9) ** 0.5,
                    zorder=1,
                )
            )
    for name, (x, y) in places.items():
        axes.add_patch(
            FancyBboxPatch(
                (x - 1.2, y - 0.2),
                2.4,
                0.4,
                boxstyle="round,pad=0.04",
                facecolor="#f4f6fa",
                edgecolor="#33507a",
                zorder=2,
            )
        )
        axes.text(x, y, name, ha="center", va="center", fontsize=10, color="#102a43", zorder=3)
    axes.set_xlim(-0.2, 10.2)
    axes.set_ylim(0.5, height + 0.5)
    axes.axis("off")
    to = io.StringIO()
    figure.savefig(to, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    return to.getvalue()
