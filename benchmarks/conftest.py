"""What of a machine is kept beside its timings: enough to compare, nothing that names it."""

from __future__ import annotations

from typing import Any


def pytest_benchmark_update_json(config: Any, benchmarks: Any, output_json: Any) -> None:
    """Drop the host's name and the single measurements from the kept JSON."""
    del config, benchmarks
    machine = output_json["machine_info"]
    cpu = machine.get("cpu", {})
    output_json["machine_info"] = {
        "processor": cpu.get("brand_raw"),
        "cores": cpu.get("count"),
        "python": machine.get("python_version"),
    }
    for key in ("commit_info", "datetime"):
        output_json.pop(key, None)
    for measured in output_json["benchmarks"]:
        measured["stats"].pop("data", None)
