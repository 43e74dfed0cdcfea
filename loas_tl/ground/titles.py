"""What tables, figures and pages call a network; data and commands keep the name that is typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = {
    "alexnet": "AlexNet",
    "vgg16": "VGG16",
    "resnet19": "ResNet19",
    "spikformer_hff": "Spikformer HFF",
}
"""Networks as they were published, by the names that commands take."""


def network_title(network: str) -> str:
    """A network as it was published, with what was changed of it, and any other by its own name.

    >>> network_title("vgg16 timesteps=8")
    'VGG16 timesteps=8'
    """
    name, space, changes = network.partition(" ")
    return f"{PUBLISHED.get(name, name)}{space}{changes}"


def network_titles(networks: Iterable[str]) -> str:
    """Several of them, with commas between."""
    return ", ".join(network_title(network) for network in networks)


def titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose column ``network``, where it has one, is for people."""
    if "network" not in frame:
        return frame
    return frame.assign(network=frame["network"].map(network_title))
