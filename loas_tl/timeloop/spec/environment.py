"""``globals.environment_variables``: what Timeloop reads, and what of it changes a count."""

from __future__ import annotations

DISPLAY = ("TIMELOOP_HIDE_INCONSEQUENTIAL_STATS", "TIMELOOP_OUTPUT_STAT_")
"""Beginnings of variables that change what Timeloop prints."""

_LOGGING = (
    "TIMELOOP_DUMP_ISL_IR",
    "TIMELOOP_ENABLE_TRACING",
    "TIMELOOP_LOG_ISL_IR",
    "TIMELOOP_PRINT_NEST_ANALYSIS_RESULT",
    "TIMELOOP_UNITTEST_REPORT_",
)

_USUAL = {
    **dict.fromkeys(
        (
            "TIMELOOP_DISABLE_FIRST_ELEMENT_ONLY_SPATIAL_EXTRAPOLATION",
            "TIMELOOP_DISABLE_LINK_TRANSFERS",
            "TIMELOOP_DISABLE_SPATIAL_EXTRAPOLATION",
            "TIMELOOP_DISABLE_TEMPORAL_EXTRAPOLATION",
            "TIMELOOP_ENABLE_RUBY_CYCLE_COUNT",
            "TIMELOOP_ENABLE_TOROIDAL_LINKS",
            "TIMELOOP_ENABLE_UPDATED_RMW",
            "TIMELOOP_RUN_LAST_ITERATION",
            "TIMELOOP_USE_ISL",
        ),
        "0",
    ),
    "TIMELOOP_ENABLE_FIRST_READ_ELISION": "1",
    "TIMELOOP_MULTICAST_MODEL": "PROBABILISTIC",
}
"""Variables that change counts, with the value that leaves them as they are."""


def changes_counts(name: str, value: object) -> bool:
    """Whether Timeloop counts otherwise with this variable than without it."""
    if name == "TIMELOOP_ENABLE_FIRST_READ_ELISION":
        return _text(value) == "0"
    return name in _USUAL and _text(value) != _USUAL[name]


def effect(name: str) -> str:
    """Why a variable that changes no count changes none."""
    if name.startswith(DISPLAY):
        return "it changes what Timeloop prints"
    if name.startswith(_LOGGING):
        return "it changes what Timeloop reports of its own work"
    if name in _USUAL:
        return "it is what Timeloop does without it"
    if name.startswith("TIMELOOP_"):
        return "Timeloop knows no such variable"
    return "Timeloop does not read it"


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
