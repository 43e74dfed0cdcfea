"""Design spaces: many designs on many workloads, their Pareto fronts, on one machine or on many.

:func:`loas_tl.explore` is the way in (``loas_tl.exploration.run``); a
:class:`~loas_tl.exploration.result.Space` is what comes out.
"""

from __future__ import annotations

from loas_tl.ground.lazy import modules_of

__getattr__, __dir__ = modules_of(__name__, __path__)
