"""The search for mappings without Timeloop: thousands at a time, as arrays.

    from loas_tl.timeloop.mapper import search

    found = search(["arch.yaml", "problem.yaml"], metric="edp", time_limit=10)
    found.result.cycles, found.mapping

A specification becomes a :class:`~.machine.Machine` with :class:`~.bounds.Bounds` and a
:class:`~.space.Space`; :mod:`~.strategy` draws :class:`~.loops.Mappings` from it and
:mod:`~.evaluate` prices them: :mod:`~.nest` counts as if nothing were sparse, :mod:`~.ranks` and
:mod:`~.tiles` say what formats hold, :mod:`~.conditions` what is gated and skipped,
:mod:`~.accesses` and :mod:`~.compute` what is left, :mod:`~.buffers` what that costs. The
single-mapping model of :mod:`loas_tl.timeloop.native` is the slow twin that has the last word.
"""

from loas_tl.timeloop.mapper.found import Found, search

__all__ = ["Found", "search"]
