"""The process that runs timeloopfe: ``python -m loas_tl.timeloop.real.child REQUEST.json``.

timeloopfe keeps global state, changes the environment, and starts Timeloop through a shell. In a
process of its own, the leader of a group, all of that can be ended as one.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

_CALLS = {
    "timeloop-model": "call_model",
    "timeloop-mapper": "call_mapper",
    "accelergy": "call_accelergy_verbose",
}


def main(path: str) -> int:
    """Run what the request says; the result is in the files that Timeloop writes."""
    request: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    threading.Thread(target=_end_with, args=(request["parent"],), daemon=True).start()
    front_end = importlib.import_module(request["front_end"])
    spec = front_end.Specification.from_yaml_files(*request["files"])
    spec.mapper.update(request["mapper"])
    call = getattr(front_end, _CALLS[request["program"]])
    process = call(spec, output_dir=request["out"], log_to=request["log"], return_proc=True)
    # A search that is interrupted still writes the best mapping it has found.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return int(process.wait())


def _end_with(parent: int) -> None:
    """End the whole group when the parent is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
