"""The statistical sparse model in Python: the same specification, the same answer as Timeloop.

    from loas_tl.engine.native import evaluate
    from loas_tl.spec import load_spec

    result = evaluate(load_spec(["arch.yaml", "problem.yaml", "mapping.yaml"]))

A specification is resolved to a :class:`~loas_tl.engine.native.machine.Machine` and a
:class:`~loas_tl.engine.native.mapping.Mapping`; :mod:`~loas_tl.engine.native.nest` counts as if
nothing were sparse, :mod:`~loas_tl.engine.native.occupancy` says what compressed tiles hold,
:mod:`~loas_tl.engine.native.actions` how often reads are saved,
:mod:`~loas_tl.engine.native.propagation` and :mod:`~loas_tl.engine.native.computing` what that
does to all counts, :mod:`~loas_tl.engine.native.buffer` what it costs.
"""

from loas_tl.engine.native.evaluate import evaluate, evaluate_mapping
from loas_tl.engine.native.machine import Machine
from loas_tl.engine.native.mapping import Mapping, build_mapping
from loas_tl.engine.native.resolve import build_machine

__all__ = [
    "Machine",
    "Mapping",
    "build_machine",
    "build_mapping",
    "evaluate",
    "evaluate_mapping",
]
