"""Have the real Timeloop take every accelerator on every published layer.

python benchmarks/accept_timeloop.py FOLDER            # timeloop-model, the fixed mapping
python benchmarks/accept_timeloop.py FOLDER --mapper   # timeloop-mapper, under the constraints

It renders each spec (with placeholder energies, so that no plug-in has a part in it), runs it, and
leaves FOLDER/ACCELERATOR-NETWORK-LAYER/ with spec.yaml and stats.txt and map.txt, or error.txt;
what is there already is not run again. `record_timeloop.py FOLDER FILE` packs it for the tests.
timeloop-model needs up to 20 s for a layer, since it sums hypergeometric densities term by term.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from loas_tl import timeloop
from loas_tl.designs.checks import PLACEHOLDERS
from loas_tl.designs.design import Design
from loas_tl.designs.registry import with_timeloop
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.rendering.render import Rendered
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.statistics import LayerStatistics, published_networks

ENOUGH_MAPPINGS = 2
"""Valid ones, for a search to count as accepted."""


def accept(
    folder: Path, mapper: bool, statistics: LayerStatistics, design: Design
) -> tuple[str, bool]:
    """Run one spec unless it was run before; its name, and whether it was taken."""
    name = f"{design.templates}-{statistics.network}-{statistics.layer}"
    place = folder / name
    if not (place / "stats.txt").exists():
        priceless = design.with_(technology=PLACEHOLDERS)
        rendered = priceless.spec(generate_layer(statistics, 0))
        place.mkdir(parents=True, exist_ok=True)
        spec = rendered.search_spec if mapper else rendered.model_spec
        (place / "spec.yaml").write_text(spec, "utf-8")
        _run(rendered, place, mapper)
    return name, (place / "stats.txt").exists()


def _run(rendered: Rendered, place: Path, mapper: bool) -> None:
    program = "timeloop-mapper" if mapper else "timeloop-model"
    with tempfile.TemporaryDirectory() as out:
        try:
            if mapper:
                timeloop.run_mapper(rendered, max_mappings=ENOUGH_MAPPINGS, jobs=1, out=out)
            else:
                timeloop.run_model(rendered, out=out)
        except InputError as error:
            (place / "error.txt").write_text(f"{error}\n", "utf-8")
            return
        for file in ("stats.txt", "map.txt"):
            shutil.copy(Path(out) / f"{program}.{file}", place / file)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mapper", action="store_true")
    arguments = parser.parse_args()
    layers = [layer for network in published_networks().values() for layer in network]
    # LoAS-FT is LoAS's spec with other densities.
    designs = [design for design in with_timeloop() if not design.fine_tuned]
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for design in designs:
            job = partial(accept, arguments.folder, arguments.mapper, design=design)
            for name, taken in pool.map(job, layers):
                failed += not taken
                print(name, "taken" if taken else "REFUSED", flush=True)
    print(f"{len(designs) * len(layers)} specs, {failed} refused")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
