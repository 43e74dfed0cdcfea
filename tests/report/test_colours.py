"""A colour means one thing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from loas_tl.designs.registry import names
from loas_tl.report import colours
from loas_tl.report.colours import accelerator_colours, accelerator_looks

APART = 0.06
"""In OKLab; what two swatches side by side are told apart by is some 0.02."""


def in_oklab(colour: str) -> np.ndarray:
    """By Ottosson's matrices."""
    coded = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    opponents = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.asarray(opponents @ np.cbrt(cones @ linear))


def test_no_two_colours_are_alike() -> None:
    meant = [
        *(*colours.PARTS.values(), *colours.KINDS.values(), colours.DYNAMIC),
        *(*colours.LOAS, *colours.OTHERS, *colours.ACTIONS.values()),
    ]
    for one, other in combinations(meant, 2):
        assert np.linalg.norm(in_oklab(one) - in_oklab(other)) > APART, (one, other)


@pytest.mark.parametrize(
    "asked",
    [
        names(),
        [f"LoAS pes={pes}" for pes in range(12)],
        [f"mine {number}" for number in range(40)],
        [*names()[::-1], "mine", "LoAS pes=8"],
    ],
)
def test_no_two_accelerators_look_alike(asked: list[str]) -> None:
    looks = accelerator_looks(asked)
    assert list(looks) == asked
    assert len(set(looks.values())) == len(asked)


def test_a_design_has_its_colour_whatever_stands_beside_it() -> None:
    every = accelerator_looks([*names(), "mine"])
    for name in names():
        assert accelerator_looks(["mine", name])[name] == every[name]
    assert accelerator_colours(["PTB"]) == {"PTB": every["PTB"].colour}


def luminance(colour: str) -> float:
    """By WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAPERS = ("#ffffff", "#f6f8fa", "#14181d", "#1d232a")
"""Of light and dark pages and of their panels."""


ON_WHITE = set(colours.STAGES.values())
"""Of figures alone, not of pages."""


def _colours(value: object) -> list[str]:
    """Those that a constant holds."""
    if isinstance(value, str):
        return [value] if value.startswith("#") else []
    if isinstance(value, dict):
        return [colour for one in value.values() for colour in _colours(one)]
    return [colour for one in value for colour in _colours(one)] if type(value) is tuple else []


def test_every_colour_stands_out_on_every_paper() -> None:
    palettes = {name: _colours(value) for name, value in vars(colours).items() if name.isupper()}
    assert palettes["ACTIONS"]
    assert palettes["OTHERS"]
    for name, palette in palettes.items():
        for colour in palette:
            for paper in PAPERS[:1] if colour in ON_WHITE else PAPERS:
                light, dark = sorted((luminance(colour), luminance(paper)), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 3, (name, colour, paper)


def test_points_of_one_colour_have_shapes_of_their_own() -> None:
    for asked in (names(), [f"LoAS pes={pes}" for pes in range(28)], list(map(str, range(98)))):
        looks = accelerator_looks(asked).values()
        assert len({(one.colour, one.shape) for one in looks}) == len(asked)


def test_loas_is_set_off() -> None:
    looks = accelerator_looks(["LoAS", "PTB", "LoAS-FT", "LoAS pes=4", "Gamma-SNN"])
    warm = {name for name, one in looks.items() if one.colour in colours.LOAS}
    assert warm == {"LoAS", "LoAS-FT", "LoAS pes=4"}
