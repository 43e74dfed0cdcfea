"""Columns of a comparison that narrow terminals and pages leave out, least important first."""

LEAST = (
    *("utilization", "energy_published", "sram", "dram"),
    *("energy_ratio", "energy_physical", "speedup"),
)
"""Of :class:`~loas_tl.report.rows.Row`."""
DETAIL_LEAST = (
    *("utilization", "speedup", "dram", "sram", "compute"),
    *("ratio", "published_model", "bound_by"),
)
"""Of :class:`~loas_tl.report.rows.DetailRow`."""
NORMALISED_LEAST = (
    *("clock_MHz", "technology", "energy_ratio", "dram_us"),
    *("time_us", "area_mm2"),
)
"""Of :class:`~loas_tl.report.normalised.NormalisedRow`."""
