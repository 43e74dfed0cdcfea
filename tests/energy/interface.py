"""What specs may write of each component: ``python -m tests.energy.interface`` records it anew."""

from __future__ import annotations

import json
import math
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from loas_tl.components.component import Component
from loas_tl.components.registry import COMPONENTS, USUAL

KEPT = Path(__file__).parents[1] / "data" / "components.json"


def interface() -> dict[str, Any]:
    """By class: accuracy, source, the action of power and of what is not named, attributes."""
    return {kind.kind: _class(kind) for kind in (*COMPONENTS, *USUAL)}


def _class(kind: type[Component]) -> dict[str, Any]:
    return {
        "accuracy": kind.accuracy,
        "source": kind.source,
        "busy": kind.busy,
        "otherwise": kind.otherwise,
        "attributes": {
            one.name: [
                None if one.default is MISSING else one.default,
                one.metadata["low"],
                one.metadata["high"] if math.isfinite(one.metadata["high"]) else None,
                one.metadata["also"],
                one.metadata["choices"],
                one.metadata["units"],
            ]
            for one in fields(kind)
        },
    }


if __name__ == "__main__":
    lines = [f"{json.dumps(kind)}: {json.dumps(its)}" for kind, its in interface().items()]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
