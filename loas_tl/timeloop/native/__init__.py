"""The statistical sparse model in Python: the same specification, the same answer as Timeloop.

    from loas_tl.timeloop.native import evaluate
    from loas_tl.timeloop.spec import load_spec

    result = evaluate(load_spec(["arch.yaml", "problem.yaml", "mapping.yaml"]))

A specification is resolved to a :class:`~loas_tl.timeloop.native.machine.Machine` and a
:class:`~loas_tl.timeloop.native.mapping.Mapping`; :mod:`~loas_tl.timeloop.native.nest` counts as if
nothing were sparse, :mod:`~loas_tl.timeloop.native.occupancy` says what compressed tiles hold,
:mod:`~loas_tl.timeloop.native.actions` how often reads are saved,
:mod:`~loas_tl.timeloop.native.propagation` and :mod:`~loas_tl.timeloop.native.computing` what that
does to all counts, :mod:`~loas_tl.timeloop.native.buffer` what it costs.
"""

from loas_tl.timeloop.native.evaluate import evaluate, evaluate_mapping
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping, build_mapping
from loas_tl.timeloop.native.resolve import build_machine

__all__ = [
    "Machine",
    "Mapping",
    "build_machine",
    "build_mapping",
    "evaluate",
    "evaluate_mapping",
]
