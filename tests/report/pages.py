"""One page of each command and object, small, for any number of accelerators and networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import loas_tl
from loas_tl.fiber.formats import measure_formats
from loas_tl.report import (
    composition,
    energy_page,
    exploration_page,
    formats,
    innerjoin_page,
    objects,
    reproduction,
    sparsity_page,
    validation_page,
)
from loas_tl.report import page as compare_page
from loas_tl.report.innerjoin import Study
from loas_tl.report.made import Made
from loas_tl.reproduction import reproduce
from loas_tl.studies.laggy_cost import laggy_cost
from loas_tl.studies.proposal import propose
from loas_tl.studies.sparsity import measure_sparsity
from loas_tl.studies.sweep import sweep
from loas_tl.workload.source import layer_sources
from tests.report import layer

ACCELERATORS = (1, 2, 12)
NETWORKS = (1, 8)
NAMES = ("LoAS", "Gamma-SNN", "LoAS-FT", "GoSPA-SNN", "SparTen-SNN", "PTB")
"""Two of them have no SparTen-SNN to be over."""

MADE = Made("loas-tl command --network n", 0)


@dataclass(frozen=True)
class Kind:
    """A page.

    Attributes:
        make: the page of so many accelerators and networks.
        accelerators, networks: whether it has several.
    """

    make: Callable[[int, int], str]
    accelerators: bool = False
    networks: bool = True

    def counts(self) -> list[tuple[int, int]]:
        """Accelerators and networks that it is tried with."""
        return [
            (accelerators, networks)
            for accelerators in (ACCELERATORS if self.accelerators else ACCELERATORS[:1])
            for networks in (NETWORKS if self.networks else NETWORKS[:1])
        ]


@cache
def text_of(page: str, accelerators: int, networks: int) -> str:
    """A page; made once."""
    kind = PAGES[page]
    return kind.make(accelerators if kind.accelerators else 1, networks if kind.networks else 1)


def _networks(count: int) -> list[loas_tl.Network]:
    return [loas_tl.Network(f"network {at}", (layer(5, "a"), layer(9, "b"))) for at in range(count)]


def _chosen(count: int) -> list[str]:
    return [*NAMES, *(f"LoAS:pes={pes},cache_KiB=128" for pes in range(4, 10))][:count]


def _compare(accelerators: int, networks: int) -> str:
    found = loas_tl.compare(
        _networks(networks),
        accelerators=_chosen(accelerators),
        model="both" if networks == 1 else "published",
    )
    return compare_page.page(found, made=MADE)


def _innerjoin(accelerators: int, networks: int) -> str:  # noqa: ARG001
    sources = layer_sources(networks=_networks(networks))
    design = loas_tl.design("LoAS")
    layers, totals = laggy_cost(sources, design)
    more = (sweep(sources, design), propose(sources, design)) if networks == 1 else (None, None)
    return innerjoin_page.page(Study(design, layers, totals, *more), None, MADE)


def _formats(accelerators: int, networks: int) -> str:  # noqa: ARG001
    found = measure_formats(_networks(networks))
    return str(formats.render_report(found, MADE)["report.html"])


def _sparsity(accelerators: int, networks: int) -> str:  # noqa: ARG001
    return sparsity_page.page(measure_sparsity(networks=_networks(networks)), MADE)


def _energy(accelerators: int, networks: int) -> str:  # noqa: ARG001
    design = loas_tl.design("LoAS")
    return energy_page.page(design, composition.files_of(design), MADE)


def _validate(accelerators: int, networks: int) -> str:
    names = [name for name in _chosen(12) if name != "PTB"][:accelerators]
    found = loas_tl.validate(_networks(networks), accelerators=names)
    return validation_page.page(found, MADE)


def _explore(accelerators: int, networks: int) -> str:
    varied = {"pes": [4, 8], "cache_KiB": [64, 256]}
    names = _chosen(min(accelerators, 6))
    space = loas_tl.explore(names, _networks(networks), vary=varied, jobs=1)
    return exploration_page.space_page(space, MADE)


def _reproduce(accelerators: int, networks: int) -> str:  # noqa: ARG001
    return reproduction.page(reproduce(["fig5", "fig16a"]), MADE)


def _result(accelerators: int, networks: int) -> str:  # noqa: ARG001
    spec = loas_tl.design("LoAS").spec(layer())
    result = loas_tl.native.evaluate(loas_tl.spec.parse_spec(spec.model_spec))
    return str(objects.files(result)["result.html"])


def _network(accelerators: int, networks: int) -> str:  # noqa: ARG001
    return str(objects.files(_networks(1)[0])["summary.html"])


PAGES = {
    "compare": Kind(_compare, accelerators=True),
    "innerjoin": Kind(_innerjoin),
    "formats": Kind(_formats),
    "sparsity": Kind(_sparsity),
    "energy": Kind(_energy, networks=False),
    "validate": Kind(_validate, accelerators=True),
    "explore": Kind(_explore, accelerators=True),
    "reproduce": Kind(_reproduce, networks=False),
    "result": Kind(_result, networks=False),
    "network": Kind(_network, networks=False),
}
