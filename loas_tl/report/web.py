"""Building blocks of interactive pages: one HTML file that needs nothing beside it.

Charts are Vega-Lite specifications, drawn by Vega (``vl-convert`` carries its scripts); tables are
DataTables (``itables`` carries them). Both follow the light or dark scheme of the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import loas_tl


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite chart.

    Attributes:
        spec: the specification, without data.
        data: name of the page's data that it draws.
        alt: for those who cannot see it.
        height: in pixels.
        wide: whether it takes a row of its own.
    """

    spec: Mapping[str, Any]
    data: str
    alt: str
    height: int = 300
    wide: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table to sort, search and filter.

    Attributes:
        columns: headings.
        rows: a value a column; None is empty.
        caption: for people and screen readers.
        formats: by place of the column, ``"number"`` or ``"text"``.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str
    formats: Sequence[str]


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        title: its heading.
        about: a line or two below it.
        charts: side by side where there is room.
        sheet: a table.
        lines: a list of remarks.
    """

    title: str
    about: str = ""
    charts: Sequence[Chart] = ()
    sheet: Sheet | None = None
    lines: Sequence[str] = field(default_factory=tuple)

    @property
    def anchor(self) -> str:
        """What the contents link to."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())


def page(
    title: str,
    lead: str,
    sections: Sequence[Section],
    data: Mapping[str, Sequence[Mapping[str, Any]]],
    links: Mapping[str, str],
    footer: str,
) -> str:
    """A page.

    Args:
        title: its heading.
        lead: what it is, in a line.
        sections: in order.
        data: rows that charts draw, by name.
        links: files beside it, by what they are called.
        footer: what made it.
    """
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files("loas_tl.report").joinpath("web.html.jinja")
    charts = [chart for section in sections for chart in section.charts]
    sheets = [section.sheet for section in sections if section.sheet is not None]
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        title=title,
        lead=lead,
        sections=sections,
        charts=_inline([{"spec": c.spec, "data": c.data, "height": c.height} for c in charts]),
        sheets=_inline(
            [
                {"columns": list(s.columns), "rows": list(s.rows), "formats": list(s.formats)}
                for s in sheets
            ]
        ),
        data=_inline(data),
        links=links,
        footer=footer,
        version=loas_tl.__version__,
        vega=_script(_vega()) if charts else "",
        datatables=_script(_bundled("dt_bundle.js")) if sheets else "",
        style=_bundled("dt_bundle.css") if sheets else "",
    )


def _inline(document: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _script(text: str) -> str:
    return text.replace("</script", "<\\/script")


def _vega() -> str:
    import vl_convert

    bundle: Any = vl_convert.javascript_bundle  # whose stub asks for a snippet
    return str(bundle())


def _bundled(name: str) -> str:
    import itables

    return (Path(itables.__file__).parent / "html" / name).read_text("utf-8")
