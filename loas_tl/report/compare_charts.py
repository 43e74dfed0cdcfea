"""The charts of a comparison's page: bars a network, parts, layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loas_tl.comparison import Comparison
from loas_tl.ground.titles import network_title
from loas_tl.report import axes, charts
from loas_tl.report.colours import accelerator_looks, named
from loas_tl.report.compare_data import MEAN, Stack, drawn
from loas_tl.report.web import Chart


def titles(comparison: Comparison) -> list[str]:
    """The networks as charts are called."""
    return [network_title(network) for network in comparison.networks]


def bars(
    comparison: Comparison, figures: Sequence[Mapping[str, Any]], what: str, title: str
) -> list[Chart]:
    """A chart a network, and one of the mean where there is one: a bar an accelerator.

    What is 0 for all accelerators has none.

    Args:
        comparison: what is shown.
        figures: the rows that are drawn.
        what: ``"speedup"`` or ``"cycles"``.
        title: of the axis.
    """
    several = what == "speedup" and len(comparison.networks) > 1
    return [
        Chart(
            _bars(comparison, figures, network, what, title, log=False),
            "figures",
            f"{title} of {network} by accelerator, with published figures as diamonds",
            height=axes.height_of(comparison.accelerators),
            views={"log": _bars(comparison, figures, network, what, title, log=True)},
        )
        for network in (*titles(comparison), *((MEAN,) if several else ()))
        if network in drawn(figures, what)
    ]


def _bars(
    comparison: Comparison,
    figures: Sequence[Mapping[str, Any]],
    network: str,
    what: str,
    title: str,
    log: bool,
) -> dict[str, Any]:
    marks = accelerator_looks(comparison.accelerators)
    scale: dict[str, Any] = {"type": "log", "nice": True} if log else {"zero": True}
    axis = axes.logarithmic() if log else axes.linear()
    x = {"type": "quantitative", "title": title, "axis": axis}
    tip = [
        {"field": "accelerator", "type": "nominal"},
        {"field": "value", "type": "quantitative", "title": title, "format": ",.5~g"},
        *_published_tips(),
    ]
    y = axes.names("accelerator", comparison.accelerators)
    # A bar of a logarithmic axis has no foot at zero: a point on a line says as much.
    mark: dict[str, Any] = {"type": "point", "filled": True, "size": 90} if log else {"type": "bar"}
    return {
        "title": axes.title(network),
        "transform": [
            *charts.only(of=what, network=network),
            *([{"filter": "datum.value > 0"}] if log else []),
        ],
        "encoding": {"y": y, "tooltip": tip},
        "layer": [
            {
                "mark": mark,
                "encoding": {
                    "x": {**x, "field": "value", "scale": scale},
                    "color": charts.by("accelerator", marks, "colour"),
                },
            },
            *_diamonds(figures, network, what, "published", {"encoding": {"x": x}}),
        ],
    }


def _diamonds(
    rows: Sequence[Mapping[str, Any]], network: str, of: str, field: str, layer: dict[str, Any]
) -> list[dict[str, Any]]:
    """A layer of published figures, where there are any."""
    if not any(r["network"] == network and r["of"] == of and field in r for r in rows):
        return []
    encoding = layer["encoding"]
    once = "" if of in ("speedup", "cycles") else " && datum.order === 0"
    return [
        {
            "transform": [{"filter": f"isValid(datum.{field}){once}"}],
            "mark": charts.DIAMOND,
            "encoding": {**encoding, "x": {**encoding["x"], "field": field}},
        }
    ]


def parts(comparison: Comparison, split: Sequence[Mapping[str, Any]], stack: Stack) -> list[Chart]:
    """A chart a network: a stacked bar an accelerator, in its unit, as shares, over the base.

    Args:
        comparison: what is shown.
        split: the rows that are drawn.
        stack: the quantity.
    """
    found = []
    for network in titles(comparison):
        if network not in drawn(split, stack.key):
            continue
        views = {"shares": _parts(comparison, split, stack, network, "share", "share")}
        if comparison.baseline in comparison.accelerators:
            relative = _parts(comparison, split, stack, network, "relative", "relative")
            views[f"over {comparison.baseline}"] = relative
        found.append(
            Chart(
                _parts(comparison, split, stack, network, "value", stack.unit),
                "parts",
                f"{stack.title} of {network} by accelerator and part",
                height=axes.height_of(comparison.accelerators),
                views=views,
            )
        )
    return found


def _parts(
    comparison: Comparison,
    split: Sequence[Mapping[str, Any]],
    stack: Stack,
    network: str,
    field: str,
    title: str,
) -> dict[str, Any]:
    axis = axes.shares() if field == "share" else axes.linear()
    x = {"type": "quantitative", "title": title, "axis": axis}
    domain = {"domain": [0, 1]} if field == "share" else {"zero": True}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar"},
            "encoding": {
                "x": {**x, "field": field, "aggregate": "sum", "stack": "zero", "scale": domain},
                "order": {"field": "order", "type": "quantitative"},
                "color": {
                    "field": "part",
                    "type": "nominal",
                    "legend": None,
                    "scale": {
                        "domain": [named(part) for part in stack.parts],
                        "range": list(stack.parts.values()),
                    },
                },
                "tooltip": [
                    {"field": "accelerator", "type": "nominal"},
                    {"field": "part", "type": "nominal"},
                    _number("value", title=stack.unit),
                    _number("share", ".1%"),
                    _number("whole", title="in all"),
                    *_published_tips(),
                ],
            },
        }
    ]
    beside = {"value": "published", "relative": "published_relative"}.get(field)
    if beside is not None:
        tips = [{"field": "accelerator", "type": "nominal"}, *_published_tips()]
        layer = {"encoding": {"x": x, "tooltip": tips}}
        layers += _diamonds(split, network, stack.key, beside, layer)
    return {
        "title": axes.title(network),
        "transform": charts.only(of=stack.key, network=network),
        "encoding": {"y": axes.names("accelerator", comparison.accelerators)},
        "layer": layers,
    }


def by_layer(comparison: Comparison, unit: str) -> list[Chart]:
    """A chart a network with several layers: cycles of each layer, a line an accelerator."""
    found = []
    for network in comparison.networks:
        order = list(dict.fromkeys(r.layer for r in comparison.layers if r.network == network))
        if len(order) < 2:
            continue
        title = network_title(network)
        spec = {
            log: _by_layer(comparison, title, [str(name) for name in order], unit, log)
            for log in (True, False)
        }
        found.append(
            Chart(
                spec[True],
                "layers",
                f"cycles of each layer of {title} by accelerator",
                height=260,
                wide=True,
                views={"linear": spec[False]},
            )
        )
    return found


def _by_layer(
    comparison: Comparison, network: str, order: list[str], unit: str, log: bool
) -> dict[str, Any]:
    y = {
        "field": "cycles",
        "type": "quantitative",
        "title": unit,
        "axis": axes.logarithmic() if log else axes.linear(),
        "scale": {"type": "log"} if log else {"zero": True},
    }
    tips = [
        charts.tip("accelerator", form=""),
        charts.tip("layer", form=""),
        charts.tip("cycles", unit),
        charts.tip("computes", form=","),
    ]
    return charts.lines(
        charts.layers(order),
        y,
        "accelerator",
        accelerator_looks(comparison.accelerators),
        tips,
        title=axes.title(network),
        transform=[
            *charts.only(network=network),
            *([{"filter": "datum.cycles > 0"}] if log else []),
        ],
    )


def _number(field: str, form: str = ",.5~g", **more: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "format": form, **more}


def _published_tips() -> list[dict[str, Any]]:
    return [
        {"field": "published", "type": "quantitative", "format": ",.5~g"},
        {"field": "difference", "type": "nominal"},
    ]
