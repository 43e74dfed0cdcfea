"""Pack folders of Timeloop runs into one file for the tests.

python benchmarks/record_timeloop.py FOLDER tests/data/timeloop_reference.json.xz

Each run is a folder of FOLDER with spec.yaml and what Timeloop answered: stats.txt and map.txt,
or error.txt; a mapper's run has search.json (valid mappings seen, seconds, the best EDP), too.
The texts are kept as they are, since what is tested is that they can be read.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path


def pack(folder: Path) -> bytes:
    runs = {
        run.name: {file.name: file.read_text("utf-8") for file in sorted(run.iterdir())}
        for run in sorted(folder.iterdir())
        if run.is_dir()
    }
    return lzma.compress(json.dumps(runs).encode(), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(pack(source))
