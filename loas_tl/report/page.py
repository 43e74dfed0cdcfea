"""The comparison as one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import loas_tl
from loas_tl.comparison import Comparison
from loas_tl.report.normalised import NORMALISED, conditions, normalised_columns, normalised_rows
from loas_tl.report.readings import Readings
from loas_tl.report.rows import (
    MODEL_WORDS,
    PREDICTION,
    columns,
    coverage_words,
    detail_columns,
    detail_rows,
    headlines,
    label_lines,
    notes,
    ratio_words,
    reading_words,
    rows,
    sample_words,
)

CAPTIONS = {
    "speedup": "Speedup over {baseline}; diamonds are the published figures, whiskers the extremes "
    "of several samples.",
    "energy": "Energy by where it goes, by the published formula and physically. A bar that is "
    "cut off has its height written on it.",
    "traffic": "Off-chip and on-chip traffic by what moves; bars are cut off likewise.",
    "bounds": "Cycles by the detailed model, by what held them up; diamonds are the published "
    "model's cycles, where it counted, too.",
}


OTHER_RULES = (
    " What was published by other rules has no figure by LoAS's formula; its chip's power times "
    "time stands under compute."
)


def page(comparison: Comparison, plots: Mapping[str, str], readings: Readings | None = None) -> str:
    """Render the page; ``plots`` are SVG documents by name."""
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files("loas_tl.report").joinpath("page.html.jinja")
    networks = [
        {
            "name": network,
            "rows": rows(comparison, network),
            "details": detail_rows(comparison, network),
            "samples": sample_words(comparison, network),
            "coverage": coverage_words(comparison, network),
            "normalised": normalised_rows(comparison, network) if comparison.mixed else [],
            "layers": [
                r.record(comparison.mixed) for r in comparison.layers if r.network == network
            ],
        }
        for network in comparison.networks
    ]
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        networks=networks,
        headlines=headlines(comparison),
        columns=columns(comparison),
        detail_columns=detail_columns(comparison),
        mixed=comparison.mixed,
        normalised_columns=normalised_columns(comparison),
        normalised=NORMALISED.format(**conditions(comparison)),
        notes=notes(comparison),
        ratios=ratio_words(comparison),
        reading="" if comparison.model == "published" else reading_words(comparison),
        readings=readings,
        model=MODEL_WORDS[comparison.model],
        prediction=PREDICTION if comparison.generated else "",
        # Drop the XML declaration: the drawing goes into the page as an element.
        plots={name: svg[svg.index("<svg") :] for name, svg in plots.items()},
        captions={
            name: caption.format(baseline=comparison.baseline)
            + (OTHER_RULES if name == "energy" and comparison.mixed else "")
            for name, caption in CAPTIONS.items()
        },
        label_lines=label_lines,
        version=loas_tl.__version__,
    )
