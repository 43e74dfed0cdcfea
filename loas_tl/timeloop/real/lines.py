"""Every line that a level of ``stats.txt`` may hold, and what to make of it.

``stats.txt`` is a report for people: titles, rules, and lines of ``key : value``. The keys
below are all that timeloop-model prints (seen in commit 4cf6d4c), so that a key which is not
among them is news, and not to be dropped. A run with sparse optimisations prints other keys
than a dense one.
"""

from __future__ import annotations

import re

COMPUTE_SPECS = frozenset({"Word bits", "Instances", "Compute energy"})
COMPUTE_STATS = frozenset(
    {
        "Utilized instances",
        "Utilized instances (max)",
        "Utilized instances (average)",
        "Cycles",
        "Computes (total)",
        "Algorithmic Computes (total)",
        "Actual Computes (total)",
        "Gated Computes (total)",
        "Skipped Computes (total)",
        "Energy (total)",
        "Area (total)",
    }
)
LEVEL_SPECS = frozenset(
    {
        "Technology",
        "Size",
        "Word bits",
        "Block size",
        "Effective size",
        "Vector access energy",
        "Vector access energy source",
        "Data storage size",
        "Data word bits",
        "Data block size",
        "Metadata storage width(bits)",
        "Metadata storage depth",
        "Effective data storage size",
        "Vector read energy",
        "Vector write energy",
        "Vector metadata read energy",
        "Vector metadata write energy",
        "(De)compression energy",
        "Cluster size",
        "Instances",
        "Shared bandwidth",
        "Read bandwidth",
        "Write bandwidth",
        "Multiple buffering",
        "Min utilization",
        "Per-instance-cycle leakage",
        "Instances sharing power gating",
        "Non-power-gated utilization",
        "Leakage energy (total)",
        "Area",
    }
)
LEVEL_STATS = frozenset({"Cycles", "Bandwidth throttling"})

KINDS = ("Algorithmic", "Actual", "Gated", "Skipped")
EVENTS = ("reads", "fills", "updates")
_SPARSE_ACCESSES = {f"{kind} scalar {event} (per-instance)" for kind in KINDS for event in EVENTS}
_DENSE_ACCESSES = {f"Scalar {event} (per-instance)" for event in EVENTS}

RANKED = frozenset(
    {f"{kind} scalar format {event} (per-instance)" for kind in KINDS[1:] for event in EVENTS}
    | {"Max utilized Repr format storage capacity"}
)
"""Lines followed by one line for each rank, unless a zero stands beside them."""

BANDWIDTHS = frozenset(
    f"{average}{which} Bandwidth (per-instance)"
    for average in ("", "Average ")
    for which in ("Shared", "Read", "Write")
)
"""Lines that may be followed by their breakdown into data and format."""

TENSOR = frozenset(
    {
        "Partition size",
        "Tile density distribution",
        "Data tile shape",
        "Max utilized data storage capacity",
        "Representation format",
        "Utilized capacity",
        "Utilized instances (max)",
        "Utilized instances (average)",
        "Utilized clusters (max)",
        "Temporal reductions (per-instance)",
        "Address generations (per-cluster)",
        "Energy (per-scalar-access)",
        "Energy (per-instance)",
        "Energy (total)",
        "Temporal Reduction Energy (per-instance)",
        "Temporal Reduction Energy (total)",
        "Address Generation Energy (per-cluster)",
        "Address Generation Energy (total)",
        "Bandwidth Consumption Scale",
        "Shared Bandwidth (total)",
        "Read Bandwidth (total)",
        "Write Bandwidth (total)",
        *_SPARSE_ACCESSES,
        *_DENSE_ACCESSES,
        *RANKED,
        *BANDWIDTHS,
    }
)

NETWORK_SPECS = frozenset(
    {
        "Type",
        "Legacy sub-type",
        "ConnectionType",
        "Word bits",
        "Router energy",
        "Wire energy",
        "Ingress energy",
        "Adder energy",
        "Fill latency",
        "Drain latency",
        "Action Name",
    }
)
NETWORK_TENSOR = frozenset(
    {
        "Fanout",
        "Multicast factor",
        "Multicast factor (distributed)",
        "Ingresses",
        "Ingresses (distributed)",
        "Link transfers",
        "Spatial reductions",
        "Average number of hops",
        "Energy (per-hop)",
        "Energy (per-instance)",
        "Energy (total)",
        "Link transfer energy (per-instance)",
        "Link transfer energy (total)",
        "Spatial Reduction Energy (per-instance)",
        "Spatial Reduction Energy (total)",
    }
)

INTENSITY = frozenset(
    {
        "Total elementwise ops",
        "Total reduction ops",
        "Total ops",
        "Total memory accesses required",
        "Optimal Op per Byte",
        "Total scalar accesses",
        "Op per Byte",
    }
)
SUMMARY = frozenset({"GFLOPs (@1GHz)", "Utilization", "Cycles", "Energy", "EDP(J*cycle)", "Area"})

LEVEL_TITLE = re.compile(r"=== (?P<name>.*) ===")
KEY_VALUE = re.compile(r"\s*(?P<key>\S.*?)\s*: ?(?P<value>\S.*|)")
RANK = re.compile(r"\s*Rank \d+ \(metadata, payload\): \((?P<metadata>.+),\s+(?P<payload>.+)\)")
BREAKDOWN = re.compile(r"\s*Breakdown \(Data, Format\): \(-?[\w.]+%, -?[\w.]+%\)?")
INGRESS = re.compile(r"\s*@multicast \d+ @scatter \d+: [\w.+-]+")
NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|nan|inf)")
