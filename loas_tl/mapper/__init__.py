"""The search for mappings without Timeloop: thousands at a time, as arrays.

    from loas_tl.mapper import search

    found = search(["arch.yaml", "problem.yaml"], metric="edp", time_limit=10)
    found.result.cycles, found.mapping

A specification becomes a :class:`~loas_tl.mapper.machine.Machine` with
:class:`~loas_tl.mapper.bounds.Bounds` and a :class:`~loas_tl.mapper.space.Space`;
:mod:`~loas_tl.mapper.strategy` draws :class:`~loas_tl.mapper.loops.Mappings` from it and
:mod:`~loas_tl.mapper.evaluate` prices them: :mod:`~loas_tl.mapper.nest` counts as if nothing were
sparse, :mod:`~loas_tl.mapper.ranks` and :mod:`~loas_tl.mapper.tiles` say what formats hold,
:mod:`~loas_tl.mapper.conditions` what is gated and skipped, :mod:`~loas_tl.mapper.accesses` and
:mod:`~loas_tl.mapper.compute` what is left, :mod:`~loas_tl.mapper.buffers` what that costs. The
single-mapping model of :mod:`loas_tl.engine.native` is the slow twin that has the last word.
"""

from loas_tl.mapper.found import Found, search

__all__ = ["Found", "search"]
