"""What tables, figures and pages call a network; data and commands keep the name that is typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from loas_tl.ground.nearest import unknown

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = {
    "alexnet": "AlexNet",
    "vgg16": "VGG16",
    "resnet19": "ResNet19",
    "spikformer_hff": "Spikformer HFF",
}
"""Networks as they were published, by the names that commands take."""

SINGLE_LAYERS = {
    "A-L4": ("alexnet", "3"),
    "V-L8": ("vgg16", "7"),
    "R-L19": ("resnet19", "18"),
    "T-HFF": ("spikformer_hff", "1"),
}
"""Single layers by the names of the published figures, which count the encoding layer; the raw
figures' weights are those of these layers of the statistics."""


def network_title(network: str) -> str:
    """A network as it was published, with what was changed of it, and any other by its own name.

    >>> network_title("vgg16 timesteps=8")
    'VGG16 timesteps=8'
    >>> network_title("V-L8")  # the figures count the encoding layer, the statistics do not
    'V-L8 (VGG16 layer 7)'
    """
    name, space, changes = network.partition(" ")
    if name in SINGLE_LAYERS:
        whole, layer = SINGLE_LAYERS[name]
        return f"{name} ({PUBLISHED[whole]} layer {layer}){space}{changes}"
    return f"{PUBLISHED.get(name, name)}{space}{changes}"


def network_titles(networks: Iterable[str]) -> str:
    """Several of them, with commas between."""
    return ", ".join(network_title(network) for network in networks)


def network_named(given: str, networks: Iterable[str]) -> str:
    """Which of some networks is meant by its name or its title, in whatever case.

    Args:
        given: as it was typed.
        networks: the names there are.

    Returns:
        The name.

    Raises:
        InputError: for another, with the nearest.

    >>> network_named("AlexNet", ["alexnet", "vgg16"])
    'alexnet'
    """
    names = list(networks)
    if given in names:
        return given
    wanted = str(given).strip().lower()
    for name in names:
        if wanted in (name.lower(), network_title(name).lower()):
            return name
    raise unknown(str(given), names, "no network here is called")


def titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose column ``network``, where it has one, is for people."""
    if "network" not in frame:
        return frame
    return frame.assign(network=frame["network"].map(network_title))
